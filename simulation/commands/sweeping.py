"""`renewal sweep`."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from simulation.commands.options import CaseBar, Json, Workers, print_json, tell, told

app = typer.Typer()


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
    with CaseBar(len(checked.cases)) as progress:
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
        print_json(content)
    else:
        typer.echo("")
        tell(comparison_lines(checked.base.title, differences, notes, base["confidence"], base["replications"]))
        typer.echo(f"\nReport: {folder / 'report.html'}\nTable:  {folder / 'table.csv'}")
    if failed:
        raise typer.Exit(1)
