"""Pages: what each view shows, as fields for its template. What is the facilitator's alone is put into the facilitator's
fields only; a player's fields are picked out of an outlook by team and role."""

from collections.abc import Mapping
from typing import Any

from simulation.drill.boards import BOARD
from simulation.drill.drill_file import NOTHING, Drill
from simulation.drill.levers import Levers
from simulation.drill.outlook import Outlook
from simulation.drill.session import Session
from simulation.serve.actions import CHANNELS
from simulation.serve.host import Host
from simulation.view import words
from simulation.view.drill_words import cost, how_seen, told, worths

KINDS = {
    "joined": "joined",
    "predicted": "predicted",
    "decided": "decided",
    "locked": "locked",
    "directed": "an inject was directed",
    "improvised": "an inject was made up",
    "resolved": "a turn was played",
    "noted": "a note",
    "rated": "marks",
    "promised": "an action",
}


def percent_or_unit(name: str) -> str:
    """In what a measure is typed in."""
    unit = BOARD[name].unit
    return {"share": "per cent", "count": "number", "cny": "CNY"}.get(unit, unit.replace("_", " "))


def frame(host: Host) -> dict[str, Any]:
    """What every view tells: the drill, the turn, the clock. No spoiler."""
    session = host.session
    drill, state = session.drill, session.state
    return {
        "title": drill.title, "session": session.name, "turn": min(state.turn, drill.turns), "turns": drill.turns,
        "is_over": state.is_over, "days_a_turn": drill.days_a_turn, "seconds_left": host.seconds_left(),
        "is_swap": state.turn in drill.swap_before_turns and not state.is_over, "is_competition": drill.kind == "competition",
    }  # fmt: skip


# A player.


def player(host: Host, outlook: Outlook, team: str, role: str | None, member: str = "") -> dict[str, Any]:
    """A team's page for a role, or for all of them; nothing of any other team, and no hidden side of anything."""
    session = host.session
    drill, own = session.drill, session.state.team(team)
    roles = [role] if role else list(drill.roles)
    seen, standing = outlook.teams[team], session.standing(team)
    levers = [_lever(each, standing["moves"]) for each in session.levers(team, role)]
    return frame(host) | {
        "team": team, "member": member, "is_all_roles": role is None, "story": drill.story,
        "objectives": list(drill.objectives.values()), "ground_rules": drill.ground_rules, "weights": worths(drill),
        "questions_before": drill.questions_before, "moves_a_turn": drill.moves_a_turn,
        "roles": [_role(drill, name, seen.boards[name]) for name in roles],
        "news": _news(seen.news, roles, session.state.turn),
        "predict": {"says": BOARD[drill.predict].says, "unit": percent_or_unit(drill.predict)},
        "prediction": _prediction(drill, standing["prediction"]),
        "predictions": _predictions(drill, own, seen.boards, roles, session.state.turn),
        "levers": levers, "has_moved": bool(standing["moves"]), "is_locked": standing["is_locked"],
        "robot": bool(standing["robot"]), "bill": _bill(drill, own.levers, standing["moves"]),
        "notes": [(turn, text) for whose, turn, text in session.state.notes if whose == team],
        "played": _played(session, team),
    }  # fmt: skip


def _role(drill: Drill, name: str, boards: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """A role's duty and its board: a row a measure, a column a turn."""
    about = drill.roles[name]
    sights = {each.measure: each for each in about.sees}
    rows = [
        {
            "says": words.title(BOARD[row["name"]]),
            "how": how_seen(sights[row["name"]].delay_turns, sights[row["name"]].noise_share),
            "better": {"more": "more is better", "less": "less is better", None: ""}[row["better"]],
            "values": [told(row["name"], board[place]["value"]) for board in boards],
        }
        for place, row in enumerate(boards[-1])
    ]  # fmt: skip
    columns = ["before" if turn == 0 else f"turn {turn}" for turn in range(len(boards))]
    return {"name": name, "title": about.title, "duty": about.duty, "rows": rows, "columns": columns}


def _news(news: Mapping[str, list[dict[str, Any]]], roles: list[str], turn: int) -> list[dict[str, Any]]:
    """What has come in to these roles, latest first, once each."""
    found = {each["name"]: each | {"is_new": each["turn"] == turn} for role in roles for each in news[role]}
    fields = ("turn", "channel", "sender", "to", "title", "text", "finding", "is_new")
    ordered = sorted(found.values(), key=lambda each: -each["turn"])
    return [{field: each[field] for field in fields} for each in ordered]


def _lever(lever: dict[str, Any], moves: Mapping[str, str]) -> dict[str, Any]:
    chosen = moves.get(lever["name"], lever["stands"])
    options = [
        {"name": name, "title": each["title"], "cost": cost(each), "is_chosen": name == chosen,
         "stands": name == lever["stands"], "is_used_up": lever["turns_left"] == 0 and name != lever["standing"]}
        for name, each in lever["options"].items()
    ]  # fmt: skip
    return {key: lever[key] for key in ("name", "title", "text", "turns_left", "role")} | {"options": options}


def _bill(drill: Drill, levers: Levers, moves: Mapping[str, str]) -> float:
    """What the levers cost in the turn ahead, as they are to stand."""
    trial = Levers(drill, dict(levers.position), set(levers.moved), dict(levers.away_turns))
    trial.move(moves)
    return trial.points


def _prediction(drill: Drill, said: Mapping[str, Any] | None) -> str:
    if said is None:
        return ""
    told_range = ""
    if said["low"] is not None:
        told_range = f" ({told(drill.predict, said['low'])} to {told(drill.predict, said['high'])})"
    return told(drill.predict, said["value"]) + told_range


def _predictions(drill: Drill, own: Any, boards: Mapping[str, Any], roles: list[str], ahead: int) -> list[tuple]:
    """What was predicted in the turns that were played, and what came, as far and as exactly as these roles see it."""
    found = []
    for turn, said in sorted(own.predictions.items()):
        if turn < ahead:
            found.append((turn, _prediction(drill, said), _came(drill, boards, roles, turn)))
    return found


def _came(drill: Drill, boards: Mapping[str, Any], roles: list[str], turn: int) -> str:
    for role in roles:
        for sight in drill.roles[role].sees:
            at = turn + sight.delay_turns
            if sight.measure == drill.predict and at < len(boards[role]):
                return told(
                    drill.predict, next(row["value"] for row in boards[role][at] if row["name"] == drill.predict)
                )
    return "told in the debrief"


def _played(session: Session, team: str) -> list[tuple[int, list[str]]]:
    """What the team has moved, turn by turn."""
    levers = session.drill.levers
    return [
        (number, [f"{levers[name].title}: {levers[name].options[option].title}" for name, option in turn.moves.items()])
        for number, turn in enumerate(session.state.turns_of(team), start=1)
    ]


# The projector.


def projector(host: Host, outlook: Outlook) -> dict[str, Any]:
    """The scoreboard: who has locked, how far each team is ahead of the policy that moves nothing, and how to join."""
    session, numbers = host.session, host.debriefing.numbers() if host.session.state.is_over else None
    return frame(host) | {
        "address": host.address, "asks": session.drill.question, "story": session.drill.story,
        "objectives": list(session.drill.objectives.values()), "weights": worths(session.drill),
        "is_score_shown": host.is_shown("is_score_shown", by_itself=True),
        "is_debrief_shown": host.is_shown("is_debrief_shown"), "teams": _ranked(host, outlook, numbers),
        "has_final": numbers is not None,
        "waiting": session.not_locked() if not session.state.is_over else [],
    }  # fmt: skip


def _ranked(host: Host, outlook: Outlook, numbers: dict[str, Any] | None) -> list[dict[str, Any]]:
    state, free = host.session.state, {each.team for each in host.seats.seats if each.code}
    rows = []
    for name, seen in outlook.teams.items():
        final = (numbers or {}).get("teams", {}).get(name, {}).get("ratio")
        rows.append({
            "team": name, "is_locked": state.turn in state.teams[name].locked or bool(state.teams[name].robot),
            "ahead": seen.ahead_of_nothing, "final": final, "is_robot": bool(state.teams[name].robot),
        })  # fmt: skip
    most = max((abs(each["ahead"]) for each in rows), default=0.0) or 1.0
    for each in rows:
        each["bar"] = max(0.0, each["ahead"] / most)
    rows.sort(key=lambda each: (-(each["final"]["mean"] if each["final"] else each["ahead"]), each["team"]))
    return rows + [{"team": name, "is_expected": True} for name in sorted(free - set(outlook.teams))]


# The facilitator.


def facilitator(host: Host, outlook: Outlook) -> dict[str, Any]:
    """Everything: teams, seats with their codes, what lies ahead with its hidden side, and what may be done."""
    session = host.session
    drill, state = session.drill, session.state
    return frame(host) | {
        "address": host.address,
        "teams": [_team(host, outlook, name) for name in state.teams],
        "seats": _seats(host),
        "waiting": session.not_locked() if not state.is_over else [],
        "now": [each for each in outlook.injects_ahead if each["comes_now_to"]],
        "later": [each for each in outlook.injects_ahead if not each["comes_now_to"]],
        "levers": drill.levers,
        "roles": drill.roles,
        "objectives": drill.objectives,
        "channels": CHANNELS,
        "all_injects": {name: each.title for name, each in drill.injects.items() if each.effects},
        "robots": {NOTHING: "moves nothing"} | {name: each.title for name, each in drill.robots.items()},
        "rubric": drill.rubric,
        "criteria": state.criteria(is_jury=True) if drill.kind == "competition" else [],
        "ratings": _ratings(session),
        "notes": list(reversed(state.notes)),
        "undoable": _undoable(session),
        "is_score_shown": host.is_shown("is_score_shown", by_itself=True),
        "is_debrief_shown": host.is_shown("is_debrief_shown"),
        "debrief": host.debriefing.standing(),
        "promised": state.promised,
        "questions_after": drill.questions_after,
        "output": drill.output,
    }


def _team(host: Host, outlook: Outlook, name: str) -> dict[str, Any]:
    session = host.session
    own, standing, levers = session.state.teams[name], session.standing(name), session.drill.levers
    moves = [
        f"{levers[each].title}: {levers[each].options[option].title}" for each, option in standing["moves"].items()
    ]
    members = [f"{member} ({session.role_of(name, member) or 'all roles'})" for member in own.members]
    return {
        "name": name, "members": members, "robot": standing["robot"], "is_locked": standing["is_locked"],
        "prediction": _prediction(session.drill, standing["prediction"]), "moves": moves,
        "ahead": outlook.teams[name].ahead_of_nothing,
        "boards": [_role(session.drill, role, boards) for role, boards in outlook.teams[name].boards.items()],
    }  # fmt: skip


def _seats(host: Host) -> list[dict[str, Any]]:
    roles = host.session.drill.roles
    return [
        {"number": each.number, "team": each.team, "role": roles[each.role].title if each.role else "all roles",
         "code": each.code, "member": each.member}
        for each in host.seats.seats
    ]  # fmt: skip


def _ratings(session: Session) -> list[tuple[str, str, str]]:
    """Marks so far: team, by whom, which."""
    return [
        (name, each["by"], ", ".join(f"{criterion} {mark:g}" for criterion, mark in each["marks"].items()))
        for name, team in session.state.teams.items()
        for each in team.ratings
    ]


def _undoable(session: Session) -> dict[str, Any] | None:
    number = session.state.undoable()
    if number is None:
        return None
    last = next(each for each in session.state.taken if each.number == number)
    return {"number": number, "says": f"{KINDS[last.kind]}{f' ({last.team})' if last.team else ''}"}


def pulse(host: Host, team: str = "") -> str:
    """What changes when a page should be read anew: for a team, what it has said itself and what was played for all."""
    state = host.session.refresh().state
    common = [each.number for each in state.taken if each.kind in ("resolved", "directed", "improvised")]
    if not team:
        return f"{len(state.taken)}-{state.turn}"
    own = [each.number for each in state.taken if each.team == team and each.kind != "rated"]
    return f"{state.turn}-{len(common)}-{own[-1] if own else 0}-{len(own)}"


def slips(host: Host) -> dict[str, Any]:
    """A slip for each seat that is free."""
    return frame(host) | {"address": host.address, "slips": [each for each in _seats(host) if each["code"]]}
