"""The memo: one file, nothing from outside, nothing executed, the same bytes everywhere, whole or not at all."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell, writes

from auditkit import memo
from auditkit.memo import NotebookFailed, execute, export

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n and what follows").decode()
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
KNOWN_TAGS = set(
    re.findall(
        r"\w+",
        "html head meta title style body header h1 h2 h3 h4 h5 h6 nav main ul ol li a p div span br hr table caption "
        "thead tbody tr th td strong em del code pre blockquote figure img details summary",
    )
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=http://evil.example/x.png>",
    "<img src=x onerror=alert(1)>",
    '<img src="data:image/svg+xml;base64,PHN2Zy8+" alt="a">',
    '<img srcset="http://evil.example/x.png 2x" alt="a">',
    "<svg onload=alert(1)><script>alert(1)</script><image href='http://evil.example/i.png'/></svg>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<style>@import url(http://evil.example/x.css);</style>",
    '<div style="background:url(http://evil.example/x.png)">d</div>',
    '<a href="javascript:alert(1)">click</a>',
    '<a href="java&#x0A;script:alert(1)">click</a>',
    '<iframe src="http://evil.example/"></iframe>',
    '<form action="http://evil.example/"><input name="n"><button formaction="javascript:alert(1)">b</button></form>',
    '<link rel="stylesheet" href="http://evil.example/x.css">',
    '<meta http-equiv="refresh" content="0; url=http://evil.example/">',
    '<base href="http://evil.example/">',
    '<object data="http://evil.example/x"></object><embed src="http://evil.example/x">',
    '<video poster="http://evil.example/x" src="http://evil.example/v"></video>',
    '<table background="http://evil.example/x"><tr><td onclick="alert(1)">1</td></tr></table>',
    '<details ontoggle="alert(1)" open><summary>s</summary>d</details>',
    "</table></div></main></body></html><script>alert(1)</script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script>-->",
]
HOSTILE_MARKDOWN = [
    *HOSTILE,
    "[click](javascript:alert(1))",
    "[click](  JaVaScRiPt:alert(1) )",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "<javascript:alert(1)>",
    "![p](http://evil.example/x.png)",
    "![p](//evil.example/x.png)",
    "![p](javascript:alert(1))",
    "![p](data:image/svg+xml;base64,PHN2Zy8+)",
    '![p](data:image/png;base64,AAAA"onerror=alert(1))',
    "[ref]: http://evil.example/\n\n[ref] ![ref]",
    "https://evil.example/",
    "## <script>alert(1)</script>",
    '## "></a><script>alert(1)</script>',
    "| <img src=x onerror=alert(1)> | b |\n|---|---|\n| [x](javascript:alert(1)) | 2 |",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
]


class Page(HTMLParser):
    """The parts of a page that matter here."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.styles: list[str] = []
        self.open: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"unbalanced </{tag}>"

    def handle_data(self, data: str) -> None:
        (self.styles if self.open[-1:] == ["style"] else self.texts).append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def assert_inert(source: str) -> Page:
    """Hold a page to the law: no script, no handler, and no address but an anchor in it and an embedded picture."""
    page = Page(source)
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= KNOWN_TAGS
    anchors = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in {"srcset", "action", "formaction", "data", "poster", "background", "xlink:href", "cite"}
            if name == "href":
                assert (tag, value[:1], value[1:] in anchors) == ("a", "#", True)
            elif name == "src":
                assert tag == "img"
                assert value.startswith(("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,"))
            elif name == "style":
                assert value.startswith("text-align:")
    for style in page.styles:
        assert "url(" not in style.lower()
        assert "@import" not in style.lower()
    assert len(page.styles) == 1
    assert [meta for meta in page.all("meta") if meta.get("http-equiv")] == [
        {"http-equiv": "Content-Security-Policy", "content": POLICY}
    ]
    assert len(page.all("h1")) == 1
    return page


def cell(**data: Any) -> NotebookNode:
    """Return a code cell that was run, with one output of these MIME types (`text_html="..."`)."""
    metadata = data.pop("metadata", {})
    bundle = {name.replace("_", "/", 1) if name != "view" else WIDGET_VIEW: value for name, value in data.items()}
    output = new_output("display_data", bundle, metadata=metadata)
    return new_code_cell("secret_source()", execution_count=1, outputs=[output])


def page_of(tmp_path: Path, *cells: NotebookNode, lang: Any = "zh") -> str:
    nb = new_notebook(cells=[new_markdown_cell("# 审阅备忘录"), *cells])
    return export(nb, tmp_path / "memo.html", lang=lang).read_text(encoding="utf-8")


def saved(tmp_path: Path, *cells: NotebookNode) -> Path:
    path = tmp_path / "05_memo.ipynb"
    path.write_text(writes(new_notebook(cells=list(cells))), encoding="utf-8")
    return path


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_html_in_an_output_is_inert(text: str, tmp_path: Path) -> None:
    source = page_of(
        tmp_path, cell(text_html=f'<table class="ak"><tbody><tr><td>{text}</td></tr></tbody></table>{text}')
    )
    page = assert_inert(source)
    assert "evil.example" not in source
    assert "alert(1)" not in "".join(str(attributes) for _, attributes in page.tags)


@pytest.mark.parametrize("text", HOSTILE_MARKDOWN)
def test_hostile_markdown_is_inert(text: str, tmp_path: Path) -> None:
    assert_inert(page_of(tmp_path, new_markdown_cell(f"before\n\n{text}\n\nafter {text}"), new_markdown_cell(text)))


@pytest.mark.parametrize("text", [*HOSTILE, "</pre><script>alert(1)</script>"])
def test_hostile_plain_text_is_shown_as_it_is(text: str, tmp_path: Path) -> None:
    stream = new_code_cell("1", execution_count=1, outputs=[new_output("stream", name="stdout", text=text)])
    page = assert_inert(page_of(tmp_path, cell(text_plain=text), stream, new_raw_cell(text)))
    assert page.text.count(text) == 3


@pytest.mark.parametrize(
    "text", [*HOSTILE, '"; } body { display: none }', "\\22 ; } x {", "{{ 7 * 7 }}{% include 'x' %}"]
)
def test_a_hostile_title_is_inert_also_in_the_style_sheet(text: str, tmp_path: Path) -> None:
    title = text.splitlines()[0]
    page = assert_inert(
        export(new_notebook(cells=[new_markdown_cell(f"# {title}")]), tmp_path / "o", lang="en").read_text("utf-8")
    )
    assert "49" not in page.text
    rule = page.styles[0][page.styles[0].index("@page { @top-left") :]
    assert set(rule.split('"')[1]) <= set("\\0123456789abcdef ")
    assert rule.count('"') == 2


def test_hostile_picture_data_and_metadata_are_inert(tmp_path: Path) -> None:
    bad = cell(image_png='AAAA" onerror="alert(1)', metadata={"image/png": {"alt": "x"}})
    odd = cell(
        image_png=PNG,
        text_plain="</pre><script>alert(1)</script>",
        metadata={"image/png": {"alt": '"><script>alert(1)</script>', "width": '1" onload="alert(1)'}},
    )
    page = assert_inert(page_of(tmp_path, bad, odd))
    assert page.all("img") == [{"src": f"data:image/png;base64,{PNG}", "alt": '"><script>alert(1)</script>'}]


def test_our_tables_keep_their_markup(tmp_path: Path) -> None:
    table = (
        '<div class="ak-verdict">有例外</div>'
        '<table class="ak"><caption>表三</caption><colgroup><col span="2"></colgroup><thead><tr>'
        '<th colspan="2" rowspan="2" scope="colgroup">项目</th></tr></thead><tbody><tr>'
        '<th scope="row">（一）予以公开</th><td class="num mark">▲ 19</td><td class="blank">–</td></tr></tbody></table>'
        '<p class="ak-note">注 <mark>一</mark></p><details><summary>更多</summary>内容</details>'
        '<figure><img src="data:image/png;base64,AAAA" alt="图" width="60"><figcaption>图一</figcaption></figure>'
    )
    assert table in page_of(tmp_path, cell(text_html=table, text_plain="other"))


def test_the_page_is_in_the_language_asked_for_and_titled_by_the_first_heading(tmp_path: Path) -> None:
    chinese, english = page_of(tmp_path, lang="zh"), page_of(tmp_path, lang="en")
    assert chinese.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert english.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "<title>审阅备忘录</title>" in chinese
    assert "<h1>审阅备忘录</h1>" in chinese


def test_the_contents_list_leads_to_every_heading_and_levels_are_never_skipped(tmp_path: Path) -> None:
    cells = [
        new_markdown_cell(text)
        for text in ("## 一、*结论*", "#### 细目", "# 又一个大标题\n\n文字\n\n二、附\n---", "## 一、*结论*")
    ]
    page = assert_inert(page_of(tmp_path, *cells))
    assert [attributes["href"] for attributes in page.all("a")] == ["#s1", "#s2", "#s3", "#s4", "#s5"]
    assert [tag for tag, attributes in page.tags if "id" in attributes] == ["h2", "h3", "h2", "h2", "h2"]
    assert len({attributes["id"] for _, attributes in page.tags if "id" in attributes}) == 5


def test_links_become_text_with_their_address_if_it_can_be_typed(tmp_path: Path) -> None:
    markdown = new_markdown_cell(
        "见 [读数](01_read.ipynb)、[网页](https://example.org/a?b=1&c=2) 和 <https://example.org>。"
    )
    page = assert_inert(page_of(tmp_path, markdown))
    assert "见 读数、网页 (https://example.org/a?b=1&c=2) 和 https://example.org。" in page.text
    assert "ipynb" not in page.text


def test_a_pasted_picture_is_embedded_and_a_remote_one_leaves_its_words(tmp_path: Path) -> None:
    pasted = new_markdown_cell("![原文](attachment:a.png) ![远处](http://example.org/a.png)")
    pasted["attachments"] = {"a.png": {"image/png": PNG}}
    page = assert_inert(page_of(tmp_path, pasted))
    assert page.all("img") == [{"src": f"data:image/png;base64,{PNG}", "alt": "原文"}]
    assert "[远处]" in page.text


def test_a_picture_keeps_its_alternative_text_its_width_and_its_figures(tmp_path: Path) -> None:
    picture = cell(
        image_png=PNG + "\n", text_plain="2021: 3", metadata={"image/png": {"alt": "两年 <x>", "width": 600}}
    )
    page = assert_inert(page_of(tmp_path, picture))
    assert page.all("img") == [{"src": f"data:image/png;base64,{PNG}", "alt": "两年 <x>", "width": "600"}]
    assert "2021: 3" in page.text


def test_every_picture_has_an_alternative_text(tmp_path: Path) -> None:
    page = assert_inert(page_of(tmp_path, cell(image_png=PNG, text_plain="<Figure size 1x1>"), cell(image_png=PNG)))
    assert [image["alt"] for image in page.all("img")] == ["图", "图"]
    assert "Figure size" not in page.text


@pytest.mark.parametrize(
    "panel",
    [
        {"text_plain": "【面板】选择报告"},
        {"text_plain": "[Panel] choose a report", "text_html": "<p>secret</p>"},
        {"text_plain": "【面板】选择报告", "view": {"model_id": "0", "version_major": 2, "version_minor": 0}},
        {"text_plain": "VBox(children=())", "view": {"model_id": "0", "version_major": 2, "version_minor": 0}},
    ],
)
def test_panels_and_widgets_are_omitted(panel: dict[str, Any], tmp_path: Path) -> None:
    with_panel = page_of(tmp_path, cell(**panel), cell(text_plain="kept"))
    assert with_panel == page_of(tmp_path, cell(text_plain="kept"))
    assert "kept" in with_panel


def test_sources_standard_error_and_tracebacks_never_appear(tmp_path: Path) -> None:
    outputs = [
        new_output("stream", name="stderr", text="secret warning"),
        new_output("stream", name="stdout", text="\x1b[31mred\x1b[0m"),
        new_output("error", ename="ValueError", evalue="secret", traceback=["secret line"]),
    ]
    page = assert_inert(page_of(tmp_path, new_code_cell("secret_source()", execution_count=1, outputs=outputs)))
    assert "secret" not in page.text
    assert "red" in page.text
    assert "\x1b" not in page.text
    assert "内容缺失" in page.text  # the reader is told that something is not there


def test_a_notebook_that_was_not_run_says_so(tmp_path: Path) -> None:
    assert "1 cells have not been run" in page_of(tmp_path, new_code_cell("x"), new_code_cell(""), lang="en")
    assert "have not been run" not in page_of(tmp_path, cell(text_plain="x"), new_code_cell(""), lang="en")


def test_exporting_leaves_only_the_whole_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page_of(tmp_path)
    old = (tmp_path / "memo.html").read_bytes()

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        page_of(tmp_path, cell(text_plain="new"))
    assert [path.name for path in tmp_path.iterdir()] == ["memo.html"]
    assert (tmp_path / "memo.html").read_bytes() == old


def test_importing_memo_does_not_import_the_exporter() -> None:
    heavy = {"nbconvert", "nbclient", "nbformat", "mistune", "nh3"}
    code = f"import sys, auditkit.memo; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_nbconvert_finds_the_exporter_and_takes_the_language_from_the_folder(tmp_path: Path) -> None:
    exporter: Any = memo.MemoExporter
    for folder, lang in (("zh", "zh-CN"), ("en", "en"), ("other", "zh-CN")):
        (tmp_path / folder).mkdir()
        source, _ = exporter().from_filename(str(saved(tmp_path / folder, new_markdown_cell("## 无大标题"))))
        assert f'<html lang="{lang}">' in source
    source, _ = exporter().from_filename(str(saved(tmp_path, new_raw_cell("x"))))
    assert "<h1>05_memo</h1>" in source
    with pytest.raises(AttributeError):
        _ = memo.no_such_name  # type: ignore[attr-defined]


SAMPLE = [
    new_markdown_cell("# Memo\n\n## Where am I?"),
    new_code_cell("from pathlib import Path\nprint(Path.cwd().name)"),
    new_code_cell("{'b', 'a', 'c'} == set('abc'), sorted({'b', 'a'})"),
    new_code_cell("import sys; print('warned', file=sys.stderr)"),
    new_code_cell("import ipywidgets; ipywidgets.IntSlider()"),
    new_code_cell(
        "class Panel(ipywidgets.HTML):\n"
        "    def _repr_mimebundle_(self, **kw):\n"
        "        return super()._repr_mimebundle_(**kw) | {'text/plain': '[Panel] choose'}\n"
        "Panel()"
    ),
    new_code_cell("import os; os.environ.get('PYTHONSTARTUP'), 'ipython' in os.environ['IPYTHONDIR']"),
]


def test_the_same_bytes_whatever_the_machine(tmp_path: Path) -> None:
    """Time zone, locale, hash seed, home, start-up files, and folder of the process leave no trace."""
    home = tmp_path / "home"
    startup = home / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("print('START-UP')")
    (home / "start.py").write_text("print('START-UP')")
    environments = [
        {"TZ": "Asia/Shanghai", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {
            "TZ": "America/Los_Angeles",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "PYTHONHASHSEED": "2",
            "HOME": str(home),
            "PYTHONSTARTUP": str(home / "start.py"),
        },
    ]
    made = []
    for number, environment in enumerate(environments):
        folder = tmp_path / f"folder{number}" / "en"
        folder.mkdir(parents=True)
        notebook = saved(folder, *SAMPLE)
        before = notebook.read_bytes()
        code = (
            "import sys; from pathlib import Path; from auditkit.memo import execute, export; "
            "notebook = Path(sys.argv[1]); "
            "export(execute(notebook, cwd=notebook.parent, lang='en'), Path('out.html'), lang='en')"
        )
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code, str(notebook)],
            cwd=folder.parent,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert notebook.read_bytes() == before
        assert sorted(path.name for path in folder.parent.iterdir()) == ["en", "out.html"]
        made.append((folder.parent / "out.html").read_bytes())
    assert made[0] == made[1]
    page = assert_inert(made[0].decode())
    assert "START-UP" not in page.text
    assert "warned" not in page.text
    assert "IntSlider" not in page.text
    assert "[Panel]" not in page.text
    assert "en" in page.text
    assert str(tmp_path) not in made[0].decode()


def test_an_executed_notebook_holds_nothing_that_differs_from_run_to_run(tmp_path: Path) -> None:
    nb = execute(saved(tmp_path, *SAMPLE), cwd=tmp_path, lang="en")
    assert [cell["id"] for cell in nb.cells] == [f"cell-{number:02d}" for number in range(1, 8)]
    assert [cell.execution_count for cell in nb.cells if cell.cell_type == "code"] == [1, 2, 3, 4, 5, 6]
    assert nb.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert all(cell.metadata == {} for cell in nb.cells)
    assert nb.cells[1].outputs[0].text == f"{tmp_path.name}\n"
    assert nb.cells[4].outputs == []
    assert nb.cells[5].outputs[0].data == {"text/plain": "[Panel] choose"}


@pytest.mark.parametrize("tags", [[], ["raises-exception"]])
def test_a_failing_cell_is_one_clear_sentence_and_no_file(tags: list[str], tmp_path: Path) -> None:
    cells = [
        new_markdown_cell("# 备忘录\n\n## 1. 结论"),
        new_code_cell("x = 0"),
        new_markdown_cell("## 2. 例外事项"),
        new_code_cell("1 / x", metadata={"tags": tags}),
        new_markdown_cell("## 3. 其后"),
        new_code_cell("2"),
    ]
    notebook = saved(tmp_path, *cells)
    with pytest.raises(NotebookFailed) as failure:
        execute(notebook, cwd=tmp_path, lang="zh")
    assert str(failure.value).startswith(
        "05_memo.ipynb：「2. 例外事项」之下的第 2 个单元未能运行：ZeroDivisionError: division by zero。"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["05_memo.ipynb"]


def test_a_kernel_that_dies_is_one_clear_sentence(tmp_path: Path) -> None:
    notebook = saved(tmp_path, new_code_cell("import os; os._exit(1)"))
    with pytest.raises(NotebookFailed, match="under “no heading”, code cell 1 could not be run: the kernel died"):
        execute(notebook, cwd=tmp_path, lang="en")


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"null", b'{"cells": 3}', b"\xff\xfe\x00", b"<html>", b'{"nbformat": 9}']
)
def test_what_is_no_notebook_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "05_memo.ipynb"
    path.write_bytes(content)
    with pytest.raises(NotebookFailed, match=r"^05_memo\.ipynb: not a valid Jupyter notebook"):
        execute(path, cwd=tmp_path, lang="en")


def test_a_missing_notebook_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotebookFailed, match=r"^05_memo\.ipynb: 无法读取该笔记本"):
        execute(tmp_path / "05_memo.ipynb", cwd=tmp_path, lang="zh")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signal to one process")
def test_an_interrupt_ends_the_run_and_its_kernel_and_leaves_no_file(tmp_path: Path) -> None:
    notebook = saved(
        tmp_path,
        new_code_cell("import os, time\nfrom pathlib import Path\nPath('pid').write_text(str(os.getpid()))"),
        new_code_cell("time.sleep(600)"),
    )
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from pathlib import Path; from auditkit.memo import execute\n"
        "try: execute(Path(sys.argv[1]), cwd=Path.cwd(), lang='en')\n"
        "except KeyboardInterrupt: sys.exit(42)"
    )
    run = subprocess.Popen([sys.executable, "-c", code, str(notebook)], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert run.poll() is None
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    _, complaint = run.communicate(timeout=60)
    assert (run.returncode, complaint) == (42, "")
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["05_memo.ipynb", "pid"]


def test_an_interrupt_that_is_lost_at_the_end_of_a_cell_ends_the_run_before_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_cell = NotebookClient.async_execute_cell

    async def losing(self: NotebookClient, *args: Any, **named: Any) -> NotebookNode:
        cell = await run_cell(self, *args, **named)
        task = asyncio.current_task()
        assert task is not None
        task.cancel()  # as Ctrl-C does
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
        return cell

    monkeypatch.setattr(NotebookClient, "async_execute_cell", losing)
    notebook = saved(tmp_path, new_code_cell("1"), new_code_cell("open('ran', 'w').close()"))
    with pytest.raises(asyncio.CancelledError):
        execute(notebook, cwd=tmp_path, lang="en")
    assert not (tmp_path / "ran").exists()


# --- what a memo carries, and the other pages ---------------------------------------------------------------------------

EVIDENCE = "application/vnd.auditkit.evidence+json"


def with_evidence(value: Any, **data: str) -> NotebookNode:
    output = new_output("display_data", data={name.replace("_", "/"): text for name, text in data.items()})
    output["data"][EVIDENCE] = value
    return new_code_cell("evidence", execution_count=1, outputs=[output])


def embedded(source: str) -> list[Any]:
    """Every script element of a page, parsed as JSON."""
    return [json.loads(text) for text in re.findall(r"<script[^>]*>(.*?)</script>", source, re.DOTALL)]


@pytest.mark.parametrize("text", [*HOSTILE, "</script>", "<!--<script>", "\u2028\u2029&lt;", "]]>", "\ud800", "\u202e"])
def test_evidence_is_one_inert_element_that_no_text_can_end(text: str, tmp_path: Path) -> None:
    value = {"汉字": text, text: [1, None, {"a": text}]}
    source = page_of(tmp_path, with_evidence(value, text_plain="twin", text_html="<p>shown</p>"))
    found = re.findall(r'<script type="application/json" id="auditkit-evidence" data-sha256="[0-9a-f]{64}">', source)
    element = found[0]
    assert len(found) == source.lower().count("<script") == source.lower().count("</script") == 1
    content = source.partition(element)[2].partition("</script>")[0]
    assert not set(content) & set("<>&\u2028\u2029\u202e")
    assert embedded(source) == [value]
    page = assert_inert(source.replace(f"{element}{content}</script>\n", ""))
    assert "shown" in page.text
    assert "twin" not in page.text


def test_evidence_is_the_same_whatever_the_order_of_its_keys(tmp_path: Path) -> None:
    assert page_of(tmp_path, with_evidence({"a": 1, "b": 2})) == page_of(tmp_path, with_evidence({"b": 2, "a": 1}))


def test_only_the_first_evidence_of_a_code_cell_counts(tmp_path: Path) -> None:
    note = new_markdown_cell('<script type="application/json" id="auditkit-evidence">{}</script> ![x](attachment:a)')
    note["attachments"] = {"a": {EVIDENCE: {"false": 1}}}
    smuggled = cell(text_html='<script type="application/json" id="auditkit-evidence">{"false": 1}</script>')
    source = page_of(
        tmp_path, note, smuggled, with_evidence({"true": 1}), with_evidence({"false": 1}), cell(text_plain=EVIDENCE)
    )
    assert embedded(source) == [{"true": 1}]
    assert_inert(page_of(tmp_path, note, smuggled))


def test_characters_that_turn_the_text_around_them_are_written_out(tmp_path: Path) -> None:
    evil = "12\u202e34\u2066"
    source = page_of(
        tmp_path,
        new_markdown_cell(f"## {evil}\r\n\r\n{evil}"),
        new_raw_cell(evil),
        cell(text_html=f"<p>{evil}&#x202e;</p>"),
        cell(image_png=PNG, text_plain=evil, metadata={"image/png": {"alt": evil}}),
    )
    assert_inert(source)
    assert "\u202e" not in source
    assert source.count("12〔U+202E〕34〔U+2066〕") == 7  # heading, contents list, note, raw cell, output, alt, twin
    assert "U+000D" not in source


def test_letters_have_no_contents_and_a_list_lies_on_its_side(tmp_path: Path) -> None:
    nb = new_notebook(cells=[new_markdown_cell("# 页\n\n## 节"), cell(text_plain="x")])
    exporter: Any = memo.MemoExporter
    pages = {
        layout: exporter(lang="zh", layout=layout).from_notebook_node(nb)[0] for layout in ("memo", "letter", "list")
    }
    for source in pages.values():
        assert_inert(source)
    assert {layout: "<nav" in source for layout, source in pages.items()} == {
        "memo": True,
        "letter": False,
        "list": False,
    }
    assert {layout: "size: A4 landscape" in source for layout, source in pages.items()} == {
        "memo": False,
        "letter": False,
        "list": True,
    }
