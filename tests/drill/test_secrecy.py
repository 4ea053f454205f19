"""Secrecy: what a browser may not see, asked of every page as everybody."""

import re
from pathlib import Path

import pytest
import yaml

from simulation.drill.drill_file import Drill
from simulation.serve.attempts import MOST_OF_ONE, Attempts, TooManyAttempts
from simulation.serve.seats import Seats, drawn, is_same

SMALL = Path(__file__).with_name("small.yaml")
PATHS = [
    "/",
    "/join",
    "/play",
    "/play/decide",
    "/pulse/play",
    "/pulse/projector",
    "/pulse/facilitator",
    "/projector",
    "/facilitator",
    "/facilitator/key",
    "/facilitator/slips",
    "/facilitator/resolve",
    "/facilitator/team/red",
    "/facilitator/team/blue",
    "/facilitator/team/blue/decide",
    "/debrief",
    "/robots.txt",
    "/..%2f..%2fdrills.sqlite",
    "/static/../drills.sqlite",
]


def secrets_of_drill():
    """Every text of the drill's file that only the facilitator may read before the debrief."""
    drill = Drill.model_validate(yaml.safe_load(SMALL.read_text(encoding="utf-8")))
    found = [each.title for each in drill.robots.values()]
    for each in drill.injects.values():
        found += [each.cause, each.note, each.hint, each.question]
    return found


@pytest.fixture
def played(serve):
    """Two teams in the second turn; red has a note and a decision of its own."""
    served = serve(SMALL)
    served.red, served.blue, served.chief = served.player("red"), served.player("blue", "Bo"), served.trainer()
    served.red.post("/play/note", text="NOTE-OF-RED").ok()
    for each in (served.red, served.blue):
        each.post("/play/lock", turn=1).ok()
    served.chief.post("/facilitator/resolve").ok()
    served.red.post("/play/predict", value="77,7").ok()
    served.red.post("/play/decide", **{"lever.order": "due"}).ok()
    return served


def test_no_page_shows_a_player_a_secret_of_the_drill_or_anything_of_another_team(played):
    """Every address as nobody, as a player, and as a player who tries the facilitator's and the other team's."""
    ahead = ["SECRET-TITLE-LETTER", "SECRET-TEXT-LETTER", "SECRET-SENDER-LETTER"]  # of the third turn
    of_red = ["NOTE-OF-RED", "77.7"]
    codes = [played.host.seats.key, played.host.seats.cookie_secret]
    for who, browser in {"nobody": played.browser(), "blue": played.blue}.items():
        for path in PATHS:
            page = browser.copied().get(path).page
            for secret in [*secrets_of_drill(), *ahead, *of_red, *codes]:
                assert secret not in page, f"{who} reads {secret} at {path}"
    assert "TEXT-OF-DOWN" in played.blue.get("/play").page
    assert "TEXT-OF-DOWN" not in played.browser().get("/projector").page
    assert "NOTE-OF-RED" in played.red.get("/play").page and "77.7" in played.red.page


def test_the_facilitator_sees_what_players_do_not(played):
    page = played.chief.get("/facilitator").page
    for secret in [*secrets_of_drill()[1:], "NOTE-OF-RED", "77.7", "SECRET-TITLE-LETTER"]:
        assert secret in page, secret


def test_a_player_in_a_role_sees_that_roles_board_news_and_levers_alone(serve):
    served = serve(SMALL, teams=())
    served.trainer().post("/facilitator/team", team="red", seated="a browser a role").ok()
    leader, coordinator = served.player("red", "Lea"), served.player("red", "Cora")
    assert "Which case first" in leader.page and "Renewal steps waiting" not in leader.page
    assert "Unanswered calls" in coordinator.page and "Which case first" not in coordinator.page
    told = coordinator.post("/play/decide", **{"lever.order": "due"})
    assert told.status == 422 and "not yours to move" in told.problem()
    for turn in (1, 2):
        leader.post("/play/lock", turn=turn).ok()
        served.trainer().post("/facilitator/resolve").ok()
    assert "Unanswered calls" in leader.get("/play").page, "seats went round before the third turn"
    assert "SECRET-TEXT-LETTER" in leader.page and "SECRET-TEXT-LETTER" not in coordinator.get("/play").page


def test_what_a_team_has_found_out_is_shown_to_it_alone(played):
    played.blue.post("/play/decide", **{"lever.meetings": "paused"}).ok()
    played.chief.post("/facilitator/resolve", is_forced="yes").ok()
    assert "SECRET-CAUSE-DOWN" in played.blue.get("/play").page
    assert "SECRET-CAUSE-DOWN" not in played.red.get("/play").page


def test_a_code_works_once_and_a_wrong_one_never(serve):
    served = serve(SMALL)
    code = served.code("red")
    served.browser().post("/join", code=code.lower().replace("-", " "), name="Anna").ok()
    events = served.events()
    for again in (code, "", "AAAAA-AAAAA", "0" * 60):
        told = served.browser().post("/join", code=again, name="Eve")
        assert told.status == 422 and "seat" not in told.cookies
    assert served.events() == events
    assert served.browser().get("/play").status == 403


def test_after_ten_wrong_codes_an_address_has_to_wait(serve):
    served = serve(SMALL)
    browser = served.browser()
    for _ in range(MOST_OF_ONE):
        assert browser.post("/join", code="WRONG", name="Eve").status == 422
    assert browser.post("/join", code=served.code("red"), name="Eve").status == 429
    assert browser.post("/facilitator/key", key=served.host.seats.key).status == 429
    assert served.events() == served.events()[:1]


def test_a_wrong_key_lets_nobody_in(serve):
    served = serve(SMALL)
    browser = served.browser().post("/facilitator/key", key="WRONG-KEY")
    assert browser.status == 422 and "trainer" not in browser.cookies
    for path in ("/facilitator/slips", "/facilitator/team/red", "/pulse/facilitator"):
        assert browser.get(path).status == 403
    assert browser.post("/facilitator/resolve", is_forced="yes").status == 403
    assert browser.get("/facilitator").headers["Location"] == "/facilitator/key"


def test_a_replayed_cookie_is_of_no_use_once_the_seat_was_given_anew(serve):
    served = serve(SMALL)
    red, chief = served.player("red"), served.trainer()
    stolen = red.copied()
    assert stolen.get("/play").status == 200, "a copied cookie is that browser; only a new code ends it"
    chief.post("/facilitator/code", seat=1).ok()
    for each in (red, stolen):
        assert each.get("/play").status == 403
    again = served.player("red", "Somebody else")
    assert again.get("/play").status == 200 and stolen.get("/play").status == 403
    assert list(served.host.session.state.team("red").members) == ["Anna"], "the seat is the same, and so is its member"


def test_a_cookie_is_of_no_use_after_leaving_or_signing_out(serve):
    served = serve(SMALL)
    red, chief = served.player("red"), served.trainer()
    old_red, old_chief = red.copied(), chief.copied()
    red.post("/play/leave").ok()
    chief.post("/facilitator/leave").ok()
    assert old_red.get("/play").status == 403
    assert old_chief.get("/facilitator/slips").status == 403


def test_a_cookie_that_was_changed_or_made_elsewhere_is_no_cookie(serve):
    served = serve(SMALL)
    red = served.player("red")
    for cookie in (red.cookies["seat"][:-3] + "abc", "2|1:0|10:1|4:seat|4:MS54|" + "0" * 64, "1.token", "", "ü" * 4):
        forged = red.copied()
        forged.cookies["seat"] = cookie.encode("utf-8").decode("latin-1")
        assert forged.get("/play").status == 403


def test_another_teams_name_in_a_form_moves_nothing_of_that_team(played):
    before = dict(played.host.session.refresh().state.team("red").moves[2])
    for extra in ({"team": "red"}, {"team": "red", "member": "Anna"}, {"seat": "1"}):
        played.blue.post("/play/note", text="of blue", **extra).ok()
        played.blue.post("/play/decide", **{"lever.attempts": "three"}, **extra).ok()
    state = played.host.session.refresh().state
    assert state.team("red").moves[2] == before and state.team("blue").moves[2] == {"attempts": "three"}
    assert {whose for whose, _, text in state.notes if text == "of blue"} == {"blue"}


def test_a_form_without_its_token_is_refused(played):
    events = played.events()
    red = played.red.copied()
    assert red.ask("POST", "/play/lock", b"turn=2").status == 403
    assert red.ask("POST", "/play/lock", b"turn=2&_xsrf=wrong").status == 403
    assert played.events() == events


def test_every_page_forbids_keeping_framing_and_outside_sources_and_names_no_outside_address(played):
    for browser in (played.browser(), played.blue, played.chief):
        for path in PATHS:
            browser.get(path)
            assert browser.headers["Cache-Control"] == "no-store"
            assert browser.headers["Content-Security-Policy"].startswith("default-src 'none'")
            links = re.findall(r"https?://[^\s\"'<]+", browser.page)
            assert all(each.startswith("http://127.0.0.1") for each in links), links
            assert "key=" not in (browser.headers["Location"] or "") and "code=" not in (
                browser.headers["Location"] or ""
            )


def test_cookies_are_for_this_site_alone_and_unreadable_for_scripts(serve):
    served = serve(SMALL)
    browser = served.browser().get("/")
    told = browser.headers.get_all("Set-Cookie")
    browser.post("/join", code=served.code("red"), name="Anna")
    told += browser.headers.get_all("Set-Cookie")
    assert len(told) == 2
    for each in told:
        assert "HttpOnly" in each and "SameSite=Strict" in each


def test_codes_are_drawn_from_many_and_the_file_of_seats_is_its_owners_alone(tmp_path):
    codes = {drawn(10) for _ in range(1000)}
    assert len(codes) == 1000 and all(len(each) == 11 for each in codes)
    seats = Seats.of(tmp_path / "seats.json")
    token = seats.take(seats.add("red"), "Anna")
    assert (tmp_path / "seats.json").stat().st_mode & 0o077 == 0
    assert token.partition(".")[2] not in (tmp_path / "seats.json").read_text()
    assert Seats.of(tmp_path / "seats.json").sitting(token).member == "Anna"
    assert not is_same("", "") and is_same("a", "a") and not is_same("a", "b")


def test_attempts_are_forgotten_after_a_minute_and_counted_by_address():
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    for _ in range(MOST_OF_ONE):
        attempts.check("one")
        attempts.note("one")
    attempts.check("other")
    with pytest.raises(TooManyAttempts):
        attempts.check("one")
    now[0] = 61.0
    attempts.check("one")
