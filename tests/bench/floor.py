"""What the desk is measured against: the least that SimPy can do for as many pieces, and the way a textbook would write it."""

import gc
from collections import deque
from heapq import heappop, heappush
from time import process_time

import numpy as np
import simpy


def without_collecting(work) -> float:
    """The processor seconds of a call, the garbage collector off as it is at the desk."""
    gc.collect()
    gc.disable()
    try:
        began = process_time()
        work()
        return process_time() - began
    finally:
        gc.enable()


def floor(arrivals: list[float], minutes: list[float], servers: int) -> simpy.Environment:
    """A source process releasing arrivals, one heap, so many server processes, one timeout a piece of work."""
    env = simpy.Environment()
    heap: list[tuple[float, int]] = []
    idle: deque[simpy.Event] = deque()

    def source():
        for number, at in enumerate(arrivals):
            yield env.timeout(at - env.now)
            heappush(heap, (at, number))
            if idle:
                idle.popleft().succeed()

    def server():
        while True:
            while not heap:
                event = env.event()
                idle.append(event)
                yield event
            _, number = heappop(heap)
            yield env.timeout(minutes[number])

    env.process(source())
    for _ in range(servers):
        env.process(server())
    env.run()
    return env


def idiom(tasks_by_case: list[list[tuple[float, float, int]]], capacity: int) -> float:
    """A process a policy and a `PriorityResource` for the group, which is one pool; the mean number waiting.

    tasks_by_case: for each policy its tasks in order: the minute from which one is wanted, minutes of work, priority.
    """
    env = simpy.Environment()
    team = simpy.PriorityResource(env, capacity)
    waited = 0.0

    def policy(tasks):
        nonlocal waited
        for wanted, minutes, priority in tasks:
            if wanted > env.now:
                yield env.timeout(wanted - env.now)
            since = env.now
            with team.request(priority=priority) as request:
                yield request
                waited += env.now - since
                yield env.timeout(minutes)

    for tasks in tasks_by_case:
        env.process(policy(tasks))
    env.run()
    return waited / env.now


def tasks_of(record, kinds: tuple[int, ...]) -> list[list[tuple[float, float, int]]]:
    """The consultants' work of a record, case by case, as the textbook's processes would meet it."""
    chosen = np.isin(record.stay("kind"), kinds) & np.isfinite(record.stay("begun"))
    columns = [record.stay(name)[chosen] for name in ("case", "queued", "worked", "kind")]
    order = np.lexsort((columns[1], columns[0]))
    case, queued, worked, kind = (column[order] for column in columns)
    ends = np.flatnonzero(np.diff(case)) + 1
    rows = list(zip(queued.tolist(), worked.tolist(), kind.astype(int).tolist(), strict=True))
    return [rows[begin:end] for begin, end in zip([0, *ends.tolist()], [*ends.tolist(), len(rows)], strict=True)]
