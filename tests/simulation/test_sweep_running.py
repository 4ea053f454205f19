"""Sweeps that run unattended: killed, refused, short of room, with cases that fail, and on a cluster."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from sweeping import begin, ended, sweep

from playbook.errors import InputError
from simulation.study.cases import case_folder, failed_folder, is_whole
from simulation.study.claims import claimed, is_claimed
from simulation.study.cluster import cluster_executor
from simulation.study.replicate import replicate
from simulation.study.results import read_results
from simulation.study.sweep import cases_left, run_sweep
from simulation.study.sweep_file import read_sweep

MANY = {"grid": {"x": list(range(1, 13))}, "always": {"seconds": 0.15}}


def finished(folder: Path) -> dict[str, int]:
    """The folder of each finished case by its name: another folder has another number."""
    return {path.name: path.stat().st_ino for path in (folder / "cases").glob("x=*") if (path / "case.json").is_file()}


@pytest.mark.parametrize("kills", [2, pytest.param(100, marks=pytest.mark.soak)])
def test_a_sweep_that_is_killed_goes_on_to_the_same_table_and_redoes_nothing(tmp_path, kills):
    path = sweep(tmp_path, **MANY)
    ended(begin(tmp_path, "sweep", path, "--to", "whole", "--workers", "2"))
    expected = {name: (tmp_path / "whole" / name).read_bytes() for name in ("table.csv", "table.parquet")}
    luck, folder, number, landed = random.Random(kills), tmp_path / "killed 0", 0, 0
    while landed < kills:
        before = finished(folder)
        process = begin(tmp_path, "sweep", path, "--to", folder, "--workers", "2")
        try:
            process.wait(timeout=luck.uniform(0.5, 8))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            landed += 1
        process.communicate()
        after = finished(folder)
        assert before.items() <= after.items(), "a finished case was made again"
        if process.returncode == 0:
            assert {name: (folder / name).read_bytes() for name in expected} == expected
            assert len(after) == 12 and not list((folder / "cases").glob(".*"))
            number += 1
            folder = tmp_path / f"killed {number}"
    before = finished(folder)
    ended(begin(tmp_path, "sweep", path, "--to", folder, "--workers", "2"))
    assert {name: (folder / name).read_bytes() for name in expected} == expected
    assert before.items() <= finished(folder).items()


def test_a_case_is_kept_only_whole_and_made_from_the_same(tmp_path):
    found = read_sweep(str(sweep(tmp_path)))
    folder = tmp_path / "runs"
    assert not any(each.is_kept for each in run_sweep(found, folder, 1))
    assert cases_left(found, folder) == []
    one, two, three, _ = (case_folder(folder, case.name) for case in found.cases)
    (one / "runs.csv").write_text("half")
    (two / "minutes.csv").unlink()
    seal = json.loads((three / "case.json").read_text())
    (three / "case.json").write_text(json.dumps(seal | {"fingerprint": "another"}))
    assert [case.name for case in cases_left(found, folder)] == ["x=1", "x=2", "x=3"]
    assert [each.is_kept for each in run_sweep(found, folder, 1)] == [False, False, False, True]
    other = read_sweep(str(sweep(tmp_path, always={"seconds": 0.01})))
    assert len(cases_left(other, folder)) == 4, "other parameters, other cases"
    assert len(cases_left(found, folder, is_fresh=True)) == 4
    assert not is_whole(tmp_path / "nowhere", "x")


def test_cases_that_a_sweep_no_longer_has_are_taken_away(tmp_path):
    folder = tmp_path / "runs"
    run_sweep(read_sweep(str(sweep(tmp_path))), folder, 1)
    run_sweep(read_sweep(str(sweep(tmp_path, grid={"x": [1, 2]}))), folder, 1)
    assert sorted(finished(folder)) == ["x=1", "x=2"] and len(read_results(folder).titles) == 2


def test_two_sweeps_on_one_folder_refuse_each_other(tmp_path):
    path = sweep(tmp_path)
    with claimed(tmp_path / "runs"):
        told = ended(begin(tmp_path, "sweep", path, "--to", "runs"), status=2)
        assert "another sweep is at work in this folder" in told
    assert not is_claimed(tmp_path / "runs")
    ended(begin(tmp_path, "sweep", path, "--to", "runs", "--workers", "1"))


def test_a_failing_case_is_listed_with_cell_and_log_and_does_not_stop_the_others(tmp_path):
    path = sweep(tmp_path, grid=None, cases=[{"x": 1}, {"x": 2}, {"x": 3, "how": "fails"}, {"x": 4, "how": "dies"}])
    told = ended(begin(tmp_path, "sweep", path, "--to", "runs", "--workers", "1"), status=1)
    assert "failed x=3 how=fails in cell 3: ValueError: no such luck (log: " in told
    assert "failed x=4 how=dies: the kernel died in each of 2 tries" in told
    log = failed_folder(tmp_path / "runs", "x=3 how=fails")
    assert "no such luck" in (log / "log.txt").read_text() and (log / "notebook.ipynb").is_file()
    assert not case_folder(tmp_path / "runs", "x=3 how=fails").exists()
    results = read_results(tmp_path / "runs")
    assert len(results.failed) == 2 and set(results.table["case"]) == {"x=1", "x=2"}
    page = (tmp_path / "runs" / "report.html").read_text()
    assert "2 cases failed" in page and "no such luck" in page


def test_a_kernel_that_dies_once_gets_a_second_try(tmp_path):
    path = sweep(tmp_path, grid=None, cases=[{"x": 1}, {"x": 2, "how": f"dies once {tmp_path / 'died'}"}])
    outcomes = run_sweep(read_sweep(str(path)), tmp_path / "runs", 1)
    assert [(each.error, each.tries) for each in outcomes] == [(None, 1), (None, 2)]


def test_a_cell_beyond_its_time_fails_its_case(tmp_path):
    path = sweep(tmp_path, grid=None, cases=[{"x": 1}, {"x": 2, "seconds": 60.0}], cell_minutes=0.05)
    outcomes = run_sweep(read_sweep(str(path)), tmp_path / "runs", 1)
    assert outcomes[0].error is None and "longer than the 0.05 minutes" in outcomes[1].error
    assert "TimeoutError" not in outcomes[1].error and Path(outcomes[1].log).is_file()


def test_a_worker_that_is_killed_costs_no_case(tmp_path):
    path = sweep(tmp_path, **MANY)
    killed = []

    def kill_one(standing) -> None:
        others = [each for each in psutil.Process().children(recursive=True) if each.status() != psutil.STATUS_ZOMBIE]
        kernels = [each for each in others if each.ppid() != os.getpid() and "ipykernel" in " ".join(each.cmdline())]
        if not killed and kernels:
            killed.append(kernels[0].parent().pid)
            os.kill(killed[0], signal.SIGKILL)

    outcomes = run_sweep(read_sweep(str(path)), tmp_path / "runs", 2, kill_one)
    assert killed and [each.error for each in outcomes] == [None] * 12


def test_a_case_that_is_taken_away_meanwhile_is_told_and_made_again(tmp_path):
    found = read_sweep(str(sweep(tmp_path)))
    folder = tmp_path / "runs"

    def take_away(standing) -> None:
        place = case_folder(folder, "x=2")
        if standing.outcome.case == "x=2":
            place.rename(tmp_path / "elsewhere")

    outcomes = run_sweep(found, folder, 1, take_away)
    assert [bool(each.error) for each in outcomes] == [False, True, False, False] and "is gone" in outcomes[1].error
    assert [each.error for each in run_sweep(found, folder, 1)] == [None] * 4


def test_a_full_disk_fails_the_cases_in_a_sentence(tmp_path):
    """A limit on the size of a file stands for a disk that is full: the notebook cannot be written whole."""
    path = sweep(tmp_path)
    words = [Path(sys.executable).with_name("renewal"), "sweep", path, "--to", "runs", "--workers", "1"]
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))  # noqa: E731
    told = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, preexec_fn=limit, timeout=120)
    assert told.returncode == 2 and "Traceback" not in told.stderr
    assert "file too large" in " ".join(told.stderr.split()).lower()
    assert not (tmp_path / "runs" / "table.parquet").exists() and not finished(tmp_path / "runs")


def test_too_little_room_is_told_before_anything_runs(tmp_path, monkeypatch):
    from simulation.study import sweep_cost

    monkeypatch.setattr(sweep_cost.shutil, "disk_usage", lambda _: type("", (), {"free": 1000})())
    with pytest.raises(InputError, match="and the sweep needs about"):
        sweep_cost.refuse_without_room(tmp_path / "runs", 1_000_000)


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    path = sweep(tmp_path)
    (tmp_path / "file").write_text("")
    assert "cannot write there" in ended(begin(tmp_path, "sweep", path, "--to", "file/runs"), status=2)


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers of one thread on this machine: the address and the workers' processes."""
    pytest.importorskip("distributed")
    dask = Path(sys.executable).with_name("dask")
    told = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    scheduler = subprocess.Popen([dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
                                  "--scheduler-file", told], **quiet)  # fmt: skip
    until = time.monotonic() + 60
    while not told.is_file() and time.monotonic() < until:
        time.sleep(0.1)
    address = json.loads(told.read_text())["address"]
    worker = [dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    workers = [subprocess.Popen(worker, **quiet) for _ in range(2)]
    try:
        _wait_for_workers(address, 2)
        yield address, workers
    finally:
        for process in [*workers, scheduler]:
            process.kill()
            process.wait()


def _wait_for_workers(address: str, count: int) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same_table_also_when_a_worker_is_killed_halfway(tmp_path, cluster, small):
    address, workers = cluster
    path = sweep(tmp_path, **MANY)
    process = begin(tmp_path, "sweep", path, "--to", "far", "--dask", address)
    until = time.monotonic() + 120
    while len(finished(tmp_path / "far")) < 4 and time.monotonic() < until:
        time.sleep(0.05)
    workers[0].kill()
    ended(process)
    ended(begin(tmp_path, "sweep", path, "--to", "near", "--workers", "2"))
    assert (tmp_path / "far" / "table.csv").read_bytes() == (tmp_path / "near" / "table.csv").read_bytes()
    assert len(finished(tmp_path / "far")) == 12
    with cluster_executor(address) as executor:  # the replications of one case go through the same door
        (far,) = replicate([small()], 3, 1, executor)
    (near,) = replicate([small()], 3, 1)
    assert far.values.tobytes() == near.values.tobytes()


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_is_not_there_is_told(tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("simulation.study.cluster.SECONDS_TO_CONNECT", 1)
    with pytest.raises(InputError, match="no Dask scheduler answers"), cluster_executor("tcp://127.0.0.1:9"):
        pass
