"""JupyterLab on a case: starts on the first notebook, keeps to itself, ends quietly."""

from __future__ import annotations

import html
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, writes

from auditkit.lab import open_lab

OPEN_LAB = """
import signal, sys
from pathlib import Path
from auditkit.lab import open_lab
signal.signal(signal.SIGINT, signal.default_int_handler)
tell = lambda text: print(text, flush=True)
sys.exit(open_lab(Path(sys.argv[1]), lang=sys.argv[2], tell=tell, browser=False))
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Return a case folder with a Chinese and an English first notebook and a damaged one beside it."""
    case = tmp_path / "案卷 1"
    for lang in ("zh", "en"):
        folder = case / "notebooks" / lang
        folder.mkdir(parents=True)
        outputs = [new_output("display_data", {"text/html": "<p>stored</p>", "text/plain": "stored"})]
        cells = [new_markdown_cell(f"# Start {lang}"), new_code_cell("1", execution_count=1, outputs=outputs)]
        (folder / "00_start_here.ipynb").write_text(writes(new_notebook(cells=cells)), encoding="utf-8")
        (folder / "09_damaged.ipynb").write_text("{", encoding="utf-8")
    return case


@pytest.fixture
def session(case: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str, Path]]:
    """Start JupyterLab in a process of its own, with an empty home; yield the process, the address and the home."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "IPYTHON", "XDG"))}
    process = subprocess.Popen(
        [sys.executable, "-c", OPEN_LAB, str(case), "en"],
        env=kept | {"HOME": str(home), "USERPROFILE": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(3)]
    assert lines[1].startswith("http"), lines
    yield process, lines[1].strip(), home
    if process.poll() is None:
        process.kill()
    process.communicate()


def get(address: str, path: str, token: str) -> str:
    root = address[: address.index("/doc/")]
    request = urllib.request.Request(f"{root}{path}", headers={"Authorization": f"token {token}"})
    with urllib.request.urlopen(request) as answer:
        return str(answer.read().decode())


def notary_trusts(address: str, token: str) -> bool:
    """Tell what the server itself says of the stored outputs; an untrusted cell is marked so in what it sends."""
    notebook = json.loads(get(address, "/api/contents/notebooks/en/00_start_here.ipynb", token))
    return bool(notebook["content"]["cells"][1]["metadata"]["trusted"])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signal to one process")
def test_a_session_from_start_to_end(session: tuple[subprocess.Popen[str], str, Path], case: Path) -> None:
    """It needs its token, trusts the case's notebooks, has our style and settings, and leaves nothing behind."""
    process, address, home = session
    match = re.fullmatch(r"http://\S+/doc/tree/notebooks/en/00_start_here\.ipynb\?token=(\w{20,})", address)
    assert match is not None
    token = match[1]

    with pytest.raises(urllib.error.HTTPError) as refused:
        get(address, "/api/contents", "wrong")
    assert refused.value.code == 403
    refused.value.close()

    assert [entry["name"] for entry in json.loads(get(address, "/api/contents", token))["content"]] == ["notebooks"]
    assert notary_trusts(address, token)
    assert "table.ak" in get(address, "/custom/custom.css", token)
    assert "custom/custom.css" in get(address, "/doc/tree/notebooks/en/00_start_here.ipynb", token)
    panel = json.loads(get(address, "/lab/api/settings/@jupyterlab/notebook-extension:panel", token))
    toolbar = panel["schema"]["properties"]["toolbar"]["default"]
    assert [item["label"] for item in toolbar if item.get("command") == "notebook:run-all-cells"] == ["▶ Run all"]
    keys = json.loads(get(address, "/lab/api/settings/@jupyterlab/shortcuts-extension:shortcuts", token))["raw"]
    off = {tuple(s["keys"]) for s in json.loads(keys)["shortcuts"] if s["disabled"]}
    assert {("ArrowDown",), ("D", "D"), ("X",)} <= off  # a list that has the focus keeps its keys
    kernels = json.loads(get(address, "/api/kernelspecs", token))["kernelspecs"]
    assert list(kernels) == ["python3"]

    process.send_signal(signal.SIGINT)
    output, complaint = process.communicate()
    assert (process.returncode, output, complaint) == (0, "", "")
    assert list(home.rglob("*")) == []
    assert (
        sorted(path.name for path in case.rglob("*") if path.is_file())
        == ["00_start_here.ipynb"] * 2 + ["09_damaged.ipynb"] * 2
    )
    with pytest.raises(urllib.error.URLError):
        get(address, "/api", token)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
def test_terminating_the_command_ends_the_server(session: tuple[subprocess.Popen[str], str, Path]) -> None:
    process, address, _ = session
    process.terminate()
    _, complaint = process.communicate()
    assert (process.returncode, complaint) == (0, "")
    with pytest.raises(urllib.error.URLError):
        get(address, "/api", "")


LOSES_ITS_PORT = """
import pathlib
from jupyter_server import serverapp
from tornado.netutil import bind_sockets

def bind(self, first=serverapp.ServerApp._bind_http_server_tcp):
    if not (once := pathlib.Path({once!r})).exists():
        once.touch()
        self.taken = bind_sockets(self.port, self.ip)
    return first(self)

serverapp.ServerApp._bind_http_server_tcp = bind
"""


def test_a_port_that_another_takes_between_choice_and_use(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of two started at once: the second told the address of the first, where its token opens nothing."""
    once = tmp_path / "once"
    (tmp_path / "sitecustomize.py").write_text(LOSES_ITS_PORT.format(once=str(once)), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    told: list[str] = []

    def tell(text: str) -> None:
        told.append(text)
        address = text.split("\n")[1]
        assert notary_trusts(address, address.partition("token=")[2])
        raise KeyboardInterrupt

    assert open_lab(case, lang="en", tell=tell, browser=False) == 0
    assert len(told) == 1
    assert once.exists()


def test_a_folder_that_is_no_whole_case_is_named(tmp_path: Path) -> None:
    told: list[str] = []
    assert open_lab(tmp_path, lang="zh", tell=told.append, browser=False) == 2
    assert told == [
        f"{tmp_path}：其中没有 notebooks/zh/00_start_here.ipynb，不是完整的案卷。请用 auditkit new 新建案卷。"
    ]


def test_the_browser_opens_what_leads_to_the_address(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a file of this person's: what a command is given, others on the machine can see."""
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    told: list[str] = []

    def tell(text: str) -> None:
        told.append(text)
        while not opened:  # by a thread of its own
            time.sleep(0.01)
        address = told[0].split("\n")[1]
        leads = Path(urllib.request.url2pathname(urllib.parse.urlparse(opened[0]).path)).read_text(encoding="utf-8")
        assert address in html.unescape(leads)
        raise KeyboardInterrupt

    assert open_lab(case, lang="en", tell=tell) == 0
    assert opened[0].startswith("file:")
    assert "token" not in opened[0]


def test_a_taken_port_is_said(case: Path) -> None:
    told: list[str] = []
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert open_lab(case, lang="en", tell=told.append, browser=False, port=port) == 2
    assert len(told) == 1
    assert told[0] == f"Port {port} is in use; choose another one, or none."
