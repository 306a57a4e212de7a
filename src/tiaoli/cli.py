"""The command line: reads files, asks the oracle, prints. Everything it says a program can have with `--json`."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tiaoli import __version__
from tiaoli.errors import CallError, CaseError, InternalError, Problem, TiaoliError
from tiaoli.words import Lang, choices, shown

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from tiaoli.answer import Answer
    from tiaoli.case import Case
    from tiaoli.oracle import Oracle

Command = TypeVar("Command", bound=Callable[..., Any])


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code: 0 answered, 1 findings, 2 wrong input or call, 3 a limit, 4 an internal check."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        try:
            code = tiaoli.main(list(arguments), prog_name="tiaoli", standalone_mode=False)
        except click.exceptions.Exit as stop:
            code = stop.exit_code
        sys.stdout.flush()
        return int(code or 0)
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # the reader has gone; nothing more can be said to it
        return 1
    except TiaoliError as error:
        _report([("", error)], _language(arguments))
        return error.exit_code


def _language(arguments: Sequence[str]) -> Lang:
    """The language asked for, found also where the arguments could not be parsed; by default the locale's."""
    for position, word in enumerate(arguments):
        value = word.partition("=")[2] if word.startswith("--lang=") else "".join(arguments[position + 1 : position + 2])
        if word.startswith("--lang") and value in ("zh", "en"):
            return "zh" if value == "zh" else "en"
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if locale.startswith("zh") else "en"


def _report(errors: Sequence[tuple[str, TiaoliError]], lang: Lang) -> None:
    """Say on standard error what is wrong, a line a problem, each under the file it is in."""
    for name, error in errors:
        for problem in error.problems:
            text = problem.say(lang)
            inside = not name or problem.where.startswith(name)
            click.echo(f"tiaoli: {text}" if inside else f"tiaoli: {name}: {text}", err=True)
        case = getattr(error, "case", None)
        if case is not None:
            with tempfile.NamedTemporaryFile("w", prefix="tiaoli-", suffix=".case.json", delete=False, encoding="utf-8") as file:
                json.dump(case, file, ensure_ascii=False, indent=1)
            saved = "案件已保存于" if lang == "zh" else "the case is saved in"
            click.echo(f"tiaoli: {saved} {file.name}", err=True)


# Arguments


_A_FILE = click.Path(allow_dash=True, path_type=Path)


def _complete(words: Callable[[Oracle], Sequence[str]]) -> Callable[..., list[CompletionItem]]:
    def complete(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        try:
            return [CompletionItem(word) for word in words(_oracle(None, None, ())) if word.startswith(incomplete)]
        except TiaoliError:
            return []

    return complete


def _benefits(oracle: Oracle) -> list[str]:
    return list(oracle.policy.benefits)


def _clauses(oracle: Oracle) -> list[str]:
    return [clause.strip("（）") for clause in oracle.policy.clauses]


def _options(oracle: Oracle) -> list[str]:
    return [f"{reading.name}={option.id}" for reading in oracle.policy.readings.values() for option in reading.options]


def _with_language(command: Command) -> Command:
    return click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of the text; by default the locale's.")(command)


def _with_json(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)


def _with_policy(command: Command) -> Command:
    root = click.Path(path_type=Path)
    command = click.option("--policy-root", type=root, metavar="DIR", help="A folder holding policy/ and encodings/.")(command)
    return click.option("--policy", metavar="ID", help="The policy to decide by.")(command)


def _with_limit(command: Command) -> Command:
    seconds = click.FloatRange(min=0, min_open=True)
    text = "Time to search one case; what is certain by then is printed."
    return click.option("--limit", type=seconds, default=10, show_default=True, metavar="SECONDS", help=text)(command)


def _with_readings(command: Command) -> Command:
    return click.option(
        "--reading",
        "readings",
        multiple=True,
        metavar="NAME=OPTION",
        shell_complete=_complete(_options),
        help="Choose a reading instead of its default; may be given several times.",
    )(command)


def _oracle(policy: str | None, policy_root: Path | None, readings: Sequence[str]) -> Oracle:
    from tiaoli.oracle import Oracle

    chosen: dict[str, str] = {}
    for text in readings:
        name, equals, option = text.partition("=")
        if not equals:
            raise CallError.one("--reading", f"{shown(text)} 应写成 名称=选项", f"write {shown(text)} as NAME=OPTION")
        if chosen.setdefault(name.strip(), option.strip()) != option.strip():
            raise CallError.one("--reading", f"{shown(name)} 选了两次，前后不一", f"{shown(name)} is chosen twice, differently")
    return Oracle(policy, policy_root=policy_root, readings=chosen)


def _read_case(name: str) -> Case:
    from tiaoli.case import Case
    from tiaoli.documents import MAX_BYTES, read_document

    standard_input = sys.stdin.buffer.read(MAX_BYTES + 1) if name == "-" else None
    return Case.read(read_document(Path(name), standard_input))


def _dump(value: Any, indent: int | None = 1) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


# Commands


class _Group(click.Group):
    """A misspelt command is answered with the nearest one."""

    def resolve_command(self, context: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(context, args[0]) is None and not args[0].startswith("-"):
            near = choices(self.list_commands(context), args[0])
            raise click.UsageError(f"there is no command {shown(args[0])}; {near.en}", context)
        return super().resolve_command(context, args)


def _version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    from tiaoli.engine import CLINGO_VERSION

    policy = _oracle(None, None, ()).policy
    click.echo(f"tiaoli {__version__}\nclingo {CLINGO_VERSION}\n{policy.id} {policy.digest}")
    context.exit()


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Package, clingo and policy digest.")
def tiaoli() -> None:
    """条理: decides cases under a government notice, and says why.

    A case is one applicant's data in YAML or JSON; `tiaoli template BENEFIT` prints one to fill in.
    """


@tiaoli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(allow_dash=True))
@click.option("--benefit", "benefits", multiple=True, metavar="B", shell_complete=_complete(_benefits), help="Ask for this benefit alone.")
@_with_limit
@_with_readings
@_with_policy
@_with_json
@_with_language
def decide(
    files: tuple[str, ...],
    benefits: tuple[str, ...],
    limit: float,
    readings: tuple[str, ...],
    policy: str | None,
    policy_root: Path | None,
    as_json: bool,
    lang: Lang | None,
) -> int:
    """Decide cases: outcome, amount, every condition, what is missing, and what other readings say.

    FILE is YAML or JSON; `-` reads standard input. With several files the good ones are answered and the bad ones named at the end.
    """
    language = lang or _language(())
    oracle = _oracle(policy, policy_root, readings)
    bad: list[tuple[str, TiaoliError]] = []
    limited = False
    for position, name in enumerate(files):
        try:
            found = oracle.decide(_read_case(name), benefits=benefits or None, limit=limit, full=True)
        except (CaseError, InternalError) as error:
            bad.append((name, error))
            continue
        limited = limited or found.limit_reached
        if as_json:
            click.echo(_dump(found.to_json(), 1 if len(files) == 1 else None))
        else:
            _print_answer(oracle, found, language, apart=position > 0)
    _report(bad, language)
    return max((error.exit_code for _, error in bad), default=3 if limited else 0)


def _print_answer(oracle: Oracle, found: Answer, lang: Lang, apart: bool) -> None:
    from tiaoli import render

    if apart:
        click.echo()
    render.show(render.answer(oracle.encoding, found, lang), sys.stdout)


@tiaoli.command()
@click.argument("source", metavar="IN", type=_A_FILE)
@click.option("-o", "--output", "target", required=True, metavar="OUT", type=_A_FILE, help="The answers.")
@click.option("--format", "kind", type=click.Choice(["jsonl", "parquet"]), help="Of IN and OUT; by default what IN's name ends with.")
@click.option("--rejects", metavar="FILE", type=click.Path(path_type=Path), help="Lines without a case; OUT.rejects.jsonl by default.")
@click.option("--benefit", "benefits", multiple=True, metavar="B", shell_complete=_complete(_benefits), help="Ask for this benefit alone.")
@click.option("--why", is_flag=True, help="Write the unmet conditions of every refusal, with clauses and words.")
@click.option("--full", is_flag=True, help="Write full answers (slow: clingo decides every case).")
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="Write the summary as a page with plots.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="Processes.")
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped.")
@click.option("--restart", is_flag=True, help="Forget a run that was stopped.")
@_with_limit
@_with_readings
@_with_policy
@_with_json
@_with_language
def bulk(
    source: Path,
    target: Path,
    kind: str | None,
    rejects: Path | None,
    benefits: tuple[str, ...],
    why: bool,
    full: bool,
    report: Path | None,
    workers: int,
    resume: bool,
    restart: bool,
    limit: float,
    readings: tuple[str, ...],
    policy: str | None,
    policy_root: Path | None,
    as_json: bool,
    lang: Lang | None,
) -> int:
    """Decide a population: a case a line in IN (JSON Lines), an answer a line in OUT, in the same order.

    With Parquet it is a case a row in IN and a decision a row in OUT. Lines (rows) that hold no case go to a file of their own with number,
    path and reason. OUT appears when it is whole; a run that was stopped goes on with --resume. A sample of every run is decided again by
    clingo. `-` is standard input or output.
    """
    from tiaoli import bulk as many
    from tiaoli import render
    from tiaoli.lines import Options

    language, started = lang or _language(()), time.monotonic()
    oracle = _oracle(policy, policy_root, readings)
    options = Options(oracle.checked_benefits(benefits or None), full, why, limit)
    job = many.Job(source, target, rejects, policy, policy_root, oracle.chosen_readings, options, workers, resume, restart)
    with render.progress(sys.stderr, language) as show_progress:
        run = many.run
        if kind == "parquet" or (kind is None and source.suffix in (".parquet", ".pq")):
            from tiaoli.parquet import run
        tally = run(job, lambda progress: show_progress(*progress))
    found = many.summary(oracle, tally, time.monotonic() - started)
    if report is not None:
        from tiaoli.report import write

        write(report, oracle.policy, found)
    # standard output is the result's where it was asked for
    stream = sys.stderr if str(target) == "-" else sys.stdout
    if as_json:
        click.echo(_dump(found), file=stream)
    else:
        render.show(render.bulk_summary(oracle.policy, found, str(job.rejects_path), language), stream)
    return 2 if tally.rejected else 3 if tally.limited else 0


@tiaoli.command()
@click.argument("clause", required=False, shell_complete=_complete(_clauses))
@_with_policy
@_with_json
@_with_language
def notice(clause: str | None, policy: str | None, policy_root: Path | None, as_json: bool, lang: Lang | None) -> None:
    """The text of the notice, or of one CLAUSE (三, （三） or 3) with its rules.

    Shows each sentence with its parameters, readings and doubts, and what is not computed and why.
    """
    from tiaoli.notice import entries

    loaded = _oracle(policy, policy_root, ()).policy
    found = entries(loaded, clause)
    if as_json:
        content = {"policy": loaded.number, "policy_digest": loaded.digest, "sentences": [entry.to_json() for entry in found]}
        click.echo(_dump(content))
        return
    from tiaoli import render

    render.show(render.notice(loaded, found, lang or _language(()), with_rules=clause is not None), sys.stdout)


@tiaoli.command()
@click.argument("benefit", shell_complete=_complete(_benefits))
@_with_policy
@_with_language
def template(benefit: str, policy: str | None, policy_root: Path | None, lang: Lang | None) -> None:
    """A commented case to fill in for BENEFIT."""
    from tiaoli.template import template as build

    oracle = _oracle(policy, policy_root, ())
    known = oracle.policy.benefits
    if benefit not in known:
        near = choices(known, benefit)
        raise CallError.one("BENEFIT", f"没有权益 {shown(benefit)}；{near.zh}", f"there is no benefit {shown(benefit)}; {near.en}")
    click.echo(build(oracle.encoding, known[benefit], date.today().isoformat(), lang or _language(())), nl=False)


@tiaoli.command()
@click.argument("file", type=click.Path(allow_dash=True))
@_with_readings
@_with_policy
@_with_language
def facts(file: str, readings: tuple[str, ...], policy: str | None, policy_root: Path | None, lang: Lang | None) -> int:
    """Every ASP fact of a case, for `python -m clingo encodings/<id>/*.lp FACTS`.

    Unknown facts are choices: clingo then lists one model a completion; `--enum-mode=cautious` gives what holds in all of them.
    """
    oracle = _oracle(policy, policy_root, readings)
    try:
        known, unknown = oracle.facts(_read_case(file))
    except CaseError as error:
        _report([(file, error)], lang or _language(()))
        return error.exit_code
    click.echo(f"% {oracle.policy.number} {oracle.policy.id}")
    for fact in known:
        click.echo(f"{fact}.")
    for options in unknown:
        click.echo(f"1 {{ {' ; '.join(map(str, options))} }} 1.")
    return 0


@tiaoli.command()
@_with_policy
@_with_json
@_with_language
def check(policy: str | None, policy_root: Path | None, as_json: bool, lang: Lang | None) -> int:
    """Lint a policy and its rules: dialect, quotes, vocabulary, coverage of the notice's sentences.

    Exit code 1 where there are findings.
    """
    from tiaoli.load import find, problems_of

    problems: list[Problem] = problems_of(policy, policy_root)
    name, _ = find(policy, policy_root)
    language = lang or _language(())
    if as_json:
        findings = [{"where": problem.where, "statement": problem.what.to_json()} for problem in problems]
        click.echo(_dump({"policy": name, "findings": findings}))
    else:
        for problem in problems:
            click.echo(problem.say(language))
        none = {"zh": f"{name}：未发现问题", "en": f"{name}: nothing found"}
        some = {"zh": f"{name}：{len(problems)} 处问题", "en": f"{name}: {len(problems)} finding{'s' * (len(problems) > 1)}"}
        click.echo((some if problems else none)[language])
    return 1 if problems else 0


@tiaoli.command()
@click.option("--arrow", is_flag=True, help="The Arrow schemas of a population instead: of cases, and of decisions.")
@_with_policy
def schema(arrow: bool, policy: str | None, policy_root: Path | None) -> None:
    """The JSON Schema of case files, for editors and programs."""
    if arrow:
        from tiaoli.parquet import schemas

        click.echo(schemas(_oracle(policy, policy_root, ()).policy))
        return
    from tiaoli.schema import case_schema

    click.echo(_dump(case_schema(_oracle(policy, policy_root, ()).policy)))


@tiaoli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """The completion script of a SHELL: `source <(tiaoli completion bash)`."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(tiaoli, {}, "tiaoli", "_TIAOLI_COMPLETE").source())
