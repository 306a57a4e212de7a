"""A run over a population as one page: for each benefit the outcomes, the money, why people are refused, and the months.

Self-contained HTML with its plots inside as SVG, in Chinese and English, for people who decide on policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from tiaoli.base import Statement, write_text
from tiaoli.policy import Benefit, Currency, Policy, joined
from tiaoli.present.html_elements import MARKS, Html, Inside, document, html, said, table, tag

_COLOURS = {"eligible": "var(--good)", "not_eligible": "var(--bad)", "unknown": "var(--open)"}


def write(target: Path, policy: Policy, found: Mapping[str, Any]) -> None:
    """Write the page of a summary. Raises `CaseError` where the file cannot be written."""
    write_text(target, page(policy, found))


def page(policy: Policy, found: Mapping[str, Any]) -> str:
    """The page of a summary, as `bulk.summary` gives it."""
    counts = [
        (Statement("行数", "lines"), found["lines"]),
        (Statement("已决定的案件", "cases decided"), found["cases"]),
        (Statement("不是案件的行", "lines that hold no case"), found["rejected"]),
        (Statement("有关事实未知，由 clingo 求解", "decided by clingo, for a fact that bears on them is unknown"), found["exact"]),
    ]
    title = Statement(f"{policy.number} {policy.title.zh}", policy.title.en)
    benefits = (_benefit(policy.benefits[name], policy.currency, numbers) for name, numbers in found["benefits"].items())
    rows = ((said(words), f"{number:,}") for words, number in counts)
    return document(title.zh, "zh", tag("h1", said(title)), table(rows, numbers=(1,)), benefits, languages=policy.languages)


def _benefit(benefit: Benefit, currency: Currency, numbers: Mapping[str, Any]) -> Html:
    heading = tag("h2", benefit.clause, " ", said(benefit.statement), " ", tag("small", benefit.id))
    paid = None
    if numbers["amount"] is not None:
        paid = tag("p", said(Statement("补贴合计", "paid in all")), ": ", tag("b", said(currency.amount(Decimal(numbers["amount"])))))
    reasons = _reasons(benefit, numbers["reasons"]) if numbers["reasons"] else None
    return html([heading, _outcomes(benefit, numbers), paid, reasons, _months(benefit, numbers["months"])])


def _outcomes(benefit: Benefit, numbers: Mapping[str, Any]) -> Html:
    """One bar of all decisions, parted by outcome."""
    total = sum(numbers[name] for name in benefit.outcomes)
    at = 0.0
    bars: list[Inside] = []
    words: list[Inside] = []
    for name, means in benefit.outcomes.items():
        width = 600 * numbers[name] / total
        if numbers[name]:
            bars.append(tag("rect", x=f"{at:.1f}", y=0, width=f"{width:.1f}", height=18, fill=_COLOURS[name]))
            words += [" · " if words else None, MARKS[name][0], " ", said(means), f" {numbers[name]:,} ({numbers[name] / total:.1%})"]
        at += width
    label = "; ".join(f"{means.en} {numbers[name]}" for name, means in benefit.outcomes.items())
    return html([tag("svg", bars, viewBox="0 0 600 18", role="img", aria_label=label), tag("p", words)])


def _reasons(benefit: Benefit, reasons: list[Mapping[str, Any]]) -> Html:
    """What refuses people, the most frequent first."""
    most = max(reason["unmet"] for reason in reasons)
    heads = (Statement("未满足的条件", "condition unmet"), None, Statement("人次", "refused"), Statement("仅此一项", "for it alone"))

    def row(reason: Mapping[str, Any]) -> tuple[Inside, ...]:
        bar = tag("rect", x=0, y=3, width=f"{200 * reason['unmet'] / most:.1f}", height=12, fill="var(--bad)")
        words = [joined(reason["clauses"]), " ", said(benefit.conditions[reason["condition"]])]
        picture = tag("svg", bar, viewBox="0 0 200 18", width=200, role="presentation")
        return words, picture, f"{reason['unmet']:,}", f"{reason['alone']:,}"

    return table(map(row, reasons), [said(head) if head else None for head in heads], numbers=(2, 3))


def _months(benefit: Benefit, months: Mapping[str, Mapping[str, int]]) -> Html:
    """Outcomes by the month of the application day, a column a month."""
    names = list(months)
    ends = [
        tag("text", names[0], x=0, y=114, font_size=11),
        tag("text", names[-1], x=600, y=114, font_size=11, text_anchor="end"),
    ]
    picture = tag("svg", _columns(benefit, months), ends, viewBox="0 0 600 118", role="img", aria_label=f"{names[0]} – {names[-1]}")
    return html([tag("p", tag("small", said(Statement("按申请月份", "by month of application")))), picture])


def _columns(benefit: Benefit, months: Mapping[str, Mapping[str, int]]) -> Iterator[Html]:
    most = max(sum(outcomes.values()) for outcomes in months.values())
    width = 600 / len(months)
    for number, (month, outcomes) in enumerate(months.items()):
        top = 100.0
        for name in benefit.outcomes:
            height = 90 * outcomes.get(name, 0) / most
            top -= height
            if height:
                told = ", ".join(f"{means.en} {outcomes[other]:,}" for other, means in benefit.outcomes.items() if other in outcomes)
                place = {"x": f"{number * width + 0.5:.1f}", "y": f"{top:.1f}", "width": f"{max(width - 1, 0.5):.1f}"}
                yield tag("rect", tag("title", f"{month}: {told}"), height=f"{height:.1f}", fill=_COLOURS[name], **place)
