"""Drill files: what does not fit is named by line and key with the nearest right name; the drills that are shipped do fit."""

import pytest
from playing import SMALL

from playbook.errors import InputError
from simulation.drill.audit import audit_dry_run, drawn, mark, read_audit
from simulation.drill.check import drill_from_text, read_drill
from simulation.drill.drill_file import drill_names, drill_path, is_audit
from simulation.drill.minutes import run_sheet

TEXT = SMALL % {"turns": 4}
PLAYED = [name for name in drill_names() if not is_audit(drill_path(name))]


def complaint(before, after):
    assert before in TEXT
    with pytest.raises(InputError) as found:
        drill_from_text(TEXT.replace(before, after, 1), "mine.yaml")
    return str(found.value)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("predict: waiting", "predct: waiting", "unknown key 'predct', did you mean 'predict'?"),
        ("predict: waiting_steps_count", "predict: waiting_step_count", "did you mean 'waiting_steps_count'?"),
        ("par: par", "par: pars", "unknown robot 'pars', did you mean 'par'?"),
        ("standing: six", "standing: sixx", "unknown option 'sixx', did you mean 'six'?"),
        ("role: leader", "role: leder", "unknown role 'leder', did you mean 'leader'?"),
        ("when: undecided meetings", "when: undecided meeting", "did you mean 'meetings'?"),
        ("when: undecided meetings", "when: sometimes", "a condition is 'always'"),
        ("turn: 3", "turn: 5", "the drill has 4 turns"),
        ("objective: calm", "objective: clam", "did you mean 'calm'?"),
        ("rules: [S4.3.3]", "rules: [S4.3.33]", "unknown item 'S4.3.33'"),
        ("people.absence_share: 0.5", "people.absense_share: 0.5", "did you mean 'people.absence_share'?"),
        ("people.absence_share: 0.5", "book.policies_count: 5", "read before a run begins"),
        ("people.absence_share: 0.5", "people.absence_share: 5", "must lie between"),
        ("six: {title: Six}", "six: {title: Six, cost_a_turn_points: 1}", "changes, costs and reveals nothing"),
        ("scenario: handbook", "scenario: handbok", "unknown scenario 'handbok', did you mean 'handbook'?"),
        ("policies_count: 300", "policies_count: -3", "must lie between"),
        ("monitoring.stand_up_minutes: 0", "allocation.discipline.follow_up: earliest_due", "orders them differently"),
        ("reveals: [away]", "reveals: [awy]", "unknown inject 'awy', did you mean 'away'?"),
    ],
)
def test_a_slip_in_a_drill_file_is_named_with_its_line_and_the_nearest_name(before, after, said):
    sentence, line = complaint(before, after), TEXT[: TEXT.index(before)].count("\n") + 1
    assert said in sentence
    assert f"mine.yaml:{line}:" in sentence


@pytest.mark.parametrize("name", PLAYED)
def test_a_shipped_drill_fits_together_and_says_all_that_a_trainer_needs(name):
    drill = read_drill(name)
    assert drill.par != drill.sensible and drill.injects
    for inject in drill.injects.values():
        assert inject.objective in drill.objectives and inject.question.endswith("?")
    debriefs = [
        length.steps["debrief"] >= length.steps["play"] for length in drill.lengths.values() if "play" in length.steps
    ]
    assert all(debriefs)


def test_the_paper_audit_gives_nothing_for_not_looking_and_a_checklist_less_than_comparing():
    found = audit_dry_run(read_audit("mock_audit"), 30)
    assert found.complaints() == []
    assert 10 < found.sensible_ratio < 90


def test_an_alleged_fault_costs_and_a_found_one_pays():
    audit = read_audit("mock_audit")
    files = drawn(audit, 1)
    file = next(each for each in files if each.wrong)
    fault = min(file.wrong)
    other = next(check for check in audit.checks if check not in file.wrong)
    assert mark(audit, files, {file.name: {fault}}).points == audit.checks[fault].points
    assert mark(audit, files, {file.name: {other}}).points == -audit.false_alarm_points
    assert mark(audit, files, {}).points == 0


def test_another_seed_plants_other_faults_and_the_same_seed_the_same():
    audit = read_audit("mock_audit")
    assert drawn(audit, 1) == drawn(audit, 1) != drawn(audit, 2)


def test_a_run_sheet_is_the_handbooks_or_the_drills_own():
    drill = read_drill("outage")
    assert run_sheet(drill, "short") == [(0, "brief"), (5, "play"), (25, "debrief"), (45, "end")]
    assert run_sheet(drill, "long") == [(0, "brief"), (10, "play"), (50, "debrief"), (90, "end")]
    with pytest.raises(InputError, match="did you mean 'short'"):
        run_sheet(drill, "shorrt")
