"""The pages without code: the notebooks served by Voila from this machine alone, with a first page of all questions."""

import os
from pathlib import Path
from typing import Any

import nbformat
from tornado.web import RequestHandler
from traitlets.config import Config
from voila.app import Voila

from simulation.study.folders import notebooks_folder, runs_folder
from simulation.view.start import first_page

TEMPLATES = Path(__file__).parent / "jupyter"
IN_DEPTH = "in-depth"  # the tag of cells that a page leaves to the notebook: they would keep the reader waiting
SECONDS_TO_START = 120
MOST_UPLOAD_BYTES = 100_000_000


class FirstPage(RequestHandler):
    """The page of all questions."""

    def get(self) -> None:
        """Answer with the page."""
        self.finish(first_page("voila/render/"))


class App(Voila):
    """Voila with a first page of our own."""

    def init_handlers(self) -> list:
        """Our page before those of Voila."""
        return [(self.server_url, FirstPage), *super().init_handlers()]


def without_depth(_: Any, notebook: nbformat.NotebookNode, cwd: str) -> None:
    """Leave out what is for the notebook alone, in place."""
    notebook.cells = [cell for cell in notebook.cells if IN_DEPTH not in cell.metadata.get("tags", [])]


def serve(port: int, has_browser: bool) -> None:
    """Serve the pages on this machine until somebody stops it."""
    runs = runs_folder().resolve()
    os.environ["RENEWAL_RUNS"] = str(runs)
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(TEMPLATES), os.environ.get("JUPYTER_PATH")]))
    App.launch_instance([str(notebooks_folder())], config=_config(port, has_browser))


def _config(port: int, has_browser: bool) -> Config:
    config = Config()
    config.Voila.ip, config.Voila.port, config.Voila.open_browser = "127.0.0.1", port, has_browser
    config.Voila.tornado_settings = {"websocket_max_message_size": MOST_UPLOAD_BYTES}
    config.VoilaConfiguration.template = "renewal"
    config.VoilaConfiguration.strip_sources = True
    config.VoilaConfiguration.prelaunch_hook = without_depth
    config.VoilaExecutor.timeout = SECONDS_TO_START
    return config
