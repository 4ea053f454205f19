"""What was left out of a team's records on the way in, and why, with rows: nothing is dropped without being told."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

FIRST_ROWS = 5  # that are named of each reason


@dataclass
class LeftOut:
    """Rows that were left out for one reason: how many, and the numbers of the first ones as a spreadsheet shows them."""

    count: int = 0
    first_rows: list[int] = field(default_factory=list)


@dataclass
class Quality:
    """What became of the rows of one file. Values of cells are not kept: they may be personal."""

    file: str
    rows_count: int = 0
    used_count: int = 0
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def leave_out(self, reason: str, rows: Iterable[int]) -> None:
        """Rows are left out for a reason."""
        rows = np.asarray(rows, dtype=np.int64)
        if len(rows):
            found = self.left_out.setdefault(reason, LeftOut())
            found.count += len(rows)
            found.first_rows = sorted([*found.first_rows, *np.sort(rows)[:FIRST_ROWS].tolist()])[:FIRST_ROWS]

    @property
    def left_out_share(self) -> float:
        """The part of the rows that were left out."""
        return 1 - self.used_count / self.rows_count if self.rows_count else 0.0

    def lines(self) -> list[str]:
        """The report in sentences."""
        said = [f"{self.file}: {self.used_count:,} of {self.rows_count:,} rows used."]
        for reason, each in sorted(self.left_out.items(), key=lambda found: -found[1].count):
            rows = ", ".join(f"{row:,}" for row in each.first_rows)
            more = ", ..." if each.count > len(each.first_rows) else ""
            said.append(f"{each.count:,} left out: {reason} (row{'s' if each.count > 1 else ''} {rows}{more}).")
        return said + self.remarks

    def as_json(self) -> dict:
        """The same as data."""
        return {"file": self.file, "rows": self.rows_count, "used": self.used_count,
                "left_out": {reason: vars(each) for reason, each in self.left_out.items()},
                "remarks": self.remarks}  # fmt: skip
