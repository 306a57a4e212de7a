"""Properties of the policy for people at a terminal: what holds, and the case in which something does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tiaoli.analysis import EMPTY, PROOF_RESULTS, Proof
from tiaoli.base import Lang, Statement
from tiaoli.case import dump_yaml
from tiaoli.policy import Policy
from tiaoli.terminal.answer_text import OUTCOME_STYLES, Folded

_MARKS = {"proved": ("✓", "green"), "bounded": ("~", "yellow"), "counterexample": ("✗", "red"), "unknown": ("?", "yellow")}
_KNOWN = Statement("已知，理由：", "known, because: ")
_STALE = Statement("文件中写明有反例，实际没有找到。", "the file declares a counterexample, and none was found.")
_TOGETHER = Statement("须采用下列理解：", "under these readings: ")
_LATER = Statement("同一案件改日再申请：", "the same case, applied for on a later day:")


def proofs(policy: Policy, found: Sequence[Proof], lang: Lang, folder: Path | None) -> RenderableType:
    """Every property with its result and domain, and a count."""
    parts: list[RenderableType] = []
    for proof in found:
        parts += [_proof(policy, proof, lang, folder), Text("")]
    counts = [(words, sum(proof.result == result for proof in found)) for result, words in PROOF_RESULTS.items()]
    counted = [f"{words.say(lang)} {number}" for words, number in counts if number]
    return Group(*parts, Text("，".join(counted) if lang == "zh" else ", ".join(counted), style="bold"))


def _proof(policy: Policy, proof: Proof, lang: Lang, folder: Path | None) -> RenderableType:
    mark, colour = _MARKS[proof.result]
    head = Text.assemble((f"{mark} {PROOF_RESULTS[proof.result].say(lang)}", f"bold {colour}"), "  ", (proof.property, "bold"))
    lines: list[RenderableType] = [Folded(Text(proof.statement.say(lang)))]
    if proof.known is not None:
        said = _KNOWN.say(lang) + proof.known.say(lang) if proof.result == "counterexample" else _STALE.say(lang)
        lines.append(Folded(Text(said, style="yellow" if proof.result == "proved" else "")))
    if proof.empty:
        lines.append(Folded(Text(EMPTY.say(lang), style="yellow")))
    if proof.reason is not None:
        lines.append(Folded(Text(proof.reason.say(lang), style="yellow")))
    lines.append(Folded(Text(proof.domain.say(lang), style="dim")))
    if proof.witness is not None:
        lines += _witness(policy, proof, lang, folder)
    return Group(head, Padding(Group(*lines), (0, 0, 0, 2)))


def _witness(policy: Policy, proof: Proof, lang: Lang, folder: Path | None) -> Iterator[RenderableType]:
    """The case as a file has it, what is decided of it, and how to ask why."""
    if proof.readings:
        chosen = [(policy.readings[name], option) for name, option in proof.readings.items()]
        options = [f"{reading.name}={option}" for reading, option in chosen]
        yield Folded(Text(_TOGETHER.say(lang) + ("、" if lang == "zh" else ", ").join(options), style="magenta"))
    for number, (case, answer) in enumerate(zip(proof.files.values(), proof.answers, strict=True)):
        if number:
            yield Text(_LATER.say(lang))
        yield Padding(Text(dump_yaml(dict(case)).rstrip("\n"), style="cyan"), (0, 0, 0, 2))
        for decision in answer.decisions:
            amount = f"  {decision.amount}" if decision.amount is not None else ""
            outcome = (decision.said.say(lang), OUTCOME_STYLES[decision.outcome])
            yield Text.assemble(outcome, f"  {decision.benefit} {decision.subject}{amount}")
            yield from (Padding(Text(result.statement.say(lang)), (0, 0, 0, 2)) for result in decision.results)
    for command in proof.commands(folder):
        yield Text(command, style="dim")


@contextmanager
def proof_progress(stream: TextIO, lang: Lang) -> Iterator[Callable[[Proof, int, int], None]]:
    """How many properties are done, on a terminal. Nothing where it is no terminal."""
    console = Console(file=stream, highlight=False, emoji=False, markup=False)
    if not console.is_terminal:
        yield lambda *_: None
        return
    with console.status("") as status:
        yield lambda proof, done, total: status.update(f"{done}/{total}  {proof.property}: {PROOF_RESULTS[proof.result].say(lang)}")
