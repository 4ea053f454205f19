"""Tables: tidy frames of what runs gave."""

import pandas as pd

from simulation.study.compare import Difference
from simulation.study.measures import BY_NAME, MEASURES
from simulation.study.replicate import Replications
from simulation.view import words

KINDS_IN_WORDS = {
    "follow_up": "calling and talking, with wrap-up",
    "proposal": "proposals and re-quotes",
    "signing": "signing and entry",
    "message": "messages",
    "request": "customers' requests to renew",
    "enquiry": "enquiries",
    "complaint": "complaints (coordinators)",
    "alert": "silence alerts (leader)",
    "walk_in": "work from outside the book",
}


def said_frame(replications: Replications, confidence: float) -> pd.DataFrame:
    """The same for reading: one row a measure, in words."""
    rows = [
        (words.title(measure), words.interval(replications.estimate(measure.name, confidence), measure.unit))
        for measure in MEASURES
    ]
    return pd.DataFrame(rows, columns=["Measure", "Mean (interval)"])


def minutes_frame(replications: Replications) -> pd.DataFrame:
    """Minutes a policy by kind of work, the mean over the replications."""
    rows = [(KINDS_IN_WORDS[kind], round(float(values.mean()), 2)) for kind, values in replications.minutes.items()]
    return pd.DataFrame(rows, columns=["Work", "Minutes a policy"])


def differences_frame(name: str, differences: list[Difference]) -> pd.DataFrame:
    """One row a deciding measure of a comparison, in words."""
    rows = []
    for each in differences:
        unit = BY_NAME[each.measure].unit
        rows.append(
            {
                "Scenario": name,
                "Measure": words.title(BY_NAME[each.measure]),
                "Base": words.number(each.base, unit),
                "Here": words.number(each.other, unit),
                "Difference": words.change(each.estimate.mean, unit),
                "Interval": f"{words.change(each.estimate.low, unit)} to {words.change(each.estimate.high, unit)}",
                "A single year": f"{words.change(each.year_low, unit)} to {words.change(each.year_high, unit)}",
                "Call": words.call(each),
            }
        )
    return pd.DataFrame(rows)
