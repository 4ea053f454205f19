"""The workload to be expected: minutes a policy by kind of work from published averages, beside which the desk's are read."""

from functools import cache

from pydantic import Field

from playbook.documents import Document, params_folder, read_document


class ExpectedWork(Document):
    """Kinds of work that are expected together, their minutes a policy, and how these were found."""

    kinds: list[str] = Field(min_length=1)
    minutes_per_policy: float = Field(ge=0)
    how: str


class Workload(Document):
    """The file params/handbook/workload.yaml."""

    source: str
    rows: list[ExpectedWork]

    @property
    def kinds(self) -> list[str]:
        """Every kind of work that something is expected of."""
        return [kind for row in self.rows for kind in row.kinds]

    @property
    def minutes_per_policy(self) -> float:
        """All that is expected of a consultant."""
        return sum(row.minutes_per_policy for row in self.rows)


@cache
def expected_workload() -> Workload:
    """What the file says; InputError where it does not fit its shape."""
    return read_document(params_folder() / "handbook" / "workload.yaml", Workload)
