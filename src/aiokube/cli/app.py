"""The commands, and what is common to them."""

from __future__ import annotations

import typer

import aiokube

from .demo import demo
from .serve import serve

__all__ = ["app"]

app = typer.Typer(
    name="aiokube",
    help="A Kubernetes client for Python, and an API server to try it on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # would show the values of variables, keys and tokens among them
    rich_markup_mode=None,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"aiokube {aiokube.__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Show it and exit."),
) -> None:
    pass


app.command()(demo)
app.command()(serve)
