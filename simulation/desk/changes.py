"""Changes during a run: which parameters the desk reads as it goes, so that they may change on a day of the run.

What is laid out before the run begins (the book, what customers bring and wish, which seats the team has) cannot.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from playbook.errors import InputError, did_you_mean

LIVE = {
    "allocation": (
        "discipline", "accumulating_points_per_hour", "accumulating_start_points", "idle_choice", "owner_choice",
        "owner_wait_minutes", "urgency_by_days_left_points", "tier_weight_factor", "line_weight_factor",
        "score_weight_share", "history_credibility_count",
    ),
    "monitoring": (
        "silence_limit_hours", "silence_clock", "silence_reading", "alert_minutes",
        "stand_up_minutes", "weekly_meeting_minutes", "weekly_meeting_weekday", "meeting_reading", "team_meeting_minutes",
    ),
    "feedback": (
        "enquiry_reply_hours", "enquiry_reply_clock", "complaint_reply_hours", "complaint_closing_days",
    ),
    "people": (
        "shift_end", "absence_share", "leave_days", "break_minutes", "unmodelled_shrinkage_share", "standing_work_hours",
        "standing_block_minutes", "speed_factor", "contact_skill_factor", "other_line_speed_factor",
        "other_line_skill_factor", "leaving_per_year_share", "fill_days", "newcomer_grade", "resigned_count",
        "long_away_days",
    ),
    "structure": (
        "specialist_speed_factor", "has_rotation", "rotation_reading", "rotation_dip_share", "rotation_dip_days",
        "cross_skill_share", "handover_minutes", "ramp_start_factor", "ramp_days", "mentored_ramp_factor",
    ),
    "careers": (
        "has_mentors", "mentees_per_mentor_count", "mentoring_minutes", "placements_per_year_count", "placement_days",
    ),
    "training": ("module_minutes",),
    "roles": (
        "personal_review_minutes", "personal_review_months", "skills_test_minutes", "skills_test_months",
        "skills_mean_points", "skills_spread_points", "skills_pass_points", "coaching_minutes", "coaching_sessions_count",
        "coaching_gain_share", "coaching_ceiling_factor",
    ),
    "sharing": (
        "one_to_one_new_months", "one_to_one_attainment_share", "one_to_one_interval_days", "one_to_one_minutes",
    ),
    "escalation": ("case_session_minutes", "case_session_months"),
    "demand": (
        "answer_share", "unanswered_limit_count", "unanswered_gap_days", "next_conversation_days", "talk_minutes",
        "talk_variation_factor", "wrap_up_minutes", "unanswered_minutes", "proposal_minutes", "proposal_variation_factor",
        "entry_error_share", "rework_minutes", "requote_share", "requote_minutes", "signing_minutes", "e_signing_minutes",
        "e_signing_share", "message_minutes", "message_batch_count", "enquiry_minutes", "enquiry_variation_factor",
        "enquiry_patience_minutes", "complaint_after_breach_share", "complaint_minutes", "complaint_variation_factor",
    ),
    "decision": (
        "contact_effect_logit", "further_contact_factor", "timing_weight_by_days_left_factor", "late_reply_logit",
        "silence_logit", "complaint_logit", "complaint_recovered_share",
    ),
}  # fmt: skip
NAMES = tuple(f"{chapter}.{name}" for chapter, names in LIVE.items() for name in names)


@dataclass(frozen=True)
class DatedChange:
    """Parameters that change at the opening of the first open day on or after a day, counted from the first measured one
    (0); whatever else happens at that moment comes after."""

    day: int
    changes: Mapping[str, Any]


def check_live(changes: Iterable[str]) -> None:
    """InputError where a parameter cannot change during a run."""
    for name in changes:
        if not any(name == each or name.startswith(f"{each}.") for each in NAMES):
            raise InputError(
                f"{name} is read before a run begins and cannot change on a day of it{did_you_mean(name, NAMES)}; what can: "
                + ", ".join(f"{chapter} ({', '.join(names)})" for chapter, names in LIVE.items())
            )
