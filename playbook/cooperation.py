"""What other departments can take off the team's hands (S5.2): e-signing, automatic reminders, a data interface."""

from playbook.rules import rule


@rule("S5.2.1")
def signing_mean_minutes(signing_minutes: float, e_signing_minutes: float, e_signing_share: float) -> float:
    """The minutes a signature takes on average, when a share of customers signs electronically.

    >>> [round(signing_mean_minutes(6, 3, share), 1) for share in (0, 0.8, 1)]
    [6, 3.6, 3]
    """
    return signing_minutes + e_signing_share * (e_signing_minutes - signing_minutes)


@rule("S5.2.1")
def reminder_mean_minutes(message_minutes: float, automatic_reminder_share: float) -> float:
    """The minutes of a person's time that a written reminder takes on average, when the system sends a share of them.

    >>> [reminder_mean_minutes(1, share) for share in (0, 0.75, 1)]
    [1, 0.25, 0]
    """
    return message_minutes * (1 - automatic_reminder_share)


@rule("S5.2.4")
def proposal_mean_minutes(proposal_minutes: float, look_up_share: float, data_interface_share: float) -> float:
    """The minutes a proposal takes on average, when an interface fetches what would be looked up by hand.

    `look_up_share` is the part of a proposal's minutes that goes into looking things up, `data_interface_share` the
    part of proposals for which the interface has what is needed.

    >>> [proposal_mean_minutes(20, 0.25, share) for share in (0, 0.5, 1)]
    [20.0, 17.5, 15.0]
    """
    return proposal_minutes * (1 - look_up_share * data_interface_share)


def freed_hours(pieces_count: float, minutes_before: float, minutes_after: float) -> float:
    """The hours that so many pieces of work take less; negative where the new way takes longer.

    >>> freed_hours(12_000, 6, 3.5), freed_hours(12_000, 6, 6.5)
    (500.0, -100.0)
    """
    return pieces_count * (minutes_before - minutes_after) / 60


def payback_years(
    project_cny: float, freed_hours_per_year: float, hour_cny: float, used_freed_time_share: float
) -> float | None:
    """The years after which a project has paid for itself by freed time; None where it never does.

    Freed minutes come in crumbs: only the part of them that is filled with other work is worth an hour's pay.

    >>> payback_years(60_000, 500, 60, 1), payback_years(60_000, 500, 60, 0.5)
    (2.0, 4.0)
    >>> payback_years(60_000, 0, 60, 0.5) is None
    True
    """
    saved_cny = freed_hours_per_year * hour_cny * used_freed_time_share
    return project_cny / saved_cny if saved_cny > 0 else None
