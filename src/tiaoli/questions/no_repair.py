"""Why no change of a case helps: what cannot change and stands in the way, or the list that lacks an item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tiaoli.base import MISSING, Statement, listed, minimal
from tiaoli.case import Case
from tiaoli.decide import PreparedDecision, Subject, set_free
from tiaoli.encoding import Encoding
from tiaoli.policy import Field, ItemList
from tiaoli.questions.repair_space import ACTORS, change_values, order_of_days
from tiaoli.questions.sufficient_reason import FactSpace


def why_impossible(question: PreparedDecision, granted: bool) -> Statement:
    """The reason why no change makes the decision grant (`granted`), or certain not to.

    Raises `OutOfTimeError` at the deadline.
    """
    encoding, subject = question.encoding, question.subject
    order = order_of_days(encoding.policy)

    def space_with(lists: Iterable[ItemList]) -> FactSpace:
        return FactSpace(question, granted, _with_new_items(question, lists), _changes, change_values, order)

    space = space_with(())
    if space.possible(list(space.paths)):
        return _unknown(question)
    lists = list(_lists(encoding, subject))
    space = space_with(lists)
    if space.possible(list(space.paths)):
        helping = [declared for declared in lists if (one := space_with([declared])).possible(list(one.paths))]
        return _new_item(helping or lists)
    paths = minimal(lambda kept: not space.possible(kept), list(space.paths))
    facts = listed((space.ground(path).statement for path in paths), "；", "; ")
    if not granted:
        return Statement(
            f"能够改变的事项都不会使其丧失：{facts.zh}，而这些不能改变。",
            f"Nothing that can change would lose it: {facts.en}, and that cannot change.",
        )
    failing = space.impossible_conditions(paths)
    conditions = [encoding.condition_name(subject.benefit, condition) for condition in failing]
    stands = f"，因而无从符合{listed(conditions).zh}" if conditions else ""
    fails = f", so this cannot be met: {listed(conditions, '、', '; ').en}" if conditions else ""
    return Statement(f"以下事项不能改变{stands}：{facts.zh}。", f"This cannot change{fails}. {facts.en[:1].upper()}{facts.en[1:]}.")


def _changes(declared: Field) -> bool:
    return declared.changed_by in ACTORS


def _unknown(question: PreparedDecision) -> Statement:
    """Nothing known stands in the way: what nobody can change is not known."""
    encoding, policy = question.encoding, question.encoding.policy
    bearing = encoding.outcome_fields(question.subject.benefit)
    variables = set_free(
        policy, question.outcome.bounds, question.case, question.subject, bearing, lambda *_: False, nearest=False
    ).free_facts
    names = [
        encoding.phrases.named(policy.fields[variable.slot[0]], variable.slot[1])
        for variable in variables
        if not _changes(policy.fields[variable.slot[0]])
    ]
    found = listed(dict.fromkeys(names))
    return Statement(
        f"取决于尚未查明、且不能改变的事项，须先查明：{found.zh}。",
        f"It depends on what is not known and cannot be changed; find out first: {found.en}.",
    )


def _lists(encoding: Encoding, subject: Subject) -> Iterator[ItemList]:
    """The lists in which a new item can bear on the decision without being its subject."""
    policy = encoding.policy
    asked = policy.list_of[policy.benefits[subject.benefit].subject]
    own = {asked.entity, asked.parent}
    bearing = {policy.fields[path].entity for path in encoding.outcome_fields(subject.benefit)}
    for declared in policy.lists.values():
        if declared.entity in bearing and declared.entity not in own and declared.parent in (None, asked.entity, asked.parent):
            yield declared


def _new_item(lists: Sequence[ItemList]) -> Statement:
    names = listed((Statement(f"{item.statement.zh}（{item.path}）", f"{item.statement.en} ({item.path})") for item in lists), "或", " or ")
    return Statement(
        f"现有事项无论怎样改变都不够；另有新的{names.zh}才有可能。",
        f"No change of what is there suffices; only a new item could help: {names.en}.",
    )


def _with_new_items(question: PreparedDecision, lists: Iterable[ItemList]) -> Case:
    """The case with an item more in each list, of which nothing is known."""
    case = question.case
    changes = {}
    for declared in lists:
        path = declared.path
        if declared.parent is not None:
            outer = question.encoding.policy.list_of[declared.parent].path
            path = f"{outer}.{question.subject.item.partition('/')[0]}.{path.rpartition('.')[2]}"
        items = case.value_at(path)
        items = [] if items is MISSING else items
        changes[path] = [*items, {"id": _unused({item["id"] for item in items})}]
    return case.with_values(changes)


def _unused(names: set[str]) -> str:
    return next(name for number in range(len(names) + 1) if (name := f"new-{number}") not in names)
