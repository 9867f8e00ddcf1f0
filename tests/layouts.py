"""Reports printed in many layouts: a set of figures becomes a file as agencies, converters and copyists leave it.

`LAYOUTS` holds those whose labels settle every figure; `DOUBTFUL` those where some figures may only be unplaced.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from auditkit.forms import Cell, Form, load_form

AGENCY = "示例市演练局"
TITLES = ("二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况", "四、政府信息公开行政复议、行政诉讼情况")
RELATION = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
FIGURE = re.compile(r"\d[\d.]*")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a report states: a form and the text of each of its cells."""

    form: Form
    texts: Mapping[str, str]
    year: int = 2023

    def row(self, table: str, row: str) -> list[str]:
        return [self.texts[cell.id] for cell in self.form.row_cells(table, row)]


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of a drawn table."""

    text: str
    w: int = 1
    h: int = 1
    kind: str = "figure"


Rows: TypeAlias = list[list[Box]]
Change: TypeAlias = Callable[[Rows], Rows]


def distinct(form_id: str, variant: str = "") -> Sheet:
    """Return a sheet on which no two figures are equal, so that no wrong place can look right."""
    form = load_form(form_id, variant=variant)
    texts = {
        cell.id: f"{3001 + 7 * i}.5" if cell.unit.startswith("万元") else str(3001 + 7 * i)
        for i, cell in enumerate(form.cells)
    }
    return Sheet(form, texts, 2023 if form_id == "2021" else 2020)


# --- the three tables as the form draws them -------------------------------------------------------------------------


def head(text: str, w: int = 1, h: int = 1) -> Box:
    return Box(text, w, h, "head")


def clauses(sheet: Sheet) -> list[tuple[str, list[list[Cell]]]]:
    """Return table two by clause: its name and its rows."""
    rows = [list(sheet.form.row_cells("proactive", r)) for r in sheet.form.rows("proactive")]
    return [(name, list(group)) for name, group in groupby(rows, key=lambda cells: cells[0].row_path[0])]


def two(sheet: Sheet) -> list[Rows]:
    """Return table two, one table a clause."""
    out = []
    for name, rows in clauses(sheet):
        width = len(rows[0])
        drawn: Rows = [[Box(name, width + 1, 1, "section")]]
        drawn.append([head("信息内容"), *(head(c.column_label["zh"]) for c in rows[0])])
        drawn += [
            [Box(cells[0].row_path[-1], kind="label"), *(Box(sheet.texts[c.id]) for c in cells)] for cells in rows
        ]
        out.append(drawn)
    return out


def two_joined(sheet: Sheet) -> Rows:
    """Return table two as one table of four columns, as the form has it."""
    out: Rows = []
    for part in two(sheet):
        for row in part:
            spare = 4 - sum(box.w for box in row)
            out.append([*row[:-1], replace(row[-1], w=row[-1].w + spare)])
    return out


def three_head(sheet: Sheet, labels: int = 3) -> Rows:
    names = [c.column_label["zh"] for c in sheet.form.row_cells("requests", "new")]
    return [
        [head(RELATION, labels, 3), head("申请人情况", 7)],
        [head("自然人", 1, 2), head("法人或其他组织", 5), head("总计", 1, 2)],
        [head(n) for n in names[1:6]],
    ]


def three_body(sheet: Sheet) -> Rows:
    """Return the rows of table three with group labels that span rows."""
    form = sheet.form
    paths = {r: form.row_cells("requests", r)[0].row_path for r in form.rows("requests")}
    out: Rows = []
    seen: set[tuple[str, ...]] = set()
    for row, path in paths.items():
        boxes = []
        for depth, part in enumerate(path):
            last = depth == len(path) - 1
            key = path[: depth + 1]
            if key in seen and not last:
                continue
            seen.add(key)
            height = 1 if last else sum(p[: depth + 1] == key for p in paths.values())
            boxes.append(Box(part, 3 - depth if last else 1, height, "label" if last else "group"))
        out.append([*boxes, *(Box(t) for t in sheet.row("requests", row))])
    return out


def three(sheet: Sheet) -> Rows:
    return three_head(sheet) + three_body(sheet)


OUTCOMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
BLOCKS = ("行政复议", "未经复议直接起诉", "复议后起诉")


def four_head() -> Rows:
    return [
        [head("行政复议", 5), head("行政诉讼", 10)],
        [*(head(o, 1, 2) for o in OUTCOMES), head("未经复议直接起诉", 5), head("复议后起诉", 5)],
        [head(o) for o in OUTCOMES * 2],
    ]


def four_body(sheet: Sheet) -> Rows:
    return [[Box(t) for r in sheet.form.rows("disputes") for t in sheet.row("disputes", r)]]


def four(sheet: Sheet) -> Rows:
    return four_head() + four_body(sheet)


def four_blocks(sheet: Sheet) -> list[Rows]:
    """Return table four as three tables of one block each."""
    return [
        [[head(o) for o in OUTCOMES], [Box(t) for t in sheet.row("disputes", r)]] for r in sheet.form.rows("disputes")
    ]


def litigation(sheet: Sheet) -> list[Rows]:
    """Return the two blocks of litigation, each under its name."""
    return [[[head(n, 5)], *block] for n, block in zip(BLOCKS[1:], four_blocks(sheet)[1:], strict=True)]


# --- changes ---------------------------------------------------------------------------------------------------------


def each(change: Callable[[str], str], *kinds: str) -> Change:
    """Change the text of every cell of some kinds."""
    wanted = set(kinds)
    return lambda rows: [[replace(b, text=change(b.text)) if b.kind in wanted else b for b in row] for row in rows]


def broken(rows: Rows) -> Rows:
    """Break every label and head once, somewhere within, as a copied page does where a cell has a line end."""

    def change(text: str) -> str:
        begin = 3 if text[:1].isdigit() else 1  # its number on a line of its own may be a figure
        at = begin + sum(map(ord, text)) % max(len(text) - begin, 1)
        return text[:at] + "\n" + text[at:] if at < len(text) else text

    return each(change, "label", "group", "head")(rows)


def spread(rows: Rows, fill: str = "") -> Rows:
    """Replace spans by cells: the first keeps the text, the rest are blank (or repeat it with ``fill="same"``)."""
    width = max((sum(b.w for b in row) for row in rows), default=0)
    grid: list[list[Box | None]] = [[None] * width for _ in rows]
    for r, row in enumerate(rows):
        c = 0
        for box in row:
            while c < width and grid[r][c] is not None:
                c += 1
            for y in range(r, min(r + box.h, len(rows))):
                for x in range(c, min(c + box.w, width)):
                    first = (y, x) == (r, c)
                    text = box.text if first or fill == "same" else ""
                    grid[y][x] = Box(text, kind=box.kind)
            c += box.w
    return [[box or Box("", kind="blank") for box in row] for row in grid]


def spread_same(rows: Rows) -> Rows:
    return spread(rows, "same")


def label_columns(rows: Rows) -> Rows:
    """Give each row of table three its three label columns, blank right of its label; the heads have spans."""
    body = spread_same(rows)[3:]
    return rows[:3] + [
        [
            b if not i or b.kind == "figure" or b.text != row[i - 1].text else replace(b, text="")
            for i, b in enumerate(row)
        ]
        for row in body
    ]


def bare(rows: Rows) -> Rows:
    """Drop all spans: every drawn cell is one column wide and one row high."""
    return [[replace(b, w=1, h=1) for b in row] for row in rows]


def joined_labels(rows: Rows) -> Rows:
    """Put group labels and the row's own label into one cell."""
    out: Rows = []
    groups: list[tuple[str, int]] = []
    for row in rows:
        groups = [(g, n - 1) for g, n in groups if n > 1]
        labels = [b for b in row if b.kind in ("label", "group")]
        if not labels:
            out.append([replace(b, w=1) if b.text == RELATION else b for b in row])
            continue
        groups += [(b.text, b.h) for b in labels if b.kind == "group"]
        text = " ".join([g for g, _ in groups] + [labels[-1].text])
        out.append([Box(text, kind="label"), *(b for b in row if b.kind == "figure")])
    return out


def only_labels(rows: Rows) -> Rows:
    """Leave group labels out: one label a row."""
    out: Rows = []
    for row in rows:
        kept = [b for b in row if b.kind != "group"]
        out.append([replace(b, w=1) if b.kind == "label" or b.text == RELATION else b for b in kept])
    return out


def grouped(rows: Rows) -> Rows:
    """Give each group label a row of its own above its rows."""
    out: Rows = []
    for row in rows:
        out += [[replace(b, w=8, h=1)] for b in row if b.kind == "group"]
        out.append(
            [replace(b, w=1) if b.kind == "label" or b.text == RELATION else b for b in row if b.kind != "group"]
        )
    return out


def chain(*changes: Change) -> Change:
    def run(rows: Rows) -> Rows:
        for change in changes:
            rows = change(rows)
        return rows

    return run


def flat_head(rows: Rows) -> Rows:
    """Replace table three's three head rows by one (rows must have one label column)."""
    names = ["类别", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    return [[head(n) for n in names], *rows[3:]]


def total_first(rows: Rows) -> Rows:
    """Put the column 总计 before the others (one label column, one head row)."""
    return [[row[0], row[-1], *row[1:-1]] if len(row) == 8 else row for row in rows]


def aside(name: str, text: Callable[[int], str], at: int) -> Change:
    """Add a column: running numbers, units or notes."""

    def run(rows: Rows) -> Rows:
        out: Rows = []
        n = 0
        for row in rows:
            if row[0].kind == "section" or len(row) < 2:
                out.append(row)
                continue
            is_head = row[0].kind == "head"
            n += not is_head
            box = head(name) if is_head else Box(text(n), kind="aside")
            place = len(row) if at < 0 else at
            out.append([*row[:place], box, *row[place:]])
        return out

    return run


def subtotals(rows: Rows) -> Rows:
    """Add a row 小计 after the group of denials (one label a row)."""
    out: Rows = []
    for row in rows:
        out.append(row)
        if row[0].text.startswith("8."):
            out.append([Box("小计", kind="label"), *(Box(str(9101 + i)) for i in range(len(row) - 1))])
    return out


def with_empty_rows(rows: Rows) -> Rows:
    return [r for row in rows for r in (row, [Box("", kind="blank") for _ in row])]


# --- printing --------------------------------------------------------------------------------------------------------


def td(box: Box, tag: str = "td") -> str:
    spans = (f' colspan="{box.w}"' if box.w > 1 else "") + (f' rowspan="{box.h}"' if box.h > 1 else "")
    return f"<{tag}{spans}>{html.escape(box.text)}</{tag}>"


def table(rows: Rows) -> str:
    return "<table>" + "".join("<tr>" + "".join(td(b) for b in row) + "</tr>\n" for row in rows) + "</table>\n"


def word_td(box: Box) -> str:
    """Print a cell as Word's HTML does: nested spans, no-break spaces, empty paragraphs, text in pieces."""
    spans = (f" colspan={box.w}" if box.w > 1 else "") + (f" rowspan={box.h}" if box.h > 1 else "")
    half = (len(box.text) + 1) // 2
    pieces = "".join(
        f"<span\n  style='mso-spacerun:yes'><font size=3>{html.escape(part)}</font></span>"
        for part in (box.text[:half], box.text[half:])
    )
    return (
        f"<td width=71{spans} style='border:solid windowtext 1.0pt'><p class=MsoNormal align=center><b>"
        f"<span lang=EN-US>{pieces}<o:p></o:p></span></b></p><p class=MsoNormal><o:p>&nbsp;</o:p></p></td>"
    )


def word_table(rows: Rows) -> str:
    body = "".join("<tr style='height:1.0cm'>" + "".join(word_td(b) for b in row) + "</tr>\n" for row in rows)
    return f"<div align=center><table class=MsoNormalTable border=1 cellspacing=0><thead></thead>{body}</table></div>"


def broken_td(box: Box) -> str:
    """Print a cell whose text runs over lines and whose figure stands in pieces."""
    spans = (f' colspan="{box.w}"' if box.w > 1 else "") + (f' rowspan="{box.h}"' if box.h > 1 else "")
    if box.kind == "figure":
        body = "<span>" + "</span><span>".join(box.text) + "</span>"
    else:
        body = "<br/>\n ".join(html.escape(box.text[i : i + 3]) for i in range(0, len(box.text), 3))
    return f"<td{spans}>{body}</td>"


def broken_table(rows: Rows) -> str:
    return "<table>" + "".join("<tr>" + "".join(broken_td(b) for b in row) + "</tr>" for row in rows) + "</table>"


def unclosed_table(rows: Rows) -> str:
    """Print a table as old editors do: upper case, no closing tags for rows and cells."""
    body = "".join("<TR>" + "".join(td(b).replace("</td>", "").replace("<td", "<TD") for b in row) for row in rows)
    return f"<TABLE BORDER=1><TBODY>{body}</TBODY></TABLE>"


def div_table(rows: Rows) -> str:
    return "<div>" + "".join("<p>" + "\t".join(html.escape(b.text) for b in row) + "</p>" for row in rows) + "</div>"


def web(sheet: Sheet, body: str, *, before: str = "", after: str = "", charset: str = "utf-8") -> str:
    title = f"{AGENCY}{sheet.year}年政府信息公开工作年度报告"
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}</title></head><body>{before}'
        f"<h1>{title}</h1><p>一、总体情况</p><p>{sheet.year}年，本机关依法公开政府信息，全年发布信息 4511 条。</p>\n"
        f"{body}<p>五、存在的主要问题及改进情况</p><p>仍有不足，共 12 项。</p><p>六、其他需要报告的事项</p><p>无。</p>{after}</body></html>"
    )


def sections(sheet: Sheet, parts: list[str], tag: str = "p") -> str:
    return "".join(f"<{tag}>{t}</{tag}>{p}" for t, p in zip(TITLES, parts, strict=True))


def page(sheet: Sheet, change: Change = lambda rows: rows, show: Callable[[Rows], str] = table) -> str:
    """Print a web page, table three changed."""
    return web(sheet, sections(sheet, [show(two_joined(sheet)), show(change(three(sheet))), show(four(sheet))]))


def all_changed(sheet: Sheet, change: Change, show: Callable[[Rows], str] = table) -> str:
    """Print a web page, all three tables changed."""
    return web(
        sheet, sections(sheet, [show(change(two_joined(sheet))), show(change(three(sheet))), show(change(four(sheet)))])
    )


NAVIGATION = (
    "<ul><li>首页</li><li>2023年</li><li>2022年</li><li>2021年</li></ul><p>当前位置：首页 &gt; 政府信息公开 &gt; 年报</p>"
    "<table><tr><td>索引号</td><td>014318/2024-00012</td><td>生成日期</td><td>2024-01-31</td></tr>"
    "<tr><td>发布机构</td><td>示例市人民政府办公室</td><td>总计</td><td>1</td></tr></table>"
    "<table><tr><th>日</th><th>一</th><th>二</th><th>三</th><th>四</th><th>五</th><th>六</th></tr>"
    "<tr><td>1</td><td>2</td><td>3</td><td>4</td><td>5</td><td>6</td><td>7</td></tr></table>"
)
FOOTER = "<p>浏览次数：1024</p><p>苏ICP备05009012号-1 网站标识码 3213000002</p><script>var total = 17;</script>"


def lines(rows: Rows, blank: str = "", mark: str = "\t") -> str:
    """Print one cell a line as the first report of this project was found: a mark before each, a blank line after a row."""
    return "".join("".join(f"{mark}{b.text}\n" for b in row) + f"{blank}\n" for row in rows)


def unspaced(rows: Rows) -> str:
    """Print one cell a line with nothing between rows."""
    return "".join(f"{b.text}\n" for row in rows for b in row) + "\n"


def paragraphs(rows: Rows) -> str:
    """Print a page's text as browsers give it where each cell holds a paragraph: a tab alone on a line between two cells."""
    return "".join("\n\n\t\n\n".join(b.text for b in row) + "\n\n" for row in rows)


def labels_as_paragraphs(rows: Rows) -> str:
    """Print one cell a line as browsers copy a table in which labels are paragraphs and figures are not: an empty line behind each label."""
    return "\n".join(b.text if b.kind == "figure" else f"{b.text}\n" for row in rows for b in row if b.text)


def labels_above(rows: Rows) -> str:
    """Print each label on a line, and the figures of its row on the next one, tabs between them."""
    out = []
    for row in rows:
        figures = [b.text for b in row if b.kind == "figure"]
        words = [b.text for b in row if b.kind != "figure" and b.text]
        out += [*words, "\t".join(figures)] if figures else ["\t".join(words)]
    return "\n".join(filter(None, out)) + "\n"


def plain_text(sheet: Sheet, parts: list[str]) -> str:
    title = f"{AGENCY}\n{sheet.year}年政府信息公开工作年度报告\n\n一、总体情况\n本机关全年发布信息 4511 条。\n\n"
    return (
        title
        + "".join(f"{t}\n\n{p}\n" for t, p in zip(TITLES, parts, strict=True))
        + "五、存在的主要问题及改进情况\n无。\n"
    )


def pipes(rows: Rows, *, outer: bool = True, rule: bool = True) -> str:
    rows = spread(rows)
    out = []
    for i, row in enumerate(rows):
        line = " | ".join(b.text or " " for b in row)
        out.append(f"| {line} |" if outer else line)
        if rule and i == 0:
            out.append("|" + "---|" * len(row) if outer else "|".join("---" for _ in row))
    return "\n".join(out) + "\n\n"


def boxed(rows: Rows) -> str:
    """Print a table drawn with line characters."""
    rows = spread(rows)
    rule = "┼".join("──" for _ in rows[0])
    body = f"\n├{rule}┤\n".join("│" + "│".join(b.text or "  " for b in row) + "│" for row in rows)
    return f"┌{rule}┐\n{body}\n└{rule}┘\n\n"


def sketched(rows: Rows, wide: int = 9, drawn: str = "-|+", letter: int = 2) -> str:
    """Draw a table with its spans as programs for terminals do: each cell over as many lines as its text takes, a letter two columns."""
    columns = sum(b.w for b in rows[0])
    owner: dict[tuple[int, int], Box | None] = {}
    first: dict[int, tuple[int, int]] = {}
    for r, row in enumerate(rows):
        c = 0
        for box in row:
            while (r, c) in owner:
                c += 1
            box = replace(box)
            first[id(box)] = r, c
            owner |= {(r + y, c + x): box for y in range(box.h) for x in range(box.w)}
            c += box.w

    def pieces(box: Box) -> list[str]:
        out, room = [""], 0
        for a in box.text:
            took = letter if ord(a) > 0x2000 else 1
            if room + took > box.w * (wide + 1) - 1:
                out, room = [*out, ""], 0
            out[-1] += a
            room += took
        return out

    high = [max(len(pieces(b)) for b in row if b.h == 1) for row in rows]
    for r, row in enumerate(rows):
        for b in row:
            if b.h > 1:
                high[r + b.h - 1] += max(0, len(pieces(b)) - sum(high[r : r + b.h]) - b.h + 1)
    tops = [sum(high[:r]) + r for r in range(len(rows) + 1)]
    canvas = [[" "] * (columns * (wide + 1) + 1) for _ in range(tops[-1] + 1)]
    level, upright, corner = drawn
    for r in range(len(rows) + 1):
        for c in range(columns + 1):
            here, left, over = owner.get((r, c)), owner.get((r, c - 1)), owner.get((r - 1, c))
            x = c * (wide + 1)
            if c < columns and here is not over:
                canvas[tops[r]][x + 1 : x + 1 + wide] = level * wide
            if r < len(rows) and here is not left:
                for y in range(tops[r] + 1, tops[r + 1]):
                    canvas[y][x] = upright
            lines = (
                here is not over,
                here is not left,
                left is not owner.get((r - 1, c - 1)),
                over is not owner.get((r - 1, c - 1)),
            )
            if any(lines):
                flat, tall = lines[0] or lines[2], lines[1] or lines[3]
                canvas[tops[r]][x] = corner if flat and tall else level if flat else upright
    for (r, c), box in {first[id(b)]: b for b in owner.values() if b}.items():
        for y, piece in enumerate(pieces(box), tops[r] + 1):
            at = c * (wide + 1) + 1
            for a in piece:
                canvas[y][at] = a
                if letter == 2 and ord(a) > 0x2000:
                    canvas[y][at + 1] = ""
                at += letter if ord(a) > 0x2000 else 1
    return "\n".join("".join(line) for line in canvas) + "\n\n"


def framed(text: str) -> str:
    """Draw a frame around a text, as programs draw a table of one cell that a page lies in."""
    lines = text.split("\n")
    took = [sum(2 if ord(a) > 0x2000 else 1 for a in line) for line in lines]
    rule = "+" + "-" * (max(took) + 2) + "+"
    body = [f"| {line}{' ' * (max(took) - n)} |" for line, n in zip(lines, took, strict=True)]
    return "\n".join([rule, *body, rule]) + "\n"


def in_cells(rows: Rows) -> str:
    """Print a table that lay in a table as converters to Markdown do: each of its rows is one cell, two spaces between its own."""
    lines = [f"| {'  '.join(b.text for b in row if b.text)} |{' |' * 3}" for row in rows]
    return "\n".join(["|  |  |  |  |", "| --- | --- | --- | --- |", *lines]) + "\n\n"


def on_one_line(rows: Rows) -> str:
    """Print such a table with all its rows on one line, two pipes between them."""
    lines = " || ".join(" | ".join([*(b.text for b in row)]) + " |" * (row[-1].w - 1) for row in spread(rows))
    return f"|  |  |\n| --- | --- |\n| {lines} |\n\n"


def cells_on_one_line(rows: Rows) -> str:
    """Print such a table with all its cells on one line, those of spans once."""
    return "| " + " | ".join(b.text for row in rows for b in row) + " |\n\n"


def marked_down(sheet: Sheet) -> str:
    """Print Markdown with tables of HTML, and one with pipes, between its lines."""
    parts = [pipes(two_joined(sheet)), table(three(sheet)), "<html><body>" + table(four(sheet)) + "</body></html>\n"]
    text = re.sub(r"(?m)^(.*政府信息公开工作年度报告)$", r"# <span>\1</span>", plain_text(sheet, parts))
    return '<div class="article">\n\n' + re.sub(r"(?m)^([一二三四五]、.*)$", r"## \1", text) + "\n</div>\n"


def separate(rows: Rows, between: str) -> str:
    """Print a row a line, cells apart by tabs or spaces, spans left out."""
    return "".join(between.join(b.text for b in row) + "\n" for row in rows) + "\n"


def text_page(sheet: Sheet, show: Callable[[Rows], str], change: Change = lambda rows: rows) -> str:
    return plain_text(sheet, [show(two_joined(sheet)), show(change(three(sheet))), show(four(sheet))])


def mhtml(text: str) -> str:
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText

    outer = MIMEMultipart("related", boundary="----=_NextPart_1")
    outer["From"], outer["Subject"] = "<Saved by a browser>", "report"
    part = MIMEText(text, "html", "utf-8")
    part["Content-Location"] = "https://example.invalid/report.html"
    outer.attach(part)
    return outer.as_string()


# --- labels and figures written otherwise ----------------------------------------------------------------------------

_TRADITIONAL = str.maketrans(
    "总计关请数转办费处罚许规范强维纠审结复诉组织务个国属类过执档询无应确认获补现报举续护权稳条项",
    "總計關請數轉辦費處罰許規範強維糾審結復訴組織務個國屬類過執檔詢無應確認獲補現報舉續護權穩條項",
)
LABELS: dict[str, Callable[[str], str]] = {
    "half-width": lambda t: t.replace("（", "(").replace("）", ")").replace("、", ",").replace("，", ","),
    "full-width": lambda t: t.replace("1.", "１．").replace("2.", "２．").replace("3.", "３．"),
    "straight quotes": lambda t: t.replace("“", '"').replace("”", '"'),
    "no quotes": lambda t: t.replace("“", "").replace("”", ""),
    "no numbering": lambda t: re.sub(r"^(?:[一二三四]、|（.）|\d\.)", "", t),
    "circled numbering": lambda t: re.sub(r"^(\d)\.", lambda m: chr(0x245F + int(m[1])), t),
    "numbering with a comma": lambda t: re.sub(r"^(\d)\.", r"\1、", t),
    "numbering in brackets": lambda t: re.sub(r"^(\d)\.", r"（\1）", t),
    "numbering with spaces": lambda t: re.sub(r"^(\d)\.", r"\1 . ", t),
    "traditional": lambda t: t.translate(_TRADITIONAL),
    "ideographic spaces": lambda t: "\u3000".join(t),
    "no-break spaces": lambda t: "\u00a0" + "\u00a0".join(t) + "\u00a0",
    "zero-width spaces": lambda t: "\u200b".join(t),
    "footnote marks": lambda t: t + "①",
    "no explanation": lambda t: re.sub(r"（区分.*", "", t),
    "misprints": lambda t: t.replace("行政法规禁止", "行政止").replace("反复", "反覆").replace("掌握相关", "掌握有关"),
    "with a colon": lambda t: t + "：",
    "compatibility ideographs": lambda t: t.translate(str.maketrans("行立人一大", "⾏⽴⼈⼀⼤")),
}

FIGURES: dict[str, Callable[[str], str]] = {
    "full-width": lambda t: t.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789."}),
    "thousands": lambda t: f"{float(t):,.1f}" if "." in t else f"{int(t):,}",
    "thousands, full-width": lambda t: (f"{float(t):,.1f}" if "." in t else f"{int(t):,}").replace(",", "，"),
    "units": lambda t: t + ("万元" if "." in t else "件"),
    "spaced unit": lambda t: t + (" 万元" if "." in t else " 件"),
    "about": lambda t: "约" + t,
    "remark": lambda t: t + "（含自然失效 29 件）",
    "footnote": lambda t: t + "①",
    "superscript figure": lambda t: t + "¹",
    "no-break spaces": lambda t: f"\u00a0{t}\u00a0",
    "ideographic spaces": lambda t: f"\u3000{t}\u3000",
    "plus": lambda t: "+" + t,
    "full stop": lambda t: t + "。",
    "zero-width spaces": lambda t: "\u200b".join(t) + "\u200e",
    "soft hyphens": lambda t: "\u00ad".join(t),
}


def figured(sheet: Sheet, change: Callable[[str], str]) -> Sheet:
    return replace(sheet, texts={cell: change(text) if text else "" for cell, text in sheet.texts.items()})


def labelled(change: Callable[[str], str]) -> Callable[[Sheet], str]:
    return lambda s: all_changed(s, each(change, "label", "group", "section", "head"))


# --- the list --------------------------------------------------------------------------------------------------------


def one_table(sheet: Sheet) -> str:
    """All three tables as one <table>, its sections rows of it."""
    titles = [[[Box(t, 10, 1, "section")]] for t in TITLES]
    rows = [*titles[0], *two_joined(sheet), *titles[1], *three(sheet), *titles[2], *four(sheet)]
    return web(sheet, table(rows))


def outer_table(sheet: Sheet) -> str:
    """One outer table whose rows hold the headings and the three tables."""
    parts = [table(two_joined(sheet)), table(three(sheet)), table(four(sheet))]
    inner = "".join(f"<tr><td>{t}</td></tr><tr><td>{p}</td></tr>" for t, p in zip(TITLES, parts, strict=True))
    return web(sheet, f"<table><tr><td><table>{inner}</table></td></tr></table>")


def layout_columns(sheet: Sheet) -> str:
    """A layout table with navigation at the left of the whole article."""
    body = sections(sheet, [table(two_joined(sheet)), table(three(sheet)), table(four(sheet))])
    return web(sheet, f"<table><tr><td>首页<br>2022年<br>17</td><td><div>{body}</div></td></tr></table>")


def two_as_tables(sheet: Sheet, *, with_clause: bool = True) -> str:
    shown = [(p[0][0].text, p if with_clause else p[1:]) for p in two(sheet)]
    first = "".join(table(p) if with_clause else f"<p>{name}</p>{table(p)}" for name, p in shown)
    return web(sheet, sections(sheet, [first, table(three(sheet)), table(four(sheet))]))


def two_clause_first(sheet: Sheet) -> str:
    """Table two with the clause as the first column of every row."""
    rows: Rows = []
    for part in two(sheet):
        clause = part[0][0].text
        rows.append([head("条款"), *part[1]])
        rows += [[Box(clause, kind="group"), *row] for row in part[2:]]
    return web(sheet, sections(sheet, [table(rows), table(three(sheet)), table(four(sheet))]))


def two_clause_span(sheet: Sheet) -> str:
    rows: Rows = []
    for part in two(sheet):
        clause = Box(part[0][0].text, 1, len(part) - 1, "group")
        rows += [[clause, *part[1]], *part[2:]]
    return web(sheet, sections(sheet, [table(rows), table(three(sheet)), table(four(sheet))]))


def with_four(sheet: Sheet, shown: str) -> str:
    return web(sheet, sections(sheet, [table(two_joined(sheet)), table(three(sheet)), shown]))


def four_stacked(sheet: Sheet) -> str:
    """行政复议 and 行政诉讼 one under the other in one table."""
    f = sheet.form.rows("disputes")
    rows: Rows = [
        [head("行政复议", 10)],
        [head(o, 2) for o in OUTCOMES],
        [Box(t, 2) for t in sheet.row("disputes", f[0])],
        [head("行政诉讼", 10)],
        [head("未经复议直接起诉", 5), head("复议后起诉", 5)],
        [head(o) for o in OUTCOMES * 2],
        [Box(t) for r in f[1:] for t in sheet.row("disputes", r)],
    ]
    return with_four(sheet, table(rows))


def four_by_block(sheet: Sheet, *, names: tuple[str, ...] = BLOCKS, corner: str = "类别") -> str:
    """Table four with a row for each block."""
    rows: Rows = [[head(corner), *(head(o) for o in OUTCOMES)]]
    for name, r in zip(names, sheet.form.rows("disputes"), strict=True):
        rows.append([Box(name, kind="label"), *(Box(t) for t in sheet.row("disputes", r))])
    return with_four(sheet, table(rows))


def four_by_block_grouped(sheet: Sheet) -> str:
    rows: Rows = [[head("类别", 2), *(head(o) for o in OUTCOMES)]]
    for i, r in enumerate(sheet.form.rows("disputes")):
        group = [Box("行政诉讼", 1, 2, "group")] if i == 1 else []
        label = [*group, Box(BLOCKS[i], 1 if i else 2, kind="label")]
        rows.append([*label, *(Box(t) for t in sheet.row("disputes", r))])
    return with_four(sheet, table(rows))


def four_headed(sheet: Sheet, names: tuple[str, ...] = BLOCKS) -> str:
    shown = "".join(f"<p>{n}</p>{table(p)}" for n, p in zip(names, four_blocks(sheet), strict=True))
    return with_four(sheet, shown)


def four_headed_bare(sheet: Sheet) -> str:
    """Three small tables under headings, figures alone."""
    shown = "".join(f"<p>{n}</p>{table(p[1:])}" for n, p in zip(BLOCKS, four_blocks(sheet), strict=True))
    return with_four(sheet, shown)


def json_article(sheet: Sheet) -> str:
    title = f"{AGENCY}{sheet.year}年政府信息公开工作年度报告"
    return json.dumps({"code": 200, "data": {"title": title, "content": page(sheet)}}, ensure_ascii=True)


def script_article(sheet: Sheet) -> str:
    """The article as a string in a script; the page itself is empty."""
    text = json.dumps(page(sheet), ensure_ascii=False).replace("</", "<\\/")
    return f"<html><head><title>年报</title></head><body><div id='a'></div><script>var article = {text}; show(article);</script></body></html>"


def under(*names: str) -> Change:
    """Replace table three's heads by one row of other heads; one label a row."""
    return lambda rows: [[head(n) for n in names], *only_labels(rows)[3:]]


def two_head_rows(rows: Rows) -> Rows:
    top = [head("项目", 3, 2), head("自然人", 1, 2), head("法人或其他组织", 5), head("总计", 1, 2)]
    return [top, *rows[2:]]


def body_reversed(rows: Rows, kept: int) -> Rows:
    """Turn the rows of table three upside down, but for the last `kept`."""
    rows = only_labels(rows)
    end = len(rows) - kept
    return [*rows[:3], *reversed(rows[3:end]), *rows[end:]]


def litigation_first(sheet: Sheet) -> str:
    heads = [
        [head("行政诉讼", 10), head("行政复议", 5)],
        [head("未经复议直接起诉", 5), head("复议后起诉", 5), *(head(o, 1, 2) for o in OUTCOMES)],
        [head(o) for o in OUTCOMES * 2],
    ]
    first, *rest = sheet.form.rows("disputes")
    return with_four(sheet, table([*heads, [Box(t) for r in (*rest, first) for t in sheet.row("disputes", r)]]))


def four_down(sheet: Sheet) -> Rows:
    """Table four with one figure a row."""
    blocks = zip(BLOCKS, sheet.form.rows("disputes"), strict=True)
    return [
        [Box(block), Box(outcome), Box(text)]
        for block, r in blocks
        for outcome, text in zip(OUTCOMES, sheet.row("disputes", r), strict=True)
    ]


def four_transposed(sheet: Sheet) -> str:
    rows: Rows = [[head(""), *(head(b) for b in BLOCKS)]]
    for i, outcome in enumerate(OUTCOMES):
        texts = [sheet.row("disputes", r)[i] for r in sheet.form.rows("disputes")]
        rows.append([Box(outcome, kind="label"), *map(Box, texts)])
    return with_four(sheet, table(rows))


def three_transposed(rows: Rows) -> Rows:
    body = only_labels(rows)[3:]
    out: Rows = [[head("申请人"), *(head(row[0].text) for row in body)]]
    for i, name in enumerate(("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")):
        out.append([head(name), *(row[1 + i] for row in body)])
    return out


def four_long_names(sheet: Sheet) -> str:
    return four_headed(
        sheet, ("（一）行政复议情况", "（二）行政诉讼（未经复议直接起诉）", "（三）行政诉讼（复议后起诉）")
    )


def with_chrome(sheet: Sheet) -> str:
    body = sections(sheet, [table(two_joined(sheet)), table(three(sheet)), table(four(sheet))], "h2")
    return web(sheet, body, before=NAVIGATION, after=FOOTER)


LAYOUTS: dict[str, Callable[[Sheet], str]] = (
    {
        "as the form": page,
        "all three tables as one": one_table,
        "one outer table": outer_table,
        "a layout table around all": layout_columns,
        "word": lambda s: all_changed(s, lambda r: r, word_table),
        "labels over lines, digits over spans": lambda s: all_changed(s, lambda r: r, broken_table),
        "unclosed rows": lambda s: all_changed(s, lambda r: r, unclosed_table),
        "empty cells for spans": lambda s: all_changed(s, spread),
        "spanned text repeated": lambda s: all_changed(s, spread_same),
        "no spans": lambda s: all_changed(s, bare),
        "group label in the row's cell": lambda s: page(s, joined_labels),
        "no group labels": lambda s: page(s, only_labels),
        "group labels as rows": lambda s: page(s, grouped),
        "one head row": lambda s: page(s, chain(only_labels, flat_head)),
        "total first": lambda s: page(s, chain(only_labels, flat_head, total_first)),
        "running numbers": lambda s: page(s, chain(only_labels, flat_head, aside("序号", str, 0))),
        "running numbers after the label": lambda s: page(s, chain(only_labels, flat_head, aside("行次", str, 1))),
        "units": lambda s: page(s, chain(only_labels, flat_head, aside("单位", lambda n: "件", 1))),
        "notes": lambda s: page(s, chain(only_labels, flat_head, aside("备注", lambda n: "", -1))),
        "notes with text": lambda s: page(
            s, chain(only_labels, flat_head, aside("备注", lambda n: "见说明" if n % 3 else "", -1))
        ),
        "page numbers within": lambda s: page(s, lambda r: [*r[:7], [Box("— 3 —", 10)], *r[7:]]),
        "empty rows": lambda s: all_changed(s, with_empty_rows),
        "generic heads": lambda s: page(s, under("类别", *(f"数据{i}" for i in range(1, 7)), "总计")),
        "no heads": lambda s: page(s, lambda r: three_body(s)),
        "heads in two rows": lambda s: page(s, two_head_rows),
        "heads broken in words": lambda s: page(s, each(lambda t: "\n".join(t) if len(t) < 8 else t, "head")),
        "rows reordered": lambda s: page(s, lambda r: body_reversed(r, 2)),
        "table two as five tables": two_as_tables,
        "table two under its clauses": lambda s: two_as_tables(s, with_clause=False),
        "clause as first column": two_clause_first,
        "clause beside its rows": two_clause_span,
        "table four stacked": four_stacked,
        "table four by block": four_by_block,
        "table four by block, groups": four_by_block_grouped,
        "table four without heads": lambda s: with_four(s, table(four_body(s))),
        "table four's heads without spans": lambda s: with_four(s, table(bare(four(s)))),
        "table four as three tables": four_headed,
        "table four as three tables, longer names": four_long_names,
        "table four as three bare rows": four_headed_bare,
        "page chrome": with_chrome,
        "a table around each cell": lambda s: re.sub(
            r"(<t[dh][^<>]*>)([^<]*)(</t[dh]>)", r"\1<table><tr><td>\2</td></tr></table>\3", page(s)
        ),
        "lines after tabs": lambda s: text_page(s, lambda r: lines(r)),
        "lines after tabs, blanks for spans": lambda s: text_page(s, lambda r: lines(spread(r))),
        "lines": lambda s: text_page(s, lambda r: lines(r, mark="")),
        "lines, total first": lambda s: text_page(s, unspaced, chain(only_labels, flat_head, total_first)),
        **{
            f"{name}, {what}": lambda s, show=show, head=head, text=text, at=at: text_page(  # type: ignore[misc]
                s, show, chain(only_labels, flat_head, aside(head, text, at))
            )
            for name, show in {
                "lines": unspaced,
                "lines after tabs": lines,
                "a blank line a row": lambda r: lines(r, mark=""),
                "runs of spaces": lambda r: separate(r, "    "),
            }.items()
            for what, head, text, at in (
                ("running numbers in a column", "序号", str, 0),
                ("units in a column", "单位", lambda n: "件", 1),
            )
        },
        "lines, units behind the labels": lambda s: text_page(
            s, unspaced, chain(only_labels, each(lambda t: t + "（件）", "label"))
        ),
        "markdown, line ends in cells": lambda s: text_page(
            s, lambda r: pipes(each(lambda t: "<br>".join(re.findall(".{1,4}", t)), "label", "group", "head")(r))
        ),
        "markdown, table four as two tables": lambda s: plain_text(
            s,
            [
                pipes(two_joined(s)),
                pipes(three(s)),
                pipes([[head("行政复议", 5)], *four_blocks(s)[0]])
                + pipes([[head("行政诉讼", 10)], *([*row, *more] for row, more in zip(*litigation(s), strict=True))]),
            ],
        ),
        "lines, zero-width spaces": lambda s: text_page(figured(s, FIGURES["zero-width spaces"]), unspaced),
        "a paragraph a cell": lambda s: text_page(s, paragraphs),
        "a paragraph a label": lambda s: text_page(s, labels_as_paragraphs),
        "markdown": lambda s: text_page(s, pipes),
        "pipes, no outer ones": lambda s: text_page(s, lambda r: pipes(r, outer=False)),
        "pipes, no rule": lambda s: text_page(s, lambda r: pipes(r, rule=False)),
        "box drawing": lambda s: text_page(s, boxed),
        "rows as cells of Markdown": lambda s: text_page(s, in_cells),
        "rows on one line, two pipes between them": lambda s: text_page(s, on_one_line),
        "cells on one line with pipes": lambda s: text_page(s, cells_on_one_line),
        "Markdown with tables of HTML": marked_down,
        "drawn with characters": lambda s: text_page(s, sketched),
        "drawn in a frame": lambda s: framed(framed(text_page(s, sketched))),
        "drawn with lines": lambda s: text_page(s, lambda rows: sketched(rows, 7, "─│┼")),
        "drawn with characters, a letter a column": lambda s: text_page(s, lambda rows: sketched(rows, 6, letter=1)),
        "full-width bars": lambda s: text_page(s, lambda r: pipes(r, rule=False).replace("|", "｜")),
        "bold figures": lambda s: re.sub(
            r"\| (\d[\d.]*) ", r"| **\1** ", re.sub(r"\| (\d[\d.]*) ", r"| **\1** ", text_page(s, pipes))
        ),
        "tabs": lambda s: text_page(s, lambda r: separate(r, "\t")),
        "tabs, blanks for spans": lambda s: text_page(s, lambda r: separate(spread(r), "\t")),
        **{
            f"spaces in heads, {name}": (
                lambda s, show=show: text_page(s, lambda r: show(each(lambda t: t[:2] + " " + t[2:], "head")(r)))
            )
            for name, show in {  # type: ignore[misc]
                "lines": unspaced,
                "tabs": lambda r: separate(r, "\t"),
                "runs of spaces": lambda r: separate(r, "    "),
            }.items()
        },
        "labels above their figures": lambda s: text_page(s, labels_above),
        "tabs, labels broken over lines": lambda s: text_page(s, lambda r: separate(broken(r), "\t")),
        "tabs, spanned text repeated, labels broken": lambda s: text_page(
            s, lambda r: separate(broken(spread_same(r)), "\t")
        ),
        "lines, labels broken over lines": lambda s: text_page(s, lambda r: unspaced(broken(r))),
        "pipes, labels broken over lines": lambda s: text_page(s, lambda r: pipes(broken(r), rule=False)),
        "runs of spaces": lambda s: text_page(s, lambda r: separate(r, "    ")),
        "single spaces": lambda s: text_page(s, lambda r: separate(r, " ")),
        "mhtml": lambda s: mhtml(page(s)),
        "json": json_article,
        "a string in a script": script_article,
    }
    | {f"labels: {name}": labelled(change) for name, change in LABELS.items()}
    | {
        f"figures: {name}": (lambda s, change=change: page(figured(s, change)))
        for name, change in FIGURES.items()  # type: ignore[misc]
    }
)
DOUBTFUL: dict[str, Callable[[Sheet], str]] = {
    "a cell a line, blank lines between": lambda s: text_page(
        s, lambda r: "".join(f"{b.text}\n\n" for row in r for b in row)
    ),
    "pipes alone on lines": lambda s: text_page(
        s, lambda r: "".join("|\n" + "\n|\n".join(b.text for b in row) + "\n|\n" for row in r)
    ),
    "numbering on lines of its own": lambda s: text_page(
        s, lambda r: re.sub(r"(?m)^(\d\.|（.）|[一二三四]、)(?=.*[^\d\n])", r"\1\n", unspaced(r)), only_labels
    ),
    "spaces, a note behind the figures": lambda s: text_page(
        s,
        lambda r: separate(r, "  "),
        chain(only_labels, flat_head, aside("备注", lambda n: "见说明" if n % 3 else "", -1)),
    ),
    "spaces, letters among the figures": lambda s: text_page(
        s, lambda r: re.sub(r"(?m)(?<=  )(\d*4)(?=  )", r"\1  O", separate(r, "  "))
    ),
    "table four down the page": lambda s: text_page(
        s, lambda r: separate(four_down(s), " ") if r == four(s) else separate(r, " ")
    ),
    "subtotals": lambda s: page(s, chain(only_labels, flat_head, subtotals)),
    "paragraphs of tabs": lambda s: all_changed(s, lambda r: r, div_table),
    "rows upside down": lambda s: page(s, lambda r: body_reversed(r, 0)),
    "displaced heads": lambda s: page(
        s, under("项目", "本年新收件数", "上年结转件数", "予以公开", "部分公开", "不予公开", "结转下年度", "总计")
    ),
    "heads too few": lambda s: page(s, lambda r: [[head("项目", 3), head("自然人"), head("总计")], *r[3:]]),
    "litigation before reconsideration": litigation_first,
    "table four transposed": four_transposed,
    "table three transposed": lambda s: page(s, three_transposed),
    "no labels": lambda s: page(s, lambda r: [[b for b in row if b.kind == "figure"] for row in r[3:]]),
}


def write(folder: Path, text: str, suffix: str = "") -> Path:
    """Write a printed report under the ending that its text calls for."""
    path = folder / f"report{suffix or ('.html' if '<' in text else '.txt')}"
    path.write_text(text, encoding="utf-8")
    return path
