"""Word 97, Excel 97, WPS, RTF, OpenDocument and Word 2003 XML: LibreOffice turns them into .docx or .xlsx.

It runs with a profile of its own for each file, in which macros, links and the network are off, bounded in time and memory.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from auditkit.reading.page import Page, ReadingError

LIMIT = 30.0
"""Seconds for one file; a report takes some three, the first on a machine some ten."""
MOST_MEMORY = 768
"""MiB of data LibreOffice may hold (Linux): with its code and the process that waits for it, less than 1 GiB; a report takes some 100."""
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.com",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
)
_COMMON, _INET = "/org.openoffice.Office.Common/Security/Scripting", "/org.openoffice.Inet/Settings"
_SETTINGS = (
    (_COMMON, "MacroSecurityLevel", "3"),
    (_COMMON, "DisableMacrosExecution", "true"),
    (_COMMON, "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "1"),  # never
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),  # never
    (_INET, "ooInetProxyType", "2"),  # a proxy that nobody answers for
    *((_INET, f"ooInet{kind}ProxyName", "127.0.0.1") for kind in ("HTTP", "HTTPS", "FTP")),
    *((_INET, f"ooInet{kind}ProxyPort", "9") for kind in ("HTTP", "HTTPS", "FTP")),
)  # fmt: skip


def read(data: bytes, path: str) -> Page:
    """Read a document of an older or other office program, by its content.

    Raises
    ------
    ReadingError
        If it is encrypted, damaged, of no known kind, beyond the bounds, or if LibreOffice is not installed.
    """
    target, kind = _kind(data, path)
    converted = convert(data, path, target, kind)
    page: Page = import_module(f"auditkit.reading.{'docx' if target == 'docx' else 'sheet'}").read(converted, path)
    return page


def _kind(data: bytes, path: str) -> tuple[str, str]:
    """Return what a file is to be turned into and LibreOffice's name of its kind, by its streams or first bytes.

    Without the name LibreOffice would read a damaged file as plain text, or the half of it that is left.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if _stream("EncryptedPackage") in data:
            raise ReadingError(
                path,
                "文件已加密，没有读取。请用密码打开，取消密码后另存。",
                "the file is encrypted and was not read. Open it with its password, remove the password and save it again.",
            )
        kinds = {
            "WordDocument": ("docx", "MS Word 97"),
            "Workbook": ("xlsx", "MS Excel 97"),
            "Book": ("xlsx", "MS Excel 95"),
        }
        found = [kind for name, kind in kinds.items() if _stream(name) in data]
    elif data.startswith(b"PK"):
        found = [("xlsx", "calc8") if b"opendocument.spreadsheet" in data[:200] else ("docx", "writer8")]
    elif data.startswith(b"{\\rtf"):  # one that is cut may end within a figure
        found = [("docx", "Rich Text Format")] if data.rstrip(b"\0\x1a \r\n\t").endswith(b"}") else []
    elif b"urn:schemas-microsoft-com:office:spreadsheet" in data[:4096]:
        found = [("xlsx", "MS Excel 2003 XML")]
    else:
        found = [("docx", "MS Word 2003 XML")]
    if not found:
        raise unreadable(path)
    return found[0]


def _stream(name: str) -> bytes:
    return f"{name}\0".encode("utf-16-le")


def unreadable(path: str) -> ReadingError:
    """Return the refusal of a file that no program here can open."""
    return ReadingError(
        path,
        "无法打开：文件已损坏、设有密码，或不是 Word、Excel 文件。请用 Word、Excel 或 WPS 打开，另存为 .docx 或 .xlsx。",
        "cannot be opened: damaged, under a password, or no Word or Excel file. Open it in Word, Excel or WPS and save it as .docx or .xlsx.",
    )


def convert(data: bytes, path: str, target: str, kind: str) -> bytes:
    """Return a file of a `kind` (a filter of LibreOffice) as ``"docx"`` or ``"xlsx"``, within `LIMIT` seconds.

    Raises
    ------
    ReadingError
        If there is no LibreOffice, it runs over its bounds, or nothing comes out of it.
    """
    office = shutil.which("soffice") or shutil.which("libreoffice") or next(filter(os.path.exists, _PLACES), None)
    if office is None:
        raise ReadingError(
            path,
            f"旧格式的文件要由 LibreOffice 转换，而本机没有安装。请用 Word、Excel 或 WPS 打开，另存为 .{target}。",
            f"a file of this kind is converted by LibreOffice, which is not installed. Open it in Word, Excel or WPS and save it as .{target}.",
        )
    with tempfile.TemporaryDirectory(prefix="auditkit-", ignore_cleanup_errors=True) as folder:
        home, source = Path(folder), Path(folder) / "report.bin"
        source.write_bytes(data)
        user = home / "profile" / "user"
        user.mkdir(parents=True)
        items = "".join(
            f'<item oor:path="{where}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
            for where, name, value in _SETTINGS
        )
        (user / "registrymodifications.xcu").write_text(
            f'<?xml version="1.0"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'
        )
        command = [office, f"-env:UserInstallation={(home / 'profile').as_uri()}", "--headless", "--norestore", "--nolockcheck"]  # fmt: skip
        command += [f"--infilter={kind}", "--convert-to", target, "--outdir", str(home / "out"), str(source)]
        if sys.platform == "linux":  # a limit set by the shell: no code of ours runs between fork and exec
            command = ["/bin/sh", "-c", f'ulimit -c 0; ulimit -d {MOST_MEMORY * 1024}; exec "$@"', "sh", *command]
        _run(command, path)
        out = home / "out" / f"report.{target}"
        if not out.exists() or not out.stat().st_size:
            raise _not_converted(path, target)
        return out.read_bytes()


def _run(command: list[str], path: str) -> None:
    """Run a command in a session of its own and end all of it at the limit."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)  # noqa: S603
    try:
        process.wait(LIMIT)
    except subprocess.TimeoutExpired:
        raise ReadingError(
            path,
            f"LibreOffice 转换超过 {LIMIT:.0f} 秒，已停止。请用 Word、Excel 或 WPS 打开，另存为 .docx 或 .xlsx。",
            f"LibreOffice took more than {LIMIT:.0f} seconds and was stopped. Open it in Word, Excel or WPS and save it as .docx or .xlsx.",
        ) from None
    finally:
        if sys.platform == "win32":
            process.kill()
        else:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # also what it left behind
        process.wait()


def _not_converted(path: str, target: str) -> ReadingError:
    part = "Writer" if target == "docx" else "Calc"
    return ReadingError(
        path,
        f"LibreOffice 没有转换成功：文件已损坏、设有密码，或本机没装 {part}。请用 Word、Excel 或 WPS 打开，另存为 .{target}。",
        f"LibreOffice could not convert it: damaged, under a password, or no {part}. Open it in Word, Excel or WPS and save it as .{target}.",
    )
