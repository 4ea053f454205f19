"""`renewal book …`: what is in a book of policies, or a synthetic one."""

from pathlib import Path
from typing import Annotated

import typer

from playbook.parameters import Parameters
from simulation.commands.options import Changes, Json, Params, changed, tell_facts

app = typer.Typer()


@app.command("check")
def book_check(
    file: Annotated[str, typer.Argument(help="A CSV or Excel file of policies.")],
    mapping: Annotated[str, typer.Option("--map", help="A mapping file, or a name of params/books/.")],
    as_json: Json = False,
) -> None:
    """Read a file as a book and say what is in it, or what is wrong, by row and column."""
    from simulation.study.answers import own_book
    from simulation.view.tables import book_facts

    book = own_book(file, mapping, Parameters.load())
    book.check_lines(Parameters.load())
    facts = book_facts(book, Parameters.load())
    tell_facts(facts, as_json)


@app.command("describe")
def book_describe(changes: Changes = None, params: Params = None, as_json: Json = False) -> None:
    """Say what is in the book that the generator makes."""
    from simulation.desk.book import make_book
    from simulation.view.tables import book_facts

    parameters = Parameters.load().changed(changed(changes))
    tell_facts(book_facts(make_book(parameters), parameters), as_json)


@app.command("make")
def book_make(
    file: Annotated[Path, typer.Argument(help="The CSV file to write.")], changes: Changes = None, params: Params = None
) -> None:
    """Write the generator's book as a CSV file, with a mapping beside it that reads it back."""
    from simulation.study.own_book import write_book

    parameters = Parameters.load().changed(changed(changes))
    mapping = write_book(file, parameters)
    typer.echo(f"Written to {file}; read it with --book {file} --map {mapping}")
