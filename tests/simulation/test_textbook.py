"""The known answers of params/verification/, worked out again from theory, and the desk held against all of them.

Waits of queues whose state is a Markov chain come from its stationary distribution: a chain is given as its rates from each
state, solved, and read. Everything else is a closed form, named where it stands.
"""

from collections.abc import Callable, Iterable
from math import exp, factorial

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import expm
from scipy.optimize import brentq
from scipy.sparse import coo_matrix, csc_matrix, vstack
from scipy.sparse.linalg import spsolve

from playbook.errors import InputError
from simulation.study.verify import quantities, read_verification, verify_files

FILES = ("core", "textbook", "further")
State = tuple[int, ...]


def chain(start: State, rates: Callable[[State], Iterable[tuple[State, float]]], most: int = 60_000):
    """The states that can be reached and their stationary probabilities."""
    states, number, at = [start], {start: 0}, 0
    rows, columns, values = [], [], []
    while at < len(states):
        for state, rate in rates(states[at]):
            if rate and state not in number:
                number[state] = len(states)
                states.append(state)
                assert len(states) <= most
            if rate:
                rows += [number[state], at]
                columns += [at, at]
                values += [rate, -rate]
        at += 1
    generator = coo_matrix((values, (rows, columns)), shape=(at, at)).tocsc()
    balance = vstack([generator[1:], csc_matrix(np.ones((1, at)))]).tocsc()
    found = spsolve(balance, np.concatenate([np.zeros(at - 1), [1.0]]))
    return list(zip(states, found, strict=True))


def mean(found, value: Callable[[State], float]) -> float:
    return float(sum(value(state) * p for state, p in found))


def erlang_c(rate: float, service: float, servers: int) -> float:
    """The probability of waiting in M/M/c (Erlang 1917)."""
    load = rate * service
    tail = load**servers / factorial(servers) * servers / (servers - load)
    return tail / (sum(load**n / factorial(n) for n in range(servers)) + tail)


def m_m_c(rate, service, servers, over=()):
    waits = erlang_c(rate, service, servers)
    spare = servers / service - rate
    found = {"p_wait": waits, "mean_wait": waits / spare, "mean_queue": rate * waits / spare,
             "occupancy": rate * service / servers}  # fmt: skip
    return found | {f"p_wait_over_{t:g}": waits * exp(-spare * t) for t in over}


def m_m_c_patience(rate, service, servers, patience_rate, most=600):
    """M/M/c+M (Erlang A; Garnett, Mandelbaum, Reiman 2002) as a birth and death chain."""

    def rates(state):
        (n,) = state
        yield (n + 1,), rate if n < most else 0
        yield (n - 1,), min(n, servers) / service + max(n - servers, 0) * patience_rate if n else 0

    found = chain((0,), rates)
    queue = mean(found, lambda s: max(s[0] - servers, 0))
    return {"p_abandon": patience_rate * queue / rate, "mean_wait": queue / rate, "mean_queue": queue,
            "occupancy.servers": mean(found, lambda s: min(s[0], servers)) / servers}  # fmt: skip


def m_m_c_constant_patience(rate, service, servers, patience):
    """M/M/c+D (Baccelli and Hebuterne 1981): the density of the offered wait, below and beyond the patience."""
    full = servers / service

    def density(wait):
        return exp(-(full - rate) * wait) if wait < patience else exp(rate * patience - full * wait)

    some, served = (quad(density, 0, top, points=[patience])[0] for top in (60 / full + patience, patience))
    states = [(rate * service) ** n / factorial(n) for n in range(servers)]
    last = 1 / (sum(states) / states[-1] + rate * some)  # the probability that all but one serve
    waited = quad(lambda wait: min(wait, patience) * density(wait), 0, 60 / full + patience, points=[patience])[0]
    return {"p_abandon": rate * last * (some - served), "mean_wait": rate * last * waited, "p_wait": rate * last * some}


def priorities(rates, service, servers):
    """Non-preemptive priorities with equal service in M/M/c (Kella and Yechiali 1985)."""
    waits, reached, found = erlang_c(sum(rates), service, servers), 0.0, {}
    for number, rate in enumerate(rates):
        before, reached = reached, reached + rate * service / servers
        found[number] = waits * service / servers / ((1 - before) * (1 - reached))
    return found


def priorities_in_one_server(rates, means, squares):
    """Non-preemptive priorities in M/G/1 (Cobham 1954)."""
    residual, reached, found = sum(r * s for r, s in zip(rates, squares, strict=True)) / 2, 0.0, {}
    for number, (rate, service) in enumerate(zip(rates, means, strict=True)):
        before, reached = reached, reached + rate * service
        found[number] = residual / ((1 - before) * (1 - reached))
    return found


def accumulating(rates, service, slopes):
    """Priority that grows with waiting in M/M/1 (Kleinrock 1964), the steepest slope last."""
    loads = [rate * service for rate in rates]
    residual = sum(loads) * service
    found = []
    for p, slope in enumerate(slopes):
        slower = sum(loads[i] * found[i] * (1 - slopes[i] / slope) for i in range(p))
        faster = sum(loads[i] * (1 - slope / slopes[i]) for i in range(p + 1, len(slopes)))
        found.append((residual / (1 - sum(loads)) - slower) / (1 - faster))
    return dict(enumerate(found))


def m_g_1(rate, service, variation):
    """Pollaczek and Khinchine's mean wait."""
    return rate * service**2 * (1 + variation**2) / 2 / (1 - rate * service)


def d_m_1(gap, service):
    """Constant gaps: the root of the arrival's equation (Kleinrock 1975, section 6.4)."""
    root = brentq(lambda x: x - exp(-(1 - x) * gap / service), 1e-9, 1 - 1e-6)
    return {"p_wait": root, "mean_wait": root * service / (1 - root)}


def finite_source(customers, ask_rate, service, servers):
    def rates(state):
        (n,) = state
        yield (n + 1,), (customers - n) * ask_rate
        yield (n - 1,), min(n, servers) / service

    found = chain((0,), rates)
    throughput = mean(found, lambda s: min(s[0], servers)) / service
    return {"throughput": throughput, "mean_wait": mean(found, lambda s: max(s[0] - servers, 0)) / throughput,
            "occupancy": throughput * service / servers}  # fmt: skip


def group_a_first(rate_a, rate_b, service_rate, servers, over):
    waits = erlang_c(rate_a + rate_b, 1 / service_rate, servers)
    found = priorities((rate_a, rate_b), 1 / service_rate, servers)
    tail = waits * exp(-(servers * service_rate - rate_a) * over)  # group A meets only its own kind and one in service
    plain = m_m_c(rate_a + rate_b, 1 / service_rate, servers, over=(over,))
    return {"p_wait a_first": waits, "mean_wait.A a_first": found[0], "mean_wait.B a_first": found[1],
            f"p_wait_over_{over:g}.A a_first": tail, "mean_wait fifo": plain["mean_wait"],
            f"p_wait_over_{over:g} fifo": plain[f"p_wait_over_{over:g}"]}  # fmt: skip


def overflow(rate_a, rate_b, senior, junior, seniors, juniors, leave=(0.0, 0.0), threshold=0, most=60):
    """Seniors serve A then B, juniors only B, B asks juniors first; seniors help while more than `threshold` B wait.

    A state holds seniors at work, juniors at work, A waiting and B waiting.
    """

    def rates(state):
        s, j, a, b = state
        if s < seniors:
            yield (s + 1, j, a, b), rate_a
        elif a < most:
            yield (s, j, a + 1, b), rate_a
        if j < juniors:
            yield (s, j + 1, a, b), rate_b
        elif s < seniors and b + 1 > threshold:
            yield (s + 1, j, a, b), rate_b
        elif b < most:
            yield (s, j, a, b + 1), rate_b
        if s:
            after = (s, j, a - 1, b) if a else (s, j, a, b - 1) if b > threshold else (s - 1, j, a, b)
            yield after, s * senior
        if j:
            yield (s, j, a, b - 1) if b else (s, j - 1, a, b), j * junior
        if a:
            yield (s, j, a - 1, b), a * leave[0]
        if b:
            yield (s, j, a, b - 1), b * leave[1]

    found = chain((0, 0, 0, 0), rates)
    queue_a, queue_b = mean(found, lambda x: x[2]), mean(found, lambda x: x[3])
    return {
        "mean_wait.A": queue_a / rate_a, "mean_wait.B": queue_b / rate_b,
        "p_abandon.A": leave[0] * queue_a / rate_a, "p_abandon.B": leave[1] * queue_b / rate_b,
        "occupancy.seniors": mean(found, lambda x: x[0]) / seniors,
        "occupancy.juniors": mean(found, lambda x: x[1]) / juniors,
        "p_wait.A": mean(found, lambda x: x[0] == seniors),
        "p_wait.B": mean(found, lambda x: x[1] == juniors and (x[0] == seniors or threshold > 0)),
    }  # fmt: skip


def priority_with_patience(rate_a, rate_b, service, servers, leave, most=70):
    """A before B on the same servers, both with exponential patience."""

    def rates(state):
        n, a, b = state
        if n < servers:
            yield (n + 1, a, b), rate_a + rate_b
        else:
            yield (n, a + 1, b), rate_a if a < most else 0
            yield (n, a, b + 1), rate_b if b < most else 0
        if n:
            yield (n, a - 1, b) if a else (n, a, b - 1) if b else (n - 1, a, b), n / service
        if a:
            yield (n, a - 1, b), a * leave[0]
        if b:
            yield (n, a, b - 1), b * leave[1]

    found = chain((0, 0, 0), rates)
    queue = [mean(found, lambda x, place=place: x[place]) for place in (1, 2)]
    rate = (rate_a, rate_b)
    return {f"{what}.{name}": queue[g] / rate[g] * (leave[g] if what == "p_abandon" else 1)
            for what in ("p_abandon", "mean_wait") for g, name in enumerate("AB")}  # fmt: skip


def two_speeds(rate, fast, slow, most=400):
    """Two servers, the faster one asked first."""

    def rates(state):
        f, s, waiting = state
        if not f:
            yield (1, s, waiting), rate
        elif not s:
            yield (1, 1, waiting), rate
        elif waiting < most:
            yield (1, 1, waiting + 1), rate
        if f:
            yield (1, s, waiting - 1) if waiting else (0, s, 0), fast
        if s:
            yield (f, 1, waiting - 1) if waiting else (f, 0, 0), slow

    found = chain((0, 0, 0), rates)
    return {"occupancy.fast": mean(found, lambda x: x[0]), "occupancy.slow": mean(found, lambda x: x[1]),
            "mean_wait": mean(found, lambda x: x[2]) / rate, "p_wait": mean(found, lambda x: x[0] and x[1])}  # fmt: skip


def number_from_empty(rate, service, servers, moment, most=200):
    """The mean number in M/M/c at a moment, from empty."""
    generator = np.zeros((most, most))
    for n in range(most - 1):
        generator[n, n + 1], generator[n + 1, n] = rate, min(n + 1, servers) / service
    generator -= np.diag(generator.sum(axis=1))
    return float(expm(generator * moment)[0] @ np.arange(most))


def infinite_servers(moment, base, swing, period, service_rate):
    """Mean number in Mt/M/infinity under a sine (Eick, Massey, Whitt 1993)."""
    omega = 2 * np.pi / period
    angle = omega * moment
    wave = (service_rate * np.sin(angle) - omega * np.cos(angle)) / (service_rate**2 + omega**2)
    return base / service_rate + swing * wave


def test_theory_agrees_with_itself():
    """Formulas of different origin meet where their cases are the same."""
    plain = m_m_c(2.4, 1, 3)
    assert plain["mean_wait"] == pytest.approx(priorities((2.4,), 1, 3)[0])
    assert m_m_c(0.8, 1, 1)["mean_wait"] == pytest.approx(m_g_1(0.8, 1, 1))
    assert accumulating((0.3, 0.5), 1, (1e-9, 1.0))[1] == pytest.approx(priorities((0.5, 0.3), 1, 1)[0])
    assert accumulating((0.3, 0.5), 1, (1.0, 1.0))[0] == pytest.approx(m_m_c(0.8, 1, 1)["mean_wait"])
    assert m_m_c_constant_patience(2.4, 1, 3, 200)["mean_wait"] == pytest.approx(plain["mean_wait"], rel=1e-6)
    assert m_m_c_patience(2.4, 1, 3, 1e-9)["mean_wait"] == pytest.approx(plain["mean_wait"], rel=1e-4)
    assert number_from_empty(0.5, 1, 1, 400) == pytest.approx(1.0, rel=1e-6)
    both = two_speeds(2.4, 1.5, 1.5)
    assert both["mean_wait"] == pytest.approx(m_m_c(2.4, 1 / 1.5, 2)["mean_wait"])
    never = overflow(0.9, 1.2, 1, 1, 1, 2, threshold=59)
    assert never["mean_wait.A"] == pytest.approx(m_m_c(0.9, 1, 1)["mean_wait"], rel=0.02)


THEORY: dict[str, Callable[[], dict[str, float]]] = {
    "mm3": lambda: m_m_c(2.4, 1, 3),
    "erlang-a-10": lambda: m_m_c_patience(10, 1, 10, 0.5),
    "groups-a-first": lambda: group_a_first(6, 12, 4, 5, 0.25),
    "erlang-c-14": lambda: m_m_c(100 / 1800, 180, 14, over=(20,))
    | {"service_level_20": 1 - m_m_c(100 / 1800, 180, 14, over=(20,))["p_wait_over_20"]},
    "erlang-c-55": lambda: m_m_c(360 / 1800, 240, 55)
    | {"service_level_15": 1 - m_m_c(360 / 1800, 240, 55, over=(15,))["p_wait_over_15"]},
    "erlang-a-50": lambda: m_m_c_patience(48 / 60, 60, 50, 1 / 120),
    "priority-3": lambda: {
        f"mean_wait.{name}": each
        for name, each in zip(("first", "second", "third"), priorities((0.5, 1, 1), 1, 3).values(), strict=True)
    },
    "county-hospital-2": lambda: {
        f"mean_wait.{name}": each
        for name, each in zip(
            ("critical", "serious", "stable"), priorities((0.2, 0.6, 1.2), 1 / 3, 2).values(), strict=True
        )
    },
    "cobham": lambda: {
        f"mean_wait.{name}": each
        for name, each in zip(
            ("first", "second"), priorities_in_one_server((0.3, 0.2), (1, 2), (1, 8)).values(), strict=True
        )
    },
    "finite-book": lambda: finite_source(20, 0.1, 1, 2),
    "pooling": lambda: {
        "mean_wait pooled": m_m_c(7.2, 1, 8)["mean_wait"], "mean_wait split": m_m_c(1.8, 1, 2)["mean_wait"],
        "mean_wait split - pooled": m_m_c(1.8, 1, 2)["mean_wait"] - m_m_c(7.2, 1, 8)["mean_wait"],
    },
    "overflow-2-2": lambda: overflow(1, 2, 1, 1, 2, 2),
    "overflow-2-2-patience": lambda: overflow(1, 2.5, 1.2, 0.9, 2, 2, leave=(1 / 4, 1 / 8)),
    "mt-m-inf": lambda: {
        f"mean_in_service@{moment:g}": infinite_servers(moment, 10, 6, 5, 2) for moment in (0, 1.25, 2.5, 3.75)
    },
    "overflow-above-2": lambda: overflow(1, 2, 1, 1, 2, 2, threshold=2),
    "priority-patience": lambda: priority_with_patience(1.5, 2.0, 1, 3, (1 / 2, 1 / 4)),
    "constant-patience": lambda: m_m_c_constant_patience(4.5, 1, 5, 0.5),
    "accumulating": lambda: {
        f"mean_wait.{name}": each
        for name, each in zip(("slow", "quick"), accumulating((0.4, 0.4), 1, (1, 3)).values(), strict=True)
    },
    "fastest-first": lambda: two_speeds(2.0, 1.5, 1.0),
    "constant-gaps": lambda: d_m_1(1.25, 1),
    "lognormal-service": lambda: {"mean_wait": m_g_1(0.75, 1, 1.31)},
    "gamma-service": lambda: {"mean_wait": m_g_1(0.75, 1, 0.5)},
    "from-empty": lambda: {
        f"mean_in_system@{moment:g}": number_from_empty(2.4, 1, 3, moment) for moment in (1, 5, 20)
    },
}  # fmt: skip


def known():
    return {
        trial.case.id: {each.name: each.value for each in trial.case.expect}
        for name in FILES
        for trial in read_verification(name)
    }


def test_every_shipped_case_has_its_theory_here():
    assert set(known()) == set(THEORY)


@pytest.mark.parametrize("case", THEORY)
def test_the_known_values_are_what_theory_gives(case):
    theory = THEORY[case]()
    for name, value in known()[case].items():
        assert value == pytest.approx(theory[name], abs=1.01e-6 if value < 10 else 1e-4, rel=1e-4), name


SLOW = "textbook"  # its busiest queues take minutes at any precision
TRIED = [pytest.param(name, 8 if name == "core" else 16, marks=[pytest.mark.soak] * (name == SLOW)) for name in FILES]


@pytest.mark.parametrize(("name", "precision"), TRIED)
def test_the_desk_gives_the_known_answers(name, precision):
    """With wider intervals than `renewal verify` demands, by so many times; the full precision is `make soak`."""
    rows = verify_files([name], seed=2, workers=1, precision=precision)
    assert len(rows) >= 10
    assert [row for row in rows if not row.ok] == []


def test_the_answers_do_not_depend_on_the_number_of_workers(tmp_path):
    write(tmp_path, M_M_1)
    rows = [verify_files([str(tmp_path / "case.yaml")], workers=workers, precision=8) for workers in (1, 2)]
    assert rows[0] == rows[1]


M_M_1 = """
cases:
  - id: mm1
    source: Erlang C
    time_unit_minutes: 1
    changes: {demand.walk_in_per_hour: {all: 30}, demand.walk_in_minutes: {all: 1}}
    team: {posts: {servers: {role: consultant, count: 1}}, serves: {servers: [[walk_in]]}}
    run_days: 4
    expect: [{quantity: p_wait, value: 0.5}, {quantity: mean_wait, value: 1.0}, {quantity: occupancy, value: 0.5}]
"""


def write(folder, text):
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return str(folder / "case.yaml")


def test_a_wrong_known_value_is_found_out(tmp_path):
    file = write(tmp_path, M_M_1.replace("mean_wait, value: 1.0", "mean_wait, value: 1.2"))
    rows = {row.quantity: row for row in verify_files([file], workers=1, precision=2)}
    assert rows["p_wait"].ok and rows["occupancy"].ok
    assert rows["mean_wait"].why == "the known value lies outside"


def test_quantities_of_one_queue_fit_together(tmp_path):
    """Little's law and complements, in one run, over the same stretch of time."""
    names = ["mean_wait", "mean_sojourn", "mean_queue", "mean_in_service", "mean_in_system", "throughput", "occupancy"]
    asked = ", ".join(f"{{quantity: {name}, value: 1}}" for name in names)
    more = "{quantity: p_wait_over, over: 2, value: 1}, {quantity: service_level, over: 2, value: 1}"
    begin = M_M_1.index("    expect")
    trial = read_verification(write(tmp_path, M_M_1[:begin] + f"    expect: [{asked}, {more}]\n"))[0]
    *values, over, level = quantities(trial, 1, 0, 1)[0]
    found = dict(zip(names, values, strict=True))
    assert over == pytest.approx(1 - level)
    assert found["mean_in_system"] == pytest.approx(found["mean_queue"] + found["mean_in_service"])
    assert found["mean_in_service"] == pytest.approx(found["occupancy"], rel=1e-3)
    assert found["mean_queue"] == pytest.approx(found["throughput"] * found["mean_wait"], rel=5e-3)
    assert found["mean_in_system"] == pytest.approx(found["throughput"] * found["mean_sojourn"], rel=5e-3)


def test_waits_of_those_served_and_of_those_who_gave_up_make_up_those_of_all(tmp_path):
    text = M_M_1.replace("changes: {", "changes: {demand.walk_in_patience_minutes: {all: 1}, ")
    begin = text.index("    expect")
    asked = ", ".join(f"{{quantity: mean_wait, among: {who}, value: 1}}" for who in ("all", "served", "given_up"))
    trial = read_verification(
        write(tmp_path, text[:begin] + f"    expect: [{asked}, {{quantity: p_abandon, value: 1}}]\n")
    )[0]
    everybody, served, lost, share = quantities(trial, 1, 0, 1)[0]
    assert 0.1 < share < 0.5 and served != lost
    assert everybody == pytest.approx((1 - share) * served + share * lost)


def test_a_post_without_anybody_gives_no_occupancy_and_no_traceback(tmp_path):
    text = M_M_1.replace("count: 1}}", "count: 1}, empty: {role: consultant, count: 0}}").replace(
        "serves: {", "serves: {empty: [[walk_in]], "
    )
    rows = verify_files([write(tmp_path, text.replace("occupancy,", "occupancy, of: empty,"))], workers=1, precision=20)
    assert [row.why for row in rows if row.quantity == "occupancy.empty"] == [
        "in some runs nothing came that could be measured"
    ]


def test_who_serves_nothing_is_not_counted_in_the_occupancy_of_all(tmp_path):
    beside = M_M_1.replace("count: 1}}", "count: 1}, aside: {role: analyst, count: 3}}")
    alone, both = (quantities(read_verification(write(tmp_path, text))[0], 1, 0, 1)[0][2] for text in (M_M_1, beside))
    assert alone == both


TWO_SYSTEMS = """
cases:
  - id: two
    source: none
    time_unit_minutes: 1
    changes: {demand.walk_in_per_hour: {all: 30}, demand.walk_in_minutes: {all: 1}}
    systems:
      one: {team: {posts: {servers: {role: consultant, count: 1}}, serves: {servers: [[walk_in]]}}}
      two: {team: {posts: {clerks: {role: consultant, count: 1}}, serves: {clerks: [[walk_in]]}}}
    run_days: 2
    expect: [{quantity: occupancy, of: servers, system: one, minus: two, value: 0}]
"""


def test_the_other_system_must_have_what_is_taken_off(tmp_path):
    with pytest.raises(InputError, match="occupancy of 'servers'"):
        read_verification(write(tmp_path, TWO_SYSTEMS))
    assert read_verification(write(tmp_path, TWO_SYSTEMS.replace("of: servers, ", "")))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("quantity: occupancy", "quantity: occupancy, of: server", "did you mean 'servers'"),
        ("quantity: p_wait,", "quantity: p_weit,", "quantity"),
        ("quantity: p_wait,", "quantity: p_wait_over,", "`over` belongs to"),
        ("quantity: p_wait,", "quantity: p_wait, over: 3,", "`over` belongs to"),
        ("quantity: p_wait,", "quantity: p_wait, at: 3,", "`at` belongs to"),
        ("quantity: p_wait,", "quantity: p_wait, every: 3,", "`every` belongs to"),
        ("quantity: p_wait,", "quantity: p_wait, since: 9, until: 8,", "before `until`"),
        ("quantity: p_wait,", "quantity: p_wait, until: 99999,", "the measured time reaches from 1440 to 7200"),
        ("quantity: p_wait,", "quantity: p_wait, since: 0,", "the measured time reaches from 1440 to 7200"),
        ("quantity: p_wait,", "quantity: p_wait, until: 5,", "the measured time reaches from 1440 to 7200"),
        ("quantity: p_wait,", "quantity: p_wait, since: 7200,", "the measured time reaches from 1440 to 7200"),
        ("quantity: p_wait,", "quantity: mean_queue, at: 7200,", "its end not included"),
        ("quantity: p_wait,", "quantity: mean_queue, at: 9000, every: 5,", "its end not included"),
        ("quantity: p_wait,", "quantity: mean_queue, at: 0, every: 0.000001,", "every: 1e-06: must lie between"),
        ("value: 0.5}, {quantity: mean", "value: .nan}, {quantity: mean", "finite number"),
        ("run_days: 4", "run_time: .inf", "finite number"),
        ("time_unit_minutes: 1", "time_unit_minutes: .inf", "finite number"),
        ("changes: {", "changes: {experiment.measured_days: 1, ", "a case says how long it runs"),
        ("quantity: p_wait,", "quantity: p_wait, of: some,", "p_wait of 'some'"),
        ("quantity: p_wait,", "quantity: p_wait, system: other,", "system: 'other'"),
        ("quantity: p_wait,", "quantity: p_wait, minus: other,", "minus: 'other'"),
        ("quantity: p_wait,", "quantity: mean_queue, at: 3,", "the measured time reaches from 1440 to 7200"),
        ("run_days: 4", "run_hours: 4", "unknown key"),
        ("run_days: 4", "run_days: 4\n    run_time: 7", "either `run_days`"),
        ("team: {", "teem: {", "did you mean 'team'"),
        ("{all: 30}", "{all: -1}", "must lie between 0 and"),
        ("{all: 30}", "{al: 30}", "did you mean 'al'"),
        ("demand.walk_in_minutes: {all: 1}", "demand.walk_in_minutes: {}", "demand.walk_in_minutes does not"),
        ("{all: 1}}", "{all: 1}, demand.walk_in_rate_index: {all: [1, 2]}}", "belong together"),
        ("{all: 1}}", "{all: 1}, demand.walk_in_rate_index: {all: [1, -2]}}", "must lie between 0 and"),
        ("{all: 1}}", "{all: 1}, demand.walk_in_customers_count: {all: 1.5}}", "whole number of customers"),
        ("[[walk_in]]", "[[walk_in.some]]", "names no such source"),
        ("[[walk_in]]", "[[walk_on]]", "did you mean 'walk_in'"),
        ("count: 1}", "count: 1, speed: 0}", "greater than 0"),
    ],
)
def test_a_verification_file_that_cannot_be_is_told(tmp_path, old, new, says):
    assert old in M_M_1
    with pytest.raises(InputError) as refused:
        read_verification(write(tmp_path, M_M_1.replace(old, new, 1)))
    assert says in str(refused.value) and "case.yaml" in str(refused.value)
