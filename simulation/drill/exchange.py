"""Exchange: a session as one text file, the same on every machine, that is played on or scored elsewhere.

The first line names the form and its edition; then one line of canonical JSON an event, what was undone left out; the last
line holds the SHA-256 of all before it. The drill's own file travels in the opening, so nothing else is needed. Which
numbers and which edition of the desk it was played with is written there too, and told where they differ.
"""

import hashlib
import json
from typing import Any

from playbook.errors import InputError
from simulation.drill.check import drill_from_text
from simulation.drill.events import Event, as_json, event
from simulation.drill.session import Session, begin
from simulation.drill.state import State
from simulation.drill.store import Store
from simulation.study.provenance import edition

HEAD = "renewal drill session, edition 1"
SUM = "sha256 "
LONGEST_FILE = 20_000_000
KEYS = {"kind", "team", "body"}


def exported(session: Session) -> str:
    """The session as text; the same session gives the same text everywhere."""
    session.refresh()
    lines = [
        HEAD,
        *(as_json({"kind": each.kind, "team": each.team, "body": each.body}) for each in session.state.taken),
    ]
    text = "\n".join(lines) + "\n"
    return f"{text}{SUM}{_sum(text)}\n"


def imported(store: Store, text: str, name: str) -> tuple[Session, list[str]]:
    """A session of that name made from such a text, and what is to be known of it in words.

    InputError names the line where the text is not whole or holds what could not have been played; then nothing is kept.
    """
    events = [_event(line, number) for number, line in enumerate(_lines(text), start=2)]
    opened = _try(events).opened
    drill_from_text(opened["text"], opened["drill"])
    session = begin(store, name, events)
    made_with = session.state.opened["edition"]
    notes = session.check_boards()
    if made_with != edition():
        notes = [f"played with {made_with}, replayed with {edition()}: boards and scores may differ", *notes]
    return session, notes


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _lines(text: str) -> list[str]:
    """The lines of the events; InputError where the text is not one of ours or not whole."""
    if len(text) > LONGEST_FILE:
        raise InputError(f"longer than {LONGEST_FILE:,} letters: no session is")
    text = text.replace("\r\n", "\n")
    if not text.startswith(HEAD + "\n"):
        raise InputError(f"line 1: expected {HEAD!r}, found {text.split(chr(10), 1)[0]!r:.80}")
    body, mark, told = text.rstrip("\n").rpartition(f"\n{SUM}")
    if not mark:
        raise InputError("the last line with the check sum is missing: the file was cut off")
    body += "\n"
    if told.strip() != _sum(body):
        raise InputError("the check sum does not fit: the file was changed or damaged on the way")
    return body.split("\n")[1:-1]


def _event(line: str, number: int) -> Event:
    try:
        content: Any = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError(f"line {number}: not readable: {line!r:.80}") from None
    if not isinstance(content, dict) or set(content) != KEYS or not isinstance(content["body"], dict):
        raise InputError(f"line {number}: an event has kind, team and body, found {line!r:.80}")
    if not isinstance(content["kind"], str) or not isinstance(content["team"], str):
        raise InputError(f"line {number}: kind and team are words")
    if content["kind"] == "undone":
        raise InputError(f"line {number}: what was undone does not travel")
    try:
        return event(content["kind"], content["team"], **content["body"])
    except InputError as error:
        raise InputError(f"line {number}: {error}") from None
    except TypeError:
        raise InputError(f"line {number}: keys that no event has: {', '.join(content['body'])[:80]}") from None


def _try(events: list[Event]) -> State:
    """The state after the events; InputError with the line where they could not have followed one another."""
    state = State()
    for number, each in enumerate(events, start=2):
        try:
            state = state.after(Event(each.kind, each.team, each.body, number - 1))
        except InputError as error:
            raise InputError(f"line {number}: {error}") from None
    if state.drill is None:
        raise InputError("the file holds no event")
    return state
