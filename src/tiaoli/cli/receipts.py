"""The commands for a case's file: a page of its decisions, and receipts: whether one still says what it said, and what past decisions
become when facts or rules change."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiaoli import present, terminal
from tiaoli.base import CaseError, ReceiptError, TiaoliError, check_outputs, in_lang, write_text
from tiaoli.cli.options import (
    SharedOptions,
    open_oracle,
    read_case,
    read_plain,
    settings_of,
    time_of,
    with_alone,
    with_benefits,
    with_json,
    with_language,
    with_limit,
    with_made_at,
    with_policy,
    with_readings,
    with_root_for_ids,
    with_shared,
)
from tiaoli.cli.output import dump, report

if TYPE_CHECKING:
    from tiaoli.oracle import Oracle, Receipt
    from tiaoli.receipts import Correction, ReceiptOracles

_RECEIPTS = click.argument("files", nargs=-1, required=True, metavar="RECEIPT...", type=click.Path(allow_dash=True))


@click.command()
@_RECEIPTS
@click.option("--case", "case", type=click.Path(allow_dash=True), metavar="FILE", help="Compare the facts with those of this case.")
@click.option("--sha256", metavar="DIGEST", help="The digest that the receipt must have, as it stands on paper.")
@with_shared(with_limit, with_policy, with_json, with_language)
def verify(shared: SharedOptions, files: tuple[str, ...], case: str | None, sha256: str | None) -> int:
    """Whether receipts are as they were made, and their questions have the same answers now.

    RECEIPT is a receipt in JSON, a file with one a line, or a page of `tiaoli report`. Everything that differs is named: facts, readings,
    policy (with its files), version, answer. Nothing is sent anywhere. Exit code 1 where anything differs.
    """
    from tiaoli.receipts import verify as check

    oracles = _oracles(shared.policy, shared.policy_root)
    compared = None if case is None else read_plain(case)
    bad: list[tuple[str, TiaoliError]] = []
    results = []
    for position, (name, found) in enumerate(_receipts(files)):
        if isinstance(found, ReceiptError):
            bad.append((name, found))
            continue
        result = check(found, oracles=oracles, case=compared, sha256=sha256, limit=shared.limit)
        results.append(result.result)
        if shared.as_json:
            click.echo(dump({"receipt": name, **result.to_json()}, 1 if files == (name,) else None))
        else:
            if position:
                click.echo()
            shared.show_text(terminal.replay(name, found, result, shared.lang))
    report(bad, shared.lang)
    return 2 if bad else 1 if "different" in results else 3 if "unknown" in results else 0


@click.command()
@_RECEIPTS
@click.option("--policy", metavar="NEW", help="Decide by this policy: an id, a folder policy/ID, or one that holds policy/ and encodings/.")
@with_root_for_ids
@click.option("--patch", type=click.Path(allow_dash=True), metavar="FILE", help="Corrected facts, each with its case or receipt.")
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="Correct a fact of every receipt; may be given several times.")
@with_shared(with_readings, with_alone, with_limit, with_json, with_language)
def redecide(shared: SharedOptions, files: tuple[str, ...], patch: str | None, settings: tuple[str, ...]) -> int:
    """Make past decisions again, of corrected facts or by a new version, and say what is to be paid or reclaimed.

    RECEIPT is as for `verify`. FILE is a list, in YAML or JSON, of corrections: `case` (its id) or `receipt` (its digest), and `set`
    (paths and values as in a case) or `unset` (paths that are not known any more). An amount that is not known leaves the difference
    unknown.
    """
    from tiaoli.encoding import find_policy, locate_policy
    from tiaoli.receipts import redecide as again

    old = _oracles(None, shared.policy_root, shared.alone)
    named = None if shared.policy is None else find_policy(*locate_policy(shared.policy, shared.policy_root))
    oracles = old if named is None else _oracles(*named, shared.alone)
    bad: list[tuple[str, TiaoliError]] = []
    names: list[str] = []
    receipts: list[Receipt] = []
    for name, found in _receipts(files):
        if isinstance(found, ReceiptError):
            bad.append((name, found))
        else:
            names.append(name)
            receipts.append(found)
    corrections = _corrections(patch, settings, oracles, receipts)
    chosen: dict[str, str] = {}
    if shared.readings:
        of, root = named or (None, shared.policy_root)
        chosen = open_oracle(of, root, shared.readings).chosen_readings
    result = again(receipts, corrections=corrections, policies=oracles, old=old, readings=chosen, limit=shared.limit)
    bad += [(names[position], error) for position, error in result.refused]
    if result.receipts or not bad:
        shared.show(result, lambda: terminal.redecision(result, shared.lang))
    report(bad, shared.lang)
    return max((error.exit_code for _, error in bad), default=3 if result.limit_reached else 0)


@click.command("report")
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("-o", "--output", required=True, type=click.Path(allow_dash=True, path_type=Path), metavar="OUT.html", help="The page.")
@with_benefits
@click.option("--subject", metavar="ID", help="Only the decisions about this item.")
@with_made_at
@with_shared(with_limit, with_readings, with_alone, with_policy, with_language)
def page(shared: SharedOptions, file: str, output: Path, subject: str | None, made_at: str | None) -> int:
    """Write the decisions of a case as one page for its file: facts, answer, reasons, clauses, days, nearest change, readings, receipt.

    The page is HTML with everything inside, and prints on A4. `tiaoli verify` takes it: the receipt is in it. `-o -` is standard output.
    """
    made = time_of(made_at)
    check_outputs([("-o", output)], [("FILE", file)])
    oracle = shared.oracle
    case, benefits = read_case(oracle, file), shared.benefits or None
    found = present.case_page(oracle, case, benefits=benefits, subject=subject, limit=shared.limit, lang=shared.lang, made_at=made)
    if str(output) == "-":
        click.echo(found.html, nl=False)
    else:
        write_text(output, found.html)
        click.echo(f"{in_lang(shared.lang, '收据', 'receipt')} {found.receipt.sha256}")
    return 3 if found.limit_reached else 0


def _oracles(policy: str | None, policy_root: Path | None, alone: bool = False) -> ReceiptOracles:
    from tiaoli.encoding import find_policy
    from tiaoli.receipts import ReceiptOracles

    if policy is not None or policy_root is not None:
        # a misspelt policy is a mistake in the call, not a difference
        find_policy(policy, policy_root)
    return ReceiptOracles(policy, policy_root, alone=alone)


def _receipts(files: Sequence[str]) -> Iterator[tuple[str, Receipt | ReceiptError]]:
    from tiaoli.receipts import read_receipts

    for name in files:
        yield from read_receipts(name, sys.stdin.buffer if name == "-" else None)


def _corrections(patch: str | None, settings: Sequence[str], oracles: ReceiptOracles, receipts: Sequence[Receipt]) -> list[Correction]:
    from tiaoli.case import MAX_BYTES, read_document
    from tiaoli.receipts import Correction, read_corrections

    found: list[Correction] = []
    if patch is not None:
        given = sys.stdin.buffer.read(MAX_BYTES + 1) if patch == "-" else None
        try:
            found += read_corrections(read_document(Path(patch), given), patch)
        except CaseError as error:
            raise ReceiptError(error.problems) from None
    if settings and receipts:
        found.append(Correction(settings_of(_first(oracles, receipts).policy, settings)))
    return found


def _first(oracles: ReceiptOracles, receipts: Sequence[Receipt]) -> Oracle:
    """An oracle that knows the words for values."""
    return oracles.of(receipts[0])
