"""What the memo's page and JupyterLab share: where the style sheets are, and how a panel is known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
"""Holds the nbconvert template `auditkit`, in it `ak.css`, the style of our tables."""

PANEL_MARKS = ("【面板】", "[Panel]")
"""How the text form of every panel begins."""

EVIDENCE = "application/vnd.auditkit.evidence+json"
"""MIME type of an output whose JSON the page carries for `auditkit verify`; its other renderings are shown as usual."""

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def is_panel(data: Mapping[str, Any]) -> bool:
    """Tell whether an output, by MIME type, is one of our panels: on paper it is nothing."""
    return str(data.get("text/plain", "")).startswith(PANEL_MARKS)
