"""A drill that is served, for each test; the process that keeps the tables is one for all."""

import pytest
from serving import Served

from simulation.study.replicate import process_pool


@pytest.fixture(scope="session")
def tables_pool():
    """One process that keeps the tables of all tests."""
    pool = process_pool(1)
    yield pool
    pool.shutdown()


@pytest.fixture
def serve(tmp_path, tables_pool):
    """Serves a drill; ends with the test."""
    running = []

    def begin(drill="outage", teams=("red", "blue"), folder=tmp_path, **how):
        running.append(Served(folder, str(drill), list(teams), **{"pool": tables_pool, **how}))
        return running[-1]

    yield begin
    for each in running:
        each.stop()
