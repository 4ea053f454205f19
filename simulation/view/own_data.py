"""What the notebook on own data shows, and the folder that it and the command write."""

from datetime import date
from pathlib import Path

from markupsafe import Markup, escape

from simulation.study.folders import whole_folder, write_json
from simulation.study.map_proposal import propose
from simulation.study.own_team import OwnTeam
from simulation.study.parameter_folder import refuse_other_content, write_chapters
from simulation.view import trust
from simulation.view.notebook import Shown


def proposal(policies: str, log: str) -> Shown:
    """How the columns of two files may be read, as text to put right and keep as a file."""
    if not policies:
        return Shown("<p>No file is named; a run of the desk stands as the example.</p>", "no file is named")
    text, remarks = propose(Path(policies), Path(log) if log else None, Path(policies).stem)
    items = Markup("").join(Markup("<li>{}</li>").format(each) for each in remarks)
    return Shown(Markup("<pre>{}</pre><ul>{}</ul>").format(text, items), text)


def headline(own: OwnTeam) -> Shown:
    """The sentence of trust, what was fitted, and what was left out of the files."""
    head, *others = trust.trust_lines(own.calibration, own.tested)
    others += [] if own.tested else [own.excuse]
    items = Markup("").join(Markup("<li>{}</li>").format(each) for each in others)
    return Shown(Markup("<p><strong>{}</strong></p><ul>{}</ul>").format(head, items), "\n".join([head, *others]))


def part(own: OwnTeam, question: str) -> Shown:
    """One part of the trust report, by the words that its question begins with."""
    parts = trust.trust_parts(own.calibration, own.tested)
    found = next((each for each in parts if each.question.startswith(question)), None)
    if found is None:
        return Shown(f"<p>{escape(own.excuse)}</p>", own.excuse)
    return Shown(Markup("{}{}<p>{}</p>").format(found.picture, found.table, found.answer), str(found.answer))


def made(own: OwnTeam) -> Shown:
    """What made this calibration."""
    rows = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(key, value) for key, value in own.record.items())
    text = "\n".join(f"{key}: {value}" for key, value in own.record.items())
    return Shown(Markup("<dl>{}</dl>").format(rows), text)


def keep(own: OwnTeam, to: str | Path) -> Shown:
    """The folder of parameters with its report, where one is named."""
    if not str(to):
        return Shown("<p>Nothing was written; name a folder in <code>to</code>.</p>", "nothing was written")
    count = write_calibration(own, Path(to))
    said = f"{count} parameters written to {to}; the report: {Path(to) / 'trust.html'}. Use them with --params {to}"
    return Shown(f"<p>{escape(said)}</p>", said)


def write_calibration(own: OwnTeam, to: Path) -> int:
    """Chapters, trust.html and calibration.json, whole or not at all; how many parameters were calibrated."""
    refuse_other_content(to)
    with whole_folder(to) as aside:
        count = write_chapters(aside, own.calibration, date.today())
        trust.trust_page(aside / "trust.html", own.calibration, own.tested, own.record)
        write_json(
            aside / "calibration.json", trust.calibration_json(own.calibration, own.tested) | {"record": own.record}
        )
    return count
