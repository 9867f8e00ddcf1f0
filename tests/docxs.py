"""Reports drawn as Word files, written by hand: the ways Word, WPS and converters hold the same table."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from html import escape

from layouts import AGENCY, TITLES, Box, Rows, Sheet, four, only_labels, three, two_joined

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MORE = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
Cell = Callable[[Box], str]


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def plain(box: Box) -> str:
    return f"<w:p>{run(box.text)}</w:p>"


def in_pieces(box: Box) -> str:
    """A text in runs of one character, with marks of the spelling checker and soft line ends between pieces of a label."""
    middle = "<w:proofErr w:type='spellStart'/>" if box.kind == "figure" else "<w:r><w:br/></w:r>"
    return f"<w:p>{middle.join(run(c) for c in box.text)}</w:p><w:p/>"


def tracked(box: Box) -> str:
    """A figure that was changed: what was deleted is no figure, what was inserted is."""
    if box.kind != "figure":
        return f'<w:p><w:ins w:id="1" w:author="a">{run(box.text)}</w:ins></w:p>'
    gone = (
        '<w:del w:id="2" w:author="a"><w:r><w:delText>99</w:delText></w:r></w:del><w:moveFrom w:id="3" w:author="a">'
        + run("7")
    )
    return f'<w:p>{gone}</w:moveFrom><w:ins w:id="4" w:author="a">{run(box.text)}</w:ins></w:p>'


def controlled(box: Box) -> str:
    return f'<w:sdt><w:sdtPr><w:alias w:val="17"/></w:sdtPr><w:sdtContent>{plain(box)}</w:sdtContent></w:sdt>'


def in_text_box(box: Box) -> str:
    """A figure in a text box, as Word writes it: once for itself and once more for programs that do not know it."""
    if box.kind != "figure":
        return plain(box)
    inner = f"<w:txbxContent>{plain(box)}</w:txbxContent>"
    return (
        f'<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{inner}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{inner}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )


def with_decoys(box: Box) -> str:
    """Text that is not shown, the code of a field, and a comment's mark beside the figure."""
    if box.kind != "figure":
        return plain(box)
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    field = f"{begin}<w:r><w:instrText>=SUM(1,2)</w:instrText></w:r>{separate}"
    hidden = run("88", "<w:vanish/>")
    return f"<w:p>{hidden}{field}{run(box.text)}{end}<w:r><w:commentReference w:id='1'/></w:r></w:p>"


def footnoted(box: Box) -> str:
    return f"<w:p>{run(box.text)}{run('1', '<w:vertAlign w:val=' + chr(34) + 'superscript' + chr(34) + '/>')}</w:p>"


def table(rows: Rows, cell: Cell = plain, *, between: str = "", wrap: Callable[[str], str] = lambda row: row) -> str:
    """Draw a table with spans as Word has them: gridSpan, and vMerge with a cell that goes on in each row beneath."""
    out = []
    going: dict[int, tuple[int, int]] = {}  # column: width, rows left
    for row in rows:
        cells, column, rest = "", 0, list(row)
        while rest or column in going:
            if column in going:
                width, left = going.pop(column)
                cells += f'<w:tc><w:tcPr><w:gridSpan w:val="{width}"/><w:vMerge/></w:tcPr><w:p/></w:tc>'
                if left > 1:
                    going[column + 1000] = (width, left - 1)
            else:
                box = rest.pop(0)
                width = box.w
                merge = '<w:vMerge w:val="restart"/>' if box.h > 1 else ""
                cells += f'<w:tc><w:tcPr><w:gridSpan w:val="{width}"/>{merge}</w:tcPr>{cell(box)}</w:tc>'
                if box.h > 1:
                    going[column + 1000] = (width, box.h - 1)
            column += width
        going = {c % 1000: v for c, v in going.items()}
        out.append(wrap(f"<w:tr>{cells}</w:tr>"))
    return f"<w:tbl>{between.join(out)}</w:tbl>"


def document(sheet: Sheet, parts: list[str]) -> str:
    title = f"<w:p>{run(AGENCY)}</w:p><w:p>{run(f'{sheet.year}年政府信息公开工作年度报告')}</w:p><w:p>{run('一、总体情况')}</w:p>"
    body = "".join(f"<w:p>{run(t)}</w:p>{p}" for t, p in zip(TITLES, parts, strict=True))
    return f"<w:document {W} {MORE}><w:body>{title}{body}<w:p>{run('五、存在的主要问题及改进情况')}</w:p></w:body></w:document>"


def pack(xml: str, *more: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (("[Content_Types].xml", TYPES), ("_rels/.rels", RELS), ("word/document.xml", xml)):
            archive.writestr(name, data)
        for name, raw in more:
            archive.writestr(name, raw)
    return out.getvalue()


def drawn(sheet: Sheet, cell: Cell = plain, **how: object) -> bytes:
    return pack(document(sheet, [table(r, cell, **how) for r in (two_joined(sheet), three(sheet), four(sheet))]))  # type: ignore[arg-type]


DELETED = (
    f'<w:tr><w:trPr><w:del w:id="9" w:author="a"/></w:trPr><w:tc>{plain(Box("（一）予以公开"))}</w:tc>'
    + "<w:tc><w:p/></w:tc>" * 7
    + "</w:tr>"
)


def nested(sheet: Sheet) -> bytes:
    """Each table within a cell of a layout table."""
    parts = [table(r) for r in (two_joined(sheet), three(sheet), four(sheet))]
    return pack(document(sheet, [f"<w:tbl><w:tr><w:tc>{p}<w:p/></w:tc></w:tr></w:tbl>" for p in parts]))


def joined(sheet: Sheet) -> bytes:
    """Tables three and four drawn as one, the title a row of it."""
    title = [[Box(TITLES[2], 10, 1, "section")]]
    return pack(document(sheet, [table(two_joined(sheet)), table([*three(sheet), *title, *four(sheet)]), ""]))


LAYOUTS: dict[str, Callable[[Sheet], bytes]] = {
    "plain": drawn,
    "one label a row": lambda s: pack(document(s, [table(r) for r in (two_joined(s), only_labels(three(s)), four(s))])),
    "texts in pieces": lambda s: drawn(s, in_pieces),
    "tracked changes": lambda s: drawn(s, tracked),
    "content controls": lambda s: drawn(s, controlled),
    "text boxes": lambda s: drawn(s, in_text_box),
    "hidden text and fields": lambda s: drawn(s, with_decoys),
    "rows in content controls": lambda s: drawn(s, wrap=lambda r: f"<w:sdt><w:sdtContent>{r}</w:sdtContent></w:sdt>"),
    "a deleted row between rows": lambda s: drawn(s, between=DELETED),
    "nested": nested,
    "two tables joined": joined,
    "strict": lambda s: pack(
        document(s, [table(r) for r in (two_joined(s), three(s), four(s))]).replace(
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            "http://purl.oclc.org/ooxml/wordprocessingml/main",
        )
    ),
}
