"""A report: agency, year, form, cells, prose; its tables as DataFrames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, cast

from auditkit.forms import Form, TableId
from auditkit.naming import Naming
from auditkit.placing.placement import Placed, Remark, Unplaced
from auditkit.reading.page import Place
from auditkit.tables import report_tables
from auditkit.wording import Lang, say

if TYPE_CHECKING:
    import pandas as pd

_TAGS = {
    "exercise": ("〔演练〕", " [exercise]"),
    "extract": ("〔摘录〕", " [extract]"),
    "typed": ("〔录入〕", " [typed in]"),
}


@dataclass(frozen=True)
class Report:
    """One report as read. Figures are looked up by cell id; a blank is None, never zero.

    Attributes
    ----------
    path : the file as it was named
    agency, year : None where the file does not say
    form : "2019" or "2021"; what the tables themselves are, whatever the year
    layout : the form's cells and identities, in the row variant printed
    readings : cell id to what was found in it; a cell that the file does not have is absent
    unplaced : figures of the tables whose cell is not certain
    remarks : how rows were read, where that needs saying
    prose : the lines outside tables
    fees : the sentences among them on the fee for handling information
    tags : "extract", "exercise", "typed" (in or pasted by an auditor) where the file says so itself
    found : the figures in the file's tables, counted apart from placing
    pictures : how many pictures stand in the file; tables that were not read may be among them
    copy : the file's name, where others of the case hold a report of the same agency and year
    first : of such copies, whether what was stated of the report when it was the only one was stated of this one
    """

    path: str
    agency: str | None
    year: int | None
    form: str
    layout: Form
    readings: Mapping[str, Placed]
    unplaced: tuple[Unplaced, ...] = ()
    remarks: tuple[Remark, ...] = ()
    prose: tuple[str, ...] = ()
    fees: tuple[str, ...] = ()
    naming: Naming = field(default_factory=lambda: Naming(None, None))
    tags: frozenset[str] = frozenset()
    found: int = 0
    pictures: int = 0
    copy: str = ""
    first: bool = True

    def value(self, cell_id: str) -> int | Decimal | None:
        """Return the figure of a cell in the form's unit, or None if it is blank, no number or not in the file."""
        found = self.readings.get(cell_id)
        return found.figure.value if found else None

    def kind(self, cell_id: str) -> str:
        """Return ``figure``, ``blank`` (also for — and 无), ``text`` or ``absent``."""
        found = self.readings.get(cell_id)
        if found is None:
            return "absent"
        return "blank" if found.figure.kind == "none" else found.figure.kind

    def printed(self, cell_id: str) -> str:
        """Return the text as the program found it in a cell, whatever a person stated since."""
        found = self.readings.get(cell_id)
        return (found.read or found.figure).text if found else ""

    def was_read(self, cell_id: str) -> bool:
        """Whether the program itself read something in a cell, whatever a person stated since."""
        found = self.readings.get(cell_id)
        return found is not None and (found.stated not in ("place", "correct") or found.read is not None)

    def remark(self, cell_id: str, lang: Lang) -> str:
        """Say what a person stated of a cell, and what the program had read; empty where nothing was stated."""
        found = self.readings.get(cell_id)
        if found is None or not found.stated:
            return ""
        if found.stated == "place":
            return say(lang, "〔审计人员落位〕", " [placed by the auditor]")
        read = (found.read.text or say(lang, "空白", "blank")) if found.read else say(lang, "（未读到）", "(not read)")
        if found.stated == "blanks":
            return say(lang, f"〔{read}，按 0 计〕", f" [{read}, taken as 0]")
        return say(lang, f"〔更正，程序读作 {read}〕", f" [corrected; read as {read}]")

    def shown(self, cell_id: str, lang: Lang) -> str:
        """Return a cell's text as it is in force, with what a person stated of it."""
        found = self.readings.get(cell_id)
        if found is None:
            return say(lang, "未读到", "not read")
        text = found.figure.text
        if self.kind(cell_id) == "blank":
            text = text or say(lang, "空白", "blank")
        elif self.kind(cell_id) == "text":
            text = say(lang, f"〔文字〕{text}", f"[text] {text}")
        return text + self.remark(cell_id, lang)

    def place(self, cell_id: str) -> Place:
        """Return where in the file a cell stands."""
        found = self.readings.get(cell_id)
        return found.place if found else Place()

    def name(self, lang: Lang) -> str:
        """Say whose report of which year this is."""
        agency = self.agency or say(lang, "（未写明机关）", "(agency not stated)")
        year = (
            say(lang, f"{self.year} 年", str(self.year))
            if self.year
            else say(lang, "（未写明年份）", "(year not stated)")
        )
        return f"{agency} {year}{self.marks(lang)}"

    def marks(self, lang: Lang) -> str:
        """Say where the material is an exercise, an extract or typed in, and of several copies which one; else empty."""
        copy = say(lang, f"〔{self.copy}〕", f" [{self.copy}]") if self.copy else ""
        return "".join(say(lang, *words) for tag, words in _TAGS.items() if tag in self.tags) + copy

    @property
    def stated_zeros(self) -> int:
        """How many blank cells a person stated to be zero."""
        return sum(found.stated == "blanks" for found in self.readings.values())

    @property
    def stated_figures(self) -> int:
        """How many cells hold what a person corrected or placed there."""
        return sum(found.stated in ("correct", "place") for found in self.readings.values())

    def shown_text(self, cell_id: str) -> str:
        """Return the text in force of a cell, without remarks."""
        return self.readings[cell_id].figure.text

    @property
    def placed_figures(self) -> tuple[str, ...]:
        """The cells in which the program found a figure."""
        return tuple(c for c, p in self.readings.items() if (p.read or p.figure).kind == "figure")

    @property
    def unread(self) -> tuple[str, ...]:
        """What is printed in cells that hold no figure, but may (`Placed.unread`)."""
        return tuple(self.printed(cell_id) for cell_id, placed in self.readings.items() if placed.unread)

    @property
    def figures(self) -> dict[str, int | Decimal | None]:
        """The figure of each cell that was read."""
        return {cell_id: found.figure.value for cell_id, found in self.readings.items()}

    @property
    def key(self) -> str:
        """What the report is, whatever its file is called: agency and year; with the file's name where these are unknown, or of a copy."""
        if self.agency and self.year and self.first:
            return f"{self.agency}|{self.year}"
        return f"{self.agency or ''}|{self.year or ''}|{Path(self.path).name}"

    @property
    def cells(self) -> pd.DataFrame:
        """All cells of the form, tidy.

        Returns
        -------
        DataFrame
            Indexed by cell id, with ``value`` (nullable number), ``printed`` (text as found), ``unit`` and ``source``
            (where in the file), in the form's order.
        """
        import pandas as pd

        ids = [cell.id for cell in self.layout.cells]
        values = [None if (v := self.value(i)) is None else float(v) for i in ids]
        return pd.DataFrame(
            {
                "value": pd.array(values, dtype="Float64"),
                "printed": pd.array([self.printed(i) if i in self.readings else None for i in ids], "string"),
                "unit": [cell.unit for cell in self.layout.cells],
                "source": [self.place(i).describe("zh", exact=True) for i in ids],
            },
            index=pd.Index(ids, name="cell"),
        )

    def table(self, name: str, lang: Lang = "zh") -> pd.DataFrame:
        """Return one table in the form's order.

        Parameters
        ----------
        name : "proactive", "requests" or "disputes"
        lang : language of the labels

        Returns
        -------
        DataFrame
            A row for each row of the form, a column for each column, nullable numbers; where table two's rows do not have
            a column, and where nothing is stated, ``<NA>``.

        Raises
        ------
        KeyError
            If there is no such table.
        """
        import pandas as pd

        if name not in self.layout.titles:
            raise KeyError(name)
        table = cast(TableId, name)
        rows, columns = self.layout.rows(table), self.layout.columns(table)
        by_place = {(c.row, c.column): c.id for c in self.layout.cells if c.table == table}
        data = {}
        for column in columns:
            values = [self.value(by_place[row, column]) if (row, column) in by_place else None for row in rows]
            whole = all(v is None or isinstance(v, int) for v in values)
            numbers = [None if v is None else (int(v) if whole else float(v)) for v in values]
            label = self.layout.column_label(table, column, lang)
            data[label] = pd.array(numbers, dtype="Int64" if whole else "Float64")
        return pd.DataFrame(data, index=[self.layout.row_label(table, row, lang) for row in rows])

    def __repr__(self) -> str:
        stated = sum(1 for f in self.readings.values() if f.figure.kind == "figure")
        return (
            f"Report({self.name('zh')}, {self.layout.name('zh')}, {len(self.readings)}/{len(self.layout.cells)} 格, "
            f"{stated} 个数字, 未落位 {len(self.unplaced)})"
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return report_tables(self, "zh").bundle()


def by_body(reports: Iterable[Report]) -> dict[str, list[Report]]:
    """Group the reports that have an agency and a year by the body they are of, by its name.

    Bodies of two cities may bear one short name in their titles: where the full names that the reports state are not all the same,
    a report that states one is of that body, and one that states none is of no other.
    """
    out: dict[str, list[Report]] = {}
    named = [r for r in reports if r.agency and r.year]
    full: dict[str, set[str]] = {}
    for report in named:
        full.setdefault(str(report.agency), set()).update({report.naming.full} - {""})
    for report in named:
        short, own = str(report.agency), report.naming.full
        longest = [a for a in full[short] if not any(b != a and b.endswith(a) for b in full[short])]
        body = next((a for a in longest if own and a.endswith(own)), short) if len(longest) > 1 else short
        out.setdefault(body, []).append(report)
    return out
