"""Fields of a form: each built from what its parameter allows, its unit and its choices."""

import math
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from playbook.parameters import COUNTED, Parameter

EVERYDAY_FACTOR = 4  # a slider reaches from a fourth to four times today's value where far more is allowed
WIDE_FACTOR = 40
STEPS = 100
WORDS = {"cny": "CNY", "policies": "policies", "share": "%"}
Listener = Callable[[str, Any], None]


class Field:
    """One parameter in a form. `box` is what is shown; `value` is in the parameter's own unit; who listens is told when
    somebody moves it."""

    def __init__(self, name: str, says: str, about: Parameter, value: Any, listener: Listener):
        self.name, self.says, self.about = name, says, about
        self._listener, self._is_quiet = listener, False
        self._controls, self.box = self._built(value)
        for control in self._controls:
            control.observe(self._moved, names="value")

    @property
    def value(self) -> Any:
        """What the form says, in the parameter's own unit."""
        return self._inward(self._controls[-1].value)

    def show(self, value: Any) -> None:
        """Fill the field in without telling anybody."""
        self._is_quiet = True
        for control in self._controls:
            control.value = self._for(control, value)
        self._is_quiet = False

    def shown(self, value: Any) -> Any:
        """A value as the form writes it."""
        return f"{self._outward(value):,.10g}" if self.about.unit not in ("choice", "yes_no") else value

    def enable(self, is_enabled: bool) -> None:
        """Let it be moved, or not."""
        for control in self._controls:
            control.disabled = not is_enabled

    def _moved(self, change: dict) -> None:
        if self._is_quiet:
            return
        value = self._inward(change["new"])
        self._is_quiet = True
        for control in self._controls:
            if control is not change["owner"]:
                control.value = self._for(control, value)
        self._is_quiet = False
        self._listener(self.name, self.value)

    def _built(self, value: Any) -> tuple[list[widgets.Widget], widgets.Widget]:
        if self.about.unit == "choice":
            options = [(str(each).replace("_", " "), each) for each in self.about.allowed]
            control = widgets.Dropdown(options=options, value=value, description=self.says, tooltip=self._hint())
            control.add_class("rp-menu")
        elif self.about.unit == "yes_no":
            control = widgets.Checkbox(value=bool(value), description=self.says, indent=False, tooltip=self._hint())
        else:
            return self._numbers(value)
        control.add_class("rp-field")
        return [control], control

    def _numbers(self, value: float) -> tuple[list[widgets.Widget], widgets.Widget]:
        """A slider over the everyday range and a box for whatever is allowed."""
        low, high = self._range(float(value))
        is_whole = self.about.unit in COUNTED
        step = _nice_step(self._outward(high) - self._outward(low), is_whole, self._outward(value) - self._outward(low))
        kind, text = (widgets.IntSlider, widgets.IntText) if is_whole else (widgets.FloatSlider, widgets.FloatText)
        slider = kind(min=self._outward(low), max=self._outward(high), step=step, readout=False, tooltip=self._hint(),
                      description=self.says)  # fmt: skip
        slider.value = self._for(slider, value)
        box = text(value=self._outward(value), step=step, description=f"{self.says}, {self.unit}", tooltip=self._hint())
        unit = widgets.Label(self.unit)
        row = widgets.HBox([slider, box, unit])
        for widget, name in ((slider, "rp-slider"), (box, "rp-box"), (unit, "rp-unit"), (row, "rp-field")):
            widget.add_class(name)
        return [slider, box], row

    @property
    def unit(self) -> str:
        """The unit in words."""
        return WORDS.get(self.about.unit, self.about.unit.replace("_", " "))

    def _range(self, value: float) -> tuple[float, float]:
        low, high = (float(each) for each in self.about.allowed)
        if value > 0 and high > WIDE_FACTOR * value:
            high = EVERYDAY_FACTOR * value
            low = max(low, value / EVERYDAY_FACTOR) if low * WIDE_FACTOR > value or low > 0 else low
        elif value == 0 and self.about.unit in COUNTED:
            high = min(high, 2.0 * EVERYDAY_FACTOR)
        return low, max(high, low)

    def _hint(self) -> str:
        allowed = self.about.allowed
        if self.about.unit in ("choice", "yes_no"):
            return f"{self.name}; source: {self.about.source}"
        low, high = (f"{self._outward(each):,.10g}" for each in allowed)
        return f"{self.name}: {low} to {high} {self.unit}; source: {self.about.source}"

    def _for(self, control: widgets.Widget, value: Any) -> Any:
        """A value as this control can show it."""
        shown = self._outward(value)
        if isinstance(control, widgets.IntSlider | widgets.FloatSlider):
            return min(max(shown, control.min), control.max)
        return shown

    def _outward(self, value: Any) -> Any:
        if self.about.unit == "share":
            return round(100 * value, 6)
        return int(value) if self.about.unit in COUNTED else value

    def _inward(self, shown: Any) -> Any:
        return round(shown / 100, 8) if self.about.unit == "share" else shown


def _nice_step(span: float, is_whole: bool, from_low: float = 0.0) -> float:
    """A step of 1, 2 or 5 times a power of ten that parts a span into about a hundred, so that a value so far from its
    beginning is hit where that can be.

    >>> [_nice_step(span, False) for span in (100, 5.7, 0.4)], _nice_step(12, True), _nice_step(56_250, True)
    ([1.0, 0.1, 0.005], 1, 1000)
    >>> _nice_step(332, False, 44)
    2.0
    """
    if span <= 0:
        return 1
    power = 10.0 ** math.floor(math.log10(span / STEPS) + 1e-9)
    steps = [round(each * power, 10) for each in (10, 5, 2, 1, 0.5)]
    wide = [step for step in steps if step >= span / STEPS * (1 - 1e-9)][-1]
    hits = [
        step for step in steps if step <= wide and math.isclose(from_low / step, round(from_low / step), abs_tol=1e-6)
    ]
    step = hits[0] if hits else wide
    return max(1, round(step)) if is_whole else step
