"""What the notebooks show: one function a question, each takes the case and returns a table or sentences."""

from auditkit.views.common import failing_cells, numbered
from auditkit.views.consistency import (
    failing,
    in_the_source,
    not_checked,
    scope,
    suspects,
    tables_two_and_four,
    trust,
    verdict,
)
from auditkit.views.decisions import decisions
from auditkit.views.memo import (
    across_years,
    appendix,
    conclusion,
    confirmations,
    corrections,
    exceptions,
    flags,
    method,
    notes,
    notes_of_auditors,
    sign_off,
)
from auditkit.views.read import blanks, official_tables, reading, unplaced
from auditkit.views.start import filed, shared, sources, steps, triage

__all__ = [
    "across_years", "appendix", "blanks", "conclusion", "confirmations", "corrections", "decisions",
    "exceptions", "failing", "failing_cells", "filed", "flags", "in_the_source", "method", "not_checked",
    "notes", "notes_of_auditors", "numbered", "official_tables", "reading", "scope", "shared",
    "sign_off", "sources", "steps", "suspects", "tables_two_and_four", "triage", "trust",
    "unplaced", "verdict",
]  # fmt: skip
