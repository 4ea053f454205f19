"""What the commands share: their options, and how they tell an answer or show their progress."""

import json
from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from playbook.parameters import parse_change

told = Console(stderr=True, highlight=False)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Changes = Annotated[
    list[str] | None, typer.Option("--set", help="A changed parameter, chapter.name=value; may be given often.")
]
BookFile = Annotated[str | None, typer.Option("--book", help="A CSV or Excel file of policies.")]
Map = Annotated[
    str | None, typer.Option("--map", help="How its columns become a book: a file, or a name of params/books/.")
]
Replications = Annotated[int | None, typer.Option(help="Runs under independent luck.", min=2, max=10_000)]
Precise = Annotated[
    bool,
    typer.Option("--precise", help="Run until the deciding measures are as precise as params/experiment.yaml asks."),
]
Seed = Annotated[int, typer.Option(help="Of the luck: the same seed gives the same answer.", min=0)]
Workers = Annotated[int | None, typer.Option(help="Processes; by default one a processor.", min=1, max=256)]


def changed(texts: list[str] | None) -> dict[str, Any]:
    return dict(parse_change(text) for text in texts or [])


def tell(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def tell_facts(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(facts)
    else:
        tell(f"{name:20} {value}" for name, value in facts.items())


def print_json(content: Any) -> None:
    from simulation.study.folders import plain

    typer.echo(json.dumps(plain(content), indent=2, ensure_ascii=False))


class Bar:
    """A progress bar on standard error that is told (done, all)."""

    def __init__(self, what: str):
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("about"), TimeRemainingColumn(), TextColumn("left"), console=told, transient=True,
        )  # fmt: skip
        self._task = self._progress.add_task(what, total=None)

    def __enter__(self):
        self._progress.start()
        return lambda done, total: self._progress.update(self._task, completed=done, total=total)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()


class CaseBar(Bar):
    """A progress bar that counts cases and prints a line as each one comes in."""

    def __init__(self, total: int):
        super().__init__("cases")
        self._progress.update(self._task, total=total, completed=0)

    def __enter__(self):
        self._progress.start()

        def case_is_in(outcome: Any) -> None:
            state = "failed" if outcome.error else "done"
            self._progress.console.print(f"  {state} {escape(outcome.case)} ({outcome.seconds:.0f} s)")
            self._progress.advance(self._task)

        return case_is_in
