"""The command `renewal`: a thin wrapper. Exit status 0 for an answer, 2 for the user's slip, 1 for ours or a failed case."""

import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from playbook.errors import InputError
from playbook.parameters import Parameters, json_schema, parse_change

app = typer.Typer(
    name="renewal",
    help="A renewal team on trial: run a scenario, compare structures, sweep a notebook, look up a rule.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
book_app = typer.Typer(
    help="What is in a book of policies, what is wrong with it, or a synthetic one.", no_args_is_help=True
)
app.add_typer(book_app, name="book")
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
Seed = Annotated[int, typer.Option(help="Of the luck: the same seed gives the same answer.", min=0)]
Workers = Annotated[int | None, typer.Option(help="Processes; by default one a processor.", min=1, max=256)]


@app.command()
def run(
    scenario: Annotated[str, typer.Argument(help="A name of params/scenarios/ or a file.")] = "handbook",
    book: BookFile = None,
    mapping: Map = None,
    changes: Changes = None,
    replications: Replications = None,
    seed: Seed = 1,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Run one scenario: what the team reaches, with intervals."""
    from simulation.study.answers import answers
    from simulation.study.folders import new_folder
    from simulation.study.scenario import read_scenario
    from simulation.view.telling import answer_lines

    folder = new_folder("run", Path(scenario).stem)
    with _bar("runs") as progress:
        found = answers(
            [read_scenario(scenario)], _changes(changes), book, mapping, replications, seed, workers, progress
        )[0]
    found.write(folder)
    if as_json:
        _print_json(found.as_json() | {"folder": str(folder)})
        return
    _tell(answer_lines(found))
    typer.echo(f"\nWritten to {folder}")


@app.command()
def compare(
    base: Annotated[str, typer.Argument(help="The scenario that the others are held against.")],
    others: Annotated[list[str], typer.Argument(help="One or more other scenarios.")],
    book: BookFile = None,
    mapping: Map = None,
    changes: Changes = None,
    replications: Replications = None,
    seed: Seed = 1,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Compare scenarios under the same luck, pair by pair."""
    from simulation.study.answers import answers
    from simulation.study.compare import compare as compare_runs
    from simulation.study.folders import new_folder, whole_folder
    from simulation.study.provenance import command_line
    from simulation.study.scenario import labels, read_scenario
    from simulation.view import tables
    from simulation.view.report import comparison_page
    from simulation.view.telling import comparison_lines, difference_json

    scenarios = [read_scenario(name) for name in [base, *others]]
    folder = new_folder("compare", scenarios[0].name)
    with _bar("runs") as progress:
        found = answers(scenarios, _changes(changes), book, mapping, replications, seed, workers, progress)
    first, deciding, confidence = found[0], found[0].scenario.deciding, found[0].confidence
    named = dict(zip(labels(scenarios), found, strict=True))
    base_label, *other_labels = named
    differences = {
        label: compare_runs(first.replications, named[label].replications, deciding, confidence)
        for label in other_labels
    }
    notes = {label: each.notes() for label, each in named.items()}
    with whole_folder(folder) as aside:
        for each in found:
            (aside / each.scenario.name).mkdir()
            each.write_into(aside / each.scenario.name)
        cases = tables.cases_frame({label: each.replications for label, each in named.items()}, deciding, confidence)
        question = " / ".join(scenario.question for scenario in scenarios[1:])
        record = first.record | {"command": command_line(), "confidence": confidence}
        comparison_page(aside / "report.html", question, base_label, differences, notes, cases, record)
    if as_json:
        rows = {named[label].scenario.name: list(map(difference_json, each)) for label, each in differences.items()}
        _print_json(first.as_json() | {"differences": rows, "folder": str(folder)})
        return
    _tell(comparison_lines(base_label, differences, notes, confidence, len(first.replications.values)))
    typer.echo(f"\nReport: {folder / 'report.html'}")


@app.command()
def sweep(
    name: Annotated[str, typer.Argument(help="A name of params/sweeps/ or a file.")],
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Run a notebook over a grid with Papermill, and compare the cases."""
    from simulation.study import sweep as sweeps
    from simulation.study.folders import runs_folder
    from simulation.study.provenance import command_line
    from simulation.study.replicate import default_workers
    from simulation.view import tables
    from simulation.view.report import comparison_page
    from simulation.view.telling import comparison_lines, difference_json

    checked = sweeps.read_sweep(name)
    folder = runs_folder() / checked.name
    began = time.perf_counter()
    told.print(f"{checked.file.question}\n{len(checked.cases)} cases of {checked.notebook.name}, into {folder}")
    with _case_bar(len(checked.cases)) as progress:
        outcomes = sweeps.run_sweep(checked, folder, workers or default_workers(), progress)
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        told.print(f"[red]failed[/red] {escape(outcome.case)}: {escape(outcome.error or '')}", soft_wrap=True)
    if len(outcomes) - len(failed) < 2 or checked.base.name in {outcome.case for outcome in failed}:
        told.print("Too few cases finished to compare them with the base.")
        raise typer.Exit(1)
    table = sweeps.gather(checked, folder, outcomes)
    differences = sweeps.differences(checked, folder, outcomes)
    summaries = sweeps.summaries(checked, folder, outcomes)
    base = summaries[checked.base.name]
    seconds = round(time.perf_counter() - began, 1)
    record = base["record"] | {"command": command_line(), "seconds": seconds, "confidence": base["confidence"]}
    titles = {case.name: case.title for case in checked.cases}
    notes = {titles[name]: summary["notes"] for name, summary in summaries.items()}
    links = {titles[name]: f"{sweeps.case_folder(Path(), name)}/{sweeps.NOTEBOOK}" for name in summaries}
    cases = tables.wide_cases_frame(table, sweeps.in_words(table, checked.file.deciding))
    comparison_page(
        folder / "report.html", checked.file.question, checked.base.title, differences, notes, cases, record, links
    )
    if as_json:
        content = {
            "sweep": checked.name,
            "cases": table.to_dict(orient="records"),
            "differences": {case: list(map(difference_json, rows)) for case, rows in differences.items()},
            "failed": [vars(outcome) for outcome in failed],
            "record": record,
            "report": str(folder / "report.html"),
        }
        _print_json(content)
    else:
        typer.echo("")
        _tell(comparison_lines(checked.base.title, differences, notes, base["confidence"], base["replications"]))
        typer.echo(f"\nReport: {folder / 'report.html'}\nTable:  {folder / 'table.csv'}")
    if failed:
        raise typer.Exit(1)


@book_app.command("check")
def book_check(
    file: Annotated[str, typer.Argument(help="A CSV or Excel file of policies.")],
    mapping: Annotated[str, typer.Option("--map", help="A mapping file, or a name of params/books/.")],
    as_json: Json = False,
) -> None:
    """Read a file as a book and say what is in it, or what is wrong, by row and column."""
    from simulation.study.answers import own_book
    from simulation.view.tables import book_facts

    book = own_book(file, mapping, Parameters.load())
    book.check_lines(Parameters.load())
    facts = book_facts(book, Parameters.load())
    _tell_facts(facts, as_json)


@book_app.command("describe")
def book_describe(changes: Changes = None, as_json: Json = False) -> None:
    """Say what is in the book that the generator makes."""
    from simulation.desk.book import make_book
    from simulation.view.tables import book_facts

    parameters = Parameters.load().changed(_changes(changes))
    _tell_facts(book_facts(make_book(parameters), parameters), as_json)


@book_app.command("make")
def book_make(file: Annotated[Path, typer.Argument(help="The CSV file to write.")], changes: Changes = None) -> None:
    """Write the generator's book as a CSV file, with a mapping beside it that reads it back."""
    from simulation.study.own_book import write_book

    parameters = Parameters.load().changed(_changes(changes))
    mapping = write_book(file, parameters)
    typer.echo(f"Written to {file}; read it with --book {file} --map {mapping}")


@app.command()
def check(as_json: Json = False) -> None:
    """Check every file under params/, and every form."""
    from simulation.study.check import check_all

    problems = check_all()
    if as_json:
        _print_json({"problems": problems})
    else:
        for problem in problems:
            typer.echo(problem)
        typer.echo(
            f"{len(problems)} problems found" if problems else "Every file under params/ is in order, and every form."
        )
    if problems:
        raise typer.Exit(2)


@app.command()
def schema() -> None:
    """Print the JSON schema of a parameter file, for editors that check while one types."""
    _print_json(json_schema())


@app.command()
def rules(
    item: Annotated[str | None, typer.Argument(help="An item's id, such as S3.3.3.")] = None, as_json: Json = False
) -> None:
    """Show the ledger of the handbook's items, or the card of one."""
    from playbook.cards import card
    from playbook.ledger import ledger

    if item is not None:
        found = card(item)
        if as_json:
            parameters = {name: each.model_dump(exclude_none=True) for name, each in found.parameters.items()}
            _print_json({"id": found.id, "prose": found.prose, "parameters": parameters,
                         "functions": [f"{rule.__module__}.{rule.__name__}" for rule in found.rules]})  # fmt: skip
        else:
            typer.echo(found.text())
        return
    entries = ledger()
    if as_json:
        _print_json([{"id": each.id, "title": each.title, "legs": list(each.legs), "owed": each.owed,
                      "owed_to": each.owed_to} for each in entries])  # fmt: skip
        return
    for each in entries:
        typer.echo(f"{each.id:8} {' '.join(each.legs):6} {each.state:32} {each.title}")
    complete = sum(not each.owed for each in entries)
    legs, owed = sum(len(each.legs) for each in entries), sum(len(each.owed) for each in entries)
    typer.echo(f"\n{complete} of {len(entries)} items are complete; {legs - owed} of {legs} legs stand.")


@app.command()
def forms(
    name: Annotated[str | None, typer.Argument(help="A form's name, such as score_sheet.")] = None,
    to: Annotated[Path, typer.Option(help="The folder to write to.")] = Path(),
    is_all: Annotated[bool, typer.Option("--all", help="Write every form.")] = False,
    as_json: Json = False,
) -> None:
    """List the handbook's forms, or write one, or all of them, as workbooks to fill in."""
    from playbook.sheets import form, form_names
    from simulation.view.workbook import write_form

    chosen = form_names() if is_all or name is None else [name]
    found = {each: form(each) for each in chosen}
    if name is None and not is_all:
        rows = [{"name": each, "title": about.title, "term": about.term, "chapter": about.chapter, "items": about.items}
                for each, about in found.items()]  # fmt: skip
        if as_json:
            _print_json(rows)
        else:
            _tell(f"{row['name']:20} {row['title']}  {row['term']}  ({', '.join(row['items'])})" for row in rows)
        return
    files = [to / f"{each}.xlsx" for each in found]
    for each, file in zip(found.values(), files, strict=True):
        write_form(each, file, Parameters.load())
    if as_json:
        _print_json({"files": [str(file) for file in files]})
    else:
        _tell(f"Written to {file}" for file in files)


@app.command()
def handbook(
    to: Annotated[
        Path | None, typer.Option(help="The folder to build; by default handbook in the folder of runs.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Build the handbook to read: pages for the browser, with the network off, and one PDF."""
    from simulation.study.folders import runs_folder

    try:
        from simulation.view.handbook import build_handbook
    except ModuleNotFoundError as error:
        raise InputError(
            f"{error.name} is missing; the book needs more: pip install 'renewal-playbook[book]'"
        ) from None
    built = build_handbook(to or runs_folder() / "handbook", Parameters.load())
    if as_json:
        _print_json({"start": str(built.start), "pdf": str(built.pdf), "pages": built.pages_count,
                     "forms": built.forms_count})  # fmt: skip
    else:
        _tell([f"Open {built.start} in a browser ({built.pages_count} pages, {built.forms_count} forms).",
               f"To print: {built.pdf}"])  # fmt: skip


@app.command()
def verify(
    files: Annotated[list[str] | None, typer.Argument(help="Verification files; by default the shipped ones.")] = None,
    seed: Seed = 1,
    workers: Workers = None,
    precision: Annotated[
        float, typer.Option(help="1 is the full precision; 2 allows intervals twice as wide.", min=1, max=20)
    ] = 1.0,
    as_json: Json = False,
) -> None:
    """Hold the desk against textbook queues with known answers."""
    from simulation.study.verify import verify_files
    from simulation.view.telling import verification_lines

    with _bar("batches of runs") as progress:
        rows = verify_files(files or [], seed, workers, precision, progress)
    if as_json:
        _print_json([vars(row) | {"ok": row.ok} for row in rows])
    else:
        _tell(verification_lines(rows))
    if not all(row.ok for row in rows):
        raise typer.Exit(1)


def _changes(texts: list[str] | None) -> dict[str, Any]:
    return dict(parse_change(text) for text in texts or [])


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _tell_facts(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        _print_json(facts)
    else:
        _tell(f"{name:20} {value}" for name, value in facts.items())


def _print_json(content: Any) -> None:
    from simulation.study.folders import plain

    typer.echo(json.dumps(plain(content), indent=2, ensure_ascii=False))


class _bar:
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


class _case_bar(_bar):
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


def main() -> None:
    """The entry point: a slip is told in a sentence, never as a traceback."""
    try:
        app()
    except InputError as error:
        told.print(f"[red]renewal:[/red] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
