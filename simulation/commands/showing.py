"""`renewal gallery`: the page of the handbook that tells what the desk says."""

from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.options import (
    Bar,
    Changes,
    Json,
    Params,
    Replications,
    Seed,
    Workers,
    changed,
    print_json,
    tell,
)

app = typer.Typer()


@app.command()
def gallery(
    name: Annotated[str, typer.Argument(help="A name of params/gallery/ or a file.")] = "structures",
    policies: Annotated[
        list[int] | None, typer.Option(help="A size of book; may be given often; by default those of the file.", min=1)
    ] = None,
    to: Annotated[Path | None, typer.Option(help="The Markdown file to write; by default the handbook's page.")] = None,
    changes: Changes = None,
    params: Params = None,
    replications: Replications = None,
    seed: Seed = 1,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Run every structure on every book, and write the handbook's page of answers; a killed run goes on where it was."""
    from playbook.documents import params_folder
    from simulation.study.folders import runs_folder, whole_file
    from simulation.study.gallery import gallery_runs, read_gallery
    from simulation.study.provenance import command_line
    from simulation.study.replicate import default_workers, worker_processes
    from simulation.view.gallery import gallery_page, gallery_picture

    checked = read_gallery(name)
    sizes, count = policies or checked.file.policies_count, replications or checked.file.replications
    folder, target = runs_folder() / "gallery", to or params_folder().parent / checked.file.page
    total, by_book = len(sizes) * len(checked.scenarios), {}
    with worker_processes(workers or default_workers()) as executor, Bar("scenarios") as progress:
        done = iter(range(1, total + 1))
        for size in sizes:
            by_book[size] = gallery_runs(
                checked, folder, size, count, seed, changed(changes), executor, lambda: progress(next(done), total)
            )
    text = gallery_page(checked, by_book, command_line())
    with whole_file(target) as aside:
        aside.write_text(text, encoding="utf-8")
    gallery_picture(checked, by_book[sizes[len(sizes) // 2]], target.with_suffix(".png"))
    if as_json:
        print_json({"page": str(target), "folder": str(folder), "policies": sizes, "replications": count})
        return
    tell([f"Written to {target}; what was run is kept in {folder}."])
