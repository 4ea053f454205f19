"""The kit of a drill for paper, in black and white: the facilitator's guide, sheets for participants, decision cards, and what
is filled in by hand. What participants get holds no spoiler, and is a file of its own, so that no slip hands any out."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from playbook.cards import items
from playbook.errors import InputError
from simulation.drill.boards import BOARD
from simulation.drill.drill_file import Drill, Lever
from simulation.drill.jury import jury_criteria
from simulation.drill.minutes import run_sheet
from simulation.study.folders import whole_folder
from simulation.view import words
from simulation.view.drill_words import cost, how_seen, worths
from simulation.view.printed import print_typst

FILES = {
    "1_facilitator.pdf": "kit_facilitator.typ",
    "2_participants.pdf": "kit_participants.typ",
    "3_decision_cards.pdf": "kit_cards.typ",
    "4_to_fill_in.pdf": "kit_fill_in.typ",
}
TEAMS_ON_A_BOARD = 8
PLAY = "play"  # how the steps begin in which turns are played


def write_kit(folder: Path, name: str, drill: Drill) -> list[Path]:
    """The kit into a new folder, whole or not at all; InputError where the folder holds something else already."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / next(iter(FILES))).is_file():
        raise InputError(f"{folder} holds something else than a kit; name a new folder, or an older kit's")
    content = fields(name, drill)
    with whole_folder(folder) as aside:
        for file, template in FILES.items():
            print_typst(template, aside / file, **content)
    return [folder / file for file in FILES]


def fields(name: str, drill: Drill) -> dict[str, Any]:
    """What the templates are filled with."""
    return {
        "name": name,
        "drill": drill,
        "items": [(item, items()[item].title) for item in drill.items],
        "plans": [plan_of(drill, length) for length in drill.lengths],
        "roles": [role_of(drill, role) for role in drill.roles],
        "levers": [lever_of(drill, key) for key in drill.levers],
        "injects": list(injects_by_turn(drill)),
        "weights": worths(drill),
        "predicted": BOARD[drill.predict].says,
        "teams": range(1, TEAMS_ON_A_BOARD + 1),
        "criteria": jury_criteria() if drill.kind == "competition" else [],
        "item_titles": {item: items()[item].title for inject in drill.injects.values() for item in inject.rules},
    }


def plan_of(drill: Drill, length: str) -> dict[str, Any]:
    """A length's run sheet: minute by minute, the turns laid out evenly within the steps in which is played.

    >>> from simulation.drill.check import read_drill
    >>> [row["minute"] for row in plan_of(read_drill("outage"), "short")["rows"]]
    [0, 5, 5, 9, 13, 17, 21, 25, 45]
    """
    steps = run_sheet(drill, length)
    rows = []
    for (minute, step), (until, _) in pairwise(steps):
        rows.append({"minute": minute, "minutes": until - minute, "what": said(step), "do": todo(step), "turn": None})
        if step.startswith(PLAY):
            each = (until - minute) / drill.turns
            rows += [
                {"minute": round(minute + each * turn), "minutes": max(1, round(each)), "turn": turn + 1,
                 "what": f"Turn {turn + 1}",
                 "do": "; ".join(inject.title for inject in drill.injects.values() if inject.turn == turn + 1)}
                for turn in range(drill.turns)
            ]  # fmt: skip
    rows.append({"minute": steps[-1][0], "minutes": 0, "what": "End", "do": "", "turn": None})
    return {"title": drill.lengths[length].title, "minutes": steps[-1][0], "rows": rows}


def said(step: str) -> str:
    """A step's name in words.

    >>> said("play_with_roles_swapped")
    'Play with roles swapped'
    """
    return step.replace("_", " ").capitalize()


def todo(step: str) -> str:
    """What the facilitator does in a step of that name."""
    says = {
        "debrief": "Write first, talk then. Read the page: turning points, predictions, what was hidden. Write down actions.",
        "brief": "Read out story, ground rules and what counts. Hand out sheets and codes. Ask the questions before play.",
        "pause": "Work out the debrief meanwhile.",
        "teach": "Open the cards of the rules that spoke to it.",
        "play": "Each turn: news, prediction, decision, lock; then play it.",
        "replay": "The same drill again, with seats changed: what differs is the people, not the luck.",
    }
    return next((text for word, text in says.items() if word in step), "")


def role_of(drill: Drill, name: str) -> dict[str, Any]:
    """A role's sheet: duty, what it sees, its levers."""
    about = drill.roles[name]
    return {
        "name": name,
        "title": about.title,
        "duty": about.duty,
        "sees": [
            (words.title(BOARD[each.measure]), how_seen(each.delay_turns, each.noise_share)) for each in about.sees
        ],
        "levers": [lever_of(drill, key) for key, lever in drill.levers.items() if lever.role == name],
    }


def lever_of(drill: Drill, key: str) -> dict[str, Any]:
    """A lever for its card: options with cost and delay."""
    lever: Lever = drill.levers[key]
    return {
        "title": lever.title,
        "text": lever.text,
        "role": drill.roles[lever.role].title,
        "at_most_turns": lever.at_most_turns,
        "options": [
            {"title": option.title, "cost": cost(option), "stands": name == lever.standing}
            for name, option in lever.options.items()
        ],
    }


def injects_by_turn(drill: Drill) -> Iterator[dict[str, Any]]:
    """The injects in the order of their turns, with all that the facilitator knows."""
    for _, inject in sorted(drill.injects.items(), key=lambda each: each[1].turn):
        yield {
            "inject": inject,
            "to": "everybody" if inject.to == "all" else drill.roles[inject.to].title,
            "expected": "; ".join(drill.levers[name].title for name in inject.expected),
            "rules": inject.rules,
        }
