"""A comparison that is being watched: runs in slices are the runs, and a run that is not wanted ends."""

from simulation.study.draft import Draft
from simulation.study.live import run_while_wanted
from simulation.study.replicate import run_once

TINY = {"book.policies_count": 200, "staffing.policies_per_consultant_count": 300, "experiment.measured_days": 30}


def test_a_run_in_slices_is_the_run_and_one_that_is_not_wanted_gives_nothing(tmp_path):
    setting, token = Draft(scenario="handbook", changes=TINY).setting(), tmp_path / "wanted"
    assert run_while_wanted(str(token), setting, 1, 0) is None
    token.touch()
    assert repr(run_while_wanted(str(token), setting, 1, 0)) == repr(run_once(setting, 1, 0))  # nan is not equal to nan


def test_a_value_that_the_scenario_has_already_is_no_change():
    draft = Draft(scenario="handbook").with_value("people.absence_share", 0.12)
    assert draft.changes == {"people.absence_share": 0.12}
    assert draft.with_value("people.absence_share", 0.06) == Draft(scenario="handbook")
