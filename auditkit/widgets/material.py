"""Panels for the material of a case."""

from __future__ import annotations

import ipywidgets as w

from auditkit.case import Case, CaseError, add_source
from auditkit.reading import ReadingError
from auditkit.tables import Words
from auditkit.widgets.base import Panel, on_change, panel
from auditkit.wording import say


def add_files(case: Case) -> Panel:
    """Add reports to the case (00.2); each is read first, what cannot be read is not added."""
    lang = case.lang
    said = w.HTML()
    if case.is_demonstration:
        said.value = Words(
            (
                say(
                    lang,
                    "演示案卷只读。添加自己的报告：在终端运行 auditkit new 案卷名 文件…，再运行 auditkit lab 案卷名。",
                    "The demonstration case is read-only. For your own reports run: auditkit new CASE FILE..., then auditkit lab CASE.",
                ),
            )
        ).html
        return panel(
            lang,
            "添加文件；演示案卷只读，请用 auditkit lab 打开自己的案卷",
            "add files; off in the demonstration case, use auditkit lab",
            [said],
        )
    upload = w.FileUpload(
        multiple=True,
        description=say(lang, "添加报告文件", "Add reports"),
        tooltip=say(lang, "选择网页或纯文本文件", "choose web pages or plain texts"),
        layout=w.Layout(width="max-content"),
    )

    def show() -> None:
        lines = []
        for item in upload.value:
            try:
                add_source(case, item["name"], bytes(item["content"]))
                lines.append(say(lang, f"已添加 {item['name']}。", f"{item['name']} added."))
            except (ReadingError, CaseError) as error:
                lines.append(
                    say(
                        lang,
                        f"没有添加 {item['name']}：{error.message(lang)}",
                        f"{item['name']} not added: {error.message(lang)}",
                    )
                )
            except OSError as error:
                lines.append(
                    say(
                        lang,
                        f"没有添加 {item['name']}：无法写入（{error.strerror}）。",
                        f"{item['name']} not added: cannot be written ({error.strerror}).",
                    )
                )
        if lines:
            lines.append(say(lang, "请点“▶ 全部运行”重新计算。", "Press “▶ run all” to recompute."))
        said.value = Words(tuple(lines)).html

    on_change(upload, show)
    return panel(lang, "添加报告文件", "add reports", [upload, said])
