"""The study floor: measures, scenarios, estimates, comparisons, answers, folders, sweeps, verification."""

import json
from dataclasses import replace

import numpy as np
import pytest
import yaml

from playbook.documents import params_folder
from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.desk.pieces import ENQUIRY, SPELLS
from simulation.desk.team import read_structure
from simulation.study.answers import answers, read_runs
from simulation.study.check import check_all
from simulation.study.compare import compare, replications_to_call
from simulation.study.estimates import estimate, half_width
from simulation.study.folders import whole_folder
from simulation.study.heads import headcounts
from simulation.study.measures import BY_NAME, MEASURES, Reading, read_all
from simulation.study.notes import nobody_there
from simulation.study.replicate import Replications, run_record
from simulation.study.scenario import labels, read_scenario, scenario_names

SMALL = {"book.policies_count": 900, "staffing.policies_per_consultant_count": 300}


@pytest.fixture(scope="module")
def reading(small):
    setting = small()
    return Reading(run_record(setting, 1, 0), setting.parameters)


def test_every_measure_reads_a_record_and_shares_are_shares(reading):
    found = read_all(reading.record, reading.parameters)
    assert list(found) == list(BY_NAME)
    for name, value in found.items():
        assert np.isfinite(value)
        if BY_NAME[name].unit == "share":
            assert 0 <= value <= 1, name


def test_renewed_is_saved_or_renewed_anyway_and_lost_is_driven_away_or_not_wanted(reading):
    found = read_all(reading.record, reading.parameters)
    assert found["renewal_rate_share"] == pytest.approx(found["saved_share"] + found["renewed_anyway_share"])
    assert found["renewed_anyway_share"] + found["driven_away_share"] == pytest.approx(reading.would_renew.mean())


def test_late_enquiries_counted_one_by_one_are_the_share(reading):
    record, end = reading.record, reading.horizon.measured_to_minute
    late = total = 0
    for row in np.flatnonzero(reading.of_kind(ENQUIRY)):
        begun, deadline = record.stay("begun_stamp")[row], record.stay("deadline")[row]
        is_lost = np.isnan(begun) and np.isfinite(record.stay("ended")[row])
        if not np.isnan(begun):
            total, late = total + 1, late + (begun > deadline)
        elif is_lost or deadline < end:
            total, late = total + 1, late + 1
    assert late / total == read_all(record, reading.parameters)["late_enquiry_share"]


def test_occupancy_of_the_months_averages_to_that_of_the_year(reading):
    months = reading.occupancy_by_month("consultant")
    assert len(months) == 12
    assert min(months.values()) <= reading.occupancy("consultant") <= max(months.values())


def test_the_shrinkage_that_is_acted_out_and_the_rest_make_the_published_share(reading):
    """Some 30 % of paid time and 9 % of the rest, of which newcomers' slower work, some 2 %, is no time away."""
    begin, end = reading.window
    people = reading.people("consultant")
    away = sum(reading.minutes_in(what, people, begin, end) for what in range(2, len(SPELLS))) / (
        len(people) * (end - begin)
    )
    assert away == pytest.approx(1 - 0.70 * 0.91 - 0.02, abs=0.03)


def runs(name, values, seed=1):
    table = np.tile(np.asarray(values, dtype=float)[:, None], (1, len(MEASURES)))
    return Replications(name, seed, table, {})


def test_an_estimate_is_students_interval():
    found = estimate(np.array([1.0, 2.0, 3.0, 4.0]), 0.95)
    assert found.mean == 2.5
    assert found.high - found.mean == pytest.approx(3.182446 * np.std([1, 2, 3, 4], ddof=1) / 2, rel=1e-6)


def test_equal_values_are_told_as_such_and_one_value_is_no_interval():
    assert estimate(np.ones(5), 0.95).is_identical
    with pytest.raises(InputError, match="at least 2"):
        estimate(np.ones(1), 0.95)


def test_a_share_stays_between_nought_and_one():
    found = runs("few", [0.0, 0.0, 0.0, 0.02]).estimate("late_enquiry_share", 0.95)
    assert found.low == 0 and found.high > found.mean


def test_a_comparison_is_of_pairs():
    rng = np.random.default_rng(1)
    luck = rng.normal(size=200)
    base, other = runs("base", 0.5 + luck), runs("other", 0.6 + luck + 0.1 * rng.normal(size=200))
    (found,) = compare(base, other, ("late_enquiry_share",), 0.95)
    assert found.estimate.mean == pytest.approx(0.1, abs=0.03)
    assert found.gain == pytest.approx(200, rel=0.3)
    assert found.is_called and found.is_better is False


def test_intervals_of_several_measures_are_wider_so_that_they_hold_together():
    base, other = runs("base", [1.0, 2, 3, 4]), runs("other", [2.0, 2, 5, 4])
    alone = compare(base, other, ("late_enquiry_share",), 0.95)[0].estimate
    together = compare(base, other, ("late_enquiry_share", "saved_share", "alerts_per_day"), 0.95)[0].estimate
    assert together.high - together.low > alone.high - alone.low
    assert (together.high - together.low) / 2 == pytest.approx(half_width(np.array([1.0, 0, 2, 0]), 1 - 0.05 / 3))


def test_simultaneous_intervals_hold_together_as_often_as_they_say():
    """Three independent measures, 10 pairs, 2,000 experiments: at least 95 %, less a 99.9 % binomial allowance."""
    rng, held = np.random.default_rng(5), 0
    names = ("late_enquiry_share", "saved_share", "alerts_per_day")
    for _ in range(2000):
        table = np.zeros((10, len(MEASURES)))
        for name in names:
            table[:, list(BY_NAME).index(name)] = rng.normal(size=10)
        found = compare(Replications("a", 1, np.zeros_like(table), {}), Replications("b", 1, table, {}), names, 0.95)
        held += all(each.estimate.low <= 0 <= each.estimate.high for each in found)
    assert 0.935 <= held / 2000 <= 0.975


def test_what_would_call_a_close_difference_does():
    rng = np.random.default_rng(3)
    values = rng.normal(0.05, 1, size=20)
    (close,) = compare(runs("a", np.zeros(20)), runs("b", values), ("saved_share",), 0.95)
    assert not close.is_called
    wanted = replications_to_call(close)
    more = np.resize(values, wanted * 4)
    assert compare(runs("a", np.zeros(len(more))), runs("b", more), ("saved_share",), 0.95)[0].is_called


def test_two_pairs_do_not_ask_for_thousands_where_a_few_more_would_call_it():
    """Student's quantile for two pairs is huge; the forecast takes that of the number that it names."""
    (close,) = compare(runs("a", [0.0, 0.0]), runs("b", [1.0, 1.4]), ("saved_share",), 0.95)
    assert not close.is_called
    assert replications_to_call(close) == 3
    (level,) = compare(runs("a", [0.0, 0.0]), runs("b", [1.0, -1.0]), ("saved_share",), 0.95)
    assert replications_to_call(level) is None


def test_pairs_need_the_same_seed_and_number():
    with pytest.raises(InputError, match="the same seed"):
        compare(runs("a", [1, 2]), runs("b", [1, 2], seed=2), ("saved_share",), 0.95)
    with pytest.raises(InputError, match="as many replications"):
        compare(runs("a", [1, 2]), runs("b", [1, 2, 3]), ("saved_share",), 0.95)


def test_every_shipped_file_is_in_order():
    assert check_all() == []
    assert {"handbook", "two_groups", "two_seniors_gone"} <= set(scenario_names())


def test_a_scenario_takes_over_what_its_base_says():
    found = read_scenario("two_groups_seniors_gone")
    assert (found.team, found.changes) == ("two_groups", {"people.vacant_posts_count.senior": 2})
    assert found.deciding == read_scenario("handbook").deciding


GOOD = {"title": "T", "question": "Q?", "team": "pooled", "deciding": ["late_enquiry_share"]}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"team": "poold"}, "did you mean 'pooled'"),
        ({"base": "handbok"}, "did you mean 'handbook'"),
        ({"deciding": ["late_enquiry"]}, "did you mean 'late_enquiry_share'"),
        ({"deciding": []}, "'deciding' is missing"),
        ({"deciding": ["saved_share"] * 5}, "at most 4"),
        ({"team": None}, "'team' is missing"),
        ({"changes": {"staffing.policies_per_consultent_count": 3}}, "did you mean"),
        ({"changes": {"monitoring.silence_limit_hours": 1}}, "must lie between"),
        ({"items": ["S1.2.1"]}, "unknown item 'S1.2.1', did you mean 'S1.2.1a'"),
        ({"chnges": {}}, "did you mean 'changes'"),
    ],
)
def test_a_scenario_that_cannot_be_is_told(tmp_path, change, says):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(GOOD | change))
    with pytest.raises(InputError) as refused:
        read_scenario(str(path))
    assert says in str(refused.value)


def test_bases_that_go_round_in_a_circle_are_told(tmp_path):
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(yaml.safe_dump(GOOD | {"base": str(two)}))
    two.write_text(yaml.safe_dump(GOOD | {"base": str(one)}))
    with pytest.raises(InputError, match="goes round in a circle"):
        read_scenario(str(one))


@pytest.fixture(scope="module")
def answer():
    return answers([read_scenario("handbook")], SMALL, replications=3, workers=1)[0]


def test_an_answer_has_the_published_form(answer):
    content = answer.as_json()
    assert set(content) >= {"scenario", "seed", "replications", "measures", "record"}
    assert set(content["measures"]) == set(BY_NAME)
    assert all(set(each) == {"mean", "low", "high", "unit"} for each in content["measures"].values())
    assert content["record"]["changes"] == SMALL
    assert content["record"]["command"].startswith("renewal run handbook --set book.policies_count=900")


def test_an_answer_holds_minutes_a_policy_and_occupancy_with_intervals(answer):
    content = answer.as_json()
    assert set(content["minutes_per_policy"]) == set(answer.replications.minutes)
    assert {"consultant", "coordinator", "leader"} <= set(content["occupancy"])
    for by_month in content["occupancy"].values():
        assert len(by_month) == 13 and "year" in by_month
        assert all(0 <= each["low"] <= each["mean"] <= each["high"] <= 1 for each in by_month.values())
    year = content["occupancy"]["consultant"]["year"]["mean"]
    assert year == pytest.approx(content["measures"]["consultant_occupancy_share"]["mean"])


def test_every_kind_of_which_minutes_are_expected_has_a_word():
    from simulation.study.workload import expected_workload
    from simulation.view.kinds import WORK

    assert set(expected_workload().kinds) <= set(WORK)
    assert len(set(expected_workload().kinds)) == len(expected_workload().kinds)
    assert expected_workload().minutes_per_policy == pytest.approx(35.0)


def test_more_consultants_are_tried_under_the_same_luck_and_the_fewest_that_keep_a_promise_are_told(answer):
    found = headcounts(answer, [0, -1], {"late_step_share": 1.0})
    assert list(found.by_count) == [2, 3] and found.fewest == 2
    assert np.array_equal(found.by_count[3].replications.values, answer.replications.values)
    assert headcounts(answer, [0], {"late_step_share": -1.0}).fewest is None
    with pytest.raises(InputError, match="did you mean 'late_step_share'"):
        headcounts(answer, [0], {"late_steps_share": 1.0})
    with pytest.raises(InputError, match="one must be left"):
        headcounts(answer, [-3], {})


def test_an_answer_is_kept_and_read_back_to_the_last_bit(answer, tmp_path):
    folder = answer.write(tmp_path / "kept")
    again = read_runs(folder, "handbook", 1)
    assert np.array_equal(again.values, answer.replications.values)
    assert set(again.occupancy) == set(answer.replications.occupancy)
    assert json.loads((folder / "summary.json").read_text())["scenario"] == "handbook"


def test_a_folder_is_there_whole_or_not_at_all(tmp_path):
    target = tmp_path / "runs" / "one"
    with pytest.raises(RuntimeError), whole_folder(target) as aside:
        (aside / "half").write_text("x")
        raise RuntimeError
    assert not target.exists() and not list(target.parent.iterdir())
    for text in ("first", "second"):
        with whole_folder(target) as aside:
            (aside / "it").write_text(text)
    assert (target / "it").read_text() == "second" and [each.name for each in target.parent.iterdir()] == ["one"]


def test_work_that_nobody_does_is_told_and_counts_as_late(small, tmp_path):
    text = yaml.safe_load((params_folder() / "teams" / "pooled.yaml").read_text())
    text["serves"]["consultants"] = [["request"], ["signing", "proposal", "follow_up"], ["message"]]
    (tmp_path / "team.yaml").write_text(yaml.safe_dump(text))
    setting = replace(small(), structure=read_structure(str(tmp_path / "team.yaml")))
    record = run_record(setting, 1, 0)
    assert read_all(record, setting.parameters)["late_enquiry_share"] > 0.99
    assert "Nobody in this team does: enquiry." in nobody_there(setting.structure, record.seats, setting.parameters)
    assert nobody_there(small().structure, run_record(small(), 1, 0).seats, small().parameters) is None


def test_times_are_never_told_below_nought():
    found = runs("few", [0.0, 0.0, 0.0, 5.0]).estimate("enquiry_wait_minutes", 0.95)
    assert found.low == 0 and found.high > found.mean


def test_a_place_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write there"), whole_folder(tmp_path / "file" / "runs"):
        pass


def test_scenarios_of_one_title_are_told_apart(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(GOOD | {"title": "Same"}))
    found = [read_scenario(str(tmp_path / f"{name}.yaml")) for name in ("one", "two")]
    assert labels(found) == ["Same (one)", "Same (two)"]
    assert labels(found[:1]) == ["Same"]


def test_the_real_motor_book_runs(real_data):
    (found,) = answers(
        [read_scenario("handbook")],
        book_file=str(real_data / "motor_lapse_eu.csv"),
        mapping="motor_lapse_eu",
        replications=2,
        workers=2,
    )
    assert len(found.setting.book) == 13_876
    renewed = found.replications.estimate("renewal_rate_share", 0.95).mean
    assert 0.70 <= renewed <= 0.90  # the published range of the default rate, not the file's own level


def test_parameters_of_the_edition_are_untouched():
    assert Parameters.load().changes == {}
