"""Two versions of a policy compared, benefit by benefit: each way is shown by a case or proved not to be, and so is what else differs.

Both versions stand over the same symbolic facts (`tiaoli.symbolic`). A case found there is decided again by clingo, under each version by itself. The
readings that nobody chose are free and the same in both versions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from time import monotonic
from typing import Any

from tiaoli.analysis.version_changes import PolicyVersion, VersionChange, find_changes
from tiaoli.analysis.version_diff import BenefitDiff, DiffWitness, OtherDifference, Unsettled, relation_of
from tiaoli.analysis.version_facts import facts_of_both
from tiaoli.base import InternalError, Problem, Statement, left, listed
from tiaoli.case import Case
from tiaoli.decide import Decision, PreparedCase, Subject, solve_case
from tiaoli.policy import Policy, Reading
