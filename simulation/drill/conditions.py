"""Conditions: when an inject comes or a robot acts, as one short sentence of a drill's file."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playbook.errors import InputError, did_you_mean

COMPARED = re.compile(r"^(?P<measure>[a-z_]+) *(?P<sign>>=|<=|>|<) *(?P<value>-?\d+(\.\d+)?)$")
UNDECIDED = re.compile(r"^undecided (?P<lever>[a-z_]+)$")
ALWAYS = "always"
SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le,
}  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """What must hold: a measure of the turn before beyond a value, or a lever that stands as it always did."""

    measure: str | None = None
    sign: str = ">"
    value: float = 0.0
    lever: str | None = None

    def holds(self, measured: Mapping[str, float], moved: set[str]) -> bool:
        """Whether it holds, given the turn's measures (nan compares with nothing) and the levers that have been moved."""
        if self.lever is not None:
            return self.lever not in moved
        return self.measure is None or SIGNS[self.sign](measured[self.measure], self.value)


def read_condition(text: str, measures: set[str], levers: set[str]) -> Condition:
    """The condition that a text states: `always`, `late_enquiry_share > 0.1` or `undecided LEVER`.

    >>> read_condition("late_enquiry_share > 0.1", {"late_enquiry_share"}, set()).value
    0.1
    >>> read_condition("undecided overtimes", set(), {"overtime"})
    Traceback (most recent call last):
    ...
    playbook.errors.InputError: 'undecided overtimes': unknown lever 'overtimes', did you mean 'overtime'?
    """
    if text == ALWAYS:
        return Condition()
    if found := UNDECIDED.match(text):
        return Condition(lever=_known(text, found["lever"], levers, "lever"))
    if found := COMPARED.match(text):
        measure = _known(text, found["measure"], measures, "measure")
        return Condition(measure, found["sign"], float(found["value"]))
    raise InputError(
        f"{text!r}: a condition is 'always', 'undecided LEVER', or a measure, one of < <= > >=, and a number"
    )


def _known(text: str, name: str, names: set[str], what: str) -> str:
    if name not in names:
        raise InputError(f"{text!r}: unknown {what} {name!r}{did_you_mean(name, names)}")
    return name
