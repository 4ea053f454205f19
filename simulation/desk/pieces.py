"""A piece of work: one thing for one person to do, from the moment it is wanted to the moment it is over."""

from math import inf

FOLLOW_UP, PROPOSAL, SIGNING, MESSAGE, REQUEST, ENQUIRY, COMPLAINT, ALERT, WALK_IN, AWAY = range(10)
KINDS = ("follow_up", "proposal", "signing", "message", "request", "enquiry", "complaint", "alert", "walk_in", "away")

NO_CASE = -1  # the case of work that belongs to none

OPEN, DONE, UNANSWERED, TALKED, AGREED, REFUSED, GIVEN_UP, WITHDRAWN = range(8)
RESULTS = ("open", "done", "unanswered", "talked", "agreed", "refused", "given_up", "withdrawn")

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
    of its kind for the case. what: what it makes of the time of the person who does it, a position in SPELLS.
    """

    __slots__ = (
        "begun", "born", "case", "deadline", "group", "handling", "is_waiting", "kind", "left", "ordinal", "overtime",
        "queued", "result", "what", "worked",
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
