"""Verdicts over simulated years: none is wrong without error, luck and rank make them, and longer records more of them."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.special import ndtr

from playbook.appraisal import rated_points
from playbook.last_place import DISMISSED, TRANSFERRED, run_share
from playbook.parameters import Parameters
from simulation.desk.streams import Luck
from simulation.study.verdicts import (
    HEADS,
    RULES,
    TEAMS,
    House,
    performance_noise_points,
    verdict_table,
    verdicts_by_appraisal,
)

EDITION = Parameters.load()
CLOSE = EDITION.changed(RULES["close"])
EQUALS = {"appraisal.ability_spread_points": 0, "appraisal.rater_bias_points": 0, "appraisal.rater_noise_points": 0}


def test_an_appraisal_without_error_hits_nobody_who_is_fine_under_an_absolute_standard():
    for found in verdicts_by_appraisal(CLOSE, 12, noise_factor=0, houses_count=10):
        assert found.wrong == found.coached_fine == 0
    assert found.decided > 0 and found.upheld == 0


def test_forced_rank_decides_even_where_all_are_fine_and_nothing_errs():
    ranked = EDITION.changed(RULES["forced rank"] | {"incentives.standard_points": 0})
    found = verdicts_by_appraisal(ranked, 8, noise_factor=0, houses_count=5)[-1]
    assert found.short == 0 and found.decided == found.wrong > 0 and found.wrong_share == 1


def test_records_of_more_appraisals_begin_with_those_of_fewer():
    short, long = (verdicts_by_appraisal(CLOSE, count, houses_count=3) for count in (4, 8))
    assert long[:4] == short
    assert all(later.wrong >= sooner.wrong and later.decided >= sooner.decided for sooner, later in pairwise(long))


def test_the_same_seed_gives_the_same_verdicts_and_another_others():
    first, same, other = (verdicts_by_appraisal(CLOSE, 6, houses_count=3, seed=seed)[-1] for seed in (1, 1, 2))
    assert first == same != other


def test_more_error_makes_more_of_the_verdicts_wrong():
    shares = [verdicts_by_appraisal(CLOSE, 12, noise, houses_count=25)[-1].wrong_share for noise in (0.5, 1.0, 2.0)]
    assert shares == sorted(shares) and shares[-1] > 1.5 * shares[0]


def test_coaching_begins_as_often_as_runs_of_luck_say():
    """Equals whose figures alone err: the chance of a coaching within a year is that of so many misses in a row."""
    changes = EQUALS | {"incentives.standard_points": 74, "incentives.coaching_gain_points": 0}
    parameters = EDITION.changed(changes | {"incentives.coaching_appraisals_count": 4})
    found = verdicts_by_appraisal(parameters, 4, houses_count=60)[-1]
    noise = parameters.appraisal.performance_weight_share * performance_noise_points(parameters, 0.80)
    wanted = run_share(float(ndtr((74 - 75) / noise)), 4, 2)
    count, people = found.coached, found.people
    error = np.sqrt(wanted * (1 - wanted) / people)
    assert abs(count / people - wanted) < 3.5 * error and error < 0.01


def test_an_appeal_on_the_standard_takes_the_rank_out_of_forced_rank():
    ranked = EDITION.changed(RULES["forced rank"])
    heard = ranked.changed({"incentives.has_appeal": True})
    without, upheld = (verdicts_by_appraisal(each, 8, houses_count=10)[-1] for each in (ranked, heard))
    assert without.upheld == 0 and upheld.upheld > 0 and upheld.wrong < without.wrong / 4


@pytest.mark.parametrize(("share", "state"), [(0.0, DISMISSED), (1.0, TRANSFERRED)])
def test_whoever_falls_is_moved_where_there_is_a_post_and_dismissed_where_there_is_none(share, state):
    found = verdicts_by_appraisal(CLOSE.changed({"incentives.transfer_share": share}), 8, houses_count=5)[-1]
    assert found.decided > 0 and found.transferred == (found.decided if state == TRANSFERRED else 0)


def test_the_meeting_takes_severity_out_and_without_it_the_strict_superiors_people_stand_behind():
    gaps = []
    for removed in (0.0, 1.0):
        changes = EQUALS | {"appraisal.rater_bias_points": 10, "appraisal.calibration_removed_share": removed}
        house = House(EDITION.changed(changes), 1.0, Luck(1, 0))
        rated = house._rated(0)
        means = np.array([rated[house.superior == number].mean() for number in range(len(house.severity))])
        gaps.append(np.corrcoef(means, house.severity)[0, 1])
    assert gaps[0] > 0.8 > gaps[1]


def test_ratings_without_error_are_the_handbooks_weighted_mean():
    house = House(EDITION.changed(EQUALS), 1.0, Luck(1, 0))
    appraisal, worth = EDITION.appraisal, house.true_points[0]
    given = {"superior": [worth], "colleagues": [worth] * 5, "customers": [worth] * 8}
    assert house._rated(0) == pytest.approx(
        [rated_points(given, appraisal.rater_weight_share, appraisal.rater_least_count)] * TEAMS * HEADS
    )


def test_the_table_has_a_row_for_each_rule_noise_and_length():
    table = verdict_table(EDITION, (2, 4), (0.5, 1.0), houses_count=2)
    assert len(table) == len(RULES) * 2 * 2
    assert all(row["wrong"] <= row["decided"] and 0 <= row["hit_share"] <= 1 for row in table)
