"""Serving a drill: two teams play it through over HTTP; nobody gets in without a code or the key, and nobody twice."""

import pytest


def lever_of(served, team, is_moved=True):
    """A lever of the drill that a team may move, and where to."""
    lever = served.host.session.refresh().levers(team)[0]
    return lever["name"], next(each for each in lever["options"] if (each != lever["stands"]) == is_moved)


def test_two_teams_play_a_whole_drill_through_and_the_wall_ranks_them(serve):
    served = serve()
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
