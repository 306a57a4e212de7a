"""`tiaoli check`: a policy linted once, at every change of its files, or with what can only be one thing put right."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click

from tiaoli.base import CallError, Lang, Problem, Statement, TiaoliError, choices, counted, in_lang, shown
from tiaoli.cli.options import SharedOptions, with_json, with_language, with_policy, with_shared
from tiaoli.cli.output import dump

_ROUNDS = 20
"""Put right so often, a policy is looked at no more: what is put right may show what else is to be."""


@click.command()
@click.option("--ignore", "ignored", multiple=True, metavar="ID", help="Leave out findings of this kind; repeatable.")
@click.option("--sentences", is_flag=True, help="List the sentences too that nobody wrote in norm.toml and the program made.")
@click.option("--watch", is_flag=True, help="Check again at every change of a file of the policy, until Ctrl-C.")
@click.option("--fix", is_flag=True, help="First put right what can only be one thing, and print each change as a diff.")
@with_shared(with_policy, with_json, with_language)
def check(shared: SharedOptions, ignored: tuple[str, ...], sentences: bool, watch: bool, fix: bool) -> int:
    """Lint a policy and its rules: dialect, quotes, vocabulary, coverage of the notice's sentences, and its properties.

    Findings come causes first: the first is the next to mend. Each bears the id of its kind, which docs/reference/problems.md explains.
    Exit code 1 where there are findings; with --watch as the last check found.
    """
    from tiaoli.base import PROBLEM_KINDS
    from tiaoli.encoding import find_policy

    for id in ignored:
        if id not in PROBLEM_KINDS:
            near = choices(PROBLEM_KINDS, id)
            raise CallError.one(
                "--ignore", f"没有编号为 {shown(id)} 的问题；{near.zh}", f"there is no kind of finding {shown(id)}; {near.en}"
            )
    if watch and fix:
        raise click.UsageError("--watch and --fix exclude one another: a file that is open in an editor is not to be changed under it")
    name, root = find_policy(shared.policy, shared.policy_root)
    if watch:
        return _watch(shared, name, root, ignored)
    if fix:
        _fix(shared, name, root, ignored)
    problems, kept = _findings(name, root, ignored, sentences)
    if shared.as_json:
        click.echo(dump(_to_json(name, kept, len(problems) - len(kept), ignored)))
    else:
        _print_findings(kept, shared.lang)
        click.echo(_counted_findings(name, len(kept), len(problems) - len(kept)).say(shared.lang))
    return 1 if kept else 0


def _findings(name: str, root: Path, ignored: Sequence[str], sentences: bool = False) -> tuple[list[Problem], list[Problem]]:
    """What is found, causes first; and what of it is kept."""
    from tiaoli.analysis import policy_findings
    from tiaoli.authoring import causes_first

    found = causes_first(policy_findings(name, root, sentences))
    return found, [problem for problem in found if problem.id not in ignored]


def _print_findings(kept: Sequence[Problem], lang: Lang) -> None:
    for problem in kept:
        click.echo(_line(problem, lang))


def _line(problem: Problem, lang: Lang) -> str:
    return f"{problem.say(lang)}  [{problem.id}]" if problem.id else problem.say(lang)


def _to_json(name: str, kept: Sequence[Problem], left_out: int, ignored: Sequence[str]) -> dict[str, object]:
    findings = [{"id": problem.id, "where": problem.where, "statement": problem.what.to_json()} for problem in kept]
    return {"policy": name, "findings": findings} | ({"ignored": left_out} if ignored else {})


def _counted_findings(policy: str, kept: int, ignored: int) -> Statement:
    """How many findings there are, and how many were left out; what stands behind those was not looked at."""
    zh, en = (f"{kept} 处问题", counted(kept, "finding", "findings")) if kept else ("未发现问题", "nothing found")
    if ignored:
        zh += f"；另有 {ignored} 处按 --ignore 略去，以其为前提的内容未作检查"
        en += f"; {counted(ignored, 'finding', 'findings')} left out by --ignore, and what rests on them is not checked"
    return Statement(f"{policy}：{zh}", f"{policy}: {en}")


# --fix


def _fix(shared: SharedOptions, name: str, root: Path, ignored: Sequence[str]) -> None:
    """Put right what can only be one thing, round by round; each change is printed, on standard error where standard output is JSON."""
    from tiaoli.authoring import correct_once

    corrected = 0
    for _ in range(_ROUNDS):
        found = correct_once(name, root, _findings(name, root, ignored)[1])
        for correction in found:
            click.echo(correction.diff(), err=shared.as_json)
            for reason in correction.reasons:
                click.echo(f"# {reason.say(shared.lang)}", err=shared.as_json)
            corrected += len(correction.reasons)
        if not found:
            break
    words = f"已改正 {corrected} 处", f"{counted(corrected, 'thing', 'things')} put right"
    nothing = "没有只能改成一种写法的问题", "nothing that can only be one thing"
    click.echo(in_lang(shared.lang, *(words if corrected else nothing)), err=shared.as_json)


# --watch


def _watch(shared: SharedOptions, name: str, root: Path, ignored: Sequence[str]) -> int:
    """Check at every change until somebody ends it; the code of the last check."""
    from tiaoli.authoring import FileWatch

    watched = FileWatch([root / "policy" / name, root / "encodings" / name])
    code = 0
    try:
        while True:
            began = time.perf_counter()
            try:
                problems, kept = _findings(name, root, ignored)
            except TiaoliError as error:
                # the folder itself is gone; it may come back
                problems = kept = list(error.problems)
            code = 1 if kept else 0
            _show(shared, name, kept, len(problems) - len(kept), time.perf_counter() - began, ignored)
            watched.wait()
    except KeyboardInterrupt:
        return code


def _show(shared: SharedOptions, name: str, kept: Sequence[Problem], left_out: int, seconds: float, ignored: Sequence[str]) -> None:
    """Print one check: the next thing to do, what it is about, and the rest behind it."""
    if shared.as_json:
        click.echo(dump(_to_json(name, kept, left_out, ignored), None))
    else:
        _clear(shared)
        if kept:
            from tiaoli.base import PROBLEM_KINDS

            first, *others = kept
            click.echo(in_lang(shared.lang, "下一步：", "next: ") + _line(first, shared.lang))
            if first.id in PROBLEM_KINDS:
                click.echo(f"  {PROBLEM_KINDS[first.id].say(shared.lang)}")
            _print_findings(others, shared.lang)
        said = _counted_findings(name, len(kept), left_out).say(shared.lang)
        click.echo(in_lang(shared.lang, f"{said}（{seconds:.1f} 秒）", f"{said} ({seconds:.1f} s)"))
    sys.stdout.flush()


def _clear(shared: SharedOptions) -> None:
    """A terminal shows one check at a time; elsewhere each stands below the last."""
    if sys.stdout.isatty() and not shared.as_json:
        click.clear()
