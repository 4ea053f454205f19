"""Pictures: whatever somebody calls a case or a team, no text leaves the figure."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from simulation.study.compare import compare
from simulation.study.estimates import Estimate
from simulation.study.measures import MEASURES
from simulation.study.replicate import Replications
from simulation.view.plots import differences_figure, heads_figure, lines_figure, points_figure
from simulation.view.style import STYLE

LONG = "demand.answer_share = 0.4432, staffing.policies_per_consultant_count = 1336"
DECIDING = ("premium_renewal_share", "late_enquiry_share", "late_step_share")


def outside(figure):
    """The texts of a figure that reach beyond it; ticks, of which some lie past the axis and are not drawn, left out."""
    with mpl.rc_context(STYLE):
        FigureCanvasAgg(figure).draw()
        boxes = [(text.get_text(), text.get_window_extent()) for text in figure.findobj(Text)
                 if text.get_visible() and text.get_text().strip(" −.0123456789")]  # fmt: skip
        edge = figure.bbox
    return [text for text, box in boxes
            if box.x0 < -1 or box.y0 < -1 or box.x1 > edge.x1 + 1 or box.y1 > edge.y1 + 1]  # fmt: skip


def runs(level):
    values = np.random.default_rng(1).normal(level, 0.02, size=(6, len(MEASURES)))
    return Replications("a", 1, values, {})


@pytest.mark.parametrize("names", [["short"], [LONG, "short"], [f"{number} {LONG}" for number in range(8)]])
def test_a_picture_of_differences_holds_long_names(names):
    rows = {name: compare(runs(0.5), runs(0.5 + 0.01 * at), DECIDING, 0.95) for at, name in enumerate(names)}
    assert outside(differences_figure(f"a team that somebody called {LONG}", rows)) == []


def test_a_picture_by_heads_holds_its_notes():
    found = [Estimate(level, level - 0.01, level + 0.01, 5) for level in (0.2, 0.1, 0.02)]
    by_measure = dict.fromkeys(DECIDING, found)
    assert outside(heads_figure([8, 9, 10], by_measure, dict.fromkeys(DECIDING, 0.05))) == []


@pytest.mark.parametrize("by", [None, "scenario"])
def test_a_picture_along_a_number_holds_the_names_of_its_lines(by):
    table = pd.DataFrame(
        [{"case": f"{name} {x}", "scenario": name, "demand.answer_share": x, "measure": measure,
          "mean": 0.5, "low": 0.4, "high": 0.6}
         for name in ("handbook", LONG) for x in (0.25, 0.35, 0.45) for measure in DECIDING]
    )  # fmt: skip
    assert outside(lines_figure(table, "demand.answer_share", by, list(DECIDING))) == []
    assert outside(points_figure(table, ["demand.answer_share"], list(DECIDING))) == []


def test_a_text_that_leaves_is_found():
    from simulation.view.style import new_figure

    with new_figure(2.0) as figure:
        figure.add_subplot().set_title(LONG * 3)
    assert outside(figure) == [LONG * 3]
