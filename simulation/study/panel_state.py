"""A panel's state: what its form says, what it is held against, what came before, and what it last answered, in one file."""

import json
from pathlib import Path

from pydantic import ValidationError

from playbook.documents import Document
from simulation.study.draft import Draft
from simulation.study.folders import runs_folder, whole_file

MOST_STEPS_BACK = 50


class PanelState(Document):
    """`test` is what the form says now, `tried` what was last applied, `before` what undo goes back to."""

    test: Draft
    baseline: Draft
    before: list[Draft] = []
    outcome: str = ""
    picture: str = ""

    def changed_to(self, test: Draft) -> "PanelState":
        """The same with another form, and a step back more."""
        if test == self.test:
            return self
        return self.model_copy(update={"test": test, "before": [*self.before, self.test][-MOST_STEPS_BACK:]})

    def undone(self) -> "PanelState":
        """One step back; the same where there is none."""
        if not self.before:
            return self
        return self.model_copy(update={"test": self.before[-1], "before": self.before[:-1]})


def state_path(panel: str) -> Path:
    """Where a panel's state is kept."""
    return runs_folder() / "panels" / f"{panel}.json"


def read_state(panel: str, first: Draft) -> PanelState:
    """What was kept of a panel; a fresh one where nothing was, or it cannot be used any more."""
    try:
        found = PanelState.model_validate(json.loads(state_path(panel).read_text(encoding="utf-8")))
        found.test.parameters(), found.baseline.parameters()
        return found
    except (OSError, ValueError, ValidationError):  # InputError is a ValueError
        return PanelState(test=first, baseline=first)


def write_state(panel: str, state: PanelState) -> None:
    """Keep a panel's state, whole or not at all."""
    with whole_file(state_path(panel)) as aside:
        aside.write_text(state.model_dump_json(), encoding="utf-8")
