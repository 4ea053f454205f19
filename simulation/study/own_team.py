"""A manager's own team, from files to a calibration that has been tried out: one call for the command and the notebook."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.desk.book import make_book
from simulation.desk.team import read_structure
from simulation.study.back_test import FUTURES, BackTest, back_test
from simulation.study.calibrate import Calibration, calibrate, with_rates
from simulation.study.event_log import write_event_log, write_policies
from simulation.study.provenance import run_record_of
from simulation.study.replicate import default_workers, run_record, worker_processes
from simulation.study.scenario import Setting
from simulation.study.team_map import read_team_mapping
from simulation.study.team_records import read_team_records

EXAMPLE = {"book.policies_count": 600, "staffing.policies_per_consultant_count": 300}
EXAMPLE_MAP = "desk"


@dataclass(frozen=True)
class OwnTeam:
    """A calibration, its back-test or why there is none, and how both were made."""

    calibration: Calibration
    tested: BackTest | None
    excuse: str
    record: dict[str, Any]


def own_team(
    policies: Path | str,
    log: Path | str,
    mapping: str,
    team: str = "pooled",
    futures: int = FUTURES,
    changes: dict[str, Any] | None = None,
    seed: int = 1,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    command: str = "",
) -> OwnTeam:
    """Read, clean, fit, and try out; without a `policies` file the desk's own export stands as an example.

    InputError names what cannot be read. A log too short for a back-test is fitted without one, and `excuse` says so.
    """
    began = time.perf_counter()
    read_structure(team)
    parameters = Parameters.load().changed(changes or {})
    if str(policies):
        records = read_team_records(policies, log, read_team_mapping(mapping), parameters)
    else:
        with tempfile.TemporaryDirectory() as folder:
            records = read_team_records(*example_files(Path(folder)), read_team_mapping(EXAMPLE_MAP), parameters)
    tested, excuse = None, "no back-test was asked for"
    with worker_processes(workers or default_workers()) as executor:
        found = with_rates(calibrate(records), team, executor, seed)
        if futures:
            try:
                tested = back_test(records, team, executor, seed, futures, progress)
            except InputError as error:
                excuse = str(error)
    record = run_record_of(parameters, seed, futures, time.perf_counter() - began, command)
    record |= {"files": records.files, "back-test": tested.sentence() if tested else excuse}
    return OwnTeam(found, tested, excuse, record)


def example_files(folder: Path) -> tuple[Path, Path]:
    """The policies and the log of a small desk's year, as files."""
    parameters = Parameters.load().changed(EXAMPLE)
    record = run_record(Setting("example", parameters, read_structure("pooled"), make_book(parameters)), 1, 0)
    policies, log = folder / "policies.csv", folder / "log.csv"
    write_policies(record, policies)
    write_event_log(record, log)
    return policies, log
