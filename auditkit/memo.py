"""The review memo: a notebook is executed as a copy and exported as one self-contained HTML file."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditkit import progress
from auditkit.case.folder import write_aside
from auditkit.case.journal import CaseError
from auditkit.template import WIDGET_VIEW, is_panel
from auditkit.wording import Lang, say

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager
    from nbformat import NotebookNode

_PRELOAD = "import numpy, scipy.stats, matplotlib.figure, matplotlib.backends.backend_agg, ipywidgets"
"""What our notebooks need first; the kernel loads it while this process still loads nbclient."""


class NotebookFailed(CaseError):
    """A notebook could not be read or run to its end; the message is for the auditor."""

    def __init__(self, message: str) -> None:
        super().__init__(message, message)


def execute(notebook: Path, *, cwd: Path, lang: Lang) -> NotebookNode:
    """Run a copy of a notebook from top to bottom and return it with its outputs.

    What is returned depends on the cells and on what they read only: no times, no version of the interpreter, no
    widget, cell ids and execution counts in order. Not to be called where an event loop runs.

    Parameters
    ----------
    notebook : the file to run; it is not written to
    cwd : the folder its cells run in
    lang : of the error message

    Raises
    ------
    NotebookFailed
        If the file is no notebook, a cell fails (also where a tag would allow it), or the kernel dies.
    """
    source = _source(notebook, lang)
    with (
        tempfile.TemporaryDirectory(prefix="auditkit-") as scratch,
        asyncio.Runner(loop_factory=_Loop) as runner,
    ):
        return tidy(runner.run(_execute(notebook, source, cwd, lang, scratch)))


class _Loop(asyncio.SelectorEventLoop):
    """The kind of loop that ZeroMQ works with on every system, and in which nbclient cannot take Ctrl-C for itself."""

    def add_signal_handler(self, sig: int, *_: Any) -> None:  # type: ignore[override]
        """Refuse, as loops on Windows do."""
        raise NotImplementedError


async def _execute(notebook: Path, source: str, cwd: Path, lang: Lang, scratch: str) -> NotebookNode:
    kernel = _new_kernel(scratch)
    client = None
    begun: list[int] = []  # index of each code cell that was started
    name = f"{notebook.parent.name}/{notebook.name}"
    progress.doing(lang, f"启动笔记本 {name}", f"starting notebook {name}")

    def begin(cell: NotebookNode, cell_index: int) -> None:
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise asyncio.CancelledError  # Ctrl-C came as the cell before ended: until Python 3.12, wait_for loses it there
        begun.append(cell_index)
        at = f"{name} {len(begun)}/{sum(c.cell_type == 'code' for c in nb.cells)}"
        progress.doing(lang, f"运行笔记本 {at}", f"running notebook {at}")

    try:
        await _start(kernel, cwd, scratch)
        # imported here, while the kernel starts: both take more than a second
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError

        nb = _parse(notebook, source, lang)
        threading.Thread(target=_exporter, daemon=True).start()  # its import costs nothing while cells run
        client = NotebookClient(
            nb,
            km=kernel,
            timeout=None,
            record_timing=False,
            store_widget_state=False,
            coalesce_streams=True,
            force_raise_errors=True,
            on_cell_execute=begin,
        )
        try:
            return await client.async_execute()
        except CellExecutionError as error:
            reason = f"{error.ename}: {error.evalue}".strip().splitlines()[0][:300]
            raise NotebookFailed(_what_failed(notebook, nb, begun, reason, lang)) from error
        except RuntimeError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # by Ctrl-C, which nbclient too reports as a dead kernel
                raise asyncio.CancelledError from error
            reason = say(lang, "内核意外终止，可能是内存不足", "the kernel died, perhaps for lack of memory")
            raise NotebookFailed(_what_failed(notebook, nb, begun, reason, lang)) from error
    finally:
        if client is not None and client.kc is not None:
            client.kc.stop_channels()
        if kernel.has_kernel:
            await kernel.shutdown_kernel(now=True)


def _new_kernel(scratch: str) -> AsyncKernelManager:
    """Return the interpreter that runs us as a kernel to start, whatever kernels this user or machine has."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    return AsyncKernelManager(
        kernel_name="python3",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
        connection_file=str(Path(scratch, "kernel.json")),
        transport="tcp" if sys.platform == "win32" else "ipc",
    )


async def _start(kernel: AsyncKernelManager, cwd: Path, scratch: str) -> None:
    # a person's own start-up files would add to the outputs
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONSTARTUP"}
    await kernel.start_kernel(
        cwd=str(cwd),
        env=environment | {"IPYTHONDIR": scratch},
        extra_arguments=[
            "--HistoryManager.hist_file=:memory:",
            "--IPKernelApp.log_level=50",  # what fails in a cell is raised; an interrupt between two is no error of ours to show
            f"--IPKernelApp.exec_lines=exec({_PRELOAD!r}, {{}})",
        ],
    )


def export(nb: NotebookNode, out: Path, *, lang: Lang) -> Path:
    """Write an executed notebook as one HTML file, whole or not at all; its bytes depend on the notebook only."""
    page, _ = _exporter()(lang=lang).from_notebook_node(nb)
    write_aside(out, (page + "\n").encode())
    return out


def tidy(nb: NotebookNode) -> NotebookNode:
    """Remove from an executed notebook, in place, all that differs from run to run, and return it."""
    nb.nbformat_minor = 5
    nb.metadata.pop("widgets", None)
    nb.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nb.metadata["language_info"] = {"name": "python"}
    for number, cell in enumerate(nb.cells, start=1):
        cell["id"] = f"cell-{number:02d}"
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            # of a widget only the text form of a panel stays; that of any other tells a reader nothing
            cell.outputs = [
                output
                for output in cell.outputs
                if output.get("data", {}).pop(WIDGET_VIEW, None) is None or is_panel(output.data)
            ]
    return nb


def read(notebook: Path, lang: Lang) -> NotebookNode:
    """Read a notebook; `NotebookFailed` if the file cannot be read or is none."""
    return _parse(notebook, _source(notebook, lang), lang)


def _source(notebook: Path, lang: Lang) -> str:
    try:
        return notebook.read_text(encoding="utf-8")
    except OSError as error:
        text = say(lang, "无法读取该笔记本", "the notebook cannot be read")
        raise NotebookFailed(f"{notebook.name}: {text} ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise NotebookFailed(_no_notebook(notebook, lang)) from error


def _parse(notebook: Path, source: str, lang: Lang) -> NotebookNode:
    import nbformat

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about missing cell ids, which are set anew
            nb: NotebookNode = nbformat.reads(source, as_version=4)  # type: ignore[no-untyped-call]
            nbformat.validate(nb)
    except (ValueError, KeyError, AttributeError, TypeError, nbformat.ValidationError) as error:
        raise NotebookFailed(_no_notebook(notebook, lang)) from error
    return nb


def _no_notebook(notebook: Path, lang: Lang) -> str:
    zh = "不是有效的 Jupyter 笔记本，或文件已损坏。请恢复备份，或从新建的案卷中取用同名笔记本。"
    en = "not a valid Jupyter notebook, or damaged. Restore a copy, or take the one of that name from a new case."
    text = say(lang, zh, en)
    return f"{notebook.name}: {text}"


def _what_failed(notebook: Path, nb: NotebookNode, begun: list[int], reason: str, lang: Lang) -> str:
    """Say which notebook, under which heading, in which cell, and why; the cell that failed was begun last."""
    last = begun[-1] if begun else 0
    headings = re.findall(
        r"^#+[ \t]+(.+?)[ \t]*#*$",
        "\n".join(cell.source for cell in nb.cells[:last] if cell.cell_type == "markdown"),
        re.MULTILINE,
    )
    heading = headings[-1] if headings else say(lang, "无标题", "no heading")
    return say(
        lang,
        f"{notebook.name}：「{heading}」之下的第 {len(begun)} 个单元未能运行：{reason}。"
        "没有写出文件。请用 auditkit lab 打开该笔记本，逐个单元运行以查明原因；若它出自 auditkit 的另一版本，请从新建的案卷中取用同名笔记本。",
        f"{notebook.name}: under “{heading}”, code cell {len(begun)} could not be run: {reason}. "
        "No file was written. Open the notebook with auditkit lab and run it cell by cell to see why; if it is of another version of auditkit, "
        "take the one of that name from a new case.",
    )


def _exporter() -> Any:
    from auditkit.template.exporter import MemoExporter

    return MemoExporter


def __getattr__(name: str) -> Any:
    """Load the exporter, which nbconvert finds under this module's name, only where it is used."""
    if name == "MemoExporter":
        return _exporter()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
