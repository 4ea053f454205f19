"""The house holds: floors, doors, names, and no number of the model in code. This file is the architecture document."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

from playbook.parameters import COUNTED, Parameters

ROOT = Path(__file__).resolve().parents[2]

# Each line is a floor or a step of one; a module imports from lines above it, or from its own line's earlier names.
STEPS = [
    "playbook.errors playbook.documents playbook.parameters playbook.rules playbook.clock",
    "playbook.staffing playbook.structure playbook.allocation playbook.monitoring playbook.feedback",
    "playbook.targets playbook.appraisal playbook.incentives playbook.last_place playbook.careers playbook.training",
    "playbook.plans playbook.payouts playbook.workshops",
    "playbook.roles playbook.escalation",
    "playbook.sharing playbook.cooperation playbook.complaints playbook.risk playbook.improvement playbook.quality",
    "playbook.cards playbook.ledger playbook.sheets",
    "simulation.desk.streams simulation.desk.pieces simulation.desk.book simulation.desk.season simulation.desk.decision",
    "simulation.desk.agenda simulation.desk.demand simulation.desk.walk_ins simulation.desk.team simulation.desk.by_role",
    "simulation.desk.disciplines simulation.desk.routing simulation.desk.dispatch simulation.desk.record",
    "simulation.desk.choices simulation.desk.owners simulation.desk.hours simulation.desk.skills simulation.desk.diary",
    "simulation.desk.lessons simulation.desk.duties simulation.desk.occupants simulation.desk.people",
    "simulation.desk.cases simulation.desk.slips simulation.desk.work simulation.desk.service simulation.desk.oversight",
    "simulation.desk.customers simulation.desk.quotas simulation.desk.effort",
    "simulation.desk.changes simulation.desk.alarm simulation.desk.desk",
    "simulation.desk.stamps simulation.desk.table_file simulation.desk.book_file",
    "simulation.study.estimates simulation.study.pay simulation.study.measures simulation.study.notes",
    "simulation.study.scenario simulation.study.replicate simulation.study.pay_risk",
    "simulation.study.compare simulation.study.choose simulation.study.week simulation.study.workload",
    "simulation.study.provenance simulation.study.folders simulation.study.answers simulation.study.own_book",
    "simulation.study.candidates simulation.study.sensitivity simulation.study.warm_up simulation.study.heads",
    "simulation.study.gallery simulation.study.verdicts simulation.study.careers",
    "simulation.study.quantities simulation.study.verify simulation.study.world",
    "simulation.study.restoring simulation.study.kernels simulation.study.engine simulation.study.claims",
    "simulation.study.layouts simulation.study.sweep_file simulation.study.fingerprints simulation.study.cases",
    "simulation.study.sweep_cost simulation.study.results simulation.study.sweep simulation.study.cluster",
    "simulation.study.effects simulation.study.ranking simulation.study.event_log simulation.study.run_folders",
    "simulation.study.kept_runs simulation.study.live simulation.study.draft simulation.study.panel_state",
    "simulation.study.kept",
    "simulation.study.check",
    "simulation.study.fitted simulation.study.duration_fit simulation.study.renewal_fit simulation.study.call_floor",
    "simulation.study.team_map simulation.study.quality simulation.study.activity_log simulation.study.team_records",
    "simulation.study.contact_fit simulation.study.arrival_fit simulation.study.pace_fit simulation.study.work_fit",
    "simulation.study.outcome_fit simulation.study.staffing_fit simulation.study.book_fit simulation.study.weekly",
    "simulation.study.own_rates",
    "simulation.study.calibrate simulation.study.back_test simulation.study.parameter_folder simulation.study.map_proposal",
    "simulation.study.own_team",
    "simulation.study.alarm_limits simulation.study.control_chart simulation.study.weekly_file simulation.study.desk_weeks",
    "simulation.study.improvement_effect simulation.study.effect_file simulation.study.comparison_plan",
    "simulation.study.desk_trial",
    "simulation.study.uploads",
    "simulation.drill.conditions simulation.drill.boards simulation.drill.drill_file simulation.drill.levers",
    "simulation.drill.table simulation.drill.jury simulation.drill.check simulation.drill.events simulation.drill.state",
    "simulation.drill.store simulation.drill.session simulation.drill.exchange",
    "simulation.drill.score simulation.drill.dry_run simulation.drill.turning_points simulation.drill.debrief",
    "simulation.drill.audit simulation.drill.minutes simulation.drill.outlook",
    "simulation.view.cells simulation.view.formulas simulation.view.number_sheet simulation.view.workbook",
    "simulation.view.words simulation.view.kinds simulation.view.tables",
    "simulation.view.style simulation.view.plots simulation.view.week simulation.view.decision_plots",
    "simulation.view.report simulation.view.report_book",
    "simulation.view.telling simulation.view.decisions simulation.view.gallery simulation.view.trust",
    "simulation.view.notebook simulation.view.paid simulation.view.sweep_page simulation.view.own_data",
    "simulation.view.control_page simulation.view.effect_page",
    "simulation.view.start simulation.view.outcome",
    "simulation.view.panels_fields simulation.view.panels_parts simulation.view.panels",
    "simulation.view.app",
    "simulation.view.drill_words simulation.view.drills simulation.view.debrief_plots simulation.view.debrief_page",
    "simulation.view.drill_seats",
    "simulation.view.pages simulation.view.site simulation.view.printed simulation.view.handbook",
    "simulation.view.drill_kit",
    "simulation.serve.seats simulation.serve.attempts simulation.serve.debriefing simulation.serve.host",
    "simulation.serve.forms simulation.serve.actions simulation.serve.pages simulation.serve.server",
    "simulation.commands.options simulation.commands.running simulation.commands.picturing",
    "simulation.commands.sweeping simulation.commands.books simulation.commands.deciding simulation.commands.moving",
    "simulation.commands.showing simulation.commands.paying simulation.commands.drill_prompt simulation.commands.drilling",
    "simulation.commands.hosting simulation.commands.serving simulation.commands.watching",
    "simulation.commands.reading simulation.commands.verifying simulation.commands.keeping simulation.commands.calibrating",
    "simulation.cli",
]
FLOORS = [name for step in STEPS for name in step.split()]

DOORS = {
    "simpy": "simulation/desk/desk.py",
    "papermill": "simulation/study/sweep_file.py simulation/study/engine.py simulation/study/cases.py",
    "jupyter_client": "simulation/study/kernels.py",
    "nbclient": "simulation/study/kernels.py simulation/study/cases.py",
    "psutil": "simulation/study/kernels.py",
    "filelock": "simulation/study/claims.py",
    "distributed": "simulation/study/cluster.py",
    "matplotlib": "simulation/view simulation/study/restoring.py",  # one draws, one puts back
    "jinja2": "simulation/view/report.py",
    "typer": "simulation/cli.py simulation/commands",
    "rich": "simulation/cli.py simulation/commands",
    "sphinx": "simulation/view/site.py",
    "pypandoc": "simulation/view/printed.py",
    "typst": "simulation/view/printed.py",
    "statsmodels": "simulation/study/renewal_fit.py",
    "pandera": "simulation/study/activity_log.py",
    "pyarrow": "simulation/desk/table_file.py",
    "openpyxl": "simulation/desk/table_file.py simulation/view/cells.py",  # one door in, one out
    "sqlite3": "simulation/drill/store.py",
    "tornado": "simulation/serve/server.py simulation/view/app.py",
    "ipywidgets": "simulation/view/panels.py simulation/view/panels_fields.py simulation/view/panels_parts.py",
    "voila": "simulation/view/app.py",
}

# Names of units by the ending of a parameter's name; a name without such an ending has one of the last line's units.
ENDINGS = {
    "share": {"share"}, "minutes": {"minutes"}, "hours": {"hours", "opening_hours"}, "days": {"days"}, "years": {"years"},
    "weeks": {"weeks"}, "months": {"months"},
    "cny": {"cny"}, "logit": {"logit"}, "factor": {"factor"}, "index": {"index"}, "points": {"points"},
    "per_policy": {"per_policy"}, "per_hour": {"per_hour"}, "count": COUNTED | {"seeds", "conversations_mean"},
    "date": {"date"},
}  # fmt: skip
WITHOUT_ENDING = {"choice", "yes_no"}

CONVERSIONS = {0, 1, 2, 3, 60, 24}


def modules() -> dict[str, Path]:
    found = {}
    for package in ("playbook", "simulation"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            if not name.endswith("__init__"):
                found[name] = path
    return found


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def test_every_module_has_a_place_on_a_floor():
    assert sorted(modules()) == sorted(FLOORS)


@pytest.mark.parametrize("name", sorted(modules()))
def test_imports_only_point_down(name):
    own = {each for each in imports_of(modules()[name]) if each in FLOORS}
    above = {each for each in own if FLOORS.index(each) >= FLOORS.index(name)}
    assert not above, f"{name} reaches up to {above}"


@pytest.mark.parametrize("library", DOORS)
def test_each_library_has_one_door(library):
    users = [path for path in modules().values() if any(each.split(".")[0] == library for each in imports_of(path))]
    doors = [ROOT / door for door in DOORS[library].split()]
    assert all(any(user.is_relative_to(door) for door in doors) for user in users)
    assert all(any(user.is_relative_to(door) for user in users) for door in doors)


def test_a_worker_process_imports_no_pandas_no_pictures_and_no_scipy_stats():
    heavy = ("pandas", "matplotlib", "scipy.stats", "papermill", "typer")
    code = f"import sys, simulation.study.replicate; print([name for name in {heavy} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("name", list(Parameters.load()))
def test_a_parameters_name_ends_in_its_unit(name):
    unit = Parameters.load().about(name).unit
    ending = next((each for each in sorted(ENDINGS, key=len, reverse=True) if name.endswith(f"_{each}")), None)
    if unit in WITHOUT_ENDING:
        assert ending is None
        assert unit != "yes_no" or name.partition(".")[2].startswith(("is_", "has_", "may_"))
    else:
        assert ending is not None and unit in ENDINGS[ending]


@pytest.mark.parametrize("name", list(Parameters.load()))
def test_a_parameter_is_read_somewhere(name):
    """A parameter that no code names is decoration."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in modules().values())
    assert re.search(rf"\b{name.partition('.')[2]}\b", source)


@pytest.mark.parametrize(
    "name", [each for each in sorted(modules()) if each.startswith(("playbook.", "simulation.desk."))]
)
def test_no_number_of_the_model_stands_in_rule_or_desk_code(name):
    """Numbers inside functions are 0, 1, 2 and unit conversions; technical constants have a name in capitals."""
    found = []
    for node in ast.walk(ast.parse(modules()[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            found += [
                (each.lineno, each.value)
                for each in ast.walk(node)
                if isinstance(each, ast.Constant)
                and isinstance(each.value, int | float)
                and not isinstance(each.value, bool)
                and each.value not in CONVERSIONS
            ]
    assert not found


def notebooks() -> list[Path]:
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_a_notebook_is_thin_and_committed_clean(path):
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) <= 12
    assert sum("parameters" in cell.metadata.get("tags", []) for cell in code) == 1
    for cell in code:
        lines = cell.source.splitlines()
        assert len(lines) <= (12 if "parameters" in cell.metadata.get("tags", []) else 8)
        assert not any(re.match(r"\s*(def|class|for|while) ", line) for line in lines)
        assert not cell.outputs and cell.execution_count is None
    assert "papermill" not in notebook.metadata


def test_environment_yml_is_in_step_with_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = set(project["dependencies"]) | {
        each for group in project["optional-dependencies"].values() for each in group
    }
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    by_pip = next(each["pip"] for each in listed if isinstance(each, dict))
    found = [each for each in [*listed, *by_pip] if isinstance(each, str)]
    assert set(found) - {"pip", "python>=3.11", "-e ."} == wanted


def test_the_lock_is_pinned_hashed_and_names_no_index():
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text and "--index" not in text
    names = re.findall(r"^([a-z0-9_.-]+)==", text, flags=re.MULTILINE)
    assert len(names) > 50 and text.count("--hash=sha256:") > len(names)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[<>=[]", each)[0] for each in project["dependencies"]}
    assert wanted <= set(names)


def test_the_schema_knows_the_fields_of_a_parameter():
    from playbook.parameters import json_schema

    schema = json.loads(json.dumps(json_schema()))
    assert set(schema["additionalProperties"]["required"]) == {"value", "unit", "allowed", "basis", "source"}


MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
CHANGING = {
    "append",
    "extend",
    "insert",
    "remove",
    "pop",
    "popitem",
    "clear",
    "update",
    "setdefault",
    "add",
    "discard",
    "sort",
}


@pytest.mark.parametrize("name", sorted(modules()))
def test_a_module_holds_no_state_that_changes(name):
    """Kernels and workers are used again: what a module holds is what it was when it was imported."""
    tree = ast.parse(modules()[name].read_text(encoding="utf-8"))
    held = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, MUTABLE)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    changed = []
    for function in (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)):
        own = {each.id for each in ast.walk(function) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
        own |= {each.arg for each in ast.walk(function) if isinstance(each, ast.arg)}
        for node in ast.walk(function):
            is_stored = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del)
            is_called = isinstance(node, ast.Attribute) and node.attr in CHANGING
            if isinstance(node, ast.Global) or ((is_stored or is_called) and _is_held(node.value, held - own)):
                changed.append((node.lineno, ast.unparse(node)))
    assert not changed


def _is_held(node: ast.AST, held: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in held


def test_an_answer_leaves_every_module_as_it_was():
    """What the syntax does not show: a whole answer, and every value that our modules hold is still the same."""
    code = """
import json, sys, types
from simulation.study.answers import answer
from simulation.view import notebook, plots, sweep_page
def held():
    own = {name: module for name, module in sys.modules.items() if name.split(".")[0] in ("playbook", "simulation")}
    return {f"{name}.{key}": repr(value) for name, module in own.items() for key, value in vars(module).items()
            if not key.startswith("__") and isinstance(value, (list, dict, set, bytearray, int, float, str, tuple))}
how = {"replications": 2, "seed": 1, "workers": 1}
small = {"book.policies_count": 200, "staffing.policies_per_consultant_count": 300}
before = held()
found = answer("two_groups", changes=small, **how)
for piece in (notebook.headline, notebook.heads, notebook.minutes, notebook.occupancy, notebook.measures, notebook.record):
    piece(found)
after = held()
print(json.dumps(sorted(key for key in before if before[key] != after[key]) + sorted(set(after) ^ set(before))))
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert json.loads(told.stdout) == []
