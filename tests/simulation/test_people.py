"""People: own hours, lines, ability, overtime, and what may change about them on a day of the run."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from playbook.documents import params_folder
from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.staffing import team_heads
from simulation.desk.book import make_book
from simulation.desk.changes import DatedChange
from simulation.desk.desk import Desk
from simulation.desk.pieces import (
    ABSENCE,
    AWAY,
    ENQUIRY,
    FOLLOW_UP,
    HAND_OVER,
    KINDS,
    LEAVE,
    OFF_DUTY,
    REST,
    VACANT,
    WORK,
)
from simulation.desk.streams import Luck
from simulation.desk.team import (
    Post,
    full_time_equivalents,
    paid_share,
    read_structure,
    seats,
    structure_from,
    unserved,
)
from simulation.study.replicate import run_record
from simulation.study.scenario import Setting

HALF_DAYS = {"shift": "09:00-13:00"}


def with_posts(setting, **posts):
    """The setting with fields of some posts changed."""
    team = setting.structure.model_dump()
    for name, fields in posts.items():
        team["posts"][name] |= fields
    return replace(setting, structure=structure_from(team, "test"))


def people_of(record, post):
    return [number for number, seat in enumerate(record.seats) if seat.post == post]


def minutes(record, what, people):
    chosen = (record.spell("what") == what) & np.isin(record.spell("person"), people)
    return float((record.spell("ended") - record.spell("begun"))[chosen].sum())


# Own hours.


def test_outside_a_shift_nobody_works_or_rests_but_for_what_was_in_hand(small):
    record = run_record(with_posts(small(people__shift_end="carry_over"), consultants=HALF_DAYS), 3, 0)
    own = people_of(record, "consultants")
    busy = np.isin(record.spell("what"), (WORK, REST)) & np.isin(record.spell("person"), own)
    ended = record.horizon.calendar.to_calendar(record.spell("ended")[busy], is_end=True) % 1440
    assert ended.max() <= 13 * 60
    off_share = 1 - record.seats[own[0]].paid_share
    assert minutes(record, OFF_DUTY, own) == pytest.approx(len(own) * record.horizon.end_minute * off_share, rel=0.01)


def test_at_the_own_end_work_is_finished_as_overtime_while_the_office_is_open(small):
    record = run_record(with_posts(small(), consultants=HALF_DAYS), 3, 0)
    mine = np.isin(record.stay("person"), people_of(record, "consultants")) & (record.stay("overtime") > 0)
    assert np.count_nonzero(mine) > 20
    evening = record.stay("ended_stamp")[mine] % 1440
    assert np.all(evening >= 13 * 60)
    assert evening - 13 * 60 == pytest.approx(record.stay("overtime")[mine], abs=1e-6)


def test_a_shift_of_the_whole_day_is_no_shift(small):
    setting = small()
    whole = {
        "shift": "00:00-24:00",
        "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
    }
    assert run_record(with_posts(setting, consultants=whole), 3, 0).digest() == run_record(setting, 3, 0).digest()


def test_part_time_counts_heads_as_heads_and_tells_full_time_equivalents(small):
    setting = with_posts(small(), consultants={"weekdays": ["monday", "tuesday"], "hours_share": 0.5})
    seated = seats(setting.structure, setting.parameters, len(setting.book))
    heads = [seat for seat in seated if seat.role == "consultant"]
    assert len(seated) == len(seats(small().structure, setting.parameters, len(setting.book)))
    assert full_time_equivalents(heads) == pytest.approx(0.2 * len(heads))


def test_part_time_is_at_the_office_on_its_own_days(small):
    record = run_record(with_posts(small(), consultants={"weekdays": ["monday", "tuesday"]}), 3, 0)
    own = np.isin(record.stay("person"), people_of(record, "consultants")) & np.isfinite(record.stay("begun"))
    days = record.horizon.calendar.day_of(record.stay("begun_stamp")[own])
    assert set((days.astype("datetime64[D]").astype(int) + 3) % 7) == {0, 1}


@pytest.mark.parametrize("shift", ["nine to five", "13:00-09:00", "09:00"])
def test_a_shift_that_cannot_be_read_is_told_with_its_place(small, shift):
    with pytest.raises(InputError, match=r"posts.consultants.shift: "):
        with_posts(small(), consultants={"shift": shift})


def test_a_lunch_break_of_the_office_is_nobodys_paid_time(parameters):
    week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-12:00 13:00-18:00")
    changed = parameters.changed({"clock.opening_hours": {**parameters.clock.opening_hours, **week}})
    assert paid_share(Post(role="consultant", shift="09:00-13:00"), changed) == pytest.approx(3 / 8)


# Overtime.


def test_what_is_finished_in_overtime_carries_the_evenings_stamp(small):
    """What follows from it is due on that evening, and not the next morning."""
    record = run_record(small(staffing__policies_per_consultant_count=450), 3, 0)
    late = record.stay("overtime") > 0
    assert np.count_nonzero(late) > 5
    evening = record.stay("ended_stamp")[late]
    assert np.all(evening % 1440 == 18 * 60)
    follows = np.isin(record.stay("born"), evening) & (record.stay("kind") < len(KINDS))
    assert np.count_nonzero(follows) > 0 and np.all(record.stay("begun_stamp")[follows] % 1440 >= 9 * 60)


# What changes on a day of the run.


def test_a_wave_of_sickness_is_a_dated_change_and_moves_nobodys_luck(small):
    setting = small(experiment__measured_days=60)
    wave = [DatedChange(20, {"people.absence_share": 0.5}), DatedChange(30, {"people.absence_share": 0.06})]
    plain, sick = (
        Desk(setting.parameters, setting.structure, setting.book, Luck(5, 0), dated).advance().record()
        for dated in ((), wave)
    )
    everybody = range(len(plain.seats))

    def absences(record):
        mine, day = record.spell("what") == ABSENCE, record.horizon.calendar.longest_day_minutes
        rows = zip(*(record.spell(name)[mine] for name in ("person", "begun", "ended")), strict=True)
        return {(person, at) for person, begun, ended in rows for at in np.arange(begun, ended, day)}

    assert absences(plain) < absences(sick)
    more = np.array([at for _, at in absences(sick) - absences(plain)])
    days = record_days(sick, more)
    assert len(more) >= 10 and days.min() >= 20 and days.max() < 30
    assert minutes(plain, LEAVE, everybody) > 0


def record_days(record, working):
    return record.horizon.calendar.to_calendar(working) // 1440 - record.horizon.first_measured_day


# Lines.

BY_LINE = {
    "lines": ["motor", "health"],
    "posts": {
        "motorists": {"role": "consultant", "share": 0.7, "lines": ["motor"]},
        "others": {"role": "consultant", "share": 0.3},
        "coordinators": {"role": "coordinator"},
        "leaders": {"role": "leader"},
    },
    "serves": {
        "motorists": [
            ["enquiry.motor"], ["request.motor"], ["signing.motor", "proposal.motor", "follow_up.motor"], ["message"],
        ],
        "others": [["enquiry.health", "enquiry.motor"], ["request"], ["signing", "proposal", "follow_up"]],
        "coordinators": [["complaint"]],
        "leaders": [["alert"]],
    },
}  # fmt: skip


def test_work_goes_to_those_who_serve_its_line(small):
    setting = replace(small(), structure=structure_from({"title": "t", "question": "?"} | BY_LINE, "test"))
    record = run_record(setting, 3, 0)
    lines = np.array(setting.book.lines)[record.season.book.line[record.season.policy]]
    own = np.isin(record.stay("person"), people_of(record, "motorists")) & (record.stay("case") >= 0)
    assert np.count_nonzero(own) > 500
    assert set(lines[record.stay("case")[own].astype(int)]) == {"motor"}
    group = record.season.group[record.stay("case")[own].astype(int)]
    assert np.array_equal(record.stay("group")[own], group)


def test_naming_every_line_is_naming_none(small):
    """The index of segments changes; nothing that happens does."""
    setting = small()
    team = setting.structure.model_dump() | {"lines": list(setting.book.lines)}
    by_word = {
        post: [[f"{word}.{line}" for word in row["work"] for line in setting.book.lines]
               if row["work"] != ["message"] else row["work"] for row in rows]
        for post, rows in team["serves"].items()
    }  # fmt: skip
    named = replace(setting, structure=structure_from(team | {"serves": by_word}, "test"))
    assert run_record(named, 3, 0).digest() == run_record(setting, 3, 0).digest()


def test_a_line_that_is_not_known_costs_speed_and_skill(small):
    structure = structure_from(
        {"title": "t", "question": "?"} | BY_LINE | {
            "posts": BY_LINE["posts"] | {"others": {"role": "consultant", "lines": ["health"]}}
        },
        "test",
    )  # fmt: skip
    setting = replace(small(), structure=structure)
    desk = Desk(setting.parameters, structure, setting.book, Luck(1, 0))
    person = next(person for person in desk.people if person.seat.post == "others")
    people, gain = setting.parameters.people, setting.parameters.structure.specialist_speed_factor
    motor, health = (person.skills.for_line(setting.book.lines.index(line)) for line in ("motor", "health"))
    assert motor[1] / health[1] == pytest.approx(people.other_line_speed_factor / gain)
    assert motor[2] / health[2] == pytest.approx(people.other_line_skill_factor)
    low, high = (run_record(replace(setting, parameters=setting.parameters.changed({f"people.other_line_{name}": 0.5})), 3, 0)
                 for name in ("speed_factor", "skill_factor"))  # fmt: skip
    assert len({low.digest(), high.digest(), run_record(setting, 3, 0).digest()}) == 3


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (["enquiry.moter"], "unknown line 'moter', did you mean 'motor'"),
        (["enquiry.A.pets"], "unknown line 'pets'"),
        (["message.motor"], "such work belongs to no policy"),
    ],
)
def test_a_line_that_does_not_exist_is_told_with_the_nearest(row, problem):
    serves = BY_LINE["serves"] | {"others": [row]}
    with pytest.raises(InputError, match=problem):
        structure_from({"title": "t", "question": "?"} | BY_LINE | {"serves": serves}, "test")


def test_a_line_that_nobody_serves_is_named(small):
    serves = BY_LINE["serves"] | {"others": [["enquiry.health"]]}
    structure = structure_from({"title": "t", "question": "?"} | BY_LINE | {"serves": serves}, "test")
    seated = seats(structure, small().parameters, 900)
    missing = unserved(structure, seated)
    assert "request.health" in missing and "request.motor" not in missing and "enquiry" not in missing


# Ability.


def test_ability_differs_between_seats_and_costs_no_minutes_on_average(small):
    plain = small(people__ability_variation_factor=0.0)
    factors = []
    for seed in range(40):
        spread = Desk(
            small(people__ability_variation_factor=0.3).parameters, plain.structure, plain.book, Luck(seed, 0)
        )
        factors += [person.skills.ability for person in spread.people]
    assert np.std(1 / np.array(factors)) == pytest.approx(0.3, rel=0.2)
    assert np.mean(1 / np.array(factors)) == pytest.approx(1, abs=0.05)


# Coming, going, learning, changing places.

ALWAYS_LEAVING = {"junior": 0.8, "senior": 0.8, "expert": 0.8}


def test_who_sat_where_can_be_read_afterwards_without_gap_or_overlap_but_vacancy(small):
    setting = small("owners", people__leaving_per_year_share=ALWAYS_LEAVING)
    record = run_record(setting, 3, 0)
    fill, seen = setting.parameters.people.fill_days * 1440, 0
    for number in range(len(record.seats)):
        rows = [row for row in record.occupants if row.seat == number]
        assert rows[0].begun == 0 and all(row.begun < row.ended for row in rows)
        for one, other in pairwise(rows):
            assert one.name != other.name and other.begun - one.ended in (0, pytest.approx(fill, abs=7 * 1440))
            seen += 1
    assert seen >= 5
    vacant = np.unique(record.spell("person")[record.spell("what") == VACANT])
    assert len(vacant) >= 2


def test_the_cases_of_somebody_who_leaves_get_other_owners_who_need_time_for_it(small):
    setting = small("owners", people__leaving_per_year_share=ALWAYS_LEAVING, structure__has_rotation=False)
    free = replace(setting, parameters=setting.parameters.changed({"structure.handover_minutes": 0}))
    record, without = (run_record(each, 3, 0) for each in (setting, free))
    everybody = range(len(record.seats))
    assert minutes(record, HAND_OVER, everybody) > 60 and minutes(without, HAND_OVER, everybody) == 0


def test_a_resignation_is_a_dated_change(small):
    setting = small(experiment__measured_days=120, people__leaving_per_year_share=dict.fromkeys(ALWAYS_LEAVING, 0))
    resigns = [DatedChange(10, {"people.resigned_count.senior": 1})]
    plain, gone = (
        Desk(setting.parameters, setting.structure, setting.book, Luck(5, 0), dated).advance().record()
        for dated in ((), resigns)
    )
    everybody = range(len(plain.seats))
    assert minutes(plain, VACANT, everybody) == 0
    vacant = gone.spell("begun")[gone.spell("what") == VACANT]
    assert len(vacant) == 1 and record_days(gone, vacant[0]) in range(10, 14)
    names = [row.name for row in gone.occupants]
    assert sum(name.endswith("no. 2") for name in names) == 1


def test_a_newcomer_grows_and_sooner_with_a_mentor(small):
    setting = small(people__leaving_per_year_share=dict.fromkeys(ALWAYS_LEAVING, 0))
    desk = Desk(setting.parameters, setting.structure, setting.book, Luck(5, 0))
    person, structure = desk.occupants._consultants[-1], setting.parameters.structure
    speeds = {}
    for has_mentor in (False, True):
        person.occupant.came_on, person.mentor = 0.0, desk.people[0] if has_mentor else None
        speeds[has_mentor] = []
        for day in (0, 60, 180, 240):
            desk.occupants.know(person, day)
            speeds[has_mentor].append(person.any_speed)
    assert speeds[True][0] == speeds[False][0] == pytest.approx(structure.ramp_start_factor * speeds[True][-1])
    assert speeds[True][1] > speeds[False][1] and speeds[True][2] == speeds[True][3] == speeds[False][3]


def test_rotation_swaps_people_between_seats_and_slows_them_for_a_while(small):
    setting = small(**QUIET)
    on = replace(setting, parameters=setting.parameters.changed({"structure.has_rotation": True}))
    plain, turned = (run_record(each, 3, 0) for each in (setting, on))
    assert len(plain.occupants) == len(plain.seats) < len(turned.occupants)
    roles = {row.name.split()[0] for row in turned.occupants if turned.seats[row.seat].role == "coordinator"}
    assert roles == {"coordinator", "consultant"}
    dip = on.parameters.changed({"structure.rotation_dip_share": 0.5})
    slow = run_record(replace(on, parameters=dip), 3, 0)
    assert slow.stay("worked").sum() > turned.stay("worked").sum()


QUIET = {
    "people__leaving_per_year_share": dict.fromkeys(ALWAYS_LEAVING, 0), "structure__has_rotation": False,
    "careers__placements_per_year_count": 0,
}  # fmt: skip


def test_a_seats_luck_stays_under_every_mechanism(small):
    """Nobody's absence moves because others leave, learn, swap or have mentors."""
    quiet, base = small(**QUIET), None
    for changes in ({}, {"structure.has_rotation": True}, {"careers.has_mentors": False}, {"roles.skills_test_minutes": 0},
                    {"sharing.one_to_one_new_months": 0}):  # fmt: skip
        record = run_record(replace(quiet, parameters=quiet.parameters.changed(changes)), 3, 0)
        mine = record.spell("what") == ABSENCE
        found = record.spells[mine][:, [0, 2, 3]]
        base = found if base is None else base
        assert np.array_equal(found[np.lexsort(found.T)], base[np.lexsort(base.T)])


PEOPLES = {
    "people.absence_share": (0, 0.5), "people.leave_days": (0, 40), "people.ability_variation_factor": (0, 0.6),
    "people.leaving_per_year_share": (dict.fromkeys(ALWAYS_LEAVING, 0), ALWAYS_LEAVING), "people.fill_days": (1, 365),
    "people.newcomer_grade": ("same", "junior"), "people.long_away_days": (1, 120),
    "structure.has_rotation": (False, True), "structure.rotation_reading": ("one_each", "everybody"),
    "structure.rotation_months": (1, 12), "structure.rotation_dip_share": (0, 0.5), "structure.rotation_dip_days": (0, 120),
    "structure.cross_skill_share": (0, 0.2), "structure.handover_minutes": (0, 30), "structure.ramp_start_factor": (0.1, 1),
    "structure.ramp_days": (10, 720), "structure.mentored_ramp_factor": (0.3, 1), "careers.has_mentors": (False, True),
    "careers.mentees_per_mentor_count": (1, 10),
    "careers.mentoring_minutes": ({"newcomer": 0, "settled": 0}, {"newcomer": 480, "settled": 60}),
    "careers.placements_per_year_count": (0, 10), "careers.placement_days": (1, 60),
    "training.module_every_days": (dict.fromkeys(("product", "compliance", "sales", "tools"), 365),
                                   dict.fromkeys(("product", "compliance", "sales", "tools"), 20)),
    "roles.skills_test_minutes": (0, 240), "roles.skills_mean_points": (50, 100), "roles.skills_spread_points": (0, 30),
    "roles.skills_pass_points": (0, 100), "roles.coaching_sessions_count": (0, 20), "roles.coaching_minutes": (10, 240),
    "roles.coaching_gain_share": (0, 0.5), "roles.coaching_ceiling_factor": (0.5, 2),
    "roles.personal_review_minutes": (0, 240), "roles.personal_review_months": (1, 12), "roles.skills_test_months": (1, 12),
    "sharing.one_to_one_new_months": (0, 36), "sharing.one_to_one_attainment_share": (0, 1.5),
    "sharing.one_to_one_interval_days": (1, 92), "sharing.one_to_one_minutes": (5, 120),
    "escalation.case_session_minutes": (0, 120), "escalation.case_session_months": (1, 12),
    "monitoring.meeting_reading": ("one_meeting", "two_weekly"),
}  # fmt: skip


@pytest.mark.parametrize("name", PEOPLES)
def test_a_parameter_about_people_bites_at_both_ends(small, name):
    setting = small("owners", book__policies_count=1500, people__leaving_per_year_share=ALWAYS_LEAVING)
    ends = (
        run_record(replace(setting, parameters=setting.parameters.changed({name: value})), 3, 0).digest()
        for value in PEOPLES[name]
    )
    assert len(set(ends)) == 2


def test_days_since_a_lesson_count_from_the_last_session(small):
    setting = small()
    desk = Desk(setting.parameters, setting.structure, setting.book, Luck(1, 0))
    lessons = desk.duties.lessons
    held = [day for day in range(len(desk.calendar.open_days)) if lessons.module_on(day) == "compliance"]
    first, second = (int(desk.calendar.open_days[day]) for day in held[:2])
    assert lessons.days_since("compliance", first * 1440 - 1) == float("inf")
    assert [lessons.days_since("compliance", (first + days) * 1440.0) for days in (0, 5)] == [0, 5]
    assert lessons.days_since("compliance", second * 1440 + 600) == 0


# Structures as data.

STRUCTURES = sorted(path.stem for path in (params_folder() / "teams").glob("*.yaml"))


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_structure_scales_from_a_small_team_to_a_large_one(name):
    structure, parameters = read_structure(name), Parameters.load()
    for policies in (1_500, 15_000, 60_000, 1_000_000):
        seated = seats(structure, parameters, policies)
        assert len(seated) == sum(team_heads(policies, parameters).values())
        assert unserved(structure, seated) == []
    assert structure.question.endswith("?")


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_structure_works_for_fifteen_hundred_policies(name):
    parameters = Parameters.load().changed({"book.policies_count": 1_500, "experiment.measured_days": 28})
    record = run_record(Setting(name, parameters, read_structure(name), make_book(parameters)), 1, 0)
    for kind in (FOLLOW_UP, ENQUIRY):
        assert np.count_nonzero((record.stay("kind") == kind) & (record.stay("person") >= 0)) > 10


def test_a_stay_at_work_is_never_on_a_day_off(small):
    record = run_record(with_posts(small(), consultants={"hours_share": 0.5}), 3, 0)
    kinds = set(record.stay("kind").astype(int))
    assert {FOLLOW_UP, ENQUIRY} <= kinds and AWAY not in kinds and max(kinds) < len(KINDS)
