"""`renewal verify`."""

from typing import Annotated

import typer

from simulation.commands.options import Bar, Json, Seed, Workers, print_json, tell

app = typer.Typer()


@app.command()
def verify(
    files: Annotated[list[str] | None, typer.Argument(help="Verification files; by default the shipped ones.")] = None,
    seed: Seed = 1,
    workers: Workers = None,
    precision: Annotated[
        float, typer.Option(help="1 is the full precision; 2 allows intervals twice as wide.", min=1, max=20)
    ] = 1.0,
    as_json: Json = False,
) -> None:
    """Hold the desk against textbook queues with known answers."""
    from simulation.study.verify import verify_files
    from simulation.view.telling import verification_lines

    with Bar("batches of runs") as progress:
        rows = verify_files(files or [], seed, workers, precision, progress)
    if as_json:
        print_json([vars(row) | {"ok": row.ok} for row in rows])
    else:
        tell(verification_lines(rows))
    if not all(row.ok for row in rows):
        raise typer.Exit(1)
