"""The agency register: what is pasted, who has filed, by when."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import report, zeros
from test_material import control, shown

from auditkit.case import Case, CaseError
from auditkit.case.folder import shipped
from auditkit.case.opening import new_case
from auditkit.case.register import Row, due_day, parse, published, registered
from auditkit.forms import load_form
from auditkit.views.start import filed
from auditkit.widgets.material import agency_register

SOURCES = shipped("data") / "sources"
ROWS = (Row("示例市教育局", "示例市教委、教育委员会", "部门", "2024-01-31"), Row("示例市司法局"))


@pytest.mark.parametrize(
    "text",
    [
        "示例市教育局\t示例市教委、教育委员会\t部门\t2024-01-31\n示例市司法局",
        "示例市教育局\t示例市教委、教育委员会\t部门\t2024年1月31日\r\n\r\n示例市司法局\t\t\t\r\n",
        "名称\t曾用名\t类别\t应公布日期\n示例市教育局\t示例市教委、教育委员会\t部门\t2024/1/31\n示例市司法局",
        "| 序号 | 机关名称 | 应公布日期 | 单位性质 | 曾用名称 |\n|---|---|---|---|---|\n"
        "| 1 | 示例市教育局 | 2024.1.31 | 部门 | 示例市教委、教育委员会 |\n| 2 | 示例市司法局 | | | |",
        "name,aliases,kind,due date\n示例市教育局,示例市教委、教育委员会,部门,2024-1-31 00:00:00\n示例市司法局",
        "示例市教育局，示例市教委、教育委员会，部门，2024年1月31日\n示例市司法局",
    ],
)
def test_a_register_is_read_however_it_was_copied(text: str) -> None:
    assert parse(text) == ROWS


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("甲局\t\t\t1月31日", "第 1 行的日期“1月31日”请写成 2024-01-31 的样子（须有年份）"),
        ("甲局\t\t\t2024-02-30", "第 1 行的日期“2024-02-30”"),
        ("甲局\n乙局\n甲局", "“甲局”出现了 2 次"),
        ("甲局\t乙局\n乙局", "“乙局”出现了 2 次"),
        ("甲局\n\t乙局", "第 2 行没有机关名称"),
        ("甲局\t\t\t2024-01-31\t备注", "第 1 行多出“备注”"),
        ("", "没有内容"),
        ("名称\t类别", "没有内容"),
        ("\n".join(["\t甲"] * 20), "另有 12 处"),
    ],
)
def test_what_cannot_be_understood_is_named(text: str, sentence: str) -> None:
    with pytest.raises(CaseError) as error:
        parse(text)
    assert sentence in error.value.message("zh")
    assert error.value.message("en").endswith(".")


@given(st.text(alphabet="甲局\t|,，\n 2024-01年月\"'<>\x00\u202e", max_size=60))
def test_any_text_is_rows_or_a_sentence(text: str) -> None:
    try:
        said = [row.name for row in parse(text)]
    except CaseError as error:
        said = [error.message("zh").removesuffix("。"), error.message("en")]
    assert all(said)
    assert said


@pytest.mark.parametrize(
    ("row", "due"),
    [
        (Row("示例市教育局"), date(2024, 1, 31)),
        (Row("示例市人民政府"), date(2024, 3, 31)),
        (Row("示例市"), date(2024, 3, 31)),
        (Row("示例市大数据局", kind="政府信息公开工作主管部门"), date(2024, 3, 31)),
        (Row("示例市", kind="部门"), date(2024, 1, 31)),
        (Row("甲县人民政府", kind="县"), date(2024, 3, 31)),
        (Row("甲县", kind="县区"), date(2024, 3, 31)),
        (Row("甲县人民政府", kind="县级政府"), date(2024, 3, 31)),
        (Row("示例市教育局", kind="市直"), date(2024, 1, 31)),
        (Row("示例印刷所属", kind="国企"), None),
        (Row("甲镇人民政府"), None),
        (Row("甲街道办事处"), None),
        (Row("某所", kind="乡镇"), None),
        (Row("甲镇人民政府", due="2024-02-29"), date(2024, 2, 29)),
        (Row("示例市教育局", due="2023-02-28"), date(2024, 1, 31)),
    ],
)
def test_the_day_due_is_the_register_s_else_the_law_s(row: Row, due: date | None) -> None:
    assert due_day(row, 2023) == due


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (["发布时间：2024-01-25"], date(2024, 1, 25)),
        (["来源：办公室  发布日期: 2024年1月25日 浏览次数：12", "公布日期：2024/01/25"], date(2024, 1, 25)),
        (["成文日期：2024-01-25"], None),
        (["2024-01-25", "本机关 2024 年公布……"], None),
        (["发布时间：2024-01-25", "发布时间：2024-02-25"], None),
        (["发布时间：2024-13-25"], None),
        (["发布时间：2024-01-251"], None),
    ],
)
def test_a_date_of_publication_is_taken_only_where_the_page_states_one(lines: list[str], day: date | None) -> None:
    import dataclasses

    one = dataclasses.replace(report(load_form("2021"), zeros(load_form("2021"))), prose=tuple(lines))
    assert published(one) == day


@pytest.fixture
def case(tmp_path: Path) -> Case:
    late = (SOURCES / "suqian-gov-2023.html").read_text("utf-8").replace("<h1>", "<p>发布时间：2024-04-02</p><h1>", 1)
    assert "2024-04-02" in late
    (tmp_path / "late.html").write_text(late, "utf-8")
    return new_case(tmp_path / "案 卷", [tmp_path / "late.html", SOURCES / "exercise-2022.html"])


def test_who_has_filed_who_not_and_who_is_not_in_the_register(case: Case) -> None:
    assert "没有机关名录" in filed(case).text
    panel = agency_register(case)
    control(panel, "名录").value = "宿迁市人民政府\t宿迁市\t政府\n示例市教育局\n=1+1\n<script>"
    control(panel, "预览").click()
    assert "4 个机关" in shown(panel)
    assert "<script>" not in shown(panel)
    assert registered(case) == ()
    control(panel, "审计人员").value = "张三"
    control(panel, "记录").click()
    assert "已记录" in shown(panel)
    again = Case(case.path)
    assert [r.name for r in registered(again)] == ["宿迁市人民政府", "示例市教育局", "=1+1", "<script>"]
    assert "4 个机关" in shown(agency_register(again))  # the register in force, without a click
    text = filed(again).text
    assert "有；期限 2024-03-31，注明 2024-04-02 公布，晚于期限" in text
    assert "案卷中没有；期限 2024-01-31" in text
    assert "名录中没有的机关 1 个：示例市演练局" in text
    assert "没有报告的 3 个" in text
    assert "after the due date" in filed(Case(case.path, "en")).text
    assert "<script>" not in filed(again).html
    assert [r.agency for r in again.reports] == ["宿迁市", "示例市演练局"]
    control(panel, "撤销").click()
    assert registered(case) == ()
    assert "个机关" not in shown(panel)
    control(panel, "撤销").click()
    assert "没有可撤销的记录" in shown(panel)


def test_a_bad_register_is_not_recorded(case: Case) -> None:
    panel = agency_register(case)
    control(panel, "审计人员").value = "张三"
    control(panel, "名录").value = "甲局\n甲局"
    control(panel, "记录").click()
    assert "没有记录：“甲局”出现了 2 次" in shown(panel)
    assert registered(case) == ()
