"""Watch: changes of a resource as they happen. The rules are in `_machinery.listwatch`; here is their I/O.

May import `client` and `_machinery`; knows nothing of `dynamic`, which gives it what to call.
"""

from aiokube.watch.watch import Watch

__all__ = ["Watch"]
