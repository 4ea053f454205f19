"""A drill small enough for a test, and what plays it in processes of its own."""

import multiprocessing
import os
import random
import time
from pathlib import Path

from playbook.errors import InputError
from simulation.drill.session import Session, open_session
from simulation.drill.store import Store

SMALL = """
kind: drill
title: A small drill
question: What happens in a few short turns?
items: [S4.3.3]
objectives: {calm: Stay calm.}
story: Two consultants and a leader.
start:
  scenario: handbook
  changes:
    book.policies_count: 300
    staffing.policies_per_consultant_count: 300
    book.list_ready_days: 10
    book.grace_days: {motor: 0, health: 0, life: 0}
    book.quote_open_days: {motor: 10, health: 10, life: 10}
    experiment.start_date: "2025-11-03"
  seed: 3
turns: %(turns)d
days_a_turn: 1
moves_a_turn: 2
roles:
  leader:
    title: Leader
    duty: All of it.
    sees:
      - {measure: waiting_steps_count}
      - {measure: signed_count, delay_turns: 1}
      - {measure: consultant_occupancy_share, noise_share: 0.1}
levers:
  attempts:
    role: leader
    title: Unanswered calls
    text: How often.
    standing: six
    options:
      six: {title: Six}
      two: {title: Two, changes: {demand.unanswered_limit_count: 2}, cost_a_turn_points: 0.1}
  meetings:
    role: leader
    title: Meetings
    text: Held or not.
    standing: held
    at_most_turns: 3
    options:
      held: {title: Held}
      paused: {title: Paused, changes: {monitoring.stand_up_minutes: 0}, cost_once_points: 1, lead_days: 1, reveals: [away]}
injects:
  away:
    turn: 2
    channel: telephone
    sender: A consultant
    to: all
    title: Ill
    text: I am ill.
    effects: [{for_days: 2, changes: {people.absence_share: 0.5}}]
    cause: A cold nobody mentioned.
    note: Watch.
    expected: [meetings]
    hint: Who else?
    objective: calm
    question: Who took over?
    rules: [S4.3.3]
  stop:
    turn: 3
    when: undecided meetings
    channel: system
    sender: Operations
    to: leader
    title: Down
    text: For three hours.
    effects: [{after_hours: 2, for_hours: 3, changes: {allocation.is_stopped.proposal: true}}]
    cause: A plug.
    note: Watch.
    hint: What can be done?
    objective: calm
    question: What was done?
    rules: [S4.3.3]
predict: waiting_steps_count
weights: {renewal_rate_share: 100, late_step_share: -10}
par: par
sensible: par
weeks_after: 1
robots:
  par: {title: Pauses, moves: [{turn: 1, set: {meetings: paused}}]}
lengths: {short: {title: 45 minutes, of: S4.3.3}}
ground_rules: [Nobody is examined.]
questions_before: [What is the plan?]
questions_after: [What changes?]
output: a plan
rubric: {calm: {title: Calm, low: Shouts, high: Asks}}
"""
CHOICES = [("attempts", "two"), ("attempts", "six"), ("meetings", "paused"), ("meetings", "held")]


def small_drill(folder: Path, turns: int = 4) -> Path:
    """The small drill as a file."""
    path = folder / "small.yaml"
    path.write_text(SMALL % {"turns": turns})
    return path


def opened(folder: Path, name: str = "first", turns: int = 4, teams: tuple[str, ...] = ("red", "blue")) -> Session:
    """A session of the small drill with its teams."""
    session = open_session(Store(folder / "drills.sqlite"), str(small_drill(folder, turns)), name)
    for team in teams:
        session.join(team, "somebody")
    return session


def play_and_tell(database: str, name: str, told: str) -> None:
    """Play a session to its end at random, writing each commit down once it has been made: to be killed."""
    session = Session(Store(database), name)
    while not session.state.is_over:
        turn = session.state.turn
        for team in session.not_locked():
            for lever, option in random.sample(CHOICES, 2):
                try:
                    session.decide(team, lever, option)
                except InputError:
                    continue
                tell(told, f"decided {team} {turn} {lever} {option}")
            session.lock(team)
            tell(told, f"locked {team} {turn}")
        session.resolve()
        tell(told, f"resolved {turn} {session.state.boards[-1]['red']}")


def decide_for(database: str, name: str, team: str, seed: int, told: str) -> None:
    """Decide and lock for one team in every turn, as soon as it is there; write down what was committed."""
    luck, session = random.Random(seed), Session(Store(database), name)
    while not session.state.is_over:
        turn = session.state.turn
        if turn not in session.state.teams[team].locked:
            session.predict(team, turn + luck.random())
            lever, option = luck.choice(CHOICES)
            try:
                session.decide(team, lever, option, turn=turn)
                tell(told, f"{turn} {lever} {option}")
            except InputError:
                tell(told, f"{turn} - -")
            session.lock(team, turn)
        time.sleep(0.01)
        session.refresh()


def tell(path: str, line: str) -> None:
    """Append a line to a file in one write, which outlives the process."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def started(target, *words):
    """A process of its own for one of these functions, forked where everything is imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["simulation.drill.session"])
    process = context.Process(target=target, args=words, daemon=True)
    process.start()
    return process
