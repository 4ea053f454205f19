"""The model beside public records: every figure of params/handbook/world.yaml, worked out again from the records themselves.

Reads the folder that RENEWAL_REAL_DATA names; its README says where each file comes from. Rows or days on which something was
fitted are never those on which it is tried.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from playbook.parameters import Parameters
from simulation.desk.book_file import read_book, read_mapping
from simulation.desk.decision import base_logit
from simulation.study.call_floor import (
    answered_in_time_by_hour,
    fit_floor,
    floor_figures,
    floor_setting,
    people_by_slot,
    simulated_calls,
)
from simulation.study.duration_fit import DISTRIBUTIONS, still_there
from simulation.study.renewal_fit import area_under_curve, calibration, fit_renewal
from simulation.study.world import read_world

WRAP_UP_MINUTES = 7 / 60  # mean pause between calls of a person while somebody waits, over the month
HEAD_START_MINUTES = {"priority_2": 1.5}  # the bank moves its priority callers forward by 90 seconds
PAUSES_MINUTES = (6.0, 10.0, 15.0, 20.0)  # tried on the fit days; the best by mean wait is used on the others
FIT_DAYS = 9  # of the 20 from Sunday to Thursday
IN_TIME_MINUTES = 1.0
FRIDAY, SATURDAY = 4, 5
FEWEST_CALLS = 100  # of a person whose mean is looked at
FAST, FULL = 2, 12  # runs of a day


@cache
def bank_calls(folder: Path) -> pd.DataFrame:
    """The calls that reached the floor, Sunday to Thursday, in the columns that the study reads.

    Who is taken up at once has mostly priority 0 in the log, whoever they are; customers among them are given priority 1 or 2
    by the odds of their kind of call among those who waited.
    """
    log = pd.read_csv(folder / "bank_calls_1999_02.csv", keep_default_na=False)
    came = pd.to_datetime(log.date + " " + log.vru_entry)
    log["day"] = came.dt.normalize()
    log["came_minute"] = (came - log.day).dt.total_seconds() / 60
    log["priority"] = log.priority.astype(int)
    log = log[~log.day.dt.day_of_week.isin([FRIDAY, SATURDAY])]
    log = log[(log.outcome == "AGENT") | ((log.outcome == "HANG") & (log.q_time_s > 0))]
    waited = log[(log.q_time_s > 0) & (log.priority > 0)]
    odds = (waited.priority == 2).groupby(waited.type).mean()
    is_unknown = (log.q_time_s == 0) & (log.priority == 0) & log.type.isin(["PS", "NE", "PE", "TT"])
    is_second = np.random.default_rng(1).random(len(log)) < log.type.map(odds).fillna(0)
    priority = log.priority.where(~is_unknown, np.where(is_second, 2, 1))
    return pd.DataFrame(
        {
            "day": log.day,
            "came_minute": log.came_minute,
            "caller": "priority_" + priority.astype(str),
            "waited_minutes": log.q_time_s / 60,
            "gave_up": log.outcome == "HANG",
            "handled_minutes": log.service_s / 60,
            "person": log.agent,
            "type": log.type,
        }
    )


def simulated(calls: pd.DataFrame, pause: float, fit, runs: int) -> pd.DataFrame:
    """Every day of the calls on the desk."""
    days = []
    for day, own in calls.groupby("day"):
        setting = floor_setting(str(day.date()), own, people_by_slot(own, pause), fit)
        days.append(simulated_calls(setting, 1, runs))
    return pd.concat(days)


def bank_figures(folder: Path, runs: int) -> dict[str, tuple[float, float]]:
    """The floor on the test days, model and record."""
    calls = bank_calls(folder)
    is_fit = calls.day.isin(sorted(calls.day.unique())[:FIT_DAYS])
    fit = fit_floor(calls[is_fit], WRAP_UP_MINUTES, HEAD_START_MINUTES)
    wait = calls[is_fit].waited_minutes.mean()
    pause = min(
        PAUSES_MINUTES,
        key=lambda each: abs(simulated(calls[is_fit], each, fit, 2).waited_minutes.mean() - wait),
    )
    model, record = simulated(calls[~is_fit], pause, fit, runs), calls[~is_fit]
    told, real = floor_figures(model, IN_TIME_MINUTES), floor_figures(record, IN_TIME_MINUTES)
    found = {name: (told[name], real[name]) for name in real}
    hours = [answered_in_time_by_hour(each, IN_TIME_MINUTES).loc[8:22] for each in (model, record)]
    found["hour_error_share"] = (float((hours[0] - hours[1]).abs().mean()), 0.0)
    served = record[~record.gave_up & (record.handled_minutes > 0)].handled_minutes
    fitted = calls[is_fit & ~calls.gave_up & (calls.handled_minutes > 0)].handled_minutes
    found["handled_mean_minutes"] = (float(fitted.mean()), float(served.mean()))
    found["handled_variation"] = (float(fitted.std() / fitted.mean()), float(served.std() / served.mean()))
    alike = record[~record.gave_up & (record.type == "PS") & (record.person != "")]
    people = alike.groupby("person").handled_minutes.agg(["mean", "count"])
    people = people[people["count"] >= FEWEST_CALLS]["mean"]
    found["people_variation"] = (grade_variation(), float(people.std() / people.mean()))
    return found


def grade_variation() -> float:
    """The coefficient of variation of the desk's people's handling times, which differ by grade alone."""
    people = Parameters.load().people
    share = np.array(list(people.grade_mix_share.values()))
    pace = 1 / np.array([people.speed_factor[grade] for grade in people.grade_mix_share])
    mean = float(share @ pace)
    return float(np.sqrt(share @ (pace - mean) ** 2) / mean)


def motor_rows(folder: Path, rest: int, aside: Path):
    """The book of every other row, who renewed, and the rows themselves."""
    rows = pd.read_csv(folder / "motor_lapse_eu.csv")
    rows = rows[np.arange(len(rows)) % 2 == rest].reset_index(drop=True)
    rows.to_csv(aside / f"motor_{rest}.csv", index=False)
    book = read_book(aside / f"motor_{rest}.csv", read_mapping("motor_lapse_eu"), Parameters.load())
    return book, ~rows.lapse.astype(bool).to_numpy(), rows


def motor_columns(book, rows: pd.DataFrame, has_malus: bool) -> dict:
    found = {
        "price": np.log(book.price_ratio),
        "tenure": book.tenure_years,
        "instalment": book.is_instalment.astype(float),
    }
    return found | (
        {
            "bonus_better": (rows.polholder_BMCevol == "down").to_numpy(dtype=float),
            "bonus_worse": (rows.polholder_BMCevol == "up").to_numpy(dtype=float),
            "market": np.log(rows.prem_final / rows.prem_market).to_numpy(),
            "age": np.log(rows.polholder_age).to_numpy(),
        }
        if has_malus
        else {}
    )


def motor_figures(folder: Path, aside: Path) -> dict[str, tuple[float, float]]:
    """The lapse model on every other row, model and record."""
    (book, renewed, rows), (other, came, tried) = (motor_rows(folder, rest, aside) for rest in (0, 1))
    decision = Parameters.load().decision
    plain, whole = (fit_renewal(motor_columns(book, rows, each), renewed) for each in (False, True))
    chance = whole.chance(motor_columns(other, tried, True))
    desk = Parameters.load().changed({"decision.renewal_rate_share.motor": float(renewed.mean())})
    desk_chance = expit(base_logit(other, desk) + decision.nominal_contact_logit)
    is_new, is_dear = other.tenure_years < 1, other.price_ratio > 1.2
    found = {
        "area_under_curve": (area_under_curve(chance, came), 0.61),
        "groups_calibrated_count": (float(sum(each.is_held for each in calibration(chance, came))), 10.0),
        "level_share": (float(chance.mean()), float(came.mean())),
        "tenure_logit": (decision.tenure_year_logit, whole.coefficients["tenure"].value),
        "instalment_logit": (decision.instalment_logit, whole.coefficients["instalment"].value),
        "price_logit": (decision.price_slope_logit, whole.coefficients["price"].value),
        "price_alone_logit": (decision.price_slope_logit, plain.coefficients["price"].value),
        "desk_level_share": (float(desk_chance.mean()), float(came.mean())),
        "desk_area_under_curve": (area_under_curve(desk_chance, came), area_under_curve(chance, came)),
    }
    for name, chosen in {
        "new": is_new,
        "old": other.tenure_years >= 6,
        "instalment": other.is_instalment,
        "dear": is_dear,
    }.items():
        found[f"desk_{name}_share"] = (float(desk_chance[chosen].mean()), float(came[chosen].mean()))
    return found


def hold(figures: dict[str, tuple[float, float]], part: str, slack: float) -> None:
    """The page tells what was found: record to its last digit, model within what other luck may bring."""
    checks = read_world().parts[part].checks
    assert set(checks) == set(figures)
    for name, (model, record) in figures.items():
        assert record == pytest.approx(checks[name].record, abs=0.00051 * max(1, abs(record))), name
        assert model == pytest.approx(checks[name].model, abs=slack * max(checks[name].tolerance, 0.01)), name


def test_lapse_on_the_motor_book_is_what_the_page_tells(real_data, tmp_path):
    hold(motor_figures(real_data, tmp_path), "motor", 0.02)


def test_the_banks_floor_is_what_the_page_tells(real_data):
    hold(bank_figures(real_data, FAST), "bank", 0.6)


@pytest.mark.soak
def test_the_banks_floor_over_more_luck_is_what_the_page_tells(real_data):
    hold(bank_figures(real_data, FULL), "bank", 0.05)


def test_abandonment_falls_with_priority_on_the_desk_as_in_the_log(real_data):
    figures = bank_figures(real_data, FAST)
    shares = [figures[f"given_up_of_waiting_priority_{number}_share"] for number in range(3)]
    for which in (0, 1):
        assert shares[0][which] > shares[1][which] > shares[2][which]


def test_patience_of_the_page_is_that_of_the_curve_without_a_family(real_data):
    """Lognormal patience, fitted, beside the curve of Kaplan and Meier at one and three minutes: within four points."""
    calls = bank_calls(real_data)
    fit = fit_floor(calls, WRAP_UP_MINUTES, HEAD_START_MINUTES)
    for caller, own in calls[calls.waited_minutes > 0].groupby("caller"):
        at, share = still_there(own.waited_minutes.to_numpy(), ~own.gave_up.to_numpy())
        patience = fit.patience[caller]
        assert patience.family == "lognormal"
        for minute in (1.0, 3.0):
            known = share[np.searchsorted(at, minute, side="right") - 1]
            told = DISTRIBUTIONS[patience.family](patience.mean.value, patience.variation.value).sf(minute)
            assert told == pytest.approx(known, abs=0.04)


def test_the_page_of_the_world_says_each_miss_with_its_reason():
    for part in read_world().parts.values():
        for check in part.checks.values():
            assert check.is_held or check.why, check.what
