"""The options that commands share, and what their values stand for: an oracle, a case, chosen readings, a time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property, wraps
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from tiaoli import terminal
from tiaoli.base import CallError, CaseError, InternalError, Lang, Statement, TiaoliError, shown
from tiaoli.cli.output import dump, language_of, report

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from tiaoli.case import Case
    from tiaoli.oracle import Oracle
    from tiaoli.policy import Policy
    from tiaoli.protocol import JsonAnswer

Command = TypeVar("Command", bound=Callable[..., Any])


def complete(words: Callable[[Oracle], Sequence[str]]) -> Callable[..., list[CompletionItem]]:
    """The completion of an argument by the words of the policy that is decided by without options."""

    def complete(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        try:
            return [CompletionItem(word) for word in words(open_oracle(None, None, ())) if word.startswith(incomplete)]
        except TiaoliError:
            return []

    return complete


def benefit_names(oracle: Oracle) -> list[str]:
    """The ids of the benefits."""
    return list(oracle.policy.benefits)


def clause_names(oracle: Oracle) -> list[str]:
    """The clauses, without their brackets."""
    return [clause.strip("（）") for clause in oracle.policy.clauses]


def option_names(oracle: Oracle) -> list[str]:
    """Every option of every reading, as NAME=OPTION."""
    return [f"{reading.name}={option.id}" for reading in oracle.policy.readings.values() for option in reading.options]


def with_language(command: Command) -> Command:
    """--lang."""
    return click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of the text; by default the locale's.")(command)


def with_json(command: Command) -> Command:
    """--json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)


def with_policy_root(command: Command) -> Command:
    """--policy-root."""
    root = click.Path(path_type=Path)
    return click.option("--policy-root", type=root, metavar="DIR", help="A folder holding policy/ and encodings/.")(command)


def with_policy(command: Command) -> Command:
    """--policy and --policy-root."""
    return click.option("--policy", metavar="ID", help="The policy to decide by.")(with_policy_root(command))


def with_root_for_ids(command: Command) -> Command:
    """--policy-root, for the commands to which a policy is also named by its folder."""
    root = click.Path(path_type=Path)
    return click.option("--policy-root", type=root, metavar="DIR", help="A folder holding policy/ and encodings/, for ids.")(command)


def with_readings(command: Command) -> Command:
    """--reading, which may be given several times."""
    return click.option(
        "--reading",
        "readings",
        multiple=True,
        metavar="NAME=OPTION",
        shell_complete=complete(option_names),
        help="Choose a reading instead of its default; may be given several times.",
    )(command)


def with_alone(command: Command) -> Command:
    """--alone."""
    return click.option("--alone", is_flag=True, help="Decide by this policy alone: no other norm supplies anything.")(command)


class Seconds(click.FloatRange):
    """A number of seconds above 0, and no more than there are at `most`."""

    def __init__(self, most: float | None = None) -> None:
        super().__init__(min=0, max=most, min_open=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        # no comparison says that it lies outside
        return self.fail(f"{value} is no number of seconds.", param, ctx) if isnan(found) else found


def with_limit_of(seconds: int, what: str) -> Callable[[Command], Command]:
    """A time limit of so many seconds by default; `what` says of what."""
    return click.option(
        "--limit",
        type=Seconds(),
        default=seconds,
        show_default=True,
        metavar="SECONDS",
        help=what,
    )


def with_limit(command: Command) -> Command:
    """--limit, for the search of one case."""
    return with_limit_of(10, "Time to search one case; what is certain by then is printed.")(command)


def with_scope(command: Command) -> Command:
    """--scope, which may be given several times."""
    return click.option(
        "--scope",
        multiple=True,
        metavar="LIST=N",
        help="Search so many items of a list where no number is enough; may be given several times.",
    )(command)


def with_memory(command: Command) -> Command:
    """--memory."""
    return click.option(
        "--memory",
        type=click.IntRange(min=1),
        default=MEMORY,
        show_default=True,
        metavar="MB",
        help="Memory for the proofs; what is certain by then is printed.",
    )(command)


def with_benefits(command: Command) -> Command:
    """--benefit, which may be given several times."""
    return click.option(
        "--benefit",
        "benefits",
        multiple=True,
        metavar="B",
        shell_complete=complete(benefit_names),
        help="Ask for this benefit alone.",
    )(command)


def with_subject(command: Command) -> Command:
    """FILE BENEFIT [SUBJECT], for the commands that ask about one decision."""
    command = click.argument("subject", required=False)(command)
    command = click.argument("benefit", shell_complete=complete(benefit_names))(command)
    return click.argument("file", type=click.Path(allow_dash=True))(command)


def with_group(name: str, build: Callable[..., Any], *options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Give a command options that belong together; it takes as parameter `name` what `build` makes of their values."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(**arguments: Any) -> Any:
            return command(**{name: build(**{member: arguments.pop(member) for member in members})}, **arguments)

        found: Any = run
        already = len(getattr(run, "__click_params__", ()))
        for option in reversed(options):
            found = option(found)
        members = [parameter.name for parameter in found.__click_params__[already:]]
        return cast("Command", found)

    return decorate


MEMORY = 2048
"""The megabytes that proofs may take where nothing else is asked for."""
_TOO_MANY = 100

DECIDING = (with_limit, with_readings, with_alone, with_policy, with_json, with_language)
"""The options of a command that decides cases, as `--help` lists them."""


@dataclass(frozen=True)
class SharedOptions:
    """The values of the options that commands share, and the oracle and the printing that they determine."""

    lang: Lang
    limit: float = 0
    benefits: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    policy: str | None = None
    policy_root: Path | None = None
    alone: bool = False
    as_json: bool = False

    @cached_property
    def oracle(self) -> Oracle:
        """The oracle of the policy and the readings that were chosen, made when it is first asked for."""
        return open_oracle(self.policy, self.policy_root, self.readings, alone=self.alone)

    def show(self, found: JsonAnswer, draw: Callable[[], Any]) -> None:
        """Print an answer, as JSON where that was asked for and else as the text that `draw` makes of it."""
        if self.as_json:
            click.echo(dump(found.to_json()))
        else:
            self.show_text(draw())

    def show_text(self, drawn: Any) -> None:
        """Print a text on standard output."""
        terminal.show(drawn, sys.stdout)


def with_shared(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Give a command these options, and their values as its first parameter, a `SharedOptions`.

    A mistake in the case that the command was asked about is reported under the name of its file.
    """

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(**arguments: Any) -> Any:
            given = {field.name: arguments.pop(field.name) for field in fields(SharedOptions) if field.name in arguments}
            shared = SharedOptions(**{**given, "lang": given.get("lang") or language_of(())})
            try:
                return command(shared, **arguments)
            except (CaseError, InternalError) as error:
                report([(str(arguments.get("file") or arguments.get("source") or ""), error)], shared.lang)
                return error.exit_code

        found: Any = run
        for option in reversed(options):
            found = option(found)
        return cast("Command", found)

    return decorate


def open_oracle(
    policy: str | None, policy_root: Path | None, readings: Sequence[str], settings: Sequence[str] = (), *, alone: bool = False
) -> Oracle:
    """`readings` are texts NAME=OPTION; `settings` texts NAME=VALUE of parameters."""
    from tiaoli.oracle import Oracle

    chosen = named_readings(readings)
    parameters = _named("--set", settings, Statement("参数=值", "NAME=VALUE"))
    return Oracle(policy, policy_root=policy_root, readings=chosen, parameters=parameters, alone=alone)


def named_readings(texts: Sequence[str]) -> dict[str, str]:
    """The readings that texts NAME=OPTION choose. Raises `CallError`."""
    return _named("--reading", texts, Statement("名称=选项", "NAME=OPTION"))


def named_numbers(option: str, texts: Sequence[str], form: Statement) -> dict[str, int]:
    """The whole numbers above 0 that an option gives, by name. Raises `CallError`."""
    found = _named(option, texts, form)
    for name, number in found.items():
        if not (number.isascii() and number.isdigit() and 0 < int(number) < _TOO_MANY):
            raise CallError.one(
                option,
                f"{shown(f'{name}={number}')} 应写成 {form.zh}，N 为 1 至 {_TOO_MANY - 1}",
                f"write {shown(f'{name}={number}')} as {form.en} with a number from 1 to {_TOO_MANY - 1}",
            )
    return {name: int(number) for name, number in found.items()}


def _named(option: str, texts: Sequence[str], form: Statement) -> dict[str, str]:
    """The values that an option gives, by name."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise CallError.one(option, f"{shown(text)} 应写成 {form.zh}", f"write {shown(text)} as {form.en}")
        if found.setdefault(name.strip(), value.strip()) != value.strip():
            raise CallError.one(option, f"{shown(name)} 给出了两次，前后不一", f"{shown(name)} is given twice, differently")
    return found


def time_of(text: str | None) -> datetime | None:
    """The time that `--made-at` gives; `now` reads the clock."""
    if text is None or text == "now":
        return None if text is None else datetime.now().astimezone().replace(microsecond=0)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = datetime.min
    if found.utcoffset() is None:
        raise CallError.one(
            "--made-at",
            f"{shown(text)} 不是带时区的时间；请写成 2025-06-01T09:30:00+08:00，或 now",
            f"{shown(text)} is no time with an offset; write it like 2025-06-01T09:30:00+08:00, or `now`",
        )
    return found


def with_made_at(command: Command) -> Command:
    """--made-at."""
    words = "The time to note in a receipt, like 2025-06-01T09:30:00+08:00, or `now`."
    return click.option("--made-at", metavar="TIME", help=words)(command)


def settings_of(policy: Policy, settings: Sequence[str]) -> dict[str, Any]:
    """The values that `--set` gives, by path, as a case file would have them."""
    from tiaoli.case import parse_value

    found: dict[str, Any] = {}
    for text in settings:
        path, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            raise CallError.one("--set", f"{shown(text)} 应写成 路径=值", f"write {shown(text)} as PATH=VALUE")
        if path in found:
            raise CallError.one("--set", f"{shown(path)} 设定了两次", f"{shown(path)} is set twice")
        found[path] = parse_value(policy, path, value)
    return found


def read_plain(name: str) -> Any:
    """The plain data in a file, or on standard input where the name is `-`. Raises `CaseError`."""
    from tiaoli.case import MAX_BYTES, read_document

    standard_input = sys.stdin.buffer.read(MAX_BYTES + 1) if name == "-" else None
    return read_document(Path(name), standard_input)


def read_case(oracle: Oracle, name: str) -> Case:
    """The case in a file, or on standard input where the name is `-`. Raises `CaseError`."""
    return oracle.read(read_plain(name))
