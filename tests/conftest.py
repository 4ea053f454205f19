"""What several tests need: a small desk, and where real data lies."""

import os
from pathlib import Path

import pytest

from playbook.parameters import Parameters
from simulation.desk.book import make_book
from simulation.desk.team import read_structure
from simulation.study.scenario import Setting

SMALL = {"book.policies_count": 900, "staffing.policies_per_consultant_count": 300, "experiment.replications_count": 4}


@pytest.fixture(scope="session")
def parameters() -> Parameters:
    """The handbook's edition with a book small enough for a test: 900 policies and three consultants."""
    return Parameters.load().changed(SMALL)


@pytest.fixture(scope="session")
def small(parameters):
    """A setting of the small desk by team name."""

    def make(team: str = "pooled", **changes):
        changed = parameters.changed({name.replace("__", "."): value for name, value in changes.items()})
        return Setting(team, changed, read_structure(team), make_book(changed))

    return make


@pytest.fixture
def real_data() -> Path:
    """The folder of real data sets; the test is skipped where none is named."""
    folder = os.environ.get("RENEWAL_REAL_DATA")
    if not folder:
        pytest.skip("RENEWAL_REAL_DATA names no folder of real data")
    return Path(folder)
