"""`renewal map` and `renewal calibrate`: a team's own records into parameters, and how far to trust them."""

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
    from simulation.study.own_team import own_team
    from simulation.study.parameter_folder import refuse_other_content
    from simulation.study.provenance import command_line
    from simulation.view.own_data import write_calibration
    from simulation.view.trust import calibration_json, trust_lines

    refuse_other_content(to)
    with Bar("futures") as progress:
        own = own_team(policies, log, mapping, team, futures, changed(changes), seed, workers, progress, command_line())
    count = write_calibration(own, to)
    if as_json:
        print_json(calibration_json(own.calibration, own.tested) | {"record": own.record, "folder": str(to)})
        return
    tell(trust_lines(own.calibration, own.tested) + ([] if own.tested else [own.excuse]))
    typer.echo(f"\n{count} parameters written to {to}; the report: {to / 'trust.html'}. Use them with --params {to}")
