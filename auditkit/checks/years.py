"""Across years: what one report carries forward the next carries over; stocks and items roll forward."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from auditkit.checks import Sink, reasons
from auditkit.checks.identities import evaluate
from auditkit.findings import Severity, Suspect, Text, number
from auditkit.forms import Cell, Continuity, TableId, load_bridge, table_name
from auditkit.localize import Explained, Year, across_years, explanations
from auditkit.reading.numbers import Number
from auditkit.report import Report, by_body
from auditkit.slips import Change
from auditkit.wording import LANGS

CHECKS = ("Y-01", "Y-08", "Y-11", "Y-17")
MOST_TOLD = 2
"""Cells of a balance for which it is said what they would be; the other year's figures stand in the same sentence."""
FEWEST_ALIKE: Mapping[TableId, int] = {"proactive": 2, "requests": 5, "disputes": 5}
"""Counts that vary by themselves, no zeros, from which a table that is all alike in two years is worth a question."""
_OF_THE_YEAR = ("decisions", "amount")
_ALIKE: Mapping[TableId, Text] = {
    "proactive": ("表二的处理决定数和金额", "what table 2 says of decisions and amounts"),
    "requests": ("表三", "table 3"),
    "disputes": ("表四", "table 4"),
}
LEAST_ODDS = 3
"""Powers of ten: likelier than 1/1,000 it is not worth one."""


def check(sinks: Iterable[Sink]) -> None:
    """Compare each report with that of the same agency for the year before, if it is there."""
    by_agency: dict[str, dict[int, list[Sink]]] = defaultdict(lambda: defaultdict(list))
    sinks = list(sinks)
    bodies = {id(report): name for name, reports in by_body(s.report for s in sinks).items() for report in reports}
    for sink in sinks:
        for check_id in CHECKS:
            sink.end(check_id, "not applicable", "没有上一年报告可比", "no report of the year before")
        if sink.report.year and (body := bodies.get(id(sink.report))):
            by_agency[body][sink.report.year].append(sink)
    for years in by_agency.values():
        for year, later in years.items():
            earlier = years.get(year - 1, [])
            if not earlier:
                continue
            for sink in later:
                if any(s.report.figures != earlier[0].report.figures for s in earlier[1:]):
                    for check_id in CHECKS:
                        zh = f"{year - 1} 年有 {len(earlier)} 份数字不同的报告"
                        en = f"{len(earlier)} different reports of {year - 1}"
                        sink.end(check_id, "not assessable", zh, en)
                else:
                    before = years.get(year - 2, [])
                    _compare(sink, earlier[0].report, before[0].report if len(before) == 1 else None)


def _compare(sink: Sink, earlier: Report, before: Report | None) -> None:
    """Compare a report with the year before; `before` is the one before that."""
    _alike(sink, earlier)
    rules: dict[str, list[Continuity]] = defaultdict(list)
    for rule in load_bridge().continuity(earlier.form, sink.report.form):
        rules[rule.check].append(rule)
    for check_id in ("Y-01", "Y-08", "Y-11"):
        mine = rules.get(check_id, [])
        if not mine:
            sink.end(check_id, "not applicable", "两年口径不同，不可比", "the two forms are not comparable here")
            continue
        states = [_state(rule, earlier, sink.report) for rule in mine]
        if check_id == "Y-01":
            _balances(sink, earlier, mine, states)
        else:
            for rule, state in zip(mine, states, strict=True):
                if state == "failed":
                    _rolled(sink, earlier, rule, before)
        n = {s: states.count(s) for s in ("failed", "not assessable", "conditional", "passed")}
        zh = f"与 {earlier.year} 年比：{n['passed']} 项相符，{n['failed']} 项不符，{n['not assessable']} 项无法判断"
        en = f"against {earlier.year}: {n['passed']} agree, {n['failed']} differ, {n['not assessable']} cannot be assessed"
        if n["conditional"]:
            zh, en = (
                zh + f"，{n['conditional']} 项在空白为 0 时相符",
                en + f", {n['conditional']} agree if blanks are 0",
            )
        outcome = next(s for s in n if n[s])
        sink.end(check_id, outcome, zh, en)  # type: ignore[arg-type]


def _alike(sink: Sink, earlier: Report) -> None:
    """Ask whether a table is last year's, where all its figures are; the odds are those of Poisson counts that expect no change."""
    later, layout = sink.report, sink.report.layout
    if layout is not earlier.layout:
        sink.end("Y-17", "not applicable", "两年格式不同，不可比", "the two forms are not comparable here")
        return
    unread = []
    for table, fewest in FEWEST_ALIKE.items():
        cells = [c for c in layout.cells if c.table == table and (table != "proactive" or c.column in _OF_THE_YEAR)]
        pairs = [(earlier.value(c.id), later.value(c.id)) for c in cells]
        if any(report.kind(c.id) in ("text", "absent") for report in (earlier, later) for c in cells):
            unread.append(table)
            continue
        counts = [float(b) for c, (_, b) in zip(cells, pairs, strict=True) if b and b > 0 and _is_counted(c)]
        odds = math.floor(sum(k - k * math.log(k) + math.lgamma(k + 1) for k in counts) / math.log(10))
        if any(a != b for a, b in pairs) or len(counts) < fewest or odds < LEAST_ODDS:
            continue
        subject = ("alike", earlier.year, *([] if table == "requests" else [table]))
        sink.find(
            "Y-17", "alike", [c.id for c in cells], subject=subject, n=sum(bool(b) for _, b in pairs),
            odds=f"1/{10 ** min(odds, 9):,}", table=_ALIKE[table],
            earlier=str(earlier.year), later=str(later.year),
        )  # fmt: skip
    if unread and not any(f.check == "Y-17" for f in sink.findings):
        zh, en = ("、".join(table_name(t, "zh") for t in unread), ", ".join(table_name(t, "en") for t in unread))
        sink.end("Y-17", "not assessable", f"两年的{zh}有没有读到的格", f"cells not read in one of the years: {en}")
    else:
        sink.conclude("Y-17")


def _is_counted(cell: Cell) -> bool:
    """Whether a cell may vary by itself: no total, no balance, nothing that stays in force."""
    if cell.table == "proactive":
        return cell.column == "decisions"
    return cell.column != "total" and cell.row not in ("new", "carried_over", "total")


def _terms(rule: Continuity, earlier: Report, later: Report) -> list[tuple[Report, str, int]]:
    """Return the cells of an identity between two years, each with its report and its sign."""
    return [(r, c, k) for r, cells in ((earlier, rule.earlier), (later, rule.later)) for c, k in cells.items()]


def _state(rule: Continuity, earlier: Report, later: Report) -> str:
    """Say how an identity between two years ends; a blank may be a zero, but only if the identity holds by it."""
    terms = _terms(rule, earlier, later)
    kinds = {r.kind(c) for r, c, _ in terms}
    residual = sum((k * Decimal(r.value(c) or 0) for r, c, k in terms), start=Decimal(0))
    steps = (p.figure.step for r, c, _ in terms if (p := r.readings.get(c)))
    tolerance = sum(map(Decimal, steps), start=Decimal(0))
    if kinds & {"text", "absent"}:
        return "not assessable"
    if abs(residual) <= tolerance:
        return "conditional" if "blank" in kinds else "passed"
    return "not assessable" if "blank" in kinds else "failed"


def _balances(sink: Sink, earlier: Report, rules: list[Continuity], states: list[str]) -> None:
    later = sink.report
    failed = {rule.column: rule for rule, state in zip(rules, states, strict=True) if state == "failed"}
    total = next((rule for rule in rules if rule.column == "total"), None)
    if not failed and total:
        _blank_balance(sink, earlier, total)
    if not failed:
        return

    def sides(rule: Continuity) -> tuple[Number, Number]:
        a, b = rule.ends
        return earlier.value(a) or 0, later.value(b) or 0

    cells = [f"{r.year}:{c}" for rule in failed.values() for r, c in zip((earlier, later), rule.ends, strict=True)]
    listed = []
    for i, lang in enumerate(("zh", "en")):
        names = [
            f"{later.layout.column_label('requests', str(column), lang)} {sides(rule)[0]} → {sides(rule)[1]}"  # type: ignore[arg-type]
            for column, rule in failed.items()
            if column != "total"
        ]
        listed.append(("、", "; ")[i].join(names))
    explained = whose(earlier, later)
    known = _is_known(sink, earlier, failed.values())
    which, of_total = _which(earlier, later, explained), Explained()
    if "total" in failed and len(failed) > 1 and not year_at_fault(explained):
        of_total = whose(earlier, later, "total")
        if year_at_fault(of_total):
            zh, en = _which(earlier, later, of_total)
            which = f"{zh}分列之差无法判断是哪一年的。", f"{en} Of the columns it cannot be told."
    if known and len(sink.suspects) == 1:
        which = _SAME_CAUSE[0].format(later.year), _SAME_CAUSE[1].format(later.year)
    elif known:
        own = {rule.ends[1] for rule in failed.values()}
        same = _SAME_AS_ONE if sink.suspects[0].corrected.keys() <= own else _PART_OF_IT
        more = same if year_at_fault(explained) else _ONE_MENDS_BOTH
        which = which[0] + more[0].format(later.year), which[1] + more[1].format(later.year)
    charged = {year_at_fault(explained), year_at_fault(of_total)}
    if _is_exchanged(earlier, later):
        which = _EXCHANGED[0].format(later.year), _EXCHANGED[1].format(later.year)
    elif not known and charged == {""} and (likely := _likely(earlier, later, failed.values())):
        which = likely[1]
        charged.add(likely[0])
    would = "应为" in which[0]
    if told := reasons.of_balances(later):
        zh, en = which if known else _BY_THAT
        would = would and known
        which = f"报告说明：“{told}”。{zh}", f" The report says: “{told}”.{en}"
    years = {"earlier": str(earlier.year), "later": str(later.year), "which": which}
    elsewhere = str(earlier.year) in charged  # that year's own report is charged with it
    place = later.place(next(iter(failed.values())).ends[1])
    softened: Severity | None = "warning" if known or elsewhere or told else None
    if "total" in failed:
        left, right = sides(failed["total"])
        columns = (f"（分列：{listed[0]}）", f" (by column: {listed[1]})") if listed[0] else ("", "")
        sink.find(
            "Y-01", "total", cells, subject=("total", earlier.year), expected=left, found=right, place=place,
            severity=softened, in_text=would,
            left=left, right=right, difference=abs(left - right), columns=columns, words=years,
        )  # fmt: skip
    else:
        state_of = {rule.column: state for rule, state in zip(rules, states, strict=True)}
        agree = state_of.pop("total", "") in ("passed", "conditional")
        pairs = [sides(rule) for rule in rules if rule is not total]
        differ = "not assessable" not in state_of.values() and sum(a - b for a, b in pairs) != 0
        sink.find(
            "Y-01", "columns" if agree else "open", cells, subject=("columns", earlier.year),
            severity=softened if differ and not agree else "warning", place=place, in_text=would, list=tuple(listed), words=years,
        )  # fmt: skip


_EXCHANGED = (
    "{} 年“一、本年新收”各格恰与上年“四、结转下年”相同，像是一、二两行填反了。",
    " Row one of {} is just last year's row four: its rows one and two may be exchanged.",
)


def _is_exchanged(earlier: Report, later: Report) -> bool:
    """Whether what came in is all that was carried forward the year before, and several applicants have a part of it."""
    pairs = [
        (later.value(c.id), earlier.value(f"requests.carried_forward.{c.column}"))
        for c in later.layout.row_cells("requests", "new")
    ]
    return all(a == b for a, b in pairs) and sum(bool(a) for a, _ in pairs) > MOST_TOLD


def _blank_balance(sink: Sink, earlier: Report, total: Continuity) -> None:
    """Say that one year's total is blank where the other year's is not 0: as 0 the two would differ."""
    later, (a, b) = sink.report, total.ends
    kinds, figures = {earlier.kind(a), later.kind(b)}, (earlier.value(a), later.value(b))
    if kinds != {"blank", "figure"} or not any(figures):
        return
    said = [
        tuple("空白" if lang == "zh" and v is None else "blank" if v is None else number(v) for lang in LANGS)
        for v in figures
    ]
    cells = [f"{earlier.year}:{a}", f"{later.year}:{b}"]
    words = {"earlier": str(earlier.year), "later": str(later.year), "left": said[0], "right": said[1]}
    sink.find(
        "Y-01", "blank", cells, subject=("blank", earlier.year), severity="note", place=later.place(b), words=words
    )


_ELSE_RIGHT = "若其余数据无误，", " If all other figures are right,"
_BY_THAT = "差额可能由此而来，请对照核实。", " The difference may come from that; please compare."
_SAME_CAUSE = (
    "若其余数据无误，错在 {} 年的报告：与其表三的不平是同一处差错，更正后两年即一致。",
    " If all other figures are right, the report of {} is wrong: this is the slip by which its table 3 does not add up; once that is "
    "corrected, the two years agree.",
)
_SAME_AS_ONE = (
    "与其表三的不平是同一处差错。",
    " This is the slip by which its table 3 does not add up.",
)
_PART_OF_IT = (
    "这也是其表三一部分等式不平的原因。",
    " This is also why some of the sums of its table 3 fail.",
)
_ONE_MENDS_BOTH = (
    "{} 年表三不平的解释中，有一种同时使两年一致。",
    " One of the explanations of what does not add up in table 3 of {} makes the two years agree as well.",
)


def _is_known(sink: Sink, earlier: Report, failed: Collection[Continuity]) -> bool:
    """Whether one explanation of the later report's own sums mends the balances too, and put it first: one cause, one contradiction.

    One of a whole row, too, that is not called exact.
    """
    mends = [_mends(earlier, sink.report, suspect, failed) for suspect in sink.suspects]
    if sum(mends) != 1:
        return False
    sink.suspects.insert(0, sink.suspects.pop(mends.index(True)))
    return True


def _mends(earlier: Report, later: Report, suspect: Suspect, failed: Collection[Continuity]) -> bool:
    now = suspect.corrected
    return all(earlier.value(a) == now.get(b, later.value(b)) for a, b in (rule.ends for rule in failed))


def whose(earlier: Report, later: Report, column: str = "", *, zeros: bool = False) -> Explained:
    """Find the smallest changes in either year's table three that make the sums of both and the balances between them hold.

    A balance of which one side is blank ties the years in nothing. Of each change only
    the cells of the balance are returned: what else is wrong in either year has nothing to do with it. A year whose own sums all hold
    is charged with nothing, nor one that adds up worse with the other year's figures; where too many cells are wrong for the search, the
    year is whose sums hold with these. Only the balance of one `column` is looked at, if that is given. With `zeros`, blanks are 0.
    """
    years, unsound = [], set[str]()
    for report in (earlier, later):
        sums = evaluate(report)
        usable = [
            all(c in sums.values for c in identity.cells) if zeros else outcome != "not assessable"
            for identity, outcome in zip(report.layout.identities, sums.outcomes, strict=True)
        ]
        years.append(Year(str(report.year), report.layout, sums.values, sums.residuals, usable))
        if any(years[-1].residuals[i] for i in _rows(years[-1])):
            unsound.add(years[-1].name)
    links: dict[tuple[str, str], Number] = {}
    for rule in load_bridge().continuity(earlier.form, later.form):
        before, after = rule.ends
        wanted = rule.check == "Y-01" and column in ("", rule.column)
        kinds = {earlier.kind(before), later.kind(after)}
        stated = {"figure", "blank"} if zeros else {"figure"}  # else a blank proves nothing of the other year
        if wanted and kinds <= stated:
            links[before, after] = years[0].values[before] - years[1].values[after]
    found = across_years(years[0], years[1], links)
    if not found.changes:
        restated = [_restated(year, links, side) for side, year in enumerate(years) if year.name in unsound]
        return Explained(tuple(change for change in restated if change))
    charged = {name.partition(":")[0] for change in found.changes for name in change}
    if len(charged) > 1:
        charged = set()
    elif charged - unsound:
        return Explained(exact=False)
    names = {f"{year.name}:{c}" for pair in links for year, c in zip(years, pair, strict=True)}
    by_name, distinct = {year.name: year for year in years}, dict[tuple[tuple[str, int], ...], Change]()
    for change in found.changes:
        carried = {name: value for name, value in change.items() if name in names}
        if charged and carried and not _mends_some(by_name[next(iter(charged))], change, carried):
            return Explained(exact=False)
        if carried:
            distinct[tuple(carried.items())] = carried
    return Explained(tuple(distinct.values()), found.exact)


def _rows(year: Year) -> list[int]:
    """Return the identities of a year's table three that can be assessed."""
    return [i for i, identity in enumerate(year.form.identities) if identity.table == "requests" and year.usable[i]]


def _changed(year: Year, change: Mapping[str, int]) -> list[tuple[Number, Number]]:
    """Return by how much each sum of a year's table three is off, and would be with other figures in some cells."""
    matrix, index = year.form.matrix, year.form.index
    by = {c: value - year.values[c] for c, value in change.items()}
    return [
        (r, r + sum(matrix[i, index[c]] * n for c, n in by.items())) for i in _rows(year) for r in [year.residuals[i]]
    ]


def _mends_some(year: Year, change: Change, carried: Change) -> bool:
    """Whether the cells of the balance among those of a change make sums of a year's table three hold, and the change none fail."""
    alone, whole = (_changed(year, {name.partition(":")[2]: v for name, v in of.items()}) for of in (carried, change))
    return any(b and not a for b, a in alone) and not any(a and not b for b, a in whole)


def _restated(year: Year, links: Mapping[tuple[str, str], Number], side: int) -> Change:
    """Return a year's cells of the balance with the other year's figures, if these, or what explains its sums by itself, mend both."""
    restated = {pair[side]: int(year.values[pair[side]] + by * (-1, 1)[side]) for pair, by in links.items() if by}
    mended = not any(after for _, after in _changed(year, restated))
    if not mended:
        ways = explanations(year.form, "requests", year.values, year.residuals, year.usable).changes
        mended = any(restated.items() <= way.items() for way in ways)
    return {f"{year.name}:{c}": value for c, value in restated.items()} if mended else {}


def year_at_fault(explained: Explained) -> str:
    """Return the only year in which all explanations lie, or ``""``."""
    found = {name.partition(":")[0] for change in explained.changes for name in change}
    return found.pop() if explained.exact and len(found) == 1 else ""


def _likely(earlier: Report, later: Report, failed: Collection[Continuity]) -> tuple[str, Text] | None:
    """Say in which year the wrong figures are if all blanks are 0; else of which year alone the sums around the balance fail."""
    if year := year_at_fault(found := whose(earlier, later, zeros=True)):
        zh, en = _which(earlier, later, found)
        zh, en = zh.removeprefix(_ELSE_RIGHT[0]), en.removeprefix(_ELSE_RIGHT[1])
        return year, (f"若空白都是 0、其余数据无误，{zh}", f" If all blanks are 0 and all other figures are right,{en}")
    ends = {c for rule in failed for c in (*rule.earlier, *rule.later)}
    shaken = [r for r in (earlier, later) if _fails_at(r, ends)]
    if len(shaken) != 1:
        return None
    year, sound = str(shaken[0].year), (later if shaken[0] is earlier else earlier).year
    zh, en = _which(earlier, later, Explained())
    return year, (
        f"{zh}不过 {year} 年报告中这些格所在的等式自身不平，{sound} 年的都成立。",
        f"{en} But the sums in which they stand fail in the report of {year} itself; those of {sound} hold.",
    )


def _fails_at(report: Report, cells: Collection[str]) -> bool:
    """Whether a sum of table three fails in which one of these cells stands."""
    outcomes = zip(report.layout.identities, evaluate(report).outcomes, strict=True)
    return any(o == "failed" and not set(cells).isdisjoint(e.cells) for e, o in outcomes)


def _which(earlier: Report, later: Report, explained: Explained) -> Text:
    """Say in which year the wrong figures are, if all others are right; or that it cannot be told."""
    year, ways = year_at_fault(explained), explained.changes
    if not year:
        return "由两年报告本身无法判断是哪一年的数错。", " Which year is wrong cannot be told from the two reports."
    if len(ways) > 1:
        return (
            f"若其余数据无误，错在 {year} 年的报告（有 {len(ways)} 种解释）。",
            f" If all other figures are right, the report of {year} is wrong (in one of {len(ways)} ways).",
        )
    layout = (earlier if year == str(earlier.year) else later).layout
    if len(ways[0]) > MOST_TOLD or (len(ways[0]) > 1 and _filled_there(earlier, later)):
        row = layout.cell(next(iter(ways[0])).partition(":")[2]).row
        zh, en = (layout.row_label("requests", row, lang) for lang in LANGS)
        return (
            f"若其余数据无误，错在 {year} 年的报告，其「{zh}」应与另一年所列一致。",
            f" If all other figures are right, the report of {year} is wrong; its “{en}” would be what the other year has.",
        )
    zh, en = (
        (", " if lang == "en" else "、").join(
            f"{layout.label(name.partition(':')[2], lang)} {value:,}" for name, value in ways[0].items()
        )
        for lang in LANGS
    )
    return (
        f"若其余数据无误，错在 {year} 年的报告，应为：{zh}。",
        f" If all other figures are right, the report of {year} is wrong; it would be: {en}.",
    )


def _filled_there(earlier: Report, later: Report) -> bool:
    """Whether what was carried forward is blank in a column in which the next year's report has a figure that is not 0, or the reverse."""
    for c in later.layout.row_cells("requests", "carried_over"):
        before = f"requests.carried_forward.{c.column}"
        if {earlier.kind(before), later.kind(c.id)} == {"blank", "figure"} and (
            earlier.value(before) or later.value(c.id)
        ):
            return True
    return False


_ROLLED = {"Y-08": ("stock", ("last", "made", "repealed")), "Y-11": ("items", ("last", "change"))}
"""Checks that roll a row of table two forward: the message, and its words for the figures of which the last is to come."""


def _rolled(sink: Sink, earlier: Report, rule: Continuity, before: Report | None) -> None:
    """Add the finding that a row is not what the year before and what was added and taken away since give."""
    later, (message, names) = sink.report, _ROLLED[rule.check]
    terms = _terms(rule, earlier, later)
    figures = [r.value(c) or 0 for r, c, _ in terms]  # none is blank: only whole identities fail
    *parts, (_, now, _) = terms
    expected, found = sum(k * v for (_, _, k), v in zip(parts, figures, strict=False)), figures[-1]
    sink.find(
        rule.check,
        message,
        [f"{r.year}:{c}" for r, c, _ in terms],
        expected=expected,
        found=found,
        place=later.place(now),
        earlier=str(earlier.year),
        later=str(later.year),
        row=sink.row(now),
        also=_also(later, sink.row(now)[0], _as_much_before(earlier, before, rule, expected - found)),
        difference=abs(expected - found),
        more=("多", "more") if found > expected else ("少", "less"),
        innocent=_MORE_IN_FORCE if found > expected else _LESS_IN_FORCE,
        words=dict(zip(names, figures, strict=False)),
    )


_MORE_IN_FORCE = (
    "少计制发、并入其他机构的文件或上年漏计可以解释",
    "documents taken over, or not counted before, may explain it",
)
_LESS_IN_FORCE = "自然失效或清理可以解释", "lapsed documents or a clean-up may explain it"


def _also(later: Report, row: str, before: Text) -> Text:
    """Quote the report's own reason, if it gives one with a number, before what the year before says."""
    told = reasons.of_stocks(later, row)
    if not told:
        return before
    return f"报告说明：“{told}”。{before[0]}", f" The report says: “{told}”.{before[1]}"


def _as_much_before(earlier: Report, before: Report | None, rule: Continuity, off: Number) -> Text:
    """Say that the year between is off by as much against its own year before: then its figure may be the wrong one."""
    for other in load_bridge().continuity(before.form, earlier.form) if before else ():
        (*_, last), stock = other.later, rule.ends[0]
        if before is None or other.check != rule.check or last != stock or _state(other, before, earlier) != "failed":
            continue
        terms = _terms(other, before, earlier)
        expected = sum((k * (r.value(c) or 0) for r, c, k in terms[:-1]), start=0)
        if expected - (earlier.value(stock) or 0) == -off:
            year, would = earlier.year, number(expected)
            return (
                f"与 {before.year} 至 {year} 年之差恰好相反：像是 {year} 年报告的这一数有误，应为 {would}。",
                f" Just the opposite of the difference from {before.year} to {year}: the report of {year} may be wrong, it would be {would}.",
            )
    return "", ""
