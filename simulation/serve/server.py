"""The server of a drill: pages and forms over HTTP, for browsers on this machine or the local network. No outside address.

Cookies are signed, unreadable for scripts and sent to this site alone; every form carries a token against forged requests.
A page is never kept by a browser, and loads nothing but itself.
"""

import asyncio
import inspect
import secrets
import signal
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from markupsafe import Markup
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

from playbook.errors import InputError
from simulation.serve import pages
from simulation.serve.actions import OF_A_TEAM, OF_THE_FACILITATOR
from simulation.serve.attempts import TooManyAttempts
from simulation.serve.forms import Form
from simulation.serve.host import Host
from simulation.serve.seats import Seat
from simulation.view.report import rendered

SEAT, TRAINER = "seat", "trainer"
DAYS = 2  # a cookie is good for
LARGEST_FORM, LARGEST_HEAD = 64 * 1024, 16 * 1024
IDLE_SECONDS = 60.0
SLIP, WAIT, NO_ENTRY, MISSING = 422, 429, 403, 404
SEE_OTHER = 303
POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


class Page(RequestHandler):
    """What every page is like."""

    host: Host

    def initialize(self, host: Host) -> None:
        """Each request has a word of its own by which its own style and script are known."""
        self.host, self.nonce = host, secrets.token_urlsafe(16)

    def set_default_headers(self) -> None:
        """Nothing is kept, framed, guessed or told on."""
        for name, value in {
            "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
            "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin", "Server": "renewal",
            "Content-Security-Policy": PAGE_POLICY,
        }.items():  # fmt: skip
            self.set_header(name, value)

    def show(self, template: str, problem: str = "", **content: Any) -> None:
        """Answer with a page."""
        self.set_header("Content-Security-Policy", POLICY.format(nonce=self.nonce))
        self.finish(
            rendered(
                template, question=content.pop("heading", self.host.session.drill.title), nonce=self.nonce, problem=problem,
                xsrf=Markup(self.xsrf_form_html()), **content,
            )
        )  # fmt: skip

    def form(self) -> Form:
        """What was sent."""
        return Form(self.request.body_arguments)

    def keep(self, name: str, token: str) -> None:
        """Give the browser its token."""
        self.set_signed_cookie(
            name, token, expires_days=DAYS, httponly=True, samesite="Strict", secure=self.request.protocol == "https"
        )

    def token(self, name: str) -> str:
        """The token that the browser shows; empty without one."""
        found = self.get_signed_cookie(name, max_age_days=DAYS)
        return found.decode("ascii", errors="replace") if found else ""

    def seat(self) -> Seat:
        """Where this browser sits; anybody else is sent away."""
        found = self.host.seats.sitting(self.token(SEAT))
        if found is None:
            raise HTTPError(NO_ENTRY, reason="you have no seat here; join with a code")
        return found

    def check_trainer(self) -> None:
        """Anybody but the facilitator is sent away."""
        if not self.host.seats.is_trainer(self.token(TRAINER)):
            raise HTTPError(NO_ENTRY, reason="this page is the facilitator's; it needs the key")

    def address(self) -> str:
        """By which wrong attempts are counted."""
        return self.request.remote_ip or ""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A sentence, and a way back; never a traceback."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        says = error.reason if isinstance(error, HTTPError) and error.reason else self._reason
        if status_code >= 500:
            says = "something went wrong here; nothing that was committed is lost. Load the page again."
        self.show("drill_problem.html", heading="That did not work", says=says, status=status_code)

    def forward(self, path: str) -> None:
        """On to a page, so that loading it again sends nothing again."""
        self.redirect(path, status=SEE_OTHER)


class Join(Page):
    """Where everybody arrives."""

    def get(self) -> None:
        """The form for a code."""
        self.show("drill_join.html", **pages.frame(self.host))

    def post(self) -> None:
        """Sit down."""
        try:
            self.host.attempts.check(self.address())
            form = self.form()
            code, member = form.text("code", most=60), form.text("name", most=40)
            try:
                self.host.seats.offered(code)
            except InputError:
                self.host.attempts.note(self.address())
                raise
            self.keep(SEAT, self.host.join(code, member))
        except InputError as error:
            self.set_status(WAIT if isinstance(error, TooManyAttempts) else SLIP)
            self.show("drill_join.html", problem=str(error), **pages.frame(self.host))
            return
        self.forward("/play")


class Play(Page):
    """A player's page."""

    async def get(self, action: str = "") -> None:
        """The team's own data."""
        if action:
            self.forward("/play")
            return
        await self.page()

    async def page(self, problem: str = "") -> None:
        seat = self.seat()
        try:
            role = self.host.role_of(seat)
        except InputError as error:
            raise HTTPError(NO_ENTRY, reason=str(error)) from None
        content = pages.player(self.host, await self.host.outlook(), seat.team, role, seat.member)
        self.show("drill_player.html", problem, base="/play", pulse=pages.pulse(self.host, seat.team),
                  is_debrief_shown=self.host.is_shown("is_debrief_shown"), **content)  # fmt: skip

    async def post(self, action: str) -> None:
        """Do something for the own team; a slip is told above the page, and changes nothing."""
        seat = self.seat()
        if action == "leave":
            self.host.seats.leave(seat)
            self.clear_cookie(SEAT)
            self.forward("/")
            return
        if action not in OF_A_TEAM:
            raise HTTPError(MISSING, reason="there is no such button")
        try:
            self.host.role_of(seat)
            OF_A_TEAM[action](self.host, seat.team, seat.member, self.form())
        except InputError as error:
            self.set_status(SLIP)
            await self.page(str(error))
            return
        self.forward("/play")


class Pulse(Page):
    """What tells a page that it is out of date."""

    def get(self, whose: str) -> None:
        """A word that changes, and the seconds on the clock."""
        team = ""
        if whose == "play":
            team = self.seat().team
        elif whose == "facilitator":
            self.check_trainer()
        self.write({"pulse": pages.pulse(self.host, team), "seconds_left": self.host.seconds_left()})


class Projector(Page):
    """The wall."""

    async def get(self) -> None:
        """The scoreboard, without spoilers."""
        outlook = await self.host.outlook()
        self.show("drill_projector.html", pulse=pages.pulse(self.host), **pages.projector(self.host, outlook))


class Key(Page):
    """Where the facilitator comes in."""

    def get(self) -> None:
        """The form for the key."""
        self.show("drill_key.html", **pages.frame(self.host))

    def post(self) -> None:
        """Let in, or not."""
        try:
            self.host.attempts.check(self.address())
            key = self.form().text("key", most=60)
            try:
                self.keep(TRAINER, self.host.seats.let_in(key))
            except InputError:
                self.host.attempts.note(self.address())
                raise
        except InputError as error:
            self.set_status(WAIT if isinstance(error, TooManyAttempts) else SLIP)
            self.show("drill_key.html", problem=str(error), **pages.frame(self.host))
            return
        self.forward("/facilitator")


class Facilitator(Page):
    """The facilitator's page."""

    async def get(self, action: str = "") -> None:
        """Everything."""
        if action:
            self.forward("/facilitator")
            return
        if not self.host.seats.is_trainer(self.token(TRAINER)):
            self.forward("/facilitator/key")
            return
        await self.page()

    async def page(self, problem: str = "") -> None:
        outlook = await self.host.outlook()
        self.show(
            "drill_facilitator.html", problem, pulse=pages.pulse(self.host), **pages.facilitator(self.host, outlook)
        )

    async def post(self, action: str) -> None:
        """Do something; a slip is told above the page, and changes nothing."""
        self.check_trainer()
        if action == "leave":
            self.host.seats.let_out(self.token(TRAINER))
            self.clear_cookie(TRAINER)
            self.forward("/")
            return
        if action not in OF_THE_FACILITATOR:
            raise HTTPError(MISSING, reason="there is no such button")
        try:
            made = OF_THE_FACILITATOR[action](self.host, self.form())
            if inspect.isawaitable(made):
                await made
        except InputError as error:
            self.set_status(SLIP)
            await self.page(str(error))
            return
        self.forward("/facilitator")


class ForTeam(Page):
    """The facilitator enters for a team: the same page as the team's own."""

    async def get(self, team: str, action: str = "") -> None:
        """The team's page with all roles."""
        self.check_trainer()
        if action:
            self.forward(self.request.path.rpartition("/")[0])
            return
        await self.page(team)

    async def page(self, team: str, problem: str = "", base: str = "") -> None:
        if team not in self.host.session.refresh().state.teams:
            raise HTTPError(MISSING, reason="there is no such team")
        content = pages.player(self.host, await self.host.outlook(), team, None)
        self.show("drill_player.html", problem, base=base or self.request.path,
                  pulse=pages.pulse(self.host, team), is_facilitator=True, **content)  # fmt: skip

    async def post(self, team: str, action: str) -> None:
        """Do something for the team."""
        self.check_trainer()
        if action not in OF_A_TEAM:
            raise HTTPError(MISSING, reason="there is no such button")
        try:
            OF_A_TEAM[action](self.host, team, "", self.form())
        except InputError as error:
            self.set_status(SLIP)
            await self.page(team, str(error), self.request.path.rpartition("/")[0])
            return
        self.forward(self.request.path.rpartition("/")[0])


class Slips(Page):
    """Join slips to cut out."""

    def get(self) -> None:
        """A slip a free seat."""
        self.check_trainer()
        self.show("drill_slips.html", **pages.slips(self.host))


class DebriefPage(Page):
    """The debrief, once it is worked out: the facilitator's, and everybody's when it has been put on the wall."""

    def get(self) -> None:
        """The page as it lies in its folder."""
        is_open = self.host.is_shown("is_debrief_shown") and self.host.session.state.is_over
        if not is_open:
            self.check_trainer()
        found = self.host.debriefing.page()
        if found is None:
            raise HTTPError(MISSING, reason="the debrief has not been worked out yet")
        self.finish(found)


class Nothing(Page):
    """Any other address."""

    def prepare(self) -> None:
        """Nothing is here."""
        raise HTTPError(MISSING, reason="there is no such page")


def application(host: Host) -> Application:
    """The pages of a host."""
    given = {"host": host}
    team = r"(?P<team>[^/]{1,200})"
    return Application(
        [
            (r"/", Join, given), (r"/join", Join, given), (r"/play", Play, given), (r"/play/(\w+)", Play, given),
            (r"/pulse/(play|projector|facilitator)", Pulse, given), (r"/projector", Projector, given),
            (r"/facilitator/key", Key, given), (r"/facilitator", Facilitator, given), (r"/facilitator/slips", Slips, given),
            (rf"/facilitator/team/{team}", ForTeam, given), (rf"/facilitator/team/{team}/(?P<action>\w+)", ForTeam, given),
            (r"/facilitator/(\w+)", Facilitator, given), (r"/debrief", DebriefPage, given),
        ],
        default_handler_class=Nothing, default_handler_args=given, cookie_secret=host.seats.cookie_secret, xsrf_cookies=True,
        xsrf_cookie_kwargs={"httponly": True, "samesite": "Strict"}, log_function=lambda handler: None,
    )  # fmt: skip


def listening(
    host: Host, interface: str, port: int, certificate: tuple[Path, Path] | None = None
) -> tuple[HTTPServer, int]:
    """A server that answers from now on, within a running loop, and its port; InputError where the port is not to be had."""
    try:
        sockets = bind_sockets(port, interface)
    except OSError as error:
        raise InputError(
            f"{interface}:{port} cannot be listened on: {error.strerror or error}; try another --port"
        ) from None
    server = HTTPServer(
        application(host), ssl_options=_encryption(certificate) if certificate else None, max_body_size=LARGEST_FORM,
        max_buffer_size=LARGEST_FORM, max_header_size=LARGEST_HEAD, idle_connection_timeout=IDLE_SECONDS,
        body_timeout=IDLE_SECONDS,
    )  # fmt: skip
    server.add_sockets(sockets)
    return server, sockets[0].getsockname()[1]


def _encryption(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    """What an encrypted connection is made with."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(*certificate)
    except OSError as error:
        raise InputError(f"{certificate[0]}, {certificate[1]}: no certificate with its key: {error}") from None
    return context


async def serve(
    host: Host, interface: str, port: int, told: Callable[[int], None], certificate: tuple[Path, Path] | None = None
) -> None:
    """Answer until the process is asked to end; `told` is called with the port once there is one."""
    server, found = listening(host, interface, port, certificate)
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, ended.set)
    told(found)
    try:
        await ended.wait()
    finally:
        server.stop()
        await server.close_all_connections()
        host.close()
