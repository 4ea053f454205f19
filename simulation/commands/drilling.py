"""`renewal drill`: drills listed, checked, played in the terminal, scored, debriefed, carried to another machine."""

from pathlib import Path
from typing import Annotated, Any

import typer

from playbook.errors import InputError
from simulation.commands.options import Bar, Json, Workers, print_json, tell

app = typer.Typer()

DATABASE = "drills.sqlite"
Drill = Annotated[str, typer.Argument(help="A drill of params/drills/, or a file by path.")]
Name = Annotated[str, typer.Argument(help="The session's name.")]
Database = Annotated[
    Path | None, typer.Option("--store", help="The file that keeps the sessions; by default in the folder of runs.")
]
Seeds = Annotated[int, typer.Option(help="Kinds of luck under which decisions are replayed.", min=2, max=1000)]


def kept_in(path: Path | None) -> Any:
    """The store of that file, by default the one in the folder of runs."""
    from simulation.drill.store import Store
    from simulation.study.folders import runs_folder

    return Store(path or runs_folder() / DATABASE)


def _session(name: str, path: Path | None) -> Any:
    from simulation.drill.session import Session

    return Session(kept_in(path), name)


@app.command("list")
def list_drills(store: Database = None, as_json: Json = False) -> None:
    """List the drills that are shipped, and the sessions that have been kept."""
    from simulation.drill.drill_file import drill_names, drill_path, title_of
    from simulation.drill.session import Session
    from simulation.view.drills import session_line

    kept = kept_in(store)
    titles = {name: title_of(drill_path(name)) for name in drill_names()}
    sessions = [Session(kept, name) for name in kept.sessions()]
    if as_json:
        print_json({"drills": titles, "sessions": [each.name for each in sessions]})
        return
    tell(f"{name:16} {title}" for name, title in titles.items())
    tell(
        ["", *map(session_line, sessions)]
        if sessions
        else ["", "No session has been kept yet: renewal drill play NAME"]
    )


@app.command("check")
def check_drills(
    drills: Annotated[
        list[str] | None, typer.Argument(help="Drills by name or path; all that are shipped, without.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Hold names against each other only; let no robots play.")
    ] = False,
    seeds: Seeds = 30,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Check drill files, and let robots play them: par must beat nothing clearly, a sensible policy must lie between."""
    from simulation.drill.drill_file import drill_names
    from simulation.study.replicate import default_workers, worker_processes

    found: dict[str, Any] = {}
    with worker_processes(workers or default_workers()) as executor:
        for name in drills or drill_names():
            found[name] = _checked(name, quick, seeds, executor, as_json)
    if as_json:
        print_json({name: {"complaints": each} for name, each in found.items()})
    if any(found.values()):
        raise typer.Exit(1)


def _checked(name: str, quick: bool, seeds: int, executor: Any, as_json: bool) -> list[str]:
    """What robots complain of in one file."""
    from simulation.drill.audit import audit_dry_run, read_audit
    from simulation.drill.check import read_drill
    from simulation.drill.drill_file import drill_path, is_audit
    from simulation.drill.dry_run import dry_run
    from simulation.view.drills import audit_dry_run_lines, dry_run_lines

    if is_audit(drill_path(name)):
        audit = read_audit(name)
        found = None if quick else audit_dry_run(audit, seeds)
        lines = [f"{name}: fits together"] if found is None else audit_dry_run_lines(audit, found)
    else:
        drill = read_drill(name)
        if quick:
            found, lines = None, [f"{name}: fits together"]
        else:
            with Bar(name) as progress:
                found = dry_run(drill, executor, seeds, progress)
            lines = dry_run_lines(found)
    if not as_json:
        tell(lines)
    return found.complaints() if found else []


@app.command("new")
def new_session(
    drill: Drill,
    name: Name,
    teams: Annotated[list[str] | None, typer.Option("--team", help="A team; may be given often.")] = None,
    robots: Annotated[
        list[str] | None, typer.Option("--robot", help="A team that a robot plays, team=robot; may be given often.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Of the luck of the play; by default the drill's own.", min=0)
    ] = None,
    store: Database = None,
) -> None:
    """Open a session of a drill, with its teams."""
    from simulation.drill.session import open_session
    from simulation.view.drills import session_line

    session = open_session(kept_in(store), drill, name, seed)
    _seat(session, teams or [], robots or [])
    typer.echo(session_line(session))


def _seat(session: Any, teams: list[str], robots: list[str]) -> None:
    for team in teams:
        session.join(team, "terminal")
    for text in robots:
        team, equals, robot = text.partition("=")
        if not equals:
            raise InputError(f"--robot {text}: a robot's seat is written team=robot, such as red=par")
        session.join(team.strip(), robot.strip(), robot=robot.strip())


@app.command("play")
def play(
    what: Annotated[str, typer.Argument(help="A drill to begin, or a session to go on with.")],
    name: Annotated[str | None, typer.Option("--name", help="What to call a new session.")] = None,
    teams: Annotated[
        list[str] | None, typer.Option("--team", help="A team of a new session; may be given often.")
    ] = None,
    robots: Annotated[
        list[str] | None, typer.Option("--robot", help="A team that a robot plays, team=robot; may be given often.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of the luck of a new session.", min=0)] = None,
    store: Database = None,
) -> None:
    """Play a drill in the terminal, turn by turn; killed at any moment, the same command goes on where it was."""
    from simulation.commands.drill_prompt import play_on
    from simulation.drill.session import Session, open_session

    kept = kept_in(store)
    known = kept.sessions()
    if name is None and what in known:
        session = Session(kept, what)
    else:
        called = name or _free(Path(what).stem, known)
        session = open_session(kept, what, called, seed)
        _seat(session, teams or ["team"], robots or [])
    play_on(session)


def _free(stem: str, known: list[str]) -> str:
    """The first of outage-1, outage-2, ... that no session has."""
    number = 1
    while f"{stem}-{number}" in known:
        number += 1
    return f"{stem}-{number}"


@app.command("score")
def score(
    name: Name, seeds: Seeds = 30, workers: Workers = None, store: Database = None, as_json: Json = False
) -> None:
    """Score a session's teams: their decisions over many kinds of luck, beside nothing and par."""
    from simulation.drill.score import scored
    from simulation.study.replicate import default_workers, worker_processes
    from simulation.view.drills import score_json, score_lines

    session = _session(name, store)
    with Bar("runs") as progress, worker_processes(workers or default_workers()) as executor:
        found = scored(session, executor, seeds, progress)
    if as_json:
        print_json(score_json(found))
    else:
        tell(score_lines(found))


@app.command("undo")
def undo(
    name: Name,
    team: Annotated[str, typer.Option("--team", help="A team's own last word; without it, the last of all.")] = "",
    store: Database = None,
) -> None:
    """Undo the last event of a session, a turn that was played included."""
    session = _session(name, store)
    undone = session.undo(team)
    typer.echo(
        f"Undone: {undone.kind}{f' by {undone.team}' if undone.team else ''}. Turn {session.state.turn} is ahead."
    )


@app.command("branch")
def branch(
    name: Name,
    turn: Annotated[int, typer.Option("--turn", help="The turn from which it is to be played otherwise.")],
    to: Annotated[str, typer.Option("--to", help="What to call the new session.")],
    store: Database = None,
) -> None:
    """Copy a session up to before a turn, to play on with other decisions."""
    from simulation.view.drills import session_line

    typer.echo(session_line(_session(name, store).branch(to, turn)))


@app.command("export")
def export(
    name: Name,
    to: Annotated[Path, typer.Option("--to", help="The file to write.")],
    store: Database = None,
) -> None:
    """Write a session as one text file that can be played on and scored on another machine."""
    from simulation.drill.exchange import exported
    from simulation.study.folders import whole_file

    text = exported(_session(name, store))
    if to.exists():
        raise InputError(f"{to} is there already, and nothing is written over it")
    with whole_file(to) as aside:
        aside.write_text(text, encoding="utf-8", newline="\n")
    typer.echo(f"{name} written to {to}")


@app.command("import")
def import_session(
    path: Annotated[Path, typer.Argument(help="A file that `renewal drill export` wrote.")],
    name: Annotated[str, typer.Option("--name", help="What to call the session here.")],
    store: Database = None,
) -> None:
    """Take in a session from another machine."""
    from simulation.drill.check import text_of
    from simulation.drill.exchange import imported
    from simulation.view.drills import session_line

    text = text_of(path)
    try:
        session, notes = imported(kept_in(store), text, name)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    tell([session_line(session), *(f"  note: {each}" for each in notes)])


@app.command("audit")
def audit(
    name: Annotated[str, typer.Argument(help="An audit of params/drills/, or a file by path.")] = "mock_audit",
    seed: Annotated[int, typer.Option(help="Of the files that are drawn.", min=0)] = 1,
    sheet: Annotated[bool, typer.Option("--sheet", help="Print the files for paper, and the key after them.")] = False,
) -> None:
    """Play a paper mock audit in the terminal: read files, name what is wrong, see what was planted."""
    from simulation.commands.drill_prompt import audit_in_terminal
    from simulation.drill.audit import drawn, read_audit
    from simulation.view.drills import audit_sheet_lines

    read = read_audit(name)
    if sheet:
        tell(audit_sheet_lines(read, drawn(read, seed)))
    else:
        audit_in_terminal(read, seed)
