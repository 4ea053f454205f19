"""Notes: what must be said with a figure, because without it the figure would mislead."""

from collections.abc import Iterable

from playbook.parameters import Parameters
from simulation.desk.by_role import with_duties
from simulation.desk.team import Seat, Structure, unserved

NO_SLACK = 0.99


def overload(occupancy_share: float, peak_share: float) -> str | None:
    """What to say where people have no time left in the busiest month; None where they have.

    >>> overload(0.84, 0.92) is None
    True
    >>> "84 % at work" in overload(0.84, 1.0)
    True
    """
    if not peak_share >= NO_SLACK:
        return None
    return (
        f"In the busiest month the consultants have no slack at all ({100 * occupancy_share:.0f} % at work over the "
        "year): work piles up then, and waits speak of the pile more than of the order of work."
    )


def nobody_there(structure: Structure, seats: Iterable[Seat], parameters: Parameters) -> str | None:
    """What to say where some work has nobody to do it; None where all has."""
    left_over = unserved(with_duties(structure, parameters), list(seats))
    if not left_over:
        return None
    return f"Nobody in this team does: {', '.join(left_over)}. Such work waits until it is given up or too late."
