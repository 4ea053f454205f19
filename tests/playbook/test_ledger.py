"""The ledger and the cards are read off the tree."""

import ast
from pathlib import Path

import pytest

from playbook.cards import Item, card, items, rules, sections
from playbook.documents import checked
from playbook.errors import InputError
from playbook.ledger import Entry, compared_items, desk_names, ledger, names_used, played_items

ENTRIES = {entry.id: entry for entry in ledger()}


def test_the_handbook_has_84_items_in_18_sections():
    assert len(items()) == 84
    assert len({item.section for item in items().values()}) == 18


def test_every_rule_and_every_heading_names_an_item_of_the_handbook():
    named = {item for rule in rules() for item in rule.items} | set(sections())
    assert named <= set(items())


@pytest.mark.parametrize("item", list(items()))
def test_every_item_has_a_heading(item):
    assert item in sections(), f"no chapter has a heading for {item} {items()[item].title}"


@pytest.mark.parametrize("item", list(sections()))
def test_a_heading_claims_exactly_the_legs_that_stand(item):
    claimed, _ = sections()[item]
    assert claimed == set(ENTRIES[item].has)


@pytest.mark.parametrize("item", list(sections()))
def test_a_leg_that_is_missing_is_owed_to_a_named_capability(item):
    entry = ENTRIES[item]
    assert list(entry.owed_to) == entry.owed, f"{item} lacks {entry.owed}; name a capability under `later`, or make it"


@pytest.mark.parametrize("item", list(items()))
def test_a_leg_that_stands_is_not_said_to_come_later(item):
    assert not ENTRIES[item].stale, f"take {ENTRIES[item].stale} out of {item}'s `later`: it stands"


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.__name__)
def test_a_rule_is_called_by_a_test_of_its_own(rule):
    text = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    called = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)} | {
        node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)
    }
    assert rule.__name__ in called


@pytest.mark.parametrize(
    ("later", "says"),
    [({"b": "some day"}, "later.b: Input should be 'full desk'"), ({"a": "drills"}, "the item has no leg a")],
)
def test_a_later_leg_names_a_known_capability_and_a_leg_of_the_item(later, says):
    fields = {"chapter": "roles", "section": "S1.1", "legs": ["b", "c"], "term": "续保顾问", "title": "Consultant"}
    with pytest.raises(InputError, match=says):
        checked(fields | {"later": later}, Item, "items.yaml: S1.1.1a")


def test_equal_words_do_not_make_a_leg_stand():
    source = '''
from playbook.monitoring import has_alert
from simulation.elsewhere import silence_runs

def priority(row):
    """Says what allocation.tier_weight_factor is."""
    row.alert_minutes = row.silence_limit_hours
    return silence_runs(row), f"feedback.enquiry_reply_hours: {row}"
'''
    assert list(names_used(source)) == []


def test_a_function_handed_on_or_reached_through_its_module_is_used():
    source = "from playbook import monitoring\nfrom playbook.allocation import priority as key\n"
    source += "order = sorted(rows, key=key)\nlate = monitoring.has_alert(1, 2)\n"
    assert set(names_used(source)) == {
        "playbook.allocation.priority",
        "playbook.monitoring.has_alert",
        "playbook.monitoring",
    }


def test_the_desk_uses_these_and_not_those():
    assert {"playbook.allocation.priority", "allocation.line_weight_factor", "monitoring.alert_minutes"} <= desk_names()
    assert not {"playbook.incentives.year_reward_cny", "incentives.appeal_window_days"} & desk_names()


def test_a_scenario_that_differs_from_its_base_puts_its_items_on_trial():
    assert {"S1.2.1b", "S1.2.1d"} <= compared_items() <= set(items())


def test_a_finished_item_owes_nothing_and_another_says_to_what():
    assert ENTRIES["S1.3.2a"].owed == [] and ENTRIES["S1.3.2a"].state == "complete"
    owing = Entry("S0.0.0", "An item", "chapter", ("a", "b"), ("a",), {"b": "own data"})
    assert owing.owed_to == {"b": "own data"} and owing.state == "owes b to own data"


def test_an_item_that_a_shipped_drill_plays_is_simulated_and_a_paper_audit_plays_none():
    assert {"S4.3.1", "S4.3.3", "S4.3.4"} <= played_items() <= set(items())
    assert "S4.1.2" not in played_items()
    assert ENTRIES["S4.3.1"].state == ENTRIES["S4.3.4"].state == "complete"


def test_a_card_holds_prose_values_and_functions():
    text = card("S2.2.3a").text()
    assert "silence_limit_hours = 48" in text and "silence_deadline" in text and "异常预警机制" in text


def test_an_unknown_item_is_told_with_the_nearest():
    with pytest.raises(InputError, match=r"did you mean 'S3\.3\."):
        card("S3.3")
