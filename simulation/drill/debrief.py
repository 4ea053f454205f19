"""The debrief: all that a session has to tell afterwards, as data: for the page, the printed sheet and the terminal."""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from playbook.cards import items
from playbook.errors import InputError
from simulation.drill.boards import BOARD
from simulation.drill.jury import chosen_plans, plan_points
from simulation.drill.levers import in_force
from simulation.drill.score import Scores, scored
from simulation.drill.session import Session
from simulation.drill.turning_points import TurningPoint, turning_points
from simulation.study.replicate import Progress


@dataclass(frozen=True)
class Moment:
    """A line of the timeline: the turn, whose it was (empty: everybody's), what kind, and words."""

    turn: int
    team: str
    kind: str
    says: str


@dataclass(frozen=True)
class Prediction:
    """What a team said a measure would be, and what it became (nan where the turn was not played)."""

    team: str
    turn: int
    value: float
    low: float | None
    high: float | None
    came: float


@dataclass(frozen=True)
class Hidden:
    """What players were not told: an inject's true cause, the teams that found it, what the trainer was to look for, the
    question to ask, and the items of the handbook that speak to it."""

    inject: str
    title: str
    turn: int | None
    cause: str
    found_by: list[str]
    note: str
    expected: list[str]
    acted: list[str]  # teams that moved an expected lever in its turn or the next
    question: str
    rules: dict[str, str]


@dataclass(frozen=True)
class Debrief:
    """A session afterwards."""

    session: str
    title: str
    objectives: Mapping[str, str]
    scores: Scores
    timeline: list[Moment]
    turning_points: dict[str, list[TurningPoint]]
    predictions: list[Prediction]
    predicted: str  # the measure
    hidden: list[Hidden]
    what_if: dict[str, dict[str, Any]]  # by team: what its levers change at the end, for the what-if notebook
    notes: list[tuple[str, int, str]]
    promised: list[dict[str, Any]]
    questions: list[str]
    output: str
    follow_up_days: int
    differences: list[str]  # where a replay gave another board than was seen
    jury: dict[str, float]  # a competition's points by team, from before the forecast; empty in a drill
    chosen: list[str]  # the plans that the jury lets be carried out, best first


def debrief(
    session: Session, executor: Executor | None = None, progress: Progress | None = None, **counts: int
) -> Debrief:
    """The debrief of a session of which at least one turn has been played; `counts` may give other numbers of seeds:
    score_seeds and branch_seeds."""
    session.refresh()
    if session.state.turn == 1:
        raise InputError(f"{session.name}: no turn has been played yet, so there is nothing to debrief")
    drill, state = session.drill, session.state
    jury = plan_points({name: jury_marks(session, name) for name in state.teams})
    score_seeds, branch_seeds = (
        {"seeds": counts[key]} if key in counts else {} for key in ("score_seeds", "branch_seeds")
    )
    return Debrief(
        session.name, drill.title, drill.objectives, scored(session, executor, progress=progress, **score_seeds),
        timeline(session),
        {name: turning_points(session, name, executor, progress=progress, **branch_seeds) for name in state.teams},
        predictions(session), BOARD[drill.predict].says, hidden(session),
        {name: _what_if(session, name) for name in state.teams},
        list(state.notes), list(state.promised), list(drill.questions_after), drill.output, drill.follow_up_days,
        session.check_boards(), jury, chosen_plans(jury) if jury else [],
    )  # fmt: skip


def jury_marks(session: Session, team: str) -> list[dict[str, float]]:
    """Every juror's marks of a team's plan."""
    return [each["marks"] for each in session.state.teams[team].ratings if each["is_jury"]]


def timeline(session: Session) -> list[Moment]:
    """What happened turn by turn: news, decisions, notes."""
    state, found = session.state, []
    known = session.drill.injects | state.improvised
    for name in state.teams:
        found += [Moment(turn, name, "inject", known[each].title) for each, turn in session.table(name).came.items()]
        for number, turn in enumerate(state.turns_of(name), start=1):
            found += [Moment(number, name, "decision", _move(session, *move)) for move in turn.moves.items()]
    found += [Moment(turn, team, "note", text) for team, turn, text in state.notes]
    shared = [each for each in found if each.kind == "inject"]
    to_all = {(each.turn, each.says) for each in shared
              if sum((other.turn, other.says) == (each.turn, each.says) for other in shared) == len(state.teams)}  # fmt: skip
    found = [
        Moment(each.turn, "", each.kind, each.says) if (each.turn, each.says) in to_all else each for each in found
    ]
    order = {"inject": 0, "decision": 1, "note": 2}
    return sorted(dict.fromkeys(found), key=lambda each: (each.turn, order[each.kind], each.team))


def _move(session: Session, lever: str, option: str) -> str:
    about = session.drill.levers[lever]
    return f"{about.title}: {about.options[option].title}"


def predictions(session: Session) -> list[Prediction]:
    """What every team predicted, beside what came."""
    found = []
    for name, team in session.state.teams.items():
        measured = session.table(name).measured
        for turn, said in sorted(team.predictions.items()):
            came = measured[turn][session.drill.predict] if turn < len(measured) else float("nan")
            found.append(Prediction(name, turn, said["value"], said["low"], said["high"], came))
    return found


def hidden(session: Session) -> list[Hidden]:
    """The hidden side of every inject that came to somebody."""
    tables = {name: session.table(name) for name in session.state.teams}
    known = session.drill.injects | session.state.improvised
    found = []
    for name, inject in known.items():
        turns = {table.came[name] for table in tables.values() if name in table.came}
        if not turns:
            continue
        acted = [
            team for team, table in tables.items()
            if name in table.came and any(
                lever in turn.moves
                for turn in session.state.turns_of(team)[table.came[name] - 1 : table.came[name] + 1]
                for lever in inject.expected
            )
        ]  # fmt: skip
        found.append(
            Hidden(
                name, inject.title, min(turns), inject.cause,
                [team for team, table in tables.items() if name in table.looked_into],
                inject.note, list(inject.expected), acted, inject.question,
                {item: items()[item].title for item in inject.rules},
            )
        )  # fmt: skip
    return found


def _what_if(session: Session, team: str) -> dict[str, Any]:
    """The changes of parameters that the team's levers stood for at the end."""
    return in_force(session.drill, session.state.teams[team].levers.position)


@dataclass(frozen=True)
class TwoSessions:
    """Two sessions of one drill beside one another: each team's score, and the moves that only one of them made."""

    title: str
    names: tuple[str, str]
    scores: tuple[Scores, Scores]
    moves: tuple[dict[str, list[str]], dict[str, list[str]]]  # by team: `turn 2: Title: option`


def compared(
    one: Session, other: Session, executor: Executor | None = None, progress: Progress | None = None, **counts: int
) -> TwoSessions:
    """Two sessions compared; InputError unless they are of the same drill."""
    if one.state.opened["text"] != other.state.opened["text"]:
        raise InputError(f"{one.name} and {other.name} were played with different drill files, and cannot be compared")
    seeds = {"seeds": counts["score_seeds"]} if "score_seeds" in counts else {}
    scores = tuple(scored(each, executor, progress=progress, **seeds) for each in (one, other))
    return TwoSessions(one.drill.title, (one.name, other.name), scores, (_moves(one), _moves(other)))


def _moves(session: Session) -> dict[str, list[str]]:
    return {
        name: [
            f"turn {number}: {_move(session, *move)}"
            for number, turn in enumerate(session.state.turns_of(name), start=1)
            for move in turn.moves.items()
        ]
        for name in session.state.teams
    }
