"""A run over a population as one page: for each benefit the outcomes, the money, why people are refused, and the months.

Self-contained HTML with its plots inside as SVG, in Chinese and English, for people who decide on policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from tiaoli.errors import CallError
from tiaoli.policy import Benefit, Policy
from tiaoli.words import Statement, shown

_OUTCOMES = {
    "eligible": (Statement("可享受", "eligible"), "#2a7d4f"),
    "not_eligible": (Statement("不予享受", "not eligible"), "#b23a3a"),
    "unknown": (Statement("尚不能确定", "unknown"), "#b58a1b"),
}
_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.15rem;margin:2.5rem 0 .3rem;border-top:1px solid #ccc;padding-top:1rem}
.en{color:#555}small{color:#555}table{border-collapse:collapse;margin:.5rem 0;width:100%}
td,th{padding:.15rem .5rem;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td.b{width:35%}svg{display:block;max-width:100%}"""


def write(target: Path, policy: Policy, found: Mapping[str, Any]) -> None:
    """Write the page of a summary. Raises `CallError` where the file cannot be written."""
    try:
        target.write_text(page(policy, found), "utf-8")
    except OSError as error:
        reason = shown(error.strerror or str(error))
        raise CallError.one(str(target), f"无法写入（{reason}）；请更换位置", f"cannot be written ({reason}); name another place") from None


def page(policy: Policy, found: Mapping[str, Any]) -> str:
    """The page of a summary, as `bulk.summary` gives it."""
    counts = [
        ("行数", "lines", found["lines"]),
        ("已决定的案件", "cases decided", found["cases"]),
        ("不是案件的行", "lines that hold no case", found["rejected"]),
        ("有关事实未知，由 clingo 求解", "decided by clingo, for a fact that bears on them is unknown", found["exact"]),
    ]
    rows = "".join(f'<tr><td>{zh} <span class="en">{en}</span></td><td class="n">{number:,}</td></tr>' for zh, en, number in counts)
    benefits = "".join(_benefit(policy.benefits[name], numbers) for name, numbers in found["benefits"].items())
    title = f"{escape(policy.number)} {escape(policy.title.zh)}"
    return (
        f'<!doctype html>\n<html lang="zh"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>'
        f'<body><h1>{title}<br><span class="en">{escape(policy.title.en)}</span></h1><table>{rows}</table>{benefits}</body></html>\n'
    )


def _said(statement: Statement) -> str:
    return f'{escape(statement.zh)} <span class="en">{escape(statement.en)}</span>'


def _benefit(benefit: Benefit, numbers: Mapping[str, Any]) -> str:
    parts = [f"<h2>{escape(benefit.clause)} {_said(benefit.statement)} <small>{benefit.id}</small></h2>", _outcomes(numbers)]
    if numbers["amount_cny"] is not None:
        parts.append(f'<p>补贴合计 <span class="en">paid in all</span>: <b>{numbers["amount_cny"]}</b> CNY</p>')
    if numbers["reasons"]:
        parts.append(_reasons(benefit, numbers["reasons"]))
    parts.append(_months(numbers["months"]))
    return "".join(parts)


def _outcomes(numbers: Mapping[str, Any]) -> str:
    """One bar of all decisions, parted by outcome."""
    total = sum(numbers[name] for name in _OUTCOMES)
    at, bars, words = 0.0, "", []
    for name, (said, colour) in _OUTCOMES.items():
        width = 600 * numbers[name] / total
        if numbers[name]:
            bars += f'<rect x="{at:.1f}" y="0" width="{width:.1f}" height="18" fill="{colour}"/>'
            words.append(f"{_said(said)} {numbers[name]:,} ({numbers[name] / total:.1%})")
        at += width
    label = escape("; ".join(f"{said.en} {numbers[name]}" for name, (said, _) in _OUTCOMES.items()))
    return f'<svg viewBox="0 0 600 18" role="img" aria-label="{label}">{bars}</svg><p>{" · ".join(words)}</p>'


def _reasons(benefit: Benefit, reasons: list[Mapping[str, Any]]) -> str:
    """What refuses people, the most frequent first."""
    most = max(reason["unmet"] for reason in reasons)
    head = (
        '<tr><th>未满足的条件 <span class="en">condition unmet</span></th><th></th><th class="n">人次 <span class="en">refused</span></th>'
    )
    rows = [f'{head}<th class="n">仅此一项 <span class="en">for it alone</span></th></tr>']
    for reason in reasons:
        bar = f'<rect x="0" y="3" width="{200 * reason["unmet"] / most:.1f}" height="12" fill="#b23a3a"/>'
        said = f"{escape(''.join(reason['clauses']))} {_said(benefit.conditions[reason['condition']])}"
        rows.append(
            f'<tr><td>{said}</td><td class="b"><svg viewBox="0 0 200 18" role="presentation">{bar}</svg></td>'
            f'<td class="n">{reason["unmet"]:,}</td><td class="n">{reason["alone"]:,}</td></tr>'
        )
    return f"<table>{''.join(rows)}</table>"


def _months(months: Mapping[str, Mapping[str, int]]) -> str:
    """Outcomes by the month of the application day, a column a month."""
    most = max(sum(outcomes.values()) for outcomes in months.values())
    width = 600 / len(months)
    bars = ""
    for number, (month, outcomes) in enumerate(months.items()):
        top = 100.0
        for name, (_, colour) in _OUTCOMES.items():
            height = 90 * outcomes.get(name, 0) / most
            top -= height
            if height:
                place = f'x="{number * width + 0.5:.1f}" y="{top:.1f}" width="{max(width - 1, 0.5):.1f}" height="{height:.1f}"'
                said = f"{month}: {', '.join(f'{_OUTCOMES[other][0].en} {count:,}' for other, count in outcomes.items())}"
                bars += f'<rect {place} fill="{colour}"><title>{escape(said)}</title></rect>'
    names = list(months)
    ends = f'<text x="0" y="114" font-size="11">{names[0]}</text><text x="600" y="114" font-size="11" text-anchor="end">{names[-1]}</text>'
    caption = '<p><small>按申请月份 <span class="en">by month of application</span></small></p>'
    return f'{caption}<svg viewBox="0 0 600 118" role="img" aria-label="{names[0]} – {names[-1]}">{bars}{ends}</svg>'
