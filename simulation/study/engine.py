"""The Papermill engine `renewal`: stock Papermill's, with a kernel that is used again.

Registered by an entry point, so that `papermill --engine renewal in.ipynb out.ipynb` knows it too.
"""

from functools import cache
from pathlib import Path
from typing import Any

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.log import logger

from simulation.study.kernels import Kernels, is_python

NAME = "renewal"


@cache
def kernels() -> Kernels:
    """The kernels of this process, one a thread."""
    return Kernels()


class ReusingEngine(NBClientEngine):
    """Runs a notebook's cells in a kernel that has been put back to its beginning; one that failed is not used again."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        working_folder: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """As Papermill's own; `working_folder` is where the cells run, by default where Papermill itself does."""
        if not is_python(kernel_name):
            return super().execute_managed_notebook(
                nb_man, kernel_name, log_output, stdout_file, stderr_file, start_timeout, execution_timeout, **kwargs
            )
        kernel = kernels().lent(kernel_name, working_folder or str(Path.cwd()), start_timeout)
        client = PapermillNotebookClient(
            nb_man, km=kernel.manager, kernel_name=kernel_name, timeout=execution_timeout, log=logger,
            log_output=log_output, stdout_file=stdout_file, stderr_file=stderr_file,
        )  # fmt: skip
        client.kc = kernel.client
        is_sound = False
        try:
            executed = client.execute()
            is_sound = not any(output.output_type == "error" for cell in nb_man.nb.cells for output in
                               cell.get("outputs", []))  # fmt: skip
            return executed
        finally:
            if not is_sound:
                kernels().retire()
