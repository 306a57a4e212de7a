"""The commands about a policy: its text, its checks, its schemas, a case to fill in, and a case as the facts that its rules see."""

from __future__ import annotations

from datetime import date

import click

from tiaoli import terminal
from tiaoli.base import CallError, choices, shown
from tiaoli.cli.options import (
    SharedOptions,
    benefit_names,
    clause_names,
    complete,
    open_oracle,
    read_case,
    with_alone,
    with_json,
    with_language,
    with_policy,
    with_readings,
    with_shared,
)
from tiaoli.cli.output import dump


@click.command()
@click.argument("clause", required=False, shell_complete=complete(clause_names))
@with_shared(with_policy, with_json, with_language)
def notice(shared: SharedOptions, clause: str | None) -> None:
    """The text of the notice, or of one CLAUSE (三, （三） or 3) with its rules.

    Shows each sentence with its parameters, readings and doubts, and what is not computed and why.
    """
    from tiaoli.policy import entries_to_json, notice_entries

    policy = shared.oracle.policy
    found = notice_entries(policy, clause)
    if shared.as_json:
        click.echo(dump(entries_to_json(policy, found)))
    else:
        shared.show_text(terminal.notice(policy, found, shared.lang, with_rules=clause is not None))


@click.command()
@click.argument("name", metavar="[POLICY]", required=False)
@with_shared(with_policy)
def types(shared: SharedOptions, name: str | None) -> None:
    """The cases, benefits and readings of POLICY as a Python module of types.

    An editor completes a case with them, and a type checker refuses a misspelt key: `tiaoli types my-norm > my_norm.py`. Those of the
    shipped policies are in `tiaoli.types`.
    """
    from tiaoli.case import case_types
    from tiaoli.encoding import locate_policy

    found = shared.oracle if name is None else open_oracle(*locate_policy(name, shared.policy_root), ())
    click.echo(case_types(found.policy), nl=False)


@click.command()
@click.argument("benefit", shell_complete=complete(benefit_names))
@with_shared(with_policy, with_language)
def template(shared: SharedOptions, benefit: str) -> None:
    """A commented case to fill in for BENEFIT."""
    from tiaoli.encoding import build_case_template

    encoding = shared.oracle.encoding
    known = encoding.policy.benefits
    if benefit not in known:
        near = choices(known, benefit)
        raise CallError.one("BENEFIT", f"没有权益 {shown(benefit)}；{near.zh}", f"there is no benefit {shown(benefit)}; {near.en}")
    click.echo(build_case_template(encoding, known[benefit], date.today().isoformat(), shared.lang), nl=False)


@click.command()
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--library/--no-library", default=True, help="Print the rules of the library that the policy includes, after the facts.")
@with_shared(with_readings, with_alone, with_policy, with_language)
def facts(shared: SharedOptions, file: str, library: bool) -> int:
    """Every ASP fact of a case, for `python -m clingo encodings/<id>/*.lp FACTS`.

    Unknown facts are choices: clingo then lists one model a completion; `--enum-mode=cautious` gives what holds in all of them. The
    rules of the library that the policy includes follow, so that the files of the policy and this output are a complete program.
    """
    oracle = shared.oracle
    known, unknown = oracle.facts(read_case(oracle, file))
    click.echo(f"% {oracle.policy.number} {oracle.policy.id}")
    for fact in known:
        click.echo(f"{fact}.")
    for options in unknown:
        click.echo(f"1 {{ {' ; '.join(map(str, options))} }} 1.")
    for name, text in oracle.policy.library_rules.items() if library else ():
        click.echo(f"\n% {name}, of the library that the policy includes\n{text.rstrip()}")
    return 0


def _answer_names(_: object) -> list[str]:
    from tiaoli.protocol import ANSWERS

    return list(ANSWERS)


@click.command()
@click.argument("answer", metavar="[ANSWER]", required=False, shell_complete=complete(_answer_names))
@click.option("--list", "listed", is_flag=True, help="The names of the answers that have a schema.")
@click.option("--arrow", is_flag=True, help="The Arrow schemas of a population instead: of cases, and of decisions.")
@with_shared(with_policy)
def schema(shared: SharedOptions, answer: str | None, listed: bool, arrow: bool) -> None:
    """The JSON Schema of case files, or of an ANSWER as JSON, for editors and programs.

    ANSWER is the name of the command that gives it, like `decide` or `what-if`; --list has them all.
    """
    from tiaoli import protocol

    if sum((answer is not None, listed, arrow)) > 1:
        raise click.UsageError("ANSWER, --list and --arrow exclude one another; choose one")
    if listed:
        click.echo("\n".join(protocol.ANSWERS))
    elif answer is not None:
        click.echo(dump(protocol.answer_schema(answer)))
    elif arrow:
        from tiaoli.populations import arrow_schemas

        click.echo(arrow_schemas(shared.oracle.policy))
    else:
        from tiaoli.case import case_schema

        click.echo(dump(case_schema(shared.oracle.policy)))
