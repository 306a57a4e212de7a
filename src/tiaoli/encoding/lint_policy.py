"""The check of a policy's text and data: quotes against the notice, names against what is declared, the contract, the declarations
of the rule files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tiaoli.base import choices, shown
from tiaoli.encoding.lint import METHOD, Lint, joint_type, shortened
from tiaoli.policy import DECIMAL_TYPES, RULE_TYPES, clause_choices
from tiaoli.rules import CONTRACT_VERSION, SIGNATURES


class PolicyLint(Lint):
    """Checks what the files of a policy say against each other."""

    def check(self) -> None:
        """Check text, data and declarations."""
        self._sentences()
        self._data()
        self._declarations()

    def _sentences(self) -> None:
        cited: dict[str, set[str]] = defaultdict(set)
        for quote in self.program.quotes:
            where = f"{quote.file}:{quote.line}"
            if quote.sentence == METHOD:
                if not quote.text:
                    self.refuse(
                        "rule-sentence", where, "`%@ method` 之后须说明这些规则的作用", "`%@ method` wants a line saying what the rules do"
                    )
                continue
            sentence = self.policy.sentences.get(quote.sentence)
            if sentence is None:
                near = choices(self.policy.sentences, quote.sentence)
                self.refuse(
                    "text-anchor",
                    where,
                    f"通知中没有句子 {shown(quote.sentence)}",
                    f"the notice has no sentence {shown(quote.sentence)}; {shortened(near.en)}",
                )
                continue
            cited[quote.sentence].add(quote.file)
            self._quote(where, quote.sentence, quote.text)
        for anchor, sentence in self.policy.sentences.items():
            where = f"clauses.toml [{anchor}]"
            declared = set(sentence.encoded_in)
            for file in declared - cited[anchor]:
                self.refuse("text-encoded-in", where, f"{file} 中没有 `%@ {anchor}`", f"{file} has no `%@ {anchor}`")
            for file in cited[anchor] - declared:
                self.refuse(
                    "text-encoded-in",
                    where,
                    f"{file} 引用了此句，encoded_in 未列出",
                    f"{file} cites this sentence and encoded_in does not list it",
                    (file,),
                )
            if not declared and sentence.not_computed is None and anchor not in self.policy.listed_sentences:
                self.refuse(
                    "text-unaccounted",
                    where,
                    "此句既无规则，也未说明不予计算的理由",
                    "this sentence has neither rules nor a reason why it is not computed",
                )
            if sentence.not_computed and sentence.not_computed.part is not None:
                self._quote(where, anchor, sentence.not_computed.part)

    def _quote(self, where: str, anchor: str, text: str) -> None:
        sentence = self.policy.sentences.get(anchor)
        if sentence is None:
            self.refuse("text-anchor", where, f"通知中没有句子 {shown(anchor)}", f"the notice has no sentence {shown(anchor)}")
        elif not text or text not in sentence.text:
            self.refuse(
                "text-quote",
                where,
                f"引文与 {anchor} 原文不符：{shown(text)}",
                f"the quote differs from the text of {anchor}: {shown(text)}",
            )

    def _data(self) -> None:
        policy = self.policy
        for parameter in policy.parameters.values():
            for anchor, text in ((parameter.sentence, parameter.quote), *parameter.also):
                self._quote(f"parameters.toml [{parameter.name}]", anchor, text)
        for reading in policy.readings.values():
            for anchor, text in reading.quotes:
                self._quote(f"readings.toml [{reading.name}]", anchor, text)
            for touched in reading.touches:
                self._known(f"readings.toml [{reading.name}.touches]", touched, policy.benefits)
        for doubt in (*policy.doubts, *policy.terms):
            self._quote(f"doubts.toml [{doubt.id}]", doubt.sentence, doubt.quote)
        entities = {item.entity for item in policy.lists.values()}
        for benefit in policy.benefits.values():
            where = f"vocabulary.toml [benefit.{benefit.id}]"
            self._known(where, benefit.subject, entities)
            if benefit.clause not in policy.clauses:
                near = clause_choices(policy.clauses, benefit.clause)
                clause = shown(benefit.clause)
                self.refuse("policy-name-unknown", where, f"没有条款 {clause}；{near.zh}", f"there is no clause {clause}; {near.en}")
        types = self._types()
        for predicate in policy.predicates.values():
            for _, kind in predicate.arguments:
                self._known(f"{predicate.file} [predicate.{predicate.name}.args]", kind, types)
        self._contract()

    def _contract(self) -> None:
        """Predicates that Python knows too have the arguments it expects; the name of one that a policy may lack can stand for
        something of its own, as long as it is not shown as the answer."""
        places = {item.predicate: f"list.{item.path}" for item in self.policy.lists.values()}
        places |= {item.predicate: f"field.{item.path}" for item in self.policy.fields.values()}
        for name, signature in SIGNATURES.items():
            predicate = self.policy.predicates.get(name)
            if predicate is None or (signature.optional and not predicate.shown and predicate.source == "rules"):
                continue
            if name in places:
                self.refuse(
                    "policy-contract",
                    f"fields.toml [{places[name]}]",
                    f"{name} 是规则约定中的谓词；请另取名称",
                    f"{name} is a predicate of the rule contract; choose another name",
                )
                continue
            pairs = zip((kind for _, kind in signature.arguments), (kind for _, kind in predicate.arguments), strict=False)
            if signature.arity != len(predicate.arguments) or any(joint_type(self.policy, *pair) is None for pair in pairs):
                wanted = ", ".join(f"{word}:{kind}" for word, kind in signature.arguments)
                self.refuse(
                    "policy-contract",
                    f"{predicate.file} [predicate.{name}.args]",
                    f"规则约定第 {CONTRACT_VERSION} 版中，{name} 的参数为 {wanted}",
                    f"by version {CONTRACT_VERSION} of the rule contract, the arguments of {name} are {wanted}",
                )

    def _known(self, where: str, word: str, words: Iterable[str]) -> None:
        allowed = list(words)
        if word not in allowed:
            near = choices(allowed, word)
            self.refuse("policy-name-unknown", where, f"没有 {shown(word)}；{near.zh}", f"there is no {shown(word)}; {near.en}")

    def _types(self) -> set[str]:
        items = {item.entity for item in self.policy.lists.values()}
        return {*RULE_TYPES, *self.policy.number_types, *DECIMAL_TYPES, *self.policy.values} | items

    def _declarations(self) -> None:
        wanted = {
            ("defined" if predicate.source != "rules" else "show", predicate.name, len(predicate.arguments))
            for predicate in self.policy.predicates.values()
            if predicate.source != "rules" or predicate.shown
        }
        # a shown predicate is declared twice: an answer without it is no misspelling
        wanted |= {("defined", name, arity) for kind, name, arity in wanted if kind == "show"}
        # what a policy may leave underived is declared for those that do
        optional = {("defined", name, signature.arity) for name, signature in SIGNATURES.items() if signature.optional}
        found = {(item.kind, item.predicate, item.arity): item for item in self.program.declarations}
        for key in found.keys() - wanted:
            item = found[key]
            if key[1] and key not in optional:
                self.refuse(
                    "vocabulary-declaration",
                    f"{item.file}:{item.line}",
                    f"词汇表中没有 {key[1]}/{key[2]}",
                    f"the vocabulary has no such {key[0]}: {key[1]}/{key[2]}",
                )
        for kind, name, arity in sorted(wanted - found.keys()):
            line = f"#{kind} {name}/{arity}."
            self.refuse("vocabulary-declaration", "vocabulary.lp", f"缺少 `{line}`", f"`{line}` is missing", (line,))
