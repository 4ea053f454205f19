"""One server of pages, one of notebooks and one browser for all browser tests; nothing of them leaves this machine."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"book.policies_count": 600, "staffing.policies_per_consultant_count": 300, "experiment.replications_count": 6}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PATIENCE = 90_000  # milliseconds: a loaded machine is slow, and no test waits longer than it has to


def pytest_collection_modifyitems(items):
    """All of them in one process, so that they share servers and browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chromium():
    """A running browser; without one the tests are skipped, except where RENEWAL_REQUIRE_BROWSER is set."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        say = pytest.fail if os.environ.get("RENEWAL_REQUIRE_BROWSER") else pytest.skip
        say("there is no chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def small_state(runs: Path, panel: str) -> None:
    """A panel that begins with a small book, so that a year takes a tenth of a second."""
    draft = {"scenario": "handbook", "changes": SMALL}
    path = runs / "panels" / f"{panel}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"test": draft, "baseline": draft}), encoding="utf-8")


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """The pages without code on a free port: their address, and where their runs lie."""
    runs, port = tmp_path_factory.mktemp("runs"), free_port()
    for name in ("staffing", "allocation", "incentives", "team_structures"):
        small_state(runs, name)
    with running(["renewal", "app", "--no-browser", "--port", str(port)], runs, f"http://127.0.0.1:{port}/") as address:
        yield address, runs


class running:
    """A server as a process of its own, answering at an address."""

    def __init__(self, words: list[str], runs: Path, address: str):
        self._words, self._runs, self._address = words, runs, address

    def __enter__(self) -> str:
        self._log = (self._runs / f"{self._words[0]}.log").open("w")
        command = [str(Path(sys.executable).with_name(self._words[0])), *self._words[1:]]
        environment = os.environ | {"RENEWAL_RUNS": str(self._runs)}
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=self._log, stderr=subprocess.STDOUT)
        until = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < until:
            assert self._process.poll() is None, Path(self._log.name).read_text()
            try:
                urlopen(self._address, timeout=5).close()
                return self._address
            except (URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(f"no answer from {self._words}: {Path(self._log.name).read_text()}")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)
        self._log.close()


@pytest.fixture
def page(chromium):
    """A fresh page that fails its test where the console tells an error, or a request leaves the machine."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1000}, accept_downloads=True)
    found = context.new_page()
    found.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    found.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    found.on("pageerror", lambda error: wrong.append(str(error)))
    found.on("request", lambda request: _is_far(request.url) and wrong.append(f"a request to {request.url}"))
    yield found
    context.close()
    assert not wrong


def _is_far(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "http://localhost:", "ws://127.0.0.1:", "data:", "blob:", "about:"))
