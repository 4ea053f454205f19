"""Killed at any moment, a session has lost nothing that was committed; eight teams at once lose and mix nothing."""

import random
import time

import pytest
from playing import decide_for, opened, play_and_tell, started

from simulation.drill.session import Session
from simulation.drill.store import Store

TEAMS = tuple(f"team {number}" for number in range(1, 9))


def killed_at_random(folder, luck, longest_seconds):
    """Kill a playing process with SIGKILL after a random while; what it told by then, line by line."""
    told = folder / f"told-{luck.random()}"
    process = started(play_and_tell, str(folder / "drills.sqlite"), "first", str(told))
    while not told.exists() and process.is_alive():  # the clock begins at the first commit
        time.sleep(0.002)
    time.sleep(luck.uniform(0, longest_seconds))
    process.kill()
    process.join()
    process.close()
    return [line.split() for line in told.read_text().splitlines()] if told.exists() else []


def assert_nothing_was_lost(folder, told):
    """Every commit that was told stands in the store, and the turns that were played replay to the boards that were seen."""
    session = Session(Store(folder / "drills.sqlite"), "first")
    kept = [(each.kind, each.team, each.body) for each in session.store.events("first")]
    for what, *words in told:
        if what == "resolved":
            turn, digest = words
            assert any(kind == "resolved" and body["turn"] == int(turn) and body["boards"]["red"] == digest
                       for kind, _, body in kept)  # fmt: skip
        else:
            team, turn, *rest = words
            wanted = {"turn": int(turn)} | dict(zip(("lever", "option"), rest, strict=False))
            assert any((kind, whose) == (what, team) and wanted.items() <= body.items() for kind, whose, body in kept)
    assert session.check_boards() == []
    return session


def play_killed(folder, kills, seed, turns=4):
    """Play a session to its end, killed again and again, then another one; returns how often it was killed."""
    luck, struck = random.Random(seed), 0
    opened(folder, turns=turns)
    while struck < kills:
        told = killed_at_random(folder, luck, 0.8)
        struck += 1
        session = assert_nothing_was_lost(folder, told)
        if session.state.is_over:
            folder = folder / str(struck)
            folder.mkdir()
            opened(folder, turns=turns)
    return struck


def test_a_session_killed_at_ten_random_moments_loses_no_committed_decision(tmp_path):
    assert play_killed(tmp_path, 10, seed=1) == 10


@pytest.mark.soak
def test_a_session_killed_at_two_hundred_random_moments_loses_no_committed_decision(tmp_path):
    assert play_killed(tmp_path, 200, seed=2, turns=12) == 200


def decide_at_once(folder, turns, teams=TEAMS):
    """Teams in processes of their own decide at once, turn by turn, while another process resolves."""
    session = opened(folder, turns=turns, teams=teams)
    database = str(folder / "drills.sqlite")
    processes = {
        team: started(decide_for, database, "first", team, number, str(folder / team))
        for number, team in enumerate(teams)
    }
    while not session.refresh().state.is_over:
        if session.not_locked():
            time.sleep(0.01)
            assert all(process.exitcode in (None, 0) for process in processes.values())
        else:
            session.resolve()
    for process in processes.values():
        process.join(60)
        assert process.exitcode == 0
        process.close()
    said = {team: [line.split() for line in (folder / team).read_text().splitlines()] for team in teams}
    assert session.check_boards() == []
    return Session(session.store, "first"), said


def assert_each_team_is_kept_whole(session, said, turns):
    for team, lines in said.items():
        assert [int(turn) for turn, *_ in lines] == list(range(1, turns + 1))
        own = [(each.body["turn"], each.body["lever"], each.body["option"])
               for each in session.state.taken if each.kind == "decided" and each.team == team]  # fmt: skip
        assert own == [(int(turn), lever, option) for turn, lever, option in lines if lever != "-"]
        assert sorted(session.state.teams[team].predictions) == list(range(1, turns + 1))
        assert session.state.teams[team].locked == set(range(1, turns + 1))
    numbers = [each.number for each in session.store.events("first")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_four_teams_deciding_at_once_for_three_turns_lose_and_mix_nothing(tmp_path):
    session, said = decide_at_once(tmp_path, 3, TEAMS[:4])
    assert_each_team_is_kept_whole(session, said, 3)


@pytest.mark.soak
def test_eight_teams_deciding_at_once_for_twenty_turns_lose_and_mix_nothing(tmp_path):
    session, said = decide_at_once(tmp_path, 20)
    assert_each_team_is_kept_whole(session, said, 20)
