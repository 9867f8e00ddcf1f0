"""Who has filed: the agency register against the reports of the case (00.2)."""

from __future__ import annotations

from collections.abc import Sequence

from auditkit.case import Case
from auditkit.register import Row, compared, due_day, published, registered
from auditkit.report import Report
from auditkit.tables import Sheet, Shown, Table, Words, heads, sentence
from auditkit.views.common import listed
from auditkit.wording import Lang, say


def filed(case: Case) -> Shown:
    """Say which agencies of the register have filed, by when they had to, and who is not in the register (00.2).

    Other names in the register only find an agency's reports; they do not rename it.
    """
    lang, register = case.lang, registered(case)
    if not register:
        return sentence(
            lang, "没有机关名录。可在上面的面板中粘贴。", "There is no agency register. It can be pasted above."
        )
    reports = [r for s in case.sources if s.in_scope for r in s.reports if r.agency and r.year]
    years = sorted({r.year for r in reports if r.year})
    rows, missing, known = [], 0, set[str]()
    for row in register:
        mine = [r for r in reports if compared(r.agency or "") in row.names]
        known |= {r.key for r in mine}
        missing += not mine
        filings = (_filing(row, year, [r for r in mine if r.year == year], lang) for year in years)
        rows.append((row.name, row.kind or None, *filings))
    columns = (*heads(lang, "机关|类别", "agency|kind"), *(say(lang, f"{y} 年", str(y)) for y in years))
    zh = f"名录中 {len(register)} 个机关，其中案卷中没有报告的 {missing} 个"
    en = f"Agencies in the register: {len(register)}, without a report in the case: {missing}"
    caption = say(lang, zh, en)
    note = say(
        lang,
        "期限依名录；名录未列的依《政府信息公开条例》第四十九条：部门 1 月 31 日，政府 3 月 31 日；乡镇、街道条例未定。\n"
        "公布日期取自网页自身所注，可能是重新发布的日期，请核实。案卷中没有，不等于没有公布。",
        "Due dates are the register's, else those of article 49 of the disclosure regulation: departments 31 January, governments "
        "31 March, townships none.\nDates of publication are those the page itself states, perhaps of a later publication: "
        "please verify. Not in the case does not mean not published.",
    )
    table = Table(columns, tuple(rows), caption, note)
    others = sorted({r.agency for r in reports if r.agency and r.key not in known})
    if not others:
        return table
    zh, en = (
        f"案卷中有报告而名录中没有的机关 {len(others)} 个：",
        f"In the case but not in the register ({len(others)}): ",
    )
    return Sheet((table, Words((say(lang, zh, en) + listed(others, lang),))))


def _filing(row: Row, year: int, reports: Sequence[Report], lang: Lang) -> str:
    """Say whether the report of a year is there, and whether in time as far as its page states a date."""
    due = due_day(row, year)
    by = say(lang, f"期限 {due}", f"due {due}") if due else say(lang, "期限未定", "no due date")
    if not reports:
        return say(lang, f"案卷中没有；{by}", f"not in the case; {by}")
    day = min((d for r in reports if (d := published(r))), default=None)
    if day is None:
        return say(lang, f"有；{by}，公布日期未知", f"filed; {by}, published: not known")
    late = say(lang, "，晚于期限", ", after the due date") if due and day > due else ""
    return say(lang, f"有；{by}，注明 {day} 公布", f"filed; {by}, published as stated: {day}") + late
