"""The ledger and the cards are read off the tree."""

import pytest

from playbook.cards import card, items, rules, sections
from playbook.errors import InputError
from playbook.ledger import ledger


def test_the_handbook_has_84_items_in_18_sections():
    assert len(items()) == 84
    assert len({item.section for item in items().values()}) == 18


def test_every_rule_and_every_heading_names_an_item_of_the_handbook():
    named = {item for rule in rules() for item in rule.items} | set(sections())
    assert named <= set(items())


def test_no_heading_claims_a_leg_that_does_not_stand():
    entries = {entry.id: entry for entry in ledger()}
    for item, (claimed, _) in sections().items():
        legs = set(entries[item].legs)
        assert claimed <= legs | {"c"}, item


def test_a_finished_item_owes_nothing_and_a_written_one_what_the_desk_does_not_act_out():
    entries = {entry.id: entry for entry in ledger()}
    assert entries["S1.3.2a"].owed == []
    assert entries["S3.3.3"].owed == ["b"]
    assert entries["S6.3.1"].owed == ["b"]


def test_a_card_holds_prose_values_and_functions():
    text = card("S2.2.3a").text()
    assert "silence_limit_hours = 48" in text and "silence_deadline" in text and "异常预警机制" in text


def test_an_unknown_item_is_told_with_the_nearest():
    with pytest.raises(InputError, match=r"did you mean 'S3\.3\."):
        card("S3.3")
