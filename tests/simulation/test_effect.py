"""What a change did: intervals that hold the truth as often as they say, honest words, and plans that suffice."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from typer.testing import CliRunner

from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.cli import app
from simulation.study.comparison_plan import halves, plan_of
from simulation.study.desk_trial import desk_trial, seen_by_reading
from simulation.study.effect_file import effects_in
from simulation.study.improvement_effect import Effect, coverage, effect_of_cases, effect_of_weeks
from simulation.study.scenario import read_scenario, setting
from simulation.view.effect_page import sentence

NOBODY = np.array([])
TIMES = 300
IMPROVEMENT = Parameters.load().improvement


def least(times: int, share: float) -> int:
    """Fewer hits than this come once in two hundred times from an interval that keeps its promise."""
    return int(binom.ppf(0.005, times, share))


def cells(**given):
    found = {tuple(name.split("_")): (NOBODY, NOBODY) for name in
             ("changed_before", "changed_after", "control_before", "control_after")}  # fmt: skip
    return found | {tuple(name.split("_")): value for name, value in given.items()}


def share_trial(luck) -> Effect:
    shares = {"changed_before": 0.75, "changed_after": 0.80, "control_before": 0.74, "control_after": 0.76}
    drawn = {name: ((luck.random(400) < share).astype(float), NOBODY) for name, share in shares.items()}
    return effect_of_cases("x", cells(**drawn), 0.95)


def people_trial(*sides: str):
    """Twelve people a group, twenty cases each, who differ among each other by half a case's spread."""

    def draw(luck) -> Effect:
        found = {}
        for group, gain in (("changed", 0.5), ("control", 0.0)):
            own = luck.normal(0, 1, 12)
            for period in sides:
                who = np.repeat(np.arange(12), 20)
                effect = gain if period == "after" else 0.0
                found[f"{group}_{period}"] = (10 + effect + own[who] + luck.normal(0, 2, 240),
                                              np.array([f"{group} {each}" for each in who]))  # fmt: skip
        return effect_of_cases("x", cells(**found), 0.95)

    return draw


def weeks_trial(follows: float, has_control: bool, before: int = 52, after: int = 26):
    def series(luck):
        found = luck.normal(0, 1, before + after + 50)
        for week in range(1, len(found)):
            found[week] += follows * found[week - 1]
        return found[50:]

    def draw(luck) -> Effect:
        is_after = np.arange(before + after) >= before
        if not has_control:
            return effect_of_weeks(
                "x", series(luck) + is_after + 0.02 * np.arange(len(is_after)), None, is_after, 0.95, False
            )
        season = 2 * np.sin(np.arange(before + after) / 8)
        return effect_of_weeks("x", series(luck) + season + is_after, series(luck) + season, is_after, 0.95, False)

    return draw


@pytest.mark.parametrize(
    ("draw", "truth"),
    [(share_trial, 0.03), (people_trial("before", "after"), 0.5), (people_trial("after"), 0.5),
     (weeks_trial(0.0, False), 1.0), (weeks_trial(0.3, False), 1.0), (weeks_trial(0.3, True), 1.0)],
    ids=["shares", "people before and after", "people beside each other", "weeks", "weeks that follow", "with a control"],
)  # fmt: skip
def test_an_interval_of_95_percent_holds_the_truth_as_often(draw, truth):
    assert coverage(draw, truth, 1, TIMES) >= least(TIMES, 0.95)


def test_few_weeks_that_follow_each_other_closely_are_warned_of_and_hold_less():
    draw = weeks_trial(0.6, False, 16, 10)
    assert least(TIMES, 0.85) <= coverage(draw, 1.0, 1, TIMES) < 0.95 * TIMES
    assert any("hardly known" in each for each in draw(np.random.default_rng(1)).cautions)


def test_people_drawn_as_if_they_were_cases_promise_too_much():
    luck = np.random.default_rng(1)
    widths = []
    for has_people in (True, False):
        who = np.repeat(np.arange(12), 20)
        own = luck.normal(0, 2, (2, 12))
        drawn = {}
        for number, group in enumerate(("changed", "control")):
            people = np.array([f"{group}{each}" for each in who]) if has_people else NOBODY
            drawn[f"{group}_after"] = (own[number][who] + luck.normal(0, 1, 240), people)
        found = effect_of_cases("x", cells(**drawn), 0.95)
        widths.append(found.high - found.low)
    assert widths[0] > 2 * widths[1]


def test_before_and_after_on_the_desk_takes_the_season_for_the_change_and_a_control_does_not():
    settings = [
        setting(read_scenario(name).with_changes({"book.policies_count": 3000}))
        for name in ("handbook", "without_care")
    ]
    trial = desk_trial(*settings, seed=1)
    held = {reading: trial.held_share(reading, 1, 200, 0.95) for reading in seen_by_reading(trial, 1, 0.95)}
    assert held["before_after"] < 0.85
    assert min(held["concurrent_control"], held["difference_in_differences"]) * 200 >= least(200, 0.95)


def test_without_a_control_group_no_verdict_is_told():
    yes = (np.r_[np.ones(450), np.zeros(50)], NOBODY)
    no = (np.r_[np.ones(350), np.zeros(150)], NOBODY)
    alone = effect_of_cases("Script", cells(changed_before=no, changed_after=yes), 0.95, 0.03)
    beside = effect_of_cases("Script", cells(control_after=no, changed_after=yes), 0.95, 0.03)
    assert "cannot be said without a control group" in sentence(alone) and "keep" not in sentence(alone)
    assert any("cannot tell the change from the season" in each for each in alone.cautions)
    assert "keep it" in sentence(beside) and any("by lot" in each for each in beside.cautions)


@pytest.mark.parametrize(("weeks", "is_enough"), [(7, False), (8, True)])
def test_a_series_needs_eight_weeks_on_either_side(weeks, is_enough):
    series, is_after = np.random.default_rng(1).normal(0, 1, 20 + weeks), np.arange(20 + weeks) >= 20
    if is_enough:
        assert effect_of_weeks("x", series, None, is_after, 0.95, False).counts["weeks after"] == 8
    else:
        with pytest.raises(InputError, match="at least 8"):
            effect_of_weeks("x", series, None, is_after, 0.95, False)


def test_renewal_effect_tracks_several_improvements_of_a_file(tmp_path):
    luck = np.random.default_rng(1)
    rows = [
        {"improvement": title, "group": group, "period": period, "value": "yes" if luck.random() < 0.7 + gain else "no"}
        for title, groups, gain_of in (("Script", ("changed", "control"), 0.15), ("List", ("changed",), 0.0))
        for group in groups for period in ("before", "after")
        for gain in [gain_of * (group == "changed") * (period == "after")]
        for _ in range(800)
    ]  # fmt: skip
    path = tmp_path / "own.xlsx"
    pd.DataFrame(rows).to_excel(path, index=False)
    told = CliRunner().invoke(app, ["effect", str(path), "--to", str(tmp_path / "out"), "--json"])
    assert told.exit_code == 0, told.output
    script, listed = json.loads(told.output)["effects"]
    assert script["reading"] == "difference_in_differences" and script["verdict"] == "keep"
    assert listed["reading"] == "before_after" and "without a control group" in listed["said"]
    assert "<img alt=" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_weekly_shares_with_a_control_are_read_from_the_first_week_of_the_change(tmp_path):
    rows = [{"week": f"2026-W{week:02}", "group": group, "value": 80 + 10 * (group == "changed") * (week >= 20) + week % 3,
             "of": 100} for week in range(1, 41) for group in ("changed", "control")]  # fmt: skip
    path = tmp_path / "own.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    (found,) = effects_in(path, IMPROVEMENT, "2026-W20")
    assert found.reading == "controlled_series" and found.difference == pytest.approx(0.1)
    with pytest.raises(InputError, match="--since"):
        effects_in(path, IMPROVEMENT)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("period,wert\nafter,1\n", "there is no column 'value'"),
        ("period,value\nafter,x\n", "row 2, column 'value': 'x' is not a number"),
        ("period,value\nlater,1\n", "row 2, column 'period': 'later' is not known"),
        ("period,value\nafter,1\nafter,0\n", "neither a group 'control' nor a period 'before'"),
        ("value\n1\n", "neither a column 'period' nor a column 'week'"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(tmp_path, text, says):
    path = tmp_path / "own.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=says):
        effects_in(path, IMPROVEMENT)


def test_the_planned_number_of_people_finds_the_difference_as_often_as_planned():
    plan = plan_of(IMPROVEMENT, 0.75, None, 0.06, 100)
    correlation, luck, found = IMPROVEMENT.consultant_correlation_share, np.random.default_rng(1), 0
    spread = 1 / correlation - 1
    for _ in range(TIMES):
        drawn = {}
        for group, share in (("changed", 0.81), ("control", 0.75)):
            own = luck.beta(share * spread, (1 - share) * spread, plan.people_each)
            who = np.repeat(np.arange(plan.people_each), 100)
            drawn[f"{group}_after"] = (
                (luck.random(len(who)) < own[who]).astype(float),
                np.array([f"{group}{each}" for each in who]),
            )
        effect = effect_of_cases("x", cells(**drawn), 0.95)
        found += effect.low > 0
    assert 0.70 <= found / TIMES <= 0.90
    assert plan.cases_each > plan_of(IMPROVEMENT, 0.75, None, 0.06, 1).cases_each


def test_halves_are_drawn_by_lot_the_same_for_the_same_seed_and_keep_people_together():
    cases = pd.DataFrame({"case": [f"K{number}" for number in range(1001)]})
    drawn = halves(cases, 1)
    assert abs((drawn == "changed").sum() - (drawn == "control").sum()) == 1
    assert drawn.equals(halves(cases, 1)) and not drawn.equals(halves(cases, 2))
    people = cases.assign(person=[f"P{number % 7}" for number in range(1001)])
    assert (people.assign(half=halves(people, 1)).groupby("person")["half"].nunique() == 1).all()


def test_renewal_comparison_test_writes_the_halves_once(tmp_path):
    path = tmp_path / "cases.csv"
    pd.DataFrame({"case": range(40)}).to_csv(path, index=False)
    told = CliRunner().invoke(app, ["comparison-test", str(path), "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.output)["plan"]["cases_each"] == 3135
    assert pd.read_csv(tmp_path / "cases.halves.csv")["group"].value_counts().to_dict() == {
        "changed": 20,
        "control": 20,
    }
    again = CliRunner().invoke(app, ["comparison-test", str(path)])
    assert isinstance(again.exception, InputError) and "not drawn a second time" in str(again.exception)
