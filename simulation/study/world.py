"""What the model says beside what public records say: the checks of params/handbook/world.yaml, for the handbook's page.

tests/simulation/test_world.py works every figure out again where the records are at hand.
"""

from pydantic import Field

from playbook.documents import Document, params_folder, read_document


class WorldCheck(Document):
    """One figure of the model beside the same figure of the records, with the tolerance that was set for it.

    `why` explains a misfit, or what a fit does not show. Figures are shares, minutes or counts, as `unit` says.
    """

    what: str
    model: float
    record: float
    tolerance: float = Field(ge=0)
    unit: str
    why: str = ""

    @property
    def is_held(self) -> bool:
        """Whether the model lies within the tolerance of the record."""
        return abs(self.model - self.record) <= self.tolerance

    def said(self, which: str) -> str:
        """One of its figures in words."""
        value = float(getattr(self, which))
        if self.unit == "share":
            return f"{100 * value:.1f} %"
        return f"{value:.2f} {self.unit}" if self.unit in ("minutes", "logit") else f"{value:g}"


class WorldPart(Document):
    """One set of records: where it comes from, what was fitted on which part, what was tried on which, and the checks."""

    title: str
    source: str
    fitted: str
    tried: str
    lesson: str
    checks: dict[str, WorldCheck] = Field(min_length=1)


class World(Document):
    """The file params/handbook/world.yaml."""

    parts: dict[str, WorldPart] = Field(min_length=1)


def read_world() -> World:
    """Every check against the world; InputError names what is wrong in the file."""
    return read_document(params_folder() / "handbook" / "world.yaml", World)
