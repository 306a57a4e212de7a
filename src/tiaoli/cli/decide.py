"""The command that decides cases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiaoli import terminal
from tiaoli.base import CaseError, InternalError, TiaoliError, check_outputs, in_lang, write_text
from tiaoli.cli.options import DECIDING, SharedOptions, read_case, time_of, with_benefits, with_made_at, with_shared
from tiaoli.cli.output import dump, report

if TYPE_CHECKING:
    from tiaoli.oracle import Answer, Reason, Receipt


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(allow_dash=True))
@with_benefits
@click.option("--readings", "by_reading", is_flag=True, help="Show which readings decide, and who gains and loses by each.")
@click.option("--reason", "with_reason", is_flag=True, help="Show facts that guarantee each outcome whatever the rest is.")
@click.option("--receipt", type=click.Path(allow_dash=True, path_type=Path), metavar="OUT", help="Write a receipt of each answer there.")
@with_made_at
@with_shared(*DECIDING)
def decide(
    shared: SharedOptions, files: tuple[str, ...], by_reading: bool, with_reason: bool, receipt: Path | None, made_at: str | None
) -> int:
    """Decide cases: outcome, amount, every condition, what is missing, and what other readings say.

    FILE is YAML or JSON; `-` reads standard input. With several files the good ones are answered and the bad ones named at the end.
    OUT holds a receipt in JSON, or one a line where there are several files; `-` prints it in place of the answer.
    """
    from tiaoli.protocol import decide_with_reasons

    made = time_of(made_at)
    check_outputs([("--receipt", receipt)], [("FILE", name) for name in files])
    # a receipt holds the answer: where it is printed, nothing else is
    printed = receipt is not None and str(receipt) == "-"
    receipts: list[Receipt] = []
    oracle = shared.oracle
    bad: list[tuple[str, TiaoliError]] = []
    limited = False
    for position, name in enumerate(files):
        try:
            case = read_case(oracle, name)
            found = decide_with_reasons(oracle, case, shared.benefits, None, shared.limit, reason=with_reason)
        except (CaseError, InternalError) as error:
            bad.append((name, error))
            continue
        limited = limited or found.limit_reached
        if receipt is not None:
            receipts.append(oracle.receipt(case, benefits=shared.benefits or None, answer=found.answer, made_at=made))
            if len(files) == 1:
                # where it cannot be written nothing is on standard output
                _write_receipts(receipts, receipt)
        if printed:
            continue
        if shared.as_json:
            click.echo(dump(found.to_json(), 1 if len(files) == 1 else None))
        else:
            if position:
                click.echo()
            _show_answer(shared, found.answer, found.reasons, by_reading)
            if receipt is not None:
                click.echo(f"{in_lang(shared.lang, '收据', 'receipt')} {receipts[-1].sha256}")
    if receipt is not None and len(files) > 1 and receipts:
        _write_receipts(receipts, receipt)
    report(bad, shared.lang)
    return max((error.exit_code for _, error in bad), default=3 if limited else 0)


def _write_receipts(receipts: Sequence[Receipt], target: Path) -> None:
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
