"""Changes during a run: which parameters the desk reads as it goes, so that they may change on a day of the run.

What is laid out before the run begins (the book, what customers bring and wish, which seats the team has) cannot.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from playbook.errors import InputError, did_you_mean

LIVE = {
    "allocation": (
        "discipline", "is_stopped", "has_key_tasks_first", "key_reading", "key_days", "has_task_card",
        "unclear_rework_share", "task_card_rework_factor", "task_card_minutes", "accumulating_points_per_hour",
        "accumulating_start_points", "idle_choice", "owner_choice", "owner_wait_minutes", "urgency_by_days_left_points",
        "tier_weight_factor", "line_weight_factor", "score_weight_share", "history_credibility_count",
    ),
    "monitoring": (
        "silence_limit_hours", "silence_clock", "silence_reading", "alert_minutes", "pre_alert_share",
        "pre_alert_minutes", "stand_up_minutes", "weekly_meeting_minutes", "weekly_meeting_weekday", "meeting_reading",
        "team_meeting_minutes",
    ),
    "feedback": (
        "enquiry_reply_hours", "enquiry_reply_clock", "complaint_reply_hours", "complaint_closing_days",
        "closing_extension_days", "closing_case", "graver_complaint_reply_hours", "severity_reading",
        "serious_from_cny", "dispute_partner", "call_back_limit_hours", "call_back_clock", "call_back_start",
        "call_back_caller", "call_back_role", "call_back_attempts_count", "call_back_minutes",
        "complaint_review_interval_months", "review_causes_count", "review_cut_share", "care_quotes_count",
        "care_window_days", "care_reading", "care_pause_days", "satisfaction_base_logit", "satisfaction_late_logit",
        "satisfaction_complaint_logit",
    ),
    "escalation": (
        "routine_solver", "urgent_solver", "major_solver", "complaint_reading", "answering_minutes",
        "issue_level_share", "issue_minutes", "issue_hours", "issue_clock", "may_owner_verify", "verification_minutes",
        "remedy_rejected_share", "library_effect_share", "library_half_count", "case_card_minutes",
        "case_session_minutes", "case_session_months",
    ),
    "roles": (
        "exception_minutes", "exception_days", "personal_review_minutes", "personal_review_months",
        "skills_test_minutes", "skills_test_months", "skills_mean_points", "skills_spread_points", "skills_pass_points",
        "coaching_minutes", "coaching_sessions_count", "coaching_gain_share", "coaching_ceiling_factor",
    ),
    "quality": ("inspected_share", "recognised_share", "found_after_days", "inspection_minutes", "tightened_factor"),
    "risk": (
        "violation_share", "slip_noticed_share", "slip_noticed_after_days", "slip_complaint_share",
        "slip_cancellation_share", "cancellation_window_days", "response_by_channel_share",
    ),
    "training": ("training_error_cut_share", "training_half_life_days", "module_minutes"),
    "improvement": ("automated_entry_share", "automation_prevents_share"),
    "cooperation": (
        "automatic_reminder_share", "look_up_share", "data_interface_share", "outside_hours", "outside_clock",
    ),
    "careers": (
        "placements_per_year_count", "placement_delay_cut_share", "has_mentors", "mentees_per_mentor_count",
        "mentoring_minutes", "placement_days",
    ),
    "people": (
        "shift_end", "absence_share", "leave_days", "break_minutes", "unmodelled_shrinkage_share",
        "standing_work_hours", "standing_block_minutes", "speed_factor", "contact_skill_factor",
        "other_line_speed_factor", "other_line_skill_factor", "leaving_per_year_share", "fill_days", "newcomer_grade",
        "resigned_count", "long_away_days",
    ),
    "demand": (
        "answer_share", "unanswered_limit_count", "unanswered_gap_days", "next_conversation_days", "talk_minutes",
        "talk_variation_factor", "wrap_up_minutes", "unanswered_minutes", "proposal_minutes",
        "proposal_variation_factor", "entry_minutes", "entry_limit_days", "entry_error_share", "rework_minutes",
        "care_minutes", "care_days", "win_back_share", "win_back_after_days", "cancellation_minutes",
        "complaint_contested_share", "complaint_outside_share", "complaint_claim_mean_cny",
        "complaint_claim_variation_factor", "complaint_surge_per_policy", "requote_share", "requote_minutes",
        "signing_minutes", "e_signing_minutes", "e_signing_share", "message_minutes", "message_batch_count",
        "enquiry_minutes", "enquiry_variation_factor", "enquiry_patience_minutes", "complaint_after_breach_share",
        "complaint_minutes", "complaint_variation_factor",
    ),
    "decision": (
        "contact_effect_logit", "further_contact_factor", "timing_weight_by_days_left_factor", "late_reply_logit",
        "silence_logit", "complaint_logit", "complaint_recovered_share", "care_logit", "slip_logit",
        "win_back_renews_share", "cancellation_share", "campaign_logit", "rate_change_share",
    ),
    "structure": (
        "specialist_speed_factor", "has_rotation", "rotation_reading", "rotation_dip_share", "rotation_dip_days",
        "cross_skill_share", "handover_minutes", "ramp_start_factor", "ramp_days", "mentored_ramp_factor",
    ),
    "incentives": (
        "effort_gain_most_share", "effort_scale_cny", "effort_speed_share", "effort_contact_share", "effort_slip_share",
        "goal_gradient_share", "give_up_share", "coasting_share", "cherry_picking_count", "recognition_effort_share",
        "has_rank_feedback", "rank_feedback_factor",
    ),
    "sharing": (
        "one_to_one_new_months", "one_to_one_attainment_share", "one_to_one_interval_days", "one_to_one_minutes",
    ),
}  # fmt: skip
NAMES = tuple(f"{chapter}.{name}" for chapter, names in LIVE.items() for name in names)


@dataclass(frozen=True)
class DatedChange:
    """Parameters that change on a day of the run, counted from the first measured one (0), or on the first open day after it;
    at the opening, before whatever else happens then, or so many working hours after it."""

    day: int
    changes: Mapping[str, Any]
    after_hours: float = 0.0


def check_live(changes: Iterable[str]) -> None:
    """InputError where a parameter cannot change during a run."""
    for name in changes:
        if not any(name == each or name.startswith(f"{each}.") for each in NAMES):
            raise InputError(
                f"{name} is read before a run begins and cannot change on a day of it{did_you_mean(name, NAMES)}; what can: "
                + ", ".join(f"{chapter} ({', '.join(names)})" for chapter, names in LIVE.items())
            )
