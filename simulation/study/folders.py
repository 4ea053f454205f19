"""Run folders: written aside and put in place whole, so that a folder that is there is complete."""

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any

from playbook.documents import params_folder
from playbook.errors import InputError

PAGE, COMPARISON, CHOICE = "report.html", "comparison.json", "choice.json"  # what a run folder may hold
WRITING_FAILED = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM)


def runs_folder() -> Path:
    """Where runs are written: the folder named by RENEWAL_RUNS, else runs/ in the present folder.

    InputError where nothing can be written there, so that it is known before anything is computed.
    """
    folder = Path(os.environ.get("RENEWAL_RUNS", "runs"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise InputError(f"{folder}: runs cannot be written there: {error.strerror}") from None


def notebooks_folder() -> Path:
    """The notebooks/ folder that belongs to this installation."""
    return params_folder().parent / "notebooks"


def new_folder(kind: str, name: str) -> Path:
    """A place in the runs folder that no other run has, named after the moment."""
    return runs_folder() / f"{kind}-{name}-{datetime.now():%Y%m%d-%H%M%S-%f}"


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A folder to write into, that takes the place of `target` at the end, or leaves no trace if anything fails."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise InputError(f"{target.parent}: cannot write there: {error.strerror}") from None
    try:
        yield aside
        _put_in_place(aside, target)
    except OSError as error:
        if error.errno not in WRITING_FAILED:
            raise
        raise InputError(f"{target}: cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A file to write, that takes the place of `target` at the end, or leaves no trace if anything fails."""
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield aside
        aside.replace(target)
    except OSError as error:
        if error.errno not in (*WRITING_FAILED, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST):
            raise
        raise InputError(f"{target}: cannot be written: {error.strerror}") from None
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def _put_in_place(aside: Path, target: Path) -> None:
    """Exchange an old folder for the new one; the old one is gone only when the new one stands."""
    aside.chmod(0o755)
    old = None
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
        target.replace(old / target.name)
    aside.replace(target)
    if old:
        shutil.rmtree(old, ignore_errors=True)


def plain(content: Any) -> Any:
    """The same content as JSON knows it: a number that does not exist (nan, infinite) is null."""
    if isinstance(content, dict):
        return {str(key): plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [plain(value) for value in content]
    if isinstance(content, float):
        return content if isfinite(content) else None
    return content


@contextmanager
def told_where_writing_fails(folder: Path) -> Iterator[None]:
    """InputError in the place of what the system says of a folder that cannot be written."""
    try:
        yield
    except OSError as error:
        if error.errno not in WRITING_FAILED:
            raise
        raise InputError(f"{folder}: cannot be written: {error.strerror or error}") from None


def write_json(path: Path, content: Any) -> None:
    """A JSON file, written aside and put in place whole."""
    aside = path.with_name(f".{path.name}.part")
    aside.write_text(json.dumps(plain(content), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(path)
