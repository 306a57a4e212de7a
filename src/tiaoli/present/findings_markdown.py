"""The findings of an audit as Markdown, to paste into a memo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tiaoli.audit import CONCERNS, FINDING_KINDS, AuditReport, Finding
from tiaoli.base import Lang, in_lang
from tiaoli.case import dump_yaml
from tiaoli.encoding import Encoding
from tiaoli.explain import Explanation
from tiaoli.policy import joined
from tiaoli.present.explanation_markup import markdown


def audit_markdown(encoding: Encoding, found: AuditReport, whys: Mapping[str, Sequence[Explanation]], lang: Lang) -> str:
    """The findings by kind, each with its sentences quoted and its witness as a case file; what only concerns how the rules are written
    comes last, a line each."""
    title = encoding.policy.title.say(lang)
    lines = [
        f"# {in_lang(lang, '政策审查报告', 'Audit of the policy')}",
        "",
        f"{encoding.policy.number}  {title}",
        "",
        found.domain.say(lang),
        "",
    ]
    for kind, words in FINDING_KINDS.items():
        findings = [finding for finding in found.findings if (finding.kind, finding.concerns) == (kind, "norm")]
        if findings:
            lines += [f"## {words.say(lang)}", ""]
            for finding in findings:
                lines += _finding(encoding, finding, whys.get(finding.id, ()), lang)
    if of_rules := [finding for finding in found.findings if finding.concerns == "encoding"]:
        words = CONCERNS["encoding"]
        lines += [f"## {words.zh if lang == 'zh' else f'{words.en[0].upper()}{words.en[1:]}'}", ""]
        lines += [f"- {finding.id} ({finding.severity}): {finding.statement.say(lang)}" for finding in of_rules]
        lines.append("")
    for what in found.unknown:
        lines += [in_lang(lang, f"已到时间上限，未能查清：{what.zh}", f"The limit was reached, still open: {what.en}"), ""]
    return "\n".join(lines)


def _finding(encoding: Encoding, finding: Finding, whys: Sequence[Explanation], lang: Lang) -> Iterator[str]:
    yield from (f"### {finding.id} {joined(finding.clauses(encoding))} ({finding.severity})", "", finding.statement.say(lang), "")
    if finding.kind != "wording":
        yield from (f"> {encoding.policy.sentences[anchor].text}" for anchor in finding.sentences)
        yield ""
    if finding.witness is not None:
        for under in finding.under(encoding.policy):
            yield from (under.say(lang), "")
        for case in (finding.witness.case, *finding.witness.others):
            yield from ("```yaml", dump_yaml(case).rstrip(), "```", "")
    for found in whys:
        yield from (markdown(encoding.policy, found, lang).rstrip(), "")
