"""A proposed mapping for a team's files, from the names of their columns and what stands in them; to be read and put right."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import yaml

from playbook.errors import InputError
from simulation.desk.stamps import read_stamps
from simulation.desk.table_file import TEXT, TableFormat, frames

ENCODINGS = ("utf-8-sig", "gb18030")
DELIMITERS = (",", ";", "\t", "|")
SAMPLE_BYTES = 1_000_000
DATE_FORMATS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y年%m月%d日",
)  # fmt: skip
TIMES = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S")
MOSTLY = 0.9
MOST_WORDS = 60  # of a column, above which it is no column of kinds
NAMES = {
    "policies": {
        "id": ("policy_id", "policy_no", "policy", "保单号", "保单", "id"),
        "customer": ("customer", "client", "holder", "投保人", "客户"),
        "line": ("line", "product", "class", "险种", "产品"),
        "due_date": ("due", "expiry", "expir", "end_date", "renewal_date", "到期", "终保"),
        "premium_cny": ("premium_cny", "new_premium", "prem_final", "premium", "prem", "保费"),
        "last_premium": ("last_premium", "prem_last", "old_premium", "previous", "上年保费", "去年保费"),
        "price_ratio": ("price_ratio", "change_ratio"),
        "tenure_years": ("tenure", "policy_age", "years", "续保年", "年数"),
        "is_instalment": ("instalment", "installment", "分期"),
        "has_lapsed": ("lapse", "lost", "脱保", "流失", "失效"),
    },
    "log": {
        "case": ("case", "policy", "保单", "案件", "concept:name"),
        "activity": ("activity", "action", "event", "kind", "类型", "活动", "动作"),
        "came": ("came", "created", "queued", "received", "创建", "登记"),
        "begin": ("begin", "start", "开始"),
        "end": ("end", "complete", "closed", "finish", "timestamp", "time", "结束", "完成"),
        "minutes": ("minutes", "duration", "handling", "时长", "分钟"),
        "person": ("person", "agent", "user", "resource", "employee", "owner", "坐席", "员工", "人员", "经办"),
        "result": ("result", "outcome", "disposition", "结果"),
        "role": ("role", "岗位", "角色"),
        "grade": ("grade", "level", "职级", "等级"),
        "group": ("group", "分组"),
        "joined": ("joined", "hired", "入职"),
    },
}  # fmt: skip
WORDS = {
    "activity": {
        "follow_up": ("follow", "call", "dial", "phone", "outbound", "外呼", "电话", "跟进", "回访电话"),
        "proposal": ("quote", "proposal", "offer", "报价", "方案"),
        "signing": ("sign", "签", "承保"),
        "entry": ("entry", "enter", "录入", "录单"),
        "enquiry": ("enquiry", "inquiry", "question", "inbound", "咨询", "来电"),
        "request": ("request", "申请"),
        "complaint": ("complain", "投诉"),
        "message": ("message", "sms", "mail", "短信", "微信"),
        "cancellation": ("cancel", "退保"),
        "renewed_alone": ("self", "自助", "automatic"),
        "other": ("meeting", "training", "会议", "培训"),
    },
    "result": {
        "unanswered": ("no answer", "no_answer", "unanswer", "not reached", "未接", "无人", "busy"),
        "refused": ("refus", "reject", "declin", "拒"),
        "agreed": ("agree", "accept", "renew", "同意", "成交"),
        "talked": ("talk", "answer", "reached", "connected", "接通", "已接"),
        "given_up": ("abandon", "given_up", "hang", "放弃"),
        "done": ("done", "ok", "complete", "完成"),
    },
}  # fmt: skip


@dataclass
class Proposal:
    """A proposed part of a mapping: how the file is written, its fields, columns left out, and what to look at."""

    content: dict
    left_out: list[str]
    remarks: list[str] = field(default_factory=list)


def propose(policies: Path | None, log: Path | None, title: str) -> tuple[str, list[str]]:
    """A mapping as text, with comments, and what to look at before it is used."""
    content: dict = {"title": title}
    comments, remarks = [], []
    for part, path in (("policies", policies), ("log", log)):
        if path is None:
            continue
        found = proposed(path, part)
        content[part] = found.content
        comments += [f"# {path.name}: left out are the columns {', '.join(found.left_out)}"] if found.left_out else []
        remarks += [f"{path.name}: {each}" for each in found.remarks]
    body = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)
    notes = [f"# LOOK AT: {each}" for each in remarks]
    return "\n".join(["# Proposed by `renewal map`: read it before you use it.", *comments, *notes, body]), remarks


def proposed(path: Path, part: str) -> Proposal:
    """One file's part; InputError where the file cannot be read."""
    written = format_of(path)
    frame = next(frame for _, frame in frames(path, written, lambda *_: None))
    columns, taken, fields = list(frame.columns), {}, {}
    for name, words in NAMES[part].items():
        column = _column(columns, words, taken.values())
        if column is not None:
            taken[name] = column
            fields[name] = {"column": column}
    remarks: list[str] = []
    if part == "policies" and "id" in taken and frame[taken["id"]].duplicated().any():
        remarks.append(f"{taken['id']!r} does not name each policy once; id needs a column that does")
    if "last_premium" in fields:
        fields.pop("last_premium")
        if "price_ratio" not in fields and "premium_cny" in taken:
            fields["price_ratio"] = {"ratio": [taken["premium_cny"], taken["last_premium"]]}
    dated = [taken[each] for each in ("due_date", "begin", "end", "came") if each in taken]
    content: dict = {"fields": fields}
    defaults = TableFormat()
    for name in ("encoding", "delimiter"):
        if getattr(written, name) != getattr(defaults, name):
            content[name] = getattr(written, name)
    if dated:
        content["date_format"], told = _date_format(frame[dated], part)
        remarks += told
    for name, kinds in WORDS.items() if part == "log" else ():
        if name in taken:
            fields[name], told = _mapped(frame[taken[name]], taken[name], kinds, name)
            remarks += told
    needed = ("id", "premium_cny", "due_date") if part == "policies" else ("case", "activity", "end")
    remarks += [f"no column was found for {name}" for name in needed if name not in fields]
    return Proposal(content, [each for each in columns if each not in taken.values()], remarks)


def format_of(path: Path) -> TableFormat:
    """Encoding and delimiter by trying."""
    if path.suffix.lower() not in TEXT:
        return TableFormat()
    try:
        with path.open("rb") as content:
            sample = content.read(SAMPLE_BYTES)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    for encoding in ENCODINGS:
        try:
            text = sample.rsplit(b"\n", 1)[0].decode(encoding)
        except UnicodeDecodeError:
            continue
        heading = text.partition("\n")[0]
        return TableFormat(encoding=encoding, delimiter=max(DELIMITERS, key=heading.count))
    raise InputError(
        f"{path}: neither {' nor '.join(ENCODINGS)} text: save it as UTF-8, or name its encoding in a mapping"
    )


def _column(columns: list[str], words: Iterable[str], taken: Iterable[str]) -> str | None:
    """The column whose name is, or else begins with, or else holds one of the words."""
    free = [each for each in columns if each not in taken]
    for fits in (str.__eq__, str.startswith, str.__contains__):
        for word in words:
            for column in free:
                if fits(column.lower().replace(" ", "_"), word):
                    return column
    return None


def _date_format(frame: pd.DataFrame, part: str) -> tuple[str, list[str]]:
    """The format that most of the dates are written in."""
    texts = pd.concat([frame[column] for column in frame]).loc[lambda x: x.ne("")].head(2000).reset_index(drop=True)
    formats = [day + time for day in DATE_FORMATS for time in (TIMES if part == "log" else TIMES[:1])]
    read = {each: pd.to_datetime(texts, format=each, errors="coerce").notna().mean() for each in formats}
    best = max(read, key=read.__getitem__) if len(texts) else formats[0]
    others = [each for each in formats if each != best and read[each] >= read[best] > 0]
    told = [f"dates could be {best} or {' or '.join(others)}"] if others else []
    if not read[best] and read_stamps(texts, formats[0]).notna().mean() < MOSTLY:
        told.append("no format of dates was recognised: name it as date_format")
    if part == "log" and "%H" not in best:
        best, told = best + " %H:%M:%S", [*told, "the times have no hours; a log needs them"] if read[best] else told
    return best, told


def _mapped(column: pd.Series, name: str, kinds: dict[str, tuple[str, ...]], what: str) -> tuple[dict, list[str]]:
    """A column of words with what each may mean; the desk's own words need no map."""
    words = [each for each in column.value_counts().index.tolist() if each]
    if all(word in kinds or word.lower().replace(" ", "_") == word for word in words) and set(words) & set(kinds):
        return {"column": name}, []
    if len(words) > MOST_WORDS:
        return {"column": name}, [f"{name!r} holds {len(words)} different words: is it the {what}?"]
    values = {word: next((kind for kind, own in kinds.items() if any(each in word.lower() for each in own)), None)
              for word in words}  # fmt: skip
    unknown = [word for word, kind in values.items() if kind is None]
    told = [f"{what}: what is {', '.join(map(repr, unknown))}?"] if unknown else []
    return {"map": name, "values": {word: kind or "other" for word, kind in values.items()
                                    if kind or what == "activity"}}, told  # fmt: skip
