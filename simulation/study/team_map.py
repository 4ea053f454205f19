"""Mapping files of a team's own records: which columns are the policies, and which are the log of who did what when."""

from datetime import date
from pathlib import Path

from pydantic import field_validator, model_validator

from playbook.documents import Document, named_file, params_folder, read_document
from playbook.errors import did_you_mean
from simulation.desk.book_file import Mapping, Source
from simulation.desk.pieces import KINDS, RESULTS
from simulation.desk.record import OUTCOMES
from simulation.desk.stamps import is_whole_date
from simulation.desk.table_file import TableFormat
from simulation.study.event_log import GROUPS

OTHER = "other"  # work that the desk does not know: it fills a person's time and nothing else
ACTIVITIES = (*KINDS[:-1], *OUTCOMES, OTHER)
WORDS = {"activity": ACTIVITIES, "result": RESULTS, "group": GROUPS}
FROM_ONE_COLUMN = ("column", "map", "constant")


class LogFields(Document):
    """The fields of a log. Case and activity are needed, and begin or end; minutes, or both begin and end.

    `joined` is the day on which the person joined the team. `came` is when the work was wanted (a question
    asked, a list released), `begin` when somebody took it up. Activities are told in the desk's words (`renewal map`
    proposes which); others are left out, or count as `other`.
    """

    case: Source
    activity: Source
    came: Source | None = None
    begin: Source | None = None
    end: Source | None = None
    minutes: Source | None = None
    person: Source | None = None
    result: Source | None = None
    role: Source | None = None
    grade: Source | None = None
    group: Source | None = None
    joined: Source | None = None

    @model_validator(mode="after")
    def _says_when_and_how_long(self) -> "LogFields":
        if self.begin is None and self.end is None:
            raise ValueError("name a column for begin or for end")
        if self.minutes is None and (self.begin is None or self.end is None):
            raise ValueError("name a column for minutes, or both begin and end")
        for name, source in self:
            if source is not None and (source.ratio or source.spread):
                raise ValueError(f"{name} is taken from one of {', '.join(FROM_ONE_COLUMN)}")
        return self

    @model_validator(mode="after")
    def _speaks_the_desks_words(self) -> "LogFields":
        for name, known in WORDS.items():
            source = getattr(self, name)
            for word in source.values.values() if source is not None and source.values else ():
                if word is not None and word not in known:
                    raise ValueError(f"{name}: {word!r} is no {name} of the desk{did_you_mean(word, known)}")
        return self


class LogMapping(TableFormat):
    """How a log is read. `recorded_until` is the last day that it can hold, by default today."""

    fields: LogFields
    date_format: str = "%Y-%m-%d %H:%M:%S"
    recorded_until: date | None = None

    @field_validator("date_format")
    @classmethod
    def _writes_a_moment(cls, value: str) -> str:
        if not is_whole_date(value) or not any(each in value for each in ("%H", "%I", "%T", "%X", "%c")):
            raise ValueError("is not a format of a date with its time such as %Y-%m-%d %H:%M:%S")
        return value

    def needs(self) -> list[tuple[str, str]]:
        """Each column of the log that is read, with the field that it is mapped to."""
        return [(column, name) for name, source in self.fields if source for column in source.needs()]


class TeamMapping(Document):
    """A mapping file for both files of a team: `policies` as for a book, and `log`."""

    title: str
    policies: Mapping
    log: LogMapping

    @model_validator(mode="before")
    @classmethod
    def _one_title(cls, content: object) -> object:
        if isinstance(content, dict) and isinstance(content.get("policies"), dict):
            return content | {"policies": {"title": content.get("title")} | content["policies"]}
        return content

    @model_validator(mode="after")
    def _joins(self) -> "TeamMapping":
        fields = self.policies.fields
        if fields.id is None:
            raise ValueError("policies.fields.id is needed: the log's cases are found by it")
        if fields.due_date.spread:
            raise ValueError("policies.fields.due_date must be a column: records are read by their dates")
        return self


def read_team_mapping(name: str) -> TeamMapping:
    """A mapping of params/exports/ by name, or any file by path; InputError names key and line of what is wrong."""
    return read_document(named_file(params_folder() / "exports", name, "mapping"), TeamMapping)


def file_of_mapping(name: str) -> Path:
    """The file that `read_team_mapping` reads."""
    return named_file(params_folder() / "exports", name, "mapping")
