"""The `auditkit` command."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from auditkit import progress
from auditkit.case.journal import CaseError, need
from auditkit.loading import load_bytes
from auditkit.reading import read_bytes
from auditkit.reading.page import ReadingError
from auditkit.report import Report
from auditkit.terminal import clean, verdicts
from auditkit.wording import LANGS, Lang, say

if TYPE_CHECKING:
    from auditkit.case import Case


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    argv = sys.argv[1:] if argv is None else argv
    args = _parser(_spoken(argv)).parse_args(argv)
    try:
        with progress.shown():
            status = int(args.run(args))
        sys.stdout.flush()  # a closed pipe is to show here, not while Python shuts down
        return status
    except KeyboardInterrupt:
        print(say(_lang(args), "已中止。", "stopped."), file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except CaseError as error:
        print(clean(error.message(_lang(args))), file=sys.stderr)
        return 2
    except ReadingError as error:
        _tell([(error.path, error.message(_lang(args)))])
        return 2
    except Exception as error:  # our fault: one sentence for the auditor, the traceback for who asks for it
        if os.environ.get("AUDITKIT_DEBUG"):
            raise
        fault = f"{type(error).__name__}: {clean(str(error))[:200]}"
        zh = f"程序错误，没有结果（{fault}）。请把这句话和文件发给维护者；设置 AUDITKIT_DEBUG=1 可看到详情。"
        en = f"a fault of the program; no result ({fault}). Please send this and the files to the maintainers; AUDITKIT_DEBUG=1 says more."
        print(say(_lang(args), zh, en), file=sys.stderr)
        return 2


class _Parser(argparse.ArgumentParser):
    """A parser that speaks the user's language, and says in a sentence what it could not understand."""

    def __init__(self, *, lang: Lang, **options: Any) -> None:
        super().__init__(add_help=False, formatter_class=partial(_Help, lang), **options)
        self.lang: Lang = lang
        self._positionals.title, self._optionals.title = say(lang, "参数", "arguments"), say(lang, "选项", "options")
        self.add_argument("-h", "--help", action="help", help=say(lang, "显示本说明", "show this help"))
        self.add_argument("--lang", choices=LANGS, default=argparse.SUPPRESS, help="语言 · language")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is; exit with status 2."""
        lang = self.lang
        zh = next((made for pattern, words in _MISTAKES if (made := _said(pattern, words, message))), message)
        print(clean(say(lang, f"命令写法有误：{zh}。", f"The command is not right: {message}.")), file=sys.stderr)
        print(say(lang, f"用法见 {self.prog} --help", f"Usage: {self.prog} --help"), file=sys.stderr)
        raise SystemExit(2)


class _Help(argparse.HelpFormatter):
    """The text of ``--help``, its first word in the user's language too."""

    def __init__(self, lang: Lang, prog: str) -> None:
        super().__init__(prog)
        self._lang: Lang = lang

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """Add the line that shows how a command is written."""
        super().add_usage(usage, actions, groups, say(self._lang, "用法: ", "usage: ") if prefix is None else prefix)


_MISTAKES = (
    (r"the following arguments are required: (check \| .*)", "请给出命令 {0} 之一"),
    (r"the following arguments are required: (.*)", "还缺少 {0}"),
    (r"argument check \| .*: invalid choice: (.+) \(choose from (.*)\)", "没有命令 {0}，可选 {1}"),
    (r"argument (\S+).*: invalid choice: (.+) \(choose from (.*)\)", "{0} 不能是 {1}，可选 {2}"),
    (r"argument (\S+): invalid int value: (.+)", "{0} 应为整数，不能是 {1}"),
    (r"argument (\S+): not allowed with argument (\S+)", "{1} 和 {0} 不能同时使用"),
    (r"argument (\S+): expected one argument", "{0} 后面还缺少内容"),
    (r"unrecognized arguments: (.*)", "不认识 {0}"),
    (r"ambiguous option: (\S+) could match (.*)", "{0} 不明确，可能是 {1}"),
)
"""What argparse says, and how that is said in Chinese."""


def _said(pattern: str, words: str, message: str) -> str:
    found = re.fullmatch(pattern, message)
    return words.format(*(group.replace("'", "") for group in found.groups())) if found else ""


def _locale() -> str:
    return next((v for k in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := os.environ.get(k))), "").lower()


def _spoken(argv: Sequence[str]) -> Lang:
    """Return the language in which to speak of a command before it is understood: ``--lang``, else the locale, else Chinese."""
    asked = re.search(r"(?:^|\0)--lang[\0=](zh|en)(?:\0|$)", "\0".join(argv))
    return "en" if (asked[1] if asked else _locale()).startswith("en") else "zh"


def _parser(lang: Lang) -> _Parser:
    from auditkit import __version__

    def of(text: str) -> str:
        return say(lang, *text.split(" · "))

    parser = _Parser(
        lang=lang,
        prog="auditkit",
        description=of("审阅政府信息公开工作年度报告。 · Audit government information disclosure annual reports."),
        epilog=of("示例：auditkit check 2023.html 2024.html · Example: auditkit check 2023.html 2024.html"),
    )

    parser.add_argument(
        "--version", action="version", version=f"auditkit {__version__}", help=of("显示版本 · print the version")
    )
    parser.set_defaults(lang=None)  # the commands have no such default, so that ``--lang`` before one stays
    commands = parser.add_subparsers(dest="command", required=True, metavar="check | read | new | lab | memo | verify")
    command = partial(commands.add_parser, lang=lang)

    check = command("check", help=of("核对报告，逐份给出结论 · a verdict for each report"))
    check.add_argument("files", nargs="*", metavar="FILE", help=of("报告文件或案卷文件夹 · reports, or a case folder"))
    check.add_argument(
        "--list", action="store_true", help=of("列出检查哪些、不检查哪些 · what is checked, and what is not")
    )
    check.add_argument("--json", action="store_true", help=of("输出 JSON · print JSON"))
    check.set_defaults(run=_check)

    read = command("read", help=of("按原表式样显示读到的三张表 · show the tables as read"))
    read.add_argument("files", nargs="+", metavar="FILE", help=of("报告文件或案卷文件夹 · reports, or a case folder"))
    read.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        help=of("写出各格数据：.csv .xlsx .parquet .json · write the cells as data: .csv .xlsx .parquet .json"),
    )
    read.set_defaults(run=_read)

    new = command("new", help=of("新建案卷文件夹 · make a case folder"))
    new.add_argument("case", type=Path, metavar="CASE", help=of("要新建的文件夹 · the folder to make"))
    new.add_argument("files", nargs="*", type=Path, metavar="FILE", help=of("报告文件 · reports"))
    new.add_argument(
        "--keep",
        action="store_true",
        help=of("无法读取的文件也作为材料放进案卷 · keep files that cannot be read as material"),
    )
    new.set_defaults(run=_new)

    lab = command("lab", help=of("在 JupyterLab 中打开案卷 · open a case in JupyterLab"))
    lab.add_argument(
        "case",
        nargs="?",
        type=Path,
        metavar="CASE",
        help=of("案卷文件夹；缺省为演示案卷的副本 · a case folder; else a copy of the demonstration case"),
    )
    lab.add_argument("--no-browser", action="store_true", help=of("不打开浏览器 · open no browser"))
    lab.add_argument("--port", type=int, help=of("端口 · port"))
    lab.set_defaults(run=_lab)

    memo = command("memo", help=of("执行笔记本并导出审阅备忘录 · run a notebook, export the memo"))
    memo.add_argument(
        "inputs", nargs="+", type=Path, metavar="CASE|FILE", help=of("案卷文件夹，或若干报告文件 · a case, or reports")
    )
    memo.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        help=of("输出文件；以 .xlsx 结尾时写出 Excel 底稿 · file to write; an Excel workpaper if it ends in .xlsx"),
    )
    memo.add_argument(
        "--notebook", default="05", metavar="NN", help=of("笔记本编号，缺省 05 · notebook, 05 if not given")
    )
    kind = memo.add_mutually_exclusive_group()
    kind.add_argument(
        "--letter", action="store_true", help=of("写出致各机关的核实函 · write the letters to the agencies")
    )
    kind.add_argument("--list", action="store_true", help=of("写出问题清单 · write the list of exceptions"))
    memo.set_defaults(run=_memo)

    verify = command("verify", help=of("由来源重新计算并核对案卷或备忘录 · recompute a case or a memo and compare"))
    verify.add_argument(
        "target", type=Path, nargs="?", metavar="CASE|MEMO", help=of("案卷文件夹或备忘录 · a case, or a memo")
    )
    verify.add_argument(
        "--self",
        action="store_true",
        dest="tool",
        help=of(
            "核对本工具：逐格改动随附的报告，看能否察觉 · verify the tool: change every cell of the shipped reports"
        ),
    )
    verify.add_argument(
        "--case",
        type=Path,
        metavar="CASE",
        help=of("备忘录所属的案卷，若不在其中 · the memo's case, if it lies in none"),
    )
    verify.set_defaults(run=_verify)
    return parser


def _lang(args: argparse.Namespace) -> Lang:
    """``--lang``, else that of the case; where a command has none, the locale, else Chinese."""
    return "en" if (args.lang or _locale()).lower().startswith("en") else "zh"


def _lang_of_case(args: argparse.Namespace, case: Path | None) -> Lang:
    """Settle the language of a command on a case: ``--lang``, else that of the case, if it can be opened, else Chinese."""
    from auditkit.case import Case

    asked, args.lang = args.lang, args.lang or "zh"
    if case is not None:
        own = Case(case).lang
        args.lang = asked or own
    return _lang(args)


# --- reading files -----------------------------------------------------------------------------------------------------


def _is_case(file: str | Path) -> bool:
    return os.path.isfile(os.path.join(file, "case.toml"))


def _lang_of(args: argparse.Namespace) -> Lang:
    """Settle the language of a command on files: that of a case folder among them, if any, before the locale."""
    from auditkit.case import Case

    for file in args.files if not args.lang else ():
        if _is_case(file):
            with contextlib.suppress(CaseError):
                args.lang = Case(Path(file)).lang
                break
    return _lang(args)


def _gather(files: Sequence[str], lang: Lang, *, once: bool = False) -> tuple[list[Report], list[tuple[str, str]]]:
    """Read every file; what cannot be read is a problem (path, sentence), the rest goes on.

    Of a case the reports in scope, its journal applied; what of the journal does not hold is told. A file with the very content of one
    before is told, too, and counts no second time; where not `once`, it does if it is of a case or a person named it.
    """
    reports: list[Report] = []
    problems: list[tuple[str, str]] = []
    todo: list[str] = []
    known: dict[tuple[object, ...], str] = {}

    def take(file: str, sha256: str, found: Sequence[Report], *, again: bool) -> None:
        key = _content(sha256, found)
        if found and key in known:
            zh = "给出不止一次" if known[key] == file else f"与 {known[key]} 内容完全相同"
            en = "given more than once" if known[key] == file else f"the very same content as {known[key]}"
            zh, en = f"{zh}，{'另计一份' if again else '不再计入'}。", f"{en}; {'' if again else 'not '}counted again."
            _tell([(file, say(lang, zh, en))])
        if again or key not in known:
            reports.extend(found)
        known.setdefault(key, file)

    for file in files:
        if not _is_case(file):
            todo.append(file)
            continue
        from auditkit.case import Case

        try:
            case = Case(Path(file), lang)
            for source in (s for s in case.sources if s.in_scope):
                take(str(case.path / "sources" / source.name), source.sha256, source.reports, again=not once)
        except CaseError as error:
            problems.append((file, error.message(lang)))
            continue
        problems += [(s.problem.path, s.problem.message(lang)) for s in case.sources if s.problem]
        said = [fault.message(lang) for fault in case.journal.faults]
        said += [lapsed.message(lang) for lapsed in case.stated.lapsed] if case.journal.entries else []
        _tell([(file, sentence) for sentence in said])
    n = sum(1 for _ in _files(todo)) if sys.stderr.isatty() else 0
    for k, (item, data, problem) in enumerate(_files(todo), 1):
        progress.doing(lang, f"读取 {k}/{n}：{item}", f"reading {k}/{n}: {item}")
        try:
            if problem:
                raise problem
            told: list[ReadingError] = []
            data = read_bytes(item) if data is None else data
            found = load_bytes(item, data, told)
            take(item, hashlib.sha256(data).hexdigest(), found, again=not once and item in files)
            problems += ((item, error.message(lang)) for error in told)
        except ReadingError as error:
            problems.append((item, error.message(lang)))
    progress.done()
    return reports, problems


def _files(paths: Sequence[str]) -> Iterator[tuple[str, bytes | None, ReadingError | None]]:
    """Yield the files named, those of folders and archives one by one; or what is wrong with a path."""
    from auditkit.material import files

    for path in paths:
        try:
            for name, data in files(path):
                if isinstance(data, ReadingError):
                    yield name, None, data
                else:
                    yield name, data, None
        except ReadingError as error:
            yield path, None, error


def _tell(problems: list[tuple[str, str]]) -> None:
    progress.done()
    for path, sentence in problems:
        print(f"{clean(path or '“”')}: {clean(sentence)}", file=sys.stderr)


def _content(sha256: str, reports: Sequence[Report]) -> tuple[object, ...]:
    """Return what is in a file; of tables without a title its name says whose they are."""
    return sha256, *((r.agency, r.year) for r in reports)


def _tell_copies(case: Case) -> None:
    """Say which sources of a new case have the very same content: both are in it, and people decide which one counts."""
    known: dict[tuple[object, ...], str] = {}
    for source in case.sources:
        if first := known.get(_content(source.sha256, source.reports)):
            zh = f"与 {first} 内容完全相同，两份都计入；可在笔记本 00 第 4 问中选定一份。"
            en = f"the very same content as {first}; both count. Notebook 00, question 4, lets you choose one."
            _tell([(source.name, say(case.lang, zh, en))])
        known.setdefault(_content(source.sha256, source.reports), source.name)


# --- check -------------------------------------------------------------------------------------------------------------


def _check(args: argparse.Namespace) -> int:
    from auditkit.checks import run

    lang = _lang_of(args)
    zh, en = "请给出报告文件或案卷，或者只用 --list。", "Give reports or a case, or --list alone."
    need(args.list != bool(args.files), zh, en)
    if args.list:
        from auditkit.export import catalog_as_json
        from auditkit.views.memo import catalogue

        print(json.dumps(catalog_as_json(lang), ensure_ascii=False, indent=1) if args.json else catalogue(lang).text)
        return 0
    reports, problems = _gather(args.files, lang)
    progress.doing(lang, f"核对 {len(reports)} 份报告", f"checking {len(reports)} reports")
    findings = run(reports, lang)
    progress.done()
    if args.json:
        from auditkit.export import as_json
        from auditkit.tables import INVISIBLE

        text = json.dumps(as_json(findings, problems, lang), ensure_ascii=False, indent=1)
        print(INVISIBLE.sub(lambda found: json.dumps(found[0])[1:-1], text))  # to a terminal too: as escapes
    elif findings.results:
        print(verdicts(findings, lang, coloured=sys.stdout.isatty() and not os.environ.get("NO_COLOR")))
    _tell(problems)
    if problems:
        return 2
    return 1 if any(r.verdict in ("exceptions", "not assessable") for r in findings.results) else 0


# --- the other commands ------------------------------------------------------------------------------------------------


def _read(args: argparse.Namespace) -> int:
    from auditkit import export
    from auditkit.tables import report_tables
    from auditkit.views.read import why_unplaced

    lang = _lang_of(args)
    known, endings = not args.output or args.output.suffix.lower() in export.ENDINGS, " ".join(export.ENDINGS)
    need(known, f"{args.output}：只能写出 {endings}。", f"{args.output}: only {endings} can be written.")
    reports, problems = _gather(args.files, lang, once=True)
    if args.output:
        progress.doing(lang, f"写出 {args.output}", f"writing {args.output}")
        try:
            args.output.parent.mkdir(parents=True, exist_ok=True)
            export.write(reports, args.output, lang)
            progress.done()
            print(clean(say(lang, f"已写出 {args.output}", f"written: {args.output}")))
        except OSError as error:
            problems.append((str(args.output), say(lang, f"无法写出（{error}）。", f"cannot be written ({error}).")))
    for report in reports if not args.output else ():
        print(clean(report_tables(report, lang).text, keep="\n"))
        for item in report.unplaced:
            said = filter(None, (item.near or why_unplaced(item, lang), item.place.describe(lang)))
            where = say(lang, "，", ", ").join(said)
            print(clean(say(lang, f"未落位：{item.text}（{where}）", f"unplaced: {item.text} ({where})")))
        print()
    _tell(problems)
    print(export.account(reports, lang))
    return 2 if problems else 0


def _new(args: argparse.Namespace) -> int:
    from auditkit.case.opening import new_case

    lang = _lang(args)
    told: list[ReadingError] | None = [] if args.keep else None
    try:
        case = new_case(args.case, args.files, lang=lang, problems=told)
    except ReadingError as error:
        _tell([(error.path, error.message(lang))])
        zh, en = "没有新建案卷。", "no case was made."
        if all(map(os.path.lexists, args.files)):
            zh += "加 --keep 可把无法读取的文件也作为材料放进案卷。"
            en += " With --keep, files that cannot be read are put into the case as material."
        print(say(lang, zh, en), file=sys.stderr)
        return 2
    _tell([(error.path, error.message(lang)) for error in told or ()])
    _tell_copies(case)
    n, folder = len(case.sources), clean(str(args.case))
    zh = f"已新建案卷 {folder}，{n} 个文件。打开：auditkit lab {folder}"
    en = f"case {folder} made, {n} {'file' if n == 1 else 'files'}. Open it: auditkit lab {folder}"
    print(say(lang, zh, en))
    return 0


def _lab(args: argparse.Namespace) -> int:
    from auditkit.case import Case
    from auditkit.case.folder import shipped
    from auditkit.case.opening import new_case
    from auditkit.lab import open_lab

    lang, folder = _lang_of_case(args, args.case), args.case or Path("auditkit-demo")
    if args.case is None and not _is_case(folder):
        files = sorted(f for f in (shipped("data") / "sources").iterdir() if f.name != "SHA256SUMS")
        new_case(folder, files, lang=lang, title=Case(shipped("data")).title)
        shutil.copytree(shipped("notebooks"), folder / "notebooks", dirs_exist_ok=True)  # with their outputs

    def tell(text: str) -> None:
        print(clean(text, keep="\n"), flush=True)

    return open_lab(folder, lang=lang, browser=not args.no_browser, port=args.port, tell=tell)


def _memo(args: argparse.Namespace) -> int:
    import tempfile

    from auditkit.case import Case
    from auditkit.case.opening import new_case

    endings = (".html", ".htm") if args.letter or args.list else (".html", ".htm", ".xlsx")
    zh, en = (
        f"{args.output}：只能写出 {'、'.join(endings)}。",
        f"{args.output}: only {', '.join(endings)} can be written.",
    )
    need(not args.output or args.output.suffix.lower() in endings, zh, en)
    whole = len(args.inputs) == 1 and _is_case(args.inputs[0])
    lang = _lang_of_case(args, args.inputs[0]) if whole else _lang(args)
    try:
        if whole:
            return _write(Case(args.inputs[0], lang), args, args.output)
        with tempfile.TemporaryDirectory(prefix="auditkit-") as aside:
            folder = Path(aside) / "case"
            title = say(lang, "政府信息公开工作年度报告审阅", "Review of annual reports")
            case = new_case(folder, args.inputs, lang=lang, title=title)
            _tell_copies(case)
            name = "letter.html" if args.letter else "list.html" if args.list else "memo.html"
            return _write(case, args, args.output or Path(name))
    except OSError as error:
        name = error.filename or args.output or args.inputs[0]
        zh = f"{name}：无法写出（{error.strerror}）。请检查磁盘空间和权限。"
        en = f"{name}: cannot be written ({error.strerror}). Check the space on the disk and the permissions."
        raise CaseError(zh, en) from error


def _write(case: Case, args: argparse.Namespace, output: Path | None) -> int:
    """Write what was asked for: letters, list, workpaper, or a notebook run and exported."""
    lang = case.lang
    if args.letter or args.list:
        from auditkit import letter

        which: Literal["letter", "list"] = "letter" if args.letter else "list"
        out = letter.write(case, _room_for(output or case.path / "out" / f"{which}.{lang}.html"), which)
        progress.done()
        print(clean(say(lang, f"已写出{'核实函' if args.letter else '问题清单'}：{out}", f"{which} written: {out}")))
        return 0
    if output and output.suffix.lower() == ".xlsx":
        from auditkit import workpaper

        out = workpaper.write(case, _room_for(output))
        progress.done()
        print(clean(say(lang, f"已写出 Excel 底稿：{out}", f"workpaper written: {out}")))
        return 0
    from auditkit.case import NOTEBOOKS
    from auditkit.case.folder import shipped
    from auditkit.memo import execute, export

    name = next((n for n in NOTEBOOKS if n[:2] == args.notebook.zfill(2) or n == args.notebook), None)
    if name is None:
        zh = f"没有编号为 {args.notebook} 的笔记本，可选 {NOTEBOOKS[0][:2]} 至 {NOTEBOOKS[-1][:2]}。"
        en = f"there is no notebook {args.notebook}; choose from {NOTEBOOKS[0][:2]} to {NOTEBOOKS[-1][:2]}."
        raise CaseError(zh, en)
    here = case.path / "notebooks" / lang  # `open_case` climbs from it to the case and takes the language from its name
    notebook = here / f"{name}.ipynb"
    if not notebook.is_file():
        notebook = shipped("notebooks") / lang / f"{name}.ipynb"
        if case.is_demonstration:
            here = notebook.parent
        here.mkdir(parents=True, exist_ok=True)
    out = _room_for(output or case.path / "out" / f"{name}.{lang}.html")
    export(execute(notebook, cwd=here, lang=lang), out, lang=lang)
    progress.done()
    print(clean(say(lang, f"已写出审阅备忘录：{out}", f"memo written: {out}")))
    return 0


def _room_for(out: Path) -> Path:
    """Make the folder of a file to write."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CaseError(
            f"{out.parent}：无法新建（{error.strerror}）。", f"{out.parent}: cannot be made ({error.strerror})."
        ) from error
    return out


def _verify(args: argparse.Namespace) -> int:
    from auditkit.verify import verify

    case = args.case or args.target
    with contextlib.suppress(CaseError):
        if case and (args.case or Path(case).is_dir()):
            _lang_of_case(args, case)
    lang = _lang(args)
    zh, en = "请给出案卷或备忘录，或者只用 --self。", "Give a case or a memo, or --self alone."
    need(args.tool != (args.target is not None), zh, en)
    if args.tool:
        from auditkit import selfcheck

        found = selfcheck.run(selfcheck.shipped_reports(), lang)
        progress.done()
        for line in selfcheck.shown(found, lang).text.splitlines():
            print(clean(line))
        return 0 if found.holds else 1
    lines, status = verify(args.target, lang, args.case)
    progress.done()
    for line in lines:
        print(clean(line), file=sys.stderr if status == 2 else sys.stdout)
    return status
