"""Every number bites: a parameter of a rule that the desk reads, at both ends of what it may be, changes the record."""

import re
from pathlib import Path

import pytest

from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.study.replicate import run_record
from simulation.study.scenario import read_scenario, setting
from tests.conftest import SMALL
from tests.ends import values_to_try

ROOT = Path(__file__).resolve().parents[2]
PARAMETERS = Parameters.load()
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "simulation" / "desk").glob("*.py")))
READ_BY_DESK = [
    name for name in PARAMETERS if PARAMETERS.about(name).rule and re.search(rf"\b{name.partition('.')[2]}\b", SOURCE)
]


@pytest.fixture(scope="module")
def digests():
    return {}


def digest_of(name, value, digests):
    """The record's fingerprint with this value in the scenario that the parameter names; None where it is refused."""
    scenario = PARAMETERS.about(name).scenario or "handbook"
    changes = {} if value is None else {name: value}
    try:
        return run_record(setting(read_scenario(scenario).with_changes(SMALL | changes)), 1, 0).digest()
    except InputError:
        return None


@pytest.mark.parametrize("name", READ_BY_DESK)
def test_a_parameter_at_both_ends_of_its_range_changes_the_record(name, digests):
    values = values_to_try(name, PARAMETERS.about(name))
    found = [digest_of(name, value, digests) for value in values]
    ran = [each for each in found if each is not None]
    if len(ran) < 2:  # an end that does not fit with the rest is refused in words: then against today's value
        ran.append(digest_of(name, None, digests))
    assert len(ran) >= 2
    assert len(set(ran)) == len(ran), f"{name}: {dict(zip(map(str, values), found, strict=True))}"
