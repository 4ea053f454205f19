"""`renewal app`."""

from typing import Annotated

import typer

app = typer.Typer()


@app.command(name="app")
def app_command(
    port: Annotated[int, typer.Option(help="The port of this machine; another is taken where it is in use.")] = 8866,
    has_browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the first page.")] = True,
) -> None:
    """Serve the pages without code on this machine: forms, answers in words, pictures. Ctrl-C ends it."""
    from simulation.view.app import serve

    serve(port, has_browser)
