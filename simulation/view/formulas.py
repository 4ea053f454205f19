"""The formulas of a form as a spreadsheet understands them: addresses for keys, and our own functions spelled out."""

import re
from collections.abc import Callable, Mapping

from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.sheets import REFERENCE, TIMES, Entry, value_of

ABOVE = "above."
LONGEST_TEXT = 240  # a spreadsheet takes no longer text inside a formula than 255 letters


def cell_formula(entry: Entry, find: Callable[[str], str | None], ranges: Mapping[str, str]) -> str:
    """An entry's formula with the addresses of its cells, empty while a cell that it needs is empty."""

    def place(found: re.Match[str]) -> str:
        return find(found[1]) or ranges[found[1]]

    keys = entry.needs
    if keys is None:
        keys = [key for key in REFERENCE.findall(entry.formula) if find(key) and not key.startswith(ABOVE)]
    body = _own_functions(REFERENCE.sub(place, entry.formula.lstrip("=")))
    needed = list(dict.fromkeys(find(key) for key in keys))
    are_empty = ",".join(f'{address}=""' for address in needed)
    return f'=IF(OR({are_empty}),"",{body})' if needed else f"={body}"


def text_formula(text: str, parameters: Parameters) -> str:
    """A text that names numbers as a formula that follows them."""
    parts = []
    for position, part in enumerate(REFERENCE.split(text)):
        if position % 2:
            parts.append(_number_in_words(part, parameters))
        else:
            pieces = [part[at : at + LONGEST_TEXT] for at in range(0, len(part), LONGEST_TEXT)]
            parts += ['"' + piece.replace('"', '""') + '"' for piece in pieces]
    return "=" + "&".join(parts)


def _number_in_words(name: str, parameters: Parameters) -> str:
    _, unit = value_of(name, parameters)
    if unit == "share":
        return f'ROUND(100*{name},2)&" %"'
    if unit == "cny":
        return f'"CNY "&TEXT({name},"#,##0")'
    if unit in TIMES:
        return f'{name}&IF({name}=1," {unit.removesuffix("s")}"," {unit}")'
    return f'SUBSTITUTE({name},"_"," ")' if unit == "choice" else name


def _own_functions(body: str) -> str:
    """Our own functions spelled out with the sheet of office hours.

    >>> _own_functions("1+OPEN_DAY_AFTER(MAX(A1,B1),5)")
    '1+INDEX(office.days,MATCH(INT(MAX(A1,B1)),office.days,1)+5)'
    """
    for name, spell in OWN.items():
        while (at := body.find(f"{name}(")) >= 0:
            first, second, end = _arguments(body, at + len(name) + 1)
            body = body[:at] + spell(first, second) + body[end:]
    return body


def _arguments(body: str, at: int) -> tuple[str, str, int]:
    """The two arguments of a call whose bracket has just been opened, and where it ends."""
    depth, parts, begin = 1, [], at
    for place in range(at, len(body)):
        letter = body[place]
        depth += (letter == "(") - (letter == ")")
        if (letter == "," and depth == 1) or depth == 0:
            parts.append(body[begin:place].strip())
            begin = place + 1
        if depth == 0:
            break
    if len(parts) != 2 or depth:
        raise InputError(f"{body!r}: a function of ours takes two arguments")
    return parts[0], parts[1], begin


def _open_day_after(day: str, days: str) -> str:
    return f"INDEX(office.days,MATCH(INT({day}),office.days,1)+{days})"


def _working_deadline(moment: str, hours: str) -> str:
    """The moment at which so many hours of the office's time have passed; one that falls on a closing is that closing."""
    span = f"MATCH({moment},office.opens,1)"
    passed = f"ROUND(24*60*(MIN({moment},INDEX(office.closes,{span}))-INDEX(office.opens,{span})),0)"
    due = f"(INDEX(office.before,{span})+{passed}+60*{hours})"
    there = f"MATCH({due}-0.001,office.before,1)"
    return f"(INDEX(office.opens,{there})+({due}-INDEX(office.before,{there}))/24/60)"


OWN = {"WORKING_DEADLINE": _working_deadline, "OPEN_DAY_AFTER": _open_day_after}


def is_on_office_clock(entry: Entry) -> bool:
    """Whether an entry's formula counts the office's time."""
    return any(f"{name}(" in (entry.formula or "") for name in OWN)
