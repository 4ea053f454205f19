"""`renewal sweep`."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from playbook.errors import InputError
from playbook.parameters import EDITION
from simulation.commands.options import CaseBar, Json, Params, Workers, print_json, tell, told

app = typer.Typer()

To = Annotated[
    Path | None, typer.Option(help="The folder to write to; by default the sweep's name in the folder of runs.")
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Run every case anew, also those that are finished.")]
CheckOnly = Annotated[bool, typer.Option("--check", help="Check the sweep and estimate what it costs; run nothing.")]
Dask = Annotated[str | None, typer.Option(help="The address of a Dask scheduler whose workers run the cases.")]


@app.command()
def sweep(
    name: Annotated[str, typer.Argument(help="A name of params/sweeps/ or a file.")],
    workers: Workers = None,
    params: Params = None,
    to: To = None,
    is_fresh: Fresh = False,
    is_check: CheckOnly = False,
    dask: Dask = None,
    as_json: Json = False,
) -> None:
    """Run a notebook over many cases with Papermill, and compare them.

    A sweep that was stopped goes on where it stopped when the same command is given again.
    """
    from simulation.study import sweep as sweeps
    from simulation.study.folders import runs_folder
    from simulation.study.provenance import command_line
    from simulation.study.ranking import told_in_full
    from simulation.study.replicate import default_workers
    from simulation.study.results import read_results
    from simulation.study.sweep_cost import estimate, few_replications, refuse_without_room
    from simulation.study.sweep_file import read_sweep
    from simulation.view.sweep_page import write_sweep_page
    from simulation.view.telling import comparison_lines, difference_json, few_replications_line, sweep_plan_line

    checked = read_sweep(name)
    folder = to or runs_folder() / checked.name
    workers = workers or default_workers()
    left = sweeps.cases_left(checked, folder, is_fresh)
    costs = estimate(checked, left, workers)
    refuse_without_room(folder, costs.disk_bytes)
    told.print(checked.file.question, markup=False, soft_wrap=True)
    told.print(sweep_plan_line(checked, left, costs, folder), markup=False, soft_wrap=True)
    if few := few_replications(checked):
        told.print(few_replications_line(*few), markup=False, soft_wrap=True)
    if is_check:
        return
    with _executor(dask) as executor, CaseBar(len(checked.cases)) as progress:
        outcomes = sweeps.run_sweep(checked, folder, workers, progress, executor, is_fresh, command_line())
    failed = [outcome for outcome in outcomes if outcome.error]
    for each in failed:
        where = f" in cell {each.cell}" if each.cell else ""
        log = f" (log: {each.log})" if each.log else ""
        told.print(f"[red]failed[/red] {escape(f'{each.case}{where}: {each.error}{log}')}", soft_wrap=True)
    if len(outcomes) - len(failed) < 2 or checked.base.name in {outcome.case for outcome in failed}:
        told.print("Too few cases finished to compare them with the base.")
        raise typer.Exit(1)
    results = read_results(folder)
    report = write_sweep_page(results)
    differences = {results.titles[case]: rows for case, rows in results.differences.items()}
    if as_json:
        content = {
            "sweep": checked.name,
            "cases": results.table.to_dict(orient="records"),
            "differences": {case: list(map(difference_json, rows)) for case, rows in differences.items()},
            "failed": [vars(outcome) for outcome in failed],
            "record": results.about["record"],
            "report": str(report),
        }
        print_json(content)
    else:
        notes = {results.titles[case]: each for case, each in results.notes.items()}
        in_full = {results.titles[place.case]: place.differences for place in told_in_full(results)}
        about = results.about
        typer.echo("")
        tell(comparison_lines(results.titles[results.base], in_full, notes, about["confidence"], about["replications"]))
        if len(in_full) < len(differences):
            typer.echo(f"Told are the best and the worst of {len(differences)} cases; the report has them all.")
        typer.echo(f"\nReport: {report}\nTable:  {folder / 'table.csv'}")
    if failed:
        raise typer.Exit(1)


def _executor(address: str | None):
    """The cluster's executor, where an address is given; otherwise none, and the sweep makes its own."""
    from contextlib import nullcontext

    if address is None:
        return nullcontext()
    if EDITION in os.environ:
        raise InputError(
            "the workers of a cluster have the handbook's own parameters: --params and --dask do not go together"
        )
    from simulation.study.cluster import cluster_executor

    return cluster_executor(address)
