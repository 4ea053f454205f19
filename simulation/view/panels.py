"""Panels: a question as a form, with the answer beside it, growing while one watches."""

import asyncio
import base64
import os
from collections.abc import Callable
from contextlib import aclosing
from functools import wraps
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from IPython.display import display
from markupsafe import Markup

from playbook.documents import params_folder
from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.desk.team import read_structure
from simulation.study.draft import (
    Draft,
    PanelFile,
    about_lever,
    lever_problem,
    open_scenario,
    own_scenarios,
    read_panel,
    save_scenario,
)
from simulation.study.live import Live, Look
from simulation.study.panel_state import PanelState, read_state, write_state
from simulation.study.scenario import read_scenario, scenario_names
from simulation.study.uploads import book_of, kept_upload
from simulation.view.notebook import Shown
from simulation.view.outcome import outcome, picture
from simulation.view.panels_fields import Field
from simulation.view.panels_parts import Parts
from simulation.view.report import rendered
from simulation.view.start import heads_sentence

TEST, BASELINE = "Test scenario", "Baseline"
SEED = 1
PAGES = "voila"  # how the server of pages without code calls itself in a kernel
RUNS = "experiment.replications_count"


class Panel:
    """A form for one question, its buttons, and what came out; `watch` is the comparison under way."""

    def __init__(self, name: str):
        self.name, self.file = name, read_panel(name)
        self.state = read_state(name, Draft(scenario=self.file.scenario))
        self.parts = Parts(self._starts(), _teams(self.file))
        self.fields = self._fields()
        self.parts.fields.children = [field.box for field in self.fields.values()]
        self.live, self.watch = Live(), None
        self._is_filling = False
        self._fill()
        self._wire()
        self.parts.busy(False)
        self.parts.answer(self.state.outcome, self.state.picture)

    # What the form shows.

    def _fields(self) -> dict[str, Field]:
        parameters = self.state.test.parameters()
        return {
            name: Field(name, says, about_lever(name, parameters), parameters.value_at(name), self._moved)
            for name, says in self.file.levers.items()
        }

    def _starts(self) -> list[tuple[str, str]]:
        names = self.file.scenarios or scenario_names()
        names = list(dict.fromkeys([self.file.scenario, *names, *map(str, own_scenarios()), self.state.test.scenario]))
        return [(read_scenario(name).title, name) for name in names]

    def _fill(self) -> None:
        """Make the form say what the state says."""
        self._is_filling = True
        test = self.state.test
        parameters, scenario = test.parameters(), test.as_scenario()
        self.parts.start.options = self._starts()
        self.parts.start.value = test.scenario
        if scenario.team in dict(map(reversed, self.parts.team.options)):
            self.parts.team.value = scenario.team
        for name, field in self.fields.items():
            field.show(parameters.value_at(name))
        self.parts.replications.value = int(parameters.experiment.replications_count)
        self._show_book()
        self._is_filling = False
        self._tell()

    def _tell(self) -> None:
        """What follows from the form without a run: the heads, and what it is held against."""
        self.parts.undo.disabled = not self.state.before
        self.parts.against.value = against_line(self.state)
        try:
            self.parts.heads.value = heads_line(self.state.test)
        except InputError as error:
            self.parts.say(str(error), is_wrong=True)

    def _show_book(self) -> None:
        has_own = bool(self.state.test.book)
        self.parts.made_book.layout.display = "" if has_own else "none"
        if "book.policies_count" in self.fields:
            self.fields["book.policies_count"].enable(not has_own)

    # What its controls do.

    def _wire(self) -> None:
        parts = self.parts
        for button, action in {parts.apply: self.apply, parts.cancel: self.cancel, parts.undo: self.undo,
                               parts.baseline: self.set_baseline, parts.save: self.save,
                               parts.made_book: self.leave_book}.items():  # fmt: skip
            button.on_click(self._careful(action))
        for control, action in {parts.start: self.start_from, parts.team: self.change_team}.items():
            control.observe(self._careful(lambda change, action=action: action(change["new"])), names="value")
        parts.replications.observe(self._careful(lambda change: self._moved(RUNS, change["new"])), names="value")
        parts.open.observe(self._careful(lambda change: self.open_file(change["new"])), names="value")
        parts.book.observe(self._careful(lambda change: self.use_book(change["new"])), names="value")

    def _careful(self, action: Callable) -> Callable:
        """The action, with a slip told in a sentence; nothing while the form is being filled in."""

        @wraps(action)
        def act(event: Any) -> None:
            if self._is_filling:
                return
            self.parts.say("")
            try:
                action(event)
            except InputError as error:
                self.parts.say(str(error), is_wrong=True)

        return act

    def _moved(self, name: str, value: Any) -> None:
        """Somebody moved a field."""
        if self._is_filling:
            return
        if found := lever_problem(name, value, Parameters.load()):
            says = self.file.levers.get(name, name)
            self.parts.say(f"{says} = {self._shown(name, value)}: {found}", is_wrong=True)
            return
        self.parts.say("")
        self._go_to(self.state.test.with_value(name, value))

    def _shown(self, name: str, value: Any) -> Any:
        return self.fields[name].shown(value) if name in self.fields else value

    def _go_to(self, test: Draft) -> None:
        self.state = self.state.changed_to(test)
        write_state(self.name, self.state)
        self._tell()

    def start_from(self, scenario: str) -> None:
        """Fill the form in from a scenario; the user's book stays."""
        test = self.state.test
        opened = open_scenario(scenario) if scenario.endswith(".yaml") else Draft(scenario=scenario)
        self._go_to(opened.model_copy(update={"book": test.book, "mapping": test.mapping}))
        self._fill()

    def change_team(self, team: str) -> None:
        """Another team for the test scenario."""
        own = read_scenario(self.state.test.scenario).team
        self._go_to(self.state.test.model_copy(update={"team": "" if team == own else team}))

    def undo(self, _: Any = None) -> None:
        """One step back in the form."""
        self.state = self.state.undone()
        write_state(self.name, self.state)
        self._fill()

    def set_baseline(self, _: Any = None) -> None:
        """The test scenario as it is becomes what the next ones are held against."""
        self.state = self.state.model_copy(update={"baseline": self.state.test})
        write_state(self.name, self.state)
        self._tell()
        self.parts.say("The test scenario is the baseline now. Move something, and apply.")

    def save(self, _: Any = None) -> None:
        """Write the form as a scenario file, and offer it for taking along."""
        path = save_scenario(self.state.test, self.parts.title.value)
        self._is_filling = True
        self.parts.start.options = self._starts()
        self.parts.start.value = self.state.test.scenario
        self._is_filling = False
        self.parts.message.value = saved_line(path)

    def open_file(self, files: tuple) -> None:
        """Fill the form in from an uploaded scenario file."""
        if files:
            path = kept_upload(files[0]["name"], bytes(files[0]["content"]))
            self._empty(self.parts.open)
            test = self.state.test
            self._go_to(open_scenario(path).model_copy(update={"book": test.book, "mapping": test.mapping}))
            self._fill()
            self.parts.say(f"Opened: {read_scenario(str(path)).title}. The form is filled in.")

    def use_book(self, files: tuple) -> None:
        """Take an uploaded book, perhaps with its mapping, in the place of the made one."""
        if files:
            given = {each["name"]: bytes(each["content"]) for each in files}
            self._empty(self.parts.book)
            book, file, mapping = book_of(given, self.state.test.parameters())
            changes = {name: value for name, value in self.state.test.changes.items() if name != "book.policies_count"}
            with_book = {"book": str(file), "mapping": str(mapping)}
            self._go_to(self.state.test.model_copy(update=with_book | {"changes": changes}))
            self.state = self.state.model_copy(update={"baseline": self.state.baseline.model_copy(update=with_book)})
            write_state(self.name, self.state)
            self._fill()
            self.parts.say(f"{book.title}: read whole. Test scenario and baseline both work on it now.")

    def leave_book(self, _: Any = None) -> None:
        """Back to the made book."""
        without = {"book": "", "mapping": ""}
        self._go_to(self.state.test.model_copy(update=without))
        self.state = self.state.model_copy(update={"baseline": self.state.baseline.model_copy(update=without)})
        self._fill()

    def _empty(self, upload: widgets.FileUpload) -> None:
        self._is_filling = True
        upload.value = ()
        self._is_filling = False

    # Running.

    def apply(self, _: Any = None) -> None:
        """Run the test scenario beside the baseline, and show what comes in."""
        for name, field in self.fields.items():
            if found := lever_problem(name, field.value, Parameters.load()):
                raise InputError(f"{field.says} = {field.shown(field.value)}: {found}")
        base, test = self.state.baseline.setting(), self.state.test.setting()
        self.cancel()
        self.parts.say("")
        self.watch = asyncio.get_running_loop().create_task(self._watch(base, test))

    def cancel(self, _: Any = None) -> None:
        """Stop the comparison under way; what is known so far stays, marked provisional."""
        self.live.cancel()
        if self.watch is not None and not self.watch.done():
            self.watch.cancel()
            self.parts.say("Cancelled. What is shown is provisional.")
        self.parts.busy(False)

    async def _watch(self, base: Any, test: Any) -> None:
        confidence = test.parameters.experiment.confidence_share
        most, deciding = int(test.parameters.experiment.replications_count), self.state.test.as_scenario().deciding
        self.parts.busy(True, 0, most)
        try:
            async with aclosing(self.live.looks(base, test, SEED, most, deciding)) as looks:
                async for look in looks:
                    await self._show(look, deciding, confidence)
        except asyncio.CancelledError:
            return
        except Exception as error:  # of a worker: told, and never a traceback
            self.parts.say(f"The runs ended with a fault: {error}", is_wrong=True)
        self.parts.busy(False)

    async def _show(self, look: Look, deciding: tuple[str, ...], confidence: float) -> None:
        """Words first, the picture when the words are on their way."""
        self.parts.busy(not look.is_last, 0 if look.is_first else len(look.other), look.most)
        said = outcome(look, BASELINE, TEST, deciding, confidence, [])
        self.parts.outcome.value = said
        await asyncio.sleep(0)
        drawn = picture(look, BASELINE, TEST, deciding, confidence)
        self.parts.picture.value = drawn
        self.state = self.state.model_copy(update={"outcome": said, "picture": drawn})
        write_state(self.name, self.state)
        await asyncio.sleep(0)

    def static(self) -> Shown:
        """The form and its last answer as a page that needs no program behind it."""
        rows = [(field.says, field.shown(field.value), field.unit) for field in self.fields.values()]
        html = rendered("panel_static.html", question=self.file.question, rows=rows,
                        outcome=Markup(self.state.outcome), picture=Markup(self.state.picture))  # fmt: skip
        return Shown(html, self.file.question)


def _teams(file: PanelFile) -> list[tuple[str, str]]:
    if not file.may_change_team:
        return []
    names = sorted(path.stem for path in (params_folder() / "teams").glob("*.yaml"))
    return [(read_structure(name).title, name) for name in names]


def heads_line(test: Draft) -> str:
    """The heads that the ratios give for the form's book."""
    policies = len(test.setting().book) if test.book else int(test.parameters().book.policies_count)
    return str(Markup('<p class="rp-heads">{}</p>').format(heads_sentence(policies, test.parameters())))


def against_line(state: PanelState) -> str:
    """What the answer holds against what."""
    base = state.baseline.as_scenario()
    changes = ", ".join(f"{name} = {value}" for name, value in state.baseline.changes.items())
    text = f"{BASELINE}: {base.title}" + (f" with {changes}" if changes else "")
    return str(Markup('<p class="rp-against">{}</p>').format(text))


def saved_line(path: Path) -> str:
    """Where a scenario was written, how it is run from the command line, and the file itself to take along."""
    return rendered("saved.html", path=path, data=base64.b64encode(path.read_bytes()).decode())


def panel(name: str) -> None:
    """Show a panel of params/panels/ in a notebook or page: its static form for where no program is, then the live one.

    In a page without code the processes start at once, and a panel that has never answered shows what its baseline reaches.
    """
    found = Panel(name)
    display(found.static())
    display(found.parts.box)
    if PAGES in os.environ.get("SERVER_SOFTWARE", ""):
        found.live.begin()
        if not found.state.outcome:
            found.apply()
