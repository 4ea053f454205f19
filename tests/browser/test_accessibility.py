"""axe-core finds nothing in what we write, with the network off; every picture has its words beside it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from markupsafe import Markup

from simulation.study.answers import answers
from simulation.study.compare import compare
from simulation.study.scenario import read_scenario
from simulation.view import tables
from simulation.view.report import answer_page, comparison_page

TINY = {"book.policies_count": 300, "staffing.policies_per_consultant_count": 300, "experiment.measured_days": 60,
        "experiment.warm_in_days": 30}  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A page of a run and one of a comparison."""
    folder = tmp_path_factory.mktemp("pages")
    found = answers([read_scenario("handbook"), read_scenario("two_groups")], TINY, None, None, 3, 1, 1)
    base, other = found
    rows = {other.scenario.title: compare(base.replications, other.replications, base.scenario.deciding, 0.95)}
    cases = tables.cases_frame({each.scenario.title: each.replications for each in found}, base.scenario.deciding, 0.95)
    record = base.record | {"confidence": 0.95}
    answer_page(folder / "run.html", base)
    comparison_page(folder / "comparison.html", "Does it pay?", base.scenario.title, rows, {}, cases, record)
    return folder


@pytest.mark.parametrize("name", ["run", "comparison"])
def test_axe_finds_nothing_in_a_report_that_is_opened_with_the_network_off(chromium, pages, name):
    context = chromium.new_context(offline=True)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((pages / f"{name}.html").as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert violations(page) == []
    assert page.locator("img:not([alt])").count() == 0 and page.locator("img").count() >= 1
    assert page.locator("table").count() >= 2
    context.close()


def test_axe_finds_what_is_wrong(chromium, tmp_path):
    (tmp_path / "bad.html").write_text(Markup("<html><body><img src='x.png'><input></body></html>"))
    page = chromium.new_page()
    page.goto((tmp_path / "bad.html").as_uri())
    assert any("image-alt" in each for each in violations(page))
    page.close()


def violations(page) -> list[str]:
    """What axe-core holds against a page: the rule and where."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]
