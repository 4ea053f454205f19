"""The one door to params/: it gives values, refuses what cannot be, and never changes."""

import pickle

import pytest

from playbook.errors import InputError
from playbook.parameters import Parameters, parse_change


def test_a_value_is_read_by_attribute_and_by_name():
    parameters = Parameters.load()
    assert (
        parameters.staffing.policies_per_consultant_count
        == parameters["staffing.policies_per_consultant_count"]
        == 1500
    )


def test_what_is_known_of_a_parameter_comes_with_it():
    about = Parameters.load().about("monitoring.silence_limit_hours")
    assert (about.unit, about.rule, about.basis) == ("hours", "S2.2.3a", "seed")


def test_a_change_is_a_copy_and_leaves_the_original_alone():
    parameters = Parameters.load()
    changed = parameters.changed({"monitoring.silence_limit_hours": 24})
    assert changed.monitoring.silence_limit_hours == 24
    assert parameters.monitoring.silence_limit_hours == 48
    assert changed.changes == {"monitoring.silence_limit_hours": 24}
    assert changed.fingerprint() != parameters.fingerprint()


def test_one_entry_of_a_table_can_be_changed():
    changed = Parameters.load().changed({"people.vacant_posts_count.senior": 2})
    assert dict(changed.people.vacant_posts_count) == {"junior": 0, "senior": 2, "expert": 0}


@pytest.mark.parametrize("hours", [4, 336])
def test_a_value_at_either_end_of_its_range_is_taken(hours):
    assert Parameters.load().changed({"monitoring.silence_limit_hours": hours}).monitoring.silence_limit_hours == hours


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("monitoring.silence_limit_hours", 3.9, "must lie between 4 and 336 hours"),
        ("monitoring.silence_limit_hours", 337, "must lie between 4 and 336 hours"),
        ("monitoring.silence_limit_hours", "48", "must be a number (hours)"),
        ("monitoring.silence_limit_hours", True, "must be a number (hours)"),
        ("monitoring.silence_limit_hours", float("nan"), "must be a number (hours)"),
        ("staffing.policies_per_consultant_count", 1500.5, "must be a whole number of policies"),
        ("monitoring.silence_clock", "calender", "did you mean 'calendar'"),
        ("clock.is_always_open", "yes", "must be true or false"),
        ("experiment.start_date", "2026-02-30", "must be a date"),
        ("book.line_mix_share", 0.5, "must be a table like"),
        ("book.line_mix_share.motor", 1.5, "must lie between 0 and 1"),
        ("book.line_mix_share.moter", 0.5, "did you mean 'motor'"),
        ("book.due_month_index", [1, 2], "must be a list of 12 numbers"),
        ("people.speed_factor", {"junior": 1.0}, "must have an entry for senior, expert"),
        ("allocation.discipline", "first_come", "must be a table like"),
        ("monitoring.silence_reading", {"a": "first_touch"}, "must be one of"),
        ("clock.opening_hours", {"munday": "09:00-12:00"}, "unknown weekday 'munday'"),
        ("monitoring.silence_limit_hour", 48, "did you mean 'monitoring.silence_limit_hours'"),
    ],
)
def test_a_wrong_change_is_refused_with_the_name_the_value_and_what_is_allowed(name, value, says):
    with pytest.raises(InputError) as refused:
        Parameters.load().changed({name: value})
    assert says in str(refused.value)
    assert name.rpartition(".")[0] in str(refused.value)


def test_parameters_do_not_change_by_assignment():
    with pytest.raises(AttributeError, match="do not change"):
        Parameters.load().staffing.policies_per_consultant_count = 3
    with pytest.raises(TypeError):
        Parameters.load().book.line_mix_share["motor"] = 1


def test_a_mistyped_attribute_names_the_nearest():
    with pytest.raises(AttributeError, match="did you mean 'silence_limit_hours'"):
        _ = Parameters.load().monitoring.silence_limit_hour
    with pytest.raises(AttributeError, match="did you mean 'monitoring'"):
        _ = Parameters.load().monitorin


def test_parameters_travel_to_other_processes():
    changed = Parameters.load().changed({"monitoring.silence_limit_hours": 24})
    assert pickle.loads(pickle.dumps(changed)).fingerprint() == changed.fingerprint()


GOOD = "ratio_count:\n  value: 3\n  unit: heads\n  allowed: [1, 5]\n  basis: seed\n  source: here\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("value: 3", "value: 9"), "chapter.yaml:2: ratio_count: 9 must lie between 1 and 5 heads"),
        (GOOD.replace("  source: here\n", ""), "the key 'source' is missing"),
        (GOOD.replace("source", "sorce"), "unknown key 'sorce', did you mean 'source'"),
        (GOOD.replace("basis: seed", "basis: guess"), "basis"),
        (GOOD + GOOD, "stands already on line 1"),
        (GOOD.replace("value: 3", "value: [3"), "not readable as YAML"),
        ("- 1\n", "expected parameters by name"),
        ("ratio_count: 3\n", "expected keys and values"),
    ],
)
def test_a_broken_file_is_told_with_its_place(tmp_path, text, says):
    (tmp_path / "chapter.yaml").write_text(text)
    with pytest.raises(InputError) as refused:
        Parameters.load(tmp_path)
    assert says in str(refused.value) and "chapter.yaml" in str(refused.value)


def test_a_good_file_is_read_and_an_empty_folder_refused(tmp_path):
    with pytest.raises(InputError, match="no parameter file"):
        Parameters.load(tmp_path)
    (tmp_path / "chapter.yaml").write_text(GOOD)
    assert Parameters.load(tmp_path).chapter.ratio_count == 3


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    (tmp_path / "chapter.yaml").write_bytes("note: 续保".encode("gb18030"))
    with pytest.raises(InputError, match="not UTF-8"):
        Parameters.load(tmp_path)


@pytest.mark.parametrize("text", ["no equals", "=3", "name=", "name=[1", "experiment.start_date=2026-02-30"])
def test_a_change_that_is_not_written_as_one_is_refused(text):
    with pytest.raises(InputError):
        parse_change(text)
