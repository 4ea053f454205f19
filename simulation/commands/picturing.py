"""`renewal week`."""

from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.options import BookFile, Changes, Json, Map, Params, Seed, changed, print_json, tell, told

app = typer.Typer()


@app.command()
def week(
    scenario: Annotated[str, typer.Argument(help="A name of params/scenarios/ or a file.")] = "handbook",
    number: Annotated[
        int | None, typer.Option("--week", help="From 1 on; by default the week in which consultants are busiest.")
    ] = None,
    replication: Annotated[int, typer.Option(help="Which of the runs that `renewal run` makes.", min=0)] = 0,
    to: Annotated[Path | None, typer.Option(help="A folder to write into; by default a new one of runs/.")] = None,
    book: BookFile = None,
    mapping: Map = None,
    changes: Changes = None,
    params: Params = None,
    seed: Seed = 1,
    as_json: Json = False,
) -> None:
    """Show one week of the team, person by person: what was done, what waited, which promises broke."""
    from playbook.errors import InputError
    from simulation.study.answers import scenario_setting
    from simulation.study.folders import new_folder, whole_folder
    from simulation.study.measures import Reading
    from simulation.study.provenance import command_line, run_record_of
    from simulation.study.replicate import run_record
    from simulation.study.scenario import read_scenario
    from simulation.study.week import week_of
    from simulation.view import tables
    from simulation.view.report import week_pages
    from simulation.view.week import alt_text

    given = read_scenario(scenario)
    if to is not None and to.exists() and (to.is_file() or any(to.iterdir())):
        raise InputError(f"--to {to}: something is there already, and nothing is written over it; name a new folder")
    folder = to or new_folder("week", Path(scenario).stem)
    setting = scenario_setting(given, changed(changes), book, mapping)
    with told.status("one run of the desk"):
        found = week_of(Reading(run_record(setting, seed, replication), setting.parameters), number)
    record = run_record_of(setting.parameters, seed, 1, 0.0, command_line()) | {"book": setting.book.title}
    with whole_folder(folder) as aside:
        week_pages(aside, given.title, found, record | {"replication": replication})
    people, kinds = tables.week_people_frame(found), tables.week_kinds_frame(found)
    if as_json:
        print_json(
            {"scenario": given.name, "week": found.number, "said": alt_text(found), "folder": str(folder)}
            | {"people": people.to_dict(orient="records"), "kinds": kinds.to_dict(orient="records")}
        )
        return
    tell([alt_text(found), "", people.to_string(index=False), "", kinds.to_string(index=False)])
    typer.echo(f"\nPicture, page and tables: {folder}")
