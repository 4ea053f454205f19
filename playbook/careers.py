"""Careers (S4.2): certificates and their pay, two ladders as one (Q10), placements, mentors, and getting up to speed."""

from collections.abc import Callable, Mapping, Sequence

from playbook.errors import InputError, chosen, did_you_mean
from playbook.rules import rule
from playbook.structure import GRADES

CERTIFICATES = ("junior", "intermediate", "advanced")


def _rung(name: str, ladder: Sequence[str], what: str) -> int:
    """The place of a name on a ladder, from 0; InputError offers the nearest name."""
    if name not in ladder:
        raise InputError(f"unknown {what} {name!r}{did_you_mean(name, ladder)}")
    return ladder.index(name)


# Reading Q10: the grade that follows from the grade held and the certificate held, both as places on their ladders.
LADDERS: dict[str, Callable[[int, int], int]] = {
    "one_to_one": lambda grade, certificate: certificate,
    "certificate_needed": lambda grade, certificate: min(grade, certificate),
    "apart": lambda grade, certificate: grade,
}


@rule("S4.2.1")
def grade_after(grade: str, certificate: str, ladder_reading: str) -> str:
    """The grade of somebody who holds this grade and this certificate, under each reading of Q10.

    `one_to_one`: the certificate gives the grade. `certificate_needed`: a grade is held only with its certificate, and
    the certificate alone promotes nobody. `apart`: the certificate is paid for and changes no grade.

    >>> [grade_after("junior", "advanced", reading) for reading in ("one_to_one", "certificate_needed", "apart")]
    ['expert', 'junior', 'junior']
    >>> [grade_after("expert", "intermediate", reading) for reading in ("one_to_one", "certificate_needed", "apart")]
    ['senior', 'senior', 'expert']
    """
    places = _rung(grade, GRADES, "grade"), _rung(certificate, CERTIFICATES, "certificate")
    return GRADES[chosen("careers.ladder_reading", LADDERS, ladder_reading)(*places)]


@rule("S4.2.1")
def has_earned(
    certificate: str,
    held_certificate: str,
    test_points: Mapping[str, float],
    service_years: float,
    certificate_pass_points: float,
    certificate_from_years: Mapping[str, float],
) -> bool:
    """Whether somebody earns a certificate: the next one up, after its years, with every test passed.

    A good test does not make up for a failed one.

    >>> years = {"junior": 0, "intermediate": 1, "advanced": 3}
    >>> [has_earned("intermediate", "junior", {"terms": 95, "underwriting": points}, 1, 80, years)
    ...  for points in (79, 80, 81)]
    [False, True, True]
    >>> [has_earned("intermediate", "junior", {"terms": 95}, service, 80, years) for service in (0.9, 1.0)]
    [False, True]
    >>> has_earned("advanced", "junior", {"terms": 95}, 5, 80, years)
    False
    """
    wanted, held = _rung(certificate, CERTIFICATES, "certificate"), _rung(held_certificate, CERTIFICATES, "certificate")
    if not test_points:
        raise InputError(f"test_points is empty: a certificate ({certificate}) needs at least one test")
    has_passed = min(test_points.values()) >= certificate_pass_points
    return wanted == held + 1 and has_passed and service_years >= certificate_from_years[certificate]


@rule("S4.2.1")
def certified_pay_cny(pay_cny: float, certificate: str, certificate_pay_share: Mapping[str, float]) -> float:
    """Pay with the step of the certificate held.

    >>> steps = {"junior": 0, "intermediate": 0.08, "advanced": 0.18}
    >>> [round(certified_pay_cny(100_000, certificate, steps)) for certificate in CERTIFICATES]
    [100000, 108000, 118000]
    """
    return pay_cny * (1 + certificate_pay_share[certificate])


@rule("S4.2.2")
def outside_delay_hours(delay_hours: float, returned_heads_count: int, placement_delay_cut_share: float) -> float:
    """How long another department takes over a case of ours, once so many people of the team have worked there.

    Each of them takes the same share off what is left.

    >>> [outside_delay_hours(24, heads, 0.25) for heads in (0, 1, 2)]
    [24.0, 18.0, 13.5]
    """
    return delay_hours * (1.0 - placement_delay_cut_share) ** returned_heads_count


@rule("S4.2.2")
def placement_cost_share(
    placements_per_year_count: int, placement_days: float, heads_count: int, working_days: float
) -> float:
    """The part of the team's working days that its placements elsewhere take in a year.

    >>> placement_cost_share(2, 20, 10, 250)
    0.016
    """
    return placements_per_year_count * placement_days / (heads_count * working_days)


@rule("S4.2.3")
def mentor_seats(grades: Sequence[str], mentees_per_mentor_count: int) -> list[int | None]:
    """For each person the place of their mentor in the list, None where there is none.

    A mentor is of a higher grade and has no more mentees than allowed. The lowest grades choose first; among those who
    may mentor, the nearest grade and then the fewest mentees decide, so that experts stay free for seniors.

    >>> mentor_seats(["junior", "junior", "senior", "expert"], 2)
    [2, 2, 3, None]
    >>> mentor_seats(["junior", "junior", "junior", "senior"], 2)
    [3, 3, None, None]
    """
    places = [_rung(grade, GRADES, "grade") for grade in grades]
    mentees = [0] * len(places)
    mentors: list[int | None] = [None] * len(places)
    for seat in sorted(range(len(places)), key=lambda seat: places[seat]):
        free = [
            other
            for other, place in enumerate(places)
            if place > places[seat] and mentees[other] < mentees_per_mentor_count
        ]
        if free:
            mentor = min(free, key=lambda other: (places[other], mentees[other]))
            mentors[seat] = mentor
            mentees[mentor] += 1
    return mentors


@rule("S4.2.3")
def ramp_loss_days(has_mentor: bool, ramp_start_factor: float, ramp_days: float, mentored_ramp_factor: float) -> float:
    """The whole days of full speed that a new person falls short of until up to speed.

    >>> ramp_loss_days(False, 0.5, 240, 0.75), ramp_loss_days(True, 0.5, 240, 0.75)
    (60.0, 45.0)
    """
    days = ramp_days * (mentored_ramp_factor if has_mentor else 1)
    return days * (1 - ramp_start_factor) / 2


@rule("S1.2.3c", "S4.2.3")
def mentoring_share(
    mentees_by_stage: Mapping[str, int], mentoring_minutes: Mapping[str, float], paid_hours_per_week: float
) -> float:
    """The part of a mentor's paid week that the mentees take, each by stage: newcomers more than those settled.

    >>> minutes = {"newcomer": 240, "settled": 15}
    >>> [mentoring_share({"newcomer": newcomers}, minutes, 40) for newcomers in (0, 1, 2)]
    [0.0, 0.1, 0.2]
    >>> mentoring_share({"newcomer": 1, "settled": 4}, minutes, 40)
    0.125
    """
    minutes = sum(
        count * chosen("careers.mentoring_minutes", mentoring_minutes, stage)
        for stage, count in mentees_by_stage.items()
    )
    return minutes / (paid_hours_per_week * 60)


@rule("S1.2.3c", "S4.2.3")
def mentoring_balance_days(
    mentoring_minutes: Mapping[str, float],
    paid_hours_per_week: float,
    ramp_start_factor: float,
    ramp_days: float,
    mentored_ramp_factor: float,
) -> float:
    """Days of settled work that a mentor gains for the team by a newcomer's faster growth, less those of their own.

    >>> [mentoring_balance_days({"newcomer": minutes}, 40, 0.5, 200, 0.75) for minutes in (0, 120, 240)]
    [12.5, 5.0, -2.5]
    """
    ramp = ramp_start_factor, ramp_days, mentored_ramp_factor
    gained = ramp_loss_days(False, *ramp) - ramp_loss_days(True, *ramp)
    given = mentoring_share({"newcomer": 1}, mentoring_minutes, paid_hours_per_week)
    return gained - given * ramp_days * mentored_ramp_factor
