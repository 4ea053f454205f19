"""Ranking: the cases of a sweep by their first deciding measure, with what can be said against the base."""

from dataclasses import dataclass

from simulation.study.compare import Difference
from simulation.study.measures import BY_NAME
from simulation.study.results import Results

MOST_TOLD = 8  # of these at most every case is told in full; of more the best and the worst
FEW = 3


@dataclass(frozen=True)
class Place:
    """A case's place: its name, whether it is the base, and its differences from the base in the deciding measures."""

    rank: int
    case: str
    is_base: bool
    differences: list[Difference]

    @property
    def verdict(self) -> str:
        """In a word, over all deciding measures whose direction can be called."""
        if self.is_base:
            return "base"
        better = any(each.is_better for each in self.differences)
        worse = any(each.is_better is False for each in self.differences)
        if better and worse:
            return "gains and losses"
        if better or worse:
            return "better" if better else "worse"
        return "changed" if any(each.is_called for each in self.differences) else "too close to call"


def ranking(results: Results) -> list[Place]:
    """Every finished case from best to worst by the mean of the first deciding measure; a measure without a better side
    puts the largest first. The order is that of the means: neighbours may well be too close to call."""
    rows = results.table[results.table["measure"] == results.deciding[0]].set_index("case")["mean"]
    sign = 1 if BY_NAME[results.deciding[0]].better == "less" else -1
    order = sorted(rows.index, key=lambda case: sign * rows[case] if rows[case] == rows[case] else float("inf"))
    return [Place(number, case, case == results.base, results.differences.get(case, []))
            for number, case in enumerate(order, 1)]  # fmt: skip


def told_in_full(results: Results) -> list[Place]:
    """The cases whose every sentence is told: all of a few, else the best and the worst."""
    places = [place for place in ranking(results) if not place.is_base]
    return places if len(places) <= MOST_TOLD else places[:FEW] + places[-FEW:]
