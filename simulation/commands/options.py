"""What the commands share: their options, and how they tell an answer or show their progress."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from playbook.parameters import EDITION, Parameters, parse_change

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


def _put_in_force(context: typer.Context, folder: Path | None) -> None:
    """The edition of a folder holds for this command and every process that it begins."""
    if folder is None:
        return
    before = os.environ.get(EDITION)
    os.environ[EDITION] = str(folder.resolve())
    context.call_on_close(lambda: _put_back(before))
    Parameters.load()


def _put_back(before: str | None) -> None:
    if before is None:
        os.environ.pop(EDITION, None)
    else:
        os.environ[EDITION] = before


Params = Annotated[
    Path | None,
    typer.Option("--params", help="A folder of parameters, such as `calibrate` writes.", callback=_put_in_force,
                 expose_value=False, is_eager=True),
]  # fmt: skip
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
    """A progress bar that counts cases, and prints a line as each one comes in, also where there is no terminal."""

    def __init__(self, total: int):
        super().__init__("cases")
        self._progress.update(self._task, total=total, completed=0)

    def __enter__(self):
        from simulation.view.words import spoken

        self._progress.start()

        def case_is_in(standing: Any) -> None:
            outcome = standing.outcome
            state = "failed" if outcome.error else "done"
            left = f", about {spoken(standing.seconds_left)} left" if standing.done < standing.all else ""
            line = f"  {state} {outcome.case} ({outcome.seconds:.1f} s), {standing.done} of {standing.all}{left}"
            self._progress.console.print(escape(line), soft_wrap=True)
            self._progress.update(self._task, completed=standing.done)

        return case_is_in
