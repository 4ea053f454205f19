"""Actions: what each button does. A player's act on the player's own seat, whatever the form says."""

from collections.abc import Awaitable, Callable
from typing import Any

from playbook.errors import InputError, did_you_mean
from simulation.drill.boards import BOARD
from simulation.drill.drill_file import Effect, Inject
from simulation.drill.session import Session
from simulation.serve.forms import Form
from simulation.serve.host import Host

UNDOABLE = ("predicted", "decided", "locked", "noted")  # by a team; that somebody joined is the facilitator's to undo
PERCENT = 100.0


# A team's: (host, team, member, form). Member is empty where the facilitator enters for the team.


def predict(host: Host, team: str, member: str, form: Form) -> None:
    """Say what the drill's measure will be; shares are typed in per cent."""
    factor = PERCENT if BOARD[host.session.drill.predict].unit == "share" else 1.0
    low, high = (form.number_or_none(name) for name in ("low", "high"))
    host.session.predict(
        team, form.number("value") / factor, *(None if each is None else each / factor for each in (low, high))
    )


def decide(host: Host, team: str, member: str, form: Form) -> None:
    """Put levers where the form says; all of them or, where one is not allowed, none."""
    session = host.session.refresh()
    own, wanted = session.state.team(team), form.named("lever.")
    pending = dict(own.moves.get(session.state.turn, {}))
    made = {name: option for name, option in wanted.items() if option != _stands(own, pending, name)}
    if not wanted:
        raise InputError("no lever was named")
    role = session.role_of(team, member) if member else None
    for name in made:
        lever = session.drill.levers.get(name)
        if lever is not None and role not in (None, lever.role):
            raise InputError(f"{lever.title} is not yours to move")
    own.levers.check(pending | made)
    position = own.levers.position
    back_first = sorted(made, key=lambda name: made[name] != position[name])
    for name in back_first:
        session.decide(team, name, made[name], member)


def _stands(own: Any, pending: dict[str, str], name: str) -> str | None:
    return pending.get(name, own.levers.position.get(name))


def lock(host: Host, team: str, member: str, form: Form) -> None:
    """The team has decided; the turn is the one that the page showed."""
    host.session.lock(team, form.whole("turn"))


def undo(host: Host, team: str, member: str, form: Form) -> None:
    """Take the team's last word of this turn back."""
    state = host.session.refresh().state
    number = state.undoable(team)
    kind = next((each.kind for each in state.taken if each.number == number), "")
    if kind not in UNDOABLE:
        raise InputError("there is nothing to take back in this turn")
    host.session.undo(team)


def note(host: Host, team: str, member: str, form: Form) -> None:
    """Write something down for the team."""
    host.session.note(form.text("text"), team)


OF_A_TEAM: dict[str, Callable[[Host, str, str, Form], None]] = {
    "predict": predict, "decide": decide, "lock": lock, "undo": undo, "note": note,
}  # fmt: skip


# The facilitator's: (host, form).


async def resolve(host: Host, form: Form) -> None:
    """Play the turn ahead."""
    await host.resolve(is_forced=form.has("is_forced"))


def fire(host: Host, form: Form) -> None:
    """An inject comes in the turn ahead."""
    host.session.fire(form.text("inject"))


def delay(host: Host, form: Form) -> None:
    """An inject comes in a later turn."""
    host.session.delay(form.text("inject"), form.whole("turn"))


def skip(host: Host, form: Form) -> None:
    """An inject does not come."""
    host.session.skip(form.text("inject"))


def improvise(host: Host, form: Form) -> None:
    """News that the facilitator makes up, with the effects of an inject of the drill or with none."""
    session = host.session.refresh()
    drill, number = session.drill, len(session.state.improvised) + 1
    inject = Inject(
        turn=session.state.turn, channel=_one_of(form, "channel", CHANNELS), sender=form.text("sender", most=80),
        to=_one_of(form, "to", [*drill.roles, "all"]), title=form.text("title", most=200), text=form.text("text"),
        effects=_effects(session, form), cause=form.text("cause", is_needed=False) or "made up by the facilitator",
        note="", hint="", objective=_one_of(form, "objective", drill.objectives),
        question=form.text("question", is_needed=False), rules=list(drill.items),
    )  # fmt: skip
    session.improvise(f"improvised_{number}", inject)


CHANNELS = ("telephone", "e-mail", "chat", "letter", "in person", "system", "press")


def _one_of(form: Form, name: str, known: Any) -> str:
    found = form.text(name)
    if found not in known:
        raise InputError(f"{name}: unknown {found!r:.60}{did_you_mean(found, known)}")
    return found


def _effects(session: Session, form: Form) -> list[Effect]:
    like = form.text("effects_of", is_needed=False)
    if not like:
        return []
    return session.drill.injects[_one_of(form, "effects_of", session.drill.injects)].effects


def undo_last(host: Host, form: Form) -> None:
    """Undo the last event of all; the page showed its number, so that nothing else is undone by mistake."""
    number = host.session.refresh().state.undoable()
    if number != form.whole("number"):
        raise InputError("something else has happened meanwhile; look again before you undo")
    host.session.undo()


def note_down(host: Host, form: Form) -> None:
    """The facilitator's own note, or one on a team."""
    host.session.note(form.text("text"), form.text("team", is_needed=False))


def rate(host: Host, form: Form) -> None:
    """An observer's or a juror's marks."""
    marks = {name: _mark(name, text) for name, text in form.named("mark.").items()}
    host.session.rate(form.text("team"), form.text("by", most=80), marks, is_jury=form.has("is_jury"))


def _mark(name: str, text: str) -> float:
    return Form({name: [text.encode()]}).number(name)


def add_team(host: Host, form: Form) -> None:
    """A new team: one browser, a browser a role, played by a robot, or entered by the facilitator."""
    team, seated = form.text("team", most=40), form.text("seated")
    state = host.session.refresh().state
    if team in state.teams or team in {each.team for each in host.seats.seats}:
        raise InputError(f"{team}: there is a team of that name")
    if not team.isprintable():
        raise InputError("a team's name has 1 to 40 letters")
    if state.turn > 1:
        raise InputError("a team joins before the first turn is played")
    if seated == "facilitator":
        host.session.join(team, "facilitator")
    elif seated == "one browser":
        host.seats.add(team)
    elif seated == "a browser a role":
        for role in host.session.drill.roles:
            host.seats.add(team, role)
    else:
        host.session.join(team, "robot", robot=seated)


def seat_robot(host: Host, form: Form) -> None:
    """From now on a robot plays a team."""
    team = host.session.refresh().state.team(form.text("team"))
    host.session.join(team.name, f"robot {len(team.members) + 1}", robot=form.text("robot"))


def draw_code(host: Host, form: Form) -> None:
    """A new code for a seat; the browser that sat there is out."""
    host.seats.draw_again(form.whole("seat"))


def timer(host: Host, form: Form) -> None:
    """Start the clock on the wall, or stop it with 0."""
    minutes = form.number("minutes")
    host.start_timer(minutes) if minutes else host.stop_timer()


def wall(host: Host, form: Form) -> None:
    """Show or hide something on the wall."""
    host.show(_one_of(form, "what", ("is_score_shown", "is_debrief_shown")), form.text("shown") == "yes")


def promise(host: Host, form: Form) -> None:
    """An action that comes out of the debrief."""
    host.session.promise(form.text("action"), form.text("owner", most=80), form.text("by", most=10))


def work_out(host: Host, form: Form) -> None:
    """Begin to work out the debrief."""
    if host.session.refresh().state.turn == 1:
        raise InputError("no turn has been played yet, so there is nothing to debrief")
    host.debriefing.start()


OF_THE_FACILITATOR: dict[str, Callable[[Host, Form], Awaitable[None] | None]] = {
    "resolve": resolve, "fire": fire, "delay": delay, "skip": skip, "improvise": improvise, "undo": undo_last,
    "note": note_down, "rate": rate, "team": add_team, "robot": seat_robot, "code": draw_code, "timer": timer, "wall": wall,
    "promise": promise, "debrief": work_out,
}  # fmt: skip
