"""Debriefings: the page of a played session, worked out by a process of its own while the server goes on answering.

A first one with few kinds of luck is ready while people still write down what they have seen; the full one takes its place.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

PAGE, NUMBERS, LOG = "debrief.html", "debrief.json", "debrief.log"
PASSES = ((10, 3), (30, 10))  # kinds of luck for the score, and for each way a turn could have gone otherwise
TAIL = 400  # letters of a log that are shown


@dataclass
class Debriefing:
    """What is being worked out for a session, into a folder of its own."""

    store: Path
    session: str
    folder: Path
    passes: Sequence[tuple[int, int]] = PASSES
    _process: subprocess.Popen | None = None
    _ahead: list[tuple[int, int]] = field(default_factory=list)
    _begun: float = 0.0
    _failed: str = ""

    def start(self) -> None:
        """Begin anew; what was being worked out is dropped."""
        self.stop()
        self._ahead, self._failed, self._begun = list(self.passes), "", monotonic()
        self._next()

    def _next(self) -> None:
        seeds, branch_seeds = self._ahead.pop(0)
        command = [
            sys.executable, "-m", "simulation.cli", "drill", "debrief", self.session, "--store", str(self.store),
            "--to", str(self.folder), "--seeds", str(seeds), "--branch-seeds", str(branch_seeds),
        ]  # fmt: skip
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOG).open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def standing(self) -> dict[str, Any]:
        """Whether something is being worked out (for how many seconds, how many passes are left), and what has failed."""
        if self._process is not None and self._process.poll() is not None:
            status, self._process = self._process.returncode, None
            if status:
                self._failed = (self.folder / LOG).read_text(encoding="utf-8", errors="replace")[-TAIL:].strip()
                self._ahead = []
            elif self._ahead:
                self._next()
        return {
            "is_working": self._process is not None,
            "is_there": (self.folder / PAGE).is_file(),
            "is_final": self._process is None and (self.folder / PAGE).is_file() and not self._failed,
            "seconds": int(monotonic() - self._begun) if self._process is not None else 0,
            "failed": self._failed,
        }

    def page(self) -> bytes | None:
        """The page, if there is one."""
        path = self.folder / PAGE
        return path.read_bytes() if path.is_file() else None

    def numbers(self) -> dict[str, Any] | None:
        """The scores behind the page, if there are any."""
        path = self.folder / NUMBERS
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None

    def stop(self) -> None:
        """Drop what is being worked out."""
        self._ahead = []
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None
