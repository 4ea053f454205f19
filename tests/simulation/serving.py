"""A drill that is served in a thread, and browsers without a window that keep their cookies."""

import asyncio
import re
import threading
from html import unescape
from http.client import HTTPConnection
from urllib.parse import urlencode

from simulation.drill.store import Store
from simulation.serve.host import host_of
from simulation.serve.server import listening


class Browser:
    """Asks for pages and sends forms, as a browser without scripts does; forwards are followed by hand."""

    def __init__(self, port: int):
        self.port, self.cookies, self.page, self.status, self.headers = port, {}, "", 0, {}

    def ask(self, method: str, path: str, body: bytes | None = None, headers=None) -> "Browser":
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request(method, path, body, {"Cookie": cookie, **(headers or {})})
        answer = connection.getresponse()
        for told in answer.headers.get_all("Set-Cookie", []):
            name, _, value = told.split(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        self.status, self.headers, self.page = answer.status, answer.headers, answer.read().decode("utf-8", "replace")
        connection.close()
        return self

    def get(self, path: str) -> "Browser":
        return self.ask("GET", path)

    def post(self, path: str, **fields) -> "Browser":
        """Send a form as the page would, its token included, and follow where it leads."""
        if "_xsrf" not in self.cookies:
            self.get("/")
        body = urlencode({"_xsrf": self.cookies["_xsrf"], **fields}).encode()
        self.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        return self

    def ok(self) -> "Browser":
        """What was sent was taken, and leads on to a page."""
        assert self.status == 303, f"{self.status}: {self.problem() or self.page[-600:]}"
        return self.get(self.headers["Location"])

    def problem(self) -> str:
        """The sentence above the page that says what was wrong."""
        found = re.search(r'<p class="(?:problem|told)"[^>]*>(.*?)</p>', self.page)
        return unescape(found[1]) if found else ""

    def copied(self) -> "Browser":
        """Another browser with the same cookies."""
        other = Browser(self.port)
        other.cookies = dict(self.cookies)
        return other


class Served:
    """A host that answers in a thread of its own."""

    def __init__(self, folder, drill: str, teams: list[str], pool=None, name="session"):
        self.store = Store(folder / "drills.sqlite")
        self.host = host_of(self.store, *self._what(drill, name), None, teams)
        self.host.pool, self._is_shared = pool, pool is not None
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._answer(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(30)
        self.host.address = f"http://127.0.0.1:{self.port}"

    def _what(self, drill: str, name: str):
        return (name, None) if name in self.store.sessions() else (drill, name)

    async def _answer(self, ready: threading.Event) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        server, self.port = listening(self.host, "127.0.0.1", 0)
        ready.set()
        await self._ended.wait()
        server.stop()
        await server.close_all_connections()
        if self._is_shared:
            self.host.pool = None
        self.host.close()

    def stop(self) -> None:
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(30)

    def browser(self) -> Browser:
        return Browser(self.port)

    def trainer(self) -> Browser:
        """A browser that was let in with the key."""
        return self.browser().post("/facilitator/key", key=self.host.seats.key).ok()

    def code(self, team: str) -> str:
        return next(each.code for each in self.host.seats.seats if each.team == team and each.code)

    def player(self, team: str, name: str = "Anna") -> Browser:
        """A browser that sits at a team."""
        return self.browser().post("/join", code=self.code(team), name=name).ok()

    def events(self):
        return self.store.events(self.host.session.name)
