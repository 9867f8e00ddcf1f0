"""What the notebooks show: one function a question, each takes the case and returns a table or sentences."""

from auditkit.views.common import failing_cells, numbered
from auditkit.views.consistency import (
    failing,
    in_the_source,
    not_checked,
    scope,
    suspects,
    tables_two_and_four,
    verdict,
)
from auditkit.views.memo import across_years, appendix, conclusion, exceptions, method, notes, sign_off
from auditkit.views.read import blanks, official_tables, reading, unplaced
from auditkit.views.start import sources, steps, triage

__all__ = [
    "across_years",
    "appendix",
    "blanks",
    "conclusion",
    "exceptions",
    "failing",
    "failing_cells",
    "in_the_source",
    "method",
    "not_checked",
    "notes",
    "numbered",
    "official_tables",
    "reading",
    "scope",
    "sign_off",
    "sources",
    "steps",
    "suspects",
    "tables_two_and_four",
    "triage",
    "unplaced",
    "verdict",
]
