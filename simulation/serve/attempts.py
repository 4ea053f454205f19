"""Attempts: how often somebody may try a code or a key before they have to wait."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from playbook.errors import InputError

WINDOW_SECONDS = 60.0
MOST_OF_ONE, MOST_OF_ALL = 10, 120  # wrong ones in a window


class TooManyAttempts(InputError):
    """Somebody has to wait before trying again."""


@dataclass
class Attempts:
    """Wrong attempts of the last minute, by address."""

    now: Callable[[], float] = monotonic
    wrong: deque[tuple[float, str]] = field(default_factory=deque)

    def check(self, address: str) -> None:
        """TooManyAttempts where this address, or all together, have been wrong too often of late."""
        begin = self.now() - WINDOW_SECONDS
        while self.wrong and self.wrong[0][0] < begin:
            self.wrong.popleft()
        own = sum(each == address for _, each in self.wrong)
        if own >= MOST_OF_ONE or len(self.wrong) >= MOST_OF_ALL:
            raise TooManyAttempts("too many wrong attempts; wait a minute, then try again")

    def note(self, address: str) -> None:
        """One more wrong attempt."""
        self.wrong.append((self.now(), address))
