"""The desk keeps its books: policies, minutes and luck are conserved, whatever the team."""

from itertools import pairwise

import numpy as np
import pytest

from simulation.desk.desk import Desk
from simulation.desk.pieces import (
    ABSENCE,
    ALERT,
    BREAK,
    COMPLAINT,
    ENQUIRY,
    FOLLOW_UP,
    GIVEN_UP,
    MEETING,
    OPEN,
    PROPOSAL,
    REQUEST,
    REST,
    SIGNING,
    WALK_IN,
    WITHDRAWN,
    WORK,
)
from simulation.desk.record import LAPSED, OUTCOMES, SIGNED
from simulation.desk.streams import Luck
from simulation.study.replicate import replicate, run_record, worker_processes

TEAMS = ["pooled", "two_groups", "two_groups_overflow"]


@pytest.fixture(scope="module")
def records(small):
    return {team: run_record(small(team), 3, 0) for team in TEAMS}


@pytest.mark.parametrize("team", TEAMS)
def test_every_policy_ends_in_exactly_one_state(records, team):
    record = records[team]
    outcome = record.policies["outcome"]
    assert set(np.unique(outcome)) <= set(range(len(OUTCOMES)))
    is_signed = np.isfinite(record.policies["signed"])
    assert np.array_equal(is_signed, outcome != LAPSED)


@pytest.mark.parametrize("team", TEAMS)
def test_each_policy_of_the_book_is_measured_exactly_once(records, team):
    season = records[team].season
    assert sorted(season.policy[season.is_measured]) == list(range(len(season.book)))


@pytest.mark.parametrize("team", TEAMS)
def test_every_minute_of_every_person_is_accounted_for(records, team):
    record = records[team]
    person, begun, ended = (record.spell(name) for name in ("person", "begun", "ended"))
    for number in range(len(record.seats)):
        own = np.flatnonzero(person == number)
        own = own[np.argsort(begun[own])]
        assert begun[own][0] == 0 and ended[own][-1] == record.horizon.end_minute
        assert np.array_equal(begun[own][1:], ended[own][:-1])


@pytest.mark.parametrize("team", TEAMS)
def test_time_at_work_is_the_time_of_the_pieces_less_overtime(records, team):
    """Two independent books: the spells of people, and the rows of the pieces that they had in hand."""
    record = records[team]
    for number in range(len(record.seats)):
        mine = (record.stay("person") == number) & (record.stay("result") != OPEN)
        at_desk = (record.stay("worked") - record.stay("overtime"))[mine].sum()
        is_work = (record.spell("person") == number) & (record.spell("what") == WORK)
        spent = (record.spell("ended") - record.spell("begun"))[is_work].sum()
        in_hand = (record.stay("person") == number) & (record.stay("result") == OPEN)
        slack = sum(record.horizon.end_minute - record.stay("begun")[in_hand]) if in_hand.any() else 0.0
        assert spent == pytest.approx(at_desk + slack, abs=1e-6)


@pytest.mark.parametrize("team", TEAMS)
def test_rows_are_in_order_and_complete(records, team):
    record = records[team]
    queued, begun, ended, result = (record.stay(name) for name in ("queued", "begun", "ended", "result"))
    is_begun = np.isfinite(begun)
    assert np.all(begun[is_begun] >= queued[is_begun])
    assert np.all(ended[is_begun] >= begun[is_begun])
    assert np.all(ended[~is_begun] >= queued[~is_begun])
    assert set(np.unique(result[~is_begun & np.isfinite(ended)])) <= {GIVEN_UP, WITHDRAWN}
    assert np.all(record.stay("born") <= record.stay("queued_stamp") + 1e-9)


def test_what_waits_and_who_waits_obey_littles_law(records):
    """The time-average number waiting, counted at the minutes when it changes, is the arrival rate times the mean wait."""
    record = records["pooled"]
    chosen = np.isin(record.stay("kind"), (FOLLOW_UP, REQUEST, ENQUIRY))
    queued = record.stay("queued")[chosen]
    end = record.horizon.end_minute
    left = np.where(np.isfinite(record.stay("begun")), record.stay("begun"), np.minimum(record.stay("ended"), end))[
        chosen
    ]
    at = np.concatenate([queued, left])
    step = np.concatenate([np.ones(len(queued)), -np.ones(len(left))])
    order = np.argsort(at, kind="stable")
    number = np.cumsum(step[order])
    by_count = (number[:-1] * np.diff(at[order])).sum() / end
    assert by_count == pytest.approx((left - queued).sum() / end, rel=1e-9)
    assert number[-1] == 0 and number.max() > 10


def test_only_those_whom_the_file_names_take_a_kind_of_work(records):
    record = records["two_groups"]
    posts = np.array([seat.post for seat in record.seats])
    done = record.stay("person") >= 0
    who = posts[record.stay("person")[done].astype(int)]
    kind, group = record.stay("kind")[done], record.stay("group")[done]
    assert set(who[np.isin(kind, (FOLLOW_UP, ENQUIRY, SIGNING)) & (group == 0)]) == {"group_a"}
    assert set(who[np.isin(kind, (FOLLOW_UP, ENQUIRY, SIGNING)) & (group == 1)]) == {"group_b"}
    assert set(who[kind == COMPLAINT]) == {"coordinators"} and set(who[kind == ALERT]) == {"leaders"}


def test_with_overflow_each_group_also_serves_the_other(records):
    record = records["two_groups_overflow"]
    posts = np.array([seat.post for seat in record.seats])
    done = (record.stay("person") >= 0) & (record.stay("kind") == FOLLOW_UP) & (record.stay("group") == 1)
    assert set(posts[record.stay("person")[done].astype(int)]) == {"group_a", "group_b"}


def test_the_same_seed_gives_the_same_record(small):
    assert run_record(small(), 3, 1).digest() == run_record(small(), 3, 1).digest()
    assert run_record(small(), 3, 1).digest() != run_record(small(), 4, 1).digest()
    assert run_record(small(), 3, 1).digest() != run_record(small(), 3, 2).digest()


def test_the_same_seed_gives_the_same_record_in_one_process_and_in_two(small):
    settings = [small(), small("two_groups")]
    here = replicate(settings, 3, 7)
    with worker_processes(2) as executor:
        there = replicate(settings, 3, 7, executor)
        digests = [executor.submit(digest_of, setting, 7, 0).result() for setting in settings]
    for one, other in zip(here, there, strict=True):
        assert np.array_equal(one.values, other.values)
    assert digests == [digest_of(setting, 7, 0) for setting in settings]


def digest_of(setting, seed, replication):
    return run_record(setting, seed, replication).digest()


def test_a_replication_does_not_depend_on_how_many_there_are(small):
    assert np.array_equal(replicate([small()], 2, 1)[0].values, replicate([small()], 4, 1)[0].values[:2])


def test_a_run_in_turns_is_the_run_in_one_go(small):
    setting = small()

    def desk():
        return Desk(setting.parameters, setting.structure, setting.book, Luck(5, 0))

    whole, in_turns = desk().advance(), desk()
    for part in (1000.0, 5000.0, 5000.5, in_turns.horizon.end_minute / 2):
        in_turns.advance(part)
        in_turns.record()
    assert in_turns.advance().record().digest() == whole.record().digest()


def test_another_team_meets_the_same_customers(records):
    for team in TEAMS[1:]:
        for name in ("resistance", "decides", "chance_alone"):
            assert np.array_equal(records[team].policies[name], records["pooled"].policies[name])
        born = {t: np.sort(records[t].stay("born")[records[t].stay("kind") == ENQUIRY]) for t in ("pooled", team)}
        assert np.array_equal(born["pooled"], born[team])


def test_one_more_person_changes_nobody_elses_absences(small):
    few = run_record(small(), 3, 0)
    many = run_record(small(staffing__policies_per_consultant_count=300, people__grade_mix_share={
        "junior": 0.4, "senior": 0.4, "expert": 0.2}, staffing__consultants_per_coordinator_count=2), 3, 0)  # fmt: skip
    assert len(many.seats) == len(few.seats) + 1
    for name in {seat.name for seat in few.seats}:
        assert absences(few, name) == absences(many, name)


def absences(record, name):
    number = next(number for number, seat in enumerate(record.seats) if seat.name == name)
    mine = (record.spell("person") == number) & (record.spell("what") == ABSENCE)
    return record.spell("begun")[mine].tolist()


def test_a_signature_is_a_yes_that_service_and_wish_explain(records):
    record = records["pooled"]
    renewed = record.policies["outcome"] != LAPSED
    assert np.all(record.policies["effect"][renewed] > record.policies["resistance"][renewed])
    by_follow_up = record.policies["outcome"] == SIGNED
    has_talked = record.policies["conversations"] >= 1
    had_decided = record.policies["signed"] >= record.policies["decides"]
    assert np.all((has_talked | had_decided)[by_follow_up])


def test_without_service_effects_the_renewal_rate_is_the_chance_alone(small):
    """With no effect of contacts, replies and silence, renewals come from the latent draw and from being served in time."""
    effects = dict.fromkeys(
        ("contact_effect_logit", "late_reply_logit", "silence_logit", "complaint_logit", "nominal_contact_logit",
         "care_logit", "slip_logit"), 0
    )  # fmt: skip
    setting = small(demand__win_back_share=0, **{f"decision__{name}": value for name, value in effects.items()})
    record = run_record(setting, 1, 0)
    would = record.policies["resistance"] < 0
    renewed = record.policies["outcome"] != LAPSED
    assert not np.any(renewed & ~would)
    measured = record.season.is_measured
    assert np.count_nonzero(would[measured] & ~renewed[measured]) <= 0.02 * measured.sum()


def test_nobody_works_on_a_policy_whose_grace_has_ended(small):
    record = run_record(small(staffing__policies_per_consultant_count=900, people__grade_mix_share={
        "junior": 1.0, "senior": 0.0, "expert": 0.0}), 1, 0)  # fmt: skip
    steps = np.isin(record.stay("kind"), (FOLLOW_UP, REQUEST, PROPOSAL))
    close = record.season.close[record.stay("case")[steps].astype(int)]
    begun = record.stay("begun_stamp")[steps]
    assert not np.any(begun[np.isfinite(begun)] >= close[np.isfinite(begun)])
    late = np.isnan(begun) & np.isfinite(record.stay("ended")[steps])
    assert late.sum() > 50, "the case is chosen so that many steps wait until it is too late"
    ended = record.horizon.calendar.to_calendar(record.stay("ended")[steps][late], is_end=True)
    assert np.all(ended <= close[late])


@pytest.mark.parametrize("team", TEAMS)
def test_no_case_has_two_steps_waiting_at_once(records, team):
    record = records[team]
    steps = np.isin(record.stay("kind"), (FOLLOW_UP, PROPOSAL, REQUEST))
    case, queued = record.stay("case")[steps], record.stay("queued")[steps]
    begun, ended = record.stay("begun")[steps], record.stay("ended")[steps]
    left = np.where(np.isfinite(begun), begun, ended)
    order = np.lexsort((left, queued, case))
    same = case[order][1:] == case[order][:-1]
    assert np.all(queued[order][1:][same] >= left[order][:-1][same])


def test_nobody_takes_up_work_before_the_stand_up(records):
    record = records["pooled"]
    mornings = record.horizon.calendar.morning_minutes
    begun, person = record.stay("begun"), record.stay("person")
    at_opening = np.isin(begun, mornings) & (record.stay("kind") != WALK_IN)
    assert not at_opening.any(), f"{at_opening.sum()} pieces, by {np.unique(person[at_opening])}"


@pytest.mark.parametrize("reading", ["next_step_due", "last_contact"])
def test_a_silence_raises_one_alert(small, reading):
    record = run_record(small(monitoring__silence_reading=reading, monitoring__silence_limit_hours=24), 1, 0)
    case, kind = record.stay("case"), record.stay("kind")
    alerts, steps = kind == ALERT, np.isin(kind, (FOLLOW_UP, PROPOSAL, REQUEST)) & np.isfinite(record.stay("begun"))
    for number in np.unique(case[alerts]):
        raised = np.sort(record.stay("queued")[alerts & (case == number)])
        taken_up = record.stay("begun")[steps & (case == number)]
        for first, second in pairwise(raised):
            assert np.any((taken_up >= first) & (taken_up <= second))


def test_a_pause_that_a_closing_cut_off_is_not_made_up_for(records):
    record = records["pooled"]
    days = np.searchsorted(record.horizon.calendar.morning_minutes, record.spell("begun"), side="right")
    for what, most in ((MEETING, 1), (BREAK, 2)):
        own = record.spell("what") == what
        _, counts = np.unique(np.stack([record.spell("person")[own], days[own]]), axis=1, return_counts=True)
        assert counts.max() <= most


def test_with_two_posts_vacant_the_others_have_more_to_do(small):
    full, short = small(), small(people__vacant_posts_count={"junior": 1, "senior": 0, "expert": 0})
    rest = {}
    for name, setting in (("full", full), ("short", short)):
        record = run_record(setting, 1, 0)
        own = record.spell("what") == REST
        people = [number for number, seat in enumerate(record.seats) if seat.role == "consultant"]
        own &= np.isin(record.spell("person"), people)
        rest[name] = (record.spell("ended") - record.spell("begun"))[own].sum() / len(people)
    assert rest["short"] < rest["full"]


def test_carried_over_work_goes_on_the_next_morning_and_overtime_ends_the_same_day(small):
    overtime, carried = run_record(small(), 1, 0), run_record(small(people__shift_end="carry_over"), 1, 0)
    assert overtime.stay("overtime").sum() > 0
    assert carried.stay("overtime").sum() == 0
    calendar = carried.horizon.calendar
    done = np.isfinite(carried.stay("begun")) & np.isfinite(carried.stay("ended"))
    begin = calendar.to_calendar(carried.stay("begun")[done]) // 1440
    end = calendar.to_calendar(carried.stay("ended")[done], is_end=True) // 1440
    assert np.any(end > begin)


def test_silence_read_more_widely_alerts_more_often(small):
    alerts = {
        reading: int((run_record(small(monitoring__silence_reading=reading), 1, 0).stay("kind") == ALERT).sum())
        for reading in ("next_step_due", "last_contact", "first_touch")
    }
    assert alerts["last_contact"] > alerts["next_step_due"] >= alerts["first_touch"]
