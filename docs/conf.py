"""How the pages become one site: `make site`. The source is the whole checkout, so that a link to the notice or to a rule stays inside."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from docutils.transforms import Transform
from sphinx.application import Sphinx
from sphinx.parsers import Parser
from sphinx.search import languages
from sphinx.search.en import SearchEnglish

project = "Tiaoli 条理"
html_title = "Tiaoli 条理"
extensions = ["myst_nb"]
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**", "policy/hrss-2024-20/*", "encodings/hrss-2024-20/**", "src/tiaoli/stdlib/*.lp"]
exclude_patterns = [".*", "**/__pycache__", "build", "dist", "docs/*.py", "docs/reference/*.py", "policy/*/source.txt"]

html_theme = "furo"
html_copy_source = False
html_show_copyright = False
html_use_index = False
html_search_language = "tiaoli"

nitpicky = True
myst_heading_anchors = 6
nb_execution_mode = "off"
suppress_warnings = ["misc.highlighting_failure"]  # signatures are shortened with …

FILES = {".lp": "prolog", ".toml": "toml", ".csv": "text"}
"""Files that are pages as they stand, and how they are coloured."""


class FilePage(Parser):
    """A file as a page of its own: its name, and its text."""

    supported = ("file",)

    def parse(self, inputstring: str | StringList, document: nodes.document) -> None:
        text = inputstring if isinstance(inputstring, str) else "\n".join(inputstring)
        env = document.settings.env
        env.metadata[env.docname]["orphan"] = "true"
        path = Path(env.doc2path(env.docname, base=False))
        section = nodes.section(ids=["file"])
        section += nodes.title("", str(path))
        section += nodes.literal_block(text, text, language=FILES[path.suffix])
        document += section


class Anchors(Transform):
    """`<a id="…"></a>`, which a forge understands too, is a place that links can name."""

    default_priority = 500

    def apply(self, **_: Any) -> None:
        slugs = getattr(self.document, "myst_slugs", {})
        for node in self.document.findall(nodes.raw):
            for anchor in re.findall(r'<a id="([^"]+)">', node.astext()):
                slugs[anchor] = (node.line or 0, anchor, anchor)


class SearchBoth(SearchEnglish):
    """English by words; Chinese, which has no spaces, by single characters and pairs of neighbours."""

    lang = "tiaoli"
    js_splitter_code = r"""
var splitQuery = (query) => (query.match(/[\u3400-\u9fff]+|[a-zA-Z0-9_]+/g) || []).flatMap((run) =>
  run[0] < "\u3400" || run.length < 2 ? [run] : [...run].slice(1).map((character, at) => run[at] + character));
"""

    def split(self, input: str) -> list[str]:
        found: list[str] = []
        for run in re.findall(r"[\u3400-\u9fff]+|[a-zA-Z0-9_]+", input):
            found += [run] if run.isascii() else [*run, *map("".join, pairwise(run))]
        return found


def contents(app: Sphinx, docname: str, source: list[str]) -> None:
    """The home page's headings and links are the site's table of contents, so a forge shows the same."""
    if docname == app.config.root_doc:
        for heading, text in re.findall(r"^## (.*)\n((?:(?!## ).*\n?)*)", source[0], re.MULTILINE):
            linked = dict.fromkeys(re.findall(r"\[([^\]]+)\]\(([^):#]+\.(?:md|ipynb))\)", text))
            entries = "\n".join(f"{name.strip('`')} <{target}>" for name, target in linked)
            if linked:
                source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {heading}\n\n{entries}\n```\n"


def front_door(app: Sphinx, exception: Exception | None) -> None:
    """A page at the top that leads to the home page."""
    if exception is None:
        page = f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={app.config.root_doc}.html">\n'
        (Path(app.outdir) / "index.html").write_text(page, "utf-8")


def setup(app: Sphinx) -> None:
    """Teach Sphinx what stands above."""
    languages["tiaoli"] = SearchBoth
    for suffix in FILES:
        app.add_source_suffix(suffix, "file")
    app.add_source_parser(FilePage)
    app.add_transform(Anchors)
    app.connect("source-read", contents)
    app.connect("build-finished", front_door)
