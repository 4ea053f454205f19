"""Drills told: boards, news, scores and debriefs as lines of a terminal."""

from collections.abc import Iterator
from math import isnan
from textwrap import wrap
from typing import Any

from simulation.drill.audit import Audit, AuditDryRun, File, Marked
from simulation.drill.boards import BOARD
from simulation.drill.debrief import Debrief, TwoSessions
from simulation.drill.drill_file import Drill
from simulation.drill.dry_run import DryRun
from simulation.drill.score import Scores, TeamScore
from simulation.drill.session import Session
from simulation.drill.turning_points import WITHOUT, TurningPoint
from simulation.view.drill_words import cost, told, worths

WIDTH = 100
DAYS = {7: "a week"}


def paragraph(text: str, indent: str = "") -> list[str]:
    """A text in lines of a terminal's width."""
    return wrap(" ".join(text.split()), WIDTH, initial_indent=indent, subsequent_indent=indent) or [""]


def brief_lines(drill: Drill) -> list[str]:
    """What everybody hears before the first turn; no spoilers."""
    turn = DAYS.get(drill.days_a_turn, f"{drill.days_a_turn} days")
    return [
        drill.title, "", *paragraph(drill.story), "",
        f"{drill.turns} turns of {turn} each; at most {drill.moves_a_turn} levers a turn.",
        *paragraph(f"Each turn begins with one prediction: {BOARD[drill.predict].says} in the turn ahead."),
        *paragraph("What counts, over all days of play and the weeks after it: " + weights_sentence(drill)), "",
        "What this is for:", *(line for text in drill.objectives.values() for line in paragraph(text, "  ")),
        "How we play:", *(line for text in drill.ground_rules for line in paragraph(text, "  ")),
    ]  # fmt: skip


def weights_sentence(drill: Drill) -> str:
    """The weights of the score in words."""
    return "; ".join(f"{says}, {worth}" for says, worth in worths(drill)) + "; less what levers cost."


def bracketed(text: str) -> str:
    """A text in brackets behind another; nothing where there is none."""
    return f" ({text})" if text else ""


def news_lines(session: Session, team: str, role: str | None = None) -> list[str]:
    """The news of the turn ahead, and findings about what came before."""
    lines: list[str] = []
    for each in session.news(team, role):
        if each["turn"] == session.state.turn:
            lines += ["", f"[{each['channel']}, {each['sender']}] {each['title']}", *paragraph(each["text"], "  ")]
        if each["finding"]:
            lines += ["", f"Found out about {each['title']!r}:", *paragraph(each["finding"], "  ")]
    return lines or ["", "No news this week."]


def board_lines(session: Session, team: str, role: str) -> list[str]:
    """A role's board before the turn ahead, beside the turn before."""
    now, turn = session.board(team, role), session.state.turn
    before = {each["name"]: each["value"] for each in session.board(team, role, turn - 1)} if turn > 1 else {}
    lines = [f"{session.drill.roles[role].title}: {session.drill.roles[role].duty}"]
    for each in now:
        last = told(each["name"], before.get(each["name"])) if before else "-"
        lines.append(f"  {each['says']:62}{told(each['name'], each['value']):>12}   before {last:>10}")
    return lines


def lever_lines(session: Session, team: str, role: str | None = None) -> list[str]:
    """The levers of a role: where they stand, what they may be moved to, and at what price."""
    planned = session.standing(team)["moves"]
    lines: list[str] = []
    for each in session.levers(team, role):
        left = "" if each["turns_left"] is None else f", {each['turns_left']} turns left"
        lines.append(f"  {each['name']}: {each['title']} ({session.drill.roles[each['role']].title}{left})")
        lines += paragraph(each["text"], "      ")
        for name, option in each["options"].items():
            mark = ">" if name == planned.get(each["name"], each["stands"]) else " "
            lines.append(f"    {mark} {name}: {option['title']}{bracketed(cost(option))}")
    return lines


def score_lines(scores: Scores) -> list[str]:
    """Every team's score, best first, and how it is to be read."""
    seeds, gap = len(scores.seeds), scores.gap
    lines = [
        f"Decisions held as they were made, replayed over {seeds} kinds of luck; 0 is nothing, 100 is par.",
        f"Par less nothing: {gap.mean:.1f} points (standard error {gap.error:.1f}).",
    ]
    if not gap.has_ratio:
        lines.append("Par is not clear of nothing by two standard errors: no score of 100 is given, only points.")
    for each in sorted(scores.teams.values(), key=lambda each: -each.surplus.mean):
        lines += team_score_lines(each)
    return lines


def team_score_lines(score: TeamScore) -> list[str]:
    """One team's score: the main one with its interval, the play itself, its luck, predictions, rubric."""
    surplus, ratio = score.surplus, score.ratio
    head = f"{score.team}: " + (
        f"{ratio.mean:.0f} of 100 ({ratio.low:.0f} to {ratio.high:.0f})" if ratio is not None else "no score"
    )
    lines = [head, f"  above nothing by {surplus.mean:.1f} points ({surplus.low:.1f} to {surplus.high:.1f})"]
    played = "" if score.played_ratio is None else f", {score.played_ratio:.0f} of 100 on its own luck"
    luck = f"the same decisions did worse under {100 * score.luck_share:.0f} % of the kinds of luck"
    lines.append(f"  as played {score.played:.1f} points{played}; {luck}")
    if (found := score.calibration) is not None:
        held = f"; its ranges held {100 * found.held_share:.0f} % of {found.ranges_count} times (80 % were meant)"
        lines.append(
            f"  predictions: off by {found.error:.3g} on average over {found.count}; 'as last turn' would have been off by "
            f"{found.error_of_last:.3g}{held if found.ranges_count else ''}"
        )
    if score.rubric:
        lines.append("  observed: " + ", ".join(f"{name} {mark:.1f}" for name, mark in score.rubric.items()))
    return lines


def dry_run_lines(found: DryRun) -> list[str]:
    """What robots reached, whether the drill is playable, and how long a turn takes."""
    nothing = found.points["nothing"]
    lines = [f"{found.drill.title}: {len(nothing)} kinds of luck, {found.turn_seconds:.2f} s a turn and team"]
    for name, points in found.points.items():
        over = points - nothing
        error = over.std(ddof=1) / len(over) ** 0.5
        score = (
            ""
            if not found.par_less_nothing.has_ratio
            else f"  {100 * over.mean() / found.par_less_nothing.mean:5.0f} of 100"
        )
        title = "moves no lever" if name == "nothing" else found.drill.robots[name].title
        lines.append(f"  {name:14}{points.mean():9.1f} points{over.mean():+8.1f} (error {error:.1f}){score}  {title}")
    lines += [f"  not playable: {each}" for each in found.complaints()]
    quiet = [name for name in found.drill.injects if name not in found.came]
    if quiet:
        lines.append(f"  under the luck of the play, did not come where nobody moves a lever: {', '.join(quiet)}")
    return lines


def debrief_lines(found: Debrief) -> list[str]:
    """The whole debrief as plain text, in the order in which it is talked through."""
    return [
        f"{found.title}, session {found.session}", "", *_jury_lines(found), *score_lines(found.scores), "", "What happened",
        *(f"  turn {each.turn}  {each.team or 'all'}: {each.says}" for each in found.timeline),
        "", "Turning points", *_turning_point_lines(found), "", f"Predicted: {found.predicted}",
        *(_prediction(each) for each in found.predictions),
        "", "What was hidden", *_hidden_lines(found), "", "Questions",
        *(line for text in found.questions for line in paragraph(text, "  ")), "", "Actions",
        *(f"  {each['action']} ({each['owner']}, by {each['by']})" for each in found.promised),
        f"  To be kept: {found.output}. Look again in {found.follow_up_days} days.",
        *(["", *found.differences] if found.differences else []),
    ]  # fmt: skip


def _jury_lines(found: Debrief) -> list[str]:
    """What the jury said before anybody knew the forecast; nothing in a drill."""
    if not found.jury:
        return []
    points = ", ".join(f"{team} {each:.1f}" for team, each in found.jury.items())
    return [f"The jury, before the forecast: {points}. To be carried out: {', '.join(found.chosen)}.", ""]


def _turning_point_lines(found: Debrief) -> Iterator[str]:
    for team, points in found.turning_points.items():
        if not points:
            yield f"  {team}: no turn could have gone otherwise"
        yield from (f"  {team}, {turning_point_sentence(each)}" for each in points)


def turning_point_sentence(point: TurningPoint) -> str:
    """A turning point in one sentence, with its interval."""
    moved = ", ".join(f"{lever} to {option}" for lever, option in point.moved.items()) or "nothing"
    instead = ", ".join(f"{lever} to {option}" for lever, option in point.instead.items()) or "nothing"
    effect = point.effect
    other = "Without that" if point.branch == WITHOUT else f"Had it moved, like par, {instead}"
    span = f"{-effect.high:+.1f} to {-effect.low:+.1f}"
    return f"turn {point.turn}: moved {moved}. {other}, {-effect.mean:+.1f} points ({span})."


def _prediction(each: Any) -> str:
    span = "" if each.low is None else f" ({each.low:g} to {each.high:g})"
    came = "not played" if isnan(each.came) else f"{each.came:.3g}"
    return f"  turn {each.turn}  {each.team}: said {each.value:g}{span}, came {came}"


def _hidden_lines(found: Debrief) -> Iterator[str]:
    for each in found.hidden:
        yield f"  turn {each.turn}: {each.title}"
        yield from paragraph(f"Cause: {each.cause}", "    ")
        yield f"    Found out by: {', '.join(each.found_by) or 'nobody'}. Acted on by: {', '.join(each.acted) or 'nobody'}."
        yield from paragraph(f"Ask: {each.question}", "    ")
        yield "    The handbook: " + ", ".join(f"{item} {title}" for item, title in each.rules.items())


def compared_lines(found: TwoSessions) -> list[str]:
    """Two sessions beside one another."""
    lines = [found.title]
    for name, scores, moves in zip(found.names, found.scores, found.moves, strict=True):
        lines += ["", f"Session {name}", *score_lines(scores)]
        lines += [f"  {team}: {'; '.join(made) or 'moved nothing'}" for team, made in moves.items()]
    return lines


def session_line(session: Session) -> str:
    """One line on a session: its drill, how far it is, and its teams."""
    state = session.state
    where = "over" if state.is_over else f"turn {state.turn} of {session.drill.turns}"
    return f"{session.name}  {session.drill.title}, {where}; teams: {', '.join(state.teams) or 'none yet'}"


def score_json(scores: Scores) -> dict[str, Any]:
    """The scores as plain data."""
    return {
        "turns": scores.turns,
        "seeds": len(scores.seeds),
        "par_less_nothing_points": scores.gap.mean,
        "standard_error_points": scores.gap.error,
        "teams": {name: _team_json(each) for name, each in scores.teams.items()},
    }


def _team_json(score: TeamScore) -> dict[str, Any]:
    ratio, held = score.ratio, score.calibration
    return {
        "ratio": None if ratio is None else {"mean": ratio.mean, "low": ratio.low, "high": ratio.high},
        "above_nothing_points": {"mean": score.surplus.mean, "low": score.surplus.low, "high": score.surplus.high},
        "played_points": score.played,
        "played_ratio": score.played_ratio,
        "luck_share": score.luck_share,
        "calibration": None if held is None else vars(held),
        "rubric": score.rubric,
    }


# The paper audit.


def audit_intro_lines(audit: Audit) -> list[str]:
    """What everybody hears, and the questions that are put to each file."""
    return [
        audit.title, "", *paragraph(audit.story), "", "Questions:",
        *(f"  {name:12}{each.title} ({each.points:g} points)" for name, each in audit.checks.items()),
        f"A fault that is none costs {audit.false_alarm_points:g} point.",
    ]  # fmt: skip


def audit_file_lines(audit: Audit, file: File) -> list[str]:
    """A file as it lies on the table."""
    return [file.title, *(line for says in file.says.values() for line in paragraph(says, "  "))]


def audit_sheet_lines(audit: Audit, files: list[File]) -> list[str]:
    """The whole audit for paper: the files, then the key on a page of its own."""
    lines = audit_intro_lines(audit)
    for number, each in enumerate(files, start=1):
        lines += ["", f"File {number}: {each.title}", *audit_file_lines(audit, each)[1:]]
    lines += ["\f", "Key (not for the table)"]
    return lines + [f"  {each.title}: {', '.join(sorted(each.wrong)) or 'in order'}" for each in files]


def audit_result_lines(audit: Audit, marked: Marked) -> list[str]:
    """What was found, missed and alleged, file by file."""
    lines = [f"{marked.points:g} of {marked.most:g} points"]
    for name, title in ((name, case.title) for name, case in audit.cases.items() if name in marked.found):
        told = [
            f"{word} {', '.join(each)}"
            for word, each in (
                ("found", marked.found[name]), ("missed", marked.missed[name]), ("alleged", marked.alleged[name])
            )
            if each
        ]  # fmt: skip
        lines.append(f"  {title}: {'; '.join(told) or 'in order, and left so'}")
    return [*lines, "", *audit.questions_after]


def audit_dry_run_lines(audit: Audit, found: AuditDryRun) -> list[str]:
    """What robots reach in an audit."""
    lines = [f"{audit.title}: {len(found.points['nothing'])} draws"]
    lines += [f"  {robot:14}{points.mean():9.1f} points" for robot, points in found.points.items()]
    return [*lines, f"  the checklist reaches {found.sensible_ratio:.0f} of 100", *found.complaints()]
