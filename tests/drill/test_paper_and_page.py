"""The kit for paper and the debrief's page: whole, in words, and what participants get holds no spoiler."""

import json
import re
from pathlib import Path

import pytest
import yaml

from playbook.errors import InputError
from simulation.drill.check import read_drill
from simulation.drill.debrief import compared, debrief
from simulation.drill.session import open_session
from simulation.drill.store import Store
from simulation.study.scenario import read_scenario
from simulation.view.debrief_page import write_debrief

SMALL = Path(__file__).with_name("small.yaml")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Two played sessions, and the page of the first beside the second."""
    folder = tmp_path_factory.mktemp("debrief")
    store = Store(folder / "drills.sqlite")
    sessions = [open_session(store, str(SMALL), name) for name in ("first", "second")]
    for session in sessions:
        session.join("red <b>", "Anna")
        session.predict("red <b>", 0.1, 0.0, 0.5)
        session.decide("red <b>", "order", "due")
        for _ in range(3):
            session.resolve(is_forced=True)
    sessions[0].promise("Write the plan <now>", "Cora", "2026-02-28")
    counts = {"score_seeds": 2, "branch_seeds": 2}
    two = compared(*sessions, score_seeds=2)
    write_debrief(folder / "out", sessions[0], debrief(sessions[0], **counts), two, "a test")
    return folder / "out"


def test_the_debriefs_page_opens_alone_and_tells_all_its_parts(written):
    page = (written / "debrief.html").read_text(encoding="utf-8")
    parts = ["SECRET-CAUSE-DOWN", "SECRET-QUESTION-DOWN", "SECRET-ROBOT-PAR", "Which turns decided?", "Emergency drill"]
    parts += ["Write the plan &lt;now&gt;", "2026-02-28", "Two sessions of the same drill", "Turn 1", "inside"]
    for words in parts:
        assert words in page, words
    assert "<b>" not in page.replace("<body>", "") and not re.search(r"https?://", page)
    images = re.findall(r"<img [^>]*>", page)
    assert images and all(re.search(r'alt="[^"]{20,}', each) for each in images)
    assert page.count("<table>") > len(images), "each picture has its numbers beside it"


def test_beside_the_page_lie_the_scores_and_a_scenario_file_that_can_be_run(written):
    numbers = json.loads((written / "debrief.json").read_text())
    assert numbers["turns"] == 3 and "red <b>" in numbers["teams"]
    scenario = read_scenario(str(written / "what_if_1.yaml"))
    assert scenario.changes["allocation.discipline.follow_up"] == "earliest_due"
    assert scenario.changes["book.policies_count"] == 400


def test_the_kit_is_printed_and_participants_sheets_hold_no_spoiler(tmp_path):
    pytest.importorskip("typst")
    pypdf = pytest.importorskip("pypdf")
    from simulation.view.drill_kit import write_kit

    written = write_kit(tmp_path / "kit", "small", read_drill(str(SMALL)))
    text = {
        path.name: " ".join("".join(page.extract_text() for page in pypdf.PdfReader(path).pages).split())
        for path in written
    }
    assert all(path.read_bytes().startswith(b"%PDF") for path in written)
    secrets = [
        each for each in re.findall(r"(?:SECRET|TEXT|TITLE)-[A-Z-]+", SMALL.read_text()) if "SENSIBLE" not in each
    ]
    for each in secrets:
        assert each in text["1_facilitator.pdf"], each
        for name in list(text)[1:]:
            assert each not in text[name], f"{each} in {name}"
    assert "Team leader" in text["2_participants.pdf"] and "costs 1.5 points a turn" in text["3_decision_cards.pdf"]
    assert "Keeps calm" in text["4_to_fill_in.pdf"] and "Run sheet: Half a day" in text["1_facilitator.pdf"]
    assert len(pypdf.PdfReader(written[1]).pages) == len(yaml.safe_load(SMALL.read_text())["roles"])
    write_kit(tmp_path / "kit", "small", read_drill(str(SMALL)))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="something else than a kit"):
        write_kit(tmp_path / "mine", "small", read_drill(str(SMALL)))
