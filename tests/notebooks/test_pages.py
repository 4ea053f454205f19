"""A page without code runs only the cells that are not in depth: what they use, they have defined."""

import ast
import builtins
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))


def undefined(cells: list[str]) -> set[str]:
    """Names that a cell uses and that neither it nor one before it defines."""
    known, missing = set(dir(builtins)) | {"display"}, set()
    for source in cells:
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                known |= {(each.asname or each.name).partition(".")[0] for each in node.names}
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                known.add(node.id)
        missing |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - known
    return missing


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_cells_of_a_page_stand_without_those_in_depth(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    shown = [cell.source for cell in cells if "in-depth" not in cell.metadata.get("tags", [])]
    assert undefined(shown) == set()


def test_a_name_from_a_cell_in_depth_is_found():
    assert undefined(["a = 1", "show.rule(a)"]) == {"show"}
    assert undefined(["import b as show", "show.rule(show)"]) == set()
