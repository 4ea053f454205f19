"""Cluster: an executor over the workers of a Dask scheduler, for the cases of a sweep or the replications of a case.

Needs the optional extra `cluster`. The workers see the same folders and have the same version of this project.
"""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from playbook.errors import InputError

SECONDS_TO_CONNECT = 10


@contextmanager
def cluster_executor(address: str) -> Iterator[Executor]:
    """The executor of the scheduler at that address; what a worker that dies had in hand is given to another.

    InputError where `distributed` is not installed, or nobody answers there.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise InputError("a cluster needs more: pip install 'renewal-playbook[cluster]'") from None
    try:
        client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(f"no Dask scheduler answers at {address!r}: {error}") from None
    with client:
        if not client.scheduler_info()["workers"]:
            raise InputError(f"the Dask scheduler at {address} has no workers; start some with `dask worker {address}`")
        executor = client.get_executor(pure=False)
        try:
            yield executor
        finally:
            executor.shutdown(wait=False)  # which also gives up what has not begun
