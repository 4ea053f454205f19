"""Careers over years: people are conserved, switches that are off change nothing, and what is given decides what pays."""

from dataclasses import replace

import pytest

from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.structure import GRADES
from simulation.study.careers import POLICIES, break_even_pay_share, career, career_table

EDITION = Parameters.load()
STILL = EDITION.changed(
    {"people.leaving_per_year_share": dict.fromkeys(GRADES, 0), "careers.certified_per_year_share": 0}
)


@pytest.mark.parametrize("name", POLICIES)
def test_nobody_is_lost_heads_and_empty_posts_sum_to_the_team(name):
    for month in career(EDITION, POLICIES[name], 10, 2).months:
        assert sum(month.heads.values()) + month.vacant == pytest.approx(10)


def test_where_nobody_leaves_or_grows_the_team_stays_and_costs_its_pay():
    found = career(STILL, POLICIES["nobody grows"], 10, 1)
    steps = EDITION.careers.certificate_pay_share
    pay = 110_000 * (4 + 4 * (1 + steps["intermediate"]) + 2 * (1 + steps["advanced"]))
    assert found.cost_cny == pytest.approx(pay)
    assert found.grade_mix_share == pytest.approx({"junior": 0.4, "senior": 0.4, "expert": 0.2})
    assert sum(month.hired for month in found.months) == 0


def test_leaving_takes_the_published_share_of_a_year():
    changes = {
        "people.leaving_per_year_share": dict.fromkeys(GRADES, 0.30),
        "people.fill_days": 365,
        "careers.certified_per_year_share": 0,
    }
    found = career(EDITION.changed(changes), POLICIES["nobody grows"], 10, 1)
    assert sum(found.months[-1].heads.values()) == pytest.approx(10 * 0.7)


def test_growing_is_nothing_where_nobody_is_certified_and_prospects_keep_nobody():
    off = EDITION.changed({"careers.certified_per_year_share": 0, "careers.prospect_leaving_factor": 1})
    grown, none = (career(off, POLICIES[name], 10, 3) for name in ("grown alone", "nobody grows"))
    assert grown.cost_cny == pytest.approx(none.cost_cny) and grown.work_years == pytest.approx(none.work_years)


def test_a_team_that_grows_nobody_turns_junior_and_one_that_grows_does_not():
    none, grown = (career(EDITION, POLICIES[name], 10, 3).grade_mix_share for name in ("nobody grows", "grown alone"))
    assert none["junior"] > 0.7 and grown["junior"] < none["junior"] and grown["expert"] > none["expert"]


def test_mentors_give_time_and_newcomers_gain_it():
    free = EDITION.changed({"careers.mentoring_minutes": {"newcomer": 0, "settled": 0}})
    alone, mentored = (career(free, POLICIES[name], 10, 3) for name in ("grown alone", "grown with mentors"))
    assert mentored.work_years > alone.work_years
    useless = EDITION.changed({"structure.mentored_ramp_factor": 1})
    assert career(useless, POLICIES["grown with mentors"], 10, 3).work_years < alone.work_years


def test_placements_cost_their_days_and_nothing_else():
    with_them, without = (
        career(EDITION, POLICIES[name], 10, 1) for name in ("grown with placements", "grown with mentors")
    )
    assert with_them.work_years == pytest.approx(without.work_years * (1 - 2 * 20 / (10 * 248)))
    assert with_them.cost_cny == without.cost_cny


def test_a_certificate_that_only_finds_out_who_is_fast_is_paid_for_nothing():
    only_found_out = EDITION.changed({"careers.certified_speed_share": 0, "careers.prospect_leaving_factor": 1})
    grown, none = (career(only_found_out, POLICIES[name], 10, 3) for name in ("grown alone", "nobody grows"))
    assert grown.cost_per_work_year_cny > none.cost_per_work_year_cny


def test_the_break_even_step_is_where_both_cost_the_same():
    step = break_even_pay_share(EDITION, 10, 1)
    ratio = EDITION.careers.certificate_pay_share["intermediate"] / EDITION.careers.certificate_pay_share["advanced"]

    def costs(share):
        steps = {"junior": 0, "intermediate": ratio * share, "advanced": share}
        changed = EDITION.changed({"careers.certificate_pay_share": steps})
        grown = career(changed, POLICIES["grown with mentors"], 10, 1)
        return grown.cost_per_work_year_cny - career(EDITION, POLICIES["nobody grows"], 10, 1).cost_per_work_year_cny

    assert costs(step) <= 0 < costs(step + 0.002)


def test_growing_that_cannot_pay_has_no_break_even():
    changes = {"careers.certified_speed_share": 0, "careers.prospect_leaving_factor": 1.5}
    assert break_even_pay_share(EDITION.changed(changes), 10, 1) is None


def test_the_team_for_a_desk_sums_to_one_and_is_accepted():
    mix = career(EDITION, POLICIES["grown alone"], 10, 3).grade_mix_share
    assert sum(mix.values()) == pytest.approx(1)
    assert EDITION.changed({"people.grade_mix_share": mix}).people.grade_mix_share["senior"] == mix["senior"]


def test_the_table_has_a_row_a_policy_and_counts_that_are_none_are_refused():
    assert [row["policy"] for row in career_table(EDITION, 10, 1)] == list(POLICIES)
    with pytest.raises(InputError, match="both must be at least 1"):
        career(EDITION, replace(POLICIES["grown alone"]), 0, 1)
