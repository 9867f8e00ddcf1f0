"""The fee for handling information in section six: real sentences, the notice's own words, prices that are no fees."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import layouts
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditkit.fees import Fees, sentences, stated
from auditkit.loading import load

REAL = {
    # 淮安市人民政府 2024, the lines as its PDF breaks them
    ("2024年，市政府严格落实《政府信息公开信息处理费管理", "办法》，全年收取政府信息公开信息处理费3940元。"): (None, None, None, 3940),
    # 沭阳县人民政府 2025
    ("全县行政机关在办理2025年度信息公开申请中收取信息处理费共计380元，其中民政局1件，收取380元。",): (None, None, None, 380),
    # 宿迁市人民政府 2023
    ("2023年对25件政府信息公开申请案件收取了信息处理费2950元。其中，某县1件，收取420元；",): (None, None, None, 2950),
    # 上海市科学技术委员会 2024
    ("2024 年，市科委未发生政府信息公开收费事项。",): (None, None, None),
    ("本年度发出收费通知3件，总金额1,500元，实际收取400元。",): (3, 1500, 400, 1500, 400),
    ("发出收费通知的件数为0件，总金额0元，实际收取的总金额0元。",): (0, 0, 0, 0),
    ("发出2件信息处理费收费通知，通知金额1200元，实际收取总金额0.13万元。",): (2, 1200, 1300, 1200),
    ("发出收费通知3件，总金额500元；其中甲局收费通知2件，总金额300元。",): (None, None, None, 500, 300),
    ("信息处理费每件100元、每页10元，按10元/页收取。",): (None, None, None),
    ("行政事业性收费 385 元。",): (None, None, None),
    ("未发出收费通知，实际收取信息处理费300元。",): (0, None, 300, 300),
    ("收取信息处理费120元、邮寄费15元，实际收取135元。",): (None, None, 135, 120),
    ("未收取信息处理费，行政事业性收费385元。",): (None, None, None),
}  # fmt: skip


@pytest.mark.parametrize("lines", REAL, ids=[lines[0][:20] for lines in REAL])
def test_a_sentence_says_what_it_says(lines: tuple[str, ...]) -> None:
    notices, noticed, received, *amounts = REAL[lines]
    money = [None if n is None else Decimal(n) for n in (noticed, received)]
    assert stated(sentences(lines)) == Fees(notices, money[0], money[1], tuple(map(Decimal, amounts)))


@given(st.text(alphabet="收费通知信息处理费实际取的总金额为共计合:件数元万0123,. 。；"))
def test_any_text_is_read(text: str) -> None:
    fees = stated(sentences([text]))
    assert all(n >= 0 for n in fees.amounts)


def test_a_report_has_the_sentences_of_its_text(tmp_path: Path) -> None:
    page = layouts.page(layouts.distinct("2021"))
    said = "<p>六、其他需要报告的事项</p><p>本年度发出收费通知3件，总金额500元，实际收取600元。</p>"
    report = load(layouts.write(tmp_path, page.replace("</body>", said + "</body>")))
    assert stated(report.fees).received == 600
