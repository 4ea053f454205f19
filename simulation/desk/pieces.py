"""A piece of work: one thing for one person to do, from the moment it is wanted to the moment it is over."""

from math import inf

(
    FOLLOW_UP, PROPOSAL, SIGNING, ENTRY, MESSAGE, REQUEST, ENQUIRY, CARE, WIN_BACK, COMPLAINT, SIGN_OFF, CALL_BACK, EXCEPTION,
    PRE_ALERT, ALERT, ROUTINE_ISSUE, URGENT_ISSUE, MAJOR_ISSUE, VERIFICATION, REWORK, CANCELLATION, INSPECTION, WALK_IN, AWAY,
) = range(24)  # fmt: skip
KINDS = (
    "follow_up", "proposal", "signing", "entry", "message", "request", "enquiry", "care", "win_back", "complaint", "sign_off",
    "call_back", "exception", "pre_alert", "alert", "routine_issue", "urgent_issue", "major_issue", "verification", "rework",
    "cancellation", "inspection", "walk_in", "away",
)  # fmt: skip
ISSUES = (ROUTINE_ISSUE, URGENT_ISSUE, MAJOR_ISSUE)  # in the order of playbook.escalation.LEVELS

NO_CASE = -1  # the case of work that belongs to none
NOBODY = -1

OPEN, DONE, UNANSWERED, TALKED, AGREED, REFUSED, GIVEN_UP, WITHDRAWN, PASSED_ON, REJECTED, SATISFIED, DISSATISFIED = (
    range(12)
)
RESULTS = (
    "open", "done", "unanswered", "talked", "agreed", "refused", "given_up", "withdrawn", "passed_on", "rejected", "satisfied",
    "dissatisfied",
)  # fmt: skip

WITHOUT_CASE = (MESSAGE, WALK_IN)  # kinds that belong to no policy

# What fills a seat's time: resting for want of work, working, or away for one of the others. The last two are not paid.
(
    REST, WORK, MEETING, BREAK, ABSENCE, LEAVE, STANDING, OTHER, TRAINING, COACHING, TEST, TALK, REVIEW, MENTORING, CASES,
    HAND_OVER, PLACEMENT, OFF_DUTY, VACANT,
) = range(19)  # fmt: skip
SPELLS = (
    "rest", "work", "meeting", "break", "absence", "leave", "standing work", "other", "training", "coaching",
    "skills test", "one to one", "review", "mentoring", "case session", "hand-over", "placement", "off duty", "vacant",
)  # fmt: skip
UNPAID = (OFF_DUTY, VACANT)


class Piece:
    """One thing to do. Minutes are working minutes, stamps calendar minutes.

    kind: position in KINDS; group: 0 for A, 1 for B, or the number of the walk-in source; case: row of the season, -1
    for none. born, deadline: stamps. queued, begun: minutes. handling: minutes at speed 1 where drawn beforehand.
    left: minutes still to do once begun; worked: minutes in all. overtime: those of them after closing. ordinal: which
    of its kind for the case. what: what it makes of the time of the person who does it, a position in SPELLS. barred: the
    number of a person who may not take it, only: of the one who may, -1 for none. concerns: what else its work must know.
    """

    __slots__ = (
        "barred", "begun", "born", "case", "concerns", "deadline", "group", "handling", "is_waiting", "kind", "left", "only",
        "ordinal", "overtime", "queued", "result", "what", "worked",
    )  # fmt: skip

    def __init__(self, kind: int, group: int, case: int, born: float, queued: float, deadline: float = inf):
        self.kind, self.group, self.case = kind, group, case
        self.born, self.queued, self.deadline = born, queued, deadline
        self.is_waiting = False
        self.result = OPEN
        self.begun = -1.0
        self.left = self.worked = self.overtime = self.handling = 0.0
        self.ordinal = 0
        self.what = WORK
        self.barred = self.only = NOBODY
        self.concerns: object = None
