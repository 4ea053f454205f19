"""What must hold whatever the numbers: identities of the desk, and what a change of its input must do to its output."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.desk.book import Book, make_book
from simulation.desk.changes import NAMES, DatedChange
from simulation.desk.desk import Desk
from simulation.desk.pieces import ENQUIRY, FOLLOW_UP, GIVEN_UP, KINDS, WALK_IN
from simulation.desk.streams import Luck
from simulation.desk.team import read_structure, structure_from
from simulation.study.replicate import run_record
from simulation.study.scenario import Setting
from simulation.study.verify import BARE_DESK

BARE = Parameters.load().changed(BARE_DESK | {"experiment.measured_days": 2})
DAY = 1440.0


def floor(changes, team, luck=None, parameters=BARE, dated=()):
    """A desk without a book, open all hours, with walk-in work only."""
    changed = parameters.changed({f"demand.{name}": value for name, value in changes.items()})
    structure = structure_from({"title": "test", "question": "?"} | team, "test")
    return Desk(changed, structure, make_book(changed), luck or Luck(1, 0), dated)


def servers(count, **post):
    return {"posts": {"servers": {"role": "consultant", "count": count, **post}}, "serves": {"servers": [["walk_in"]]}}


def waits_in_order(record):
    """The wait of each piece, by when it came; minutes until the end where it was never begun."""
    queued, begun, ended = (record.stay(name) for name in ("queued", "begun", "ended"))
    left = np.where(np.isnan(begun), np.minimum(ended, record.horizon.end_minute), begun)
    return (left - queued)[np.argsort(queued, kind="stable")]


# Little's law.


def by_count(came, left, end):
    """The time-average number present, counted at the minutes at which it changes."""
    at = np.concatenate([came, left])
    step = np.concatenate([np.ones(len(came)), -np.ones(len(left))])
    order = np.argsort(at, kind="stable")
    return float((np.cumsum(step[order])[:-1] * np.diff(at[order])).sum() / end)


@pytest.mark.parametrize("team", ["pooled", "two_groups_overflow", "owners"])
def test_every_queue_obeys_littles_law(small, team):
    record = run_record(small(team), 3, 0)
    end, seen = record.horizon.end_minute, 0
    left = np.where(np.isfinite(record.stay("begun")), record.stay("begun"), np.minimum(record.stay("ended"), end))
    for kind in range(len(KINDS)):
        for group in (0, 1):
            own = (record.stay("kind") == kind) & (record.stay("group") == group)
            if own.any():
                seen += 1
                came, gone = record.stay("queued")[own], left[own]
                assert by_count(came, gone, end) == pytest.approx((gone - came).sum() / end, rel=1e-9)
    assert seen >= 12


# Work is conserved.


@pytest.mark.parametrize("team", ["pooled", "two_groups", "owners"])
def test_every_enquiry_that_came_before_the_end_has_exactly_one_row(small, team):
    setting = small(team)
    desk = Desk(setting.parameters, setting.structure, setting.book, Luck(3, 0))
    record = desk.advance().record()
    came = np.sort(desk.customers.enquiries.minutes)
    came = came[desk.calendar.to_working(came) < record.horizon.end_minute]
    assert np.array_equal(np.sort(record.stay("born")[record.stay("kind") == ENQUIRY]), came)


@settings(max_examples=25, deadline=None)
@given(minute=st.floats(1, 2 * DAY))
def test_at_any_minute_everything_that_came_is_waiting_in_hand_or_done(minute):
    """Also while everybody is busy and nobody has looked at what came."""
    few = {"walk_in_per_hour": {"all": 90}, "walk_in_minutes": {"all": 1}, "walk_in_patience_minutes": {"all": 3}}
    whole = floor(few, servers(1)).advance().record()
    part = floor(few, servers(1)).advance(minute).record()
    assert len(part.stays) == np.count_nonzero(whole.stay("queued") < minute)
    for name in ("begun", "ended"):
        assert np.count_nonzero(part.stay(name) < minute) == np.count_nonzero(whole.stay(name) < minute)


@settings(max_examples=50, deadline=None)
@given(minutes=st.lists(st.floats(1e-6, 2 * DAY - 1), min_size=1, max_size=60))
def test_while_somebody_is_idle_everything_happens_at_its_minute(minutes):
    """Whatever the last bits: a timer that rings before its minute would be the last one."""
    desk, seen = floor({"walk_in_per_hour": {"all": 0}, "walk_in_minutes": {"all": 1}}, servers(1)), []
    kind = 99
    desk.alarm._happens[kind] = lambda number, stamp, at: seen.append((at, desk.env.now))
    for number, at in enumerate(minutes):
        desk.agenda.add(at, at, kind, number, at)
    desk.advance()
    assert [at for at, _ in seen] == sorted(minutes)
    assert all(at <= now <= at + 1e-9 for at, now in seen)


def in_one_order(rows):
    """Rows of stays in the order of their columns: what ends at the same minute may be written down in either order."""
    return rows[np.lexsort([np.nan_to_num(column, nan=-1) for column in rows.T])]


# Luck: what is added changes nobody else's draw.


def test_a_stream_with_people_of_its_own_changes_nothing_else(small):
    setting = small()
    alone = run_record(setting, 3, 0)
    team = setting.structure.model_dump()
    team["posts"]["counter"] = {"role": "trainer", "count": 2}
    team["serves"]["counter"] = [["walk_in"]]
    walk_ins = {"demand.walk_in_per_hour": {"counter": 10}, "demand.walk_in_minutes": {"counter": 8}}
    parameters = setting.parameters.changed(walk_ins)
    beside = run_record(replace(setting, parameters=parameters, structure=structure_from(team, "test")), 3, 0)
    others = beside.stays[beside.stay("kind") != WALK_IN]
    assert len(beside.stays) - len(others) > 1000
    assert np.array_equal(in_one_order(others), in_one_order(alone.stays), equal_nan=True)
    for name, column in alone.policies.items():
        assert np.array_equal(beside.policies[name], column, equal_nan=True)


def test_one_customer_more_leaves_the_first_questions_of_the_others_alone():
    def firsts(count):
        sources = {
            "walk_in_customers_count": {"few": count}, "walk_in_per_hour": {"few": 0.2}, "walk_in_minutes": {"few": 1}
        }  # fmt: skip
        desk = floor(sources, servers(50))
        return [entry[0] for entry in sorted(desk.agenda._heap, key=lambda entry: entry[-1][2])]

    assert firsts(8) == firsts(9)[:8]


# Turns and dated changes.

CHANGES = (
    DatedChange(0, {"allocation.discipline.follow_up": "earliest_due", "allocation.discipline.proposal": "earliest_due",
                    "allocation.discipline.signing": "earliest_due"}),
    DatedChange(7, {"demand.answer_share": 0.2, "monitoring.silence_limit_hours": 24}),
    DatedChange(15, {"decision.contact_effect_logit": 0.0, "people.shift_end": "carry_over"}),
)  # fmt: skip


@pytest.mark.parametrize("team", ["pooled", "owners"])
def test_four_weekly_turns_are_one_run_with_the_same_dated_changes(small, team):
    setting = small(team, experiment__measured_days=28)

    def desk(dated=()):
        return Desk(setting.parameters, setting.structure, setting.book, Luck(5, 0), dated)

    whole, in_turns = desk(CHANGES), desk()
    unchanged = desk().advance().record().digest()
    first = in_turns.horizon.first_measured_day
    for turn in range(4):
        for each in CHANGES:
            if turn * 7 <= each.day < turn * 7 + 7:
                opening = in_turns.calendar.next_open_day(first + each.day)
                in_turns.advance(float(in_turns.calendar.morning_minutes[opening]))
                in_turns.change(each.changes)
        week = float(in_turns.calendar.to_working((first + turn * 7 + 7) * DAY))
        in_turns.advance(min(week, in_turns.horizon.end_minute))
        in_turns.record()
    digest = whole.advance().record().digest()
    assert in_turns.record().digest() == digest != unchanged


OTHER = {
    "discipline.follow_up": None,
    "allocation.idle_choice": "least_worked",
    "allocation.owner_choice": "in_turn",
    "monitoring.silence_clock": "working",
    "monitoring.silence_reading": "last_contact",
    "feedback.enquiry_reply_clock": "calendar",
    "people.shift_end": "carry_over",
    "monitoring.weekly_meeting_weekday": "thursday",
    "monitoring.meeting_reading": "two_weekly",
    "people.newcomer_grade": "junior",
    "structure.has_rotation": False,
    "structure.rotation_reading": "everybody",
    "careers.has_mentors": False,
    "people.resigned_count": {"junior": 1, "senior": 0, "expert": 0},
    "allocation.discipline": {**Parameters.load().allocation.discipline, "request": "first_come"},
    "allocation.accumulating_points_per_hour": {"enquiry": 2},
    "allocation.accumulating_start_points": {"enquiry": 2},
    "allocation.score_weight_share": {"skill": 0.2, "history": 0.2, "load": 0.6},
}


def another_value(parameters, name):
    """A value other than today's inside the allowed range."""
    if name in OTHER:
        return OTHER[name]
    about = parameters.about(name)
    low, high = about.allowed

    def moved(value):
        return type(value)(value + 1) if about.unit not in ("share", "logit", "factor") and value < high else (
            (value + low) / 2 if value > low else (value + high) / 2
        )  # fmt: skip

    return (
        {key: moved(each) for key, each in about.value.items()} if isinstance(about.value, dict) else moved(about.value)
    )


STEPS = ("follow_up", "proposal", "signing", "request", "enquiry")
BY_VALUE = {**Parameters.load().allocation.discipline, **dict.fromkeys(STEPS, "value_at_risk")}


@pytest.mark.parametrize("discipline", [{}, {"allocation__discipline": BY_VALUE}], ids=["shipped", "value_at_risk"])
@pytest.mark.parametrize("name", NAMES)
def test_what_may_change_during_a_run_does_so_as_if_it_had_been_so_from_the_start(small, name, discipline):
    """Changed before anything has happened, a parameter gives the record of a desk that began with it."""
    setting = small("owners", experiment__measured_days=14, book__policies_count=300, **discipline)
    value = another_value(setting.parameters, name)
    assert value != setting.parameters[name]
    began_so = run_record(replace(setting, parameters=setting.parameters.changed({name: value})), 2, 0)
    changed = Desk(setting.parameters, setting.structure, setting.book, Luck(2, 0))
    changed.change({name: value})
    assert changed.advance().record().digest() == began_so.digest()


def test_a_change_that_changes_nothing_changes_nothing(small):
    setting = small("owners", experiment__measured_days=28)
    same = {name: setting.parameters.about(name).value for name in NAMES}
    plain = Desk(setting.parameters, setting.structure, setting.book, Luck(2, 0))
    touched = Desk(setting.parameters, setting.structure, setting.book, Luck(2, 0))
    half = plain.horizon.end_minute / 2
    touched.advance(half).change(same)
    for column in ("queued", "begun", "ended", "result"):
        one, other = (desk.advance().record().stay(column) for desk in (plain, touched))
        assert np.array_equal(one, other, equal_nan=True)


@pytest.mark.parametrize(
    "name", ["book.policies_count", "demand.enquiries_per_policy", "people.vacant_posts_count.senior"]
)
def test_what_is_laid_out_before_a_run_cannot_change_during_it(small, name):
    setting = small()
    desk = Desk(setting.parameters, setting.structure, setting.book, Luck(1, 0))
    with pytest.raises(InputError, match="is read before a run begins"):
        desk.change({name: 1})
    with pytest.raises(InputError, match="is read before a run begins"):
        Desk(setting.parameters, setting.structure, setting.book, Luck(1, 0), [DatedChange(3, {name: 1})])


@pytest.mark.parametrize("day", [-200, 28, 5000])
def test_a_change_on_a_day_that_the_run_does_not_have_is_told(small, day):
    setting = small(experiment__measured_days=28)
    dated = [DatedChange(day, {"demand.answer_share": 0.2})]
    with pytest.raises(InputError, match=f"a dated change on day {day}: the run has the days -.* to 27"):
        Desk(setting.parameters, setting.structure, setting.book, Luck(1, 0), dated)


def test_nobody_waits_for_an_owner_whose_post_does_not_take_such_work(small):
    setting = small("owners", structure__handover_minutes=0)
    team = setting.structure.model_dump()
    team["posts"]["inbox"] = {"role": "trainer", "count": 2}
    team["serves"]["consultants"] = team["serves"]["consultants"][1:]
    team["serves"]["inbox"] = [["enquiry"]]
    with_owners, without = (
        run_record(replace(setting, structure=structure_from(team | {"owner_first": first}, "test")), 3, 0)
        for first in (["enquiry"], [])
    )
    for name in ("queued", "begun", "ended"):
        assert np.array_equal(with_owners.stay(name), without.stay(name), equal_nan=True)


# More people, more time, other names.


@settings(max_examples=30, deadline=None)
@given(
    count=st.integers(1, 5),
    load=st.floats(0.3, 1.3),
    family=st.sampled_from(["exponential", "constant", "lognormal"]),
    seed=st.integers(0, 10_000),
)
def test_more_people_never_worsen_a_wait(count, load, family, seed):
    """First come first served, equal speeds, no retries and no abandonment: each single wait, under the same luck."""
    work = {
        "walk_in_per_hour": {"all": 60 * load * count / 2}, "walk_in_minutes": {"all": 2}, "walk_in_family": {"all": family}
    }  # fmt: skip
    few = waits_in_order(floor(work, servers(count), Luck(seed, 0)).advance().record())
    many = waits_in_order(floor(work, servers(count + 1), Luck(seed, 0)).advance().record())
    assert len(few) == len(many) and np.all(many <= few + 1e-9)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), patience=st.sampled_from([None, 4.0]))
def test_doubling_all_rates_halves_all_times(seed, patience):
    """Open all hours, with no fixed deadline: times are as long as their ticks allow."""

    def record(factor, days):
        work = {
            "walk_in_per_hour": {"A": 40 * factor, "B": 30 * factor}, "walk_in_minutes": {"A": 2 / factor, "B": 1 / factor},
            "walk_in_patience_minutes": {} if patience is None else {"A": patience / factor},
        }  # fmt: skip
        parameters = BARE.changed({"experiment.measured_days": days})
        return floor(work, servers(2), Luck(seed, 0), parameters).advance().record()

    slow, quick = record(1, 2), record(2, 1)
    pairs = min(len(slow.stays), len(quick.stays)) - 5
    at_slow, at_quick = (np.sort(each.stay("queued"))[:pairs] for each in (slow, quick))
    assert np.allclose(at_quick, at_slow / 2, atol=0.05)
    assert waits_in_order(quick)[:pairs].mean() == pytest.approx(waits_in_order(slow)[:pairs].mean() / 2, rel=0.02)
    lost = [np.count_nonzero(each.stay("result") == GIVEN_UP) for each in (slow, quick)]
    assert lost[0] == pytest.approx(lost[1], abs=max(3, 0.02 * lost[0]))


NOBODY_MOVES = {
    "people.ability_variation_factor": 0.0, "people.leaving_per_year_share": {"junior": 0, "senior": 0, "expert": 0},
    "structure.has_rotation": False, "careers.has_mentors": False, "careers.placements_per_year_count": 0,
    "roles.skills_test_minutes": 0, "roles.personal_review_minutes": 0, "sharing.one_to_one_new_months": 0,
    "sharing.one_to_one_attainment_share": 0,
}  # fmt: skip

SYMMETRIC = NOBODY_MOVES | {
    "book.policies_count": 800, "staffing.policies_per_consultant_count": 300, "structure.group_a_share": 0.5,
    "people.grade_mix_share": {"junior": 0.0, "senior": 1.0, "expert": 0.0}, "people.absence_share": 0.0,
    "people.leave_days": 0,"allocation.tier_weight_factor": {"A": 1.0, "B": 1.0}, "experiment.measured_days": 120,
    "demand.proposal_minutes": {"A": 8, "B": 8}, "demand.conversations_to_decision_mean_count": {"A": 3.0, "B": 3.0},
}  # fmt: skip


def test_in_a_symmetric_team_swapping_the_groups_swaps_the_answers():
    """Whose premium is large decides the group and nothing else here; two posts of two are at the same hours."""
    parameters = Parameters.load().changed(SYMMETRIC)
    team = read_structure("two_groups").model_dump()
    for post, group in (("group_a", "A"), ("group_b", "B")):
        team["posts"][post] = {"role": "consultant", "count": 5, "only_group": group}
    book = make_book(parameters)

    def groups(is_large):
        premium = np.where(is_large, 9000.0, 1000.0)
        own = Book(book.title, book.lines, book.line, np.arange(len(book)), premium, book.due_day, book.price_ratio,
                   book.tenure_years, book.is_instalment)  # fmt: skip
        record = run_record(Setting("symmetric", parameters, structure_from(team, "test"), own), 4, 0)
        found = {}
        for group in (0, 1):
            mine = (record.stay("group") == group) & (record.stay("kind") <= ENQUIRY) & (record.stay("case") >= 0)
            rows = np.column_stack([record.stay(name)[mine] for name in ("case", "kind", "queued", "begun", "ended")])
            found[group] = rows[np.lexsort(rows.T[::-1])]
        return found

    is_large = np.arange(len(book)) % 2 == 0
    one, other = groups(is_large), groups(~is_large)
    assert np.count_nonzero(one[0][:, 1] == FOLLOW_UP) > 500
    for group in (0, 1):
        assert np.array_equal(one[group], other[1 - group], equal_nan=True)


settings.register_profile("plain", suppress_health_check=[HealthCheck.too_slow])
