"""`renewal choose`: the best scenario, or the cheapest that keeps its promises."""

import time
from typing import Annotated

import typer

from playbook.errors import InputError
from simulation.commands.options import (
    Bar,
    BookFile,
    Changes,
    Json,
    Map,
    Params,
    Seed,
    Workers,
    changed,
    print_json,
    tell,
)

app = typer.Typer()

SMALLEST_SHARE = 0.005


@app.command()
def choose(
    scenarios: Annotated[list[str], typer.Argument(help="The scenarios to choose from; one, with --heads.")],
    limits: Annotated[
        list[str] | None, typer.Option("--limit", help="A promise, measure=value; may be given often.")
    ] = None,
    best_by: Annotated[str | None, typer.Option("--best", help="The measure by which the best is sought.")] = None,
    smallest_difference: Annotated[
        float | None, typer.Option(help="The smallest difference in it that matters; 0.005 for a share.")
    ] = None,
    heads: Annotated[
        str | None, typer.Option(help="Numbers of consultants to choose from, such as 8:14, in one scenario.")
    ] = None,
    confidence: Annotated[
        float | None, typer.Option(help="Of the promise; by default experiment.confidence_share.", min=0.5, max=0.999)
    ] = None,
    first: Annotated[
        int | None,
        typer.Option(help="Replications of the first stage (by default 10), or of the pilot (5).", min=5, max=1000),
    ] = None,
    most: Annotated[int, typer.Option(help="The most replications of one scenario.", min=6, max=10_000)] = 200,
    book: BookFile = None,
    mapping: Map = None,
    changes: Changes = None,
    params: Params = None,
    seed: Seed = 1,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Choose with a guarantee: the cheapest scenario whose limits hold, or the best by a measure."""
    from simulation.study import candidates as known
    from simulation.study.choose import FIRST_STAGE, PILOT, best, cheapest
    from simulation.study.folders import new_folder, whole_folder, write_json
    from simulation.study.measures import BY_NAME
    from simulation.study.provenance import command_line, run_record_of
    from simulation.study.replicate import Runs, default_workers, worker_processes
    from simulation.study.scenario import check_measure, read_scenario
    from simulation.view import decisions

    if bool(limits) == (best_by is not None):
        raise InputError(
            "choose either the cheapest within limits (--limit measure=value) or the best (--best measure)"
        )
    wanted = [known.limit_of(text) for text in limits or []]
    if best_by is not None:
        smallest_difference = _smallest(best_by, smallest_difference, check_measure, BY_NAME)
    read = [read_scenario(name) for name in scenarios]
    if heads is None:
        tried = known.candidates(read, changed(changes), book, mapping)
    elif len(read) != 1:
        raise InputError("--heads tries numbers of consultants in one scenario, not in several")
    else:
        tried = known.by_heads(read[0], *_numbers(heads), changed(changes), book, mapping)
    settings = [each.setting for each in tried]
    confidence = confidence or settings[0].parameters.experiment.confidence_share
    folder, began = new_folder("choose", read[0].name), time.perf_counter()
    workers = workers or default_workers()
    with Bar("runs") as progress, worker_processes(workers) as executor:
        runs = Runs(settings, seed, executor, lambda done: progress(done, None))
        if best_by is not None:
            is_more_better = BY_NAME[best_by].better == "more"
            found = best(
                runs, best_by, is_more_better, smallest_difference, confidence, first or FIRST_STAGE, most, step=workers
            )
            sentences = decisions.best_lines(found, tried, best_by, smallest_difference, confidence)
            part = decisions.best_part(found, tried, best_by, smallest_difference, sentences)
            content = decisions.best_json(found, tried)
        else:
            found = cheapest(runs, [each.payroll_cny for each in tried], wanted, confidence, first or PILOT, most)
            sentences = decisions.cheapest_lines(found, tried, confidence)
            part = decisions.cheapest_part(found, tried, sentences)
            content = decisions.cheapest_json(found, tried)
    seconds = time.perf_counter() - began
    record = run_record_of(settings[0].parameters, seed, runs.runs_count, seconds, command_line())
    record |= {
        "confidence": confidence,
        "book": settings[0].book.title,
        "replications": f"{runs.runs_count} runs in all",
    }
    content |= {"why": sentences, "confidence": confidence, "runs": runs.runs_count, "seed": seed, "record": record}
    with whole_folder(folder) as aside:
        decisions.decision_page(
            aside / "report.html", _question(best_by, heads), sentences[0], sentences[1:], [part], record
        )
        write_json(aside / "choice.json", content)
    if as_json:
        print_json(content | {"folder": str(folder)})
        return
    tell([sentences[0], *(f"  - {sentence}" for sentence in sentences[1:])])
    typer.echo(f"\n{runs.runs_count} runs in {seconds:.0f} s. Report: {folder / 'report.html'}")


def _question(best_by: str | None, heads: str | None) -> str:
    if best_by is not None:
        return "Which of these is best?"
    return "How few people keep the limits?" if heads else "Which is the cheapest that keeps its promises?"


def _smallest(measure: str, given: float | None, check_measure, known) -> float:
    """The smallest difference that matters; it has to be said for all but shares."""
    check_measure(measure, "--best")
    if known[measure].better is None:
        raise InputError(f"--best: {measure} has no better side")
    if given is None and known[measure].unit != "share":
        raise InputError(f"--smallest-difference: say what difference in {measure} ({known[measure].unit}) matters")
    return SMALLEST_SHARE if given is None else given


def _numbers(text: str) -> tuple[int, int]:
    fewest, colon, most = text.partition(":")
    if not (colon and fewest.strip().isdigit() and most.strip().isdigit()):
        raise InputError(f"--heads {text}: numbers of consultants are written fewest:most, such as 8:14")
    return int(fewest), int(most)
