"""`renewal drill serve`, `kit` and `debrief`: what a trainer needs around a drill."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from playbook.errors import InputError
from simulation.commands.drilling import Database, Name, Seeds, kept_in
from simulation.commands.options import Bar, Params, Workers, tell, told

app = typer.Typer()

PORT = 8750
HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"


@app.command()
def serve(
    what: Annotated[str, typer.Argument(help="A drill to begin, or a session to go on with.")],
    name: Annotated[str | None, typer.Option(help="What to call a new session.")] = None,
    teams: Annotated[
        list[str] | None, typer.Option("--team", help="A team with one browser; may be given often, or added later.")
    ] = None,
    is_open: Annotated[
        bool, typer.Option("--network", help="Answer the local network, not this machine alone.")
    ] = False,
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.", min=0, max=65535)] = PORT,
    address: Annotated[str | None, typer.Option(help="What players type, where it is not found out.")] = None,
    certificate: Annotated[Path | None, typer.Option(help="A certificate, for an encrypted connection.")] = None,
    private_key: Annotated[Path | None, typer.Option(help="The certificate's private key.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of the luck of a new session.", min=0)] = None,
    params: Params = None,
    store: Database = None,
) -> None:
    """Serve a drill: pages for players (with a code), the facilitator (with the key) and the projector; network not needed."""
    from simulation.serve.host import host_of
    from simulation.serve.server import serve as answer

    if (certificate is None) != (private_key is None):
        raise InputError("--certificate and --private-key go together")
    host = host_of(kept_in(store), what, name, seed, teams or [])

    def listening(port: int) -> None:
        host.address = address or f"{'https' if certificate else 'http'}://{_own_address() if is_open else HERE}:{port}"
        told.print(f"Session {host.session.name} of {host.session.drill.title!r}", markup=False, soft_wrap=True)
        told.print(f"Players:     {host.address}", markup=False, soft_wrap=True)
        told.print(f"Projector:   {host.address}/projector", markup=False, soft_wrap=True)
        told.print(f"Facilitator: {host.address}/facilitator   key {host.seats.key}", markup=False, soft_wrap=True)
        told.print("End it with Ctrl+C; the same command with the session's name goes on where it was.")

    asyncio.run(
        answer(
            host, EVERYWHERE if is_open else HERE, port, listening,
            (certificate, private_key) if certificate and private_key else None,
        )
    )  # fmt: skip


def _own_address() -> str:
    """This machine's address on the local network, as far as its own name tells."""
    import socket

    try:
        found = {each[4][0] for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    except OSError:
        found = set()
    return next((each for each in sorted(found) if not each.startswith("127.")), socket.gethostname())


@app.command()
def debrief(
    name: Name,
    beside: Annotated[
        str | None, typer.Option("--beside", "--with", help="Another session of the same drill, to compare.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="The folder to write to; by default one in the folder of runs.")
    ] = None,
    seeds: Seeds = 30,
    branch_seeds: Annotated[
        int, typer.Option(help="Kinds of luck under which each turn is played otherwise.", min=2, max=1000)
    ] = 10,
    workers: Workers = None,
    store: Database = None,
) -> None:
    """Tell what happened, what mattered and what was hidden, and write it as a page that opens with the network off."""
    from simulation.drill.debrief import compared
    from simulation.drill.debrief import debrief as told_of
    from simulation.drill.session import Session
    from simulation.study.folders import new_folder
    from simulation.study.provenance import command_line
    from simulation.study.replicate import default_workers, worker_processes
    from simulation.view.debrief_page import write_debrief
    from simulation.view.drills import compared_lines, debrief_lines

    kept = kept_in(store)
    session, folder = Session(kept, name), to or new_folder("debrief", name)
    other = Session(kept, beside) if beside else None
    with Bar("runs") as progress, worker_processes(workers or default_workers()) as executor:
        found = told_of(session, executor, progress, score_seeds=seeds, branch_seeds=branch_seeds)
        two = compared(session, other, executor, progress, score_seeds=seeds) if other else None
    page = write_debrief(folder, session, found, two, command_line())
    tell([*debrief_lines(found), *(["", *compared_lines(two)] if two else [])])
    typer.echo(f"\nDebrief: {page}")


@app.command()
def promise(
    name: Name,
    action: Annotated[str, typer.Argument(help="What will be done.")],
    owner: Annotated[str, typer.Option(help="Who does it.")],
    by: Annotated[str, typer.Option(help="By which day, such as 2026-01-31.")],
    store: Database = None,
) -> None:
    """Write down an action that comes out of the debrief."""
    from simulation.drill.session import Session

    Session(kept_in(store), name).promise(action, owner, by)
    typer.echo(f"{action}: {owner}, by {by}")


@app.command()
def kit(
    drill: Annotated[str, typer.Argument(help="A drill of params/drills/, or a file by path.")],
    to: Annotated[Path, typer.Option(help="The folder to write to.")],
) -> None:
    """Print a drill's kit for paper: the guide, sheets by role, decision cards, and what is filled in by hand."""
    from simulation.drill.check import read_drill
    from simulation.view.drill_kit import write_kit

    for path in write_kit(to, Path(drill).stem, read_drill(drill)):
        typer.echo(path)
