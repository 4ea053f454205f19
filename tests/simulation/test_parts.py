"""The desk's parts, one by one: luck, durations, agenda, dispatch, book, season, decision, demand, team."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from playbook.clock import MINUTES_A_DAY, OfficeCalendar
from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.desk.agenda import PATIENCE, RELEASE, Agenda, known
from simulation.desk.book import gamma_factors, make_book
from simulation.desk.decision import base_logit, wishes
from simulation.desk.demand import Hours, arrivals, poisson_counts
from simulation.desk.disciplines import Discipline, first_come
from simulation.desk.dispatch import Dispatch
from simulation.desk.pieces import WALK_IN, Piece
from simulation.desk.routing import Routing
from simulation.desk.season import horizon, season_of
from simulation.desk.streams import COLUMNS_KEPT, TICKS_A_MINUTE, Draws, Luck, durations
from simulation.desk.team import read_structure, seats, structure_from

LUCK = Luck(1, 0)


@given(st.integers(0, 500), st.integers(0, 50))
@settings(max_examples=50)
def test_one_uniform_is_the_one_of_its_column(entity, ordinal):
    assert LUCK.single("answer", entity, ordinal) == LUCK.column("answer", 501, ordinal)[entity]


def test_more_entities_leave_the_first_ones_alone():
    assert np.array_equal(LUCK.column("talk", 10), LUCK.column("talk", 1000)[:10])
    assert np.array_equal(LUCK.row("presence", "a", 10), LUCK.row("presence", "a", 99)[:10])


def test_every_part_of_an_address_matters():
    first = LUCK.column("talk", 50)
    others = [
        Luck(2, 0).column("talk", 50),
        Luck(1, 1).column("talk", 50),
        LUCK.column("walk", 50),
        LUCK.column("talk", 50, 1),
    ]
    assert all(not np.array_equal(first, other) for other in others)


def test_draws_beyond_the_kept_columns_are_those_of_the_address():
    draws = Draws(LUCK, "talk", 7)
    assert draws(3, COLUMNS_KEPT + 2) == LUCK.column("talk", 7, COLUMNS_KEPT + 2)[3]
    assert draws(3, 1) == LUCK.column("talk", 7, 1)[3]


@pytest.mark.parametrize(
    ("family", "variation", "spread"), [("exponential", 1, 1), ("lognormal", 0.5, 0.5), ("constant", 1, 0)]
)
def test_a_family_has_its_mean_and_its_spread(family, variation, spread):
    drawn = durations(LUCK.column("duration", 200_000), family, 4.0, variation)
    assert drawn.mean() == pytest.approx(4.0, rel=0.01)
    assert drawn.std() / drawn.mean() == pytest.approx(spread, abs=0.02)
    assert np.array_equal(drawn * TICKS_A_MINUTE, np.rint(drawn * TICKS_A_MINUTE))


def test_poisson_counts_have_their_mean_and_variance():
    counts = poisson_counts(LUCK.column("count", 200_000), 0.45)
    assert counts.mean() == pytest.approx(0.45, abs=0.01) and counts.var() == pytest.approx(0.45, abs=0.01)
    assert not poisson_counts(LUCK.column("count", 10), 0).any()


def test_gamma_factors_have_mean_one_and_their_spread():
    factors = gamma_factors(LUCK.column("gamma", 100_000), 0.16)
    assert factors.mean() == pytest.approx(1, abs=0.005) and factors.std() == pytest.approx(0.16, abs=0.005)
    assert np.array_equal(gamma_factors(LUCK.column("gamma", 5), 0), np.ones(5))


CALENDAR = OfficeCalendar(date(2026, 1, 5), [(540, 1080), (1980, 2520)])


@given(st.lists(st.floats(0, 3000), max_size=20), st.lists(st.floats(0, 3000), max_size=20))
def test_the_agenda_gives_everything_back_in_order(from_start, later):
    agenda = Agenda([known(RELEASE, np.array(from_start), CALENDAR)])
    for number, stamp in enumerate(later):
        agenda.add(CALENDAR.working(stamp), stamp, PATIENCE, number)
    entries = []
    while agenda.next_minute < np.inf:
        announced = agenda.next_minute
        entries.append(agenda.pop()[:4])
        assert entries[-1][0] == announced
    assert entries == sorted(entries) and len(entries) == len(from_start) + len(later)


def test_past_entries_are_dropped_only_from_the_front():
    agenda = Agenda([known(RELEASE, np.array([2500.0]), CALENDAR)])
    for number, stamp in enumerate((600.0, 700.0, 800.0)):
        agenda.add(CALENDAR.working(stamp), stamp, PATIENCE, number, number)
    agenda.drop_past(lambda kind, concern: concern in (0, 2))
    assert agenda.pop()[3] == 1
    assert agenda.pop()[3] == 2


class Idle:
    """Somebody on a post."""

    def __init__(self, post, **known):
        self.seat, self.own_lines, self.number = type("Seat", (), {"post": post}), {}, 0
        self.__dict__.update(known)


SENIOR_JUNIOR = {
    "title": "N", "question": "?",
    "posts": {"seniors": {"role": "consultant", "count": 1}, "juniors": {"role": "consultant", "count": 1}},
    "serves": {"seniors": [["walk_in.A"], {"work": ["walk_in.B"], "when_waiting_over": 1}], "juniors": [["walk_in.B"]]},
}  # fmt: skip


class AtWork(Dispatch):
    """A dispatch that is asked by post, with every discipline first come."""

    def __init__(self, team=None, choice=None, **changes):
        parameters = Parameters.load().changed(
            {"demand.walk_in_per_hour": {"A": 1, "B": 1}, **{k.replace("__", "."): v for k, v in changes.items()}}
        )
        names = ("first_come", "earliest_due", "highest_value", "value_at_risk", "handbook_priority")
        disciplines = {name: Discipline(name, first_come) for name in names}
        self.routing = Routing(structure_from(team or SENIOR_JUNIOR, "test"), parameters, disciplines)
        self.minute = 0.0
        super().__init__(self.routing, choice, lambda: self.minute)

    def group(self, name):
        return self.routing.classes.groups.index(name)

    def asked_by(self, post):
        return self.take(Idle(post))


def walk_in(at_work, source, queued):
    piece = Piece(WALK_IN, at_work.group(source), -1, queued, queued)
    at_work.put(piece)
    return piece


def test_whoever_asks_gets_the_earliest_of_the_first_row_that_has_any():
    at_work = AtWork()
    late, early = walk_in(at_work, "A", 5.0), walk_in(at_work, "A", 3.0)
    walk_in(at_work, "B", 1.0)
    assert (
        at_work.asked_by("seniors") is early
        and at_work.asked_by("seniors") is late
        and at_work.asked_by("seniors") is None
    )


def test_help_comes_only_above_its_threshold():
    at_work = AtWork()
    first, _ = walk_in(at_work, "B", 1.0), walk_in(at_work, "B", 2.0)
    assert at_work.asked_by("seniors") is first
    assert at_work.asked_by("seniors") is None
    assert at_work.asked_by("juniors") is not None


def test_work_that_a_row_names_twice_counts_once_towards_its_threshold():
    twice = {**SENIOR_JUNIOR, "serves": {"seniors": [{"work": ["walk_in", "walk_in.B"], "when_waiting_over": 1}]}}
    at_work = AtWork(twice)
    walk_in(at_work, "B", 1.0)
    assert at_work.asked_by("seniors") is None
    walk_in(at_work, "B", 2.0)
    assert at_work.asked_by("seniors") is not None


def test_a_piece_that_left_is_never_taken():
    at_work = AtWork()
    gone, stays = walk_in(at_work, "A", 1.0), walk_in(at_work, "A", 2.0)
    at_work.leave(gone)
    assert at_work.waiting_pieces() == [stays]
    assert at_work.asked_by("seniors") is stays


def test_a_piece_pushed_to_the_front_is_taken_next_and_only_once():
    at_work = AtWork()
    first, last = walk_in(at_work, "A", 1.0), walk_in(at_work, "A", 2.0)
    at_work.push_to_front(last)
    assert [at_work.asked_by("seniors"), at_work.asked_by("seniors"), at_work.asked_by("seniors")] == [
        last,
        first,
        None,
    ]


def test_an_idle_person_is_matched_with_the_piece_that_comes():
    at_work = AtWork()
    senior, junior = Idle("seniors"), Idle("juniors")
    at_work.rest(senior)
    at_work.rest(junior)
    piece = Piece(WALK_IN, at_work.group("B"), -1, 1.0, 1.0)
    at_work.put(piece)
    assert list(at_work.matches(piece)) == [(junior, piece)]
    assert at_work.idle_count == 1


def test_offers_in_the_file_change_who_is_asked_first():
    both = {**SENIOR_JUNIOR, "serves": {"seniors": [["walk_in"]], "juniors": [["walk_in"]]}}
    for offers, post in (({}, "seniors"), ({"walk_in": ["juniors", "seniors"]}, "juniors")):
        at_work = AtWork(both | {"offers": offers})
        for name in ("seniors", "juniors"):
            at_work.rest(Idle(name))
        piece = Piece(WALK_IN, at_work.group("A"), -1, 1.0, 1.0)
        at_work.put(piece)
        assert next(at_work.matches(piece))[0].seat.post == post


BOTH = {**SENIOR_JUNIOR, "serves": {"seniors": [["walk_in"]], "juniors": [["walk_in"]]}}


@pytest.mark.parametrize(
    ("offers", "ask"),
    [({}, "juniors"), ({"walk_in": [["seniors", "juniors"]]}, "juniors"), ({"walk_in": ["seniors", "juniors"]}, "seniors")],
)  # fmt: skip
def test_posts_of_equal_rank_are_asked_by_who_rests_longest(offers, ask):
    at_work = AtWork(BOTH | {"offers": offers})
    for name in ("juniors", "seniors"):
        at_work.rest(Idle(name))
    assert next(at_work.matches(walk_in(at_work, "A", 1.0)))[0].seat.post == ask


def test_the_choice_among_idle_people_decides_before_who_rests_longest():
    at_work = AtWork(BOTH, choice=lambda people: max(people, key=lambda person: person.any_speed))
    slow, quick, as_quick = (
        Idle("juniors", any_speed=0.9),
        Idle("seniors", any_speed=1.2),
        Idle("juniors", any_speed=1.2),
    )
    for each in (slow, quick, as_quick):
        at_work.rest(each)
    found = [next(at_work.matches(walk_in(at_work, "A", 1.0)))[0] for _ in range(3)]
    assert found == [quick, as_quick, slow]


def test_an_owners_work_waits_for_the_owner_until_it_is_opened_to_all():
    at_work = AtWork(BOTH)
    owner, other = Idle("seniors"), Idle("seniors")
    piece = Piece(WALK_IN, at_work.group("A"), -1, 1.0, 1.0)
    at_work.put_for(piece, owner)
    assert at_work.take(other) is None
    assert at_work.own_pieces(owner) == [piece] == at_work.waiting_pieces()
    at_work.open_to_all(piece)
    assert at_work.take(other) is piece
    assert at_work.take(owner) is None and at_work.waiting_pieces() == []


def test_an_owner_compares_own_work_with_that_of_all():
    at_work = AtWork(BOTH)
    owner = Idle("seniors")
    first, third = walk_in(at_work, "A", 1.0), walk_in(at_work, "B", 3.0)
    second = Piece(WALK_IN, at_work.group("A"), -1, 2.0, 2.0)
    at_work.put_for(second, owner)
    assert [at_work.take(owner) for _ in range(4)] == [first, second, third, None]


def test_under_accumulating_priority_the_steeper_rate_overtakes():
    at_work = AtWork(
        {**BOTH, "serves": {"seniors": [["walk_in"]]}},
        allocation__discipline={**Parameters.load().allocation.discipline, "walk_in": "accumulating_priority"},
        allocation__accumulating_points_per_hour={"walk_in.A": 60, "walk_in.B": 240},
    )
    for minute, first in ((11.0, "A"), (14.0, "B")):
        early, late = walk_in(at_work, "A", 0.0), walk_in(at_work, "B", 10.0)
        at_work.minute = minute  # A has 1 point a minute since 0, B 4 points a minute since 10: level at 13 1/3
        assert at_work.asked_by("seniors") is (early if first == "A" else late)
        assert at_work.asked_by("seniors") is not None


def test_points_at_the_start_count_beside_those_of_waiting():
    at_work = AtWork(
        {**BOTH, "serves": {"seniors": [["walk_in"]]}},
        allocation__discipline={**Parameters.load().allocation.discipline, "walk_in": "accumulating_priority"},
        allocation__accumulating_start_points={"walk_in.B": 0.2},
    )
    early, late = walk_in(at_work, "A", 0.0), walk_in(at_work, "B", 10.0)  # one point an hour: 10 minutes are 1/6 point
    assert [at_work.asked_by("seniors"), at_work.asked_by("seniors")] == [late, early]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"walk_in.C": 1}, "names no such source"),
        ({"enquiry.C": 1}, "no such group"),
        ({"enquiri": 1}, "mean 'enquiry'"),
    ],
)
def test_a_table_of_points_that_names_unknown_work_is_told(table, says):
    with pytest.raises(InputError, match=f"allocation.accumulating_points_per_hour: .*{says}"):
        AtWork(allocation__accumulating_points_per_hour=table)


def test_two_orders_of_work_cannot_stand_in_one_row():
    mixed = {**SENIOR_JUNIOR, "serves": {"seniors": [["follow_up", "enquiry"]]}}
    with pytest.raises(InputError, match="a row of its own"):
        AtWork(mixed)


def test_the_made_book_has_the_marginals_that_params_say():
    parameters = Parameters.load().changed({"book.policies_count": 60_000})
    book = make_book(parameters)
    for number, line in enumerate(book.lines):
        own = book.line == number
        assert own.mean() == pytest.approx(parameters.book.line_mix_share[line], abs=0.01)
        assert book.premium_cny[own].mean() == pytest.approx(parameters.book.premium_mean_cny[line], rel=0.03)
    assert book.is_instalment.mean() == pytest.approx(parameters.book.instalment_share, abs=0.01)
    assert (book.price_ratio == 1).mean() == pytest.approx(0.49, abs=0.01)
    top = np.sort(book.premium_cny[book.line == 0])[::-1]
    assert top[: len(top) // 5].sum() / top.sum() == pytest.approx(0.38, abs=0.02)  # eudirectlapse: top 20 % hold 38 %
    assert len(book) == 60_000 and book.customer.max() < 60_000


def test_a_book_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        make_book(Parameters.load().changed({"book.policies_count": 10})).premium_cny[0] = 1


@pytest.mark.parametrize("release", ["daily", "weekly", "monthly"])
def test_lists_come_when_they_could_be_ready_or_up_to_a_month_earlier(release):
    parameters = Parameters.load().changed({"book.policies_count": 500, "book.list_release": release})
    days = horizon(parameters, has_book=True)
    season = season_of(make_book(parameters), parameters, days)
    comes = season.release < days.measured_to_minute - MINUTES_A_DAY  # later lists belong to the time after the run
    lead = (season.due - season.release)[comes] / MINUTES_A_DAY
    assert lead.min() >= 60 - 10 and lead.max() <= 61 + 31  # a holiday week delays the opening of the list
    if release == "monthly":
        dates = days.calendar.day_of(season.release[comes])
        assert all(date.fromisoformat(str(each)).day <= 9 for each in dates)


def test_how_lists_are_released_does_not_renumber_the_season():
    due = []
    for release in ("daily", "monthly"):
        parameters = Parameters.load().changed({"book.policies_count": 500, "book.list_release": release})
        season = season_of(make_book(parameters), parameters, horizon(parameters, has_book=True))
        due.append(season.due)
    assert np.array_equal(*due)


def test_with_the_nominal_contact_each_line_reaches_its_published_rate():
    parameters = Parameters.load().changed({"book.policies_count": 5000})
    book = make_book(parameters)
    base = base_logit(book, parameters)
    for number, line in enumerate(book.lines):
        reached = expit(base[book.line == number] + parameters.decision.nominal_contact_logit).mean()
        assert reached == pytest.approx(parameters.decision.renewal_rate_share[line], abs=1e-9)


def test_a_dearer_policy_is_renewed_less_often():
    parameters = Parameters.load().changed({"book.policies_count": 5000})
    book = make_book(parameters)
    same = (book.tenure_years == 0) & ~book.is_instalment & (book.line == 0)
    base = base_logit(book, parameters)[same]
    order = np.argsort(book.price_ratio[same], kind="stable")
    assert np.all(np.diff(base[order]) <= 1e-12)


def test_customers_decide_in_their_window_around_the_published_day():
    parameters = Parameters.load().changed({"book.policies_count": 5000})
    season = season_of(make_book(parameters), parameters, horizon(parameters, has_book=True))
    found = wishes(season, parameters, LUCK)
    days_before = (season.due - found.decides) / MINUTES_A_DAY
    assert np.median(days_before) == pytest.approx(26, abs=1)
    assert found.conversations_needed.min() == 1
    for group, mean in ((0, 4.0), (1, 2.5)):
        assert found.conversations_needed[season.group == group].mean() == pytest.approx(mean, rel=0.07)


def test_everybody_decides_before_the_policy_closes():
    """Also where nearly all decide on the last day, with no grace behind it."""
    changes = {"book.policies_count": 2000, "decision.decision_peak_days": 3, "book.grace_days.health": 0}
    parameters = Parameters.load().changed(changes)
    season = season_of(make_book(parameters), parameters, horizon(parameters, has_book=True))
    found = wishes(season, parameters, LUCK)
    assert np.all(found.decides < season.close) and np.all(found.decides < season.due)
    assert np.count_nonzero(found.decides > season.due - MINUTES_A_DAY) > 500


def test_demand_does_not_pile_up_at_the_end_of_the_run():
    """A policy due after the end brings only the part of its enquiries that falls before it."""
    changes = {"book.policies_count": 6000, "book.due_month_index": [1] * 12, "book.list_release": "daily"}
    parameters = Parameters.load().changed(changes)
    days = horizon(parameters, has_book=True)
    season = season_of(make_book(parameters), parameters, days)
    found = arrivals("enquiry", 0.45, 0.25, season, Hours(parameters, days, season.due.max(), LUCK), LUCK)
    end = days.measured_to_minute
    counts = [np.count_nonzero((found.minutes >= end - (n + 1) * 30 * 1440) & (found.minutes < end - n * 30 * 1440))
              for n in range(3)]  # fmt: skip
    assert found.minutes.max() < end
    assert counts[0] == pytest.approx((counts[1] + counts[2]) / 2, rel=0.12)


def test_the_handbooks_team_has_fifteen_heads_in_every_structure():
    parameters = Parameters.load()
    for team in ("pooled", "two_groups", "two_groups_overflow"):
        assert len(seats(read_structure(team), parameters, 15_000)) == 15


def test_a_split_team_seats_its_experts_with_group_a():
    found = seats(read_structure("two_groups"), Parameters.load(), 15_000)
    grades = sorted(seat.grade for seat in found if seat.post == "group_a")
    assert grades == ["expert", "expert", "senior"]
    assert {seat.name for seat in found} == {
        seat.name for seat in seats(read_structure("pooled"), Parameters.load(), 15_000)
    }


def test_a_vacant_post_is_a_consultant_less_of_that_grade():
    parameters = Parameters.load().changed({"people.vacant_posts_count.senior": 2})
    found = seats(read_structure("pooled"), parameters, 15_000)
    assert sum(seat.grade == "senior" and seat.role == "consultant" for seat in found) == 2
    with pytest.raises(InputError, match="has 2 such consultants"):
        seats(read_structure("pooled"), parameters.changed({"people.vacant_posts_count.expert": 3}), 15_000)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"serves": {"seniers": [["walk_in"]]}}, "did you mean 'seniors'"),
        ({"serves": {"seniors": [["walk_on"]]}}, "did you mean 'walk_in'"),
        ({"serves": {"seniors": [["enquiry.C"]]}}, "unknown group 'C'"),
        ({"serves": {"seniors": "all"}}, "serves.seniors"),
        ({"offers": {"walk_in": ["nobody"]}}, "unknown post 'nobody'"),
        ({"posts": {}}, "posts"),
        ({"posts": {"seniors": {"role": "boss"}}}, "role"),
        ({"staff": 3}, "unknown key 'staff'"),
    ],
)
def test_a_team_that_cannot_be_is_told_what_is_wrong(change, says):
    with pytest.raises(InputError) as refused:
        structure_from(SENIOR_JUNIOR | change, "teams/test.yaml")
    assert says in str(refused.value) and "teams/test.yaml" in str(refused.value)
