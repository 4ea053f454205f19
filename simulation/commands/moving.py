"""`renewal sensitivity` and `renewal warm-up`: what an answer hangs on."""

import time
from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.options import (
    Bar,
    BookFile,
    Changes,
    Json,
    Map,
    Params,
    Replications,
    Seed,
    Workers,
    changed,
    print_json,
    tell,
)

app = typer.Typer()

FEW = 4  # replications that a tornado, or the evidence of a warm-up, is drawn from where nothing else is asked


@app.command()
def sensitivity(
    base: Annotated[str, typer.Argument(help="The scenario that is asked about, or that the other is held against.")],
    other: Annotated[
        str | None, typer.Argument(help="Another scenario: its difference is what is asked about.")
    ] = None,
    measure: Annotated[
        str | None, typer.Option(help="The measure; by default the first deciding one of the base.")
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option("--vary", help="An assumption, chapter.name=low:high, or chapter.name; may be given often."),
    ] = None,
    points: Annotated[
        int,
        typer.Option(help="Points of a Latin hypercube in which all are moved at once; 0 for none.", min=0, max=5000),
    ] = 0,
    book: BookFile = None,
    mapping: Map = None,
    changes: Changes = None,
    params: Params = None,
    replications: Replications = None,
    seed: Seed = 1,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Move the assumptions one by one, and say which decides, where the answer turns, and which to measure first."""
    from playbook.parameters import Parameters
    from simulation.study import sensitivity as moved
    from simulation.study.folders import new_folder, whole_folder, write_json
    from simulation.study.provenance import command_line, run_record_of
    from simulation.study.replicate import default_workers, worker_processes
    from simulation.study.scenario import check_measure, read_scenario
    from simulation.view import decisions

    first, second = read_scenario(base), read_scenario(other) if other else None
    measure = measure or first.deciding[0]
    check_measure(measure, "--measure")
    parameters = Parameters.load().changed(first.with_changes(changed(changes)).changes)
    assumptions = [moved.assumption_of(text, parameters) for text in vary or []] or moved.read_assumptions()
    question = moved.Question(measure, first, second, changed(changes), book, mapping, seed)
    folder, began = new_folder("sensitivity", Path(base).stem), time.perf_counter()
    with worker_processes(workers or default_workers()) as executor:
        with Bar("runs") as progress:
            found = moved.tornado(question, assumptions, replications or FEW, executor, progress)
        with Bar("turning points") as progress:
            flipped = moved.flips(question, found, executor, progress) if second else []
        with Bar("runs") as progress:
            scatter = moved.hypercube(question, assumptions, points, executor, progress) if points else None
    sentences = decisions.sensitivity_lines(question, found, flipped, scatter)
    record = run_record_of(parameters, seed, found.replications, time.perf_counter() - began, command_line())
    record |= {"confidence": parameters.experiment.confidence_share}
    content = decisions.sensitivity_json(question, found, flipped, scatter) | {"why": sentences, "record": record}
    with whole_folder(folder) as aside:
        parts = decisions.sensitivity_parts(question, found, scatter, sentences)
        asked = "What would change our mind?" if second else "What does this answer hang on?"
        decisions.decision_page(aside / "report.html", asked, sentences[0], sentences[1:], parts, record)
        write_json(aside / "sensitivity.json", content)
    if as_json:
        print_json(content | {"folder": str(folder)})
        return
    tell([sentences[0], *(f"  - {sentence}" for sentence in sentences[1:])])
    typer.echo(f"\nReport: {folder / 'report.html'}")


@app.command("warm-up")
def warm_up(
    scenario: Annotated[str, typer.Argument(help="A name of params/scenarios/ or a file.")] = "handbook",
    changes: Changes = None,
    params: Params = None,
    replications: Replications = None,
    seed: Seed = 1,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Show whether the desk is measured late enough: Welch's picture and MSER-5, over two years without holidays."""
    from simulation.study import warm_up as beginning
    from simulation.study.folders import new_folder, whole_folder
    from simulation.study.provenance import command_line, run_record_of
    from simulation.study.replicate import default_workers, worker_processes
    from simulation.study.scenario import read_scenario, setting
    from simulation.view import decisions

    chosen = setting(read_scenario(scenario).with_changes(changed(changes)))
    folder, began, count = new_folder("warm-up", Path(scenario).stem), time.perf_counter(), replications or FEW
    with worker_processes(workers or default_workers()) as executor:
        found = beginning.warm_up(chosen, count, seed, executor)
    sentences = decisions.warm_up_lines(found)
    record = run_record_of(chosen.parameters, seed, count, time.perf_counter() - began, command_line())
    with whole_folder(folder) as aside:
        part = decisions.warm_up_part(found, sentences)
        asked = "Is the desk measured late enough?"
        decisions.decision_page(aside / "report.html", asked, sentences[0], [], [part], record | {"confidence": 0.95})
    if as_json:
        content = {"cut_day": found.cut_day, "measured_from_day": found.measured_from_day}
        print_json(content | {"is_long_enough": found.is_long_enough, "record": record, "folder": str(folder)})
        return
    tell([*sentences, f"\nReport: {folder / 'report.html'}"])
