"""The picture of a week of the team: person by person what the time went into, what waited, which promises broke.

Kinds of work are told apart by the height at which they lie in a person's row, what else takes time by its hatch; colour
only repeats it. Nights take no room.
"""

from collections import Counter
from typing import Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from simulation.desk.pieces import KINDS, REST, SPELLS, WORK
from simulation.study.week import Block, Week
from simulation.view import kinds
from simulation.view.style import INK, LABEL, LINE, SMALL, SOFT, WASH, WORSE, new_figure

WEEK_WIDTH = 15.0  # inches: a landscape page
MANY_PEOPLE = 25  # from that many on rows are lower
ROW, LOW_ROW = 0.42, 0.24  # inches
STRIP, HEAD = 0.95, 1.5
A_LITTLE = 0.1  # hours of waiting for work that say nothing
GAP = 0.12  # of a row, between two people
MANY_AT_ONCE = 5  # promises that break at one moment are counted from so many on


def week_figure(week: Week) -> Figure:
    """A week as one picture: strips of what waits above, a row a person below, promises broken as marks in both."""
    families = _families_at_work(week)
    people = len(week.reading.record.seats)
    row = LOW_ROW if people >= MANY_PEOPLE else ROW
    strips = _strips(week)
    heights = [STRIP] * len(strips) + [row * people + 0.2]
    with new_figure(sum(heights) + HEAD, WEEK_WIDTH) as figure:
        panels = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
        figure.get_layout_engine().set(hspace=0.01, h_pad=0.02)
        for axes, (family, members) in zip(panels, strips.items(), strict=False):
            _draw_strip(axes, week, family, members)
        _draw_people(panels[-1], week, families, is_low=people >= MANY_PEOPLE)
        _draw_days(panels, week)
        _head_and_legend(figure, week, families)
    return figure


def _families_at_work(week: Week) -> list[kinds.Family]:
    """The families of the work that was done this week, in the order of their height."""
    found = {kinds.work_family(block.what) for block in week.blocks if block.is_work}
    return [family for family in kinds.WORK_FAMILIES if family in found]


def _strips(week: Week) -> dict[kinds.Family, set[str]]:
    """Families with anything waiting this week, and their kinds."""
    waiting = {wait.kind for wait in week.waits}
    members = {family: {kind for kind in KINDS if kinds.work_family(kind) is family} & waiting
               for family in kinds.WORK_FAMILIES}  # fmt: skip
    return {family: found for family, found in members.items() if found}


def _draw_strip(axes: Any, week: Week, family: kinds.Family, members: set[str]) -> None:
    """How many pieces of a family wait, and the moments at which a promise of theirs broke."""
    minutes, counts = week.waiting_counts(members)
    axes.fill_between(minutes, counts, step="post", color=family.colour, alpha=0.35, linewidth=0)
    axes.step(minutes, counts, where="post", color=family.colour, linewidth=1)
    top = max(1.0, float(counts.max()))
    peak = int(np.argmax(counts))
    axes.set_ylim(0, 1.6 * top)
    axes.annotate(f"{counts[peak]:,.0f}", (minutes[peak], counts[peak]), textcoords="offset points", xytext=(3, 1),
                  fontsize=LABEL)  # fmt: skip
    broken = Counter(wait.broken for wait in week.broken_in_week() if wait.kind in members)
    if broken:
        (marks,) = axes.plot(list(broken), [1.42 * top] * len(broken), marker="x", color=WORSE, linestyle="", markersize=5,
                             markeredgewidth=1.3, clip_on=False)  # fmt: skip
        marks.set_in_layout(False)
    for minute, count in broken.items():
        if count >= MANY_AT_ONCE:
            axes.annotate(f"{count:,} at once", (minute, 1.42 * top), textcoords="offset points", xytext=(6, 0),
                          va="center", fontsize=LABEL, color=WORSE)  # fmt: skip
    axes.annotate(_strip_end(week, members, broken.total()), (week.end, 0.7 * top), textcoords="offset points",
                  xytext=(8, 0), va="center", fontsize=LABEL, annotation_clip=False)  # fmt: skip
    axes.set_yticks([0.5 * top], [f"waiting:\n{family.says}"], fontsize=LABEL)
    axes.tick_params(axis="both", length=0)
    axes.spines["bottom"].set_color(LINE)


def _strip_end(week: Week, members: set[str], broken: int) -> str:
    """What is said at the end of a strip: the longest wait, and how many promises broke."""
    longest = next(wait for wait in week.waits if wait.kind in members)
    said = f"longest wait {longest.minutes / 60:.1f} h"
    return said + (f"\n{broken:,} promise{'s' if broken > 1 else ''} broken" if broken else "")


def _draw_people(axes: Any, week: Week, families: list[kinds.Family], is_low: bool) -> None:
    """A row a person: work at the height of its family, what else takes time over the whole height."""
    seats = week.reading.record.seats
    lane = {family: place for place, family in enumerate(families)}
    height = (1 - GAP) / max(1, len(families))
    by_family: dict[kinds.Family, list[Any]] = {}
    for block in week.blocks:
        family, low, high = _place(block, lane, height)
        if family is not None:
            low, high = block.person + low, block.person + high
            corners = [(block.begin, low), (block.end, low), (block.end, high), (block.begin, high)]
            by_family.setdefault(family, []).append(corners)
    for place in range(len(seats)):
        axes.axhspan(place + GAP / 2, place + 1 - GAP / 2, color=WASH, linewidth=0, zorder=0)
    for family, boxes in by_family.items():
        is_work = family in lane
        axes.add_collection(PolyCollection(
            boxes, facecolors=family.colour, edgecolors=family.colour if is_work else SOFT, linewidths=0.2,
            hatch=family.hatch or None, zorder=2 if is_work else 1))  # fmt: skip
    late: dict[int, list[float]] = {}
    for wait in week.waits:
        if wait.is_late and wait.person >= 0 and week.begin <= wait.until <= week.end:
            late.setdefault(wait.person, []).append(wait.until)
    for person, minutes in late.items():
        axes.plot(minutes, [person + GAP / 2] * len(minutes), marker="v", color=INK, linestyle="", zorder=3,
                  markersize=2.5 if is_low else 3.5)  # fmt: skip
    for person, seat in enumerate(seats):
        axes.annotate(_row_end(week, person, len(late.get(person, []))), (week.end, person + 0.5),
                      textcoords="offset points", xytext=(8, 0), va="center", fontsize=SMALL if is_low else LABEL,
                      annotation_clip=False)  # fmt: skip
        if person and seat.post != seats[person - 1].post:
            axes.axhline(person, color=INK, linewidth=0.8)
    axes.set_yticks([each + 0.5 for each in range(len(seats))], [seat.name for seat in seats],
                    fontsize=SMALL if is_low else LABEL)  # fmt: skip
    axes.set_ylim(len(seats), -0.05)
    axes.tick_params(axis="both", length=0)


def _place(block: Block, lane: dict[kinds.Family, int], height: float) -> tuple[kinds.Family | None, float, float]:
    """The family of a stretch of time, and from where to where it reaches in a person's row."""
    if block.is_work:
        family = kinds.work_family(block.what)
        low = GAP / 2 + lane[family] * height
        return family, low, low + height
    if block.what == SPELLS[REST]:
        return None, 0.0, 0.0
    return kinds.spell_family(block.what), GAP / 2, 1 - GAP / 2


def _row_end(week: Week, person: int, late: int) -> str:
    """What is said at the end of a person's row: how full the week was, and how much was taken up late."""
    hours = week.hours(person)
    if hours.get(SPELLS[WORK]):
        full = f"{100 * week.occupancy(person):.0f} % at work"
    elif all(kinds.spell_family(what) is kinds.AWAY for what in hours):
        full = "not there"
    else:
        full = "no case came" if hours.get(SPELLS[REST], 0.0) > A_LITTLE else "own duties"
    return f"{full}, {late} late" if late else full


def _draw_days(panels: Any, week: Week) -> None:
    """Days with their names above, and the hours of the clock below."""
    calendar = week.reading.horizon.calendar
    ticks, labels = [], []
    for day, begin, end in week.days:
        for axes in panels:
            axes.axvline(begin, color=INK, linewidth=1)
        panels[0].annotate(f"{day:%a} {day.day} {day:%b}", (begin, 1), xycoords=("data", "axes fraction"),
                           textcoords="offset points", xytext=(3, 4), fontsize=10, fontweight="bold",
                           annotation_clip=False)  # fmt: skip
        stamps = calendar.to_calendar(np.arange(begin, end))
        for minute, stamp in zip(np.arange(begin, end), stamps, strict=True):
            if stamp % 60 == 0:
                ticks.append(float(minute))
                labels.append(f"{int(stamp % 1440) // 60}")
    panels[-1].set_xticks(ticks, labels, fontsize=SMALL)
    panels[-1].set_xlim(week.begin, week.end)
    panels[-1].set_xlabel("hour of the day; closed hours take no room", fontsize=LABEL)


def _head_and_legend(figure: Figure, week: Week, families: list[kinds.Family]) -> None:
    """The title in words, and a legend in the order of the rows' heights."""
    figure.suptitle(headline(week), x=0.01, ha="left", fontsize=13, fontweight="bold")
    shown = {kinds.spell_family(block.what) for block in week.blocks if not block.is_work}
    handles = [Patch(facecolor=family.colour, edgecolor=family.colour,
                     label=f"{family.says} ({_height(place, len(families))})")
               for place, family in enumerate(families)]  # fmt: skip
    handles += [Patch(facecolor=family.colour, edgecolor=SOFT, hatch=family.hatch, label=family.says)
                for family in kinds.TIME_FAMILIES if family in shown]  # fmt: skip
    handles += [Patch(facecolor=WASH, edgecolor=LINE, label=kinds.WAITING.says)]
    figure.legend(handles=handles, loc="outside lower left", ncols=5, fontsize=LABEL, frameon=False,
                  title="Work lies at its own height in a row, colour only repeats it. ▼ something that was already "
                  "late is taken up.  × a promise breaks.",
                  alignment="left", title_fontsize=LABEL)  # fmt: skip


def _height(place: int, count: int) -> str:
    """Where in a row a family lies, in words."""
    names = {1: ["whole row"], 2: ["top", "bottom"], 3: ["top", "middle", "bottom"],
             4: ["top", "second", "third", "bottom"]}  # fmt: skip
    return names.get(count, ["top", "second", "third", "fourth", "bottom"])[place]


def headline(week: Week) -> str:
    """What the week shows, in one line."""
    first, last = week.days[0][0], week.days[-1][0]
    broken = len(week.broken_in_week())
    promises = {0: "no promise broke", 1: "one promise broke"}.get(broken, f"{broken:,} promises broke")
    return (
        f"Week {week.number}, {first.day} {first:%b} to {last.day} {last:%b %Y}: the consultants were at work "
        f"{100 * week.reading.occupancy('consultant', week.begin, week.end):.0f} % of their time at the desk; {promises}"
    )


def alt_text(week: Week) -> str:
    """The picture in words: who was there, what filled the time, what waited longest, which promises broke."""
    seats, record = week.reading.record.seats, week.reading.record
    away = [seat.name for person, seat in enumerate(seats) if _is_away(week, person)]
    hours: dict[str, float] = {}
    for block in week.blocks:
        if block.is_work:
            hours[kinds.work_words(block.what)] = hours.get(kinds.work_words(block.what), 0.0) + block.end - block.begin
    most = sorted(hours, key=hours.__getitem__, reverse=True)[:3]
    said = [f"{headline(week)}. {len(record.seats)} people, a row each, over {len(week.days)} days."]
    if most:
        said.append("Most time went into " + ", ".join(f"{name} ({hours[name] / 60:.0f} hours)" for name in most) + ".")
    if away:
        said.append(f"A day or more away: {', '.join(away)}.")
    if week.waits:
        longest = week.waits[0]
        said.append(
            f"{len(week.waits):,} pieces of work waited; the longest, {kinds.work_words(longest.kind)}, "
            f"{longest.minutes / 60:.1f} working hours."
        )
    return " ".join(said)


def _is_away(week: Week, person: int) -> bool:
    """Whether somebody was away for at least a day of the week."""
    shortest = min(end - begin for _, begin, end in week.days)
    spent = sum(block.end - block.begin for block in week.blocks if block.person == person and not block.is_work
                and kinds.spell_family(block.what) is kinds.AWAY)  # fmt: skip
    return spent >= shortest
