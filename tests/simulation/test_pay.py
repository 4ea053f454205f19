"""Pay is read from the record, to the cent; effort answers to pay as its parameters say, and to nothing when off."""

import numpy as np
import pytest

from playbook.incentives import exact
from playbook.plans import plan_names, read_plan
from simulation.desk.desk import Desk
from simulation.desk.pieces import NOBODY, REWORK
from simulation.desk.quotas import due_by_period, period_ends, period_of, quotas_cny
from simulation.desk.record import ALONE, LAPSED
from simulation.desk.streams import Luck
from simulation.study.measures import read_all
from simulation.study.pay import achieved_shares, consultants, pay_year, produced_cny, sellers


def desk_of(setting, plan="commission", replication=0, **changes):
    changes = {name.replace("__", "."): value for name, value in changes.items()}
    parameters = setting.parameters.changed(read_plan(plan).parameter_changes() | changes)
    return Desk(parameters, setting.structure, setting.book, Luck(1, replication))


@pytest.fixture(scope="module")
def plain(small):
    return small()


@pytest.fixture(scope="module")
def record(plain):
    return desk_of(plain).advance().record()


NO_EFFORT = {
    "incentives__has_effort": True,
    "incentives__effort_gain_most_share": 0,
    "incentives__goal_gradient_share": 0,
    "incentives__give_up_share": 0,
    "incentives__coasting_share": 0,
    "incentives__recognition_effort_share": 0,
}


def test_every_renewal_of_the_desk_has_a_seller_and_no_other_policy_has_one(record):
    policies = record.policies
    by_desk = ~np.isin(policies["outcome"], (LAPSED, ALONE)) & ~np.isfinite(policies["cancelled"])
    assert by_desk.any() and np.array_equal(sellers(record) != NOBODY, by_desk)
    assert set(sellers(record)[by_desk]) <= set(consultants(record))


def test_what_people_produced_is_what_was_booked_in_the_measured_days(record, plain):
    days = record.horizon
    signed = record.policies["signed"]
    is_in = (sellers(record) != NOBODY) & (signed >= days.measured_from_minute) & (signed < days.measured_to_minute)
    premium = record.season.book.premium_cny[record.season.policy]
    assert produced_cny(record, plain.parameters).sum() == pytest.approx(premium[is_in].sum(), abs=0.01)


@pytest.mark.parametrize("period", ["month", "quarter", "half_year", "year"])
def test_periods_cut_production_and_targets_and_lose_nothing(record, plain, period):
    parameters = plain.parameters.changed({"incentives.pay_period": period})
    whole = produced_cny(record, plain.parameters).sum(axis=2)
    assert produced_cny(record, parameters).sum(axis=2) == pytest.approx(whole, abs=0.01)
    due = due_by_period(record.season, record.horizon, parameters)
    assert due.sum() == pytest.approx(due_by_period(record.season, record.horizon, plain.parameters).sum())
    ends = np.array(period_ends(record.horizon, period))
    assert len(ends) == due.shape[1]
    assert period_of(ends - 1, record.horizon, period).tolist() == list(range(len(ends)))
    assert period_of(ends, record.horizon, period).tolist() == [*range(1, len(ends)), -1]


@pytest.mark.parametrize("team", ["pooled", "two_groups", "owners"])
@pytest.mark.parametrize("split", ["equal", "by_book", "history_and_benchmark"])
def test_personal_targets_sum_to_the_teams(small, team, split):
    setting = small(team, targets__target_split=split)
    desk = desk_of(setting, targets__target_split=split)
    seats = [person.seat for person in desk.people if person.seat.role == "consultant"]
    parts = quotas_cny(seats, desk.season, desk.horizon, desk.parameters)
    whole = 0.70 * due_by_period(desk.season, desk.horizon, desk.parameters)
    assert parts.sum(axis=0) == pytest.approx(whole)
    if team == "two_groups":
        assert all(parts[number, 0].sum() == 0 for number, seat in enumerate(seats) if seat.only_group == "B")


def test_history_gives_the_quicker_the_higher_target_and_equal_does_not(record, plain):
    seats = list(consultants(record).values())
    by = {
        split: quotas_cny(
            seats, record.season, record.horizon, plain.parameters.changed({"targets.target_split": split})
        )
        for split in ("equal", "history_and_benchmark")
    }
    totals = {split: parts.sum(axis=(1, 2)) for split, parts in by.items()}
    assert np.ptp(totals["equal"]) < 0.01
    speed = [plain.parameters.people.speed_factor[seat.grade] for seat in seats]
    assert (
        np.argsort(totals["history_and_benchmark"], kind="stable").tolist() == np.argsort(speed, kind="stable").tolist()
    )


def test_indicators_of_the_pool_are_shares(record):
    for achieved in achieved_shares(record):
        assert all(0 <= share <= 1 for share in achieved.values()) and 0.3 < achieved["renewal"] < 1


@pytest.mark.parametrize("name", plan_names())
def test_with_effort_off_plans_differ_in_cost_alone(record, plain, name):
    assert desk_of(plain, name).advance().record().digest() == record.digest()


def test_what_plans_pay_for_one_record_is_ordered_as_their_readings_are(record, plain):
    paid = {
        name: pay_year(record, plain.parameters.changed(read_plan(name).parameter_changes())).bonus_cny
        for name in plan_names()
    }
    assert paid["salary_only"] == 0
    assert paid["commission"] <= paid["tier_excess_only"] <= paid["tier_whole_reward"] <= paid["tier_commission_points"]
    assert paid["certificates"] == paid["recognition"] == paid["commission"]


def test_measures_of_pay_are_sums_of_what_people_get(record, plain):
    year = pay_year(record, plain.parameters)
    found = read_all(record, plain.parameters)
    assert found["bonus_cny"] == year.bonus_cny + year.training_cny
    assert exact(year.bonus_cny) == sum(exact(pay.variable) for pay in year.pay)
    cost = plain.parameters.money.yearly_cost_cny
    assert found["payroll_cny"] <= sum(cost[seat.role] for seat in record.seats)
    certified = plain.parameters.changed(read_plan("certificates").parameter_changes())
    steps = sum(pay.certificate for pay in pay_year(record, certified).pay)
    assert steps > 0 and read_all(record, certified)["payroll_cny"] == pytest.approx(found["payroll_cny"] + steps)


@pytest.mark.parametrize("plan", ["salary_only", "tier_whole_reward", "recognition", "team_pool"])
def test_with_every_behaviour_at_nothing_effort_changes_nothing(record, plain, plan):
    assert desk_of(plain, plan, **NO_EFFORT).advance().record().digest() == record.digest()


def paces(setting, plan, **changes):
    desk = desk_of(setting, plan, **{"incentives__has_effort": True} | changes)
    morning, found = desk.effort.morning, []

    def watched():
        morning()
        if desk.effort.period >= 0:
            found.append([person.pace for person in desk.effort.people])

    desk.effort.morning = watched
    desk.advance()
    return np.array(found), desk.record()


def test_without_pay_for_results_people_work_at_the_floor_of_effort(plain):
    pace, record = paces(plain, "salary_only")
    assert np.ptp(pace) == 0 and 0.9 < pace[0, 0] < 0.95
    assert np.allclose([pace[0, 0]], 1 / (1 + 0.15 * (1 - np.exp(-34 / 40))))
    assert record.digest() != desk_of(plain).advance().record().digest()


def only(name, value):
    return NO_EFFORT | {f"incentives__{name}": value}


def test_twice_the_commission_buys_less_than_twice_the_effort(plain):
    gained = []
    for times in (0, 1, 2):
        shares = {"A": 0.015 * times, "B": 0.01 * times}
        pace, _ = paces(plain, "commission", incentives__commission_share=shares)
        gained.append(pace.mean())
    assert gained[0] < gained[1] < gained[2] and gained[2] - gained[1] < gained[1] - gained[0]


def test_haste_makes_slips_and_care_avoids_them_only_where_their_part_is_not_zero(plain):
    reworked = []
    for part in (-1, 0, 1):
        changes = NO_EFFORT | {"incentives__effort_gain_most_share": 0.5, "incentives__effort_slip_share": part}
        shares = {"incentives__commission_share": {"A": 0.05, "B": 0.05}}
        record = desk_of(plain, "commission", **changes, **shares, demand__entry_error_share=0.5).advance().record()
        reworked.append(int((record.stay("kind") == REWORK).sum()))
    assert reworked == sorted(set(reworked))


@pytest.mark.parametrize(
    ("name", "value", "low", "high"),
    [
        ("goal_gradient_share", 0.2, 1.0, 1.2),
        ("give_up_share", 0.2, 0.8, 1.0),
        ("coasting_share", 0.2, 0.8, 1.0),
    ],
)
def test_each_answer_to_a_goal_moves_effort_within_its_parameter_and_its_own_way(plain, name, value, low, high):
    pace, _ = paces(plain, "tier_whole_reward", incentives__target_renewal_share=0.62, **only(name, value))
    assert pace.min() >= low - 1e-9 and pace.max() <= high + 1e-9 and np.ptp(pace) > 0.1
    none, _ = paces(plain, "commission", incentives__target_renewal_share=0.62, **only(name, value))
    assert np.ptp(none) == 0  # a plain commission sets no goal


def test_ranks_that_are_told_cost_effort_and_cost_nothing_where_they_are_not(plain):
    told, _ = paces(plain, "commission", **NO_EFFORT | {"incentives__has_rank_feedback": True})
    assert told.min() == told.max() == pytest.approx(0.9)
    silent, _ = paces(plain, "commission", **NO_EFFORT)
    assert silent.min() == silent.max() == 1


def test_signings_are_held_back_over_the_end_of_a_quarter_only_where_that_is_switched_on_and_never_past_expiry(plain):
    gaming = NO_EFFORT | {"incentives__pay_period": "quarter", "incentives__target_renewal_share": 0.68}
    honest = desk_of(plain, "tier_commission_points", **gaming).advance().record()
    shifted = desk_of(plain, "tier_commission_points", **gaming, incentives__gaming_shift_days=15).advance().record()
    before, after = honest.policies["signed"], shifted.policies["signed"]
    both = np.isfinite(before) & np.isfinite(after)
    is_held = both & (after - before > 1440)
    starts = np.array(period_ends(honest.horizon, "quarter")[:-1])
    in_first_week = [((stamp - starts >= 0) & (stamp - starts < 7 * 1440)).any() for stamp in after[is_held]]
    assert np.count_nonzero(is_held) >= 3 and np.mean(in_first_week) > 0.5  # the rest is what follows from busier days
    in_time = after[is_held] < shifted.season.due[is_held]
    assert in_time[in_first_week].all()
    none = desk_of(plain, "commission", **gaming, incentives__gaming_shift_days=15).advance().record()
    assert none.digest() == honest.digest()


def test_people_who_are_paid_by_premium_pick_the_large_ones_and_those_who_are_not_do_not(plain):
    busy = {"people__unmodelled_shrinkage_share": 0.3}
    taken = [
        desk_of(plain, plan, **NO_EFFORT, **busy, incentives__cherry_picking_count=count).advance().record()
        for plan, count in (("commission", 0), ("commission", 30), ("salary_only", 30))
    ]
    assert taken[2].digest() == taken[0].digest()
    premium = taken[0].season.book.premium_cny[taken[0].season.policy]

    def wait_of_the_large(record):
        first = record.policies["first_touch"] - record.season.release
        large = premium > np.median(premium)
        return np.nanmean(first[large]) - np.nanmean(first[~large])

    assert wait_of_the_large(taken[1]) < wait_of_the_large(taken[0])
