"""The handbook as one PDF for paper: Markdown through pandoc to typst, which brings its Latin fonts with it."""

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pypandoc
import typst

from playbook.errors import InputError
from simulation.view.pages import FILE_LINK, SET_UP, SHEET, Page
from simulation.view.report import rendered

MARKDOWN = "commonmark+pipe_tables+attributes+raw_attribute+smart"
WITH_PAGES, END = "```{=typst}\n#[\n#show link: with-page\n```", "```{=typst}\n]\n```"
FONTS = Path(__file__).resolve().parent / "fonts"
STYLE_SHEET = re.compile(r"<style.*?</style>|<title>.*?</title>", re.DOTALL)
MOST_ROWS = 14
WIDE_FROM = 9  # a table with more columns than this is printed across the page


def print_book(pages: Sequence[Page], file: Path, said: Callable[[str], str]) -> None:
    """Write the pages as one PDF; InputError with what typst says where it cannot."""
    markdown = "\n\n".join(_parts(pages, said))
    body = pypandoc.convert_text(
        markdown, "typst", format=MARKDOWN, extra_args=["--syntax-highlighting=none", "--wrap=none"]
    )
    text = rendered("handbook.typ", body=body, edition=version("renewal-playbook"), set_up=SET_UP)
    file.write_bytes(_compiled(text, "the book"))


def print_typst(template: str, file: Path, **content: Any) -> None:
    """Write a template for typst as a PDF; what it shows of `content` goes through `said`, so that nothing of it is markup."""
    file.write_bytes(_compiled(rendered(template, said=quoted, **content), file.name))


def quoted(text: object) -> str:
    """A text as a string of typst's.

    >>> print(quoted('a "b" #c'))
    "a \\"b\\" #c"
    """
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + " ".join(escaped.split()) + '"'


def print_page(page: Path, title: str) -> tuple[bytes, list[str]]:
    """A page of ours as a PDF, and what typst warns of, such as a script for which the machine has no font."""
    html = STYLE_SHEET.sub("", page.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as name:
        media = ["--extract-media", str(Path(name) / "media"), "--wrap=none", "--syntax-highlighting=none"]
        body = pypandoc.convert_text(html, "typst", format="html", extra_args=media)
        return _with_faults(rendered("report.typ", body=body, title=quoted(title)), "the report", has_only_ours=False)


def _compiled(text: str, what: str) -> bytes:
    """A text of typst's as a PDF, without any font of the machine; InputError with what typst says where it cannot."""
    pdf, faults = _with_faults(text, what, has_only_ours=True)
    if faults:
        raise InputError(f"{what} cannot be printed:\n" + "\n".join(faults))
    return pdf


def _with_faults(text: str, what: str, has_only_ours: bool) -> tuple[bytes, list[str]]:
    """The PDF and what typst warns of; `has_only_ours` leaves the machine's own fonts out."""
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "source.typ"
        source.write_text(text, encoding="utf-8")
        try:
            pdf, faults = typst.compile_with_warnings(
                str(source), root="/", font_paths=[str(FONTS)], ignore_system_fonts=has_only_ours
            )
        except typst.TypstError as error:
            raise InputError(f"{what} cannot be printed: {error}") from None
    return pdf, [fault.message for fault in faults]


def _parts(pages: Sequence[Page], said: Callable[[str], str]) -> Iterator[str]:
    """The Markdown of each page, one level down, with a title page before each part."""
    part = ""
    for page in pages:
        if page.part != part:
            part = page.part
            yield f"# {part}"
        text = FILE_LINK.sub(r"\1", page.text)
        text = _one_level_down(text)
        if page.form:
            sheet = rendered("sheet.typ", form=page.form, said=said, most_rows=MOST_ROWS, wide_from=WIDE_FROM)
            text = text.replace(SHEET, f"```{{=typst}}\n{sheet}\n```")
        yield f"{WITH_PAGES}\n\n{text}\n\n{END}" if page.name == "ledger" else text


def _one_level_down(text: str) -> str:
    """Every heading one level lower, but not what looks like one in a block of code.

    >>> _one_level_down("# A\\n```\\n# B\\n```\\n## C")
    '## A\\n```\\n# B\\n```\\n### C'
    """
    parts = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if number % 2 else re.sub(r"^#", "##", part, flags=re.MULTILINE)
                   for number, part in enumerate(parts))  # fmt: skip
