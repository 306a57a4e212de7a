"""Answer Set Programming as data: the text of rules parsed into a syntax tree, atoms and their truth values, and the one place
that runs clingo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.rules.arithmetic import computed, quotient, remainder, rounded
    from tiaoli.rules.ast import (
        Aggregate,
        Atom,
        BodyPart,
        Comparison,
        Constant,
        Declaration,
        Element,
        Literal,
        Operation,
        Program,
        Quote,
        Rule,
        Term,
        Variable,
        dependencies,
        shared_variables,
        variables,
        variables_in,
        variables_of,
        written,
    )
    from tiaoli.rules.atoms import SUPREMUM, Fact, Name, Value
    from tiaoli.rules.clingo_session import (
        CLINGO_VERSION,
        GRACE,
        Assumption,
        Choice,
        Consequences,
        Equality,
        GroundRules,
        Link,
        OutOfTimeError,
        Session,
        consequences,
        messages_of,
        stop_at,
    )
    from tiaoli.rules.contract import CONTRACT_VERSION, SIGNATURES, Contract, Signature, Supplier, rule_template
    from tiaoli.rules.exact_text import ExactRules, exact_rules
    from tiaoli.rules.functions import FIRST_YEAR, LAST_YEAR, NoValueError, worked_out
    from tiaoli.rules.parser import parse
    from tiaoli.rules.truth import COMPARISONS, OPPOSITE, Interpretation, Open, Pattern, Truth, ValueOrOpen, both, compared, same
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "CLINGO_VERSION",
    "COMPARISONS",
    "CONTRACT_VERSION",
    "FIRST_YEAR",
    "GRACE",
    "LAST_YEAR",
    "OPPOSITE",
    "SIGNATURES",
    "SUPREMUM",
    "Aggregate",
    "Assumption",
    "Atom",
    "BodyPart",
    "Choice",
    "Comparison",
    "Consequences",
    "Constant",
    "Contract",
    "Declaration",
    "Element",
    "Equality",
    "ExactRules",
    "Fact",
    "GroundRules",
    "Interpretation",
    "Link",
    "Literal",
    "Name",
    "NoValueError",
    "Open",
    "Operation",
    "OutOfTimeError",
    "Pattern",
    "Program",
    "Quote",
    "Rule",
    "Session",
    "Signature",
    "Supplier",
    "Term",
    "Truth",
    "Value",
    "ValueOrOpen",
    "Variable",
    "both",
    "compared",
    "computed",
    "consequences",
    "dependencies",
    "exact_rules",
    "messages_of",
    "parse",
    "quotient",
    "remainder",
    "rounded",
    "rule_template",
    "same",
    "shared_variables",
    "stop_at",
    "variables",
    "variables_in",
    "variables_of",
    "worked_out",
    "written",
]
