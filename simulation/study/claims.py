"""Claims: a folder belongs to one sweep at a time, until its process ends, however that happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from playbook.errors import InputError

CLAIM = ".claim"


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """The folder, made if need be, for this process alone; InputError where another process has it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / CLAIM)
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"{folder}: another sweep is at work in this folder; wait for it, or name another folder with --to"
        ) from None
    except OSError as error:
        raise InputError(f"{folder}: cannot write there: {error.strerror}") from None
    try:
        yield
    finally:
        lock.release()


def is_claimed(folder: Path) -> bool:
    """Whether a process is at work in that folder."""
    if not (folder / CLAIM).is_file():
        return False
    try:
        with FileLock(folder / CLAIM).acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False
