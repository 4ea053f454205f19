"""Kinds of work and of time: the one table of what they are called, and to which family of a picture they belong.

A picture tells families apart, each by its place, its hatch and its shade; a table tells every kind.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """Kinds that a picture draws alike: its name, colour and hatch."""

    says: str
    colour: str
    hatch: str = ""


CALLING = Family("calling and talking", "#0072b2")
PAPERS = Family("quotes, papers, messages", "#56b4e9")
ASKED = Family("customers who ask", "#e69f00")
TROUBLE = Family("complaints, issues, checks", "#a63d2f")
OTHER_WORK = Family("other work", "#5b6770")
MEETING = Family("meetings and learning", "#cbbfd9", "////")
DUTIES = Family("other duties", "#dfe3e6", "....")
BREAK = Family("breaks", "#ffffff", "--")
AWAY = Family("not there", "#eceff1", "xxx")
WAITING = Family("waiting for work", "#ffffff")

WORK_FAMILIES = (CALLING, PAPERS, ASKED, TROUBLE, OTHER_WORK)
TIME_FAMILIES = (MEETING, DUTIES, BREAK, AWAY)

WORK: dict[str, tuple[str, Family]] = {
    "follow_up": ("calling and talking, with wrap-up", CALLING),
    "call_back": ("satisfaction call-backs", CALLING),
    "care": ("care for customers who hesitate", CALLING),
    "win_back": ("winning back the lapsed", CALLING),
    "proposal": ("proposals and re-quotes", PAPERS),
    "signing": ("signing", PAPERS),
    "entry": ("entering what was signed", PAPERS),
    "message": ("messages", PAPERS),
    "request": ("customers' requests to renew", ASKED),
    "enquiry": ("enquiries", ASKED),
    "complaint": ("complaints", TROUBLE),
    "sign_off": ("complaints signed off", TROUBLE),
    "routine_issue": ("routine issues", TROUBLE),
    "urgent_issue": ("urgent issues", TROUBLE),
    "major_issue": ("major issues", TROUBLE),
    "verification": ("remedies checked", TROUBLE),
    "exception": ("exceptions", TROUBLE),
    "inspection": ("inspection of work done", TROUBLE),
    "rework": ("putting slips right", TROUBLE),
    "cancellation": ("cancellations", TROUBLE),
    "pre_alert": ("warnings before a silence alert", TROUBLE),
    "alert": ("silence alerts", TROUBLE),
    "walk_in": ("work from outside the book", OTHER_WORK),
}

SPELLS: dict[str, tuple[str, Family]] = {
    "rest": ("waiting for work", WAITING),
    "work": ("at work", OTHER_WORK),
    "meeting": ("stand-ups and meetings", MEETING),
    "training": ("training", MEETING),
    "skills test": ("skills tests", MEETING),
    "coaching": ("coaching", MEETING),
    "mentoring": ("mentoring", MEETING),
    "one to one": ("one-to-one talks", MEETING),
    "review": ("personal reviews", MEETING),
    "case session": ("case sessions", MEETING),
    "break": ("breaks", BREAK),
    "absence": ("sick or absent", AWAY),
    "leave": ("on leave", AWAY),
    "vacant": ("post vacant", AWAY),
    "placement": ("placed elsewhere", AWAY),
    "off duty": ("outside own hours (not paid)", AWAY),
    "hand-over": ("handing over", DUTIES),
    "standing work": ("standing work", DUTIES),
    "other": ("time that is not acted out", DUTIES),
}


def work_words(kind: str) -> str:
    """What a kind of work is called; a kind without a word is called by its name.

    >>> work_words("enquiry"), work_words("night_shift")
    ('enquiries', 'night shift')
    """
    return WORK[kind][0] if kind in WORK else kind.replace("_", " ")


def work_family(kind: str) -> Family:
    """How a picture draws a kind of work; a kind without a word is other work."""
    return WORK[kind][1] if kind in WORK else OTHER_WORK


def spell_words(what: str) -> str:
    """What somebody's time goes into; time without a word is called by its name.

    >>> spell_words("leave"), spell_words("fire drill")
    ('on leave', 'fire drill')
    """
    return SPELLS[what][0] if what in SPELLS else what.replace("_", " ")


def spell_family(what: str) -> Family:
    """How a picture draws what somebody's time goes into; time without a word is another duty."""
    return SPELLS[what][1] if what in SPELLS else DUTIES
