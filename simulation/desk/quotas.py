"""Quotas: each consultant's part of the team's target, before the year begins (S3.1.3)."""

from collections.abc import Sequence

import numpy as np

from playbook.clock import MINUTES_A_DAY
from playbook.parameters import Parameters
from playbook.structure import GROUPS
from playbook.targets import PERIOD_MONTHS, personal_targets_cny
from simulation.desk.book import Floats, Whole
from simulation.desk.season import Horizon, Season
from simulation.desk.team import Seat


def period_of(stamps: Floats, days: Horizon, period: str) -> Whole:
    """The pay period of calendar minutes, from 0 in the measured days on; -1 before and after them and for nan."""
    is_in = (stamps >= days.measured_from_minute) & (stamps < days.measured_to_minute)
    minutes = np.where(is_in, stamps, days.measured_from_minute)
    first = np.datetime64(days.calendar.first_day)
    months = (first + (minutes // MINUTES_A_DAY).astype(int)).astype("datetime64[M]").astype(int)
    begin = int((first + days.first_measured_day).astype("datetime64[M]").astype(int))
    return np.where(is_in, (months - begin) // PERIOD_MONTHS[period], -1)


def periods_count(days: Horizon, period: str) -> int:
    """How many pay periods the measured days touch; a last one may be cut short."""
    return int(period_of(np.array([days.measured_to_minute - 1]), days, period)[0]) + 1


def period_ends(days: Horizon, period: str) -> list[float]:
    """The calendar minute at which each pay period of the measured days ends; the last one with the measured days."""
    first = np.datetime64(days.calendar.first_day)
    begin = (first + days.first_measured_day).astype("datetime64[M]")
    months = begin + PERIOD_MONTHS[period] * np.arange(1, periods_count(days, period) + 1)
    ends = (months.astype("datetime64[D]") - first).astype(float) * MINUTES_A_DAY
    return np.minimum(ends, days.measured_to_minute).tolist()


def due_by_period(season: Season, days: Horizon, parameters: Parameters) -> Floats:
    """The premium that can be booked in each pay period, [group, period]: a policy counts in the one in which its
    customer usually decides."""
    period = parameters.incentives.pay_period
    usual = season.due - parameters.decision.decision_peak_days * MINUTES_A_DAY
    when = period_of(usual, days, period)
    premium = season.book.premium_cny[season.policy]
    found = np.zeros((len(GROUPS), periods_count(days, period)))
    is_in = when >= 0
    np.add.at(found, (season.group[is_in], when[is_in]), premium[is_in])
    return found


def quotas_cny(seats: Sequence[Seat], season: Season, days: Horizon, parameters: Parameters) -> Floats:
    """Each consultant's target, [person, group, period], split as `targets.target_split` says; the parts sum to the whole.

    A group's premium falls due to whoever serves it, by the part of the week for which each is paid. In a pool what
    somebody renewed last year followed from their speed, so that history is the usual share times speed over the mean speed
    of their colleagues.
    """
    team = parameters.incentives.target_renewal_share * due_by_period(season, days, parameters)
    speed = np.array([parameters.people.speed_factor[seat.grade] for seat in seats])
    paid = np.array([seat.paid_share for seat in seats])
    usual = np.full(len(seats), parameters.incentives.target_renewal_share)
    found = np.zeros((len(seats), *team.shape))
    for number, group in enumerate(GROUPS):
        serves = np.array([seat.only_group in (None, group) for seat in seats], dtype=bool)
        serves = serves if (paid * serves).any() else ~serves
        if len(seats):
            mean = speed[serves].mean()
            parts = personal_targets_cny(
                1.0, paid * serves, usual * speed / mean, usual, parameters.targets.history_weight_share,
                parameters.targets.target_split,
            ) * serves  # fmt: skip
            found[:, number] = parts[:, None] / parts.sum() * team[number]
    return found
