"""Panels for the material of a case (00.2, 03.1): files, pasted tables, the agency register, names, copies, a new case.

What is added is a source file like any other: with its hash, read again at every run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial

import ipywidgets as w

from auditkit import copies
from auditkit.case import Case, CaseError, opening, register, typed
from auditkit.case.folder import recorded, safe_name
from auditkit.case.journal import Entry, need
from auditkit.case.opening import add_source
from auditkit.checks import run
from auditkit.findings import in_words
from auditkit.loading import load_bytes
from auditkit.material import unpacked
from auditkit.reading.page import ReadingError
from auditkit.report import Report
from auditkit.tables import Table, Words, heads, report_tables, sentence
from auditkit.widgets.base import (
    FULL,
    WIDE,
    Panel,
    attempt,
    author_field,
    beside,
    button,
    choice,
    named,
    off,
    offering,
    on_change,
    only_words,
    panel,
    reason_field,
    statement_panel,
    take_back,
    text_field,
)
from auditkit.wording import Lang, say

AGAIN = "请点“▶ 全部运行”重新计算。", "Press “▶ run all” to recompute."
_YEARS = range(2003, 2100)


def told(
    lang: Lang, out: w.HTML, act: Callable[[], Sequence[str]], *, zh: str = "没有加入：", en: str = "Not added: "
) -> bool:
    """Do something and say in `out` what came of it, or why it was not done."""
    done = False
    try:
        lines, done = act(), True
    except (ReadingError, CaseError) as error:
        lines = [say(lang, zh, en) + error.message(lang)]
    except OSError as error:
        lines = [say(lang, f"{zh}无法写入（{error.strerror}）。", f"{en}it cannot be written ({error.strerror}).")]
    out.value = Words(tuple(lines)).html
    return done


def add_files(case: Case) -> Panel:
    """Add reports to the case (00.2); each is read first; what cannot be read may still be kept as material."""
    lang, title = case.lang, ("添加报告文件", "add reports")
    if case.is_demonstration:
        title = (
            "添加文件；演示案卷只读，请用 auditkit lab 打开自己的案卷",
            "add files; off in the demonstration case, use auditkit lab",
        )
        zh = "演示案卷只读。添加自己的报告：在终端运行 auditkit new 案卷名 文件…，再运行 auditkit lab 案卷名。"
        en = "The demonstration case is read-only. For your own reports run: auditkit new CASE FILE..., then auditkit lab CASE."
        return only_words(lang, title, say(lang, zh, en))
    said, refused = w.HTML(), dict[str, bytes]()
    zh = "添加报告文件|网页、PDF、Word、Excel、纯文本或 ZIP"
    en = "Add reports|web pages, PDF, Word, Excel, text or ZIP"
    upload = w.FileUpload(multiple=True, **named(lang, zh, en), layout=w.Layout(width="max-content"))

    def add(files: Mapping[str, bytes | ReadingError], *, unread: bool) -> None:
        lines, any_added = [], False
        for name, data in files.items():
            line, no = w.HTML(), (f"没有添加 {name}：", f"{name} not added: ")
            added = told(lang, line, partial(_added, case, name, data, unread), zh=no[0], en=no[1])
            known = recorded(case.path).values()
            if not added and isinstance(data, bytes) and hashlib.sha256(data).hexdigest() not in known:
                refused[name] = data
            any_added |= added
            lines.append(line.value)
        said.value = "".join(lines) + (sentence(lang, *AGAIN).html if any_added else "")
        keep.layout.display = "" if refused else "none"

    def uploaded() -> None:
        refused.clear()
        given = {item["name"]: bytes(item["content"]) for item in upload.value}
        add({n: d for name, data in given.items() for n, d in unpacked(name, data)}, unread=False)

    def kept() -> None:
        files = dict(refused)
        refused.clear()
        add(files, unread=True)

    zh = "仍作为材料保存|读不出报告的文件也登记入卷，待粘贴或录入"
    en = "Keep as material|record the files that were not read too; paste or type them in later"
    keep = button(lang, zh, en, kept)
    keep.layout.display = "none"
    on_change(upload, uploaded)
    return panel(lang, *title, [upload, keep, said])


def _added(case: Case, name: str, data: bytes | ReadingError, unread: bool) -> list[str]:
    if isinstance(data, ReadingError):
        raise data
    add_source(case, name, data, unread=unread)
    if unread:
        zh, en = f"{name} 已作为材料保存，没有读出报告。", f"{name} is kept as material; no report was read."
        return [say(case.lang, zh, en)]
    return [say(case.lang, f"已添加 {name}。", f"{name} added.")]


def paste_table(case: Case) -> Panel:
    """Add what was copied from Excel, WPS or a web page (00.2)."""
    lang, title = case.lang, ("粘贴从 Excel、WPS 或网页复制的表格", "paste tables copied from Excel, WPS or a web page")
    if closed := off(case):
        return panel(lang, *title, [w.HTML(closed.html)])
    text = _area(
        lang,
        "粘贴在此|从标题到表四一并复制；也可粘贴网页源代码",
        "Paste here|from the title to table four; or a page's HTML",
    )
    agency, year = agency_and_year(lang)
    origin = text_field(lang, "复制自|文件名或网址", "Copied from|a file's name or an address")
    author, said, shown = author_field(case), w.HTML(), w.HTML()

    def made() -> tuple[str, bytes, tuple[Report, ...]]:
        need(text.value.strip(), "请先粘贴内容。", "Please paste something first.")
        ending = "html" if text.value.lstrip().startswith("<") else "txt"
        data = typed.pasted(text.value, "", "", author.value, origin.value, lang)
        reports = load_bytes("-", data)
        if not all(r.agency and r.year for r in reports):
            whose, of = (
                agency.value.strip() or reports[0].agency or "",
                year.value.strip() or str(reports[0].year or ""),
            )
            zh = "文本中没有写明机关或年份，请填写。"
            en = "The text does not say agency or year; please fill them in."
            need(whose and of, zh, en)
            data = typed.pasted(text.value, whose, year_given(of), author.value, origin.value, lang)
            reports = load_bytes("-", data)
            need(all(r.agency and r.year for r in reports), "没有从标题读出机关和年份：机关名称请用汉字写全称，数字用中文数字。",
                  "Agency and year could not be read from the title: write the name in full in Chinese, numbers in Chinese too.")  # fmt: skip
        name = f"{say(lang, '粘贴', 'pasted')}-{reports[0].agency}-{reports[0].year}.{ending}"
        return name, data, reports

    def previewed() -> None:
        shown.value = ""

        def act() -> list[str]:
            _, _, reports = made()
            shown.value = "".join(report_tables(r, lang).html for r in reports)
            given = agency.value.strip() and all(register.compared(agency.value) != r.agency for r in reports)
            zh = "所填机关与文本写明的不同，以文本为准。"
            en = "The text names another agency than was filled in; the text counts."
            return [*(as_read(r, lang) for r in reports), *([say(lang, zh, en)] if given else [])]

        told(lang, said, act, zh="不能预览：", en="No preview: ")

    def added() -> None:
        def act() -> list[str]:
            name, data, reports = made()
            need(origin.value.strip(), "请写明复制自哪里。", "Please say where it was copied from.")
            need(author.value.strip(), "请先填写审计人员姓名。", "Please give the auditor's name first.")
            done = added_as(case, name, data)
            text.value = shown.value = ""
            return [done, *(as_read(r, lang) for r in reports), say(lang, *AGAIN)]

        told(lang, said, act)

    preview = button(lang, "预览|看会读出什么，不加入", "Preview|see what would be read; nothing is added", previewed)
    add = button(lang, "加入案卷|存为源文件", "Add to the case|save it as a source file", added)
    return panel(lang, *title, [text, beside([agency, year]), origin, author, beside([preview, add]), said, shown])


def added_as(case: Case, name: str, data: bytes) -> str:
    """Add a file to a case; say so, with the name it has there."""
    digest = hashlib.sha256(data).hexdigest()
    here = next(s.name for s in add_source(case, name, data).sources if s.sha256 == digest)
    return say(case.lang, f"已加入案卷：{here}。", f"Added to the case: {here}.")


def as_read(report: Report, lang: Lang) -> str:
    """Say in a sentence what was read of a report, and its verdict."""
    result = run([report], lang).results[0]
    n, total, loose = result.stated, len(report.layout.cells), len(report.unplaced)
    verdict = in_words(result.verdict, lang)
    zh = f"{report.name(lang)}：读到 {n} / {total} 格，未落位 {loose} 个数字；结论：{verdict}。"
    en = f"{report.name(lang)}: {n} of {total} cells read, figures unplaced: {loose}; verdict: {verdict}."
    return say(lang, zh, en)


def _area(lang: Lang, zh: str, en: str) -> w.Textarea:
    words = named(lang, zh, en)
    return w.Textarea(
        continuous_update=False, **words, placeholder=words["tooltip"], rows=8, style=WIDE, layout=w.Layout(**FULL)
    )


def agency_and_year(lang: Lang) -> tuple[w.Text, w.Text]:
    """Return the fields for whose report of which year it is."""
    agency = text_field(lang, "机关|报告的机关全称", "Agency|the agency's full name as in the report")
    year = text_field(lang, "年份|报告年度，如 2023", "Year|the year reported on, such as 2023")
    agency.layout, year.layout = w.Layout(width="24em", max_width="100%"), w.Layout(width="12em", max_width="100%")
    return agency, year


def year_given(text: str) -> str:
    """Return the year that a text states; `CaseError` where it states none."""
    year = text.strip().removesuffix("年")
    zh = "请写明报告年度，如 2023。"
    en = "Please give the year reported on, such as 2023."
    need(year.isdecimal() and int(year) in _YEARS, zh, en)
    return str(int(year))


# --- register, copies, names, a new case ----------------------------------------------------------------------------------


def agency_register(case: Case) -> Panel:
    """Paste the register of the agencies that have to report (00.2)."""
    lang, title = case.lang, ("粘贴机关名录", "paste the agency register")
    if closed := off(case):
        return panel(lang, *title, [w.HTML(closed.html)])
    text = _area(
        lang,
        "名录|每行一个机关：名称、曾用名、类别、应公布日期（可从 Excel 复制）",
        "Register|an agency a line: name, other names, kind, due date (as copied from a sheet)",
    )
    author, said, shown = author_field(case), w.HTML(), w.HTML()

    def show(rows: Sequence[register.Row]) -> None:
        columns = heads(lang, "名称|曾用名|类别|应公布日期", "name|other names|kind|due date")
        caption = say(lang, f"{len(rows)} 个机关", f"{len(rows)} agencies")
        shown.value = Table(columns, tuple((r.name, r.aliases, r.kind, r.due) for r in rows), caption).html

    def previewed() -> None:
        shown.value = ""

        def act() -> list[str]:
            show(register.parse(text.value))
            return []

        told(lang, said, act, zh="不能预览：", en="No preview: ")

    def recorded() -> None:
        def act() -> Entry:
            rows = register.parse(text.value)
            show(rows)
            return case.register([asdict(row) for row in rows], author=author.value)

        attempt(lang, said, act)

    def undone() -> None:
        take_back(case, said, case.journal.current("register", {}), author.value)
        in_force()

    def in_force() -> None:
        shown.value = ""
        if rows := register.registered(case):
            show(rows)

    in_force()
    buttons = [
        button(lang, "预览|看会记录什么", "Preview|see what would be recorded", previewed),
        button(lang, "记录|代替以前的名录", "Record|it takes the place of an earlier register", recorded),
        button(lang, "撤销|撤销现有的名录", "Undo|take back the register", undone),
    ]
    return panel(lang, *title, [text, author, beside(buttons), said, shown])


def scope(case: Case) -> Panel:
    """Choose which of several copies of a report counts (03.1)."""
    lang, title = case.lang, ("选择以哪一份报告为准", "choose which copy of a report counts")
    if closed := off(case):
        return panel(lang, *title, [w.HTML(closed.html)])
    found = [group for group in copies.groups(case) if len({c.source.name for c in group}) > 1]
    if not found:
        return only_words(lang, title, say(lang, "没有一份报告分在两个文件中。", "No report stands in two files."))
    options = [
        (f"{copy.title(lang)} · {copy.name}", (i, copy.source.name))
        for i, group in enumerate(found)
        for copy in sorted(group, key=lambda c: c.name)
    ]
    counts = choice(lang, "以此为准|其余各份不审阅", "This one counts|the other copies are not examined", options)
    counts.value = options[0][1]
    reason, author, said, shown = reason_field(lang), author_field(case), w.HTML(), w.HTML()

    def others() -> list[str]:
        i, name = counts.value
        return list(dict.fromkeys(c.source.name for c in found[i] if c.source.name != name))

    def show() -> None:
        of = found[counts.value[0]][0].report
        others_of = {s.name: [r for r in s.reports if (r.agency, r.year) != (of.agency, of.year)] for s in case.sources}
        along = {name: [r.name(lang) for r in reports] for name, reports in others_of.items()}
        more = []
        for n in others():
            if names := along.get(n):
                zh = f"{n} 中还有 {'、'.join(names)}，也将不审阅。"
                en = f"{n} also holds {'; '.join(names)}: not examined either."
                more.append(say(lang, zh, en))
        group = found[counts.value[0]]
        known = {(c.title(lang), c.name) for c in group}
        now = next((g for g in copies.groups(case) if (g[0].title(lang), g[0].name) in known), group)
        # which cells differ is listed in the notebook's next cell
        shown.value = Words(tuple(more)).html + copies.standing(now, lang).html

    def recorded() -> None:
        name, out = counts.value[1], {s.name for s in case.sources if not s.in_scope}
        who = {"reason": reason.value, "author": author.value}
        acts = [partial(case.include, other, False, **who) for other in others() if other not in out]
        acts += [partial(case.include, name, True, **who)] if name in out else []
        if not acts:
            said.value = sentence(lang, "已经以此为准。", "This one counts already.").html
        all(attempt(lang, said, act) for act in acts)  # up to the first that is not recorded
        show()

    def undone() -> None:
        files = {*others(), counts.value[1]}
        entries = [e for group in case.journal.standing("scope") for e in group if e.subject["file"] in files]
        take_back(case, said, entries, author.value)
        show()

    on_change(counts, show)
    show()
    record = button(lang, "记录|记入案卷", "Record|record it in the case", recorded)
    undo = button(lang, "撤销|各份恢复为在审阅范围内", "Undo|all copies are in scope again", undone)
    return panel(lang, *title, [counts, reason, author, beside([record, undo]), said, shown])


def aliases(case: Case) -> Panel:
    """State that the agency called so in one year is the one called otherwise in another (03.1)."""
    lang = case.lang
    names = tuple(sorted({r.agency for s in case.sources for r in s.read if r.agency}))

    former = offering(lang, "报告中的名称|曾用名或并入的机关", "Name in a report|former or merged", names)
    present = offering(lang, "视为同一机关|现用名", "Is the same as|the present name", names)
    reason, author, said, shown = reason_field(lang), author_field(case), w.HTML(), w.HTML()

    def show() -> None:
        groups = case.journal.standing("alias")
        rows = [(e.subject["name"], str(e.value), e.reason, e.signed(lang)) for g in groups for e in g]
        rows += [(name, to, "case.toml", "–") for name, to in case.aliases.items()]
        columns = heads(lang, "报告中的名称|视为|理由|何人何时", "name in a report|taken for|reason|by, when")
        none = say(lang, "没有改名或合并的认定。", "No agency is stated to be renamed or merged.")
        shown.value = Table(columns, tuple(rows)).html if rows else Words((none,)).html

    def recorded() -> None:
        known = {*names, *case.aliases.values(), *(str(e.value) for g in case.journal.standing("alias") for e in g)}
        name, to = former.value.strip(), present.value.strip()

        def act() -> Entry:
            zh = f"案卷的报告中没有名称是“{name}”的机关。请从列表中选择，或照报告所印填写。"
            en = f"No report of the case names an agency “{name}”. Please choose from the list, or write it as the report has it."
            need(not name or name in known, zh, en)
            return case.alias(name, to, reason=reason.value, author=author.value)

        if attempt(lang, said, act) and to not in known:
            zh = f"案卷的报告中没有名称是“{to}”的机关；“{name}”的报告以此名列出，请核对有无错字。"
            en = f"No report of the case names an agency “{to}”; the reports of “{name}” are listed by that name. Please check its spelling."
            said.value += sentence(lang, zh, en).html
        show()

    def undone() -> None:
        entries = [e for e in case.journal.current("alias", {"name": former.value.strip()}) if e.value is not None]
        if not entries:
            said.value = sentence(lang, "这个名称没有可撤销的认定。", "Nothing is stated of this name.").html
        for entry in entries[-1:]:  # one withdrawal takes the place of all that stand
            attempt(lang, said, partial(case.withdraw, entry, author=author.value))
        show()

    show()
    record = button(lang, "记录|记入案卷", "Record|record it in the case", recorded)
    undo = button(lang, "撤销|撤销对这个名称的认定", "Undo|take back what is stated", undone)
    title = "认定改名或合并的机关", "state which agencies were renamed or merged"
    children = [former, present, reason, author, beside([record, undo]), said, shown]
    return statement_panel(case, title, children, [former, present, reason, record, undo])


def new_case(case: Case) -> Panel:
    """Make a new case beside this one (00.2)."""
    lang, title = case.lang, ("新建案卷", "make a new case")
    if case.is_demonstration:
        way = (
            "新建案卷：在终端运行 auditkit new 案卷名，再运行 auditkit lab 案卷名。",
            "For a new case run auditkit new CASE, then auditkit lab CASE.",
        )
        return only_words(lang, title, say(lang, *way))
    beside_this = case.path.resolve().parent
    name, said = text_field(lang, f"文件夹名|在 {beside_this} 中新建", f"Folder|made in {beside_this}"), w.HTML()
    called = text_field(lang, "案卷标题|不填即为文件夹名", "Title|the folder's name if left empty")

    def act() -> list[str]:
        folder = name.value.strip()
        zh = f"“{folder}”不能作文件夹名，请换一个（不含 / \\ : ? * 等）。"
        en = f"“{folder}” cannot be a folder's name; choose another (without / \\ : ? * and the like)."
        need(folder and safe_name(folder) == folder and not folder.startswith((".", "-", "~")), zh, en)
        made = opening.new_case(beside_this / folder, [], lang=lang, title=called.value.strip()).path
        way = f'已新建案卷。在终端打开：auditkit lab "{made}"', f'Made. Open it in a terminal: auditkit lab "{made}"'
        return [say(lang, *way)]

    def pressed() -> None:
        told(lang, said, act, zh="没有新建：", en="Not made: ")

    make = button(lang, "新建|新建一个空案卷", "Make|make an empty case", pressed)
    return panel(lang, *title, [name, called, make, said])
