"""Hostile text, everywhere at once: a case in which whatever can hold a text holds one, and everything that shows it."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, get_args
from zipfile import ZipFile

import ipywidgets as w
import layouts
import lxml.html
import openpyxl
import pytest
from strategies import AGENCY, typed

import auditkit
from auditkit import cli, letter, workpaper
from auditkit.canvas import Exhibits, Picture
from auditkit.case import Case
from auditkit.case.folder import shipped
from auditkit.case.journal import Kind
from auditkit.case.opening import new_case
from auditkit.case.words import STATES
from auditkit.evidence import embedded, evidence
from auditkit.forms import load_form
from auditkit.tables import report_tables, visible
from auditkit.verify import verify
from auditkit.views.decisions import items
from auditkit.wording import Lang

LANGS: tuple[Lang, Lang] = ("zh", "en")
MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><a href='javascript:alert(1)'>a</a></svg>",
    "[click](javascript:alert(1))",
    "</script><script>alert(1)</script>",
    "</style><style>*{display:none}</style>",
    "]]><!--",
    '"onmouseover="alert(1)',
    "&lt;b&gt;&#60;i>",
)
FORMULAS = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    r"$\frac{1}{0}$",
    r"\(\undefined\) $x",
    "{{7*7}}",
    "{% raw %}",
)
TURNING = ("1\u202e2", "\u2066left", "\x1b[31mred\x1b]0;t\x07", "a\x00b\x9bc", "half\ud800", "\u200f\u061cx")
LONG = "长" * 3000 + "x" * 3000
HOSTILE = (*MARKUP, *FORMULAS, *TURNING)
ALL = " ".join(HOSTILE)
NAME = "".join((MARKUP[1], FORMULAS[4], FORMULAS[6], TURNING[0], MARKUP[7]))
"""Of an agency or a file: no line end, no slash."""
COPY = f"{NAME} =cmd.html"
PRINTED = {*MARKUP, *FORMULAS, *TURNING[:2], LONG}
"""What a web page can hold stands in cells of a report; no page holds half a character or most control characters."""
TAGS = set(re.findall(r"\w+", "table caption colgroup col thead tbody tr th td p div span br img pre"))
ATTRIBUTES = {"class", "scope", "colspan", "rowspan", "role", "tabindex"}


# --- what is inert -------------------------------------------------------------------------------------------------------


@cache
def changes_its_surroundings(character: str) -> bool:
    """Whether a character is a control character, half of one, or turns the direction of the text around it."""
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    marks = "\u200e\u200f\u061c"
    control = unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t"
    return control or character in marks or unicodedata.bidirectional(character) in turning


def assert_plain(text: str) -> str:
    """Hold a text to show as itself and nothing else."""
    odd = sorted({f"U+{ord(c):04X}" for c in text if changes_its_surroundings(c)})
    assert odd == [], text[:400]
    return text


def assert_inert(source: str) -> str:
    """Hold a piece of HTML to our own few tags and attributes; return its text."""
    assert_plain(source)
    root = lxml.html.fromstring(f"<div>{source}</div>")
    for element in root.iter():
        assert element.tag in TAGS, (element.tag, source[:400])
        for name, value in element.attrib.items():
            if element.tag == "img":
                assert name in ("src", "alt", "width")
                assert name != "src" or re.fullmatch("data:image/png;base64,[A-Za-z0-9+/=]+", value)
            elif name != "aria-label":
                assert name in ATTRIBUTES, (name, value)
                assert re.fullmatch("[-a-z0-9 ]*", value)
    for node in root.itertext():  # no mathematics where a page, as JupyterLab does, looks for some in a text
        assert not re.search(r"(?s)\$.*\$|\\[(\[a-z]", node), node[:200]
    return str(root.text_content())


def shown(thing: object) -> Iterator[str]:
    """Check all renderings of what a cell of a notebook ends in; yield their texts."""
    if isinstance(thing, Exhibits):
        for item in thing:
            yield from shown(item)
    elif isinstance(thing, Picture):
        assert thing.png.startswith(b"\x89PNG")
        assert_inert(thing.html)
        yield from (assert_plain(thing.text), assert_plain(thing.alt))
    elif isinstance(thing, w.Widget):
        for widget in parts(thing):
            yield from said_by(widget)
    else:
        bundle = thing._repr_mimebundle_()  # type: ignore[attr-defined]
        yield from (assert_plain(bundle["text/plain"]), assert_inert(bundle["text/html"]))


def squeezed(text: str) -> str:
    return "".join(text.split())


# --- panels --------------------------------------------------------------------------------------------------------------

FIELDS = (w.Text, w.Textarea, w.Combobox)
CHOICES = (w.Dropdown, w.Select)
KNOWN = (*FIELDS, *CHOICES, w.HTML, w.Button, w.Checkbox, w.BoundedIntText, w.FileUpload, w.Box, w.Tab)
"""All of which show their labels as text; HTML alone takes markup."""


def parts(widget: w.Widget) -> Iterator[w.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


def said_by(widget: w.Widget) -> Iterator[str]:
    """Check what a control shows of its own; what is typed into a field is the person's, as it is."""
    assert isinstance(widget, KNOWN), type(widget)
    if isinstance(widget, w.HTML):
        yield assert_inert(widget.value)
    for name in ("description", "tooltip", "placeholder", "_words"):
        yield assert_plain(str(getattr(widget, name, None) or ""))
    if isinstance(widget, CHOICES):
        yield from (assert_plain(label) for label in widget._options_labels)
    if isinstance(widget, w.Tab):
        yield from (assert_plain(title) for title in widget.titles)
    assert not getattr(widget, "description_allow_html", False)


def drive(panel: w.Widget, text: str, texts: list[str]) -> None:
    """Choose, type and press all that a panel offers; check what it says each time that it changes."""

    said: list[str] = []
    watched: set[str] = set()

    def check(change: Any) -> None:  # what is raised in here may be swallowed
        control = change["owner"]
        said.extend([control.value] if isinstance(control, w.HTML) else [])

    def watch() -> list[w.Widget]:
        found = list(parts(panel))
        for widget in found:
            if widget.model_id not in watched:
                watched.add(widget.model_id)
                names = [n for n in ("value", "options", "_options_labels") if widget.has_trait(n)]
                if names and not isinstance(widget, FIELDS):
                    widget.observe(check, names=names)
        return found

    def fill() -> None:
        fields = [c for c in watch() if isinstance(c, FIELDS) and not c.disabled]
        for widget in fields[:12]:
            year = widget.description in ("年份", "Year")
            widget.value = "2023" if year else text if isinstance(widget, w.Textarea) else squeezed(text)

    for control in watch():
        if isinstance(control, CHOICES):
            values = [value for _, value in control.options] if control.options else []
            for value in [*values[:4], *values[-1:], *values[:1]]:
                control.value = value
    for button in [c for c in watch() if isinstance(c, w.Button)]:
        fill()
        for _ in range(2):
            if not button.disabled:
                for act in list(button._click_handlers.callbacks):  # click() would swallow what is raised
                    act(button)
    texts += map(assert_inert, dict.fromkeys(said))
    for widget in watch():
        texts += said_by(widget)


# --- the case ------------------------------------------------------------------------------------------------------------


def page(year: int, changes: dict[str, str], agency: str = AGENCY, extra: str = "") -> str:
    """A report that is really read, with hostile texts in title, prose, a row label and what `changes` says."""
    form = load_form("2021")
    source = layouts.page(layouts.Sheet(form, {**typed("exercise-2021"), **changes}, year))
    evil = html.escape(" ".join(MARKUP + FORMULAS + TURNING[:2]))
    source = source.replace("<h1>", f"<p>首页 &gt; {evil} &gt; 年报</p>{extra}<h1>").replace(
        "</title>", f" {evil}</title>"
    )
    row = "".join(f"<td>{n}</td>" for n in range(4401, 4408))
    at = source.rindex("</table>", 0, source.index("四、政府信息公开行政复议"))
    source = f'{source[:at]}<tr><td colspan="3">{evil}</td>{row}</tr>{source[at:]}'
    return source.replace(AGENCY, agency) + f"<p>{evil}</p>"


def reports(folder: Path) -> list[Path]:
    form = load_form("2021")
    cells = [
        c.id for c in form.cells if c.column == "legal_service"
    ]  # one a row: a row of texts alone is no row of figures
    printed = dict(zip(cells, (*MARKUP, *FORMULAS, *TURNING[:2], LONG), strict=False))
    assert len(printed) == len(PRINTED)
    broken = {"requests.granted.total": "987", "requests.new.total": "1234"}
    blank = {c.id: "" for c in form.cells if c.column == "research"}
    files = {
        "a.html": page(2021, printed | broken),
        "b.html": page(2022, {"requests.carried_over.total": "55"}),
        "c.html": page(2023, {**blank, cells[0]: " ".join(MARKUP + FORMULAS + TURNING[:2])}),
        "d.html": page(
            2023,
            broken,
            "",
            "<p>首页 &gt; 公开 &gt; &lt;img/src=x/onerror=alert(1)//\u202e$x${{7*7}}'\"示例局 &gt; 年报</p>",
        ),
        "e.txt": layouts.LAYOUTS["lines after tabs"](
            layouts.Sheet(form, {**typed("exercise-2021"), **broken, cells[1]: "7\x1b[31m8"}, 2020)
        )
        + "".join(f"{text}\n" for text in TURNING[:3]),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files]


def fill(case: Case) -> None:
    """State something of every kind; every text is hostile."""
    texts = iter((*HOSTILE, *HOSTILE, *HOSTILE))

    def who() -> dict[str, str]:
        return {"author": next(texts) + "甲", "reason": next(texts) + "因"}

    case.alias(AGENCY, NAME + "局", **who())
    case.include(COPY, False, **who())
    report = case.reports[0]
    for cell, text in zip([c.id for c in report.layout.cells[60:]], HOSTILE, strict=False):
        case.correct(report, cell, text, author=text + "甲", reason=ALL)
    for of in case.reports:
        if of.unplaced and (free := [c.id for c in of.layout.cells if of.kind(c.id) in ("absent", "blank")]):
            case.place(of, of.unplaced[0], free[0], author=ALL, reason=ALL)
        case.confirm(of, "disputes", author=ALL, reason=ALL)
    for of, cell in auditkit.sampling.sample(case)[:6]:
        case.reread(of, cell, next(texts), author=ALL)
    case.blanks(next(r for r in case.reports if r.year == 2023), "not stated", author=ALL, reason=ALL)
    case.register(
        [{"name": t, "aliases": NAME, "kind": t, "due": "2024-01-31"} for t in (NAME + "局", *HOSTILE)], author=ALL
    )
    chosen = [*case.exceptions[:12], *(e for e in case.exceptions if e.finding.check.startswith("Y-"))]
    for i, e in enumerate(chosen):
        case.dispose(e.finding, STATES[i % len(STATES)], author=ALL, reason=LONG if i == 3 else ALL)
        case.note(HOSTILE[i % len(HOSTILE)], author=ALL, finding=e.finding)
    for flag in items(case, "anomalies")[:2]:
        case.dispose(flag.finding, "referred", author=ALL, reason=ALL)
    for text in (*HOSTILE, ALL):
        case.note(text, author="甲")
    case.note(ALL, author=ALL, report=report)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case; it is not to be written to."""
    base = tmp_path_factory.mktemp("hostile")
    case = new_case(base / "case", reports(base), title=ALL)
    toml = case.path / "case.toml"
    given = [t.replace("\ud800", "").replace("\x00", "") for t in (ALL, NAME)]
    settings = "".join(f"{k} = {json.dumps(given[0])}\n" for k in ("office", "reference", "reply_by", "as_of"))
    settings += f"auditors = {json.dumps(given)}\n"
    toml.write_text(settings + toml.read_text("utf-8").replace("auditors = []\n", ""), encoding="utf-8")
    sources = case.path / "sources"  # names as only a person copying files by hand gives them
    (sources / COPY).write_bytes((sources / "c.html").read_bytes())
    (sources / f"{NAME}.txt").write_text(ALL, encoding="utf-8", errors="replace")
    case = Case(case.path)
    fill(case)
    later = next(r for r in case.reports if r.year == 2022)  # its file is replaced: what was stated of it lapses
    cell = "disputes.reconsideration.upheld"
    case.correct(later, cell, ALL, author=ALL, reason=ALL)
    (sources / "b.html").chmod(0o644)
    (sources / "b.html").write_text(
        page(2022, {"requests.carried_over.total": "54", cell: MARKUP[0]}), encoding="utf-8"
    )
    for lang in LANGS:
        file = case.path / "notebooks" / lang / "05_memo.ipynb"
        data = json.loads(file.read_text("utf-8"))
        data["cells"][2:2] = [
            {"cell_type": "markdown", "id": f"x{i}", "metadata": {}, "source": f"## {text}\n\n{text}\n\n{text}"}
            for i, text in enumerate((*HOSTILE, ALL))
        ]
        file.write_text(json.dumps(data), encoding="utf-8")  # ASCII: half characters too
    return case.path


@pytest.fixture(scope="module", params=LANGS)
def case(request: Any, folder: Path) -> Case:
    return Case(folder, request.param)


@pytest.fixture(scope="module")
def own(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the case, to be written to."""
    return Path(shutil.copytree(folder, tmp_path_factory.mktemp("own") / "case"))


def cells(lang: Lang) -> Iterator[str]:
    """The last line of every code cell of our notebooks: each question that they ask."""
    for file in sorted((shipped("notebooks") / lang).glob("*.ipynb")):
        for cell in json.loads(file.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code" and not (code := "".join(cell["source"])).startswith("import"):
                yield code


# --- the tests -----------------------------------------------------------------------------------------------------------


def test_the_case_is_what_it_is_meant_to_be(case: Case) -> None:
    """Else the other tests would pass for want of anything to show."""
    kinds = {e.finding.check for e in case.exceptions}
    assert {"T3-50", "Y-01", "R-01", "R-03"} <= kinds
    assert {e.kind for e in case.journal.entries} == set(get_args(Kind))
    assert {x.entry.kind for x in case.stated.lapsed} >= {"correct", "confirm", "dispose"}
    assert {case.disposition(e.finding).state for e in case.exceptions} == set(STATES)
    assert all(r.unplaced for r in case.reports)
    assert any("<img/src=x" in (r.agency or "") for r in case.reports)
    assert [s.name for s in case.sources if s.problem] == [f"{NAME}.txt"]


def test_whatever_a_notebook_shows_is_inert_and_whole(case: Case) -> None:
    texts: list[str] = []
    for code in cells(case.lang):
        texts += shown(eval(code, {"auditkit": auditkit, "case": case}))
    for thing in (*(report_tables(r, case.lang) for r in case.reports), case.findings, letter.letters(case)):
        texts += shown(thing)
    everything = squeezed("".join(texts))
    for text in (*HOSTILE, ALL, NAME, LONG):
        assert squeezed(visible(text.replace("\ud800", "?"))) in everything  # a journal holds no half characters


@pytest.mark.parametrize("lang", LANGS)
def test_whatever_a_panel_says_is_inert_whatever_is_chosen_typed_and_pressed(lang: Lang, own: Path) -> None:
    texts: list[str] = []
    case = Case(own, lang)
    before = len(case.journal.entries)
    for name in auditkit.widgets.__all__[1:]:
        for which in ("consistency", "years", "anomalies") if name == "board" else (None,):
            panel = getattr(auditkit.widgets, name)(case, *([which] if which else []))
            drive(panel, ALL, texts)
    assert len(case.journal.entries) > before + 10
    everything = squeezed("".join(texts))
    for text in (*HOSTILE, ALL, NAME, LONG):
        assert squeezed(visible(text.replace("\ud800", "?"))) in everything


@pytest.fixture(scope="module")
def memo(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The memo of each language, by the command; its own folder's name is hostile too."""
    out = tmp_path_factory.mktemp("memo") / f"{NAME}.html"
    assert cli.main(["memo", str(case.path), "--lang", case.lang, "-o", str(out)]) == 0
    return out


def of_page(source: str, script: bool) -> str:
    """Check a whole page: the only script is inert JSON, nothing is executed or fetched; return its text."""
    assert_plain(source)
    root = lxml.html.document_fromstring(source.encode(), parser=lxml.html.HTMLParser(encoding="utf-8", huge_tree=True))
    allowed = TAGS | set(
        re.findall(
            r"\w+",
            "html head meta title style body header main nav footer section h1 h2 h3 h4 ul ol li a figure details summary em strong "
            "code hr",
        )
    )
    scripts = root.xpath("//script")
    assert [s.get("type") for s in scripts] == (["application/json"] if script else [])
    for element in root.iter(lxml.etree.Element):
        assert element in scripts or element.tag in allowed, element.tag
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name not in ("srcset", "action", "formaction", "data", "poster", "background", "xlink:href", "style")
            assert name != "href" or value.startswith("#")
            assert name != "src" or value.startswith("data:image/png;base64,")
    (style,) = root.xpath("//style")
    assert not re.search("url\\(|@import|expression|display:none}", style.text)
    assert "49" not in root.findtext(".//title")
    for element in scripts:
        assert not set(element.text) & set("<>&")
        element.getparent().remove(element)
    return str(root.text_content())


def test_a_picture_draws_a_hostile_name_and_its_text_twin_has_it_whole(case: Case) -> None:
    drawn = [item for item in auditkit.compare.flows(case) if isinstance(item, Picture)]
    assert any(visible(NAME) in picture.text for picture in drawn)
    assert all(picture.png.startswith(b"\x89PNG") for picture in drawn)


def test_the_memo_is_inert_and_whole(memo: Path) -> None:
    everything = squeezed(of_page(memo.read_text("utf-8"), script=True))
    for text in (*HOSTILE[len(MARKUP) :], NAME, LONG):
        assert squeezed(visible(text.replace("\ud800", "?"))) in everything


def test_the_evidence_in_the_memo_has_every_text_exactly(case: Case, memo: Path) -> None:
    data = embedded(memo)
    assert data == json.loads(json.dumps(evidence(case).data))
    told = [(e["id"], e["author"], e["reason"], e["value"]) for e in data["journal"]["entries"]]
    assert told == [(e.id, e.author, e.reason, e.value) for e in case.journal.entries]
    assert {text for r in data["reports"] for text in r["printed"].values()} >= PRINTED
    assert data["case"]["title"] == case.title
    lines, status = verify(memo, case.lang, case.path)
    assert status == 0, lines


@pytest.mark.parametrize("which", ["letter", "list"])
def test_letters_and_list_are_inert(which: Any, case: Case, tmp_path: Path) -> None:
    text = of_page(letter.write(case, tmp_path / which, which).read_text("utf-8"), script=False)
    assert squeezed(visible(NAME)) in squeezed(text)


def test_in_the_workpaper_only_our_own_formulas_are_formulas(case: Case) -> None:
    data = workpaper.workbook(case)
    with ZipFile(BytesIO(data)) as file:
        for name in file.namelist():
            assert "external" not in name.lower()
            if not name.endswith(".vml"):
                assert_plain("".join(lxml.etree.fromstring(file.read(name)).itertext()))
    book = openpyxl.load_workbook(BytesIO(data))
    found = [c for sheet in book for row in sheet.iter_rows() for c in row]
    formulas = [str(c.value) for c in found if c.data_type == "f"]
    assert len(formulas) > 1000
    assert all(
        re.fullmatch(r"=(?:SUM|IF|COUNTA|COUNTIFS|\d+-COUNTA)\([^'|]*\)(?:-COUNT\([^'|]*\))?", f.replace("'", ""))
        for f in formulas
    )
    assert not [f for f in formulas if "cmd" in f or "alert" in f]
    links = [c.hyperlink for c in found if c.hyperlink]
    assert all(link.target is None and re.match(r"'\w+'!H\d+$", link.location) for link in links)
    everything = squeezed("".join(str(c.value) for c in found))
    for text in (*HOSTILE, NAME, LONG):
        assert squeezed(visible(text.replace("\ud800", "?"))) in everything


def test_a_terminal_shows_nothing_but_text(
    case: Case, own: Path, memo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / f"{NAME}\x1b[31m"
    odd.mkdir()
    bad = odd / "a\udcffb\n.txt"
    bad.write_bytes((own / "sources" / "e.txt").read_bytes())
    changed = own / "sources" / "e.txt"  # so that verify has something to tell
    changed.chmod(0o644)
    changed.write_text(changed.read_text("utf-8").replace("987", "98\x1b[31m"), encoding="utf-8")
    sources = [str(f) for f in sorted((own / "sources").iterdir())]
    out = str(odd / "out")
    for arguments in (
        ["check", str(own)], ["check", str(bad)], ["check", "--json", *sources, str(bad)], ["read", str(own), str(bad)],
        ["new", str(odd / "case"), str(bad)], ["new", str(odd / "case")], ["new", str(odd / "c2"), *sources], ["lab", str(odd / "x")],
        ["verify", str(own)], ["verify", str(memo), "--case", str(own)], ["verify", sources[0]], ["memo", str(bad), "--notebook", NAME],
        ["memo", str(own), "--letter", "-o", out], ["memo", str(own), "--list", "-o", out], ["memo", str(own), "-o", out + ".xlsx"],
    ):  # fmt: skip
        cli.main([*arguments, "--lang", case.lang])
        said = capsys.readouterr()
        assert assert_plain(said.out + said.err)
        if "--json" in arguments:
            assert {text for r in json.loads(said.out)["reports"] for text in r["printed"].values()} >= PRINTED


def test_half_a_character_in_a_report_is_no_figure_and_breaks_nothing(tmp_path: Path) -> None:
    form = load_form("2021")
    sheet = layouts.Sheet(form, {**typed("exercise-2021"), "proactive.licences.decisions": "1\ud8002"}, 2023)
    (tmp_path / "a.txt").write_text(json.dumps([layouts.LAYOUTS["lines after tabs"](sheet)]), encoding="utf-8")
    case = new_case(tmp_path / "case", [tmp_path / "a.txt"])
    (report,), cell = case.reports, "proactive.licences.decisions"
    assert (report.printed(cell), report.value(cell)) == ("1\ufffd2", None)
    assert "1\ufffd2" in report_tables(report, "zh").html


@pytest.mark.skipif(os.name == "nt", reason="names of files are text there")
def test_a_file_whose_name_is_no_text_is_told_and_breaks_nothing(own: Path, tmp_path: Path) -> None:
    """As files have that were packed with names in GBK."""
    case = new_case(tmp_path / "case", [shipped("data") / "sources" / "exercise-2022.html"])
    name = os.fsdecode("年报.html".encode("gbk"))
    (case.path / "sources" / name).write_bytes((own / "sources" / "c.html").read_bytes())
    case = Case(case.path)
    (source,) = (s for s in case.sources if s.problem)
    assert (source.name, source.reports) == (visible(name), ())
    assert "改名" in source.problem.message("zh")
    assert source.name in auditkit.views.sources(case).text
    assert len(auditkit.sampling.sample(case)) == 60
    json.dumps(evidence(case).data, ensure_ascii=False).encode()  # as it goes to the memo
    case.include(source.name, False, reason="另有一份", author="甲")
    assert not next(s for s in case.sources if s.problem).in_scope


@pytest.mark.parametrize("text", ["None", "True", "agrees", "zero", "open"])
def test_words_that_are_codes_of_ours_stay_the_words_they_are(text: str, tmp_path: Path) -> None:
    case = new_case(tmp_path / "case", [shipped("data") / "sources" / "exercise-2022.html"])
    case.note(text, author=text)
    case.alias("旧局", text, author=text, reason=text)
    case.correct(case.reports[0], "requests.new.total", text, author=text, reason=text)
    rows = list(
        openpyxl.load_workbook(BytesIO(workpaper.workbook(case)))["记录"].iter_rows(min_row=2, values_only=True)
    )
    assert [(row[1], row[4], row[5]) for row in rows] == [(text, text, None), (text, text, text), (text, text, text)]
