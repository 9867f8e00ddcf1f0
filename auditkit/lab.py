"""JupyterLab on a case, for people who do not code: one notebook, one button, our tables' style."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from auditkit.template import FOLDER
from auditkit.wording import Lang, say

_CSS = """
/* A code cell whose source is folded away leaves no stub, no cell its number; of the toolbar what an auditor uses. */
.jp-CodeCell .jp-Cell-inputWrapper:has(.jp-Placeholder) { display: none; }
.jp-Notebook .jp-InputPrompt, .jp-Notebook .jp-OutputPrompt { visibility: hidden; }
[data-jp-item-name="run-all"] svg, [data-jp-item-name="debugger-icon"], .jp-cell-toolbar { display: none !important; }
"""

_TRIES = 5  # others may take a free port between its choice and its use
_HIDDEN_BUTTONS = ("insert", "cut", "copy", "paste", "run", "interrupt", "restart", "restart-and-run", "cellType")


def open_lab(
    case: Path,
    *,
    lang: Lang,
    tell: Callable[[str], None],
    browser: bool = True,
    port: int | None = None,
) -> int:
    """Serve a case in JupyterLab until the person ends it.

    Settings, trust and running state live in a folder of their own that goes with the session: nothing of the
    person's own Jupyter is read or written. Access needs the token in the address, as is Jupyter's default.

    Parameters
    ----------
    case : the root of what the browser can see; the stored outputs of its notebooks are shown as they are
    lang : which of the two sets of notebooks is opened
    tell : receives the sentences for the person, the address among them
    browser : whether to open it in the default browser
    port : this port or none; without it the first free one from 8888

    Returns
    -------
    int
        0 when the person ended it, 2 when it did not start.
    """
    start = f"notebooks/{lang}/00_start_here.ipynb"
    if not (case / start).is_file():
        zh = f"{case}：其中没有 {start}，不是完整的案卷。请用 auditkit new 新建案卷。"
        en = f"{case}: holds no {start}, so it is not a whole case. Make one with auditkit new."
        tell(say(lang, zh, en))
        return 2
    with tempfile.TemporaryDirectory(prefix="auditkit-lab-", ignore_cleanup_errors=True) as folder:
        state = Path(folder)
        _write_settings(state, case, lang, start, port=port)
        _trust(case, state)
        with _interrupted_by_terminate():
            for _ in range(_TRIES if port is None else 1):
                with open(state / "log", "wb") as log:
                    server = subprocess.Popen(
                        [sys.executable, "-m", "jupyterlab"],
                        cwd=case,
                        env=_environment(state),
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                    )
                try:
                    if _started(server, state):
                        return _attend(server, state, start, lang, tell, browser=browser)
                except KeyboardInterrupt:
                    return 0
                finally:
                    _end(server)
        lines = (state / "log").read_text(encoding="utf-8", errors="replace").split("\n")
        reason = next((line for line in reversed(lines) if line.strip()), "")
        if port and f"port {port}" in reason:
            tell(
                say(
                    lang,
                    f"端口 {port} 已被占用，请换一个端口，或不指定端口。",
                    f"Port {port} is in use; choose another one, or none.",
                )
            )
            return 2
        tell(say(lang, f"JupyterLab 未能启动：{reason}", f"JupyterLab did not start: {reason}"))
        return 2


def _started(server: subprocess.Popen[bytes], state: Path) -> bool:
    """Wait until the server answers to its own token; False where it ended before.

    Its file with the address is there before it listens: of two servers that choose one port at the same time, one
    ends then, and the address in its file leads to the other.
    """
    while server.poll() is None:
        time.sleep(0.1)
        with suppress(OSError, ValueError, HTTPException):  # the file not yet there or whole, or no answer
            facts = _facts(server, state)
            with closing(HTTPConnection(facts["hostname"], facts["port"], timeout=10)) as connection:
                connection.request("GET", "/api/status", headers={"Authorization": f"token {facts['token']}"})
                if connection.getresponse().status == HTTPStatus.OK:
                    return True
    return False


def _attend(
    server: subprocess.Popen[bytes],
    state: Path,
    start: str,
    lang: Lang,
    tell: Callable[[str], None],
    *,
    browser: bool,
) -> int:
    """Tell the address of a server that has started, open it, then wait for its end."""
    facts = _facts(server, state)
    address = f"{facts['url']}doc/tree/{start}?token={facts['token']}"
    if browser:  # by the file that leads there: a command that shows the token could be seen by others on this machine
        page = state / "runtime" / f"jpserver-{server.pid}-open.html"
        threading.Thread(target=webbrowser.open, args=[page.as_uri()], daemon=True).start()  # some return when closed
    zh = f"笔记本的地址（含访问口令，请勿外传）：\n{address}\n结束请按 Ctrl-C。"
    en = f"The address of the notebooks (it holds the key: keep it to yourself):\n{address}\nPress Ctrl-C to end."
    tell(say(lang, zh, en))
    return 0 if server.wait() == 0 else 2


def _facts(server: subprocess.Popen[bytes], state: Path) -> dict[str, Any]:
    """Return what a server writes of itself: its address, its token."""
    facts: dict[str, Any] = json.loads((state / "runtime" / f"jpserver-{server.pid}.json").read_text(encoding="utf-8"))
    return facts


def _end(server: subprocess.Popen[bytes]) -> None:
    """End the server and its kernels: asked first, then made to."""
    if server.poll() is None:
        server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextmanager
def _interrupted_by_terminate() -> Iterator[None]:
    """Let a request to terminate us end the server too, as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _environment(state: Path) -> dict[str, str]:
    ours = {
        "JUPYTER_CONFIG_DIR": str(state / "config"),
        "JUPYTER_DATA_DIR": str(state / "data"),
        "JUPYTER_RUNTIME_DIR": str(state / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of this environment before one of the same name elsewhere
        "IPYTHONDIR": str(state / "ipython"),
    }
    dropped = {"PYTHONSTARTUP", "JUPYTER_CONFIG_PATH", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"}
    return {key: value for key, value in os.environ.items() if key not in dropped} | ours


def _write_settings(state: Path, case: Path, lang: Lang, start: str, *, port: int | None) -> None:
    """Write the configuration of the server, the settings of the page and its style."""
    config = state / "config"
    (config / "custom").mkdir(parents=True)
    style = (FOLDER / "auditkit" / "ak.css").read_text(encoding="utf-8")
    (config / "custom" / "custom.css").write_text(style + _CSS, encoding="utf-8")
    settings = state / "settings"
    settings.mkdir()
    _write_json(settings / "overrides.json", _page_settings(lang))
    own = config / "lab" / "user-settings" / "@jupyterlab" / "shortcuts-extension"
    own.mkdir(parents=True)
    _write_json(own / "shortcuts.jupyterlab-settings", {"shortcuts": _keys_given_back()})
    server: dict[str, Any] = {
        "root_dir": str(case.resolve()),
        "open_browser": False,  # it would before it listens
        "allow_root": hasattr(os, "geteuid") and os.geteuid() == 0,
        "terminals_enabled": False,
        "answer_yes": True,  # Ctrl-C asks nothing
    }
    if port is not None:
        server |= {"port": port, "port_retries": 0}
    configuration = {
        "ServerApp": server,
        "LabApp": {
            "default_url": f"/doc/tree/{start}",
            "app_settings_dir": str(settings),
            "custom_css": True,
            "news_url": None,
            "check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
            "extension_manager": "readonly",
        },
        "LanguageServerManager": {"autodetect": False},  # it would run npm
        "KernelSpecManager": {"allowed_kernelspecs": ["python3"]},
    }
    _write_json(config / "jupyter_config.json", configuration)


def _page_settings(lang: Lang) -> dict[str, Any]:
    """Return the settings that differ from JupyterLab's own, by plugin."""
    run_all = {
        "name": "run-all",
        "command": "notebook:run-all-cells",  # no new kernel: every cell runs again, from the first, which opens the case anew
        "label": say(lang, "▶ 全部运行", "▶ Run all"),
        "caption": say(lang, "从头到尾重新运行本笔记本", "Run this notebook again from top to bottom"),
        "rank": 1,
    }
    hidden = [{"name": name, "disabled": True} for name in _HIDDEN_BUTTONS]
    settings: dict[str, Any] = {
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
        "@jupyterlab/apputils-extension:sessionDialogs": {"skipKernelRestartDialog": True},
        "@jupyterlab/notebook-extension:panel": {"toolbar": [run_all, *hidden]},
    }
    if lang == "zh" and find_spec("jupyterlab_language_pack_zh_CN"):
        settings["@jupyterlab/translation-extension:plugin"] = {"locale": "zh_CN"}
    return settings


def _keys_given_back() -> list[dict[str, Any]]:
    """Return the notebook's shortcuts that take keys from a list that has the focus, each switched off.

    An arrow key would choose another cell instead of another option, and a letter typed to find an option delete one.
    """
    schema = Path(sys.prefix, "share/jupyter/lab/schemas/@jupyterlab/notebook-extension/tracker.json")
    known = json.loads(schema.read_text(encoding="utf-8"))["jupyter.lab.shortcuts"] if schema.is_file() else []
    ours = ("command", "keys", "selector")
    return [
        {name: shortcut[name] for name in ours} | {"disabled": True}
        for shortcut in known
        if shortcut["selector"].endswith(":not(.jp-mod-readWrite) :focus") and any(shortcut["keys"])
    ]


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")


def _trust(case: Path, state: Path) -> None:
    """Sign the case's notebooks for this session, so that their stored tables and pictures show before a run."""
    import nbformat
    from nbformat.sign import NotebookNotary

    data = state / "data"
    data.mkdir()
    notary = NotebookNotary(data_dir=str(data))  # type: ignore[no-untyped-call]
    for path in sorted((case / "notebooks").glob("*/*.ipynb")):
        try:
            notary.sign(nbformat.read(path, as_version=4))  # type: ignore[no-untyped-call]
        except (OSError, ValueError, nbformat.ValidationError):
            continue  # JupyterLab itself says what is wrong with it when it is opened
    notary.store.close()
