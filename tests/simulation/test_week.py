"""A week of the team: its minutes add up, its promises are those of the measures, and its picture has words and a table."""

import json
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from playbook.errors import InputError
from simulation.desk.pieces import AWAY, ENQUIRY, KINDS, REST, SPELLS, UNPAID, WORK
from simulation.study.measures import Reading
from simulation.study.replicate import run_record
from simulation.study.week import Block, paid_hours, week_of, weeks_of
from simulation.view import kinds, tables
from simulation.view.report import week_pages
from simulation.view.week import alt_text, week_figure


@pytest.fixture(scope="module")
def reading(small):
    setting = small()
    return Reading(run_record(setting, 1, 0), setting.parameters)


@pytest.fixture(scope="module")
def week(reading):
    return week_of(reading)


def test_everybodys_week_is_filled_without_gap_or_overlap(week):
    for person in range(len(week.reading.record.seats)):
        own = [block for block in week.blocks if block.person == person]
        assert own[0].begin == week.begin and own[-1].end == week.end
        assert all(block.end == after.begin for block, after in pairwise(own))


def test_minutes_of_a_role_at_work_or_waiting_are_the_paid_ones_less_the_shrinkage(reading):
    begin, end = reading.window
    for role in {seat.role for seat in reading.record.seats}:
        hours, paid = paid_hours(reading, role), len(reading.people(role)) * (end - begin) / 60
        unpaid = sum(reading.minutes_in(SPELLS.index(what), reading.people(role), begin, end) / 60
                     for what in (SPELLS[each] for each in UNPAID))  # fmt: skip
        shrinkage = sum(each for what, each in hours.items() if what not in (SPELLS[WORK], SPELLS[REST]))
        at_desk = hours.get(SPELLS[WORK], 0.0) + hours.get(SPELLS[REST], 0.0)
        assert at_desk == pytest.approx(paid - unpaid - shrinkage, abs=1e-6)
        if at_desk and np.isfinite(reading.occupancy(role)):
            assert reading.occupancy(role) == pytest.approx(hours.get(SPELLS[WORK], 0.0) / at_desk)


def test_the_weeks_hours_at_work_are_those_of_the_spells(reading):
    for role in ("consultant", "coordinator", "leader"):
        people = reading.people(role)
        found = sum(
            block.end - block.begin
            for number in weeks_of(reading)
            for block in week_of(reading, number).blocks
            if block.is_work and block.person in people
        )
        assert found == pytest.approx(reading.minutes_in(WORK, people, *reading.window), abs=1e-3)


def test_late_enquiries_of_all_weeks_are_those_of_the_measure(reading):
    chosen = reading.of_kind(ENQUIRY)
    rows = np.flatnonzero(chosen)
    broken = {
        (wait.case, wait.queued)
        for number in weeks_of(reading)
        for wait in week_of(reading, number).waits
        if wait.kind == "enquiry" and wait.is_late and wait.queued >= reading.window[0]
    }
    late = {
        (int(reading.record.stay("case")[row]), float(reading.record.stay("queued")[row]))
        for row in rows
        if reading.record.stay("begun_stamp")[row] > reading.record.stay("deadline")[row]
    }
    assert late and late <= broken


def test_a_promise_breaks_before_its_wait_is_over(week):
    """It may have broken before the wait began, where a second try of a call-back keeps the deadline of the first."""
    for wait in week.waits:
        assert wait.minutes > 0
        assert not wait.is_late or wait.broken <= wait.until


def test_how_many_wait_ends_where_the_waits_say(week):
    minutes, counts = week.waiting_counts(set(KINDS))
    still = sum(wait.until >= week.end for wait in week.waits)
    assert counts[-1] == still and counts.min() >= 0 and (np.diff(minutes) >= 0).all()


def test_a_week_that_is_not_there_is_told(reading):
    with pytest.raises(InputError, match="week 99: the measured days have the weeks 1 to 53"):
        week_of(reading, 99)


def test_every_kind_of_work_and_of_time_has_its_word():
    assert set(KINDS) - {KINDS[AWAY]} <= set(kinds.WORK)
    assert set(SPELLS) <= set(kinds.SPELLS)


def test_families_are_told_apart_without_colour():
    """Work by its height, which is its place in the list; what else takes time by hatches that all differ."""
    assert len({family.says for family in kinds.WORK_FAMILIES}) == len(kinds.WORK_FAMILIES)
    assert len({family.hatch for family in kinds.TIME_FAMILIES}) == len(kinds.TIME_FAMILIES)
    used = {family for _, family in [*kinds.WORK.values(), *kinds.SPELLS.values()]}
    assert used <= {*kinds.WORK_FAMILIES, *kinds.TIME_FAMILIES, kinds.WAITING}


def test_a_kind_without_a_word_is_drawn_all_the_same(week):
    stranger = replace(week, number=week.number)
    blocks = [Block(0, week.begin, week.begin + 60, "night_shift", True),
              Block(0, week.begin + 60, week.end, "fire drill", False)]  # fmt: skip
    stranger.__dict__["blocks"] = blocks
    assert kinds.OTHER_WORK.says in {text.get_text().split(" (")[0] for legend in week_figure(stranger).legends
                                     for text in legend.get_texts()}  # fmt: skip
    assert "fire drill, h" in tables.week_people_frame(stranger).columns


def test_the_picture_has_words_a_page_and_tables(week, tmp_path):
    week_pages(tmp_path, "Small team", week, {"seed": 1})
    said = alt_text(week)
    assert f"{len(week.reading.record.seats)} people" in said and "waited" in said
    page = (tmp_path / "week.html").read_text()
    assert f'<img alt="{said[:30]}' in page and page.count("<caption>") == 3 and "http" not in page
    drawn = (tmp_path / "week.svg").read_text()
    assert 'role="img"' in drawn and re.search(r"<title>Week", drawn)
    assert (tmp_path / "week.png").read_bytes()[1:4] == b"PNG"
    assert len((tmp_path / "waits.csv").read_text().splitlines()) == len(week.waits) + 1
    json.dumps(tables.week_people_frame(week).to_dict(orient="records"))
