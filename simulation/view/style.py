"""The style sheet of the figures: colours, hatches, sizes, how an interval is drawn, and how a figure is written.

Every figure of the product takes its looks from here: units on the axis, a label at each mark, the interval drawn, nothing
told by colour alone. The colours are those of Okabe and Ito (jfly.uni-koeln.de/color, 2008), which colour-blind people
tell apart.
"""

import base64
import logging
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from markupsafe import Markup, escape

from simulation.study.folders import whole_file

mpl.use("agg")
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # the Chinese font has one weight

CHINESE = Path(__file__).parent / "fonts" / "PlaybookSansSC-Regular.otf"
WHOLE = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei", "SimHei")
INK, SOFT, LINE, WASH = "#1d2733", "#5b6770", "#d5dade", "#f4f6f7"
BETTER, WORSE, UNSURE = "#0b6e4f", "#a63d2f", "#5b6770"
MARKS = {True: (BETTER, "o"), False: (WORSE, "X"), None: (UNSURE, "D")}
WIDTH = 9.5  # inches: the width of a page of text
LABEL, SMALL = 8.5, 7.5
TITLE, NAME = 72, 26  # letters in a line of a title beside the names of cases, and in a line of such a name
DPI = 150


def _fonts() -> list[str]:
    """The figures' fonts: Latin first, then the part of a Chinese one that ships with the handbook, then whole ones that
    the machine may have, for what a user types in."""
    font_manager.fontManager.addfont(str(CHINESE))
    there = {font.name for font in font_manager.fontManager.ttflist}
    return ["DejaVu Sans", FontProperties(fname=str(CHINESE)).get_name(), *(name for name in WHOLE if name in there)]


STYLE = {
    "font.size": 10,
    "font.family": _fonts(),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.linewidth": 0.6,
    "hatch.color": SOFT,
    "svg.hashsalt": "renewal",
    "svg.fonttype": "path",
}


def folded(text: str, width: int = TITLE) -> str:
    """A text in lines of at most so many letters, so that it stays inside its figure.

    >>> folded("Follow-ups that waited: difference from a team with a long name", 40)
    'Follow-ups that waited: difference from\\na team with a long name'
    """
    return "\n".join(textwrap.wrap(text, width, break_long_words=True))


@contextmanager
def new_figure(height: float, width: float = WIDTH) -> Iterator[Figure]:
    """A figure of that many inches, in the product's style while it is drawn."""
    with mpl.rc_context(STYLE):
        yield Figure(figsize=(width, height), layout="constrained")


def draw_interval(
    axes: Any,
    middle: float,
    low: float,
    high: float,
    place: float,
    label: str,
    colour: str = UNSURE,
    mark: str = "o",
    far: tuple[float, float] | None = None,
    is_upright: bool = False,
) -> None:
    """A mean with its interval as a thick bar, perhaps the range of a single year as a thin line, and its label.

    `is_upright` draws it along the vertical axis, with the label above the interval.
    """

    def along(begin: float, end: float, **how: Any) -> None:
        pairs = ([place, place], [begin, end]) if is_upright else ([begin, end], [place, place])
        axes.plot(*pairs, color=colour, solid_capstyle="butt", **how)

    if far is not None:
        along(*far, linewidth=1, alpha=0.6)
    along(low, high, linewidth=5, alpha=0.45)
    if is_upright:  # ends that show beside the mark, however narrow the interval is
        axes.plot([place, place], [low, high], marker="_", markersize=13, color=colour, linestyle="")
    at = (place, middle) if is_upright else (middle, place)
    axes.plot(*at, marker=mark, color=colour, markersize=5 if is_upright else 8)
    above = (place, high) if is_upright else at
    axes.annotate(label, above, textcoords="offset points", xytext=(0, 4 if is_upright else 8), ha="center",
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6} if is_upright else None,
                  fontsize=LABEL)  # fmt: skip


@contextmanager
def _in_style() -> Iterator[None]:
    """The product's style while a figure is written; a letter for which there is no font is drawn as a box, and stands
    readable in the text and the table beside the figure."""
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def as_image(figure: Figure, alt: str) -> Markup:
    """The figure as an <img> with its alt text, whole inside the page."""
    buffer = BytesIO()
    with _in_style():
        figure.savefig(buffer, format="png", dpi=DPI)
    data = base64.b64encode(buffer.getvalue()).decode()
    return Markup(f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">')


def write_figure(figure: Figure, path: Path, alt: str) -> None:
    """The figure as a file, .png or .svg by its ending, with its text for those who cannot see it."""
    with whole_file(path) as aside, _in_style():
        if path.suffix == ".svg":
            buffer = BytesIO()
            figure.savefig(buffer, format="svg", metadata={"Date": None})
            head, tag, rest = buffer.getvalue().decode().partition("<svg ")
            attributes, end, body = rest.partition(">")
            named = f'{tag}role="img" aria-label="{escape(alt)}" {attributes}{end}\n <title>{escape(alt)}</title>{body}'
            aside.write_text(head + named, encoding="utf-8")
        else:
            figure.savefig(aside, format="png", dpi=DPI, metadata={"Description": alt})
