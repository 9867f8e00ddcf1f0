"""Every panel: choosers and what-if change only themselves; what is stated goes to the case.

A panel is complete by keyboard, its controls are labelled, and beside it stands a cell that says the same as text.
"""

from auditkit.widgets.base import Panel
from auditkit.widgets.look import report_chooser, row_and_years, source_of_figure
from auditkit.widgets.material import add_files

__all__ = ["Panel", "add_files", "report_chooser", "row_and_years", "source_of_figure"]
