"""Cases: one notebook run in a folder of its own, put in place whole, and told from one that is not finished."""

import json
import logging
import re
import shutil
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import papermill_engines

from playbook.errors import InputError
from simulation.study.engine import NAME, ReusingEngine, kernels
from simulation.study.fingerprints import of_file
from simulation.study.folders import whole_folder, write_json

NOTEBOOK, SUMMARY, SEAL, LOG = "notebook.ipynb", "summary.json", "case.json", "log.txt"
CASES, FAILED = "cases", "failed"
LONGEST_NAME = 100
TRIES = 2
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Job:
    """What one case needs in any process: no more than words and paths."""

    case: str
    notebook: str
    parameters: dict[str, Any]
    folder: str
    fingerprint: str
    cell_seconds: float


@dataclass(frozen=True)
class Outcome:
    """What became of a case: seconds of the clock and of the processor, the kernel's memory, tries, whether it was taken
    over from an earlier run, and where it failed the error, the cell (counted from 1) and the log."""

    case: str
    seconds: float
    cpu_seconds: float = 0.0
    memory_mb: float = 0.0
    tries: int = 1
    is_kept: bool = False
    error: str | None = None
    cell: int | None = None
    log: str | None = None


def folder_name(case: str) -> str:
    """A file system's name for a case; one that had to be changed or cut ends in letters that keep it apart.

    >>> folder_name("two_groups demand.answer_share=0.3"), folder_name("a/b")
    ('two_groups_demand.answer_share=0.3', 'a_b-c14cddc0')
    """
    bare = case.replace(" ", "_")
    plain = "".join(letter if letter.isalnum() or letter in "._=-" else "_" for letter in bare)
    if plain == bare and len(plain.encode()) <= LONGEST_NAME and not plain.startswith("."):
        return plain
    cut = plain.lstrip(".").encode()[:LONGEST_NAME].decode(errors="ignore")
    return f"{cut}-{sha256(case.encode()).hexdigest()[:8]}"


def case_folder(folder: Path, case: str) -> Path:
    """Where the case of that name is written."""
    return folder / CASES / folder_name(case)


def failed_folder(folder: Path, case: str) -> Path:
    """Where the log of a case that failed is written."""
    return folder / FAILED / folder_name(case)


def is_whole(place: Path, fingerprint: str) -> bool:
    """Whether a case stands there finished, made from the same, and with every file as it was put there."""
    try:
        seal = json.loads((place / SEAL).read_text(encoding="utf-8"))
        return seal["fingerprint"] == fingerprint and seal["files"] == _files(place)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _files(place: Path) -> dict[str, str]:
    return {str(path.relative_to(place)): of_file(path) for path in sorted(place.rglob("*"))
            if path.is_file() and path.name != SEAL}  # fmt: skip


def kept(place: Path, case: str) -> Outcome:
    """The outcome of a case that was finished before."""
    found = json.loads((place / SEAL).read_text(encoding="utf-8"))["outcome"]
    return Outcome(case, found["seconds"], found["cpu_seconds"], found["memory_mb"], found["tries"], is_kept=True)


def run_case(job: Job) -> Outcome:
    """One executed notebook with its summary and tables, put in place whole; a kernel that dies gets a second try."""
    logging.getLogger("papermill").setLevel(logging.ERROR)
    folder, began = Path(job.folder), time.perf_counter()
    place, told = case_folder(folder, job.case), failed_folder(folder, job.case)
    for tries in range(1, TRIES + 1):
        try:
            cpu, memory = _tried(job, place, told, tries, began)
        except (DeadKernelError, RuntimeError) as error:
            if tries < TRIES and _is_the_kernels(error):
                continue
            return _failed(job, told, tries, began, error)
        except Exception as error:  # a folder that cannot be written, a notebook that cannot be read: the others go on
            return _failed(job, told, tries, began, error)
        shutil.rmtree(told, ignore_errors=True)
        return Outcome(job.case, _since(began), cpu, memory, tries)
    raise AssertionError("a case is tried at least once")


def _tried(job: Job, place: Path, told: Path, tries: int, began: float) -> tuple[float, float]:
    """The case put in place; kernel's processor seconds and memory come back."""
    with whole_folder(place) as aside, _executed_notebook_kept(aside, told):
        cpu_before = _kernel_cpu()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            papermill_engines.register(NAME, ReusingEngine)
            papermill.execute_notebook(
                job.notebook,
                str(aside.resolve() / NOTEBOOK),
                parameters=job.parameters | {"write_to": "."},
                engine_name=NAME,
                working_folder=str(aside.resolve()),
                execution_timeout=int(job.cell_seconds) or 1,
                request_save_on_cell_execute=False,
                progress_bar=False,
                kernel_name="python3",
            )
        if not (aside / SUMMARY).is_file():
            raise InputError(f"the notebook wrote no {SUMMARY} into the folder that write_to names")
        kernel = kernels().kernel
        cpu = round(max(0.0, _kernel_cpu() - cpu_before) if kernel else 0.0, 3)
        memory = round(kernel.memory_mb() if kernel else 0.0, 1)
        outcome = Outcome(job.case, _since(began), cpu, memory, tries)
        write_json(aside / SEAL, {"fingerprint": job.fingerprint, "files": _files(aside), "outcome": asdict(outcome)})
    return cpu, memory


@contextmanager
def _executed_notebook_kept(aside: Path, told: Path) -> Iterator[None]:
    """A notebook that failed is kept with the log, as far as it was executed."""
    try:
        yield
    except Exception:
        with suppress(OSError, InputError):
            if (aside / NOTEBOOK).is_file():
                with whole_folder(told) as kept_folder:
                    shutil.copy(aside / NOTEBOOK, kept_folder / NOTEBOOK)
            else:
                shutil.rmtree(told, ignore_errors=True)
        raise


def _kernel_cpu() -> float:
    kernel = kernels().kernel
    return kernel.cpu_seconds() if kernel else 0.0


def _is_the_kernels(error: Exception) -> bool:
    """Whether the kernel is to blame, which a new one may do better."""
    return isinstance(error, DeadKernelError) or "ernel" in f"{type(error).__name__}{error}"


def _failed(job: Job, told: Path, tries: int, began: float, error: Exception) -> Outcome:
    """The outcome of a case that failed, with its log beside the notebook."""
    cell = None
    if isinstance(error, papermill.PapermillExecutionError):
        cell, text = error.cell_index + 1, f"{error.ename}: {error.evalue}"
        detail = COLOURS.sub("", "\n".join(error.traceback))
    elif isinstance(error, CellTimeoutError):
        text = f"a cell took longer than the {job.cell_seconds / 60:g} minutes of cell_minutes"
        detail = COLOURS.sub("", str(error))
    elif isinstance(error, DeadKernelError):
        text = f"the kernel died in each of {tries} tries; a lack of memory is the usual cause"
        detail = str(error)
    else:
        text = detail = f"{type(error).__name__}: {error}" if not isinstance(error, InputError) else str(error)
    log: Path | None = told / LOG
    try:
        told.mkdir(parents=True, exist_ok=True)
        where = f"cell {cell}\n" if cell else ""
        log.write_text(f"{job.case}\n{where}{text}\n\n{detail}\n\ngiven: {job.parameters}\n", encoding="utf-8")
    except OSError:
        log = None
    return Outcome(job.case, _since(began), tries=tries, error=text, cell=cell, log=str(log) if log else None)


def _since(began: float) -> float:
    return round(time.perf_counter() - began, 2)
