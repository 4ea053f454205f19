"""The drill in the terminal: bad input is asked again with a sentence, and a session goes from play to debrief and away."""

import pytest
from playing import small_drill
from typer.testing import CliRunner

from playbook.errors import InputError
from simulation.cli import app


@pytest.fixture
def renewal(tmp_path, monkeypatch):
    monkeypatch.setenv("RENEWAL_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words, typed=""):
        found = CliRunner().invoke(app, ["drill", *map(str, words)], input=typed)
        if isinstance(found.exception, InputError):
            raise found.exception
        assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
        return found.output

    return call


TYPED = """many
5 4 6
medings paused
meetings stopped
meetings paused
undo
meetings paused
note nobody asked
go
3
board
go
3
attempts two
go
"""


def test_a_drill_is_played_killed_and_gone_on_with_scored_debriefed_and_carried_away(renewal, tmp_path):
    drill = small_drill(tmp_path)
    told = renewal("play", drill, "--team", "red", "--robot", "blue=par", typed=TYPED + "stop\n")
    for sentence in (
        "'many' is no number",
        "'medings' is neither a lever nor a word, did you mean 'meetings'?",
        "unknown option 'stopped'",
        "taken back: decided",
        "this turn: meetings to paused",
        "[telephone, A consultant] Ill",
        "Found out about 'Ill'",
    ):
        assert sentence in told
    assert "A cold nobody mentioned" not in told.split("Turn 3 of 4")[0]
    rest = renewal("play", "small-1", typed="3\ngo\n")
    assert "That was the last turn" in rest
    assert "small-1  A small drill, over; teams: red, blue" in renewal("list")
    assert "red:" in renewal("score", "small-1", "--seeds", 2, "--workers", 1)
    told = renewal("debrief", "small-1", "--seeds", 2, "--workers", 1)
    for sentence in (
        "Turning points",
        "Cause: A cold nobody mentioned.",
        "nobody asked",
        "S4.3.3 Emergency drill",
        "said 5 (4 to 6)",
    ):
        assert sentence in told
    renewal("export", "small-1", "--to", tmp_path / "away.txt")
    assert "back  A small drill, over" in renewal("import", tmp_path / "away.txt", "--name", "back")
    with pytest.raises(InputError, match="there is a session 'back' already"):
        renewal("import", tmp_path / "away.txt", "--name", "back")
    assert "Turn 4 is ahead" in renewal("undo", "back")
    assert "again  A small drill, turn 2 of 4" in renewal("branch", "small-1", "--turn", 2, "--to", "again")


def test_a_competition_asks_the_jury_for_its_marks_before_it_forecasts(renewal, tmp_path):
    path = small_drill(tmp_path, turns=1)
    text = (
        path.read_text()
        .replace("kind: drill", "kind: competition")
        .replace("turn: 2", "turn: 1")
        .replace("turn: 3", "turn: 1")
    )
    path.write_text(text)
    told = renewal("play", path, "--team", "red", typed="5\nattempts two\ngo\n11\n8\n7\n9\n6\n")
    assert "marks go from 1 to 10" in told
    assert told.index("Jury, red: customer") < told.index("Turn 1 is played")
    told = renewal("debrief", "small-1", "--seeds", 2, "--workers", 1)
    assert "The jury, before the forecast: red 7.5. To be carried out: red." in told


def test_all_shipped_files_fit_together_and_a_wrong_name_is_told(renewal):
    told = renewal("check", "--quick")
    assert told.count("fits together") == 8
    with pytest.raises(InputError, match="unknown drill 'outag', did you mean 'outage'"):
        renewal("check", "outag")


def test_the_paper_audit_is_played_and_printed(renewal):
    told = renewal("audit", typed="nonsense\nnone\n" + "none\n" * 7)
    assert "'nonsense' is no question of this audit" in told and "0 of " in told and "missed" in told
    assert "Key (not for the table)" in renewal("audit", "--sheet")
