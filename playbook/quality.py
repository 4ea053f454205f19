"""Three levels of inspection (S6.3.1): who finds a slip, how many conversations must be heard, and what that takes.

The source names the three levels and is cut off there. All of this design is ours.
"""

import math
from collections.abc import Mapping, Sequence

from playbook.errors import InputError
from playbook.rules import rule

LEVELS = ("self_check", "leader_sample", "risk_audit")


@rule("S6.3.1")
def first_finding(
    uniforms: Sequence[float],
    done_day: float,
    inspected_share: Mapping[str, float],
    recognised_share: Mapping[str, float],
    found_after_days: Mapping[str, float],
) -> tuple[str, float] | None:
    """The level that finds a slip and the day on which it does; None where none of them finds it.

    One uniform number a level: a level finds the slip where its number is below the share that it inspects times the
    share of slips that it recognises. The levels look at different times, and the earliest finding counts.

    >>> inspected = {"self_check": 1.0, "leader_sample": 0.02, "risk_audit": 0.002}
    >>> recognised = {"self_check": 0.3, "leader_sample": 0.5, "risk_audit": 0.9}
    >>> after = {"self_check": 0, "leader_sample": 7, "risk_audit": 90}
    >>> [first_finding((own, 0.5, 0.5), 100, inspected, recognised, after) for own in (0.29, 0.3)]
    [('self_check', 100), None]
    >>> [first_finding((0.9, leaders, 0.001), 100, inspected, recognised, after) for leaders in (0.009, 0.01)]
    [('leader_sample', 107), ('risk_audit', 190)]
    """
    found = [
        (done_day + found_after_days[level], level)
        for level, uniform in zip(LEVELS, uniforms, strict=True)
        if uniform < inspected_share[level] * recognised_share[level]
    ]
    if not found:
        return None
    day, level = min(found, key=lambda each: each[0])
    return level, day


@rule("S6.3.1")
def found_share(inspected_share: Mapping[str, float], recognised_share: Mapping[str, float]) -> dict[str, float]:
    """The share of slips that each level is the first to find, in the order of the levels, and the share never found.

    >>> inspected = {"self_check": 1.0, "leader_sample": 0.5, "risk_audit": 0.0}
    >>> recognised = {"self_check": 0.5, "leader_sample": 0.8, "risk_audit": 0.9}
    >>> found_share(inspected, recognised)
    {'self_check': 0.5, 'leader_sample': 0.2, 'risk_audit': 0.0, 'never': 0.3}
    """
    found, left = {}, 1.0
    for level in LEVELS:
        found[level] = left * inspected_share[level] * recognised_share[level]
        left -= found[level]
    return found | {"never": left}


@rule("S6.3.1")
def violations_until_found(sampled_share: float, recognised_share: float) -> float:
    """How often a habit is repeated, on average, until it is found for the first time; infinite where nobody looks.

    >>> violations_until_found(0.02, 0.5), violations_until_found(1, 1), violations_until_found(0, 0.5)
    (100.0, 1.0, inf)
    """
    chance = sampled_share * recognised_share
    return 1 / chance if chance else math.inf


@rule("S6.3.1")
def conversations_to_hear(
    violation_share: float,
    detection_confidence_share: float,
    recognised_share: float,
    conversations_count: int | None = None,
) -> int | None:
    """Conversations to hear at random, so that at least one violation is found with that confidence, if there are any.

    `violation_share` is the share of conversations with a violation that would matter. Without `conversations_count`
    there are very many of them; with it the formula of MacDiarmid, New Zealand Veterinary Journal 36 (1988) 39-42, for
    a finite number. None where even all of them would not do. The examples are those of RSurveillance, n.freedom.

    >>> [conversations_to_hear(share, 0.95, 1) for share in (0.01, 0.05)]
    [299, 59]
    >>> [conversations_to_hear(0.01, 0.95, recognised, 500) for recognised in (0.5, 0.8, 1)]
    [451, 282, 226]
    >>> conversations_to_hear(0.01, 0.95, 0.9, 100) is None
    True
    """
    if not (0 < violation_share <= 1 and 0 < recognised_share <= 1 and 0 <= detection_confidence_share < 1):
        raise InputError(
            f"violation_share {violation_share}, recognised_share {recognised_share} and detection_confidence_share "
            f"{detection_confidence_share}: the first two must lie above 0 and up to 1, the third from 0 to below 1"
        )
    missed = 1 - detection_confidence_share
    if conversations_count is None:
        found = violation_share * recognised_share
        return 1 if found == 1 else max(1, math.ceil(math.log(missed) / math.log(1 - found)))
    violations = math.ceil(violation_share * conversations_count)
    needed = math.ceil(conversations_count / recognised_share * (1 - missed ** (1 / violations)))
    return needed if needed <= conversations_count else None


@rule("S6.3.1")
def largest_unseen_share(heard_count: int, detection_confidence_share: float, recognised_share: float) -> float:
    """The largest share of violations that a sample without a finding leaves possible, at that confidence.

    Where everything heard is recognised this is close to three by the number heard, the rule of three (Hanley and
    Lippman-Hand 1983).

    >>> round(largest_unseen_share(300, 0.95, 1), 4), round(largest_unseen_share(300, 0.95, 0.5), 4)
    (0.0099, 0.0199)
    >>> largest_unseen_share(0, 0.95, 1)
    1.0
    """
    if heard_count == 0:
        return 1.0
    return min(1.0, (1 - (1 - detection_confidence_share) ** (1 / heard_count)) / recognised_share)


@rule("S6.3.1")
def sampled_share_of_person(leader_sample_share: float, is_watched: bool, tightened_factor: float) -> float:
    """The share of a person's recordings that is sampled: more for who is new or had a finding, never more than all.

    >>> [sampled_share_of_person(0.02, watched, 3) for watched in (False, True)], sampled_share_of_person(0.5, True, 3)
    ([0.02, 0.06], 1)
    """
    return min(1, leader_sample_share * tightened_factor) if is_watched else leader_sample_share


@rule("S6.3.1")
def inspection_hours(
    conversations_count: float, inspected_share: Mapping[str, float], inspection_minutes: Mapping[str, float]
) -> dict[str, float]:
    """Hours that each level takes for so many conversations.

    >>> shares = {"self_check": 1.0, "leader_sample": 0.02, "risk_audit": 0.002}
    >>> inspection_hours(30_000, shares, {"self_check": 0.5, "leader_sample": 10, "risk_audit": 20})
    {'self_check': 250.0, 'leader_sample': 100.0, 'risk_audit': 20.0}
    """
    return {
        level: round(conversations_count * inspected_share[level] * inspection_minutes[level] / 60, 2)
        for level in LEVELS
    }
