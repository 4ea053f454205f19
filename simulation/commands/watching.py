"""`renewal watch` and `renewal effect`."""

from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.options import Changes, Json, Params, changed, print_json, tell

app = typer.Typer()


@app.command()
def watch(
    file: Annotated[Path, typer.Argument(help="CSV or Excel: a row a week and indicator, or a column each.")],
    baseline: Annotated[
        int | None,
        typer.Option(help="The first so many weeks tell what is usual; by default those of monitoring.yaml."),
    ] = None,
    one_in: Annotated[
        float | None, typer.Option("--one-in", help="One false alarm in so many weeks a chart.", min=20, max=1000)
    ] = None,
    to: Annotated[Path | None, typer.Option(help="A folder to write into; by default a new one of runs/.")] = None,
    changes: Changes = None,
    params: Params = None,
    as_json: Json = False,
) -> None:
    """Say which weeks of your own indicators are out of the usual, at a stated rate of false alarms."""
    from playbook.parameters import Parameters
    from simulation.study.control_chart import control_chart
    from simulation.study.fingerprints import of_file
    from simulation.study.folders import new_folder
    from simulation.study.provenance import command_line, origin
    from simulation.study.weekly_file import read_indicators
    from simulation.view import control_page

    parameters = Parameters.load().changed(changed(changes))
    weeks = baseline or int(parameters.monitoring.baseline_weeks)
    rate = one_in or float(parameters.monitoring.false_alarm_weeks)
    found = [control_chart(each, weeks, rate) for each in read_indicators(file)]
    folder = free_folder(to) or new_folder("watch", file.stem)
    record = origin(command_line()) | {"file": file.name, "sha256": of_file(file), "changes": parameters.changes}
    control_page.write_control_page(folder, f"Which weeks of {file.name} are out of the usual?", found, record)
    lines = [control_page.sentence(chart) for chart in found]
    if as_json:
        charts = {chart.indicator.name: _told(chart) for chart in found}
        print_json({"file": file.name, "promise": control_page.promise(found), "charts": charts, "folder": str(folder)})
        return
    tell([control_page.promise(found), "", *lines])
    tell(f"  {chart.indicator.name}: {each}" for chart in found for each in chart.warnings)
    typer.echo(f"\nPictures and tables: {folder / 'report.html'}")


def _told(chart) -> dict:
    """One chart as JSON has it."""
    weeks = [week for week, alarm in zip(chart.indicator.weeks, chart.is_alarm.tolist(), strict=True) if alarm]
    return {"alarms": weeks, "false_alarm_weeks": chart.limits.false_alarm_weeks, "warnings": chart.warnings}


def free_folder(to: Path | None) -> Path | None:
    """The named folder, where nothing lies; InputError where something does."""
    from playbook.errors import InputError

    if to is not None and to.exists() and (to.is_file() or any(to.iterdir())):
        raise InputError(f"--to {to}: something is there already, and nothing is written over it; name a new folder")
    return to


@app.command()
def effect(
    file: Annotated[Path, typer.Argument(help="CSV or Excel: a row a case, or a row a week and group.")],
    since: Annotated[
        str | None,
        typer.Option("--since", help="The first week of the change (2026-W14 or a day), for a file by week."),
    ] = None,
    to: Annotated[Path | None, typer.Option(help="A folder to write into; by default a new one of runs/.")] = None,
    changes: Changes = None,
    params: Params = None,
    as_json: Json = False,
) -> None:
    """Say what each improvement did, with its interval and how far that way of looking can be trusted."""
    from playbook.parameters import Parameters
    from simulation.study.effect_file import effects_in
    from simulation.study.fingerprints import of_file
    from simulation.study.folders import new_folder
    from simulation.study.provenance import command_line, origin
    from simulation.view import effect_page

    parameters = Parameters.load().changed(changed(changes))
    found = effects_in(file, parameters.improvement, since)
    folder = free_folder(to) or new_folder("effect", file.stem)
    record = origin(command_line()) | {"file": file.name, "sha256": of_file(file), "changes": parameters.changes}
    effect_page.write_effect_page(folder, f"What did the changes in {file.name} do?", found, record)
    if as_json:
        told = [vars(each) | {"verdict": each.verdict, "said": effect_page.sentence(each)} for each in found]
        print_json({"file": file.name, "effects": told, "folder": str(folder)})
        return
    for each in found:
        tell([effect_page.sentence(each), *(f"  {caution}" for caution in each.cautions)])
    typer.echo(f"\nPicture and table: {folder / 'report.html'}")


@app.command("comparison-test")
def comparison_test(
    file: Annotated[
        Path | None, typer.Argument(help="CSV or Excel with a column `case`, and `person` where people are drawn.")
    ] = None,
    base_share: Annotated[float, typer.Option(help="The share today, for example of renewals.", min=0, max=1)] = 0.75,
    spread: Annotated[
        float | None, typer.Option(help="For a mean in place of a share: the standard deviation of a case.", min=0)
    ] = None,
    difference: Annotated[float | None, typer.Option(help="The smallest difference worth the trouble.")] = None,
    per_person: Annotated[int, typer.Option(help="Cases of a person, where people are drawn.", min=1)] = 1,
    seed: Annotated[int, typer.Option(help="Of the lot: the same seed draws the same halves.", min=0)] = 1,
    to: Annotated[Path | None, typer.Option(help="The CSV to write with the halves drawn by lot.")] = None,
    changes: Changes = None,
    params: Params = None,
    as_json: Json = False,
) -> None:
    """Plan a comparison test: how many cases each half needs, and who is in which half, drawn by lot."""
    from playbook.parameters import Parameters
    from simulation.study.comparison_plan import draw_halves, plan_of

    improvement = Parameters.load().changed(changed(changes)).improvement
    plan = plan_of(improvement, base_share, spread, difference, per_person)
    told = {"plan": vars(plan), "said": plan.said()}
    if file is not None:
        target = to or file.with_name(f"{file.stem}.halves.csv")
        told |= draw_halves(file, target, seed, plan)
    if as_json:
        print_json(told)
        return
    tell(plan.said())
    tell(told.get("drawn", []))
