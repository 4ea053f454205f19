"""Comparison tests on the desk (S6.2.3): the truth is known there, so that ways of looking at a change can be tried.

The same year runs twice under the same luck, without and with a change, so that of each customer both fates are known. A
test then sees one of them for each, as in life: by lot, or before a day and after it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playbook.improvement import COMPARISONS
from simulation.study.improvement_effect import AFTER, BEFORE, CHANGED, CONTROL, Effect, effect_of_cases
from simulation.study.measures import Reading
from simulation.study.replicate import run_record
from simulation.study.scenario import Setting, read_scenario, setting

YES_NO = NDArray[np.bool_]


@dataclass(frozen=True)
class DeskTrial:
    """Both fates of each policy: renewed without and with the change, and whether it closed in the second half of the year.

    With the change everybody has it; a test in which half have it is read as if the others' work did not feel it.
    """

    title: str
    without: YES_NO
    with_change: YES_NO
    is_second_half: YES_NO

    @property
    def effect(self) -> float:
        """What the change did to the renewal rate of the second half, which is what a test there tries to find."""
        second = self.is_second_half
        return float(self.with_change[second].mean() - self.without[second].mean())

    def seen(self, reading: str, seed: int, confidence: float) -> Effect:
        """What a test sees that begins with the second half: the changed half by lot, the other half as control."""
        is_changed = np.random.default_rng(seed).permutation(len(self.without)) % 2 == 0
        fates = np.where(is_changed & self.is_second_half, self.with_change, self.without).astype(float)
        cells = {
            (group, period): (
                fates[(is_changed == (group == CHANGED)) & (self.is_second_half == (period == AFTER))],
                np.array([]),
            )
            for group in (CHANGED, CONTROL)
            for period in (BEFORE, AFTER)
        }  # fmt: skip
        nobody = (np.array([]), np.array([]))
        if reading == "before_after":
            cells[(CONTROL, BEFORE)] = cells[(CONTROL, AFTER)] = nobody
        if reading == "concurrent_control":
            cells[(CHANGED, BEFORE)] = cells[(CONTROL, BEFORE)] = nobody
        return effect_of_cases(self.title, cells, confidence)

    def held_share(self, reading: str, seed: int, times: int, confidence: float) -> float:
        """In what part of repeated lots the interval held the effect."""
        found = [self.seen(reading, seed + number, confidence) for number in range(times)]
        return sum(each.low <= self.effect <= each.high for each in found) / times


def desk_trial(base: Setting, changed: Setting, seed: int, replication: int = 0) -> DeskTrial:
    """Two runs of a year under the same luck, policy by policy."""
    readings = [Reading(run_record(each, seed, replication), each.parameters) for each in (base, changed)]
    first = readings[0]
    policies = np.intersect1d(*(reading.season.policy[reading.is_measured] for reading in readings))
    close = np.zeros(len(first.season.book))
    close[first.season.policy[first.is_measured]] = first.season.close[first.is_measured]
    fates = [reading.renewed_by_policy()[policies] for reading in readings]
    middle = (first.horizon.measured_from_minute + first.horizon.measured_to_minute) / 2
    return DeskTrial(changed.name, *fates, close[policies] >= middle)


def desk_trial_of(base: str, changed: str, changes: dict, seed: int) -> DeskTrial:
    """The trial of one scenario against another, by their names."""
    settings = [setting(read_scenario(name).with_changes(changes)) for name in (base, changed)]
    return desk_trial(*settings, seed)


def seen_by_reading(trial: DeskTrial, seed: int, confidence: float) -> dict[str, Effect]:
    """What each way of looking (Q12) sees in the same trial."""
    return {reading: trial.seen(reading, seed, confidence) for reading in COMPARISONS}
