"""The @rule decorator: it ties a function to the handbook's item that it states."""

from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


def rule(*items: str) -> Callable[[Function], Function]:
    """Mark a function as the executable form of one or more items of the handbook, by their permanent ids."""
    if not items:
        raise TypeError("a rule names at least one item of the handbook")

    def mark(function: Function) -> Function:
        function.items = items  # type: ignore[attr-defined]
        return function

    return mark
