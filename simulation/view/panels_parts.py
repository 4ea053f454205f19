"""The parts of a panel: its buttons, menus and places for words, laid out; what they do stands in panels.py."""

import ipywidgets as widgets
from markupsafe import Markup

from simulation.view.report import rendered


class Parts:
    """The controls of a panel, without what they do, and the whole of it as one box."""

    def __init__(self, start_options: list[tuple[str, str]], team_options: list[tuple[str, str]]):
        self.style = widgets.HTML(f"<style>{rendered('panel.css')}</style>")
        self.start = widgets.Dropdown(options=start_options, description="Start from")
        self.team = widgets.Dropdown(options=team_options, description="Team")
        self.fields = widgets.VBox()
        self.heads = widgets.HTML()
        self.replications = widgets.BoundedIntText(min=2, max=10_000, description="Simulated years")
        self.apply = _button("Apply", "Run the test scenario beside the baseline", "primary")
        self.cancel = _button("Cancel", "Stop the runs under way; what is known so far stays")
        self.undo = _button("Undo", "One step back in the form")
        self.baseline = _button("Set as baseline", "Hold what follows against the test scenario as it is now")
        self.title = widgets.Text(placeholder="a name for this scenario", description="Save as")
        self.save = _button("Save scenario", "Write the form as a scenario file")
        self.open = _upload("Open a scenario file", ".yaml,.yml")
        self.book = _upload("Use my own book", ".csv,.txt,.tsv,.xlsx,.xlsm,.yaml,.yml", is_many=True)
        self.made_book = _button("Back to the made book", "Leave the uploaded book")
        self.against = widgets.HTML()
        self.message = widgets.HTML()
        self.progress = widgets.IntProgress(min=0, max=10, description="Runs")
        self.outcome = widgets.HTML()
        self.picture = widgets.HTML()
        self.box = self._laid_out()

    def say(self, text: str, is_wrong: bool = False) -> None:
        """Put a sentence where the eye is; lines become paragraphs."""
        kind = "rp-wrong" if is_wrong else "rp-said"
        lines = Markup("").join(Markup("<p>{}</p>").format(line) for line in text.splitlines())
        self.message.value = str(Markup('<div class="{}" role="status">{}</div>').format(kind, lines)) if text else ""

    def answer(self, outcome: str, picture: str) -> None:
        """Show an outcome and its picture."""
        self.outcome.value, self.picture.value = outcome, picture

    def busy(self, is_busy: bool, done: int = 0, most: int = 1) -> None:
        """Show whether runs are under way, and how many are in."""
        self.cancel.disabled = not is_busy
        self.progress.max, self.progress.value = most, done
        self.progress.layout.visibility = "visible" if is_busy else "hidden"

    def _laid_out(self) -> widgets.VBox:
        menus = [self.start, *([self.team] if len(self.team.options) > 1 else [])]
        steps = widgets.HBox([self.apply, self.cancel, self.undo, self.baseline])
        files = widgets.Accordion(
            [widgets.VBox([widgets.HBox([self.title, self.save]), self.open, self.book, self.made_book])],
            titles=("Save, open, and your own book",),
        )
        form = widgets.VBox([*menus, self.fields, self.heads, self.replications, steps, self.message, files])
        answer = widgets.VBox([self.against, self.progress, self.outcome, self.picture])
        for box, name in ((form, "rp-form"), (answer, "rp-answer"), (steps, "rp-steps"), (files, "rp-files")):
            box.add_class(name)
        for place in (self.message, self.outcome):
            place.add_class("rp-live")
        for menu in (*menus, self.replications):
            menu.add_class("rp-menu")
        whole = widgets.VBox([self.style, widgets.HBox([form, answer]).add_class("rp-columns")])
        return whole.add_class("rp-panel")


def _button(says: str, hint: str, style: str = "") -> widgets.Button:
    return widgets.Button(description=says, tooltip=hint, button_style=style)


def _upload(says: str, accept: str, is_many: bool = False) -> widgets.FileUpload:
    return widgets.FileUpload(description=says, accept=accept, multiple=is_many, icon="", tooltip=says)
