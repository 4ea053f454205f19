"""Words of a drill: what counts, what a lever costs, how a measure is seen; the same on pages, on paper and in the debrief."""

import math
from collections.abc import Mapping
from typing import Any

from simulation.drill.boards import BOARD
from simulation.drill.drill_file import Drill, Option
from simulation.view import words


def told(name: str, value: float | None) -> str:
    """A board's measure in words; a dash where nothing has come in.

    >>> told("signed_count", 12.0), told("late_enquiry_share", 0.123), told("signed_count", None)
    ('12', '12.3 %', '–')
    """
    if value is None or math.isnan(value):
        return "–"
    unit = BOARD[name].unit
    return f"{value:,.0f}" if unit == "count" else words.number(value, unit)


def worths(drill: Drill) -> list[tuple[str, str]]:
    """What counts, and what it is worth, in words."""
    return [(BOARD[name].says, worth(BOARD[name].unit, weight)) for name, weight in drill.weights.items()]


def worth(unit: str, weight: float) -> str:
    """What a measure is worth.

    >>> worth("share", -100), worth("cny", 0.001), worth("count", -0.5)
    ('-1 points for each percentage point', '+1 points for each CNY 1,000', '-0.5 points for each one')
    """
    if unit == "share":
        return f"{weight / 100:+g} points for each percentage point"
    if unit == "cny":
        return f"{weight * 1000:+g} points for each CNY 1,000"
    return f"{weight:+g} points for each one"


def how_seen(delay_turns: int, noise_share: float) -> str:
    """How late and how exact a measure is seen.

    >>> how_seen(1, 0.05), how_seen(0, 0)
    ('1 turn late, give or take 5 %', '')
    """
    late = f"{delay_turns} turn{'s' if delay_turns > 1 else ''} late" if delay_turns else ""
    rough = f"give or take {100 * noise_share:.0f} %" if noise_share else ""
    return ", ".join(each for each in (late, rough) if each)


def cost(option: Option | Mapping[str, Any]) -> str:
    """What an option costs and when it works, in words.

    >>> cost(Option(title="x", cost_once_points=2, lead_days=7)), cost(Option(title="x"))
    ('costs 2 points once, works after 7 days', '')
    """
    about = option if isinstance(option, Mapping) else vars(option)
    once, each, days = (about[name] for name in ("cost_once_points", "cost_a_turn_points", "lead_days"))
    costs = " and ".join(f"{points:g} points {when}" for points, when in ((once, "once"), (each, "a turn")) if points)
    return ", ".join(
        part for part in (f"costs {costs}" if costs else "", f"works after {days} days" if days else "") if part
    )
