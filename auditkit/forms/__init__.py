"""The statutory forms as data: cells, identities and the bridge between the two versions.

A form is a list of cells and a list of identities; each identity is a row of a small integer matrix ``A`` with
``A @ x == 0`` for a sound report ``x``. Everything arithmetical in the package uses this object.

Sources: 国办公开办函〔2019〕60号 (report years 2019 and 2020) and 国办公开办函〔2021〕30号 (2021 on).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from auditkit.wording import Lang, say

TableId: TypeAlias = Literal["proactive", "requests", "disputes"]
TABLES: tuple[TableId, ...] = ("proactive", "requests", "disputes")
FORM_IDS = ("2019", "2021")
_NUMBERS = {"proactive": ("二", "2"), "requests": ("三", "3"), "disputes": ("四", "4")}


def table_name(table: str, lang: Lang) -> str:
    """Name a table by its number, e.g. 表三."""
    zh, en = _NUMBERS[table]
    return say(lang, f"表{zh}", f"table {en}")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a form. Its id is looked up, never split at its dots."""

    id: str
    table: TableId
    row: str
    column: str
    row_path: tuple[str, ...]
    row_label: Mapping[Lang, str]
    column_label: Mapping[Lang, str]
    unit: str

    def label(self, lang: Lang) -> str:
        """One line for people: table, row and column in the form's words."""
        row, column = short_row(self.row_path) if lang == "zh" else self.row_label["en"], self.column_label[lang]
        return table_name(self.table, lang) + say(lang, f"「{row}」「{column}」", f", “{row}”, “{column}”")


def short_row(path: tuple[str, ...]) -> str:
    """Return the official words of a row, without remarks in brackets and without the outermost group.

    Examples
    --------
    >>> short_row(("三、本年度办理结果", "（三）不予公开", "1.属于国家秘密"))
    '（三）不予公开 1.属于国家秘密'
    """
    head = [part for part in path if not part.startswith(("三、", "第二十条"))]
    return " ".join(part.split("（区分")[0] for part in head)


@dataclass(frozen=True, slots=True)
class Identity:
    """A sum that a sound report satisfies: ``sum(coefficient * cell) == 0``.

    ``subject`` is the row or column it is stated for; ``left`` and ``right`` are the cells of the two sides.
    """

    kind: str
    check: str
    table: TableId
    each: str
    subject: str
    left: tuple[str, ...]
    right: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """All cells of the sum."""
        return self.left + self.right


@dataclass(frozen=True)
class Form:
    """A version of the statutory form, with the row variant it is printed in (``""`` for none)."""

    id: str
    variant: str
    source: str
    last_year: int | None
    titles: Mapping[str, Mapping[Lang, str]]
    cells: tuple[Cell, ...]
    identities: tuple[Identity, ...]
    aliases: Mapping[tuple[str, str], tuple[str, ...]]
    index: Mapping[str, int] = field(init=False)
    matrix: npt.NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        index = {cell.id: i for i, cell in enumerate(self.cells)}
        matrix = np.zeros((len(self.identities), len(self.cells)), dtype=np.int64)
        for i, identity in enumerate(self.identities):
            for cell in identity.left:
                matrix[i, index[cell]] += 1
            for cell in identity.right:
                matrix[i, index[cell]] -= 1
        matrix.setflags(write=False)
        object.__setattr__(self, "index", index)
        object.__setattr__(self, "matrix", matrix)

    def cell(self, cell_id: str) -> Cell:
        """Return the cell with this id; `KeyError` if the form has none."""
        return self.cells[self.index[cell_id]]

    def label(self, cell_id: str, lang: Lang) -> str:
        """One line for people, e.g. 表三「（一）予以公开」「总计」."""
        return self.cell(cell_id).label(lang)

    def rows(self, table: str) -> tuple[str, ...]:
        """Row ids of a table in the form's order."""
        return tuple(dict.fromkeys(cell.row for cell in self.cells if cell.table == table))

    def columns(self, table: str) -> tuple[str, ...]:
        """Column ids of a table in the form's order."""
        return tuple(dict.fromkeys(cell.column for cell in self.cells if cell.table == table))

    def row_cells(self, table: str, row: str) -> tuple[Cell, ...]:
        """Cells of one row in the form's order of columns."""
        return self._rows.get((table, row), ())

    @cached_property
    def _rows(self) -> Mapping[tuple[str, str], tuple[Cell, ...]]:
        out: dict[tuple[str, str], list[Cell]] = {}
        for cell in self.cells:
            out.setdefault((cell.table, cell.row), []).append(cell)
        return {key: tuple(cells) for key, cells in out.items()}

    def row_label(self, table: str, row: str, lang: Lang) -> str:
        """The short official words of a row."""
        cell = self.row_cells(table, row)[0]
        return short_row(cell.row_path) if lang == "zh" else cell.row_label["en"]

    def row_names(self, cell_ids: Iterable[str], lang: Lang) -> list[str]:
        """The short official words of the rows that some cells stand in, each once."""
        rows = dict.fromkeys((self.cell(c).table, self.cell(c).row) for c in cell_ids)
        return [self.row_label(table, row, lang) for table, row in rows]

    def column_label(self, table: str, column: str, lang: Lang) -> str:
        """The official words of a column."""
        return next(c.column_label[lang] for c in self.cells if c.table == table and c.column == column)

    def subject(self, identity: Identity, lang: Lang) -> str:
        """The official words of the row or column that a sum is stated for."""
        label = self.column_label if identity.each == "column" else self.row_label
        return label(identity.table, identity.subject, lang)

    def touching(self, cell_id: str) -> tuple[int, ...]:
        """The identities (rows of the matrix) that a cell stands in."""
        return tuple(i for i, identity in enumerate(self.identities) if cell_id in identity.cells)

    def title(self, table: str, lang: Lang) -> str:
        """The table's title in the form."""
        return self.titles[table][lang]

    def name(self, lang: Lang) -> str:
        """What people call the form."""
        name = say(lang, f"{self.id} 年格式", f"{self.id} form")
        if self.variant:
            name += say(lang, "（「其他处理」为单行）", " (single row “other handling”)")
        return name

    @property
    def untouched(self) -> tuple[Cell, ...]:
        """Cells that no identity touches: no sum can verify them."""
        touched = {cell for identity in self.identities for cell in identity.cells}
        return tuple(cell for cell in self.cells if cell.id not in touched)


@cache
def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def load_form(form_id: str, variant: str = "") -> Form:
    """Load a form from its data file.

    Parameters
    ----------
    form_id : "2019" or "2021"
    variant : the id of one of the form's row variants, or ``""``

    Raises
    ------
    KeyError
        If there is no such form or variant.
    """
    return _load_form(form_id, variant)  # one form for each, however it is asked for: layouts are compared by `is`


@cache
def _load_form(form_id: str, variant: str) -> Form:
    if form_id not in FORM_IDS:
        raise KeyError(form_id)
    data = _toml(f"{form_id}.toml")
    replaced = {v["id"]: v for v in data.get("variants", ())}[variant] if variant else None
    cells: list[Cell] = []
    identities: list[Identity] = []
    aliases: dict[tuple[str, str], tuple[str, ...]] = {}
    for table in data["tables"]:
        name = cast(TableId, table["id"])
        columns = {column["id"]: column for column in table["columns"]}
        rows = list(table["rows"])
        swap: tuple[str, ...] = ()
        if replaced and replaced["table"] == name:
            swap = tuple(replaced["replaces"])
            at = next(i for i, row in enumerate(rows) if row["id"] in swap)
            rows = [row for row in rows if row["id"] not in swap]
            rows.insert(at, replaced["row"])
        for row in rows:
            aliases[name, row["id"]] = tuple(row.get("aliases", ()))
            for column_id in row.get("columns", columns):
                column = columns[column_id]
                cells.append(
                    Cell(
                        id=f"{name}.{row['id']}.{column_id}",
                        table=name,
                        row=row["id"],
                        column=column_id,
                        row_path=tuple(row["zh"]),
                        row_label={"zh": "/".join(row["zh"]), "en": row["en"]},
                        column_label={"zh": column["zh"], "en": column["en"]},
                        unit=column["unit"],
                    )
                )
        for rule in table.get("identities", ()):
            along = columns if rule["each"] == "column" else [row["id"] for row in rows]
            sides = [_swapped(rule[side], swap, replaced) for side in ("left", "right")]
            for subject in along:
                left, right = (
                    tuple(
                        f"{name}.{r}.{subject}" if rule["each"] == "column" else f"{name}.{subject}.{r}" for r in side
                    )
                    for side in sides
                )
                identities.append(Identity(rule["kind"], rule["check"], name, rule["each"], subject, left, right))
    titles: dict[str, Mapping[Lang, str]] = {
        t["id"]: {"zh": f"{t['number']}、{t['zh']}", "en": t["en"]} for t in data["tables"]
    }
    return Form(
        id=form_id,
        variant=variant,
        source=data["source"],
        last_year=data.get("last_year"),
        titles=titles,
        cells=tuple(cells),
        identities=tuple(identities),
        aliases=aliases,
    )


def _swapped(rows: list[str], swap: tuple[str, ...], replaced: dict[str, Any] | None) -> list[str]:
    """Replace the rows of a variant by the row that stands for them."""
    if not replaced:
        return rows
    return list(dict.fromkeys(replaced["row"]["id"] if row in swap else row for row in rows))


@cache
def variants(form_id: str) -> tuple[str, ...]:
    """Ids of a form's row variants."""
    return tuple(v["id"] for v in _toml(f"{form_id}.toml").get("variants", ()))


@cache
def layouts(form_id: str) -> tuple[Form, ...]:
    """Return a form and its row variants."""
    return tuple(load_form(form_id, variant) for variant in ("", *variants(form_id)))


def form_of_year(year: int) -> str:
    """Return the id of the form that a report of this year is to use."""
    return next(f for f in FORM_IDS if (last := load_form(f).last_year) is None or year <= last)


@dataclass(frozen=True, slots=True)
class Continuity:
    """An identity between two neighbouring years: earlier and later terms add up to zero."""

    check: str
    earlier: Mapping[str, int]
    later: Mapping[str, int]

    @property
    def ends(self) -> tuple[str, str]:
        """The first cell of each year: of a balance the two that are to be the same."""
        return next(iter(self.earlier)), next(iter(self.later))

    @property
    def column(self) -> str | None:
        """Column of table three it is stated for, if it is one of the seven."""
        cell = next(iter(self.later))
        return load_form("2021").cell(cell).column if cell.startswith("requests.") else None


Relation: TypeAlias = Literal["same", "split", "merged", "not comparable"]


class Bridge:
    """Which cells of two forms may be compared, and which identities join neighbouring years."""

    def __init__(self) -> None:
        data = _toml("bridge.toml")
        self._split: dict[str, tuple[str, ...]] = {rule["row"]: tuple(rule["into"]) for rule in data["split"]}
        self._apart: dict[str, Mapping[Lang, str]] = {}
        for rule in data["not_comparable"]:
            for name in (*rule.get("rows", ()), *rule.get("cells", ())):
                self._apart[name] = {"zh": rule["zh"], "en": rule["en"]}
        self._continuity = data["continuity"]

    def relation(self, cell_id: str, from_form: str, to_form: str) -> Relation:
        """Say how a cell of one form stands to the other form."""
        if from_form == to_form:
            return "same"
        row = _row_of(cell_id, from_form)
        if row in self._apart or cell_id in self._apart:
            return "not comparable"
        if from_form == "2019":
            return "split" if row in self._split else "same"
        return "merged" if any(row in into for into in self._split.values()) else "same"

    def reason(self, cell_id: str, from_form: str, lang: Lang) -> str:
        """Why a cell is not comparable (empty if it is)."""
        found = self._apart.get(cell_id) or self._apart.get(_row_of(cell_id, from_form))
        return found[lang] if found else ""

    def counterparts(self, cell_id: str, from_form: str, to_form: str) -> tuple[str, ...]:
        """Cells of the other form whose sum is the same thing; empty if not comparable."""
        relation = self.relation(cell_id, from_form, to_form)
        row = _row_of(cell_id, from_form)
        column = cell_id.removeprefix(row + ".")
        if relation == "split":
            return tuple(f"{r}.{column}" for r in self._split[row])
        if relation == "merged":
            return tuple(f"{r}.{column}" for r, into in self._split.items() if row in into)
        return (cell_id,) if relation == "same" else ()

    def continuity(self, from_form: str, to_form: str) -> tuple[Continuity, ...]:
        """Identities between a report on `from_form` and the next year's on `to_form`."""
        out: list[Continuity] = []
        for rule in self._continuity:
            if [from_form, to_form] not in rule["forms"]:
                continue
            suffixes = (
                [f".{c}" for c in load_form("2021").columns("requests")] if rule.get("each") == "column" else [""]
            )
            for suffix in suffixes:
                earlier, later = ({cell + suffix: k for cell, k in rule[side].items()} for side in ("earlier", "later"))
                out.append(Continuity(rule["check"], earlier, later))
        return tuple(out)


@cache
def _row_of(cell_id: str, form_id: str) -> str:
    """Return the row of a cell as ``table.row``, by looking it up."""
    for form in (load_form(form_id), *(load_form(form_id, v) for v in variants(form_id))):
        if cell_id in form.index:
            cell = form.cell(cell_id)
            return f"{cell.table}.{cell.row}"
    raise KeyError(cell_id)


@cache
def load_bridge() -> Bridge:
    """Load the bridge between the forms from its data file."""
    return Bridge()
