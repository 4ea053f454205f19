"""The prompt of a drill in the terminal: it asks, re-asks with a sentence, and leaves all that was said in the store."""

from collections.abc import Callable
from typing import Any, TypeVar

import typer

from playbook.errors import InputError, did_you_mean
from simulation.commands.options import tell

Answer = TypeVar("Answer")

HELP = """  LEVER OPTION   move a lever, such as: paper out
  go             decided: lock this turn
  levers         what can be moved, and where it stands
  board          the boards again
  news           the news again
  undo           take back your last word of this turn
  note TEXT      write something down
  stop           leave; `renewal drill play` with the session's name goes on from here"""
WORDS = ("go", "levers", "board", "news", "undo", "note", "stop", "help")


def ask(question: str, read: Callable[[str], Answer]) -> Answer:
    """What somebody answers, once it can be read; each slip is told and asked again. The end of input leaves the play."""
    while True:
        try:
            return read(typer.prompt(question, default="", show_default=False).strip())
        except InputError as error:
            typer.echo(f"  {error}")


def play_on(session: Any) -> None:
    """Play a session from where it stands to its end, one team after the other at one keyboard."""
    from simulation.view.drills import brief_lines, session_line

    tell([session_line(session), ""])
    if session.state.turn == 1 and not any(team.moves or team.predictions for team in session.state.teams.values()):
        tell(brief_lines(session.drill))
        _check_marks(session)
    while not session.state.is_over:
        for team in session.not_locked():
            _turn(session, team)
        _check_marks(session)
        typer.echo(f"\nTurn {session.state.turn} is played ...")
        session.resolve()
    for team in session.state.teams:
        tell(["", f"{team}, afterwards", *_boards(session, team)])
    tell(
        [
            "",
            "That was the last turn. Now:",
            f"  renewal drill debrief {session.name}",
            f"  renewal drill score {session.name}",
        ]
    )


def _check_marks(session: Any) -> None:
    """In a case competition the jury marks before anything is forecast, so it is asked for its marks here."""
    if session.drill.kind != "competition" or session.not_locked():
        return
    for team in session.state.not_marked():
        marks = {
            criterion: ask(f"Jury, {team}: {criterion}, 1 to 10", _number_between(1, 10))
            for criterion in session.state.criteria(is_jury=True)
        }
        session.rate(team, "jury", marks, is_jury=True)


def _turn(session: Any, team: str) -> None:
    from simulation.view.drills import lever_lines, news_lines

    turn = session.state.turn
    tell(["", f"Turn {turn} of {session.drill.turns}, team {team}", "-" * 40, *_boards(session, team)])
    tell(news_lines(session, team))
    if session.standing(team)["prediction"] is None and not session.standing(team)["moves"]:
        _predict(session, team)
    tell(["", "Levers:", *lever_lines(session, team), "", HELP if turn == 1 else "  (`help` lists the words)", ""])
    while turn not in session.state.teams[team].locked:
        ask(f"{team}, turn {turn}", lambda text: _word(session, team, text))


def _boards(session: Any, team: str) -> list[str]:
    from simulation.view.drills import board_lines

    return [line for role in session.drill.roles for line in board_lines(session, team, role)]


def _predict(session: Any, team: str) -> None:
    from simulation.drill.boards import BOARD

    about = BOARD[session.drill.predict]
    unit = "in per cent" if about.unit == "share" else about.unit
    scale = 100 if about.unit == "share" else 1

    def read(text: str) -> None:
        numbers = [_number(word) / scale for word in text.replace("%", " ").split()]
        if len(numbers) not in (1, 3):
            raise InputError("one number, or three: your number, and the ends of a range you would bet four to one on")
        session.predict(team, *numbers)

    ask(f"\nFirst predict, {about.says} in this turn, {unit} (or three numbers: yours, low, high)", read)


def _word(session: Any, team: str, text: str) -> None:
    """Do what was typed; InputError where it cannot be understood or is not allowed."""
    from simulation.view.drills import lever_lines, news_lines

    word, _, rest = text.partition(" ")
    if word == "go":
        session.lock(team)
    elif word == "levers":
        tell(lever_lines(session, team))
    elif word == "board":
        tell(_boards(session, team))
    elif word == "news":
        tell(news_lines(session, team))
    elif word == "undo":
        typer.echo(f"  taken back: {session.undo(team).kind}")
    elif word == "note":
        session.note(rest, team)
    elif word == "stop":
        raise typer.Exit(0)
    elif word == "help" or not word:
        typer.echo(HELP)
    elif word in session.drill.levers:
        session.decide(team, word, rest.strip())
        moves = session.standing(team)["moves"]
        typer.echo(
            f"  this turn: {', '.join(f'{lever} to {option}' for lever, option in moves.items()) or 'nothing moved'}"
        )
    else:
        raise InputError(
            f"{word!r:.60} is neither a lever nor a word{did_you_mean(word, [*session.drill.levers, *WORDS])}"
        )


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise InputError(f"{text!r:.40} is no number") from None


def _number_between(low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        found = _number(text)
        if not low <= found <= high:
            raise InputError(f"{found:g}: marks go from {low:g} to {high:g}")
        return found

    return read


def audit_in_terminal(audit: Any, seed: int) -> None:
    """A paper audit at one keyboard: file by file, which questions are answered with no."""
    from simulation.drill.audit import drawn, mark
    from simulation.view.drills import audit_file_lines, audit_intro_lines, audit_result_lines

    files = drawn(audit, seed)
    tell(audit_intro_lines(audit))
    said: dict[str, set[str]] = {}
    for each in files:
        tell(["", *audit_file_lines(audit, each)])

        def read(text: str) -> set[str]:
            words = set() if text in ("", "-", "none") else set(text.replace(",", " ").split())
            for word in sorted(words):
                if word not in audit.checks:
                    raise InputError(f"{word!r:.40} is no question of this audit{did_you_mean(word, audit.checks)}")
            return words

        said[each.name] = ask("What is wrong here (names of questions, or none)", read)
    tell(["", *audit_result_lines(audit, mark(audit, files, said))])
