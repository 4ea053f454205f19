"""A run of the desk as weekly indicators, as a team would count them: the same charts watch the simulated team."""

import numpy as np
from numpy.typing import NDArray

from playbook.clock import MINUTES_A_DAY
from simulation.desk.pieces import COMPLAINT, ENQUIRY, GIVEN_UP, REQUEST
from simulation.study.control_chart import SHARE, VALUE, Chart, Indicator, control_chart
from simulation.study.measures import Reading
from simulation.study.replicate import run_record
from simulation.study.scenario import Setting, read_scenario, setting
from simulation.study.week import DAYS_A_WEEK

WEEK_MINUTES = DAYS_A_WEEK * MINUTES_A_DAY


def desk_weeks(setting: Setting, seed: int, replication: int = 0) -> list[Indicator]:
    """One run's measured days by whole calendar weeks: policies renewed of those that closed, enquiries answered
    late of those asked, enquiries, requests to renew, and complaints."""
    return indicators(Reading(run_record(setting, seed, replication), setting.parameters))


def watched_weeks(
    scenario: str,
    changes: dict,
    seed: int,
    baseline_weeks: int,
    false_alarm_weeks: float,
    names: list[str] | None = None,
) -> list[Chart]:
    """The charts of one run of a scenario; of the indicators named, or of all that can be charted."""
    found = desk_weeks(setting(read_scenario(scenario).with_changes(changes)), seed)
    return [
        control_chart(each, baseline_weeks, false_alarm_weeks) for each in found if names is None or each.name in names
    ]


def indicators(reading: Reading) -> list[Indicator]:
    """The weekly indicators of a record."""
    record, horizon = reading.record, reading.horizon
    begin = horizon.measured_from_minute
    count = int((horizon.measured_to_minute - begin) // WEEK_MINUTES)
    first = np.datetime64(horizon.calendar.first_day) + int(begin // MINUTES_A_DAY)
    weeks = tuple(_named(first + DAYS_A_WEEK * week) for week in range(count))

    def by_week(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        week = np.floor((minutes - begin) / WEEK_MINUTES)
        return np.bincount(week[(week >= 0) & (week < count)].astype(int), minlength=count).astype(float)

    kind, came, deadline = record.stay("kind"), record.stay("queued_stamp"), record.stay("deadline")
    begun = record.stay("begun_stamp")
    owed = (kind == ENQUIRY) & np.isfinite(deadline)
    late = owed & ((begun > deadline) | (record.stay("result") == GIVEN_UP) | np.isnan(begun))
    closed = reading.season.close[reading.is_measured]
    counts = {
        "Policies renewed": (by_week(closed[reading.is_renewed]), by_week(closed)),
        "Enquiries answered late": (by_week(came[late]), by_week(came[owed])),
        "Enquiries a week": (by_week(came[kind == ENQUIRY]), None),
        "Requests to renew a week": (by_week(came[kind == REQUEST]), None),
        "Complaints a week": (by_week(came[kind == COMPLAINT]), None),
    }
    return [
        Indicator(name, weeks, values, VALUE if sizes is None else SHARE, sizes)
        for name, (values, sizes) in counts.items()
        if values.any() and (sizes is None or sizes.all())
    ]


def _named(day: np.datetime64) -> str:
    year, week, _ = day.astype(object).isocalendar()
    return f"{year}-W{week:02}"
