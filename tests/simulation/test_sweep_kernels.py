"""Kernels that are used again: everything that a case may change is as it was when the next one begins."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from papermill.engines import papermill_engines
from sweeping import notebook

from simulation.study import kernels as kernels_module
from simulation.study.engine import NAME, ReusingEngine, kernels

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module", autouse=True)
def no_kernel_left():
    papermill_engines.register(NAME, ReusingEngine)
    yield
    kernels().retire()


def run(path: Path, *cells: str, **how):
    """The text that the last of the cells gave, run by the engine."""
    notebook(path / "in.ipynb", *cells)
    done = papermill.execute_notebook(
        str(path / "in.ipynb"), str(path / "out.ipynb"), {"x": 1}, engine_name=NAME, kernel_name="python3",
        progress_bar=False, **how,
    )  # fmt: skip
    outputs = done.cells[-1].outputs
    return "".join(each.get("text") or each.data["text/plain"] for each in outputs)


@pytest.fixture(scope="module", autouse=True)
def fresh_kernel():
    """A kernel that no other test has used, so that it does not retire of age among these."""
    kernels().retire()


LEFT = [
    ("namespace", "left = 1; print = None; del In", "[name for name in ('left', 'In', 'Out') if name in globals()], print"),
    ("numbers of cells", "1; 2", "get_ipython().execution_count"),
    ("figures", "import matplotlib.pyplot as p; p.figure(); p.figure()", "import matplotlib.pyplot as p; p.get_fignums()"),
    ("rcParams", "import matplotlib as m; m.rcParams['lines.linewidth'] = 9; m.rcParams['font.size'] = 3",
     "import matplotlib as m; m.rcParams['lines.linewidth'], m.rcParams['font.size']"),
    ("backend", "import matplotlib as m; m.use('svg')", "import matplotlib as m; m.get_backend()"),
    ("pandas options", "import pandas as pd; pd.set_option('display.max_rows', 3); pd.options.display.precision = 1",
     "import pandas as pd; pd.options.display.max_rows, pd.options.display.precision"),
    ("numpy's printing", "import numpy as np; np.set_printoptions(precision=1); np.seterr(all='raise')",
     "import numpy as np; np.get_printoptions()['precision'], np.geterr()"),
    ("working folder", "import os; os.makedirs('deep', exist_ok=True); os.chdir('deep')",
     "import os; os.path.basename(os.getcwd())"),
    ("environment", "import os; os.environ['LEFT'] = '1'; os.environ.pop('PATH')",
     "import os; os.environ.get('LEFT'), 'PATH' in os.environ"),
    ("paths", "import sys; sys.path.insert(0, '/left')", "import sys; '/left' in sys.path"),
    ("warnings", "import warnings; warnings.simplefilter('error'); warnings.showwarning = None",
     "import warnings; [each[0] for each in warnings.filters], warnings.showwarning is None"),
    ("random state", "import random; random.random()", "import random; random.random()"),
    ("numpy's random state", "import numpy as np; np.random.random()", "import numpy as np; np.random.random()"),
]  # fmt: skip


@pytest.mark.parametrize(("left", "look"), [each[1:] for each in LEFT], ids=[each[0] for each in LEFT])
def test_the_next_case_finds_it_as_the_first_one_did(tmp_path, left, look):
    first = run(tmp_path, look)
    used = kernels().kernel.process.pid
    run(tmp_path, left)
    assert run(tmp_path, look) == first
    assert kernels().kernel.process.pid == used


def test_a_case_that_takes_its_own_folder_away_does_not_hurt_the_next(tmp_path):
    run(tmp_path, "import os; os.makedirs('gone'); os.chdir('gone'); os.rmdir('../gone')")
    assert run(tmp_path, "import os; os.path.basename(os.getcwd())") == repr(Path.cwd().name)


def test_what_a_case_leaves_would_be_seen_without_restoring(tmp_path, monkeypatch):
    """The test above can fail: where nothing is restored, the next case finds what was left."""
    kernels().retire()
    run(tmp_path, "x")
    monkeypatch.setattr(
        kernels_module, "RESTORING", "type('', (), {'enter': lambda *_: None, 'begin': lambda *_: None})"
    )
    run(tmp_path, "left = 1; import os; os.environ['LEFT'] = 'y'")
    assert run(tmp_path, "left, os.environ['LEFT']") == "(1, 'y')"
    kernels().retire()


def test_a_kernel_retires_after_its_cases(tmp_path, monkeypatch):
    kernels().retire()
    monkeypatch.setattr(kernels_module, "CASES_A_KERNEL", 2)
    used = [run(tmp_path, "import os; os.getpid()") for _ in range(5)]
    assert [used.count(each) for each in dict.fromkeys(used)] == [2, 2, 1]
    assert not any(psutil.pid_exists(int(each)) for each in set(used[:4]))


def test_a_kernel_retires_after_a_failure(tmp_path):
    kernels().retire()
    used = int(run(tmp_path, "import os; os.getpid()"))
    with pytest.raises(papermill.PapermillExecutionError, match="no such luck"):
        run(tmp_path, "raise ValueError('no such luck')")
    assert not psutil.pid_exists(used) and int(run(tmp_path, "import os; os.getpid()")) != used


def test_a_cell_that_takes_too_long_is_stopped_with_its_kernel(tmp_path):
    kernels().retire()
    used = int(run(tmp_path, "import os; os.getpid()"))
    with pytest.raises(Exception, match=r"(?i)time"):
        run(tmp_path, "import time; time.sleep(60)", execution_timeout=1)
    assert not psutil.pid_exists(used)


def test_a_kernel_ends_with_the_process_that_uses_it(tmp_path):
    code = (
        "import os, papermill; from papermill.engines import papermill_engines as e\n"
        "from simulation.study.engine import ReusingEngine, kernels; e.register('renewal', ReusingEngine)\n"
        f"papermill.execute_notebook({str(tmp_path / 'in.ipynb')!r}, None, engine_name='renewal', progress_bar=False)\n"
        "print(kernels().kernel.process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    notebook(tmp_path / "in.ipynb", "1")
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    kernel = int(told.stdout)
    with suppress(psutil.NoSuchProcess):
        psutil.Process(kernel).wait(timeout=20)
    assert not psutil.pid_exists(kernel)


def test_papermills_own_command_knows_the_engine(tmp_path):
    notebook(tmp_path / "in.ipynb", "import os; os.path.basename(os.getcwd()), x")
    (tmp_path / "there").mkdir()
    subprocess.run(
        [Path(sys.executable).with_name("papermill"), "--engine", "renewal", "--cwd", "there", "--no-progress-bar", "-p",
         "x", "7", "in.ipynb", "out.ipynb"], cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    done = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert done.cells[-1].outputs[0].data["text/plain"] == "('there', 7)"
