"""The command `renewal`: a thin wrapper. Exit status 0 for an answer, 2 for the user's slip, 1 for ours or a failed case."""

import sys

import typer
from rich.markup import escape

from playbook.errors import InputError
from simulation.commands import (
    books,
    calibrating,
    deciding,
    drilling,
    hosting,
    keeping,
    moving,
    paying,
    picturing,
    reading,
    running,
    serving,
    showing,
    sweeping,
    verifying,
    watching,
)  # fmt: skip
from simulation.commands.options import told

app = typer.Typer(
    name="renewal",
    help="A renewal team on trial: run a scenario, compare structures, sweep a notebook, look up a rule.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for commands in (
    running,
    picturing,
    deciding,
    moving,
    paying,
    showing,
    sweeping,
    calibrating,
    serving,
    reading,
    verifying,
    watching,
):
    app.add_typer(commands.app)
app.add_typer(keeping.logs)
app.add_typer(keeping.app, name="runs", help="What has been kept: list it, compare it, clean up.", no_args_is_help=True)
drills = typer.Typer(no_args_is_help=True)
for commands in (drilling, hosting):
    drills.add_typer(commands.app)
app.add_typer(drills, name="drill", help="Drills and workshops: check, play, serve, score, debrief, carry elsewhere.")
app.add_typer(
    books.app,
    name="book",
    help="What is in a book of policies, what is wrong with it, or a synthetic one.",
    no_args_is_help=True,
)


def main() -> None:
    """The entry point: a slip is told in a sentence, never as a traceback."""
    try:
        app()
    except InputError as error:
        told.print(f"[red]renewal:[/red] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
