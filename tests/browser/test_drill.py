"""A drill of two teams and a facilitator, played through in real browsers, with the wall beside them."""

from pathlib import Path

import pytest
from serving import Served

SMALL = Path(__file__).parents[1] / "drill" / "small.yaml"
PATIENCE = 90_000


@pytest.fixture
def room(chromium, tmp_path):
    """A served drill, and a browser of its own for everybody; what pages complain of or fetch from outside is kept."""
    served = Served(tmp_path, str(SMALL), ["red", "blue"])
    base, complaints, contexts = f"http://127.0.0.1:{served.port}", [], []

    def browser():
        contexts.append(chromium.new_context())
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(base) else None)
        return page

    yield served, base, browser, complaints
    for each in contexts:
        each.close()
    served.stop()


def test_two_teams_and_a_facilitator_play_a_drill_through_in_browsers(room):
    served, base, browser, complaints = room
    chief, wall = browser(), browser()
    chief.goto(f"{base}/facilitator")
    chief.get_by_label("Key").fill(served.host.seats.key)
    chief.get_by_role("button", name="Come in").click()
    chief.get_by_role("heading", name="Seats and codes").wait_for()
    wall.goto(f"{base}/projector")
    players = {}
    for team in ("red", "blue"):
        page = players[team] = browser()
        page.goto(base)
        page.get_by_label("Code").fill(served.code(team))
        page.get_by_label("Your name, or your team's").fill(team)
        page.get_by_role("button", name="Sit down").click()
        page.get_by_role("button", name="We have decided: lock turn 1").wait_for()
        assert page.url == f"{base}/play"
    for turn in (1, 2, 3):
        for team, page in players.items():
            page.get_by_label("Our guess, per cent").fill("12")
            page.get_by_role("button", name="Say it").click()
            page.get_by_text("You said").wait_for()
            if (team, turn) == ("red", 2):
                page.get_by_label("Earliest due date first").check()
                page.get_by_role("button", name="Keep these decisions").click()
                page.get_by_text("levers cost 1.5 points in turn 2").wait_for()
            page.get_by_role("button", name=f"lock turn {turn}").click()
            page.get_by_text("Locked.").wait_for()
        chief.get_by_text("Everybody has locked.").wait_for()  # told by the script, without loading by hand
        chief.get_by_role("button", name=f"Play turn {turn}").click()
        for page in players.values():  # the players' pages find out by themselves that the turn was played
            ahead = page.get_by_text("All turns have been played." if turn == 3 else f"lock turn {turn + 1}")
            ahead.first.wait_for()
    wall.get_by_text("All turns have been played").wait_for()
    assert "Earliest due date first" not in players["blue"].content().split("What you have done")[1]
    assert complaints == []
    assert served.host.session.refresh().state.is_over and served.host.session.check_boards() == []


def test_axe_finds_nothing_on_the_pages_of_a_drill(room):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    served, base, browser, _ = room
    page = browser()
    for path in ("/", "/projector", "/facilitator/key"):
        page.goto(base + path)
        assert axe.run(page).violations_count == 0, f"{path}: {axe.run(page).generate_report()}"
    page.get_by_label("Key").fill(served.host.seats.key)
    page.get_by_role("button", name="Come in").click()
    page.get_by_role("heading", name="Seats and codes").wait_for()
    assert axe.run(page).violations_count == 0, axe.run(page).generate_report()
    page.goto(base)
    page.get_by_label("Code").fill(served.code("red"))
    page.get_by_label("Your name, or your team's").fill("red")
    page.get_by_role("button", name="Sit down").click()
    page.get_by_role("button", name="lock turn 1").wait_for()
    assert axe.run(page).violations_count == 0, axe.run(page).generate_report()
