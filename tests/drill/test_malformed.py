"""A thousand malformed decisions, drill files and imports give a clear sentence each and change nothing."""

import hashlib
import random
import string

import pytest
from playing import SMALL, opened

from playbook.errors import InputError
from simulation.drill.check import drill_from_text
from simulation.drill.exchange import exported, imported
from simulation.drill.store import Store

TEXT = SMALL % {"turns": 4}


def nonsense(luck):
    """A value that nobody should give."""
    made_up = "".join(luck.choices(string.printable, k=luck.randint(1, 40)))
    known = [
        "",
        " ",
        "\0",
        "\n",
        "red; DROP TABLE events",
        "é" * 50,
        "x" * 5000,
        "-1",
        "nan",
        "1e999",
        "../../etc",
        "{}",
        "[",
    ]
    return luck.choice([*known, made_up])


def bad_words(session, luck):
    """A call of the session that cannot be right."""
    word = nonsense(luck)
    number = luck.choice([float("nan"), float("inf"), -1e30, 10**400, True, None, "12", [], {}])
    return luck.choice([
        lambda: session.decide(word or "?", "attempts", "two"),
        lambda: session.decide("red", word, "two"),
        lambda: session.decide("red", "attempts", word),
        lambda: session.decide("red", "attempts", number),
        lambda: session.decide("red", "attempts", "two", member=word or "?"),
        lambda: session.decide("red", "attempts", "two", turn=luck.choice([0, -1, 2, 99, 10**30, "one", 1.5])),
        lambda: session.predict("red", number),
        lambda: session.predict("red", 0.5, low=0.6, high=luck.choice([0.7, 0.1, None])),
        lambda: session.predict(word or "?", 0.5),
        lambda: session.lock(word or "?"),
        lambda: session.lock("red", turn=luck.choice([0, 2, -5, "x"])),
        lambda: session.join("red", word if word.strip() else "", role=luck.choice(["boss", "", word])),
        lambda: session.join("red", "somebody"),
        lambda: session.join(luck.choice(["", " ", "x" * 41, "\n"]), "anna"),
        lambda: session.fire(word),
        lambda: session.delay("away", luck.choice([0, -1, 9, 10**12])),
        lambda: session.skip(word),
        lambda: session.note(luck.choice(["", "x" * 4001])),
        lambda: session.rate("red", "observer", {word: 3}),
        lambda: session.rate("red", "observer", {"calm": luck.choice([0, 6, -1, 1e9])}),
        lambda: session.promise("act", "me", luck.choice(["tomorrow", "2026-13-01", "2026-02-30", ""])),
        lambda: session.branch("other", luck.choice([0, -1, 3, 99])),
        lambda: session.branch(luck.choice(["", "a b", "../x", "x" * 61]), 1),
        lambda: session.resolve(),
    ])  # fmt: skip


def damaged(text, luck):
    """The text with a line, a word or a letter lost, doubled, moved or made up."""
    lines = text.split("\n")
    place = luck.randrange(len(lines))
    kind = luck.randrange(6)
    if kind == 0:
        del lines[place]
    elif kind == 1:
        lines.insert(place, lines[place] or "x")
    elif kind == 2:
        lines[place] = lines[place].replace(":", luck.choice(["", "::", "-"]), 1) or "x:"
    elif kind == 3:
        lines = lines[:place]
    elif kind == 4:
        letters = list(lines[place] or "x")
        letters[luck.randrange(len(letters))] = luck.choice(string.printable)
        lines[place] = "".join(letters)
    else:
        lines[place] = lines[place] + luck.choice([" {", " x", ": 3", ' "', "\t- a"])
    return "\n".join(lines)


def told(call):
    """The sentence of a slip, or None where nothing was wrong; anything but an InputError is a failure."""
    try:
        call()
    except InputError as error:
        return str(error)
    return None


def assert_told(sentence):
    assert sentence and sentence.strip() and "Traceback" not in sentence and "pydantic" not in sentence


def wrong_decisions(folder, count):
    session, luck = opened(folder), random.Random(7)
    before = session.store.events("first")
    for _ in range(count):
        assert_told(told(bad_words(session, luck)))
    assert session.store.events("first") == before
    assert session.store.sessions() == ["first"]


def wrong_drill_files(count):
    """A damage may leave a drill that is right; then it is read. What is not gets a sentence with the place."""
    luck, slips = random.Random(8), 0
    while slips < count:
        text = damaged(TEXT, luck)
        if luck.random() < 0.5:
            text = damaged(text, luck)
        sentence = told(lambda text=text: drill_from_text(text, "mine.yaml"))
        if sentence is not None:
            assert_told(sentence)
            assert all(line.startswith("mine.yaml") for line in sentence.split("\n"))
            slips += 1


def wrong_imports(folder, count):
    session = opened(folder)
    session.decide("red", "attempts", "two")
    session.resolve(is_forced=True)
    text, luck, store, kept = exported(session), random.Random(9), Store(folder / "other.sqlite"), []
    for number in range(count):
        broken = damaged(text, luck)
        if (
            is_signed := number % 2 == 1
        ):  # damaged with intent: the check sum fits, so that the content must be found wrong
            broken = signed(broken)
        if broken.split() == text.split():  # a blank lost or won at an end does no harm
            continue
        sentence = told(lambda broken=broken, number=number: imported(store, broken, f"try-{number:04}"))
        if sentence is None and is_signed:  # a letter of a title may be another and the session still be one
            kept.append(f"try-{number:04}")
        else:
            assert_told(sentence)
    assert store.sessions() == kept and len(kept) < count / 3


def signed(text):
    """The text with a check sum that fits it."""
    body = text.rpartition("\nsha256 ")[0] + "\n"
    return f"{body}sha256 {hashlib.sha256(body.encode()).hexdigest()}\n"


def test_a_hundred_malformed_decisions_drill_files_and_imports_are_told_and_change_nothing(tmp_path):
    for name in ("decisions", "imports"):
        (tmp_path / name).mkdir()
    wrong_decisions(tmp_path / "decisions", 40)
    wrong_drill_files(30)
    wrong_imports(tmp_path / "imports", 30)


@pytest.mark.soak
def test_a_thousand_malformed_decisions_are_told_and_change_nothing(tmp_path):
    wrong_decisions(tmp_path, 1000)


@pytest.mark.soak
def test_a_thousand_malformed_drill_files_are_told():
    wrong_drill_files(1000)


@pytest.mark.soak
def test_a_thousand_malformed_imports_are_told_and_keep_nothing(tmp_path):
    wrong_imports(tmp_path, 1000)
