"""The commands that ask what would be otherwise: on which days, after which changes, with which answers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiaoli import terminal
from tiaoli.base import CallError, CaseError, Lang, Statement, check_outputs
from tiaoli.cli.options import DECIDING, SharedOptions, read_case, settings_of, with_benefits, with_shared, with_subject
from tiaoli.cli.output import dump

if TYPE_CHECKING:
    from tiaoli.case import Case
    from tiaoli.oracle import Interview, Oracle


@click.command()
@with_subject
@with_shared(*DECIDING)
def when(shared: SharedOptions, file: str, benefit: str, subject: str | None) -> int:
    """The spans of application days on which BENEFIT is granted.

    Says what opens and what closes each. Everything but the day of the application stays as the case has it.
    """
    oracle = shared.oracle
    found = oracle.when(read_case(oracle, file), benefit, subject, limit=shared.limit)
    shared.show(found, lambda: terminal.calendar(oracle.policy, found, shared.lang))
    return 3 if found.limit_reached else 0


@click.command("what-if")
@with_subject
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="Try one hypothetical instead; may be given several times.")
@click.option("--lose", is_flag=True, help="The changes after which it is certain not to be granted.")
@click.option("--max", "most", type=click.IntRange(min=1), default=10, show_default=True, metavar="N", help="How many to look for.")
@click.option("--all", "every", is_flag=True, help="Look for all of them.")
@with_shared(*DECIDING)
def what_if(
    shared: SharedOptions,
    file: str,
    benefit: str,
    subject: str | None,
    settings: tuple[str, ...],
    lose: bool,
    most: int,
    every: bool,
) -> int:
    """The smallest changes after which BENEFIT would be granted, fewest first.

    Only what somebody can still change is changed: by the applicant, by an authority, or by waiting. Each was decided again. PATH is a
    fact's path in the case, like employments.e1.start; VALUE is written as in a case file.
    """
    oracle = shared.oracle
    case = read_case(oracle, file)
    if settings:
        tried = oracle.suppose(case, benefit, subject, changes=settings_of(oracle.policy, settings), limit=shared.limit)
        shared.show(tried, lambda: terminal.hypothesis(oracle.policy, tried, shared.lang))
        return 3 if tried.limit_reached else 0
    found = oracle.what_if(case, benefit, subject, lose=lose, most=None if every else most, limit=shared.limit)
    shared.show(found, lambda: terminal.what_if(oracle.policy, found, shared.lang))
    return 3 if found.limit_reached else 0


@click.command()
@click.argument("file", type=click.Path(allow_dash=True))
@with_benefits
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="Save the case here, as JSON or YAML by the name.")
@with_shared(*DECIDING)
def ask(shared: SharedOptions, file: str, output: Path | None) -> int:
    """Ask for the missing facts that decide, one at a time, the one that settles most first.

    Answers are lines of standard input: `?` leaves a question open, `<` goes back, `.` stops with the answer so far. --json lists the
    questions, and which answers settle what, without asking.
    """
    oracle = shared.oracle
    if file == "-" and not shared.as_json:
        raise CallError.one(
            "FILE",
            "标准输入用于回答问题，不能同时是案件；请给出案件文件，或加 --json",
            "standard input carries the answers and cannot be the case as well; name a case file, or add --json",
        )
    if output is not None and str(output) == "-":
        zh, en = "标准输出用于对话；请给出文件名", "standard output carries the questions; name a file"
        raise CallError.one("-o", zh, en)
    check_outputs([("-o", output)], [("FILE", file)])
    case = read_case(oracle, file)
    if shared.as_json:
        found = oracle.ask(case, benefits=shared.benefits or None, limit=shared.limit)
        click.echo(dump(found.to_json()))
        return 3 if found.limit_reached else 0
    from tiaoli.oracle import Interview

    interview = Interview(oracle, case, benefits=shared.benefits or None, limit=shared.limit)
    return _interview(oracle, interview, file, output, shared.lang)


def _interview(oracle: Oracle, interview: Interview, file: str, output: Path | None, lang: Lang) -> int:
    from tiaoli.questions import item_of

    terminal.show(terminal.interview_help(lang), sys.stdout)
    while interview.question is not None:
        terminal.show(terminal.asked(oracle.policy, interview, lang), sys.stdout)
        text = _line()
        if text in (None, "."):
            break
        if text == "?":
            interview.leave_open()
        elif text == "<":
            if not interview.back():
                click.echo(BACK.say(lang))
        elif text:
            item = item_of(interview.question.path, interview.field)
            try:
                interview.answer(terminal.chosen(oracle.policy, interview.field, item, text))
            except CaseError as error:
                click.echo(error.problems[0].what.say(lang))
    found = interview.result()
    click.echo()
    terminal.show(terminal.answer(oracle.encoding, found, lang), sys.stdout)
    if output is None and interview.answered:
        click.echo()
        click.echo(SAVE.say(lang))
        name = _line()
        output = Path(name) if name else None
        check_outputs([("-o", output)], [("FILE", file)])
    if output is not None:
        _save(interview.case, output, lang)
    return 3 if found.limit_reached or interview.limit_reached else 0


def _line() -> str | None:
    """A line of standard input, or `None` at its end."""
    click.echo("> ", nl=False)
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        # a reader of the transcript sees what was answered
        click.echo(line.strip())
    return line.strip() if line else None


def _save(case: Case, output: Path, lang: Lang) -> None:
    from tiaoli.case import write_document

    write_document(case.to_json(), output)
    click.echo({"zh": f"案件已保存于 {output}", "en": f"the case is saved in {output}"}[lang])


BACK = Statement("这已是第一个问题。", "This is the first question.")
SAVE = Statement("把补全后的案件保存到哪个文件？（直接回车则不保存）", "Save the completed case in which file? (Enter alone: do not save)")
