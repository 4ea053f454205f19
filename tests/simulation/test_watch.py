"""Control charts keep the false-alarm rate that they state, find what changed, and read the manager's own file."""

import json
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from playbook.errors import InputError
from simulation.cli import app
from simulation.study.alarm_limits import alarm_limits, weeks_until_found
from simulation.study.control_chart import RATE, SHARE, YEAR_WEEKS, Indicator, control_chart
from simulation.study.desk_weeks import watched_weeks
from simulation.study.weekly_file import read_indicators
from simulation.view.control_page import alt_text, promise, sentence

BASELINE, WATCHED, SERIES, ONE_IN = 26, 52, 300, 50.0
ALLOWANCE = NormalDist().inv_cdf(0.995)
FLAT = {"book.policies_count": 1500, "book.due_month_index": [1.0] * 12}


def indicator(values, kind="value", sizes=None) -> Indicator:
    return Indicator(
        "x", tuple(f"{week:04}" for week in range(len(values))), np.asarray(values, dtype=float), kind, sizes
    )


def alarms(make, baseline: int = BASELINE) -> tuple[int, float]:
    """Alarms in control over many series, and how many the stated rate lets expect."""
    luck = np.random.default_rng(7)
    found = [int(control_chart(make(luck, baseline + WATCHED), baseline, ONE_IN).is_alarm.sum()) for _ in range(SERIES)]
    return np.array(found), SERIES * WATCHED / ONE_IN


def values(luck, count):
    return indicator(luck.normal(50, 5, count))


def shares(spread):
    def make(luck, count):
        sizes = luck.integers(150, 400, count).astype(float)
        chance = luck.beta(0.8 * spread, 0.2 * spread, count) if spread else 0.8
        return indicator(luck.binomial(sizes.astype(int), chance), SHARE, sizes)

    return make


def rates(luck, count):
    sizes = luck.uniform(0.5, 2, count)
    return indicator(luck.poisson(30 * sizes), RATE, sizes)


def season(luck, count):
    return indicator(20 + 2 * np.sin(np.arange(count) * 2 * np.pi / YEAR_WEEKS) + luck.normal(0, 1, count))


def following(follows):
    def make(luck, count):
        found = luck.normal(0, 1, count + 50)
        for week in range(1, len(found)):
            found[week] += follows * found[week - 1]
        return indicator(found[50:])

    return make


@pytest.mark.parametrize(
    ("make", "baseline"), [(values, BASELINE), (values, 12), (season, 104)],
    ids=["values", "values after few weeks", "a yearly season"],
)  # fmt: skip
def test_the_stated_rate_of_false_alarms_is_kept(make, baseline):
    found, expected = alarms(make, baseline)
    allowance = (
        ALLOWANCE * found.std(ddof=1) * np.sqrt(SERIES)
    )  # alarms of one series come together: series are the sample
    assert abs(found.sum() - expected) < allowance
    assert allowance < 0.4 * expected


@pytest.mark.parametrize("make", [shares(0), rates], ids=["shares", "rates"])
def test_counts_that_differ_by_luck_alone_alarm_no_more_than_stated(make):
    found, expected = alarms(make)
    assert 0.4 * expected < found.sum() < expected + ALLOWANCE * found.std(ddof=1) * np.sqrt(SERIES)


def test_shares_of_unlike_sizes_that_differ_more_than_luck_alarm_at_most_half_as_often_again():
    found, expected = alarms(shares(50))
    assert 0.7 * expected < found.sum() < 1.5 * expected


def test_weeks_that_follow_each_other_alarm_at_most_twice_as_often_as_stated():
    for follows in (0.3, 0.6):
        found, expected = alarms(following(follows), 52)
        assert found.sum() < 2 * expected


def test_a_season_that_nobody_modelled_is_warned_of_and_alarms_far_too_often():
    found, expected = alarms(season)
    assert found.sum() > 4 * expected
    chart = control_chart(season(np.random.default_rng(1), 80), BASELINE, ONE_IN)
    assert any("yearly season" in each for each in chart.warnings)


def test_a_shift_of_one_spread_is_found_as_soon_as_stated_and_sooner_with_more_false_alarms():
    limits = alarm_limits(26, 1, 100.0)
    stated, luck, found = weeks_until_found(limits, 26, 1.0), np.random.default_rng(11), []
    for _ in range(400):
        shifted = luck.normal(0, 1, 26 + 160)
        shifted[26:] += 1
        at = np.flatnonzero(control_chart(indicator(shifted), 26, 100.0).is_alarm)
        found.append(at[0] - 25 if len(at) else np.inf)
    assert 0.4 < np.mean(np.array(found) <= stated) < 0.62
    assert 8 <= stated <= 14
    assert weeks_until_found(limits, 26, 2.0) <= 5 < stated
    assert (
        weeks_until_found(alarm_limits(26, 1, 20.0), 26, 1.0)
        < stated
        < weeks_until_found(alarm_limits(26, 1, 400.0), 26, 1.0)
    )


def test_limits_are_wider_the_fewer_weeks_they_were_learnt_from():
    distances = [alarm_limits(weeks, 1, 100.0).distance for weeks in (12, 26, 104)]
    assert distances == sorted(distances, reverse=True)
    assert all(alarm_limits(weeks, 1, 100.0).run_part <= 0.5 for weeks in (12, 26, 104))


@pytest.mark.parametrize(("baseline", "weeks", "is_enough"), [(12, 13, True), (12, 12, False), (11, 40, False)])
def test_a_chart_needs_twelve_usual_weeks_and_one_after(baseline, weeks, is_enough):
    given = indicator(np.random.default_rng(1).normal(0, 1, weeks))
    if is_enough:
        assert len(control_chart(given, baseline, 100.0).expected) == weeks
    else:
        with pytest.raises(InputError, match="at least 12"):
            control_chart(given, baseline, 100.0)


def test_weeks_all_alike_tell_no_spread():
    with pytest.raises(InputError, match="all alike"):
        control_chart(indicator([3.0] * 40), 20, 100.0)


def test_a_wave_of_complaints_at_the_desk_alarms_and_a_calm_year_does_not():
    names = ["Complaints a week"]
    (calm,), (shock,) = (
        watched_weeks(scenario, FLAT, 2, 13, 100.0, names) for scenario in ("handbook", "shock_complaint_surge")
    )
    assert not calm.is_alarm.any()
    weeks = [week for week, alarm in zip(shock.indicator.weeks, shock.is_alarm, strict=True) if alarm]
    assert set(weeks) <= {"2026-W15", "2026-W16", "2026-W17"} and weeks
    assert "as usual" in sentence(calm) and "alarm" in sentence(shock)


def own_file(folder, ending="csv"):
    luck = np.random.default_rng(3)
    weeks = [f"{day:%G-W%V}" for day in pd.date_range("2025-01-06", periods=40, freq="7D")]
    hours = np.round(luck.normal(1.4, 0.1, 40), 2)
    hours[35] = 3.0
    frame = pd.DataFrame({"week": weeks, "续保": luck.binomial(300, 0.8, 40), "续保 of": 300, "Reply hours": hours})
    path = folder / f"own.{ending}"
    frame.to_excel(path, index=False) if ending == "xlsx" else frame.to_csv(path, index=False, encoding="gb18030")
    return path


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_renewal_watch_writes_a_page_that_names_the_alarms(tmp_path, ending):
    told = CliRunner().invoke(app, ["watch", str(own_file(tmp_path, ending)), "--to", str(tmp_path / "out"), "--json"])
    assert told.exit_code == 0, told.output
    found = json.loads(told.output)
    assert found["charts"]["Reply hours"]["alarms"] == ["2025-W37"]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert page.count("<img alt=") == 2 and "续保" in page and "http" not in page
    assert len(pd.read_csv(tmp_path / "out" / "weeks.csv")) == 80


def test_long_and_wide_files_are_the_same_charts(tmp_path):
    wide = read_indicators(own_file(tmp_path))
    rows = [{"week": week, "indicator": each.name, "value": value, "of": 300 if each.kind == SHARE else ""}
            for each in wide for week, value in zip(each.weeks, each.values, strict=True)]  # fmt: skip
    pd.DataFrame(rows).to_csv(tmp_path / "long.csv", index=False)
    for one, other in zip(wide, read_indicators(tmp_path / "long.csv"), strict=True):
        assert (one.name, one.weeks, one.kind) == (other.name, other.weeks, other.kind)
        assert np.array_equal(one.figures, other.figures)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("woche,a\n2026-W01,1\n", "there is no column 'week'"),
        ("week,a\n2026-W61,1\n", "row 2, column 'week': '2026-W61' is neither"),
        ("week,a\n2026-W01,x\n", "row 2, column 'a': 'x' is not a number"),
        ("week,a\n2026-W01,1\n2026-01-01,2\n", "row 3: a has the week 2026-W01 a second time"),
        ("week,a,a of\n2026-W01,5,4\n", "row 2, column 'a of': '4' is fewer than"),
        ("week,a,b of\n2026-W01,5,4\n", "the column 'b of' has no 'b' beside it"),
        ("week\n2026-W01\n", "there is no column with a figure"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named(tmp_path, text, says):
    path = tmp_path / "own.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=says):
        read_indicators(path)


def test_percentages_and_days_are_read_as_what_they_are(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("week,rate\n2026-01-07,82%\n2026/01/01,0.8\n")
    (found,) = read_indicators(path)
    assert found.weeks == ("2026-W01", "2026-W02") and found.values.tolist() == [0.8, 0.82]


def test_a_picture_has_its_words_and_several_charts_their_joint_rate():
    charts = [control_chart(values(np.random.default_rng(seed), 60), 26, 100.0) for seed in (1, 2)]
    assert "60 weeks" in alt_text(charts[0])
    assert "2 charts together one in 50 weeks" in promise(charts)
