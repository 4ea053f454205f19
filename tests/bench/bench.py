"""`make bench`: what the desk costs, side by side with the least that SimPy can do and with the textbook's way, in one run.

Ratios of processor seconds, both sides with the garbage collector off; wall time only where workers are counted. The
figures are printed as a table and written to runs/bench/summary.json.
"""

import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from floor import floor, idiom, tasks_of, without_collecting

from simulation.desk.desk import Desk
from simulation.desk.pieces import ENQUIRY, FOLLOW_UP, MESSAGE, PROPOSAL, REQUEST, REST, SIGNING, WORK
from simulation.desk.streams import Luck
from simulation.study.folders import runs_folder, whole_folder, write_json
from simulation.study.replicate import default_workers, replicate, worker_processes
from simulation.study.scenario import Setting, read_scenario, setting

ROUNDS = 3
REPLICATIONS, BLOCK = 40, 10
CONSULTANTS_WORK = (FOLLOW_UP, PROPOSAL, SIGNING, MESSAGE, REQUEST, ENQUIRY)
LARGE, SMALL, MIDDLE = 1_000_000, 15_000, 60_000


def desk_of(policies: int) -> Setting:
    """The handbook's own team on a book of so many policies."""
    return setting(read_scenario("handbook").with_changes({"book.policies_count": policies}))


def run(setting: Setting, replication: int = 0):
    """A whole run of a desk, from its luck to its record."""
    desk = Desk(setting.parameters, setting.structure, setting.book, Luck(1, replication))
    return desk, desk.advance().record()


def against_floor(setting: Setting) -> dict[str, float]:
    """Processor seconds a piece over those of the floor with as many pieces, servers and minutes.

    `cost_over_floor` is the event loop alone, as the floor is; `whole_run_over_floor` also draws the luck, lays out the
    season and makes the record.
    """
    desk, record = run(setting)
    pieces, servers = len(record.stays), sum(bool(setting.structure.serves.get(seat.post)) for seat in record.seats)
    worked = record.stay("worked")
    minutes = np.where(worked > 0, worked, worked[worked > 0].mean()).tolist()
    rng = np.random.default_rng(1)
    span = sum(minutes) / servers / 0.9  # nine tenths of the time at work, so that queues form
    arrivals = np.sort(rng.uniform(0, span, pieces)).tolist()
    sides: dict[str, list[float]] = {"loop": [], "whole": [], "floor": []}
    for _ in range(ROUNDS):
        fresh = Desk(setting.parameters, setting.structure, setting.book, Luck(1, 0))
        sides["loop"].append(without_collecting(fresh.advance))
        sides["floor"].append(without_collecting(lambda: floor(arrivals, minutes, servers)))
        sides["whole"].append(without_collecting(lambda: run(setting)))
    loop, whole, least = (min(sides[name]) for name in ("loop", "whole", "floor"))
    return {
        "cost_over_floor": loop / least,
        "whole_run_over_floor": whole / least,
        "microseconds_per_piece": 1e6 * loop / pieces,
        "floor_microseconds_per_piece": 1e6 * least / pieces,
        "events_per_piece": next(desk.env._eid) / pieces,
        "pieces": pieces,
    }


def against_idiom(policies: int) -> dict[str, float]:
    """The textbook's processes on the same consultants' work, with as many of them as are at their desks on average."""
    setting = desk_of(policies)
    _, record = run(setting)
    tasks = tasks_of(record, CONSULTANTS_WORK)
    people = [number for number, seat in enumerate(record.seats) if seat.role == "consultant"]
    mine = np.isin(record.spell("person"), people) & np.isin(record.spell("what"), (REST, WORK))
    present = (record.spell("ended") - record.spell("begun"))[mine].sum() / record.horizon.end_minute
    own = sum(map(len, tasks))
    waits = np.isin(record.stay("kind"), CONSULTANTS_WORK) & np.isfinite(record.stay("begun"))
    waiting = (record.stay("begun") - record.stay("queued"))[waits].sum() / record.horizon.end_minute
    found: dict[str, float] = {}
    seconds = without_collecting(lambda: found.update(waiting=idiom(tasks, round(present))))
    ours = without_collecting(lambda: run(setting))
    size = f"{policies // 1000}k"
    return {
        f"speedup_over_idiom_{size}": float(seconds / own) / (ours / len(record.stays)),
        f"idiom_mean_waiting_{size}": found["waiting"],
        f"desk_mean_waiting_{size}": float(waiting),
    }


def alone(policies: int) -> dict[str, float]:
    """One run in this process: microseconds a piece, and the most memory it held beyond its imports."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    setting = desk_of(policies)
    began = process_time()
    _, record = run(setting)
    seconds = process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "microseconds_per_piece": 1e6 * seconds / len(record.stays),
        "bytes_per_policy": (peak - before) * 1024 / policies,
    }


def large_against_small() -> dict[str, float]:
    """A million policies beside fifteen thousand, each in a process of its own."""
    found = {}
    for policies in (SMALL, LARGE):
        told = subprocess.run(
            [sys.executable, __file__, str(policies)], capture_output=True, text=True, check=True, env=os.environ
        )
        found[policies] = json.loads(told.stdout)
    ratio = found[LARGE]["microseconds_per_piece"] / found[SMALL]["microseconds_per_piece"]
    return {
        "per_piece_ratio_1m_over_15k": ratio,
        "microseconds_per_piece_1m": found[LARGE]["microseconds_per_piece"],
        "peak_bytes_per_policy": found[LARGE]["bytes_per_policy"],
    }


def two_workers() -> dict[str, float]:
    """Warm replications by one worker process, and by two, a block of each in turn."""
    setting, seconds = desk_of(SMALL), {1: 0.0, 2: 0.0}
    with worker_processes(2) as executor:
        replicate([setting], 4, 1, executor)
        for begin in range(0, REPLICATIONS, BLOCK):
            numbers = range(begin, begin + BLOCK)
            began = perf_counter()
            for number in numbers:  # one at a time: the second worker has nothing to do
                executor.submit(run_quietly, setting, number).result()
            seconds[1] += perf_counter() - began
            began = perf_counter()
            for future in [executor.submit(run_quietly, setting, number) for number in numbers]:
                future.result()
            seconds[2] += perf_counter() - began
    return {
        "two_worker_speedup": seconds[1] / seconds[2],
        "seconds_per_replication_two_workers": seconds[2] / REPLICATIONS,
    }


def run_quietly(setting: Setting, number: int) -> int:
    """One replication as a study makes it, without sending anything back."""
    from simulation.study.replicate import run_once

    return len(run_once(setting, 1, number).values)


def startup() -> dict[str, float]:
    """Wall seconds of `renewal run` on next to no work, and what its imports cost."""
    elsewhere = os.environ | {"RENEWAL_RUNS": tempfile.mkdtemp(prefix="renewal-bench-")}
    command = [sys.executable, "-m", "simulation.cli", "run", "--set", "book.policies_count=30", "--replications", "2",
               "--workers", "1", "--json"]  # fmt: skip
    seconds = []
    for _ in range(ROUNDS):
        began = perf_counter()
        subprocess.run(command, capture_output=True, check=True, env=elsewhere)
        seconds.append(perf_counter() - began)
    told = subprocess.run([command[0], "-X", "importtime", *command[1:]], capture_output=True, text=True, check=True,
                          env=elsewhere)  # fmt: skip
    shutil.rmtree(elsewhere["RENEWAL_RUNS"], ignore_errors=True)
    costs = re.findall(r"import time:\s+\d+ \|\s+(\d+) \| (\S+)$", told.stderr, flags=re.MULTILINE)
    top = {name: int(cost) / 1e6 for cost, name in costs}
    found = {
        f"import_seconds_{name}": top[name] for name in ("pandas", "scipy.special", "pydantic", "typer") if name in top
    }
    return {"startup_seconds": statistics.median(seconds), **found}


def main() -> None:
    """Every part in turn, the table, and the summary."""
    if len(sys.argv) > 1:
        print(json.dumps(alone(int(sys.argv[1]))))
        return
    figures: dict[str, float] = {}
    parts = [
        lambda: against_floor(desk_of(SMALL)), lambda: against_idiom(SMALL), lambda: against_idiom(MIDDLE),
        two_workers, startup, large_against_small,
    ]  # fmt: skip
    for part in parts:
        found = part()
        figures |= found
        for name, value in found.items():
            print(f"{name:40} {value:12,.3f}", flush=True)
    folder = runs_folder() / "bench"
    with whole_folder(folder) as aside:
        write_json(aside / "summary.json", figures | {"processors": default_workers()})
    print(f"Written to {folder / 'summary.json'}")


if __name__ == "__main__":
    main()
