"""`renewal map` and `renewal calibrate`: a team's own records into parameters, and how far to trust them."""

import time
from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.options import Bar, Changes, Json, Params, Seed, Workers, changed, print_json, tell

app = typer.Typer()

Policies = Annotated[Path, typer.Argument(help="The list of policies: CSV, Excel or Parquet.")]


@app.command("map")
def map_columns(
    policies: Policies,
    log: Annotated[Path | None, typer.Argument(help="The log of activities, where there is one.")] = None,
    to: Annotated[Path | None, typer.Option(help="The mapping file to write.")] = None,
) -> None:
    """Propose how the columns of your files are to be read, to be put right by hand."""
    from playbook.errors import InputError
    from simulation.study.folders import whole_file
    from simulation.study.map_proposal import propose

    if to is not None and to.exists():
        raise InputError(f"{to}: there is such a file already, and it is not written over")
    text, remarks = propose(policies, log, policies.stem)
    if to is None:
        typer.echo(text)
        return
    with whole_file(to) as aside:
        aside.write_text(text, encoding="utf-8")
    tell([f"Look at: {each}" for each in remarks])
    typer.echo(f"Written to {to}; read it, then: renewal calibrate {policies} {log or 'LOG'} --map {to} --to FOLDER")


@app.command()
def calibrate(
    policies: Policies,
    log: Annotated[Path, typer.Argument(help="The log of activities: who did what for which case, when.")],
    mapping: Annotated[str, typer.Option("--map", help="How their columns are read (`renewal map` proposes it).")],
    to: Annotated[Path, typer.Option(help="The folder to write: parameters, trust.html, calibration.json.")],
    team: Annotated[str, typer.Option(help="How the team is built: a name of params/teams/ or a file.")] = "pooled",
    futures: Annotated[int, typer.Option(help="Simulated futures of the back-test; 0 for none.", min=0, max=1000)] = 39,
    changes: Changes = None,
    params: Params = None,
    seed: Seed = 1,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Fit the parameters to your own records, try them out on the later part, and write them with a report of trust."""
    from datetime import date

    from playbook.errors import InputError
    from playbook.parameters import Parameters
    from simulation.study import back_test as tried
    from simulation.study.calibrate import calibrate as fitted_to
    from simulation.study.calibrate import with_rates
    from simulation.study.folders import whole_folder, write_json
    from simulation.study.parameter_folder import refuse_other_content, write_chapters
    from simulation.study.provenance import command_line, run_record_of
    from simulation.study.replicate import default_workers, worker_processes
    from simulation.study.team_map import read_team_mapping
    from simulation.study.team_records import read_team_records
    from simulation.view import trust

    refuse_other_content(to)
    began = time.perf_counter()
    records = read_team_records(policies, log, read_team_mapping(mapping), Parameters.load().changed(changed(changes)))
    tested, excuse = None, "no back-test was asked for"
    with worker_processes(workers or default_workers()) as executor:
        found = with_rates(fitted_to(records), team, executor, seed)
        if futures:
            try:
                with Bar("futures") as progress:
                    tested = tried.back_test(records, team, executor, seed, futures, progress)
            except InputError as error:
                excuse = str(error)
    record = run_record_of(found.parameters, seed, futures, time.perf_counter() - began, command_line())
    record |= {"files": records.files, "back-test": tested.sentence() if tested else excuse}
    with whole_folder(to) as aside:
        count = write_chapters(aside, found, date.today())
        trust.trust_page(aside / "trust.html", found, tested, record)
        write_json(aside / "calibration.json", trust.calibration_json(found, tested) | {"record": record})
    if as_json:
        print_json(trust.calibration_json(found, tested) | {"record": record, "folder": str(to)})
        return
    tell(trust.trust_lines(found, tested) + ([] if tested else [excuse]))
    typer.echo(f"\n{count} parameters written to {to}; the report: {to / 'trust.html'}. Use them with --params {to}")
