"""The command `tiaoli`: its group of commands, and how a run of it ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from tiaoli.base import TiaoliError, __version__, choices, docstring, shown
from tiaoli.cli.audit import audit
from tiaoli.cli.bulk import bulk
from tiaoli.cli.check import check
from tiaoli.cli.coverage import coverage
from tiaoli.cli.decide import decide
from tiaoli.cli.diff import diff
from tiaoli.cli.mcp import mcp
from tiaoli.cli.options import open_oracle
from tiaoli.cli.output import language_of, report
from tiaoli.cli.policy import facts, notice, schema, template, types
from tiaoli.cli.prove import prove
from tiaoli.cli.questions import ask, what_if, when
from tiaoli.cli.receipts import page, redecide, verify
from tiaoli.cli.serve import serve
from tiaoli.cli.test import test
from tiaoli.cli.why import why, why_not


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
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """The completion script of a SHELL: `source <(tiaoli completion bash)`."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(tiaoli, {}, "tiaoli", "_TIAOLI_COMPLETE").source())


_DECIDING = (decide, why, why_not, when, what_if, ask, bulk, facts)
_RECEIPTS = (page, verify, redecide)
_POLICIES = (notice, template, schema, types, check, test, audit, prove, diff, coverage)
_SERVERS = (serve, mcp)
for command in (*_DECIDING, *_RECEIPTS, *_POLICIES, *_SERVERS):
    tiaoli.add_command(command)
for command in (tiaoli, *tiaoli.commands.values()):
    assert command.callback is not None
    command.help = command.help or docstring(command.callback)
