"""People: own hours, lines, ability, overtime, and what may change about them on a day of the run."""

from dataclasses import replace

import numpy as np
import pytest

from playbook.errors import InputError
from simulation.desk.changes import DatedChange
from simulation.desk.desk import Desk
from simulation.desk.pieces import ABSENCE, AWAY, ENQUIRY, FOLLOW_UP, KINDS, LEAVE, OFF_DUTY, REST, WORK
from simulation.desk.record import SIGNED
from simulation.desk.streams import Luck
from simulation.desk.team import Post, full_time_equivalents, paid_share, seats, structure_from, unserved
from simulation.study.replicate import run_record

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
    """A yes of the last evening counts although the cover ends at midnight."""
    record = run_record(small(staffing__policies_per_consultant_count=900), 3, 0)
    signed = record.policies["signed"][record.policies["outcome"] == SIGNED] % 1440
    assert np.count_nonzero(signed == 18 * 60) > 0
    assert np.all((signed >= 9 * 60) & (signed <= 18 * 60))


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


def test_a_stay_at_work_is_never_on_a_day_off(small):
    record = run_record(with_posts(small(), consultants={"hours_share": 0.5}), 3, 0)
    kinds = set(record.stay("kind").astype(int))
    assert {FOLLOW_UP, ENQUIRY} <= kinds and AWAY not in kinds and max(kinds) < len(KINDS)
