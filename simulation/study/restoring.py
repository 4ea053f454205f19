"""Restoring: what a kernel remembers of its beginning, and how each case finds everything as the first one did.

This runs inside the kernel. What is remembered lies with the kernel's shell and not in this module.
"""

import gc
import os
import random
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

Undo = Callable[[], None]
START = 0  # of the generators that a notebook may leave without a seed of its own


def begin(shell: Any) -> None:
    """Remember everything as it is; the two global generators begin at a known place."""
    random.seed(START)
    with suppress(ImportError):
        import numpy as np

        np.random.seed(START)
    shell.meta.to_restore = {name: remember(shell) for name, remember in REMEMBERED.items()}
    gc.collect()
    gc.freeze()  # what is here now stays, so that collecting between cases looks at the last case alone


def enter(shell: Any, folder: str) -> None:
    """Everything as it was at the beginning, and the working folder that the next case wants."""
    for restore in shell.meta.to_restore.values():
        restore()
    gc.collect()
    os.chdir(folder)


def _namespace(shell: Any) -> Undo:
    names = set(shell.user_ns)
    values = {name: value for name, value in shell.user_ns.items() if not name.startswith("_")}

    def restore() -> None:
        shell.reset(new_session=False)
        for name in set(shell.user_ns) - names:
            del shell.user_ns[name]
        shell.user_ns.update({name: value for name, value in values.items() if name not in ("In", "Out")})
        shell.execution_count = 1

    return restore


def _working_folder(_: Any) -> Undo:
    folder = os.getcwd()  # noqa: PTH109 a kernel's folder may have been removed, which Path.cwd tells no better

    def restore() -> None:
        with suppress(FileNotFoundError):
            os.chdir(folder)

    return restore


def _environment(_: Any) -> Undo:
    values, path = dict(os.environ), list(sys.path)

    def restore() -> None:
        if dict(os.environ) != values:
            os.environ.clear()
            os.environ.update(values)
        sys.path[:] = path

    return restore


def _warnings(_: Any) -> Undo:
    filters, shows, formats = list(warnings.filters), warnings.showwarning, warnings.formatwarning

    def restore() -> None:
        warnings.resetwarnings()  # also makes every module forget which warnings it has given
        warnings.filters[:] = filters
        warnings.showwarning, warnings.formatwarning = shows, formats

    return restore


def _random_state(_: Any) -> Undo:
    state = random.getstate()
    return lambda: random.setstate(state)


def _numpy(_: Any) -> Undo:
    try:
        import numpy as np
    except ImportError:
        return _nothing
    state, printing, errors = np.random.get_state(), np.get_printoptions(), np.geterr()

    def restore() -> None:
        np.random.set_state(state)
        np.set_printoptions(**printing)
        np.seterr(**errors)

    return restore


def _pandas_options(_: Any) -> Undo:
    try:
        import pandas as pd
    except ImportError:
        return _nothing

    def restore() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pd.reset_option("all")

    return restore


def _drawing(_: Any) -> Undo:
    """Open figures, and matplotlib's parameters with the backend."""
    try:
        import matplotlib as mpl
    except ImportError:
        return _nothing
    saved = dict(mpl.rcParams.copy())
    backend = saved.pop("backend", None)

    def restore() -> None:
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            mpl.rcParams.update(saved)
            if isinstance(backend, str) and dict.__getitem__(mpl.rcParams, "backend") != backend:
                mpl.use(backend)

    return restore


def _widgets(_: Any) -> Undo:
    def restore() -> None:
        if "ipywidgets" in sys.modules:
            sys.modules["ipywidgets"].Widget.close_all()

    return restore


def _nothing() -> None:
    """What a library that is not there leaves to restore."""


REMEMBERED: dict[str, Callable[[Any], Undo]] = {
    "drawing": _drawing,  # figures first: closing them may still use the namespace
    "widgets": _widgets,
    "namespace": _namespace,
    "pandas options": _pandas_options,
    "numpy": _numpy,
    "random state": _random_state,
    "environment": _environment,
    "warnings": _warnings,
    "working folder": _working_folder,
}
