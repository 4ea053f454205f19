"""Disciplines: which of the pieces that wait comes first, each a function of a line or two.

The smallest key is served first. A key may fall while its piece waits, by the same `gain_per_minute` for every piece of a
line, so that the order within a line never changes and only heads of lines are compared. A daily discipline sets its keys
anew at the stand-up, and they stay until the next morning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from playbook.allocation import is_key_task, priority, value_at_risk_per_minute
from playbook.clock import MINUTES_A_DAY
from playbook.escalation import LEVELS
from playbook.parameters import Parameters
from playbook.structure import GROUPS
from simulation.desk.pieces import (
    ALERT,
    CALL_BACK,
    CANCELLATION,
    CARE,
    COMPLAINT,
    ENQUIRY,
    ENTRY,
    EXCEPTION,
    FOLLOW_UP,
    INSPECTION,
    ISSUES,
    PRE_ALERT,
    PROPOSAL,
    REQUEST,
    REWORK,
    SIGN_OFF,
    SIGNING,
    VERIFICATION,
    WIN_BACK,
    Piece,
)
from simulation.desk.season import Season
from simulation.desk.streams import Column, readable

Key = Callable[[Piece], float]

KEY_TASKS_LEAD = 1e6  # points, more than any priority
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


def case_disciplines(
    season: Season, chance_alone: Column, risk_score: Column, parameters: Parameters, clock: Any
) -> dict[str, Discipline]:
    """The disciplines by name whose keys do not depend on a piece's class, over the cases of a season.

    chance_alone: what the desk can know of each case's chance to renew without service. risk_score: the analyst's, higher
    where a customer is the likelier to leave (S1.1.3a). clock: whose `stamp` is the calendar minute of now.
    """
    due, premium = readable(season.due), readable(season.book.premium_cny[season.policy])
    found = [
        Discipline("first_come", first_come),
        Discipline("earliest_due", lambda piece: due[piece.case]),
        Discipline("highest_value", lambda piece: -premium[piece.case]),
        Discipline("value_at_risk", _value_at_risk(premium, chance_alone, parameters)),
        Discipline("risk_score", lambda piece: -risk_score[piece.case]),
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
    points, group = allocation.urgency_by_days_left_points, season.group.tolist()
    reading, key_days = allocation.key_reading, allocation.key_days
    lead = KEY_TASKS_LEAD if allocation.has_key_tasks_first else 0

    @cache
    def key(days_left: int, is_in_group_a: bool, tier_weight: float, line_weight: float) -> float:
        ahead = lead if lead and is_key_task(is_in_group_a, days_left, reading, key_days) else 0
        return -priority(days_left, tier_weight, line_weight, points) - ahead

    def of_piece(piece: Piece) -> float:
        case = piece.case
        return key((due[case] - clock.stamp) // MINUTES_A_DAY, not group[case], tier[case], line[case])

    return of_piece


def expected_minutes(parameters: Parameters) -> dict[tuple[int, int], float]:
    """The minutes that a piece takes on average at speed 1, by kind and group, for work that belongs to a case."""
    demand, escalation = parameters.demand, parameters.escalation
    talk = demand.talk_minutes + demand.wrap_up_minutes
    reached = demand.answer_share * talk + (1 - demand.answer_share) * demand.unanswered_minutes
    signing = demand.e_signing_share * demand.e_signing_minutes + (1 - demand.e_signing_share) * demand.signing_minutes
    by_kind = {
        FOLLOW_UP: reached, SIGNING: signing, ENTRY: demand.entry_minutes, REQUEST: talk,
        ENQUIRY: demand.enquiry_minutes, CARE: demand.care_minutes, WIN_BACK: reached, COMPLAINT: demand.complaint_minutes,
        SIGN_OFF: escalation.answering_minutes, CALL_BACK: parameters.feedback.call_back_minutes,
        EXCEPTION: parameters.roles.exception_minutes, PRE_ALERT: parameters.monitoring.pre_alert_minutes,
        ALERT: parameters.monitoring.alert_minutes, VERIFICATION: escalation.verification_minutes,
        REWORK: demand.rework_minutes, CANCELLATION: demand.cancellation_minutes,
        INSPECTION: parameters.quality.inspection_minutes["leader_sample"],
    } | {kind: escalation.issue_minutes[level] for kind, level in zip(ISSUES, LEVELS, strict=True)}  # fmt: skip
    found = {(kind, group): minutes for kind, minutes in by_kind.items() for group in range(len(GROUPS))}
    return found | {(PROPOSAL, number): demand.proposal_minutes[group] for number, group in enumerate(GROUPS)}
