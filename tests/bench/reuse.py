"""What a case costs beyond its cells: stock Papermill's way, a kernel a case, beside ours, in the same process."""

import logging
import statistics
import tempfile
import warnings
from pathlib import Path
from time import perf_counter

import nbformat
import papermill

from simulation.study.cases import NOTEBOOK, Job, case_folder, run_case
from simulation.study.engine import kernels

CELLS, ROUNDS = 10, 7
PYTHON = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
PARAMETERS = 'x: int = 1\nwrite_to: str = ""'
WRITING = 'with open(f"{write_to}/summary.json", "w") as file: file.write("{}")'


def sweep_overhead() -> dict[str, float]:
    """Wall seconds of a case less those of its cells in a warm kernel, turn by turn with the same notebook.

    Ours is the whole case as a sweep runs it: the kernel put back to its beginning, the folder written aside and put in
    place, every file's fingerprint. The cells' own time is the median of what they take in our kernel once it is warm, and
    is taken off on both sides; so what a fresh kernel spends on beginning is overhead, as a sweep pays it.
    """
    logging.getLogger("papermill").setLevel(logging.ERROR)
    code = nbformat.v4.new_code_cell
    cells = [code(PARAMETERS, metadata={"tags": ["parameters"]}), *(code(f"x + {number}") for number in range(CELLS)),
             code(WRITING)]  # fmt: skip
    walls: dict[str, list[float]] = {"stock": [], "ours": []}
    warm = []
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        notebook, out = Path(folder) / "in.ipynb", Path(folder) / "out.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=PYTHON), notebook)

        def stock() -> None:
            papermill.execute_notebook(
                str(notebook), str(out), {"x": 2, "write_to": folder}, progress_bar=False, kernel_name="python3"
            )

        def ours(number: int) -> float:
            """Seconds of the cells."""
            case = f"x={number}"
            outcome = run_case(Job(case, str(notebook), {"x": number}, folder, "same", 60))
            assert outcome.error is None, outcome.error
            done = nbformat.read(case_folder(Path(folder), case) / NOTEBOOK, as_version=4)
            return sum(cell.metadata.papermill.duration or 0 for cell in done.cells)

        ours(0)
        for number in range(1, ROUNDS + 1):
            walls["stock"].append(_seconds(stock))
            walls["ours"].append(_seconds(lambda number=number: warm.append(ours(number))))
        kernels().retire()
    own = statistics.median(warm)
    usual, reused = (statistics.median(walls[side]) - own for side in ("stock", "ours"))
    return {
        "sweep_overhead_over_stock": reused / usual,
        "stock_overhead_seconds": usual,
        "sweep_overhead_seconds": reused,
    }


def _seconds(work) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began
