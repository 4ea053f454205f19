"""A table plays turns as the desk would have run: what holds when, what it costs, and what is seen of it."""

from dataclasses import replace

import numpy as np
import pytest
from playing import SMALL, opened

from playbook.errors import InputError
from simulation.desk.changes import DatedChange
from simulation.desk.desk import Desk
from simulation.desk.streams import Luck
from simulation.drill.boards import seen
from simulation.drill.check import drill_from_text
from simulation.drill.conditions import read_condition
from simulation.drill.debrief import compared, debrief
from simulation.drill.dry_run import dry_run
from simulation.drill.levers import Levers
from simulation.drill.score import Gap, gap_of, scored
from simulation.drill.table import Stage, Table, Turn, set_up

TURNS = 4
COURSE = (Turn(), Turn({"attempts": "two"}), Turn({"meetings": "paused"}), Turn({"attempts": "six"}))


@pytest.fixture(scope="module")
def drill():
    return drill_from_text(SMALL % {"turns": TURNS}, "small")


@pytest.fixture(scope="module")
def stage(drill):
    return Stage.of(drill)


def test_a_drill_is_one_run_of_the_desk_with_the_same_dated_changes(stage):
    """Injects, levers, lead times and their ends, played in turns, are the desk's own dated changes."""
    given = stage.setting.parameters
    table = set_up(stage, 3, COURSE).finish()
    usual = {name: given.value_at(name) for name in
             ("demand.unanswered_limit_count", "people.absence_share", "monitoring.stand_up_minutes")}  # fmt: skip
    dated = [
        DatedChange(1, {"demand.unanswered_limit_count": 2, "people.absence_share": 0.5}),
        DatedChange(3, {"people.absence_share": usual["people.absence_share"]}),
        DatedChange(3, {"monitoring.stand_up_minutes": 0}),
        DatedChange(3, {"demand.unanswered_limit_count": usual["demand.unanswered_limit_count"]}),
        DatedChange(TURNS, {"monitoring.stand_up_minutes": usual["monitoring.stand_up_minutes"]}),
    ]
    whole = Desk(given, stage.setting.structure, stage.setting.book, Luck(3, 0), dated).advance()
    untouched = Desk(given, stage.setting.structure, stage.setting.book, Luck(3, 0)).advance()
    assert table.desk.record().digest() == whole.record().digest() != untouched.record().digest()


def test_the_same_turns_at_another_table_give_the_same_boards_and_others_give_others(stage):
    assert set_up(stage, 3, COURSE).digests == set_up(stage, 3, COURSE).digests
    assert set_up(stage, 3, COURSE).digests != set_up(stage, 3, COURSE[:1] * 4).digests
    assert set_up(stage, 3, COURSE).digests != set_up(stage, 4, COURSE).digests


def test_a_conditional_inject_comes_unless_the_lever_was_moved_or_the_trainer_directs(stage):
    def came(moves, directions=None):
        turn = Turn(directions=directions or {})
        return set_up(stage, 3, [replace(turn, moves=moves), turn, turn, turn]).came

    assert came({}) == {"away": 2, "stop": 3}
    assert came({"meetings": "paused"}) == {"away": 2}
    assert came({"meetings": "paused"}, {"stop": 4}) == {"away": 2, "stop": 4}
    assert came({}, {"stop": None, "away": None}) == {}


def test_a_cause_is_found_only_after_a_turn_of_looking_and_only_of_what_came(stage):
    table = Table(stage, 3)
    table.play(Turn({"meetings": "paused"}))
    assert table.findings() == {}
    table.play()
    assert table.findings() == {"away": "A cold nobody mentioned."}


def test_a_lever_is_used_up_after_its_turns_and_goes_back_by_itself(drill):
    levers = Levers(drill)
    levers.move({"meetings": "paused"})
    for left in (2, 1, 0):
        assert levers.turns_left("meetings") == left
        levers.move({})
    assert levers.position["meetings"] == "held"
    with pytest.raises(InputError, match="used up"):
        levers.check({"meetings": "paused"})


def test_levers_cost_once_when_moved_and_each_turn_while_away(drill):
    levers = Levers(drill)
    levers.move({"meetings": "paused", "attempts": "two"})
    assert levers.points == pytest.approx(1.1)
    levers.move({})
    assert levers.points == pytest.approx(1.2)
    levers.move({"attempts": "six"})
    assert levers.points == pytest.approx(1.2)


@pytest.mark.parametrize(("made", "is_allowed"), [(1, True), (2, True), (3, False)])
def test_no_more_levers_are_moved_in_a_turn_than_the_drill_allows(drill, made, is_allowed):
    third = drill.levers["attempts"]
    wide = drill.model_copy(update={"levers": drill.levers | {"third": third}})
    moves = dict([("attempts", "two"), ("meetings", "paused"), ("third", "two")][:made])
    if is_allowed:
        Levers(wide).check(moves)
    else:
        with pytest.raises(InputError, match="3 levers moved in one turn"):
            Levers(wide).check(moves)


@pytest.mark.parametrize(("text", "value", "holds"), [
    ("x_count > 3", 2.9, False), ("x_count > 3", 3.0, False), ("x_count > 3", 3.1, True),
    ("x_count >= 3", 3.0, True), ("x_count < 3", 3.0, False), ("x_count <= 3", 3.0, True),
    ("x_count > 3", float("nan"), False),
])  # fmt: skip
def test_a_condition_holds_beyond_its_value_alone(text, value, holds):
    assert read_condition(text, {"x_count"}, set()).holds({"x_count": value}, set()) is holds


def test_what_is_seen_is_late_noisy_and_within_what_can_be(stage):
    table = set_up(stage, 3, [Turn(), Turn()])
    board = table.board("leader")
    assert board["signed_count"] == table.measured[1]["signed_count"]  # a turn late
    assert Table(stage, 3).board("leader")["signed_count"] is None
    true = table.measured[2]["consultant_occupancy_share"]
    errors = [seen(0.5, "consultant_occupancy_share", 0.1, Luck(1, 0), turn) / 0.5 - 1 for turn in range(2000)]
    assert np.std(errors) == pytest.approx(0.1, abs=0.006) and abs(np.mean(errors)) < 0.01
    assert board["consultant_occupancy_share"] != true
    assert max(seen(0.99, "consultant_occupancy_share", 0.1, Luck(1, 0), turn) for turn in range(50)) == 1.0


@pytest.mark.parametrize(("mean", "has_ratio"), [(1.99, False), (2.0, True), (2.01, True), (-3.0, False), (0.0, False)])
def test_there_is_a_ratio_from_two_standard_errors_on(mean, has_ratio):
    assert Gap(mean, 1.0).has_ratio is has_ratio


def test_par_that_is_nothing_has_no_ratio():
    assert not gap_of(np.ones(5), np.ones(5)).has_ratio


def test_a_team_that_moves_nothing_is_0_and_one_that_plays_par_is_100(tmp_path):
    session = opened(tmp_path, teams=("idle",))
    session.join("robot", "par", robot="par")
    while not session.state.is_over:
        session.predict("idle", 5, 4, 6)
        session.resolve(is_forced=True)
    found = scored(session, seeds=4)
    assert found.teams["idle"].surplus.mean == 0 and found.teams["idle"].surplus.is_identical
    assert np.array_equal(found.teams["robot"].points, found.par)
    assert found.teams["idle"].calibration.count == TURNS
    if found.gap.has_ratio:
        assert found.teams["robot"].ratio.mean == pytest.approx(100)


def test_work_left_open_at_the_end_counts_by_the_weeks_after(stage, drill):
    """The same turns under the same luck, valued without the weeks after them, are worth something else."""
    shorter = Stage.of(drill.model_copy(update={"weeks_after": 0}))
    assert set_up(stage, 3, COURSE).finish().points() != set_up(shorter, 3, COURSE).finish().points()


def test_a_debrief_tells_what_was_hidden_predicted_moved_and_what_mattered(tmp_path):
    session = opened(tmp_path, teams=("red",))
    session.predict("red", 5)
    session.decide("red", "meetings", "paused")
    while not session.state.is_over:
        session.resolve(is_forced=True)
    session.promise("Write it down", "Leader", "2026-03-01", "red")
    found = debrief(session, score_seeds=2, branch_seeds=2)
    assert [each.inject for each in found.hidden] == ["away"]
    assert found.hidden[0].found_by == ["red"] and found.hidden[0].rules == {"S4.3.3": "Emergency drill"}
    assert {(each.turn, each.kind) for each in found.timeline} == {(1, "decision"), (2, "inject")}
    assert [each.turn for each in found.turning_points["red"]] == [1]
    assert found.predictions[0].came == session.table("red").measured[1]["waiting_steps_count"]
    assert found.what_if["red"] == {} and found.promised[0]["owner"] == "Leader"
    assert found.differences == []


def test_two_sessions_of_one_drill_are_compared_and_of_two_are_not(tmp_path):
    one = opened(tmp_path, teams=("red",))
    one.resolve(is_forced=True)
    other = one.branch("second", 1)
    other.decide("red", "attempts", "two")
    other.resolve(is_forced=True)
    found = compared(one, other, score_seeds=2)
    assert found.moves == ({"red": []}, {"red": ["turn 1: Unanswered calls: Two"]})
    assert not np.array_equal(found.scores[0].teams["red"].points, found.scores[1].teams["red"].points)
    (tmp_path / "longer").mkdir()
    with pytest.raises(InputError, match="different drill files"):
        compared(one, opened(tmp_path / "longer", turns=5))


def test_a_dry_run_refuses_a_drill_whose_par_does_nothing(drill):
    par = drill.robots["par"]
    lazy = par.model_copy(update={"moves": [par.moves[0].model_copy(update={"set": {"attempts": "six"}})]})
    same = drill.model_copy(update={"robots": {"par": par, "lazy": lazy}, "par": "lazy"})
    found = dry_run(same, seeds=3)
    assert any("par (lazy) less nothing is 0.00 points" in each for each in found.complaints())
