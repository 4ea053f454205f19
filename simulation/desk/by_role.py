"""By role: who does the work that a team's file does not name, as the rules of the handbook give it to roles.

A team's file says who talks with customers; complaints, call-backs, issues and the like go to a role by rule, until the file
names them.
"""

from playbook.escalation import LEVELS, SEVERITIES, complaint_handling, issue_solver
from playbook.parameters import Parameters
from simulation.desk.pieces import (
    ALERT,
    CALL_BACK,
    CANCELLATION,
    CARE,
    COMPLAINT,
    ENTRY,
    EXCEPTION,
    FOLLOW_UP,
    INSPECTION,
    ISSUES,
    KINDS,
    PRE_ALERT,
    REWORK,
    SIGN_OFF,
    VERIFICATION,
    WIN_BACK,
)
from simulation.desk.team import Row, Structure, kind_group_line

ROLE_OF_SOLVER = {"peer": "consultant", "coordinator": "coordinator", "leader": "leader", "other_department": "leader"}
AFTERWARDS = (WIN_BACK,)  # of a consultant's duties; the others are short or promised, and come before follow-ups


def role_of(kind: int, parameters: Parameters) -> str | None:
    """Whose duty a kind of work is by rule; None for what a team's file must name itself."""
    escalation, feedback = parameters.escalation, parameters.feedback
    if kind in ISSUES:
        level = LEVELS[ISSUES.index(kind)]
        solver = issue_solver(level, escalation.routine_solver, escalation.urgent_solver, escalation.major_solver)
        return ROLE_OF_SOLVER[solver]
    if kind in (COMPLAINT, SIGN_OFF):
        graver = complaint_handling(SEVERITIES[1], escalation.complaint_reading, feedback.dispute_partner)
        return graver.handles if kind == COMPLAINT else graver.answers
    return {
        ENTRY: "consultant", REWORK: "consultant", CARE: "consultant", WIN_BACK: "consultant",
        CALL_BACK: feedback.call_back_role, EXCEPTION: "coordinator", PRE_ALERT: "coordinator",
        CANCELLATION: "coordinator", VERIFICATION: "coordinator", ALERT: "leader", INSPECTION: "leader",
    }.get(kind)  # fmt: skip


def with_duties(structure: Structure, parameters: Parameters) -> Structure:
    """The structure whose posts also serve the duties of their role that the file does not name.

    A consultants' post has them for the groups whose follow-ups it takes at any time.
    """
    named = {kind_group_line(word)[0] for rows in structure.serves.values() for row in rows for word in row.work}
    owed: dict[str, list[int]] = {}
    for kind in range(len(KINDS)):
        role = None if kind in named else role_of(kind, parameters)
        if role is not None:
            owed.setdefault(role, []).append(kind)
    serves = {
        post: _completed(structure.serves.get(post, []), owed.get(about.role, []), about.role)
        for post, about in structure.posts.items()
    }
    return structure.model_copy(update={"serves": serves})


def _completed(rows: list[Row], owed: list[int], role: str) -> list[Row]:
    if role != "consultant":
        return [*rows, *(Row(work=[KINDS[kind]]) for kind in owed)]
    place, suffixes = _place_of_follow_ups(rows)
    if not suffixes:
        return rows
    first = [Row(work=[KINDS[kind] + suffix for suffix in suffixes]) for kind in owed if kind not in AFTERWARDS]
    last = [Row(work=[KINDS[kind] + suffix for suffix in suffixes]) for kind in owed if kind in AFTERWARDS]
    return [*rows[:place], *first, *rows[place:], *last]


def _place_of_follow_ups(rows: list[Row]) -> tuple[int, list[str]]:
    """The position of the first row with follow-ups that is served at any time, and what such rows say of their groups."""
    name, found, place = KINDS[FOLLOW_UP], [], len(rows)
    for position, row in enumerate(rows):
        own = [word.removeprefix(name) for word in row.work if word.partition(".")[0] == name]
        if own and not row.when_waiting_over:
            place = min(place, position)
            found += own
    return place, found
