"""`renewal drill serve`, `kit` and `debrief`: what a trainer needs around a drill."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from playbook.errors import InputError
from simulation.commands.options import Params, told

app = typer.Typer()

DATABASE = "drills.sqlite"
PORT = 8750
HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"
StoreFile = Annotated[
    Path | None, typer.Option("--store", help="The file that keeps the sessions; by default in the folder of runs.")
]


def _store(path: Path | None) -> Any:
    from simulation.drill.store import Store
    from simulation.study.folders import runs_folder

    return Store(path or runs_folder() / DATABASE)


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
    store: StoreFile = None,
) -> None:
    """Serve a drill: pages for players (with a code), the facilitator (with the key) and the projector; network not needed."""
    from simulation.serve.host import host_of
    from simulation.serve.server import serve as answer

    if (certificate is None) != (private_key is None):
        raise InputError("--certificate and --private-key go together")
    host = host_of(_store(store), what, name, seed, teams or [])

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
