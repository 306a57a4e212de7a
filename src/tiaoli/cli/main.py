"""The command line: reads files, asks the oracle, prints. Everything it says a program can have with `--json`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tiaoli import __version__, present, terminal
from tiaoli.base import CallError, CaseError, InternalError, Problem, TiaoliError, choices, in_lang, shown
from tiaoli.cli import audit as cli_audit
from tiaoli.cli import bulk as cli_bulk
from tiaoli.cli import coverage as cli_coverage
from tiaoli.cli import diff as cli_diff
from tiaoli.cli import mcp as cli_mcp
from tiaoli.cli import prove as cli_prove
from tiaoli.cli import questions as cli_questions
from tiaoli.cli import receipts as cli_receipts
from tiaoli.cli import serve as cli_serve
from tiaoli.cli.options import (
    DECIDING,
    Command,
    SharedOptions,
    benefit_names,
    clause_names,
    complete,
    dump,
    language_of,
    open_oracle,
    read_case,
    report,
    time_of,
    with_benefits,
    with_json,
    with_language,
    with_made_at,
    with_policy,
    with_readings,
    with_shared,
    with_subject,
)

if TYPE_CHECKING:
    from tiaoli.decide import Answer, Receipt
    from tiaoli.questions import Reason


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
        report([("", error)], language_of(arguments))
        return error.exit_code


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
    from tiaoli.rules import CLINGO_VERSION, CONTRACT_VERSION

    policy = open_oracle(None, None, ()).policy
    click.echo(f"tiaoli {__version__}\nclingo {CLINGO_VERSION}\n{policy.id} {policy.digest}\nrule contract {CONTRACT_VERSION}")
    context.exit()


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Package, clingo, policy, rule contract.",
)
def tiaoli() -> None:
    """条理: decides cases under a government notice, and says why.

    A case is one applicant's data in YAML or JSON; `tiaoli template BENEFIT` prints one to fill in.
    """


@tiaoli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(allow_dash=True))
@with_benefits
@click.option("--readings", "by_reading", is_flag=True, help="Show which readings decide, and who gains and loses by each.")
@click.option("--reason", "with_reason", is_flag=True, help="Show facts that guarantee each outcome whatever the rest is.")
@click.option("--receipt", type=click.Path(path_type=Path), metavar="OUT", help="Write a receipt of each answer there.")
@with_made_at
@with_shared(*DECIDING)
def decide(
    shared: SharedOptions, files: tuple[str, ...], by_reading: bool, with_reason: bool, receipt: Path | None, made_at: str | None
) -> int:
    """Decide cases: outcome, amount, every condition, what is missing, and what other readings say.

    FILE is YAML or JSON; `-` reads standard input. With several files the good ones are answered and the bad ones named at the end.
    OUT holds a receipt in JSON, or one a line where there are several files.
    """
    from tiaoli.protocol import decided

    made = time_of(made_at)
    receipts: list[Receipt] = []
    oracle = shared.oracle
    bad: list[tuple[str, TiaoliError]] = []
    limited = False
    for position, name in enumerate(files):
        try:
            case = read_case(name)
            found = decided(oracle, case, shared.benefits, None, shared.limit, reason=with_reason)
        except (CaseError, InternalError) as error:
            bad.append((name, error))
            continue
        if receipt is not None:
            receipts.append(oracle.receipt(case, benefits=shared.benefits or None, answer=found.answer, made_at=made))
            if len(files) == 1:
                # where it cannot be written nothing is on standard output
                _write_receipts(receipts, receipt)
        limited = limited or found.limit_reached
        if shared.as_json:
            click.echo(dump(found.to_json(), 1 if len(files) == 1 else None))
        else:
            if position:
                click.echo()
            _show_answer(shared, found.answer, found.reasons, by_reading)
            if receipt is not None:
                click.echo(f"{in_lang(shared.lang, '收据', 'receipt')} {receipts[-1].sha256}")
    if receipt is not None and len(files) > 1:
        _write_receipts(receipts, receipt)
    report(bad, shared.lang)
    return max((error.exit_code for _, error in bad), default=3 if limited else 0)


def _write_receipts(receipts: Sequence[Receipt], target: Path) -> None:
    from tiaoli.case import write_text
    from tiaoli.receipts import receipts_text

    write_text(target, receipts_text(receipts))


def _show_answer(shared: SharedOptions, found: Answer, reasons: Sequence[Reason] | None, by_reading: bool) -> None:
    encoding, lang = shared.oracle.encoding, shared.lang
    if by_reading:
        shared.show_text(terminal.readings(encoding, found, lang))
    for reason in reasons or ():
        shared.show_text(terminal.reason(encoding.policy, reason, lang))
    if not by_reading and reasons is None:
        shared.show_text(terminal.answer(encoding, found, lang))


def _with_explanation(command: Command) -> Command:
    """The arguments and options that `why` and `why-not` have in common."""
    for decorate in (
        click.option(
            "--format",
            "shape",
            type=click.Choice(["tree", "markdown", "mermaid"]),
            default="tree",
            show_default=True,
            help="Shape of the text: for a terminal, a memo, a diagram.",
        ),
        click.option("--depth", type=click.IntRange(min=0), metavar="N", help="Show so many levels below the decision."),
        click.option("--full", is_flag=True, help="Leave nothing out: every way, every item, every fact."),
        click.option(
            "--clause", metavar="CLAUSE", shell_complete=complete(clause_names), help="Go through the sentences of this clause instead."
        ),
        click.option("--condition", metavar="ID", help="Explain this condition of the decision alone."),
        with_subject,
    ):
        command = decorate(command)
    return command


@tiaoli.command()
@_with_explanation
@with_shared(*DECIDING)
def why(shared: SharedOptions, **arguments: Any) -> int:
    """Why a decision is granted: its rules, values and facts, clause by clause.

    FILE is a case, BENEFIT what is asked for, SUBJECT the item it is asked for where there are several. Asked of a refusal it says
    why not.
    """
    return _explain(shared, "why", **arguments)


@tiaoli.command("why-not")
@_with_explanation
@with_shared(*DECIDING)
def why_not(shared: SharedOptions, **arguments: Any) -> int:
    """Why a decision is not granted: what fails, on which facts, and by how much.

    FILE is a case, BENEFIT what is asked for, SUBJECT the item it is asked for where there are several. Asked of a grant it says why.
    """
    return _explain(shared, "why-not", **arguments)


def _explain(shared: SharedOptions, asked: str, file: str, shape: str, **question: Any) -> int:
    if shared.as_json and shape != "tree":
        raise click.UsageError(f"--json and --format {shape} exclude each other; choose one")
    oracle = shared.oracle
    ask = oracle.why if asked == "why" else oracle.why_not
    found = ask(read_case(file), **question, limit=shared.limit)
    policy = oracle.policy
    if shape == "tree":
        shared.show(found, lambda: terminal.explanation(policy, found, shared.lang))
    else:
        text = present.markdown(policy, found, shared.lang) if shape == "markdown" else present.mermaid(found, shared.lang)
        click.echo(text, nl=False)
    return 3 if found.limit_reached else 0


@tiaoli.command()
@click.argument("clause", required=False, shell_complete=complete(clause_names))
@with_shared(with_policy, with_json, with_language)
def notice(shared: SharedOptions, clause: str | None) -> None:
    """The text of the notice, or of one CLAUSE (三, （三） or 3) with its rules.

    Shows each sentence with its parameters, readings and doubts, and what is not computed and why.
    """
    from tiaoli.policy import document, entries

    policy = shared.oracle.policy
    found = entries(policy, clause)
    if shared.as_json:
        click.echo(dump(document(policy, found)))
    else:
        shared.show_text(terminal.notice(policy, found, shared.lang, with_rules=clause is not None))


@tiaoli.command()
@click.argument("benefit", shell_complete=complete(benefit_names))
@with_shared(with_policy, with_language)
def template(shared: SharedOptions, benefit: str) -> None:
    """A commented case to fill in for BENEFIT."""
    from tiaoli.encoding import template as build

    encoding = shared.oracle.encoding
    known = encoding.policy.benefits
    if benefit not in known:
        near = choices(known, benefit)
        raise CallError.one("BENEFIT", f"没有权益 {shown(benefit)}；{near.zh}", f"there is no benefit {shown(benefit)}; {near.en}")
    click.echo(build(encoding, known[benefit], date.today().isoformat(), shared.lang), nl=False)


@tiaoli.command()
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--library/--no-library", default=True, help="Print the rules of the library that the policy includes, after the facts.")
@with_shared(with_readings, with_policy, with_language)
def facts(shared: SharedOptions, file: str, library: bool) -> int:
    """Every ASP fact of a case, for `python -m clingo encodings/<id>/*.lp FACTS`.

    Unknown facts are choices: clingo then lists one model a completion; `--enum-mode=cautious` gives what holds in all of them. The
    rules of the library that the policy includes follow, so that the files of the policy and this output are a complete program.
    """
    oracle = shared.oracle
    known, unknown = oracle.facts(read_case(file))
    click.echo(f"% {oracle.policy.number} {oracle.policy.id}")
    for fact in known:
        click.echo(f"{fact}.")
    for options in unknown:
        click.echo(f"1 {{ {' ; '.join(map(str, options))} }} 1.")
    for name, text in oracle.policy.library_rules.items() if library else ():
        click.echo(f"\n% {name}, of the library that the policy includes\n{text.rstrip()}")
    return 0


@tiaoli.command()
@with_shared(with_policy, with_json, with_language)
def check(shared: SharedOptions) -> int:
    """Lint a policy and its rules: dialect, quotes, vocabulary, coverage of the notice's sentences, and its properties.

    Exit code 1 where there are findings.
    """
    from tiaoli.encoding import find, load, problems_of, rules_folder

    where = (shared.policy, shared.policy_root)
    problems: list[Problem] = problems_of(*where)
    name, _ = find(*where)
    if not problems:
        from tiaoli import analysis

        # a property can be read only over rules that are sound
        problems = analysis.property_problems(load(*where), rules_folder(*where))
    if shared.as_json:
        findings = [{"where": problem.where, "statement": problem.what.to_json()} for problem in problems]
        click.echo(dump({"policy": name, "findings": findings}))
    else:
        for problem in problems:
            click.echo(problem.say(shared.lang))
        none = {"zh": f"{name}：未发现问题", "en": f"{name}: nothing found"}
        some = {"zh": f"{name}：{len(problems)} 处问题", "en": f"{name}: {len(problems)} finding{'s' * (len(problems) > 1)}"}
        click.echo((some if problems else none)[shared.lang])
    return 1 if problems else 0


@tiaoli.command()
@click.option("--arrow", is_flag=True, help="The Arrow schemas of a population instead: of cases, and of decisions.")
@with_shared(with_policy)
def schema(shared: SharedOptions, arrow: bool) -> None:
    """The JSON Schema of case files, for editors and programs."""
    if arrow:
        from tiaoli.populations import arrow_schemas

        click.echo(arrow_schemas(shared.oracle.policy))
        return
    from tiaoli.case import case_schema

    click.echo(dump(case_schema(shared.oracle.policy)))


@tiaoli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """The completion script of a SHELL: `source <(tiaoli completion bash)`."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(tiaoli, {}, "tiaoli", "_TIAOLI_COMPLETE").source())


_ALONE = (cli_bulk.bulk, cli_serve.serve, cli_mcp.mcp, cli_audit.audit, cli_prove.prove, cli_diff.diff, cli_coverage.coverage)
for command in (*cli_questions.COMMANDS, *cli_receipts.COMMANDS, *_ALONE):
    tiaoli.add_command(command)
