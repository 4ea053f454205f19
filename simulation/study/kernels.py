"""Kernels: one that is kept and used again for case after case, until it has done enough or has failed."""

import atexit
import json
from dataclasses import dataclass
from multiprocessing import util
from threading import local
from typing import Any

import psutil
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient.client import NotebookClient
from nbformat.v4 import new_notebook

CASES_A_KERNEL = 60
ARGUMENTS = ["--log-level=50", "--HistoryManager.enabled=False"]
RESTORING = "__import__('simulation.study.restoring', fromlist=['_'])"
PROGRAM = "get_ipython()"
SECONDS_TO_RESTORE = 60


class KernelError(RuntimeError):
    """A kernel that cannot begin, or cannot be put back to its beginning."""


@dataclass
class Kernel:
    """A running kernel with its client, and how many cases it has been used for."""

    name: str
    manager: Any
    client: Any
    process: psutil.Process
    cases: int = 0

    def cpu_seconds(self) -> float:
        """Processor seconds that it has used so far, its own processes included; 0 once it is gone."""
        try:
            times = self.process.cpu_times()
        except psutil.Error:
            return 0.0
        return times.user + times.system + times.children_user + times.children_system

    def memory_mb(self) -> float:
        """Megabytes of memory that it holds; 0 once it is gone."""
        try:
            return self.process.memory_info().rss / 1e6
        except psutil.Error:
            return 0.0


class Kernels(local):
    """The kernel of this thread, begun when one is first wanted."""

    def __init__(self) -> None:
        self.kernel: Kernel | None = None
        atexit.register(self.retire)
        util.Finalize(None, self.retire, exitpriority=1)  # a worker process ends without `atexit`

    def lent(self, name: str, folder: str, start_timeout: float = 60) -> Kernel:
        """A kernel as at its beginning and in that working folder; KernelError where there is none to be had.

        A kernel that has done its cases, has another name or cannot be restored gives way to a new one.
        """
        kernel = self.kernel
        if kernel is not None and (kernel.name != name or kernel.cases >= CASES_A_KERNEL):
            self.retire()
        enter = f"enter({PROGRAM}, {json.dumps(folder)})"
        if self.kernel is not None:
            try:
                _ask(self.kernel, enter)
            except Exception:  # dead, hung or hurt: all that matters is that this one is of no more use
                self.retire()
        if self.kernel is None:
            self.kernel = _begun(name, start_timeout)
            _ask(self.kernel, f"begin({PROGRAM})")
            _ask(self.kernel, enter)
        self.kernel.cases += 1
        return self.kernel

    def retire(self) -> None:
        """End the kernel at once, whatever it is doing."""
        kernel, self.kernel = self.kernel, None
        if kernel is None:
            return
        client = NotebookClient(new_notebook(), km=kernel.manager, shutdown_kernel="immediate")
        client.kc = kernel.client
        try:
            client._cleanup_kernel()
        except Exception:  # the kernel may be gone already
            if kernel.process.is_running():
                kernel.process.kill()


def is_python(name: str) -> bool:
    """Whether that kernel speaks Python, so that it can be restored."""
    return KernelSpecManager().get_kernel_spec(name).language.lower() == "python"


def _begun(name: str, start_timeout: float) -> Kernel:
    manager = AsyncKernelManager(kernel_name=name)
    client = NotebookClient(new_notebook(), km=manager, kernel_name=name, startup_timeout=int(start_timeout))
    client.extra_arguments = ARGUMENTS
    client.start_new_kernel()
    client.start_new_kernel_client()
    return Kernel(name, manager, client.kc, psutil.Process(manager.provisioner.pid))


def _ask(kernel: Kernel, call: str) -> None:
    """Have the kernel call something of restoring.py; KernelError where it did not."""
    client = NotebookClient(new_notebook(), km=kernel.manager, timeout=SECONDS_TO_RESTORE)
    client.kc = kernel.client
    asked = kernel.client.execute(f"{RESTORING}.{call}", silent=True, store_history=False)
    content = client.wait_for_reply(asked)["content"]
    if content["status"] != "ok":
        raise KernelError(f"{call}: {content.get('ename')}: {content.get('evalue')}")
