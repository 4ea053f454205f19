"""Verdicts: appraisals of simulated years under the last-place rule, and how many of its verdicts are wrong (S3.2, S3.3.1).

A house of some teams is appraised quarter by quarter: figures with luck, ratings of superiors, colleagues and customers
with bias and noise, a calibration meeting, the standard, coaching, appeal and decision. What people are truly worth is
known here, so that a verdict can be held against it. One ability stands behind all parts of the score.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from scipy.special import ndtri

from playbook.appraisal import FULL_SCORE_POINTS, PARTS, calibrated_points, rater_shift_points, score_weights
from playbook.last_place import (
    COACHED,
    TO_DECIDE,
    TRANSFERRED,
    Standing,
    after_appeal,
    after_decision,
    misses_standard,
    next_standing,
)
from playbook.monitoring import luck_share
from playbook.parameters import Parameters
from playbook.targets import PERIOD_MONTHS
from simulation.desk.book import Floats
from simulation.desk.streams import Luck

TEAMS, HEADS = 4, 10  # of the house whose superiors meet
COLLEAGUES, CUSTOMERS = 5, 8  # raters of one person


@dataclass(frozen=True)
class Verdicts:
    """Counts over all houses. A person is fine whose true points meet the standard; a seat that falls empty is filled anew.

    people: seats appraised. fine: of those who ever sat there, who were fine. decided: verdicts carried out. wrong: of
    those, over somebody who was fine. upheld: appeals that cleared somebody. coached: coachings begun; coached_fine: with
    somebody fine. short: who were not fine; found: of those, with a verdict.
    """

    people: int
    fine: int
    decided: int
    wrong: int
    upheld: int
    coached: int
    coached_fine: int
    transferred: int
    short: int
    found: int

    @property
    def wrong_share(self) -> float | None:
        """The share of verdicts that hit somebody who is fine; None without any verdict."""
        return self.wrong / self.decided if self.decided else None

    @property
    def hit_share(self) -> float:
        """The share of those who are fine whom a verdict hits within the record."""
        return self.wrong / self.fine if self.fine else 0.0

    @property
    def found_share(self) -> float | None:
        """The share of those who are not fine whom a verdict finds; None where everybody is fine."""
        return self.found / self.short if self.short else None


def performance_noise_points(parameters: Parameters, renewal_share: float) -> float:
    """What luck alone adds or takes in the points for performance of one appraisal: the error of a rate over the policies
    of the period, as attainment, as points.

    >>> round(performance_noise_points(Parameters.load(), 0.80), 2)
    2.15
    """
    months = PERIOD_MONTHS[parameters.appraisal.appraisal_period]
    policies = parameters.staffing.policies_per_consultant_count * months / PERIOD_MONTHS["year"]
    of_attainment = luck_share(renewal_share, policies) / renewal_share
    return float(FULL_SCORE_POINTS * of_attainment / parameters.appraisal.full_attainment_share)


class House:
    """Some teams under one luck, appraised again and again."""

    def __init__(self, parameters: Parameters, noise_factor: float, luck: Luck):
        appraisal = parameters.appraisal
        self.parameters, self.appraisal, self.incentives = parameters, appraisal, parameters.incentives
        self.luck, self.noise_factor, self.newcomers = luck, noise_factor, 0
        self.weights = score_weights(
            appraisal.performance_weight_share, appraisal.attitude_weight_share, appraisal.score_rest_reading
        )
        raters = TEAMS * int(appraisal.superiors_per_team_count)
        self.superior = np.arange(TEAMS * HEADS) * raters // (TEAMS * HEADS)
        self.severity = noise_factor * appraisal.rater_bias_points * self._normal("severity", raters)
        self.true_points = np.array([self._newcomer() for _ in range(TEAMS * HEADS)])
        self.performance_noise = performance_noise_points(parameters, parameters.decision.renewal_rate_share["motor"])
        self.standing = [Standing()] * (TEAMS * HEADS)
        fine = int(self.is_fine.sum())
        self.counts = Counter(people=TEAMS * HEADS, fine=fine, short=TEAMS * HEADS - fine)
        self.given: list[list[float]] = [[] for _ in range(TEAMS * HEADS)]

    def _normal(self, purpose: str, size: int, ordinal: int = 0) -> Floats:
        return ndtri(self.luck.column(f"appraisal {purpose}", size, ordinal))

    def _newcomer(self) -> float:
        self.newcomers += 1
        drawn = float(ndtri(self.luck.single("appraisal ability", self.newcomers)))
        return self.appraisal.ability_mean_points + self.appraisal.ability_spread_points * drawn

    @property
    def is_fine(self) -> np.ndarray:
        """Whose true points meet the standard."""
        return self.true_points >= self.incentives.standard_points

    def points(self, quarter: int) -> Floats:
        """Everybody's score at one appraisal, after the calibration meeting."""
        count = len(self.true_points)
        figures = self.true_points + self.noise_factor * self.performance_noise * self._normal("luck", count, quarter)
        rated = self._rated(quarter)
        parts = dict(zip(PARTS, (figures, rated, rated), strict=True))
        return sum(self.weights[part] * np.clip(parts[part], 0, FULL_SCORE_POINTS) for part in PARTS)

    def _rated(self, quarter: int) -> Floats:
        """All-round points: the superior's own after calibration, the means of colleagues and of customers."""
        appraisal, count = self.appraisal, len(self.true_points)
        noise, bias = (self.noise_factor * each for each in (appraisal.rater_noise_points, appraisal.rater_bias_points))
        first = self.true_points + self.severity[self.superior] + noise * self._normal("superior", count, quarter)
        own = calibrated_points(first, self.superior, self._shift(quarter), appraisal.calibration_removed_share)
        of_many = float(
            np.hypot(noise, bias)
        )  # colleagues and customers change from time to time, and their severity too
        colleagues = self.true_points + of_many / np.sqrt(COLLEAGUES) * self._normal("colleagues", count, quarter)
        customers = self.true_points + of_many / np.sqrt(CUSTOMERS) * self._normal("customers", count, quarter)
        by_group = {"superior": own, "colleagues": colleagues, "customers": customers}
        return sum(weight * by_group[group] for group, weight in appraisal.rater_weight_share.items())

    def _shift(self, quarter: int) -> Floats:
        """Each superior's severity as the cases show it that all of them have scored."""
        cases, raters = int(self.appraisal.shared_cases_count), len(self.severity)
        rater = np.repeat(np.arange(raters), cases)
        noise = self.noise_factor * self.appraisal.rater_noise_points * self._normal("shared", raters * cases, quarter)
        return rater_shift_points(self.appraisal.ability_mean_points + self.severity[rater] + noise, rater)

    def appraise(self, quarter: int) -> None:
        """One appraisal of everybody with what follows from it."""
        incentives = self.incentives
        points = self.points(quarter)
        missed = np.concatenate([
            misses_standard(
                points[team * HEADS : (team + 1) * HEADS], incentives.standard_points, incentives.bottom_share,
                incentives.last_place_reading,
            )
            for team in range(TEAMS)
        ])  # fmt: skip
        chances = self.luck.column("appraisal other post", len(points), quarter)
        for seat, has_missed in enumerate(missed.tolist()):
            self.given[seat].append(float(points[seat]))
            self._follow(seat, has_missed, chances[seat] < incentives.transfer_share)

    def _follow(self, seat: int, has_missed: bool, has_other_post: bool) -> None:
        """The rule's next step for one seat."""
        incentives, before = self.incentives, self.standing[seat]
        after = next_standing(
            before, has_missed, int(incentives.consecutive_misses_count), int(incentives.coaching_appraisals_count)
        )
        if after.state == COACHED and before.state != COACHED:
            self.counts.update(coached=1, coached_fine=int(self._is_fine(seat)))
            self.true_points[seat] += incentives.coaching_gain_points
        elif after.state == TO_DECIDE:
            is_upheld = incentives.has_appeal and float(np.mean(self.given[seat])) >= incentives.standard_points
            self.counts.update(upheld=int(is_upheld))
            after = after_appeal(after, is_upheld)
            if not is_upheld:
                self._decide(seat, after_decision(after, has_other_post, is_appeal_open=False))
                after = Standing()
        self.standing[seat] = after

    def _decide(self, seat: int, decided: Standing) -> None:
        """Somebody is moved or dismissed, and somebody new sits down."""
        is_fine = self._is_fine(seat)
        is_moved = decided.state == TRANSFERRED
        self.counts.update(decided=1, wrong=int(is_fine), found=int(not is_fine), transferred=int(is_moved))
        self.true_points[seat], self.given[seat] = self._newcomer(), []
        is_fine = self._is_fine(seat)
        self.counts.update(fine=int(is_fine), short=int(not is_fine))

    def _is_fine(self, seat: int) -> bool:
        return bool(self.true_points[seat] >= self.incentives.standard_points)


def verdicts_by_appraisal(
    parameters: Parameters, appraisals_count: int, noise_factor: float = 1.0, houses_count: int = 25, seed: int = 1
) -> list[Verdicts]:
    """What the last-place rule of these parameters has done after each of so many appraisals of some houses of forty people.

    noise_factor: times luck, raters' bias and raters' noise; 0 is an appraisal without error, which hits nobody who is fine
    under an absolute standard.
    """
    houses = [House(parameters, noise_factor, Luck(seed, number)) for number in range(houses_count)]
    found = []
    for quarter in range(appraisals_count):
        for house in houses:
            house.appraise(quarter)
        counts = sum((house.counts for house in houses), start=Counter())
        found.append(Verdicts(*(counts[each.name] for each in fields(Verdicts))))
    return found


# A standard well below ordinary work, one close to it, and the last of each team, to whom an appeal on the ground of the
# standard is no help.
RULES: dict[str, dict[str, object]] = {
    "well below": {"incentives.last_place_reading": "absolute"},
    "close": {"incentives.last_place_reading": "absolute", "incentives.standard_points": 70},
    "forced rank": {"incentives.last_place_reading": "forced_rank", "incentives.has_appeal": False},
}


def verdict_table(
    parameters: Parameters,
    appraisals: Sequence[int] = (4, 8, 12),
    noise_factors: Sequence[float] = (0.5, 1.0, 2.0),
    houses_count: int = 25,
    seed: int = 1,
) -> list[dict[str, object]]:
    """Wrong verdicts by rule, noise and length of record: one row a case, the counts and shares of `Verdicts`."""
    rows: list[dict[str, object]] = []
    for rule, changes in RULES.items():
        for noise in noise_factors:
            after = verdicts_by_appraisal(parameters.changed(changes), max(appraisals), noise, houses_count, seed)
            for count in appraisals:
                found = after[count - 1]
                rows.append({
                    "rule": rule, "noise_factor": noise, "appraisals": count, "people": found.people,
                    "decided": found.decided, "wrong": found.wrong, "wrong_share": found.wrong_share,
                    "hit_share": found.hit_share, "found_share": found.found_share, "upheld": found.upheld,
                    "coached": found.coached, "coached_fine": found.coached_fine,
                })  # fmt: skip
    return rows
