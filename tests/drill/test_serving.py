"""Serving a drill: two teams play it through over HTTP; nobody gets in without a code or the key, and nobody twice."""

import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import pytest

from simulation.serve.actions import OF_A_TEAM, OF_THE_FACILITATOR

SMALL = Path(__file__).with_name("small.yaml")


def lever_of(served, team, is_moved=True):
    """A lever of the drill that a team may move, and where to."""
    lever = served.host.session.refresh().levers(team)[0]
    return lever["name"], next(each for each in lever["options"] if (each != lever["stands"]) == is_moved)


def test_two_teams_play_a_whole_drill_through_and_the_wall_ranks_them(serve):
    served = serve(SMALL)
    trainer, red, blue = served.trainer(), served.player("red"), served.player("blue", "Bo")
    turns = served.host.session.drill.turns
    for turn in range(1, turns + 1):
        red.post("/play/predict", value="12,5", low="5", high="20").ok()
        lever, option = lever_of(served, "red", is_moved=turn == 2)
        red.post("/play/decide", **{f"lever.{lever}": option}).ok()
        red.post("/play/lock", turn=turn).ok()
        assert "Locked." in red.page
        assert "not locked yet: blue" in trainer.post("/facilitator/resolve").problem()
        blue.post("/play/lock", turn=turn).ok()
        trainer.post("/facilitator/resolve").ok()
    state = served.host.session.refresh().state
    assert state.is_over and len(state.teams["red"].predictions) == turns
    assert state.teams["red"].predictions[1]["value"] == pytest.approx(0.125)
    wall = served.browser().get("/projector")
    assert wall.status == 200 and "All turns have been played" in wall.page
    for team in ("red", "blue"):
        assert team in wall.page
    assert "All turns have been played" in red.get("/play").page
    assert served.host.session.check_boards() == []


def test_a_slip_is_told_above_the_page_and_changes_nothing(serve):
    served = serve(SMALL)
    red = served.player("red")
    events = served.events()
    for path, fields, says in (
        ("/play/predict", {"value": "many"}, "is no number"),
        ("/play/predict", {"value": "20", "low": "30", "high": "40"}, "the predicted value lies between them"),
        ("/play/predict", {}, "nothing was filled in"),
        ("/play/decide", {"lever.ordr": "due"}, "did you mean 'order'?"),
        ("/play/decide", {"lever.order": "du"}, "did you mean 'due'?"),
        ("/play/decide", {"lever.order": "due", "lever.meetings": "paused", "lever.attempts": "three"}, "allows 2"),
        ("/play/lock", {"turn": "2"}, "turn 1 is the one ahead"),
        ("/play/lock", {"turn": "1.5"}, "no whole number"),
        ("/play/note", {"text": "x" * 4001}, "longer than 4,000 letters"),
        ("/play/undo", {}, "nothing to take back"),
    ):
        told = red.post(path, **fields)
        assert told.status == 422 and says in told.problem(), (path, fields, told.problem())
    assert red.post("/play/nothing").status == 404
    assert served.events() == events


def test_a_decision_is_taken_back_before_another_is_made_so_that_levers_can_be_exchanged(serve):
    served = serve(SMALL)
    red = served.player("red")
    red.post("/play/decide", **{"lever.order": "due", "lever.meetings": "paused"}).ok()
    red.post("/play/decide", **{"lever.order": "usual", "lever.meetings": "paused", "lever.attempts": "three"}).ok()
    assert served.host.session.refresh().state.team("red").moves[1] == {"meetings": "paused", "attempts": "three"}


def test_the_facilitator_fires_delays_skips_improvises_undoes_and_enters_for_a_team(serve):
    served = serve(SMALL)
    chief = served.trainer()
    served.player("red")
    for team, seated in (("paper", "facilitator"), ("metal", "sensible"), ("idle", "nothing")):
        chief.post("/facilitator/team", team=team, seated=seated).ok()
    chief.post("/facilitator/fire", inject="letter").ok()
    chief.post("/facilitator/delay", inject="down", turn=3).ok()
    made_up = {"channel": "chat", "sender": "Director", "to": "all", "title": "A question", "text": "How are you?"}
    chief.post("/facilitator/improvise", objective="first", effects_of="down", **made_up).ok()
    chief.post("/facilitator/timer", minutes="2,5").ok()
    assert 100 < served.host.seconds_left() <= 150
    chief.post("/facilitator/team/paper/predict", value="5").ok()
    chief.post("/facilitator/team/paper/decide", **{"lever.order": "due"}).ok()
    chief.post("/facilitator/team/paper/lock", turn=1).ok()
    assert "Back to all teams" in chief.page and "Locked." in chief.page
    assert chief.post("/facilitator/resolve").problem() == "not locked yet: red"
    chief.post("/facilitator/resolve", is_forced="yes").ok()
    table = served.host.session.refresh().table("paper")
    assert table.came == {"letter": 1, "improvised_1": 1} and served.host.seconds_left() is None
    assert "How are you?" in chief.get("/facilitator/team/paper").page
    last = served.host.session.state.undoable()
    assert "something else has happened" in chief.post("/facilitator/undo", number=last - 1).problem()
    chief.post("/facilitator/undo", number=last).ok()
    assert served.host.session.refresh().state.turn == 1
    chief.post("/facilitator/skip", inject="letter").ok()
    chief.post("/facilitator/rate", **{"team": "red", "by": "Olga", "mark.calm": "4"}).ok()
    assert (
        "marks go from 1 to 5"
        in chief.post("/facilitator/rate", **{"team": "red", "by": "O", "mark.calm": "6"}).problem()
    )
    chief.post("/facilitator/resolve", is_forced="yes").ok()
    assert "letter" not in served.host.session.refresh().table("paper").came
    chief.post("/facilitator/promise", action="Write the plan", owner="Cora", by="2026-02-28").ok()
    assert (
        "there is no such day" in chief.post("/facilitator/promise", action="x", owner="y", by="2026-02-30").problem()
    )
    assert served.host.session.refresh().state.promised[0]["owner"] == "Cora"
    assert "a team joins before" in chief.post("/facilitator/team", team="late", seated="one browser").problem()
    assert "shown" in chief.post("/facilitator/wall", what="is_score_shown", shown="no").ok().page
    assert "Points ahead" not in served.browser().get("/projector").page


def test_a_server_that_was_stopped_goes_on_where_it_was_and_browsers_keep_their_seats(serve, tmp_path):
    served = serve(SMALL)
    red, chief = served.player("red"), served.trainer()
    red.post("/play/note", text="kept over the night").ok()
    code = served.code("blue")
    served.stop()
    again = serve(SMALL)
    for browser in (red, chief):
        browser.port = again.port
    assert "kept over the night" in red.get("/play").page
    assert chief.get("/facilitator/slips").status == 200 and code in chief.page
    again.browser().post("/join", code=code, name="Bo").ok()


def test_the_process_that_keeps_the_tables_may_die_and_the_turn_is_played_all_the_same(serve):
    served = serve(SMALL, pool=None)
    chief, red = served.trainer(), served.player("red")
    for process in served.host.pool._processes.values():
        os.kill(process.pid, signal.SIGKILL)
    chief.post("/facilitator/resolve", is_forced="yes").ok()
    assert served.host.session.refresh().state.turn == 2 and served.host.session.check_boards() == []
    assert red.get("/play").status == 200


def test_a_turn_that_is_played_twice_at_once_is_played_once(serve):
    served = serve(SMALL)
    served.player("red")
    chiefs = [served.trainer() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda each: each.post("/facilitator/resolve", is_forced="yes"), chiefs))
    assert served.host.session.refresh().state.turn == 2


@pytest.mark.parametrize("turns", [2, pytest.param(20, marks=pytest.mark.soak)])
def test_eight_teams_decide_at_once_and_nothing_is_lost_or_mixed(serve, tmp_path, turns):
    path = tmp_path / "long.yaml"
    path.write_text(SMALL.read_text().replace("turns: 3", f"turns: {max(3, turns)}"))
    names = [f"team {number}" for number in range(1, 9)]
    served = serve(path, names)
    chief, browsers = served.trainer(), {name: served.player(name, "Ann") for name in names}

    def move(turn: int, place: int) -> None:
        browser = browsers[names[place]]
        browser.post("/play/predict", value=f"{place},{turn}").ok()
        browser.post("/play/note", text=f"{place} in {turn}").ok()
        browser.post("/play/decide", **{"lever.attempts": ("six", "three")[(place + turn) % 2]}).ok()
        browser.post("/play/lock", turn=turn).ok()

    seconds = []
    for turn in range(1, turns + 1):
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(move, [turn] * 8, range(8)))
        begun = perf_counter()
        chief.post("/facilitator/resolve").ok()
        seconds.append(perf_counter() - begun)
    state = served.host.session.refresh().state
    assert state.turn == turns + 1
    for place, name in enumerate(names):
        said = state.team(name).predictions
        assert {turn: each["value"] for turn, each in said.items()} == pytest.approx(
            {turn: float(f"{place}.{turn}") / 100 for turn in range(1, turns + 1)}
        )
        assert [text for whose, _, text in state.notes if whose == name] == [
            f"{place} in {n}" for n in range(1, turns + 1)
        ]
        stands = ["six", "three"][(place + turns) % 2]
        assert state.team(name).levers.position["attempts"] == stands
    assert served.host.session.check_boards() == []
    print(f"eight teams, a turn over HTTP: {max(seconds):.2f} s at most")


@pytest.mark.parametrize("posts", [100, pytest.param(1000, marks=pytest.mark.soak)])
def test_malformed_posts_get_a_clear_answer_and_change_nothing(serve, posts):
    served = serve(SMALL)
    red = served.player("red")
    events, seats, luck = served.events(), served.host.seats.path.read_text(), random.Random(5)
    paths = [f"/play/{each}" for each in OF_A_TEAM] + [f"/facilitator/{each}" for each in OF_THE_FACILITATOR]
    paths += ["/facilitator/team/red/decide", "/play/leaves", "/pulse/play", "/projector"]
    names = ["value", "low", "high", "turn", "text", "lever.order", "lever.", "inject", "team", "code", "\0", "x" * 300]
    values = ["", "\0", "NaN", "1e999", "-1", "99999999999999999999", "due\n", "<script>", "'; DROP TABLE events; --",
              "../../etc/passwd", "ü" * 5000, "{{ 7*7 }}", "true", "\ud7ff", "1,2,3"]  # fmt: skip
    for _ in range(posts):
        fields = {luck.choice(names): luck.choice(values) for _ in range(luck.randrange(4))}
        path = luck.choice(paths)
        if path == "/play/note" and set(fields) & {"text"}:
            fields["text"] = ""
        red.post(path, **fields)
        if path == "/play/predict":
            assert red.status in (422, 403)
        assert 400 <= red.status < 500, (path, fields, red.status)
        assert "Traceback" not in red.page and red.problem()
    for body, kind in ((b"\xff\xfe=%%%", "application/x-www-form-urlencoded"), (b"--x", "multipart/form-data; boundary=x"),
                       (b"x" * 70_000, "application/x-www-form-urlencoded"), (b"[]", "application/json")):  # fmt: skip
        with suppress(ConnectionError):  # what is larger than any form is not even read
            assert red.copied().ask("POST", "/play/note", body, {"Content-Type": kind}).status >= 400
    assert served.events() == events and served.host.seats.path.read_text() == seats
    assert red.get("/play").status == 200
