"""What is shown of pay, appraisals and careers: one call a cell, each a table with its words."""

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from playbook.parameters import Parameters
from simulation.study.careers import break_even_pay_share, career_table
from simulation.study.pay_risk import PlanYears, cost_rows, gain_rows
from simulation.study.verdicts import verdict_table
from simulation.view.notebook import Shown
from simulation.view.report import table


def _shown(said: str, rows: Sequence[dict], columns: dict[str, tuple[str, str]], caption: str) -> Shown:
    """A sentence and a table of chosen columns: by key, the heading and the format of its values."""
    frame = pd.DataFrame([
        {heading: "none" if row[key] is None else format(row[key], form) for key, (heading, form) in columns.items()}
        for row in rows
    ])  # fmt: skip
    html = Markup("<p><strong>{}</strong></p>").format(said) + Markup(table(frame, caption))
    return Shown(html, f"{said}\n{frame.to_string(index=False)}")


def costs(years: Sequence[PlanYears]) -> Shown:
    """What each plan costs: expected, in a dear year, in the worst; and how far luck alone pulls equals apart."""
    rows = cost_rows(years)
    dear = max(rows, key=lambda row: row["bonus_cny"])
    lottery = max(rows, key=lambda row: row["gap_share"])
    said = (
        f"{dear['title']} costs most, CNY {dear['bonus_cny']:,.0f} a year beyond the salaries. "
        f"{lottery['title']} pays equals furthest apart, by {lottery['gap_share']:.0%} of the mean."
    )
    columns = {
        "title": ("plan", ""), "bonus_cny": ("expected, CNY", ",.0f"), "bonus_high_cny": ("95 of 100 years below", ",.0f"),
        "bonus_worst_cny": ("worst of these years", ",.0f"), "contribution_cny": ("contribution, CNY", ",.0f"),
        "gap_share": ("gap between equals", ".0%"), "reached_share": ("reached their target", ".0%"),
        "replications": ("years", "d"),
    }  # fmt: skip
    return _shown(said, rows, columns, "What each plan costs a year, beyond the salaries")


def gains(years: Sequence[PlanYears], plan: str) -> Shown:
    """Who gains and who loses by a plan against the first one."""
    other = next(each for each in years if each.plan == plan)
    rows = gain_rows(years[0], other)
    best, least = max(rows, key=lambda row: row["gain_cny"]), min(rows, key=lambda row: row["gain_cny"])
    said = (
        f"Against {years[0].title}, {other.title} changes pay by CNY {least['gain_cny']:+,.0f} ({least['person']}) to "
        f"{best['gain_cny']:+,.0f} ({best['person']}) a year."
    )
    columns = {
        "person": ("person", ""), "base_cny": ("now, CNY", ",.0f"), "other_cny": ("then, CNY", ",.0f"),
        "gain_cny": ("gain", "+,.0f"), "gain_low_cny": ("in the worst year", "+,.0f"),
        "gain_high_cny": ("in the best", "+,.0f"), "gains_share": ("years with a gain", ".0%"),
        "loses_share": ("with a loss", ".0%"),
    }  # fmt: skip
    return _shown(said, rows, columns, f"Who gains and who loses by {other.title}")


def verdicts(changes: dict, houses: int, seed: int) -> Shown:
    """Wrong verdicts by rule, error and length of record."""
    rows = verdict_table(Parameters.load().changed(changes), houses_count=houses, seed=seed)
    after = {row["rule"]: row for row in rows if row["noise_factor"] == 1}  # the longest record of each rule
    said = "; ".join(
        f"{rule}: {row['wrong']} of {row['decided']} verdicts hit somebody who is fine" for rule, row in after.items()
    )
    columns = {
        "rule": ("rule", ""), "noise_factor": ("times the errors", ""), "appraisals": ("appraisals", "d"),
        "decided": ("verdicts", "d"), "wrong_share": ("wrong, of verdicts", ".0%"),
        "hit_share": ("hit, of who is fine", ".1%"), "found_share": ("found, of who is not", ".0%"),
        "coached": ("coached", "d"), "coached_fine": ("of them fine", "d"), "upheld": ("appeals upheld", "d"),
    }  # fmt: skip
    return _shown(f"{said}.", rows, columns, "Verdicts of the last-place rule over simulated years")


def careers(changes: dict, heads: int, years: int) -> Shown:
    """Whether growing seniors pays, over some years."""
    parameters = Parameters.load().changed(changes)
    rows = career_table(parameters, heads, years)
    cheapest = min(rows, key=lambda row: row["cost_per_work_year_cny"])
    step = break_even_pay_share(parameters, heads, years)
    limit = (
        "does not pay at any step" if step is None else f"pays up to a step of {step:.0%} for the advanced certificate"
    )
    said = (
        f"A year of work at speed 1 is cheapest where the team is {cheapest['policy']}: "
        f"CNY {cheapest['cost_per_work_year_cny']:,.0f}. Growing with mentors {limit}."
    )
    columns = {
        "policy": ("the team is", ""), "work_years": ("years of work", ".1f"), "cost_cny": ("cost, CNY", ",.0f"),
        "cost_per_work_year_cny": ("for a year of work", ",.0f"), "hired": ("hired", ".1f"),
        "junior_share": ("juniors at the end", ".0%"), "senior_share": ("seniors", ".0%"),
        "expert_share": ("experts", ".0%"),
    }  # fmt: skip
    return _shown(said, rows, columns, f"{heads} people over {years} years")
