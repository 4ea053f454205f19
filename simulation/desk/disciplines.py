"""Disciplines: which of the pieces that wait comes first, each a function of a line or two.

The smallest key is served first. A key may fall while its piece waits, by the same `gain_per_minute` for every piece of a
line, so that the order within a line never changes and only heads of lines are compared. A daily discipline sets its keys
anew at the stand-up, and they stay until the next morning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from playbook.allocation import priority, value_at_risk_per_minute
from playbook.clock import MINUTES_A_DAY
from playbook.parameters import Parameters
from playbook.structure import GROUPS
from simulation.desk.pieces import (
    ALERT,
    COMPLAINT,
    ENQUIRY,
    FOLLOW_UP,
    PROPOSAL,
    REQUEST,
    SIGNING,
    Piece,
)
from simulation.desk.season import Season
from simulation.desk.streams import Column, readable

Key = Callable[[Piece], float]

ORDERS_WITHOUT_CASE = ("first_come", "accumulating_priority")


@dataclass(frozen=True)
class Discipline:
    """An order of work by name: the key of a piece when it comes, what a minute of waiting takes off it, and whether the
    keys are set anew each morning."""

    name: str
    key: Key
    gain_per_minute: float = 0.0
    is_daily: bool = False


def first_come(piece: Piece) -> float:
    """Who came first."""
    return piece.queued


def accumulating_priority(points: float, points_per_minute: float) -> Discipline:
    """Points at the start and more with each minute of waiting; a class with a steeper rate overtakes (Kleinrock 1964)."""
    return Discipline(
        "accumulating_priority", lambda piece: points_per_minute * piece.queued - points, points_per_minute
    )


def case_disciplines(season: Season, chance_alone: Column, parameters: Parameters, clock: Any) -> dict[str, Discipline]:
    """The disciplines by name whose keys do not depend on a piece's class, over the cases of a season.

    chance_alone: what the desk can know of each case's chance to renew without service. clock: whose `stamp` is the
    calendar minute of now.
    """
    due, premium = readable(season.due), readable(season.book.premium_cny[season.policy])
    found = [
        Discipline("first_come", first_come),
        Discipline("earliest_due", lambda piece: due[piece.case]),
        Discipline("highest_value", lambda piece: -premium[piece.case]),
        Discipline("value_at_risk", _value_at_risk(premium, chance_alone, parameters)),
        Discipline("handbook_priority", _handbook_priority(season, due, parameters, clock), is_daily=True),
    ]
    return {each.name: each for each in found}


def _value_at_risk(premium: Column, chance_alone: Column, parameters: Parameters) -> Key:
    """The premium that a minute of the piece's work stands to keep, the most of it first."""
    minutes = expected_minutes(parameters)

    def key(piece: Piece) -> float:
        case = piece.case
        return -value_at_risk_per_minute(premium[case], 1 - chance_alone[case], minutes[piece.kind, piece.group])

    return key


def _handbook_priority(season: Season, due: Column, parameters: Parameters, clock: Any) -> Key:
    """The handbook's dynamic priority (S2.1.2a) by the days that are left today."""
    allocation = parameters.allocation
    tier = [allocation.tier_weight_factor[GROUPS[group]] for group in season.group.tolist()]
    line = readable(season.book.by_line("allocation.line_weight_factor", parameters)[season.policy]) if tier else []
    points = allocation.urgency_by_days_left_points

    @cache
    def key(days_left: int, tier_weight: float, line_weight: float) -> float:
        return -priority(days_left, tier_weight, line_weight, points)

    return lambda piece: key((due[piece.case] - clock.stamp) // MINUTES_A_DAY, tier[piece.case], line[piece.case])


def expected_minutes(parameters: Parameters) -> dict[tuple[int, int], float]:
    """The minutes that a piece takes on average at speed 1, by kind and group, for work that belongs to a case."""
    demand = parameters.demand
    talk = demand.talk_minutes + demand.wrap_up_minutes
    reached = demand.answer_share * talk + (1 - demand.answer_share) * demand.unanswered_minutes
    signing = demand.e_signing_share * demand.e_signing_minutes + (1 - demand.e_signing_share) * demand.signing_minutes
    by_kind = {
        FOLLOW_UP: reached, SIGNING: signing + demand.entry_error_share * demand.rework_minutes, REQUEST: talk,
        ENQUIRY: demand.enquiry_minutes, COMPLAINT: demand.complaint_minutes,
        ALERT: parameters.monitoring.alert_minutes,
    }  # fmt: skip
    found = {(kind, group): minutes for kind, minutes in by_kind.items() for group in range(len(GROUPS))}
    return found | {(PROPOSAL, number): demand.proposal_minutes[group] for number, group in enumerate(GROUPS)}
