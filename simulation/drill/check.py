"""Checking a drill: every name held against what it names, with the line and the nearest right name in each complaint."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playbook.cards import items
from playbook.documents import checked, lines_of, yaml_of
from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameters
from playbook.workshops import WORKSHOPS
from simulation.desk.changes import check_live
from simulation.desk.desk import Desk
from simulation.desk.streams import Luck
from simulation.drill.boards import BOARD
from simulation.drill.conditions import read_condition
from simulation.drill.drill_file import NOTHING, Drill, Effect, Inject, Option, drill_path
from simulation.drill.table import Stage, team_with_rows
from simulation.study.scenario import read_scenario

LONGEST_FILE = 400_000


def read_drill(name: str) -> Drill:
    """A drill of params/drills/ by name, or any file by path, checked whole; InputError names line, key and nearest name."""
    path = drill_path(name)
    return drill_from_text(text_of(path), str(path))


def text_of(path: Path) -> str:
    """A drill's file as text; InputError where it is not readable."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{path}: the file is not UTF-8 text") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def drill_from_text(text: str, place: str) -> Drill:
    """The drill that a text describes, checked whole; `place` begins each complaint."""
    drill = named_drill(text, place)
    _refuse(_of_start(drill), place, text)
    return drill


def named_drill(text: str, place: str) -> Drill:
    """The drill that a text describes, its names held against each other, without laying out a desk: for a text that has been
    checked whole before."""
    if len(text) > LONGEST_FILE:
        raise InputError(f"{place}: longer than {LONGEST_FILE:,} letters")
    content = yaml_of(text, place)
    if isinstance(content, dict) and content.get("kind") == "audit":
        raise InputError(f"{place}: this is a paper mock audit, which is not played in turns: `renewal drill audit`")
    drill = checked(content, Drill, place, lines_of(text))
    _refuse(_of_file(drill), place, text)
    return drill


def _refuse(problems: Iterable["Problem"], place: str, text: str) -> None:
    """InputError with the lines of all problems, where there are any."""
    lines = lines_of(text)
    if found := [_told(each, place, lines) for each in problems]:
        raise InputError("\n".join(found))


@dataclass(frozen=True)
class Problem:
    """What is wrong at a key of the file."""

    key: str
    says: str


def _told(problem: Problem, place: str, lines: dict[str, int]) -> str:
    parts = problem.key.split(".")
    known = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    line = next((lines[key] for key in known if key in lines), None)
    return f"{place}:{line}: {problem.key}: {problem.says}" if line else f"{place}: {problem.key}: {problem.says}"


def _of_file(drill: Drill) -> Iterator[Problem]:
    """All that does not fit together in a drill's file."""
    yield from _of_names(drill)
    yield from _of_roles(drill)
    yield from _of_levers(drill)
    yield from _of_robots(drill)
    yield from _of_lengths(drill)
    for name, inject in drill.injects.items():
        yield from _of_inject(drill, name, inject)
    yield from _whole_and_part(drill)


def check_inject(drill: Drill, name: str, inject: Inject) -> None:
    """InputError where an improvised inject does not fit the drill."""
    if found := list(_of_inject(drill, name, inject)):
        raise InputError("\n".join(f"{each.key}: {each.says}" for each in found))


def _unknown(key: str, what: str, name: str, known: Iterable[str]) -> Iterator[Problem]:
    if name not in known:
        yield Problem(key, f"unknown {what} {name!r}{did_you_mean(name, known)}")


def _of_names(drill: Drill) -> Iterator[Problem]:
    yield from _unknown("predict", "measure", drill.predict, BOARD)
    for name in drill.weights:
        yield from _unknown(f"weights.{name}", "measure", name, BOARD)
    for place, name in enumerate(drill.items):
        yield from _unknown(f"items.{place}", "item", name, items())
    for key in ("par", "sensible", "afterwards"):
        yield from _unknown(key, "robot", getattr(drill, key), [*drill.robots, NOTHING])
    if NOTHING in drill.robots:
        yield Problem(f"robots.{NOTHING}", "this robot is built in and moves no lever")
    if drill.par == NOTHING:
        yield Problem("par", f"par is a policy of its own, not {NOTHING!r}")
    for place, turn in enumerate(drill.swap_before_turns):
        if not 2 <= turn <= drill.turns:
            yield Problem(f"swap_before_turns.{place}", f"turns 2 to {drill.turns} have one before them, not {turn}")


def _of_roles(drill: Drill) -> Iterator[Problem]:
    for name, role in drill.roles.items():
        for place, sight in enumerate(role.sees):
            yield from _unknown(f"roles.{name}.sees.{place}.measure", "measure", sight.measure, BOARD)
        if not any(lever.role == name for lever in drill.levers.values()):
            yield Problem(f"roles.{name}", "no lever is this role's, so it has nothing to decide")


def _of_levers(drill: Drill) -> Iterator[Problem]:
    for name, lever in drill.levers.items():
        key = f"levers.{name}"
        yield from _unknown(f"{key}.role", "role", lever.role, drill.roles)
        yield from _unknown(f"{key}.standing", "option", lever.standing, lever.options)
        for option, about in lever.options.items():
            yield from _of_option(drill, f"{key}.options.{option}", about, option == lever.standing)


def _of_option(drill: Drill, key: str, option: Option, is_standing: bool) -> Iterator[Problem]:
    if is_standing and (option.changes or option.serves or option.cost_a_turn_points or option.reveals):
        yield Problem(key, "where a lever stands by itself it changes, costs and reveals nothing")
    for name in option.reveals:
        yield from _unknown(f"{key}.reveals", "inject", name, drill.injects)


def _of_robots(drill: Drill) -> Iterator[Problem]:
    for name, robot in drill.robots.items():
        for place, move in enumerate(robot.moves):
            key = f"robots.{name}.moves.{place}"
            yield from _of_condition(drill, f"{key}.when", move.when)
            for lever, option in move.set.items():
                yield from _unknown(f"{key}.set.{lever}", "lever", lever, drill.levers)
                if lever in drill.levers:
                    yield from _unknown(f"{key}.set.{lever}", "option", option, drill.levers[lever].options)
            if name != drill.afterwards and move.turn > drill.turns:
                yield Problem(f"{key}.turn", f"the drill has {drill.turns} turns")


def _of_condition(drill: Drill, key: str, text: str) -> Iterator[Problem]:
    try:
        read_condition(text, set(BOARD), set(drill.levers))
    except InputError as error:
        yield Problem(key, str(error))


def _of_lengths(drill: Drill) -> Iterator[Problem]:
    for name, length in drill.lengths.items():
        if length.of is not None:
            yield from _unknown(f"lengths.{name}.of", "workshop", length.of, WORKSHOPS)
        if (length.of is None) == (not length.steps):
            yield Problem(
                f"lengths.{name}", "a length has either `of`, a workshop of the handbook, or `steps` of its own"
            )
        for step, minutes in length.steps.items():
            if not 1 <= minutes <= 480:
                yield Problem(f"lengths.{name}.steps.{step}", f"{minutes} minutes: a step takes 1 to 480")


def _of_inject(drill: Drill, name: str, inject: Inject) -> Iterator[Problem]:
    key = f"injects.{name}"
    if inject.turn > drill.turns:
        yield Problem(f"{key}.turn", f"the drill has {drill.turns} turns")
    yield from _of_condition(drill, f"{key}.when", inject.when)
    if inject.to != "all":
        yield from _unknown(f"{key}.to", "role", inject.to, [*drill.roles, "all"])
    yield from _unknown(f"{key}.objective", "objective", inject.objective, drill.objectives)
    for place, lever in enumerate(inject.expected):
        yield from _unknown(f"{key}.expected.{place}", "lever", lever, drill.levers)
    for place, item in enumerate(inject.rules):
        yield from _unknown(f"{key}.rules.{place}", "item", item, items())
    for place, effect in enumerate(inject.effects):
        yield from _of_effect(drill, f"{key}.effects.{place}", effect)


def _of_effect(drill: Drill, key: str, effect: Effect) -> Iterator[Problem]:
    if effect.day >= drill.days_a_turn:
        yield Problem(f"{key}.day", f"a turn has the days 0 to {drill.days_a_turn - 1}")
    if not effect.changes and not effect.serves:
        yield Problem(key, "an effect changes parameters or rows of work")
    if effect.for_days is not None and effect.for_hours is not None:
        yield Problem(key, "an effect lasts either for_days or for_hours")
    try:
        check_live(effect.changes)
        Parameters.load().changed(effect.changes)
    except InputError as error:
        yield Problem(f"{key}.changes{_culprit(effect.changes)}", str(error))


def _culprit(changes: Mapping[str, Any]) -> str:
    """The first of some changes that is wrong by itself, as the end of a key; nothing where each alone would do."""
    for name, value in changes.items():
        try:
            Parameters.load().changed({name: value})
        except InputError:
            return f".{name}"
    return ""


def _of_start(drill: Drill) -> Iterator[Problem]:
    """The start and all options tried out; asked last, because it lays the book out."""
    try:
        read_scenario(drill.start.scenario)
    except InputError as error:
        yield Problem("start.scenario", str(error))
        return
    try:
        given = Stage.of(drill).setting
        desk = Desk(given.parameters, given.structure, given.book, Luck(drill.start.seed, 0))
    except InputError as error:
        yield Problem(f"start.changes{_culprit(drill.start.changes)}", str(error))
        return
    if given.dated:
        yield Problem("start.scenario", "a scenario with shocks of its own; write them as injects")
    for name, lever in drill.levers.items():
        for option, about in lever.options.items():
            try:
                desk.change(about.changes, team_with_rows(given.structure, about.serves))
            except InputError as error:
                yield Problem(f"levers.{name}.options.{option}", str(error))
            else:
                back = {each: given.parameters.value_at(each) for each in about.changes}
                desk.change(back, given.structure)
    for name, inject in drill.injects.items():
        for place, effect in enumerate(inject.effects):
            try:
                team_with_rows(given.structure, effect.serves)
            except InputError as error:
                yield Problem(f"injects.{name}.effects.{place}.serves", str(error))


def _whole_and_part(drill: Drill) -> Iterator[Problem]:
    """A table of parameters that one place changes whole and another by an entry: which holds would be a riddle."""
    places = [(f"levers.{name}.options.{option}", about.changes)
              for name, lever in drill.levers.items() for option, about in lever.options.items()]  # fmt: skip
    places += [(f"injects.{name}.effects.{n}", effect.changes)
               for name, inject in drill.injects.items() for n, effect in enumerate(inject.effects)]  # fmt: skip
    names = {name for _, changes in places for name in changes}
    for key, changes in places:
        for name in changes:
            if any(other.startswith(f"{name}.") for other in names):
                yield Problem(
                    f"{key}.changes", f"{name} is changed whole here and by an entry elsewhere; write entries"
                )
