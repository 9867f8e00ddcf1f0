"""A notebook as one self-contained page: the exporter behind ``jupyter nbconvert --to auditkit``.

The auditor edits the notebook and a report's words stand in its outputs, so everything is taken for hostile: Markdown
is rendered without raw HTML, HTML outputs pass an allow-list, and the page refers to nothing outside itself.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mistune
import nh3
from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets import Enum, Unicode, default

from auditkit.tables import escape, visible
from auditkit.template import EVIDENCE, FOLDER, WIDGET_VIEW, is_panel
from auditkit.wording import Lang, say

_PICTURES = ("image/png", "image/jpeg")
_PICTURE_ADDRESS = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

# What our own tables are made of, and little more; of everything else only the text stays, or not even that.
_TAGS = set(
    re.findall(
        r"\w+",
        "table caption colgroup col thead tbody tfoot tr th td p div span br hr ul ol li dl dt dd strong em b i u s "
        "sub sup small code pre kbd mark blockquote figure figcaption img details summary h3 h4 h5 h6 abbr",
    )
)
_DROPPED = set(
    re.findall(
        r"\w+",
        "script style svg math template iframe object embed noscript noembed noframes textarea select title",
    )
)
_ATTRIBUTES = {
    "*": {"class", "lang", "title", "aria-label"},
    "th": {"scope", "colspan", "rowspan", "abbr"},
    "td": {"colspan", "rowspan"},
    "col": {"span"},
    "colgroup": {"span"},
    "div": {"role", "tabindex"},
    "img": {"src", "alt", "width", "height"},
    "details": {"open"},
    "ol": {"start"},
}


@dataclass(frozen=True, slots=True)
class Heading:
    """One line of the contents list; `text` is HTML, already escaped."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Page:
    """What the template lays out; every string is HTML, already escaped or cleaned."""

    lang: str
    title: str
    running_title: str
    contents_label: str
    headings: tuple[Heading, ...]
    blocks: tuple[str, ...]
    layout: str = "memo"
    evidence: str = ""
    """JSON, with every character that could end its element escaped; empty if there is none."""


def clean_html(source: str) -> str:
    """Return an HTML output reduced to table and text markup, classes and embedded pictures.

    Ammonia (by nh3) parses as a browser does and writes the tree anew, so what is not on the list cannot come back
    through unbalanced or doubly encoded markup.
    """
    return nh3.clean(
        source,
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=_embedded_pictures_only,
        url_schemes={"data"},
        link_rel=None,
    )


def _embedded_pictures_only(tag: str, attribute: str, value: str) -> str | None:
    if attribute in ("role", "tabindex"):
        return value if value in ("group", "0") else None
    return value if attribute != "src" or _PICTURE_ADDRESS.fullmatch(value) else None


class _Markdown(mistune.HTMLRenderer):
    """Markdown without raw HTML, without links (a page on paper has none) and with embedded pictures only."""

    def __init__(self) -> None:
        super().__init__(escape=True)
        self.title = ""
        self.headings: list[Heading] = []
        self.attachments: Mapping[str, Mapping[str, str]] = {}

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        plain = re.sub(r"<[^>]*>", "", text).strip()
        if not plain:
            return ""
        if not self.title:  # the first heading is the page's only h1
            self.title = plain
            return ""
        above = self.headings[-1].level if self.headings else 1
        heading = Heading(min(max(level, 2), above + 1), plain, f"s{len(self.headings) + 1}")
        self.headings.append(heading)
        return f'<h{heading.level} id="{heading.anchor}">{text}</h{heading.level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        address = html.escape(url)
        if not re.match(r"(?:https?://|mailto:)", url, re.IGNORECASE) or address == text:
            return text
        return f"{text} ({address})"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        alt = re.sub(r"<[^>]*>", "", text)
        if url.startswith("attachment:"):
            bundle = self.attachments.get(url.removeprefix("attachment:"), {})
            url = next((_address(mime, bundle[mime]) for mime in _PICTURES if mime in bundle), "")
        if not _PICTURE_ADDRESS.fullmatch(url):
            return f"[{alt}]" if alt else ""
        return f'<img src="{url}" alt="{alt}">'


def _address(mime: str, base64: str) -> str:
    return f"data:{mime};base64,{''.join(base64.split())}"


def _picture(output: Mapping[str, Any], mime: str, lang: Lang) -> str:
    """Return a picture with its alternative text, its width in CSS pixels, and its figures as text folded beneath."""
    address = _address(mime, output["data"][mime])
    if not _PICTURE_ADDRESS.fullmatch(address):
        return ""
    facts = output.get("metadata", {}).get(mime, {})
    twin = output["data"].get("text/plain", "").strip()
    twin = "" if twin.startswith("<") else twin  # <Figure size ...> tells a reader nothing
    alt = str(facts.get("alt") or twin or say(lang, "图", "Picture"))
    width = f' width="{facts["width"]}"' if isinstance(facts.get("width"), int) else ""
    image = f'<figure><img src="{address}" alt="{escape(alt)}"{width}>'
    if twin:
        summary = say(lang, "图中数据（文字）", "The figures of this picture as text")
        image += f'<details class="ak-twin"><summary>{summary}</summary><pre>{escape(twin)}</pre></details>'
    return image + "</figure>"


def _pre(text: str) -> str:
    return f"<pre>{escape(_lines(_ANSI.sub('', text)).rstrip())}</pre>" if text.strip() else ""


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _output(output: Mapping[str, Any], lang: Lang) -> str:
    """Return one output of a cell as HTML, or nothing where it has no place on paper."""
    kind = output["output_type"]
    if kind == "stream":
        return _pre(output["text"]) if output["name"] == "stdout" else ""
    if kind == "error":
        text = say(
            lang,
            "此处的单元运行出错，内容缺失。请重新运行笔记本后再导出。",
            "The cell here ended in an error; its result is missing. Run the notebook again, then export it.",
        )
        return f'<p class="ak-warning">{text}</p>'
    data = output["data"]
    if WIDGET_VIEW in data or is_panel(data):
        return ""
    if "text/html" in data:
        return visible(clean_html(data["text/html"]))
    for mime in _PICTURES:
        if mime in data:
            return _picture(output, mime, lang)
    if "text/markdown" in data:
        return f'<div class="ak-md">{_render(_Markdown(), data["text/markdown"])}</div>'
    return _pre(data.get("text/plain", ""))


def _render(renderer: _Markdown, source: str) -> str:
    return str(
        mistune.create_markdown(escape=True, renderer=renderer, plugins=["table", "strikethrough"])(
            visible(_lines(source))
        )
    )


def _blocks(cells: Sequence[Mapping[str, Any]], renderer: _Markdown, lang: Lang) -> Iterator[str]:
    code = [cell for cell in cells if cell["cell_type"] == "code" and cell["source"].strip()]
    missing = sum(cell["execution_count"] is None for cell in code)
    if missing:
        text = say(
            lang,
            f"有 {missing} 个单元尚未运行，本页内容不完整。请全部运行后再导出。",
            f"{missing} cells have not been run, so this page is not complete. Run all cells, then export it.",
        )
        yield f'<p class="ak-warning">{text}</p>'
    for cell in cells:
        if cell["cell_type"] == "markdown":
            renderer.attachments = cell.get("attachments", {})
            yield f'<div class="ak-md">\n{_render(renderer, cell["source"])}</div>'
        elif cell["cell_type"] == "raw":
            yield _pre(cell["source"])
        else:
            yield "\n".join(filter(None, (_output(output, lang) for output in cell["outputs"])))


def _evidence(cells: Sequence[Mapping[str, Any]]) -> str:
    """Return the first evidence among the outputs as JSON that is safe within a script element, or an empty text."""
    outputs = (output for cell in cells if cell["cell_type"] == "code" for output in cell["outputs"])
    found = next((output["data"][EVIDENCE] for output in outputs if EVIDENCE in output.get("data", {})), None)
    if found is None:
        return ""
    text = json.dumps(
        found, sort_keys=True, separators=(",", ":")
    )  # ASCII: U+2028 and halves of characters escaped too
    return re.sub("[<>&]", lambda m: f"\\u{ord(m[0]):04x}", text)


def make_page(cells: Sequence[Mapping[str, Any]], *, lang: Lang, name: str, layout: str = "memo") -> Page:
    """Turn the cells of a notebook into the parts of a page.

    Parameters
    ----------
    cells : sequence of mapping
        The cells as nbformat 4 has them, in order.
    lang : {"zh", "en"}
    name : str
        The title where no cell holds a heading.
    layout : {"memo", "letter", "list"}
    """
    renderer = _Markdown()
    blocks = tuple(filter(None, _blocks(cells, renderer, lang)))
    title = renderer.title or html.escape(name)
    return Page(
        lang=say(lang, "zh-CN", "en"),
        title=title,
        # every character as a CSS escape: no text can end the string or the style sheet
        running_title="".join(f"\\{ord(character):x} " for character in html.unescape(title)),
        contents_label=say(lang, "目录", "Contents"),
        headings=tuple(renderer.headings) if layout == "memo" else (),
        blocks=blocks,
        layout=layout,
        evidence=_evidence(cells),
    )


class MemoExporter(TemplateExporter):
    """A notebook as a review memo: one HTML file without script or anything from outside."""

    export_from_notebook = "auditkit memo"
    output_mimetype = "text/html"
    lang = Unicode("", help="zh or en; without it the name of the notebook's folder decides, else zh.").tag(config=True)
    layout = Enum(
        ("memo", "letter", "list"),
        "memo",
        help="memo: with contents, page heads and numbers; letter: without them, each second heading on a new page; "
        "list: A4 landscape.",
    ).tag(config=True)

    @default("file_extension")
    def _file_extension(self) -> str:
        return ".html"

    @default("template_name")
    def _template_name(self) -> str:
        return "auditkit"

    @default("extra_template_basedirs")
    def _template_folders(self) -> list[str]:
        return [str(FOLDER)]

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[Any, dict[str, Any]]:
        """Make the page; one that carries evidence also carries its own hash."""
        from auditkit.evidence import sealed

        page, resources = super().from_notebook_node(nb, resources, **kw)
        return sealed(page), resources

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Yield the filters of the template: the stock ones and `memo`, which makes the parts of the page."""
        yield from super().default_filters()  # type: ignore[no-untyped-call]
        yield "memo", self._page

    def _page(self, notebook: Mapping[str, Any], resources: Mapping[str, Any]) -> Page:
        facts = resources.get("metadata", {})
        lang = self.lang or Path(facts.get("path") or ".").name
        name = facts.get("name") or "auditkit"
        return make_page(notebook["cells"], lang="en" if lang == "en" else "zh", name=name, layout=self.layout)
