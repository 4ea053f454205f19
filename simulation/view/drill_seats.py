"""What the drill's notebooks show: a player's seat, the facilitator's place, and the debrief, one call a cell.

A player's calls show a team its own data and nothing hidden; the facilitator's and the debrief's hold spoilers.
"""

from collections.abc import Mapping
from itertools import count
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from simulation.drill.boards import BOARD
from simulation.drill.debrief import Debrief
from simulation.drill.session import Session, open_session
from simulation.drill.store import Store
from simulation.study.folders import runs_folder
from simulation.study.provenance import command_line
from simulation.view import debrief_page as page
from simulation.view import words
from simulation.view.debrief_plots import score_figure
from simulation.view.drill_words import cost, how_seen, told, worths
from simulation.view.notebook import Shown
from simulation.view.report import table
from simulation.view.style import as_image

DATABASE = "drills.sqlite"


def seated(drill: str, session: str, teams: Mapping[str, str]) -> Session:
    """The session of that name, or, without one, a new one of the drill to practise on; each team is played by people
    (an empty word) or by the robot that it names."""
    store = Store(runs_folder() / DATABASE)
    known = store.sessions()
    if session in known:
        return Session(store, session)
    free = next(name for number in count(1) if (name := f"{Path(drill).stem}-{number}") not in known)
    found = open_session(store, drill, session or free)
    for team, robot in teams.items():
        found.join(team, robot or "notebook", robot=robot or None)
    return found


# A player.


def brief(session: Session, role: str = "") -> Shown:
    """The story, the ground rules, what counts, and the duty of a role (or of all)."""
    drill = session.drill
    duties = [f"{each.title}: {each.duty}" for name, each in drill.roles.items() if role in ("", name)]
    counts = [f"{says}: {worth}" for says, worth in worths(drill)]
    turn = (
        f"Turn {session.state.turn} of {drill.turns} is ahead."
        if not session.state.is_over
        else "All turns have been played."
    )
    return _said(drill.title, [drill.story, turn, *duties, *drill.ground_rules, *counts])


def news(session: Session, team: str, role: str = "") -> Shown:
    """What has come in to a team, latest first."""
    rows = [
        {"Turn": each["turn"], "From": f"{each['sender']}, {each['channel']}", "What": each["title"], "Text": each["text"],
         "Found out": each["finding"] or ""}
        for each in session.news(team, role or None)
    ]  # fmt: skip
    return _table(rows, "What has come in") if rows else _said("What has come in", ["Nothing yet."])


def board(session: Session, team: str, role: str = "") -> Shown:
    """What a role (or each) of a team sees, turn by turn."""
    rows = []
    for name, about in session.drill.roles.items():
        if role in ("", name):
            seen = [session.board(team, name, turn) for turn in range(1, session.state.turn + 1)]
            for place, sight in enumerate(about.sees):
                values = {_column(turn): told(sight.measure, each[place]["value"]) for turn, each in enumerate(seen)}
                how = how_seen(sight.delay_turns, sight.noise_share)
                rows.append({"Role": about.title, "Measure": words.title(BOARD[sight.measure]), "Seen": how} | values)
    return _table(rows, f"What {team} sees")


def _column(turn: int) -> str:
    return "Before" if turn == 0 else f"Turn {turn}"


def levers(session: Session, team: str, role: str = "") -> Shown:
    """What may be moved in the turn ahead, with costs and delays."""
    rows = [
        {"Lever": each["name"], "About": each["title"], "Option": option, "Means": about["title"], "Cost": cost(about),
         "": "as it stands" if option == each["stands"] else ""}
        for each in session.levers(team, role or None)
        for option, about in each["options"].items()
    ]  # fmt: skip
    return _table(rows, f"At most {session.drill.moves_a_turn} levers move in a turn")


def say(session: Session, team: str, prediction: float | None, decisions: Mapping[str, str], is_locked: bool) -> Shown:
    """Say a prediction and decisions for the turn ahead, and lock it; what was said already stands."""
    if not session.refresh().state.is_over and not session.standing(team)["is_locked"]:
        if prediction is not None and not session.standing(team)["moves"]:
            session.predict(team, prediction)
        for lever, option in decisions.items():
            session.decide(team, lever, option)
        if is_locked:
            session.lock(team)
    standing = session.standing(team)
    guess = standing["prediction"]
    drill = session.drill
    return _said(f"{team}, turn {standing['turn']}", [
        f"Predicted, {BOARD[drill.predict].says}: {told(drill.predict, guess['value']) if guess else 'nothing yet'}.",
        f"Moved: {page.moves(drill, standing['moves']) or 'nothing'}.",
        "Locked." if standing["is_locked"] else "Not locked yet.",
    ])  # fmt: skip


# The facilitator.


def standing(session: Session) -> Shown:
    """What each team has said for the turn ahead."""
    rows = []
    for team in session.refresh().state.teams:
        each = session.standing(team)
        guess = each["prediction"]
        rows.append({
            "Team": team, "Robot": each["robot"] or "",
            "Predicted": told(session.drill.predict, guess["value"]) if guess else "",
            "Moved": page.moves(session.drill, each["moves"]) or "nothing",
            "Locked": "yes" if each["is_locked"] else "not yet",
        })  # fmt: skip
    return _table(rows, f"Turn {session.state.turn}: what each team has said")


def injects_ahead(session: Session) -> Shown:
    """What will come in, with its hidden side."""
    rows = [
        {"Turn": each["turn"] or "skipped", "Inject": each["name"], "What players read": f"{each['title']}: {each['text']}",
         "When": each["when"], "True cause": each["cause"], "Watch": each["note"], "If they are stuck": each["hint"]}
        for each in session.injects_ahead()
    ]  # fmt: skip
    return _table(rows, "Injects that lie ahead") if rows else _said("Injects that lie ahead", ["None."])


def direct(session: Session, fire: str = "", skip: str = "") -> Shown:
    """Let an inject come in the turn ahead, or not at all."""
    lines = []
    if fire:
        session.fire(fire)
        lines.append(f"{fire} comes in turn {session.state.turn}.")
    if skip:
        session.skip(skip)
        lines.append(f"{skip} does not come.")
    return _said("Directed", lines or ["Nothing was directed."])


def play(session: Session, turns: int) -> Shown:
    """Play so many turns; a team that has not locked plays what it has said so far."""
    for _ in range(turns):
        if not session.refresh().state.is_over:
            session.resolve(is_forced=True)
    return board_of_points(session)


def board_of_points(session: Session) -> Shown:
    """The points of each team so far, as played; spoils nothing."""
    rows = [{"Team": team, "Points so far": f"{session.table(team).points():,.1f}"} for team in session.state.teams]
    ahead = "all turns have been played" if session.state.is_over else f"turn {session.state.turn} is ahead"
    return _table(rows, f"Points so far, luck included; {ahead}")


# The debrief.


def played_by(session: Session) -> Session:
    """The session, with its turns played where none has been and robots alone sit at it."""
    state = session.refresh().state
    if state.turn == 1 and all(each.robot for each in state.teams.values()):
        play(session, session.drill.turns)
    return session


def reached(found: Debrief) -> Shown:
    """What each team reached."""
    lines = [f"{page.head_of(each)}. {' '.join(page.score_lines(each))}" for each in found.scores.teams.values()]
    picture = Markup("")
    if any(each.ratio for each in found.scores.teams.values()):
        picture = as_image(score_figure(found.scores), f"Scores of the teams. {' '.join(lines)}")
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    scores = table(page.scores_frame(found), "Scores")
    return Shown(Markup("<ul>{}</ul>").format(items) + picture + scores, "\n".join(lines))


def timeline(found: Debrief) -> Shown:
    """What happened, turn by turn."""
    frame = page.timeline_frame(found)
    return Shown(table(frame, "What happened, turn by turn"), frame.to_string(index=False))


def turning(session: Session, found: Debrief) -> Shown:
    """The turns that decided, with their branch curves."""
    html, text = Markup(""), []
    for team, points in found.turning_points.items():
        for each in points:
            told_point = page.point_of(session.drill, each)
            html += Markup("<h4>{}, turn {}</h4><p>{}</p>").format(team, each.turn, told_point["says"])
            html += told_point["picture"] + told_point["table"]
            text.append(f"{team}, turn {each.turn}: {told_point['says']}")
    return Shown(html or Markup("<p>No turn could have gone otherwise.</p>"), "\n".join(text))


def predicted(session: Session, found: Debrief) -> Shown:
    """What was predicted, and what came."""
    frame = page.predictions_frame(session.drill, found)
    lines = page.calibration_lines(found)
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Shown(Markup("<ul>{}</ul>").format(items) + table(frame, "Said and come"), "\n".join(lines))


def hidden(found: Debrief) -> Shown:
    """What players were not told, and the rules that spoke to it."""
    rows = [
        {"Turn": each.turn, "What": each.title, "What was behind it": each.cause,
         "Found out by": ", ".join(each.found_by) or "nobody",
         "Ask": each.question, "Rules": "; ".join(f"{item} {title}" for item, title in each.rules.items())}
        for each in found.hidden
    ]  # fmt: skip
    return _table(rows, "What was hidden") if rows else _said("What was hidden", ["Nothing came in."])


def kept(session: Session, found: Debrief, write_to: str) -> Shown:
    """Write the debrief's page, scores and scenario files into a folder, where one is named."""
    if not write_to:
        return _said("The page", ["Nothing was written; name a folder in write_to to keep the debrief as a page."])
    path = page.write_debrief(Path(write_to), session, found, None, command_line())
    return _said(
        "The page", [f"Written: {path.name} in {write_to}, with a scenario file a team for the what-if panel."]
    )


def _table(rows: list[dict], caption: str) -> Shown:
    frame = pd.DataFrame(rows)
    return Shown(table(frame, caption), f"{caption}\n{frame.to_string(index=False)}")


def _said(head: str, lines: list[str]) -> Shown:
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Shown(Markup("<p><strong>{}</strong></p><ul>{}</ul>").format(head, items), "\n".join([head, *lines]))
