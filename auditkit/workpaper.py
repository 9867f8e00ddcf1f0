"""The Excel workpaper: tidy figures, every sum as a live formula with its computed value, exceptions, statements, sources.

A figure stands once, on the figures' sheet; every formula points there, so that typing another figure recomputes what
hangs on it. A blank is an empty cell and counted as one, never silently 0. Texts are written as strings, never formulas.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from auditkit import __version__
from auditkit.case import Case, CaseError
from auditkit.case.folder import write_aside
from auditkit.case.stated import Disposition
from auditkit.case.words import entry_in_words, kind_in_words, says, state_in_words
from auditkit.checks import catalog, catalog_version
from auditkit.checks.identities import evaluate
from auditkit.findings import Numbered, Outcome, Text, in_words, number
from auditkit.forms import TABLES, Identity, load_bridge, table_name
from auditkit.reading.numbers import Number
from auditkit.report import Report
from auditkit.spreadsheet import ROWS, Book, Formula, Link, Value, clean, fits
from auditkit.tables import heads, width
from auditkit.views.common import difference, numbered, printed_and_implied
from auditkit.wording import Lang, say

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

LINKS = 65_000
"""Of a sheet; the file format takes 65,530."""
VALUE = 7
"""Column (from 0) of the figures' sheet that holds the figures: H."""

# fmt: off
_SHEETS: Mapping[str, tuple[Text, Text, tuple[float, ...]]] = {  # name, heads, widths of the columns
    "about": (("说明", "About"), ("项目|内容", "item|what it is"), (18, 110)),
    "reports": (("报告", "Reports"), (
        "序号|报告|机关|年度|格式|结论（导出时）|例外|其中未决|读到的格|应有的格|未落位|等式：不通过|等式：空白为 0 时不成立|等式：无法判断|"
        "已核对的表|文件",
        "no.|report|agency|year|form|verdict (on export)|exceptions|of these open|cells read|cells of the form|without cell|"
        "sums: failed|sums: do not hold if blanks are 0|sums: not assessable|tables confirmed|file",
    ), (6, 28, 22, 6, 6, 14, 11, 8, 8, 8, 8, 9, 13, 12, 11, 24)),
    "figures": (("数字", "Figures"), (
        "序号|机关|年度|格式|表|行|列|数值|单位|类别|程序读到的原文|审计人员的记录|例外|文件中的位置|单元格代号",
        "no.|agency|year|form|table|row|column|value|unit|kind|as read by the program|stated by the auditor|exceptions|"
        "where in the file|cell id",
    ), (6, 18, 6, 6, 8, 31, 20, 12, 7, 7, 14, 22, 10, 26, 30)),
    "sums": (("等式", "Sums"), (
        "序号|报告|检查|名称|等式|左边|右边|差额|空白格|非数字格|取整误差|结果（随数字重算）|程序的判断（导出时）",
        "no.|report|check|name|sum|left side|right side|difference|blanks|cells without number|rounding|outcome (recomputed)|"
        "judged by the program (on export)",
    ), (6, 22, 7, 18, 60, 9, 9, 10, 8, 9, 9, 14, 14)),
    "exceptions": (("例外", "Exceptions"), (
        "编号|报告|程度|检查|内容|现为|若其余数据无误，应为|相差|所在单元格|依据|处理|理由|记录人|时间|经过|函中编号",
        "no.|report|severity|check|finding|as it stands|if all other figures are right|difference|cells|basis|disposition|reason|"
        "by|when|history|in letters",
    ), (6, 16, 13, 7, 46, 12, 12, 10, 11, 22, 11, 16, 9, 11, 24, 9)),
    "journal": (("记录", "Journal"), (
        "时间|记录人|种类|对象|内容|理由|效力|记录编号", "when|by|kind|about|what is stated|reason|standing|entry",
    ), (12, 12, 12, 50, 20, 26, 20, 28)),
    "sources": (("来源", "Sources"), (
        "文件|SHA-256（现在）|与登记时一致|审阅|报告|无法读取的原因",
        "file|SHA-256 (now)|as recorded|examined|reports|why it cannot be read",
    ), (30, 68, 9, 14, 32, 32)),
}
_GUIDE: tuple[Text, ...] = (  # lines of the first sheet: head|text
    ("表“报告”|每份报告一行：结论、例外、等式的情况、文件。",
     "sheet “Reports”|A row a report: verdict, exceptions, how its sums end, its file."),
    ("表“数字”|每格一行。全部数字只在这里出现一次，其他各表的公式都引用“数值”列。空白是空单元格，不是 0。涉及例外的数字为粗体、"
     "浅红底色，例外和更正见批注。工作表有保护（无密码）：可以筛选和改数值，不能排序，以免公式错位。未落位的数字列在各报告之后，不参与计算。",
     "sheet “Figures”|A row a cell. Each figure stands here once; the formulas of all other sheets point at the column “value”. A blank is "
     "an empty cell, not 0. Figures of exceptions are bold on light red; exceptions and corrections stand in the comments. The sheet is "
     "protected (no password): it can be filtered and values changed, but not sorted, which would tear figures from formulas. Figures "
     "without a cell follow each report and take part in no sum."),
    ("表“等式”|每份报告的每个等式一行，与上一年衔接的等式列在后一年的报告；左边、右边、差额、结果均为公式。",
     "sheet “Sums”|A row for each sum of each report, those that join it to the year before included; sides, difference and outcome are "
     "formulas."),
    ("表“例外”|例外及其处理；没有编号（–）的是提示，不是例外。",
     "sheet “Exceptions”|Exceptions and their dispositions; those without a number (–) are notes, not exceptions."),
    ("表“记录”|审计人员的全部记录，包括未采用的和已被取代的。",
     "sheet “Journal”|All that auditors stated, also what is not applied or superseded."),
    ("表“来源”|案卷的文件和校验值。", "sheet “Sources”|The files of the case and their hashes."),
    ("公式|改动“数字”表的数值，各等式的差额、结果和“报告”表的等式计数随即重算，可用于试算；其余内容是导出时的，不随改动变化。"
     "这里的改动不会写回案卷；读数有误的，请在案卷中更正。",
     "formulas|Change a value on the figures' sheet, and differences, outcomes and the reports' counts of sums are recomputed, for trying "
     "out; all else is as of the export. Nothing typed here goes back to the case; where a reading is wrong, correct it in the case."),
    ("结果的含义|“通过”：左右相等（差额不超过取整误差）。“空白为 0 时成立”：按空白为 0 计算才相等。“空白为 0 时不成立”：按空白为 0 计算"
     "不相等；空白另有数字时能否相等要看全部等式，见“程序的判断”。“无法判断”：有的格是文字或没有读到；超过 15 位的数字电子表格"
     "不能精确表示，也作为文字。",
     "outcomes|“passed”: both sides are equal (within rounding). “holds if blanks are 0”: equal only with blanks as 0. “does not hold if "
     "blanks are 0”: whether other figures in the blanks make it equal depends on all sums together, see “judged by the program”. “not "
     "assessable”: a cell holds a text or was not read; figures of more than 15 digits, which a spreadsheet would round, are kept as texts."),
    ("局限|等式成立只说明报告没有自相矛盾，不说明数字真实；不在任何等式中的格（如表二）无法由报告本身验证。",
     "limits|Sums that hold show that a report does not contradict itself, not that its figures are true; cells that stand in no sum (such as "
     "those of table two) cannot be verified from the report itself."),
)
_OFF: Text = ("空白为 0 时不成立", "does not hold if blanks are 0")
_KINDS = {"figure": ("数字", "figure"), "blank": ("空白", "blank"), "text": ("文字", "text"), "absent": ("未读到", "not read")}
# fmt: on


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum that a report should satisfy: in words, rows of the figures on both sides, how the program judged it."""

    report: int
    check: str
    words: str
    left: tuple[int, ...]
    right: tuple[int, ...]
    rounding: Decimal
    judged: Outcome | None = None
    """None where this sum alone decides."""


def write(case: Case, out: Path) -> Path:
    """Write a case's workpaper, in the case's language; an existing file is replaced, untouched if anything fails.

    A `CaseError` says that the file cannot be written, or that the case has more figures than a sheet has rows.
    """
    data = workbook(case)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_aside(out, data)
    except OSError as error:
        zh = f"{out}：无法写入（{error.strerror}）。如果文件已在 Excel 中打开，请先关闭。"
        en = f"{out}: cannot be written ({error.strerror}). If it is open in Excel, close it first."
        raise CaseError(zh, en) from error
    return out


def workbook(case: Case) -> bytes:
    """Return a case's workpaper as the bytes of an .xlsx file; they depend on the case and the language only."""
    from xlsxwriter import Workbook

    count = sum(len(r.layout.cells) + len(r.unplaced) for r in case.reports)
    if count >= ROWS:
        zh = f"案卷有 {count} 格，超过一张工作表的行数。请分成几个案卷导出。"
        en = f"The case has {count} cells, more than a sheet has rows. Export it as several cases."
        raise CaseError(zh, en)
    stream = BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"title": clean(case.title), "created": _day(case.as_of)})
        paper = _Paper(book, case)
        for draw in (_about, _reports, _figures, _sums, _exceptions, _journal, _sources):
            draw(paper)
    return stream.getvalue()


def _day(as_of: str) -> datetime:
    """Return the date that the file bears: never that of the clock."""
    try:
        return datetime.combine(date.fromisoformat(as_of), time())
    except ValueError:
        return datetime(1980, 1, 1)


@dataclass(frozen=True, slots=True)
class _Decided:
    """A finding with its number, that of its report, the rows of its figures, and what was decided on it."""

    what: Numbered
    report: int
    cells: tuple[int, ...]
    decided: Disposition

    @property
    def counts(self) -> bool:
        """Whether it is an exception and not a note."""
        return self.what.finding.severity != "note"


class _Paper:
    """The workbook that is being written, and where in it each figure stands."""

    def __init__(self, book: Workbook, case: Case) -> None:
        self.book, self.case, self.lang = Book(book), case, case.lang
        self.results = case.results
        self.reports = dict(enumerate((r.report for r in self.results), 1))
        self.rows: dict[tuple[int, str], int] = {}
        self.values: dict[int, Number | str | None] = {}
        row = 2
        for n, report in self.reports.items():
            for row, cell in enumerate(report.layout.cells, row):  # noqa: B020 - goes on from report to report
                self.rows[n, cell.id], self.values[row] = row, _value(report, cell.id, self.lang)
            row += 1 + len(report.unplaced)
        self.findings = tuple(self._findings())
        self.exceptions: dict[int, list[_Decided]] = defaultdict(list)
        for found in self.findings:
            for at in found.cells if found.counts else ():
                self.exceptions[at].append(found)
        self.sums = [(item, _formulas(self, item, row)) for row, item in enumerate(_all_sums(self), 2)]

    def _findings(self) -> Iterator[_Decided]:
        for e in numbered(self.case, unusual=True):
            n, rows = next(n for n, r in self.reports.items() if r is e.result.report), list[int]()
            for name in e.finding.cells:  # those of another year have it before their id
                year, _, cell = name.rpartition(":")
                whose = (e.result.report.agency, year)
                other = year not in ("", str(e.result.report.year))
                which = [m for m, r in self.reports.items() if (r.agency, str(r.year)) == whose] if other else [n]
                rows += [self.rows[m, cell] for m in which if (m, cell) in self.rows]
            yield _Decided(e, n, tuple(rows), self.case.disposition(e.finding))

    def name(self, sheet: str) -> str:
        """Return a sheet's name."""
        return say(self.lang, *_SHEETS[sheet][0])

    def sheet(self, name: str, rows: Iterable[Sequence[Value]]) -> Worksheet:
        """Add one of the sheets, its heads in the case's language."""
        title, words, widths = _SHEETS[name]
        titles = heads(self.lang, *words)
        years = [i for i, head in enumerate(titles) if head == say(self.lang, "年度", "year")]
        return self.book.sheet(say(self.lang, *title), titles, widths, rows, plain=years, filtered=name != "about")


def _value(report: Report, cell: str, lang: Lang) -> Number | str | None:
    """Return what the figures' sheet holds for a cell; a number that a spreadsheet would round is a text."""
    value, kind = report.value(cell), report.kind(cell)
    if value is not None:
        return value if fits(value) else number(value)
    if kind == "text":
        return report.readings[cell].figure.text
    return None if kind == "blank" else say(lang, *_KINDS["absent"])


# --- figures -------------------------------------------------------------------------------------------------------------


def _figures(paper: _Paper) -> None:
    lang, rows, comments = paper.lang, list[Sequence[Value]](), dict[int, str]()
    none = say(lang, "未落位", "no cell")
    for n, report in paper.reports.items():
        whose = (n, report.agency or say(lang, "（未写明机关）", "(agency not stated)"), report.year, report.form)
        for cell in report.layout.cells:
            at = paper.rows[n, cell.id]
            marks = paper.exceptions.get(at, [])
            unit = say(lang, "万元", "10,000 CNY") if cell.unit.startswith("万元") else say(lang, "件（项）", "pieces")
            rows.append((
                *whose, table_name(cell.table, lang), report.layout.row_label(cell.table, cell.row, lang),
                cell.column_label[lang], None, unit, say(lang, *_KINDS[report.kind(cell.id)]), report.printed(cell.id),
                report.remark(cell.id, lang).strip(), say(lang, "、", ", ").join(d.what.label for d in marks),
                report.place(cell.id).describe(lang), cell.id,
            ))  # fmt: skip
            comments[at] = _comment(paper, report.remark(cell.id, lang).strip(), marks)
        for item in report.unplaced:
            rows.append((*whose, none, item.near, "", None, "", none, item.text, "", "", item.place.describe(lang), ""))
    sheet = paper.sheet("figures", rows)
    sheet.set_column(14, 14, 30, None, {"hidden": True})  # ids are for programs
    sheet.set_comments_author("auditkit")
    allowed = ("objects", "scenarios", "format_cells", "format_columns", "format_rows", "autofilter")
    sheet.protect("", dict.fromkeys(allowed, True))  # sorting would tear figures from the formulas that point at them
    for at, value in paper.values.items():
        marked = at in paper.exceptions
        paper.book.put(
            sheet, at - 1, VALUE, value, locked=False, bold=marked, bg_color="#FDE9D9" if marked else "#FFFFE5"
        )
        if words := comments[at]:
            tall = sum(1 + width(line) // 48 for line in words.split("\n"))
            size = {"width": 340, "height": min(30 + 16 * tall, 420), "font_size": 9}
            sheet.write_comment(at - 1, VALUE, words, size)


def _comment(paper: _Paper, remark: str, marks: Sequence[_Decided]) -> str:
    """Say what was stated of a cell, and its exceptions with their dispositions."""
    lang = paper.lang
    lines = [say(lang, f"审计人员的记录：{remark}", f"Stated by the auditor: {remark}")] if remark else []
    for d in marks:
        f, state = d.what.finding, state_in_words(d.decided.state, lang)
        lines.append(f"{d.what.label} {in_words(f.severity, lang)} {f.check}{say(lang, '：', ': ')}{f.message(lang)}")
        lines.append(say(lang, f"处理：{state}", f"Disposition: {state}"))
    return clean("\n".join(lines))


# --- sums ----------------------------------------------------------------------------------------------------------------


def _all_sums(paper: _Paper) -> Iterator[Sum]:
    """Yield the sums of each report, then those that join it to the report of the year before."""
    lang, reports = paper.lang, paper.reports
    for n, report in reports.items():
        for identity, outcome in zip(report.layout.identities, evaluate(report).outcomes, strict=True):
            left, right = (tuple(paper.rows[n, c] for c in side) for side in (identity.left, identity.right))
            rounding = _rounding((report, c) for c in identity.cells)
            yield Sum(n, identity.check, _in_words(report, identity, lang), left, right, rounding, outcome)
        which = report.agency, (report.year or 0) - 1
        before = [m for m, r in reports.items() if r.agency and (r.agency, r.year) == which]
        if not before or any(reports[m].figures != reports[before[0]].figures for m in before):
            continue  # which of several different reports counts must be settled first
        earlier = reports[before[0]]
        for rule in load_bridge().continuity(earlier.form, report.form):
            terms = [(before[0], c, k) for c, k in rule.earlier.items()] + [(n, c, k) for c, k in rule.later.items()]
            sides = [[(m, c) for m, c, k in terms if k * terms[0][2] * sign > 0] for sign in (1, -1)]
            names = ([f"{reports[m].year} {reports[m].layout.label(c, lang)}" for m, c in side] for side in sides)
            words = " = ".join(" + ".join(side) for side in names)
            left, right = (tuple(paper.rows[key] for key in side) for side in sides)
            yield Sum(n, rule.check, words, left, right, _rounding((reports[m], c) for m, c, _ in terms))


def _rounding(cells: Iterable[tuple[Report, str]]) -> Decimal:
    """Return how far a sum of figures that are printed rounded may be off."""
    return sum((Decimal(p.figure.step) for r, c in cells if (p := r.readings.get(c))), start=Decimal(0))


def _in_words(report: Report, identity: Identity, lang: Lang) -> str:
    """Write a sum in the form's words; of a long side the first and the last part."""
    form, by_column, sides = report.layout, identity.each == "column", []
    for side in (identity.left, identity.right):
        cells = [form.cell(c) for c in side]
        names = [form.row_label(c.table, c.row, lang) if by_column else c.column_label[lang] for c in cells]
        if len(names) > 6:
            names = [names[0], say(lang, f"……（共 {len(names)} 项）", f"... ({len(names)} in all)"), names[-1]]
        sides.append(" + ".join(names))
    subject, table = form.subject(identity, lang), table_name(identity.table, lang)
    return say(lang, f"{table}「{subject}」：", f"{table}, “{subject}”: ") + " = ".join(sides)


def _cells(rows: Sequence[int], sheet: str) -> str:
    """Write cells of the figures as arguments of a formula, neighbours as a range."""
    runs = ([row for _, row in run] for _, run in groupby(enumerate(rows), lambda item: item[1] - item[0]))
    return ",".join(f"{sheet}!$H${run[0]}" + (f":$H${run[-1]}" if len(run) > 1 else "") for run in runs)


def _formulas(paper: _Paper, item: Sum, row: int) -> tuple[Formula, ...]:
    """Return both sides, difference, blanks, cells without a number and outcome of a sum, each with its value now."""
    lang, sheet = paper.lang, paper.name("figures")
    values = [[paper.values[at] for at in side] for side in (item.left, item.right)]
    left, right = (sum((Decimal(v) for v in side if isinstance(v, int | Decimal)), start=Decimal(0)) for side in values)
    cells = [v for side in values for v in side]
    texts, blanks = sum(isinstance(v, str) for v in cells), cells.count(None)
    off = (left - right).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    passed, failed, held, unclear = (in_words(o, lang) for o in ("passed", "failed", "conditional", "not assessable"))
    not_held, every = say(lang, *_OFF), _cells((*item.left, *item.right), sheet)
    holds, fails = (held, not_held) if blanks else (passed, failed)
    now = unclear if texts else holds if abs(off) <= item.rounding else fails
    outcome = f'IF(I{row}>0,"{held}","{passed}"),IF(I{row}>0,"{not_held}","{failed}")'
    return (
        Formula(f"=SUM({_cells(item.left, sheet)})", left),
        Formula(f"=SUM({_cells(item.right, sheet)})", right),
        Formula(f'=IF(J{row}>0,"–",ROUND(F{row}-G{row},6))', "–" if texts else off),
        Formula(f"={len(cells)}-COUNTA({every})", blanks),
        Formula(f"=COUNTA({every})-COUNT({every})", texts),
        Formula(f'=IF(J{row}>0,"{unclear}",IF(ABS(H{row})<=K{row},{outcome}))', now),
    )


def _sums(paper: _Paper) -> None:
    lang, rows = paper.lang, list[Sequence[Value]]()
    for item, (*parts, outcome) in paper.sums:
        alone = in_words("not assessable", lang) if outcome.value == say(lang, *_OFF) else str(outcome.value)
        title = say(lang, *catalog()[item.check].title)
        rows.append((
            item.report, paper.reports[item.report].name(lang), item.check, title, item.words, *parts,
            item.rounding or None, outcome, in_words(item.judged, lang) if item.judged else alone,
        ))  # fmt: skip
    sheet = paper.sheet("sums", rows)
    bold = paper.book.book.add_format({"bold": True, "font_color": "#9C0006", "bg_color": "#FFC7CE"})
    for words in (in_words("failed", lang), say(lang, *_OFF)):
        rule = {"type": "cell", "criteria": "==", "value": f'"{words}"', "format": bold}
        sheet.conditional_format(1, 11, max(len(rows), 1), 11, rule)


# --- the other sheets ----------------------------------------------------------------------------------------------------


def _about(paper: _Paper) -> None:
    case, lang, count = paper.case, paper.lang, len(paper.results)
    none, verdicts = say(lang, "（未填写）", "(not stated)"), Counter(in_words(r.verdict, lang) for r in paper.results)
    listed = say(lang, "，", ", ").join(f"{words} {n}" for words, n in sorted(verdicts.items()))
    rows: list[Sequence[Value]] = [
        (say(lang, "案卷", "case"), case.title or none),
        (say(lang, "审计人员", "auditors"), say(lang, "、", ", ").join(case.auditors) or none),
        (say(lang, "截止日期", "as of"), case.as_of or none),
        (say(lang, "报告份数", "reports"), say(lang, f"{count}（{listed}）", f"{count} ({listed})")),
    ]
    if case.materiality is not None:
        all_listed = (
            "（本底稿列出全部例外，可按“相差”筛选）",
            " (all exceptions are listed here; filter by difference)",
        )
        rows.append((say(lang, "重要性水平", "materiality"), f"{case.materiality}{say(lang, *all_listed)}"))
    rows += [heads(lang, *text) for text in _GUIDE]
    versions = (
        say(lang, f"检查目录 {catalog_version()}，", f"catalogue {catalog_version()}, ") + f"auditkit {__version__}"
    )
    rows.append((say(lang, "版本", "versions"), versions))
    for name, (lines, last) in case.journal.heads.items():
        tail = say(lang, f"{name}：{lines} 行，末行 {last}", f"{name}: {lines} lines, the last {last}")
        rows.append((say(lang, "记录文件", "journal file"), tail))
    rows += [
        (say(lang, "记录文件的问题", "fault in the journal"), fault.message(lang)) for fault in case.journal.faults
    ]
    paper.sheet("about", rows)


def _reports(paper: _Paper) -> None:
    lang, case, rows = paper.lang, paper.case, list[Sequence[Value]]()
    sums, last = paper.name("sums"), len(paper.sums) + 1
    off = (in_words("failed", lang), say(lang, *_OFF), in_words("not assessable", lang))
    tally = Counter((item.report, parts[-1].value) for item, parts in paper.sums)
    files = {r.path: s.name for s in case.sources for r in s.reports}
    for n, result in enumerate(paper.results, 1):
        report = result.report
        mine = [d.decided.state for d in paper.findings if d.report == n and d.counts]
        confirmed = [table_name(t, lang) for t in TABLES if case.confirmed(report, t)]
        where = f"{sums}!$A$2:$A${last},$A{n + 1},{sums}!$L$2:$L${last}"
        rows.append((
            n, report.name(lang), report.agency or "", report.year, report.form, in_words(result.verdict, lang), len(mine),
            mine.count("open"), result.stated, len(report.layout.cells), len(report.unplaced),
            *(Formula(f'=COUNTIFS({where},"{words}")', tally[n, words]) for words in off),
            say(lang, "、", ", ").join(confirmed), files[report.path],
        ))  # fmt: skip
    paper.sheet("reports", rows)


def _exceptions(paper: _Paper) -> None:
    lang, rows = paper.lang, list[Sequence[Value]]()

    def figure(row: int, more: str, *, linked: bool) -> Value:
        text = f"H{row}{more}"
        return Link(text, f"internal:'{paper.name('figures')}'!H{row}") if linked else text

    for found in sorted(paper.findings, key=lambda found: not found.counts):  # else in order
        e, f, at, decided = found.what, found.what.finding, found.cells, found.decided
        linked = len(rows) < LINKS
        entry, more = decided.entry, say(lang, f"（共 {len(at)} 格）", f" ({len(at)} in all)") if len(at) > 1 else ""
        history = [" ".join((h.when, h.author, says(h, lang), h.reason)) for h in decided.history]
        rows.append((
            e.label, e.result.report.name(lang), in_words(f.severity, lang), f.check,
            "\n".join([f.message(lang), *(say(lang, *c) for c in f.consequences)]), *printed_and_implied(e, lang),
            difference(f), figure(at[0], more, linked=linked) if at else "", say(lang, *f.basis),
            state_in_words(decided.state, lang) if found.counts or history else "",
            *((entry.reason, entry.author, entry.when) if entry else ("", "", "")),
            "\n".join([*history, *([say(lang, *decided.why_open)] if decided.why_open else [])]),
            e.code if found.counts else "",
        ))  # fmt: skip
    paper.sheet("exceptions", rows)


def _journal(paper: _Paper) -> None:
    lang, entries, now = paper.lang, paper.case.journal.entries, paper.case.stated
    standing = dict.fromkeys((e.id for e in now.applied), say(lang, "有效", "in force"))
    standing |= {x.entry.id: say(lang, f"未采用：{x.why[0]}", f"not applied: {x.why[1]}") for x in now.lapsed}
    replaced = say(lang, "已被后来的记录取代", "superseded by a later entry")
    standing |= dict.fromkeys((name for e in entries for name in e.supersedes), replaced)
    undone, was = say(lang, "撤销", "withdrawal"), say(lang, "（当时读作 {}）", " (then read as {})")
    reports = [r for s in paper.case.sources for r in s.reports]
    rows = [
        (e.when, e.author, kind_in_words(e.kind, lang), about + (read and was.format(read)), stated, e.reason,
         standing.get(e.id, undone), e.id)
        for e in entries
        for about, read, stated in [entry_in_words(e, lang, reports)]
    ]  # fmt: skip
    paper.sheet("journal", rows)


def _sources(paper: _Paper) -> None:
    lang, rows = paper.lang, list[Sequence[Value]]()
    yes, no, missing = heads(lang, "是|否|文件不在", "yes|no|the file is missing")
    for s in paper.case.sources:
        examined = f"{no}{say(lang, '：', ': ')}{s.scope.reason}" if s.scope else yes
        names, problem = "\n".join(r.name(lang) for r in s.reports), s.problem.message(lang) if s.problem else ""
        rows.append((s.name, s.sha256 or missing, no if s.changed else yes, examined, names, problem))
    paper.sheet("sources", rows)
