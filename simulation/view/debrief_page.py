"""The debrief as a page that opens with the network off: what each team reached, why, what was hidden, and what is done
about it; with the scores as JSON and each team's last settings as a scenario file beside it."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from markupsafe import Markup

from playbook.cards import card
from simulation.drill.boards import BOARD
from simulation.drill.debrief import Debrief, Hidden, TwoSessions
from simulation.drill.drill_file import Drill
from simulation.drill.levers import rows_in_force
from simulation.drill.score import TeamScore
from simulation.drill.session import Session
from simulation.drill.turning_points import WITHOUT, TurningPoint
from simulation.study.estimates import Estimate
from simulation.study.folders import whole_file, write_json
from simulation.study.provenance import origin
from simulation.view import words
from simulation.view.debrief_plots import branch_figure, score_figure, telling_measures
from simulation.view.drill_words import told
from simulation.view.report import rendered, table
from simulation.view.style import as_image

PAGE, NUMBERS = "debrief.html", "debrief.json"


def write_debrief(folder: Path, session: Session, found: Debrief, beside: TwoSessions | None, command: str) -> Path:
    """debrief.html, debrief.json and a scenario file a team into a folder, each put in place whole; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    links = {team: _write_scenario(folder, session, found, team) for team in found.what_if}
    with whole_file(folder / PAGE) as aside:
        aside.write_text(rendered("debrief.html", **fields(session, found, links, beside, command)), encoding="utf-8")
    write_json(folder / NUMBERS, numbers(found))
    return folder / PAGE


def _write_scenario(folder: Path, session: Session, found: Debrief, team: str) -> str:
    """The desk as the team left it, as a scenario file that the what-if panel opens; returns its name."""
    drill, number = session.drill, list(found.what_if).index(team) + 1
    content = {
        "title": f"{drill.title}: as {team} left it",
        "question": "What would these settings bring over a whole year?",
        "base": drill.start.scenario,
        "changes": drill.start.changes | found.what_if[team],
    }
    path = folder / f"what_if_{number}.yaml"
    with whole_file(path) as aside:
        aside.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path.name


def numbers(found: Debrief) -> dict[str, Any]:
    """The scores as plain data."""
    return {
        "session": found.session, "title": found.title, "turns": found.scores.turns, "seeds": len(found.scores.seeds),
        "teams": {
            name: {"ratio": _plain(each.ratio), "surplus_points": _plain(each.surplus), "played_ratio": each.played_ratio,
                   "luck_share": each.luck_share}
            for name, each in found.scores.teams.items()
        },
    }  # fmt: skip


def _plain(estimate: Estimate | None) -> dict[str, float] | None:
    return None if estimate is None else {"mean": estimate.mean, "low": estimate.low, "high": estimate.high}


def fields(
    session: Session, found: Debrief, links: Mapping[str, str], beside: TwoSessions | None, command: str
) -> dict[str, Any]:
    """The fields of the page's template."""
    drill = session.drill
    verdicts = [(head_of(each), score_lines(each)) for each in found.scores.teams.values()]
    has_ratio = any(each.ratio for each in found.scores.teams.values())
    said = " ".join(head for head, _ in verdicts)
    return {
        "question": f"{found.title}: what happened, and what follows from it?",
        "verdicts": verdicts,
        "jury": found.jury,
        "chosen": found.chosen,
        "picture": as_image(score_figure(found.scores), f"Scores of the teams. {said}") if has_ratio else "",
        "has_ratio": has_ratio,
        "scores": table(scores_frame(found), f"Scores over {len(found.scores.seeds)} kinds of luck"),
        "par": drill.robots[drill.par].title,
        "seeds": len(found.scores.seeds),
        "timeline": table(timeline_frame(found), "What happened, turn by turn"),
        "teams": [_team(session, found, name, links[name]) for name in found.turning_points],
        "predicted": words.title(BOARD[drill.predict]),
        "predictions": table(predictions_frame(drill, found), f"{words.title(BOARD[drill.predict])}: said and come"),
        "calibration": calibration_lines(found),
        "hidden": [_hidden(session, each) for each in found.hidden],
        "rubric": _rubric(drill, found),
        "notes": found.notes,
        "questions": found.questions,
        "output": found.output,
        "promised": found.promised,
        "follow_up": (datetime.now(UTC).date() + timedelta(days=found.follow_up_days)).isoformat(),
        "follow_up_days": found.follow_up_days,
        "differences": found.differences,
        "beside": _beside(beside) if beside else None,
        "record": {"session": found.session, "seed": session.seed} | origin(command),
    }


# What each team reached.


def head_of(score: TeamScore) -> str:
    """A team's score in a line."""
    if score.ratio is None:
        return f"{score.team}: {span_of(score.surplus, '+.1f')} points beside the standing policy"
    return f"{score.team}: {span_of(score.ratio, '.0f')} of 100"


def span_of(estimate: Estimate, form: str) -> str:
    """A mean with its interval.

    >>> span_of(Estimate(61.7, 50.2, 73.0, 30), ".0f")
    '62 (50 to 73)'
    """
    return f"{estimate.mean:{form}} ({estimate.low:{form}} to {estimate.high:{form}})"


def score_lines(score: TeamScore) -> list[str]:
    """What else is to be said of a team's score."""
    lines = []
    if score.surplus.low == score.surplus.high == 0:
        lines.append("Its decisions came to the same as moving nothing.")
    elif score.surplus.low > 0:
        lines.append("Its decisions beat moving nothing.")
    elif score.surplus.high < 0:
        lines.append("Its decisions did worse than moving nothing.")
    else:
        lines.append("Whether its decisions beat moving nothing cannot be called.")
    if score.played_ratio is not None:
        lines.append(f"The play itself came to {score.played_ratio:.0f}.")
    lines.append(
        f"Of 100 kinds of luck, the same decisions would have done worse under {100 * score.luck_share:.0f}: "
        f"{luck_word(score.luck_share)}."
    )
    return lines


def luck_word(share: float) -> str:
    """Whether somebody was lucky, in a word.

    >>> luck_word(0.1), luck_word(0.2), luck_word(0.5), luck_word(0.81)
    ('bad luck', 'neither good nor bad luck', 'neither good nor bad luck', 'good luck')
    """
    return "bad luck" if share < 0.2 else "good luck" if share > 0.8 else "neither good nor bad luck"


def scores_frame(found: Debrief) -> pd.DataFrame:
    """The scores, a row a team."""
    return pd.DataFrame([
        {
            "Team": each.team,
            "Score": "none" if each.ratio is None else span_of(each.ratio, ".0f"),
            "Points more than the standing policy": span_of(each.surplus, "+.1f"),
            "The play itself": "none" if each.played_ratio is None else f"{each.played_ratio:.0f}",
            "Worse luck": f"{100 * each.luck_share:.0f} of 100",
        }
        for each in found.scores.teams.values()
    ])  # fmt: skip


def timeline_frame(found: Debrief) -> pd.DataFrame:
    """What happened, a row a moment."""
    kinds = {"inject": "came in", "decision": "moved", "note": "noted"}
    return pd.DataFrame([
        {"Turn": each.turn, "Whose": each.team or "everybody's", "What": kinds.get(each.kind, each.kind), "": each.says}
        for each in found.timeline
    ], columns=["Turn", "Whose", "What", ""])  # fmt: skip


# Turning points.


def _team(session: Session, found: Debrief, name: str, link: str) -> dict[str, Any]:
    drill = session.drill
    return {
        "name": name,
        "points": [point_of(drill, each) for each in found.turning_points[name]],
        "link": link,
        "settings": found.what_if[name],
        "command": f"renewal compare {drill.start.scenario} {link}",
        "has_rows": bool(rows_in_force(drill, session.state.teams[name].levers.position)),
    }


def point_of(drill: Drill, point: TurningPoint) -> dict[str, Any]:
    """A turning point: its words, its picture, and the numbers behind it."""
    names = telling_measures(point, drill.predict)
    said = point_line(drill, point)
    curves = pd.DataFrame([
        {"Measure": words.title(BOARD[name]), "": how,
         **{"before" if n == 0 else f"turn {n}": told(name, value) for n, value in enumerate(point.curves[name][side])}}
        for name in names for side, how in enumerate(("as it was played", "otherwise"))
    ])  # fmt: skip
    return {
        "head": f"Turn {point.turn}",
        "says": said,
        "picture": as_image(branch_figure(point, names), f"Turn by turn, as it was played and otherwise. {said}"),
        "table": table(curves, f"Turn {point.turn}, as it was played and otherwise"),
    }


def point_line(drill: Drill, point: TurningPoint) -> str:
    """A turning point in words: what was done, what else, and what that was worth."""
    effect, by_par = point.effect, f"what par would have moved ({moves(drill, point.instead)})"
    what = "moving nothing" if point.branch == WITHOUT else by_par
    moved = f"You moved {moves(drill, point.moved) or 'nothing'}."
    if effect.low == effect.high == 0:
        return f"{moved} Beside {what}, that made no difference under any kind of luck."
    worth = f"{abs(effect.mean):.1f} points ({abs_span(effect)}) {'more' if effect.mean >= 0 else 'less'}"
    call = "" if effect.low > 0 or effect.high < 0 else " Which of the two is better cannot be called."
    return f"{moved} Beside {what}, that was worth {worth}.{call}"


def abs_span(effect: Estimate) -> str:
    """The interval of an effect, told in the direction of its mean."""
    low, high = (effect.low, effect.high) if effect.mean >= 0 else (-effect.high, -effect.low)
    return f"{low:+.1f} to {high:+.1f}"


def moves(drill: Drill, moved: Mapping[str, str]) -> str:
    """Moves of levers in words."""
    return "; ".join(
        f"{drill.levers[name].title}: {drill.levers[name].options[option].title}" for name, option in moved.items()
    )


# Predictions.


def predictions_frame(drill: Drill, found: Debrief) -> pd.DataFrame:
    """What was predicted, a row a team and turn."""

    def said_range(each: Any) -> str:
        return "" if each.low is None else f"{told(drill.predict, each.low)} to {told(drill.predict, each.high)}"

    def held(each: Any) -> str:
        if each.low is None or math.isnan(each.came):
            return ""
        return "inside" if each.low <= each.came <= each.high else "outside"

    return pd.DataFrame([
        {"Team": each.team, "Turn": each.turn, "Said": told(drill.predict, each.value), "Range": said_range(each),
         "Came": told(drill.predict, each.came), "The range held": held(each)}
        for each in found.predictions
    ], columns=["Team", "Turn", "Said", "Range", "Came", "The range held"])  # fmt: skip


def calibration_lines(found: Debrief) -> list[str]:
    """How each team's predictions held, in a sentence."""
    lines = []
    for name, each in found.scores.teams.items():
        known = each.calibration
        if known is None:
            lines.append(f"{name} predicted nothing.")
            continue
        better = "nearer than" if known.error < known.error_of_last else "no nearer than"
        held = (
            f" Its ranges held {known.held_share * known.ranges_count:.0f} times in {known.ranges_count}"
            if known.ranges_count
            else ""
        )
        held += "; they were meant to hold four times in five." if held else ""
        lines.append(f"{name}'s {known.count} predictions came {better} saying 'as last turn' would have.{held}")
    return lines


# What was hidden.


def _hidden(session: Session, each: Hidden) -> dict[str, Any]:
    levers = session.drill.levers
    rules = [(item, title, card(item).text()) for item, title in each.rules.items()]
    return {
        "title": each.title, "turn": each.turn, "cause": each.cause, "found_by": each.found_by, "acted": each.acted,
        "expected": "; ".join(levers[name].title for name in each.expected), "question": each.question, "rules": rules,
    }  # fmt: skip


def _rubric(drill: Drill, found: Debrief) -> Markup | None:
    marked = {name: each.rubric for name, each in found.scores.teams.items() if each.rubric}
    if not marked:
        return None
    frame = pd.DataFrame([
        {"": drill.rubric[criterion].title, **{name: f"{marks[criterion]:.1f}" for name, marks in marked.items()}}
        for criterion in drill.rubric
    ])  # fmt: skip
    return table(frame, "The observers' mean marks, 1 to 5")


# Beside another session.


def _beside(found: TwoSessions) -> dict[str, Any]:
    rows, only = [], []
    for name, scores, made in zip(found.names, found.scores, found.moves, strict=True):
        rows += [
            {"Session": name, "Team": team, "Score": head_of(each).partition(": ")[2]}
            for team, each in scores.teams.items()
        ]
        only += [{"Session": name, "Team": team, "Moves": "; ".join(each) or "nothing"} for team, each in made.items()]
    return {
        "names": found.names,
        "scores": table(pd.DataFrame(rows), "Two sessions of the same drill"),
        "moves": table(pd.DataFrame(only), "What was moved in each"),
    }
