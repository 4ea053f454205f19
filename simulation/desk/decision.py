"""How a customer decides: one latent draw and one decision day, fixed whatever the team does.

A customer renews when a uniform U is below the renewal probability p, the logistic of a base without service plus what
service has added before the decision day. `resistance` is logit(U) less that base: the customer says yes as soon as the
service effects exceed it. It is below 0 for those who would renew anyway.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtri

from playbook.clock import MINUTES_A_DAY
from playbook.parameters import Parameters
from simulation.desk.book import Book, Floats, Whole
from simulation.desk.season import Season
from simulation.desk.streams import Luck

MOST_LOGIT = 30.0
LATEST_DECISION_DAYS = 0.01  # before the due date ends, so that the last day on which one can decide is that day itself


def base_logit(book: Book, parameters: Parameters) -> Floats:
    """The logit of renewing without any service, one a policy.

    Line by line the intercept is solved so that, with the nominal contact added to everyone, the mean probability over
    the book is the published rate of the line. Coefficients: logit of renewal on the log of the price ratio, on years
    of tenure and on paying in parts (eudirectlapse, with the sign turned from lapse to renewal).
    """
    decision = parameters.decision
    features = (
        decision.price_slope_logit * np.log(book.price_ratio)
        + decision.tenure_year_logit * book.tenure_years
        + decision.instalment_logit * book.is_instalment
    )
    rate = book.by_line("decision.renewal_rate_share", parameters)
    base = np.array(features)
    for line in np.unique(book.line):
        own = features[book.line == line]
        wanted = rate[book.line == line][0]
        intercept = brentq(
            lambda level, own=own, wanted=wanted: expit(level + own + decision.nominal_contact_logit).mean() - wanted,
            -MOST_LOGIT - own.max(),
            MOST_LOGIT - own.min(),
        )
        base[book.line == line] += intercept
    return base


@dataclass(frozen=True)
class Wishes:
    """What each customer of the season will do, before the desk has done anything.

    resistance: service effects must exceed it for a yes. decides: the calendar minute after which nothing moves the
    customer. renews_alone: asks nobody when the wish is yes. conversations_needed: talks until ready to sign.
    """

    chance_alone: Floats
    resistance: Floats
    decides: Floats
    renews_alone: NDArray[np.bool_]
    conversations_needed: Whole

    def columns(self) -> dict[str, NDArray]:
        """What of it belongs into the record."""
        return {"resistance": self.resistance, "chance_alone": self.chance_alone, "decides": self.decides}


def wishes(season: Season, parameters: Parameters, luck: Luck) -> Wishes:
    """Every customer's latent draw, decision day and readiness for one replication."""
    size, decision = len(season), parameters.decision
    base = base_logit(season.book, parameters)[season.policy] if size else np.zeros(0)
    wish = luck.column("wish", size)
    days_before = decision.decision_peak_days + decision.decision_spread_days * ndtri(luck.column("decision day", size))
    earliest = (season.due - season.release) / MINUTES_A_DAY
    decides = season.due - np.clip(days_before, LATEST_DECISION_DAYS, earliest) * MINUTES_A_DAY
    alone = season.book.by_line("book.renews_alone_share", parameters)[season.policy] if size else np.zeros(0)
    return Wishes(
        chance_alone=expit(base),
        resistance=logit(wish) - base,
        decides=in_waking_hours(decides, parameters),
        renews_alone=luck.column("alone", size) < alone,
        conversations_needed=_conversations_needed(season, parameters, luck),
    )


def in_waking_hours(minutes: Floats, parameters: Parameters) -> Floats:
    """The same days, with the time of day moved into the hours in which customers are about."""
    hours = np.flatnonzero(parameters.demand.hour_index)
    first, last = (hours[0], hours[-1] + 1) if len(hours) else (0, MINUTES_A_DAY // 60)
    day, rest = np.divmod(minutes, MINUTES_A_DAY)
    return day * MINUTES_A_DAY + (first + rest / MINUTES_A_DAY * (last - first)) * 60


def _conversations_needed(season: Season, parameters: Parameters, luck: Luck) -> Whole:
    """Talks until the customer is ready to decide: geometric with the group's mean, at least one."""
    mean = parameters.demand.conversations_to_decision_mean_count
    stop = 1 / np.array([mean["A"], mean["B"]])[season.group]
    uniform = luck.column("conversations", len(season))
    with np.errstate(divide="ignore"):
        return 1 + np.floor(np.log(uniform) / np.log1p(-stop)).astype(np.int64)
