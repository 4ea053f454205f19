"""The first notebook and the first page: every question as a card, and what the ratios say of a book."""

import re
from dataclasses import dataclass

import nbformat

from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.staffing import team_heads
from simulation.study.folders import notebooks_folder
from simulation.view.notebook import Shown
from simulation.view.report import rendered

START = "00_start_here"
POLICIES = "book.policies_count"


@dataclass(frozen=True)
class Question:
    """A notebook as a card: its name, its question, and for whom it is."""

    name: str
    title: str
    says: str

    @property
    def number(self) -> str:
        """The number that the notebook's name begins with."""
        return self.name.partition("_")[0]


def questions() -> list[Question]:
    """The questions that the notebooks ask, in their order."""
    found = []
    for path in sorted(notebooks_folder().glob("[0-9][0-9]_*.ipynb")):
        heading, _, rest = nbformat.read(path, as_version=4).cells[0].source.partition("\n")
        sentence = re.split(r"(?<=[.?]) ", rest.strip())[0].replace("`", "")
        if path.stem != START:
            found.append(Question(path.stem, heading.removeprefix("# "), sentence))
    return found


def first_page(prefix: str) -> str:
    """The first page, whose links lead to the notebooks below `prefix`."""
    return rendered("index.html", questions=questions(), prefix=prefix)


def cards() -> Shown:
    """Every question as a card that leads to its notebook."""
    asked = questions()
    return Shown(rendered("start_cards.html", questions=asked, prefix=""), "\n".join(each.title for each in asked))


def heads(policies: int) -> Shown:
    """The heads that the handbook's ratios give for a book of that size."""
    parameters = Parameters.load()
    low, high = parameters.about(POLICIES).allowed
    if not low <= policies <= high:
        raise InputError(f"policies = {policies}: must lie between {low:,} and {high:,}")
    text = heads_sentence(policies, parameters)
    return Shown(f"<p>{text}</p>", text)


def heads_sentence(policies: int, parameters: Parameters) -> str:
    """The heads by role, in a sentence.

    >>> heads_sentence(15_000, Parameters.load())
    "By the handbook's ratios: 10 consultants, 2 coordinators, 1 analyst, 1 trainer, 1 leader; 15 heads for 15,000 policies."
    """
    counts = team_heads(policies, parameters)
    said = ", ".join(f"{count} {role}{'s' if count != 1 else ''}" for role, count in counts.items() if count)
    return f"By the handbook's ratios: {said}; {sum(counts.values())} heads for {policies:,} policies."
