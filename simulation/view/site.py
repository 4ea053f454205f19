"""The handbook as a site that opens with the network off, built by Sphinx from the pages."""

import io
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.console import nocolor as no_colour
from sphinx.util.docutils import docutils_namespace, patch_docutils

from playbook.errors import InputError
from playbook.sheets import Form
from simulation.view.pages import FILE_LINK, SET_UP, SHEET, Page
from simulation.view.report import rendered

NAMED_HEADING = re.compile(r"^(#+ .+?) \{#(\S+)\}$", re.MULTILINE)
SET_UP_BLOCK = re.compile(rf"^```{SET_UP}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHUT = """```{raw} html
<details class="setup"><summary>What the examples use</summary>
```

```pycon
\\1```

```{raw} html
</details>
```"""
MOST_ROWS = 12
NOT_FOR_READERS = (".buildinfo*", "_sources", "objects.inv")
HERE = Path(__file__).resolve().parent
SETTINGS = {
    "project": "The Renewal Playbook",
    "extensions": ["myst_parser"],
    "root_doc": "index",
    "language": "en",
    "html_theme": "furo",
    "html_title": "The Renewal Playbook",
    "html_static_path": ["_static"],
    "html_css_files": ["handbook.css"],
    "html_show_sourcelink": False,
    "html_copy_source": False,
    "html_use_index": False,
    "html_show_copyright": False,
    "myst_heading_anchors": 0,
    "highlight_language": "none",
    "pygments_style": "bw",
    "templates_path": [],
}


def build_site(pages: Sequence[Page], folder: Path, said: Callable[[str], str]) -> None:
    """Write the site into a folder that holds forms, notebooks and PDF already or soon; InputError where Sphinx finds
    a fault."""
    with tempfile.TemporaryDirectory() as name:
        source, built = Path(name) / "source", Path(name) / "built"
        _write_source(pages, source, said)
        _run(source, built, Path(name) / "doctrees")
        shutil.copytree(built, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*NOT_FOR_READERS))


def _write_source(pages: Sequence[Page], source: Path, said: Callable[[str], str]) -> None:
    static = source / "_static"
    static.mkdir(parents=True)
    shutil.copy(HERE / "templates" / "handbook.css", static)
    shutil.copy(HERE / "fonts" / "PlaybookSansSC-Regular.otf", static)
    for page in pages:
        text = page.text
        if page.form:
            text = text.replace(SHEET, _sheet(page.name.removeprefix("form-"), page.form, said))
        if page.name == SETTINGS["root_doc"]:
            text += _contents(pages)
        (source / f"{page.file}.md").write_text(_myst(text), encoding="utf-8")


def _myst(text: str) -> str:
    """Named headings as the parser of the site wants them, and links to files that lie beside the pages.

    >>> print(_myst("## Staffing {#chapter-staffing}"))
    (chapter-staffing)=
    ## Staffing
    """
    text = NAMED_HEADING.sub(r"(\2)=\n\1", text)
    text = SET_UP_BLOCK.sub(SHUT, text)
    return FILE_LINK.sub(r'<a href="\2">\1</a>', text)


def _sheet(name: str, form: Form, said: Callable[[str], str]) -> str:
    html = rendered("sheet.html", form=form, said=said, most_rows=MOST_ROWS)
    link = f'<a class="workbook" href="forms/{name}.xlsx">Workbook to fill in: {name}.xlsx</a>'
    return f"```{{raw}} html\n{link}\n{html}\n```"


def _contents(pages: Sequence[Page]) -> str:
    """The tables of contents that the start page hands to the site's side bar, one a part."""
    parts = dict.fromkeys(page.part for page in pages if page.part)
    lines = []
    for part in parts:
        names = "\n".join(page.file for page in pages if page.part == part)
        lines.append(f"\n```{{toctree}}\n:hidden:\n:caption: {part}\n:maxdepth: 1\n\n{names}\n```\n")
    return "".join(lines)


def _run(source: Path, folder: Path, doctrees: Path) -> None:
    """Sphinx with every warning an error."""
    told = io.StringIO()
    no_colour()
    settings: dict[str, Any] = dict(SETTINGS)
    with patch_docutils(), docutils_namespace():
        app = Sphinx(source, None, folder, doctrees, "html", settings, status=None, warning=told, warningiserror=True)
        app.build(force_all=True)
    faults = told.getvalue().strip().replace(f"{source}/", "")
    if app.statuscode or faults:
        raise InputError(f"the site cannot be built:\n{faults}")
