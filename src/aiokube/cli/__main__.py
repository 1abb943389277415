"""The program `aiokube`, which is `python -m aiokube.cli` too."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the program and end with its exit code."""
    try:
        import typer  # noqa: F401 - to say what is missing
    except ImportError:
        print("aiokube: the command line needs more packages: pip install 'aiokube[cli]'", file=sys.stderr)
        sys.exit(1)
    from .app import app

    app()


if __name__ == "__main__":
    main()
