"""Every panel: choosers and what-if change only themselves; what is stated goes to the case.

A panel is complete by keyboard, its controls are labelled, and beside it stands a cell that says the same as text.
"""

import ipywidgets as _w

from auditkit.case import Case
from auditkit.tables import heads
from auditkit.widgets.base import Panel, panel
from auditkit.widgets.board import board
from auditkit.widgets.form import type_in
from auditkit.widgets.look import report_chooser, row_and_years, source_of_figure
from auditkit.widgets.material import add_files, agency_register, aliases, new_case, paste_table, scope
from auditkit.widgets.reading import confirm_tables, correct_and_place, decide_blanks
from auditkit.widgets.reread import reread_sample


def add_material(case: Case) -> Panel:
    """Four ways to bring material in, a page each (00.2): files, a pasted table, the empty form, a new case."""
    pages = (add_files(case), paste_table(case), type_in(case), new_case(case))
    titles = heads(case.lang, "添加文件|粘贴表格|照表录入|新建案卷", "add files|paste a table|type in|new case")
    tabs = _w.Tab(children=pages, titles=titles)
    return panel(
        case.lang, "添加文件、粘贴表格、照表录入、新建案卷", "add files, paste, type in, make a new case", [tabs]
    )


__all__ = [
    "Panel", "add_files", "add_material", "agency_register", "aliases", "board", "confirm_tables",
    "correct_and_place", "decide_blanks", "new_case", "paste_table", "report_chooser",
    "reread_sample", "row_and_years", "scope", "source_of_figure", "type_in",
]  # fmt: skip
