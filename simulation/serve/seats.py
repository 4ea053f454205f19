"""Seats: who may sit where. Join codes that work once, the facilitator's key, and what a browser shows to be let in again.

A code and a key are drawn from the system's randomness. A code seats one browser and is used up by it; the facilitator may
draw a new one, and then the browser that sat there before is out. Of what browsers hold, only fingerprints are kept. The file
lies beside the sessions and is readable by its owner alone; it is what a restarted server goes on from.
"""

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from playbook.errors import InputError, did_you_mean

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without those that are taken for one another
CODE_LETTERS = 10  # 49 bits: with ten tries a minute an address, years beyond counting
KEY_LETTERS = 20  # 99 bits
GROUP = 5
TOKEN_BYTES = 32
MOST_KEYS_IN_USE = 8  # browsers of the facilitator
LONGEST = 200  # letters of anything that is compared


def drawn(letters: int) -> str:
    """That many letters, in groups that are easy to read out."""
    word = "".join(secrets.choice(LETTERS) for _ in range(letters))
    return "-".join(word[place : place + GROUP] for place in range(0, letters, GROUP))


def plain_letters(text: str) -> str:
    """A code as it is compared: without spaces and dashes, in capitals.

    >>> plain_letters(" k7qm3 xwd9r "), plain_letters("K7QM3-XWD9R")
    ('K7QM3XWD9R', 'K7QM3XWD9R')
    """
    return "".join(each for each in text[:LONGEST] if each.isalnum()).upper()


def is_same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that tells nothing of where they differ; empty ones never are."""
    return bool(one) and bool(other) and hmac.compare_digest(one.encode(), other.encode())


def fingerprint(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass
class Seat:
    """A place at a team, in one role or in all of them: its code while it is free, and the fingerprint of who sits there."""

    number: int
    team: str
    role: str | None = None
    code: str = ""
    sits: str = ""  # fingerprint of the token of the browser that sits here
    member: str = ""  # by which the session knows who sits here; stays when the browser changes


@dataclass
class Seats:
    """All seats of a session, the facilitator's key, and what is shown on the wall; kept in a file."""

    path: Path
    cookie_secret: str = field(default_factory=lambda: secrets.token_urlsafe(TOKEN_BYTES))
    key: str = field(default_factory=lambda: drawn(KEY_LETTERS))
    trainers: list[str] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    wall: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path) -> "Seats":
        """The seats that a file holds, or none yet; InputError where it cannot be read."""
        if not path.exists():
            found = cls(path)
            found.keep()
            return found
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return cls(path, **(content | {"seats": [Seat(**each) for each in content["seats"]]}))
        except (OSError, ValueError, TypeError, KeyError):
            raise InputError(f"{path}: cannot be read; remove it, and all codes are drawn anew") from None

    def keep(self) -> None:
        """Write the file, readable by its owner alone, put in place whole."""
        aside = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        content = {name: value for name, value in asdict(self).items() if name != "path"}
        try:
            aside.unlink(missing_ok=True)
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump(content, file)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self.path)
        except OSError as error:
            raise InputError(f"{self.path}: seats cannot be kept there: {error.strerror}") from None

    # Players.

    def add(self, team: str, role: str | None = None) -> Seat:
        """One more seat, with a code."""
        number = max((each.number for each in self.seats), default=0) + 1
        self.seats.append(Seat(number, team, role, drawn(CODE_LETTERS)))
        self.keep()
        return self.seats[-1]

    def offered(self, code: str) -> Seat:
        """The free seat to which a code belongs; InputError where there is none. All codes are looked at, always."""
        given, found = plain_letters(code), None
        for each in self.seats:
            if is_same(plain_letters(each.code), given):
                found = each
        if found is None:
            raise InputError("this code opens no seat: it may be mistyped, or used already; ask the facilitator")
        return found

    def take(self, seat: Seat, member: str) -> str:
        """Sit down; the code is used up. Returns the token that the browser shows from now on."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        seat.code, seat.sits, seat.member = "", fingerprint(token), member
        self.keep()
        return f"{seat.number}.{token}"

    def sitting(self, shown: str) -> Seat | None:
        """Whose token this is; None for one that was never given out, or is of no use any more."""
        number, _, token = shown[:LONGEST].partition(".")
        given, found = fingerprint(token), None
        for each in self.seats:
            if is_same(each.sits, given) and str(each.number) == number:
                found = each
        return found

    def draw_again(self, number: int) -> Seat:
        """A new code for a seat; whoever sits there is out."""
        found = next((each for each in self.seats if each.number == number), None)
        if found is None:
            raise InputError(f"there is no seat {number}{did_you_mean(number, [each.number for each in self.seats])}")
        found.code, found.sits = drawn(CODE_LETTERS), ""
        self.keep()
        return found

    def leave(self, seat: Seat) -> None:
        """Stand up: the token is of no use any more, and a new code is drawn."""
        self.draw_again(seat.number)

    # The facilitator.

    def let_in(self, key: str) -> str:
        """The token for a browser that knows the key; InputError for any other."""
        if not is_same(plain_letters(self.key), plain_letters(key)):
            raise InputError("this is not the key; it was printed when the server started")
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.trainers = [*self.trainers, fingerprint(token)][-MOST_KEYS_IN_USE:]
        self.keep()
        return token

    def is_trainer(self, token: str) -> bool:
        """Whether a browser was let in with the key, and has not been let out since."""
        given = fingerprint(token[:LONGEST])
        return sum(is_same(each, given) for each in self.trainers) > 0  # all are looked at

    def let_out(self, token: str) -> None:
        """The token is of no use any more."""
        self.trainers = [each for each in self.trainers if each != fingerprint(token[:LONGEST])]
        self.keep()
