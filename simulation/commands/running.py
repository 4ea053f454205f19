"""`renewal run` and `renewal compare`."""

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
    Precise,
    Replications,
    Seed,
    Workers,
    changed,
    print_json,
    tell,
)

app = typer.Typer()


@app.command()
def run(
    scenario: Annotated[str, typer.Argument(help="A name of params/scenarios/ or a file.")] = "handbook",
    team: Annotated[str | None, typer.Option(help="Another team than the scenario's: params/teams/ or a file.")] = None,
    book: BookFile = None,
    mapping: Map = None,
    changes: Changes = None,
    params: Params = None,
    replications: Replications = None,
    is_precise: Precise = False,
    seed: Seed = 1,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Run one scenario: what the team reaches, with intervals."""
    from simulation.study.answers import answers
    from simulation.study.folders import PAGE, new_folder, whole_file
    from simulation.study.scenario import read_scenario

    folder = new_folder("run", Path(scenario).stem)
    with Bar("runs") as progress:
        found = answers(
            [read_scenario(scenario)],
            changed(changes),
            book,
            mapping,
            replications,
            seed,
            workers,
            progress,
            is_precise,
            team,
        )[0]
    found.write(folder)
    if as_json:
        print_json(found.as_json() | {"folder": str(folder)})
        return
    from simulation.view.report import answer_page  # draws, which whoever reads JSON need not wait for
    from simulation.view.telling import answer_lines

    with whole_file(folder / PAGE) as aside:
        answer_page(aside, found)
    tell(answer_lines(found))
    typer.echo(f"\nReport: {folder / PAGE}")


@app.command()
def compare(
    base: Annotated[str, typer.Argument(help="The scenario that the others are held against.")],
    others: Annotated[list[str], typer.Argument(help="One or more other scenarios.")],
    book: BookFile = None,
    mapping: Map = None,
    changes: Changes = None,
    params: Params = None,
    replications: Replications = None,
    is_precise: Precise = False,
    seed: Seed = 1,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Compare scenarios under the same luck, pair by pair."""
    from simulation.study.answers import answers
    from simulation.study.compare import compare as compare_runs
    from simulation.study.folders import COMPARISON, PAGE, new_folder, whole_folder, write_json
    from simulation.study.provenance import command_line
    from simulation.study.scenario import labels, read_scenario
    from simulation.view import tables, words
    from simulation.view.report import comparison_page
    from simulation.view.telling import beside_json, comparison_lines, comparison_notes, difference_json

    scenarios = [read_scenario(name) for name in [base, *others]]
    folder = new_folder("compare", scenarios[0].name)
    with Bar("runs") as progress:
        found = answers(scenarios, changed(changes), book, mapping, replications, seed, workers, progress, is_precise)
    first, deciding, confidence = found[0], found[0].scenario.deciding, found[0].confidence
    named = dict(zip(labels(scenarios), found, strict=True))
    base_label, *other_labels = named
    differences = {
        label: compare_runs(first.replications, named[label].replications, deciding, confidence)
        for label in other_labels
    }
    notes = {label: each.notes() for label, each in named.items()}
    for label in other_labels:
        notes[label] = comparison_notes(first, named[label]) + notes[label]
    with whole_folder(folder) as aside:
        for each in found:
            (aside / each.scenario.name).mkdir()
            each.write_into(aside / each.scenario.name)
        cases = tables.cases_frame({label: each.replications for label, each in named.items()}, deciding, confidence)
        question = " / ".join(scenario.question for scenario in scenarios[1:])
        record = first.record | {"command": command_line(), "confidence": confidence}
        verdicts = [words.verdict(base_label, label, each, notes[label]) for label, each in differences.items()]
        rows = {label: list(map(difference_json, each)) for label, each in differences.items()}
        kept = {"base": base_label, "question": question, "differences": rows, "verdicts": verdicts, "record": record}
        write_json(aside / COMPARISON, kept)
        comparison_page(aside / PAGE, question, base_label, differences, notes, cases, record)
    if as_json:
        rows = {named[label].scenario.name: list(map(difference_json, each)) for label, each in differences.items()}
        beside = {named[label].scenario.name: beside_json(first, named[label]) for label in other_labels}
        print_json(first.as_json() | {"differences": rows, "beside": beside, "folder": str(folder)})
        return
    tell(comparison_lines(base_label, differences, notes, confidence, len(first.replications.values)))
    typer.echo(f"The runs: {first.record['ending']}.\n\nReport: {folder / PAGE}")
