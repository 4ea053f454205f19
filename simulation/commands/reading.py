"""What a reader asks for: `renewal rules`, `forms`, `handbook`, `check` and `schema`."""

from pathlib import Path
from typing import Annotated

import typer

from playbook.errors import InputError
from playbook.parameters import Parameters, json_schema
from simulation.commands.options import Json, print_json, tell

app = typer.Typer()


@app.command()
def check(as_json: Json = False) -> None:
    """Check every file under params/, and every form."""
    from simulation.study.check import check_all

    problems = check_all()
    if as_json:
        print_json({"problems": problems})
    else:
        for problem in problems:
            typer.echo(problem)
        typer.echo(
            f"{len(problems)} problems found" if problems else "Every file under params/ is in order, and every form."
        )
    if problems:
        raise typer.Exit(2)


@app.command()
def schema() -> None:
    """Print the JSON schema of a parameter file, for editors that check while one types."""
    print_json(json_schema())


@app.command()
def rules(
    item: Annotated[str | None, typer.Argument(help="An item's id, such as S3.3.3.")] = None, as_json: Json = False
) -> None:
    """Show the ledger of the handbook's items, or the card of one."""
    from playbook.cards import card
    from playbook.ledger import ledger

    if item is not None:
        found = card(item)
        if as_json:
            parameters = {name: each.model_dump(exclude_none=True) for name, each in found.parameters.items()}
            print_json({"id": found.id, "prose": found.prose, "parameters": parameters,
                         "functions": [f"{rule.__module__}.{rule.__name__}" for rule in found.rules]})  # fmt: skip
        else:
            typer.echo(found.text())
        return
    entries = ledger()
    if as_json:
        print_json([{"id": each.id, "title": each.title, "legs": list(each.legs), "owed": each.owed,
                      "owed_to": each.owed_to} for each in entries])  # fmt: skip
        return
    for each in entries:
        typer.echo(f"{each.id:8} {' '.join(each.legs):6} {each.state:32} {each.title}")
    complete = sum(not each.owed for each in entries)
    legs, owed = sum(len(each.legs) for each in entries), sum(len(each.owed) for each in entries)
    typer.echo(f"\n{complete} of {len(entries)} items are complete; {legs - owed} of {legs} legs stand.")


@app.command()
def forms(
    name: Annotated[str | None, typer.Argument(help="A form's name, such as score_sheet.")] = None,
    to: Annotated[Path, typer.Option(help="The folder to write to.")] = Path(),
    is_all: Annotated[bool, typer.Option("--all", help="Write every form.")] = False,
    as_json: Json = False,
) -> None:
    """List the handbook's forms, or write one, or all of them, as workbooks to fill in."""
    from playbook.sheets import form, form_names
    from simulation.view.workbook import write_form

    chosen = form_names() if is_all or name is None else [name]
    found = {each: form(each) for each in chosen}
    if name is None and not is_all:
        rows = [{"name": each, "title": about.title, "term": about.term, "chapter": about.chapter, "items": about.items}
                for each, about in found.items()]  # fmt: skip
        if as_json:
            print_json(rows)
        else:
            tell(f"{row['name']:20} {row['title']}  {row['term']}  ({', '.join(row['items'])})" for row in rows)
        return
    files = [to / f"{each}.xlsx" for each in found]
    for each, file in zip(found.values(), files, strict=True):
        write_form(each, file, Parameters.load())
    if as_json:
        print_json({"files": [str(file) for file in files]})
    else:
        tell(f"Written to {file}" for file in files)


@app.command()
def handbook(
    to: Annotated[
        Path | None, typer.Option(help="The folder to build; by default handbook in the folder of runs.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Build the handbook to read: pages for the browser, with the network off, and one PDF."""
    from simulation.study.folders import runs_folder

    try:
        from simulation.view.handbook import build_handbook
    except ModuleNotFoundError as error:
        raise InputError(
            f"{error.name} is missing; the book needs more: pip install 'renewal-playbook[book]'"
        ) from None
    built = build_handbook(to or runs_folder() / "handbook", Parameters.load())
    if as_json:
        print_json({"start": str(built.start), "pdf": str(built.pdf), "pages": built.pages_count,
                     "forms": built.forms_count})  # fmt: skip
    else:
        tell([f"Open {built.start} in a browser ({built.pages_count} pages, {built.forms_count} forms).",
               f"To print: {built.pdf}"])  # fmt: skip
