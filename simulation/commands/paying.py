"""`renewal pay`."""

from typing import Annotated

import typer

from simulation.commands.options import (
    Bar,
    BookFile,
    Changes,
    Json,
    Map,
    Params,
    Replications,
    Seed,
    Workers,
    changed,
    print_json,
)

app = typer.Typer()


@app.command()
def pay(
    plans: Annotated[
        list[str] | None, typer.Argument(help="Plans of params/plans/ or files, today's first; by default all.")
    ] = None,
    scenario: Annotated[str, typer.Option(help="The team that is paid: a scenario's name or file.")] = "handbook",
    book: BookFile = None,
    mapping: Map = None,
    changes: Changes = None,
    params: Params = None,
    replications: Replications = None,
    seed: Seed = 1,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Say what plans of pay cost over years of luck, and who gains and who loses against the first of them."""
    import pandas as pd

    from playbook.plans import plan_names
    from simulation.study.answers import own_book
    from simulation.study.folders import new_folder, whole_folder, write_json
    from simulation.study.pay_risk import cost_rows, gain_rows, plan_years
    from simulation.study.replicate import default_workers, worker_processes
    from simulation.study.scenario import read_scenario, setting

    today = "tier_team"
    names = plans or [today, *(name for name in plan_names() if name != today)]
    paid = read_scenario(scenario).with_changes(changed(changes))
    parameters = setting(paid).parameters
    tried = setting(paid, own_book(book, mapping, parameters))
    count = replications or int(parameters.experiment.replications_count)
    with Bar("years") as progress, worker_processes(min(workers or default_workers(), count)) as executor:
        years = plan_years(tried, names, count, seed, executor, progress)
    costs = cost_rows(years)
    gains = {other.plan: gain_rows(years[0], other) for other in years[1:]}
    folder = new_folder("pay", paid.name)
    with whole_folder(folder) as aside:
        pd.DataFrame(costs).to_csv(aside / "costs.csv", index=False)
        rows = [{"plan": plan} | row for plan, each in gains.items() for row in each]
        pd.DataFrame(rows).to_csv(aside / "gains.csv", index=False)
        write_json(aside / "summary.json", {"scenario": paid.name, "seed": seed, "plans": costs})
    if as_json:
        print_json({"scenario": paid.name, "seed": seed, "plans": costs, "gains": gains, "folder": str(folder)})
        return
    typer.echo(f"CNY a year beyond the salaries, {count} years of luck\n")
    typer.echo(f"{'':26} {'expected':>10} {'95 of 100':>10} {'worst':>10} {'contribution':>13} {'gap':>5}")
    for row in costs:
        typer.echo(
            f"{row['plan']:26} {row['bonus_cny']:10,.0f} {row['bonus_high_cny']:10,.0f} {row['bonus_worst_cny']:10,.0f} "
            f"{row['contribution_cny']:13,.0f} {row['gap_share']:5.0%}"
        )
    typer.echo("\ngap: how far apart two equally able people are paid for results, in the mean, of the mean.")
    for plan, each in gains.items():
        best, least = max(each, key=lambda row: row["gain_cny"]), min(each, key=lambda row: row["gain_cny"])
        typer.echo(
            f"{plan}, against {years[0].plan}: from {least['gain_cny']:+,.0f} ({least['person']}) "
            f"to {best['gain_cny']:+,.0f} ({best['person']}) a year"
        )
    typer.echo(f"\nWritten to {folder}")
