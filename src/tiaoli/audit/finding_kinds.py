"""The kinds of finding and the severities, in words. Nothing heavy is loaded here: the command line lists them in its help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from tiaoli.base import Statement

Kind = Literal["gap", "overlap", "conflict", "dead", "out_of_time", "cliff", "fork", "wording"]

FINDING_KINDS: Mapping[Kind, Statement] = {
    "gap": Statement("规定缺口：准予享受而未定金额，或者限制有漏洞", "gap: granted, and no amount is set; or a limit with a hole in it"),
    "overlap": Statement("重叠：同一事项有两项待遇或两个依据", "overlap: two benefits or two grounds for one thing"),
    "conflict": Statement("冲突：两处规定得出相反的结论或不同的金额", "conflict: contrary results or different amounts"),
    "dead": Statement("不起作用：从不影响任何结论", "dead: what can never matter"),
    "out_of_time": Statement(
        "时限：失效之后方可享受，或期限超出有效期", "out of time: due after the lapse, or a deadline that outlives it"
    ),
    "cliff": Statement(
        "断崖：一人、最小金额之差使金额变动超出其份额，或者不利的事实反使金额增加",
        "cliff: one person or the smallest sum moves the sum by more than its share, or a failure raises it",
    ),
    "fork": Statement("歧义：不同读法得出不同结论", "fork: readings that part"),
    "wording": Statement("措辞：据政策数据，不由求解器得出", "wording: from the policy's data, not from the solver"),
}
"""The kinds of finding, in words, in the order in which they are listed."""

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)

Concern = Literal["norm", "encoding"]

CONCERNS: Mapping[Concern, Statement] = {
    "norm": Statement("关于规定本身", "about the norm"),
    "encoding": Statement(
        "关于规则的写法，不是规定本身的问题，不计入上列各项", "about how the rules are written, no fault of the norm; not counted above"
    ),
}
"""What a finding can be about, in words: what the norm says, or how the rules that encode it are written."""
