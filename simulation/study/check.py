"""Every file under params/ and every form read as what it is, and every problem told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playbook.cards import items, readings
from playbook.documents import params_folder
from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.plans import read_plan
from playbook.sheets import form, form_names
from simulation.desk.book_file import read_mapping
from simulation.desk.team import read_structure
from simulation.study.draft import read_panel
from simulation.study.gallery import read_gallery
from simulation.study.scenario import read_scenario
from simulation.study.sensitivity import read_assumptions
from simulation.study.sweep_file import read_sweep
from simulation.study.verify import read_verification
from simulation.study.workload import expected_workload
from simulation.study.world import read_world

READERS: dict[str, Callable[[str], Any]] = {
    "teams": read_structure,
    "plans": read_plan,
    "scenarios": read_scenario,
    "sweeps": read_sweep,
    "books": read_mapping,
    "verification": read_verification,
    "sensitivity": read_assumptions,
    "gallery": read_gallery,
    "panels": read_panel,
}


def check_all() -> list[str]:
    """What is wrong anywhere under params/ or with a form, one text a problem; empty where all is in order."""
    problems = _tried(lambda: Parameters.load().fingerprint()) + _tried(items) + _tried(readings)
    problems += _tried(expected_workload)
    problems += _tried(read_world)
    for name in form_names():
        problems += _tried(lambda name=name: form(name))
    for folder, read in READERS.items():
        for path in sorted((params_folder() / folder).glob("*.yaml")):
            problems += _tried(lambda read=read, path=path: read(str(path)))
    return problems + _rules_unknown()


def _tried(read: Callable[[], Any]) -> list[str]:
    try:
        read()
    except InputError as error:
        return str(error).splitlines()
    return []


def _rules_unknown() -> list[str]:
    """Parameters that name an item which the handbook does not have."""
    parameters = Parameters.load()
    return [
        f"{Path('params') / name.partition('.')[0]}.yaml: {name}: rule: unknown item {parameters.about(name).rule!r}"
        for name in parameters
        if parameters.about(name).rule
        and not any(item.startswith(str(parameters.about(name).rule)) for item in items())
    ]
