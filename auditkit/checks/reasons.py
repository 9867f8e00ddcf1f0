"""Why figures do not continue last year's, in a report's own words: sentences that a finding quotes, and by which it asks more softly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditkit.reading.numbers import squeeze
from auditkit.report import Report

_US = r"(?:我|本)(?:[局委办厅院镇乡市县区旗]|街道|单位|机关|部门)"
_INTO = "划转|划入|划归|并入|撤并|合署"
_BODY = "(?:局|委|办|厅|镇|乡|街道|管委会|委员会|单位)"
_OF_BALANCES = re.compile(
    rf"(?:{_INTO}).{{0,60}}(?:结转|未办结|申请|数据|统计|口径|{_US})|{_US}.{{0,30}}合署"
    rf"|原.{{2,20}}{_BODY}.{{0,8}}(?:{_INTO}|合并|撤销)|[与由].{{2,30}}{_BODY}合并"
    r"|(?:机构改革|机构合并|更名|组建|合并.{0,4}(?:统计|计算)).{0,60}(?:结转|未办结|统计|口径)"
    rf"|(?:结转|未办结).{{0,60}}(?:{_INTO}|合并|移交|接收|划走)|(?:移交|接收|承接)[^，、。]{{0,20}}(?:结转|未办结|职能|职责)"
    r"|结转.{0,60}(?:有误|误报|误填|更正|纠正|核定|漏统|漏报|多统|多计|少计|补登|补录|口径|不同|不一致|出入)"
    r"|(?:更正|纠正|口径|漏统|漏报|误报|误填|补登|补录|重新统计|恢复办理|重新办理|重新答复).{0,40}结转"
    r"|(?:上年度?|20\d\d年度?)(?:年报|报告).{0,20}(?:误填|误报|有误)|次年1月.{0,20}登记|(?:在途|跨年).{0,30}(?:登记|补录|收到)"
    r"|截止.{0,20}(?:出入|不同|不一致|差异)|结转.{0,8}(?:含|包含|包括).{0,20}(?:镇|街|乡|局|单位)|(?:划出|转出).{0,20}申请|申请.{0,20}(?:划出|转出)"
    r"|结转.{0,40}责令.{0,6}(?:重新|处理|答复)|结转.{0,40}不再?[计列]入|(?:比|较)上?年?.{0,14}结转.{0,6}[多少]\d"
    r"|结转.{0,60}(?:补计|补列|补报|补填|补登|未登记|时点|纳入|中止|代为受理|退回|系统切换|[应以].{0,20}为准)"
    r"|(?:补计|时点|中止|代为受理|系统切换|邮寄途中|邮寄在途).{0,60}(?:结转|未登记|登记在)|(?:接收|承接|移交).{0,30}在办.{0,8}申请"
    r"|(?:上年度?|20\d\d年度?)结转.{0,40}(?:原因[是为系:：]|系因|是因为)|结转.{0,40}(?:核减|核增|核销|调减|调增|扣减)|以.{0,16}结转.{0,8}为准"
    r"|遗漏.{0,20}结转|(?:与|较|比)(?:上年度?|20\d\d年度?)(?:年报|报告).{0,24}(?:差异|不符|不一致|出入)|报告未(?:[列计]入|纳入|统计).{0,12}结转"
    r"|结转.{0,12}(?:含|包含|包括).{0,30}(?:未[计列]入|重新(?:办理|答复|处理))|结转.{0,30}(?:未[计列]入|遗漏)"
)
"""Says of an agency that it is another than last year, or of its figures why they differ from last year's."""
_THINGS = ("规章", "规范性文件", "许可", "收费", "处罚", "强制", "采购", "服务事项")
"""What the rows of table two count, as sentences name it."""
_ANY_THING = rf"(?:{'|'.join(_THINGS)}|项目数量)"
_WHY = "失效|清理|口径|划转|划入|划归|下放|取消|漏[计统报]|有误|误[填报]|更正|调整"
_OF_STOCKS = re.compile(rf"{_ANY_THING}[^。]{{0,60}}(?:{_WHY})|(?:{_WHY})[^。]{{0,20}}{_ANY_THING}")
"""Says why the rows of table two do not roll forward."""
_NONE = re.compile(
    r"下一步|今后|计划|拟|将(?:进一步|继续|统一|加强|开展|会|逐步|按)|(?<!不)一致$|报告已(?:按|以|经).{0,12}(?:口径|合并)"
)
"""Says what is to come, that there is nothing to explain, or that last year's report has it already."""
_OF_TABLE_TWO = re.compile(r"^(?!.*(?:结转|申请|改革|合并|并入)).*(?:处罚|许可|规范性文件|收费)")
_QUOTED = 100
"""Characters of a reason that are quoted."""
_WITHIN = str.maketrans("“”", "‘’")
"""Marks of a quotation within one."""


def of_balances(report: Report) -> str:
    """Return the sentence in which a report says why what it carries over is not what was carried forward, or ``""``."""
    return next((text for text in _said(report, _OF_BALANCES) if not _OF_TABLE_TWO.search(text)), "")


def of_stocks(report: Report, row: str) -> str:
    """Return the sentence in which a report says by how many, and why, a row of table two does not roll forward, or ``""``.

    Parameters
    ----------
    row : its label; a sentence about another row says nothing of it
    """
    for text in _said(report, _OF_STOCKS):
        things = [thing for thing in _THINGS if thing in text]
        if re.search(r"\d+[件项个部]", text) and (not things or any(thing in row for thing in things)):
            return text
    return ""


def _said(report: Report, reasons: re.Pattern[str]) -> Iterator[str]:
    """Yield the sentences that give such a reason, as they are quoted."""
    for text in (text for line in report.prose for text in re.split("[。；;]", squeeze(line))):
        if reasons.search(text) and not _NONE.search(text):
            yield text[:_QUOTED].translate(_WITHIN) + "…" * (len(text) > _QUOTED)
