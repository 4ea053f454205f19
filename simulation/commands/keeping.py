"""`renewal runs`: what has been kept; and `renewal log`, what happened in a run."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from simulation.commands.options import (
    BookFile,
    Changes,
    Json,
    Map,
    Params,
    Seed,
    changed,
    print_json,
    tell,
)

app = typer.Typer()
logs = typer.Typer()

Names = Annotated[list[str] | None, typer.Argument(help="Folders, by the names that `renewal runs list` tells.")]


@app.command("list")
def list_runs(as_json: Json = False) -> None:
    """List the runs, comparisons and sweeps that lie in the folder of runs."""
    from simulation.study.folders import runs_folder
    from simulation.study.run_folders import leftovers, run_folders

    folder = runs_folder()
    found, left = run_folders(folder), leftovers(folder)
    if as_json:
        print_json({"folder": str(folder), "leftovers": list(map(str, left)),
                    "runs": [vars(each) | {"made": each.made.isoformat(timespec="seconds")} for each in found]})  # fmt: skip
        return
    tell(f"{each.made:%Y-%m-%d %H:%M}  {each.kind:8}{each.state:11} {each.bytes / 1e6:8.1f} MB  {each.name}  {each.what}"
          for each in found)  # fmt: skip
    if not found:
        typer.echo(f"Nothing has been kept in {folder} yet.")
    if left:
        typer.echo(
            f"{len(left)} folders were left half written by runs that were stopped; `renewal runs clean` removes them."
        )


@app.command("compare")
def compare_runs(
    base: Annotated[Path, typer.Argument(help="A run's folder, or a case's of a sweep or comparison.")],
    other: Annotated[Path, typer.Argument(help="The one that is held against it.")],
    measures: Annotated[list[str] | None, typer.Option("--measure", help="A measure that decides; up to four.")] = None,
    as_json: Json = False,
) -> None:
    """Compare two answers that were kept and made under the same luck, without running anything again."""
    from simulation.study.folders import runs_folder
    from simulation.study.run_folders import compare_folders
    from simulation.view.telling import comparison_lines, difference_json

    places = [path if path.is_dir() else runs_folder() / path for path in (base, other)]
    found, confidence = compare_folders(places[0], places[1], measures or [])
    if as_json:
        print_json({"differences": list(map(difference_json, found)), "confidence": confidence})
        return
    pairs = found[0].estimate.replications
    tell(comparison_lines(str(base), {str(other): found}, {}, confidence, pairs))


@app.command("clean")
def clean_runs(
    names: Names = None,
    older_than_days: Annotated[float | None, typer.Option(help="Also everything older than this.", min=0)] = None,
    is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Take away what was left half written, and the runs that are named or old."""
    from simulation.study.folders import runs_folder
    from simulation.study.run_folders import clean, leftovers, to_clean

    folder = runs_folder()
    chosen, left = to_clean(folder, names or [], older_than_days), leftovers(folder)
    if chosen and not is_sure and not as_json:
        tell(f"{each.name}  {each.what}" for each in chosen)
        typer.confirm(f"Take away these {len(chosen)}?", abort=True)
    if as_json and chosen and not is_sure:
        print_json({"would_take_away": [each.name for each in chosen], "leftovers": list(map(str, left))})
        return
    clean(folder, chosen, left)
    if as_json:
        print_json({"taken_away": [each.name for each in chosen], "leftovers": list(map(str, left))})
    else:
        typer.echo(f"{len(chosen)} runs and {len(left)} leftovers taken away.")


@logs.command()
def log(
    to: Annotated[Path, typer.Option(help="The file to write: .csv or .parquet.")],
    scenario: Annotated[str, typer.Argument(help="A name of params/scenarios/ or a file.")] = "handbook",
    book: BookFile = None,
    mapping: Map = None,
    changes: Changes = None,
    params: Params = None,
    seed: Seed = 1,
    replication: Annotated[int, typer.Option(help="Which of the runs that this seed gives.", min=0)] = 0,
    policies_to: Annotated[
        Path | None, typer.Option("--policies", help="A second file to write: the policies of the log, with outcomes.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write one run as an event log: case, activity, time, resource, for process mining or to try `calibrate`."""
    from playbook.parameters import Parameters
    from simulation.study.answers import own_book
    from simulation.study.event_log import ENDINGS, write_event_log, write_policies
    from simulation.study.replicate import run_record
    from simulation.study.scenario import read_scenario, setting

    for file, hint in ((to, "--to"), (policies_to, "--policies")):
        if file is not None and file.suffix.lower() not in ENDINGS:
            raise typer.BadParameter(f"an event log is written as {' or '.join(ENDINGS)}", param_hint=hint)
    asked = read_scenario(scenario).with_changes(changed(changes))
    policies = own_book(book, mapping, Parameters.load().changed(asked.changes))
    record = run_record(setting(asked, policies), seed, replication)
    rows = write_event_log(record, to)
    if policies_to is not None:
        write_policies(record, policies_to)
    if as_json:
        print_json({"file": str(to), "events": rows})
    else:
        typer.echo(f"{rows:,} events of one run written to {to}")


@logs.command()
def report(
    folder: Annotated[Path, typer.Argument(help="A run's, comparison's, choice's or sweep's folder, or its name.")],
    form: Annotated[Literal["pdf", "xlsx"], typer.Option("--as", help="A PDF to print, or a workbook.")] = "pdf",
    to: Annotated[
        Path | None, typer.Option(help="The file to write; by default report.pdf or .xlsx beside the page.")
    ] = None,
) -> None:
    """Make a PDF or a workbook of what has been kept, without running anything again."""
    from simulation.study.folders import runs_folder, whole_file
    from simulation.study.kept import read_kept

    kept = read_kept(folder if folder.is_dir() else runs_folder() / folder)
    path = to or kept.folder / f"report.{form}"
    if form == "xlsx":
        from simulation.view.report_book import write_report_book

        write_report_book(kept, path)
    else:
        from simulation.view.printed import print_page

        pdf, warnings = print_page(kept.page, kept.question)
        with whole_file(path) as aside:
            aside.write_bytes(pdf)
        tell(f"Said while printing: {warning}" for warning in dict.fromkeys(warnings))
    typer.echo(f"Written to {path}")
