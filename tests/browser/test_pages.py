"""The pages without code in a browser: a form is moved, runs come in, and what was done is there again after a reload."""

import pytest


@pytest.fixture
def staffing(page, served):
    """The page about staffing with its panel on it."""
    address, _ = served
    page.goto(f"{address}voila/render/01_staffing.ipynb")
    page.wait_for_selector(".rp-panel")
    return page


def badge(page, says):
    """Wait until the answer says so."""
    page.wait_for_selector(f".rp-badge:text-is('{says}')")


def test_the_first_page_has_a_card_for_each_question_and_leads_to_it(page, served):
    page.goto(served[0])
    assert "Renewal Playbook" in page.title()
    assert page.locator(".pb-cards a").count() >= 6
    assert page.locator(".pb-cards a").first.get_attribute("href") == "voila/render/01_staffing.ipynb"


def test_a_slider_moves_the_number_beside_it_and_apply_changes_the_verdict(staffing):
    badge(staffing, "final")
    before = staffing.locator(".rp-verdict h2").inner_text()
    handle = staffing.get_by_role("slider", name="Policies for each consultant")
    box = staffing.get_by_role("spinbutton", name="Policies for each consultant, policies")
    handle.focus()
    for _ in range(3):
        staffing.keyboard.press("PageUp")
    staffing.wait_for_function("node => Number(node.value) > 300", arg=box.element_handle())
    staffing.get_by_role("button", name="Apply").click()
    staffing.wait_for_function(f"document.querySelector('.rp-verdict h2').innerText != {before!r}")
    badge(staffing, "final")
    assert "Baseline" in staffing.locator(".rp-verdict h2").inner_text()
