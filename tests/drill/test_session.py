"""Sessions: what teams and trainers say is kept, replayed, undone, branched, and carried to another store."""

import pytest
from playing import opened

from playbook.errors import InputError
from simulation.drill.exchange import exported, imported
from simulation.drill.session import Session
from simulation.drill.store import Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "drills.sqlite")


@pytest.fixture
def session(tmp_path):
    found = opened(tmp_path, teams=("red",))
    found.join("blue", "robot", robot="par")
    return found


def lever_and_option(session, team="red"):
    """A lever and an option to which it may be moved now."""
    lever = session.levers(team)[0]
    return lever["name"], next(option for option in lever["options"] if option != lever["stands"])


def test_a_session_is_played_through_turn_by_turn_with_a_robot_in_one_seat(session):
    while not session.state.is_over:
        session.predict("red", 0.1, 0.0, 0.2)
        if session.state.turn == 2:
            session.decide("red", *lever_and_option(session))
        session.lock("red")
        session.resolve()
    assert session.state.turn == session.drill.turns + 1
    assert session.check_boards() == []


def test_a_session_read_by_another_process_has_the_same_boards(session, store):
    session.resolve(is_forced=True)
    other = Session(store, "first")
    role = next(iter(session.drill.roles))
    assert other.board("red", role) == session.board("red", role)
    assert other.check_boards() == []


def test_an_exported_session_is_the_same_text_after_it_was_imported(session, tmp_path):
    session.decide("red", *lever_and_option(session))
    session.lock("red")
    session.resolve()
    text = exported(session)
    elsewhere, notes = imported(Store(tmp_path / "other.sqlite"), text, "again")
    assert notes == [] and exported(elsewhere) == text
    assert elsewhere.table("red").digests == session.table("red").digests


def test_what_is_undone_does_not_count_and_a_turn_can_be_taken_back(session):
    role = next(iter(session.drill.roles))
    before = session.board("red", role)
    session.decide("red", *lever_and_option(session))
    session.undo("red")
    assert session.standing("red")["moves"] == {}
    session.resolve(is_forced=True)
    with pytest.raises(InputError, match="nothing to undo"):
        session.undo("red")
    session.undo()
    assert session.state.turn == 1 and session.board("red", role) == before


def test_a_branch_goes_on_from_before_its_turn_as_the_session_did(session):
    for _ in range(3):
        session.resolve(is_forced=True)
    branch = session.branch("other", 3)
    assert branch.state.turn == 3
    branch.resolve(is_forced=True)
    assert branch.state.boards == session.state.boards
