"""Reading a file whose path somebody else chose, so that no path can hang or flood the process."""

import errno
import os
import stat
from pathlib import Path

__all__ = ["read_regular_file"]


def read_regular_file(path: str | Path, *, limit: int) -> bytes:
    """Return the content of a regular file of at most `limit` bytes; blocking.

    A directory, a FIFO, a device and a larger file are refused without waiting for their content.

    Raises:
        OSError: the file cannot be read; `strerror` says why.
    """
    with open(_opened(path), "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"it is larger than {limit} bytes", str(path))
    return content


def _opened(path: str | Path) -> int:
    try:
        # Without O_NONBLOCK, opening a FIFO waits for its writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError as error:
        raise OSError(errno.EINVAL, "its name is not a file name", str(path)) from error
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise IsADirectoryError(errno.EISDIR, "it is a directory", str(path))
    return descriptor
