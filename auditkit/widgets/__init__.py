"""Every panel: choosers and what-if change only themselves; what is stated goes to the case.

A panel is complete by keyboard, its controls are labelled, and beside it stands a cell that says the same as text.
"""

from auditkit.widgets.base import Panel
from auditkit.widgets.board import board
from auditkit.widgets.look import report_chooser, row_and_years, source_of_figure
from auditkit.widgets.material import add_files
from auditkit.widgets.reading import confirm_tables, correct_and_place, decide_blanks
from auditkit.widgets.reread import reread_sample

__all__ = [
    "Panel",
    "add_files",
    "board",
    "confirm_tables",
    "correct_and_place",
    "decide_blanks",
    "report_chooser",
    "reread_sample",
    "row_and_years",
    "source_of_figure",
]
