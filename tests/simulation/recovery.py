"""Experiments of recovery: a desk with known parameters writes its log, and what is fitted to it is held against them."""

from pathlib import Path

import numpy as np

from playbook.parameters import Parameters
from simulation.desk.book import make_book
from simulation.desk.team import read_structure
from simulation.study.calibrate import Calibration, calibrate
from simulation.study.event_log import write_event_log, write_policies
from simulation.study.replicate import run_record
from simulation.study.scenario import Setting
from simulation.study.team_map import read_team_mapping
from simulation.study.team_records import TeamRecords, read_team_records

TRUE = {  # parameters that an experiment draws anew, between these bounds
    "demand.answer_share": (0.25, 0.5),
    "demand.talk_minutes": (3.0, 7.0),
    "demand.talk_variation_factor": (0.7, 1.3),
    "demand.requote_share": (0.1, 0.4),
    "demand.next_conversation_days": (3.0, 9.0),
    "demand.enquiries_per_policy": (0.3, 0.9),
    "demand.enquiry_out_of_hours_share": (0.1, 0.4),
    "demand.enquiry_minutes": (3.0, 8.0),
    "demand.enquiry_variation_factor": (0.8, 1.5),
    "demand.enquiry_patience_minutes": (300.0, 1500.0),
    "demand.requote_minutes": (2.0, 8.0),
    "demand.entry_minutes": (1.0, 6.0),
    "demand.care_minutes": (5.0, 15.0),
    "demand.day_spread_factor": (0.1, 0.5),
    "demand.proposal_variation_factor": (0.3, 0.8),
    "people.ability_variation_factor": (0.1, 0.3),
    "decision.price_slope_logit": (-4.0, -1.0),
    "decision.tenure_year_logit": (0.0, 0.2),
    "decision.instalment_logit": (0.0, 0.9),
    "people.speed_factor.junior": (0.7, 1.0),
    "people.speed_factor.expert": (1.0, 1.4),
    "book.renews_alone_share.motor": (0.05, 0.4),
}  # fmt: skip
ALSO = ("demand.proposal_minutes.A", "demand.proposal_minutes.B", "demand.signing_minutes", "demand.rework_minutes",
        "feedback.call_back_minutes", "roles.exception_minutes", "demand.unanswered_minutes")  # fmt: skip
SIZE = {"book.policies_count": 3000, "staffing.policies_per_consultant_count": 300}


def true_parameters(seed: int) -> Parameters:
    """The parameters of one experiment."""
    generator = np.random.default_rng(seed)
    drawn = {name: float(generator.uniform(low, high)) for name, (low, high) in TRUE.items()}
    return Parameters.load().changed(SIZE | drawn)


def exported(parameters: Parameters, folder: Path, seed: int, team: str = "pooled") -> TeamRecords:
    """A run of the desk, written as a team's files and read again, in the knowledge of nothing but the handbook."""
    record = run_record(Setting("truth", parameters, read_structure(team), make_book(parameters)), seed, 0)
    write_event_log(record, folder / "log.parquet")
    write_policies(record, folder / "policies.parquet")
    files = folder / "policies.parquet", folder / "log.parquet"
    return read_team_records(*files, read_team_mapping("desk"), Parameters.load())


def recovered(found: Calibration, truth: Parameters) -> dict[str, bool]:
    """Whether the interval of each fitted parameter holds the true value."""
    names = [name for name in (*TRUE, *ALSO) if name in found.fits and name not in found.kept]
    return {name: found.fits[name].holds(truth.value_at(name)) for name in names}


def experiment(seed: int, folder: Path) -> tuple[dict[str, bool], Calibration, Parameters]:
    """One experiment: true values, what was fitted, and which intervals hold."""
    truth = true_parameters(seed)
    found = calibrate(exported(truth, folder, seed))
    return recovered(found, truth), found, truth
