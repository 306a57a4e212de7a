"""The commands that explain a decision."""

from __future__ import annotations

from typing import Any

import click

from tiaoli import present, terminal
from tiaoli.cli.options import DECIDING, Command, SharedOptions, clause_names, complete, read_case, with_shared, with_subject


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


@click.command()
@_with_explanation
@with_shared(*DECIDING)
def why(shared: SharedOptions, **arguments: Any) -> int:
    """Why a decision is granted: its rules, values and facts, clause by clause.

    FILE is a case, BENEFIT what is asked for, SUBJECT the item it is asked for where there are several. Asked of a refusal it says
    why not.
    """
    return _explain(shared, "why", **arguments)


@click.command("why-not")
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
    found = ask(read_case(oracle, file), **question, limit=shared.limit)
    policy = oracle.policy
    if shape == "tree":
        shared.show(found, lambda: terminal.explanation(policy, found, shared.lang))
    else:
        text = present.markdown(policy, found, shared.lang) if shape == "markdown" else present.mermaid(found, shared.lang)
        click.echo(text, nl=False)
    return 3 if found.limit_reached else 0
