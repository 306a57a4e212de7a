"""The kinds of problem that a policy or a case can have: an id that stays, what it means, and what to do.

Each finding of `tiaoli check` and each refusal of a case bears the id of its kind, as the rules of a linter do: `tiaoli check --ignore ID`
takes it, a program can tell kinds apart by it, and docs/reference/problems.md explains each. Ids are only ever added.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tiaoli.base.statement import Statement

_KINDS = {
    # The files of a policy folder
    "policy-file-missing": (
        "政策目录缺少一个必需的文件。请补上该文件。",
        "The policy folder lacks a file that every policy has. Add it.",
    ),
    "policy-file-unreadable": (
        "文件无法读取或不是 UTF-8 编码。请检查权限并以 UTF-8 保存。",
        "A file cannot be read, or is not UTF-8. Check its permissions and save it as UTF-8.",
    ),
    "policy-file-copied": (
        "政策目录中有标准库文件的副本。标准库按名称引用，请删去副本。",
        "The policy holds a copy of a file of the standard library. A library is included by name: delete the copy.",
    ),
    "policy-file-mixed": (
        "政策目录中既有 norm.toml，又有它所取代的文件。请把内容移入 norm.toml 并删去此文件。",
        "A file stands beside norm.toml that norm.toml takes the place of. Move what it says into norm.toml, and delete it.",
    ),
    "policy-toml": (
        "文件不是合法的 TOML。请按所示行列修改。",
        "The file is not TOML. Mend it at the line and column named.",
    ),
    "policy-key-missing": (
        "表中缺少必填的键。请补上该键。",
        "A table lacks a key that it must have. Add it.",
    ),
    "policy-key-unknown": (
        "表中有无法识别的键，多为拼写有误。请改成所列的键或删去。",
        "A table has a key that nothing reads, mostly a misspelling. Write one of the keys listed, or delete it.",
    ),
    "policy-key-repeated": (
        "标准库已经说明的内容，政策又写了一遍。请删去政策中的一处。",
        "The policy says again what the standard library it includes says. Delete it in the policy.",
    ),
    "policy-value-type": (
        "值的类型不对，例如应为文字而写成数字。请改成所要求的类型。",
        "A value has the wrong type, a number where text is wanted. Write the type that is named.",
    ),
    "policy-value": (
        "值不在允许的范围或取值之内。请按提示修改。",
        "A value is outside what is allowed there. Write one of the values named.",
    ),
    "policy-name-unknown": (
        "引用了不存在的待遇、条款、列表项或类型，多为拼写有误。请改成所列的名称。",
        "A benefit, clause, entity or type is named that there is not, mostly a misspelling. Write one of the names listed.",
    ),
    "policy-id": (
        "policy.toml 中的 id 与目录名不同。请改成一致。",
        "The id in policy.toml differs from the folder's name. Make them the same.",
    ),
    "policy-field": (
        "fields.toml 中的一项不能成为案件的一部分：名称、位置、类型或次序不合。请按所述修改。",
        "What fields.toml declares cannot be part of a case: its name, its place, its type or its order does not fit. Follow what is said.",
    ),
    "policy-contract-version": (
        "政策采用的规则约定版本与程序不同。请按约定修改规则，或使用采用该版本的程序。",
        "The policy is written for another version of the rule contract. Follow the contract, or use a program that has that version.",
    ),
    "policy-contract": (
        "谓词与规则约定不符：名称另有用途，或者参数不同。请另取名称或改正参数。",
        "A predicate is not as the rule contract has it: its name is taken, or its arguments are others. Rename it, or mend its arguments.",
    ),
    "policy-library": (
        "引用了不存在的标准库。请改成所列的名称。",
        "A part of the standard library is included that there is not. Write one of the names listed.",
    ),
    "policy-elsewhere": (
        "条件取决于另行制定的标准；该标准没有可供逐一尝试的取值。请让条件不依赖它。",
        "A condition rests on a standard that is set elsewhere, which has no values to try. Let no condition rest on it.",
    ),
    # The text and what rests on it
    "text-unaccounted": (
        "原文的一句既无规则，也无说明。请在 clauses.toml 中写明由哪条规则表达，或者为何不予计算。",
        "A sentence of the text has neither rules nor an account. Say in clauses.toml which file encodes it, or why it is not computed.",
    ),
    "text-anchor": (
        "引用的句子在原文中不存在。请改成原文中的锚点。",
        "A sentence is named that the text does not have. Write an anchor of the text.",
    ),
    "text-quote": (
        "引文与原文不符。请逐字照录原文。",
        "A quote differs from the text. Copy the words as they stand.",
    ),
    "text-quote-several": (
        "引文见于几个句子。请多引几个字，或在引文前写上锚点。",
        "A quote stands in several sentences. Quote more words, or write the anchor of the sentence before them.",
    ),
    "text-translation": (
        "政策以两种语言编写，而此句没有译文。请写入 [translations]。",
        "The norm is in two languages and a sentence of its text has no translation. Write it under `[translations]`.",
    ),
    "text-encoded-in": (
        "clauses.toml 的 encoded_in 与规则文件中的 `%@` 行不一致。请改成一致。",
        "encoded_in in clauses.toml and the `%@` lines of the rules differ. Make them the same.",
    ),
    "text-unanchored": (
        "notice.md 中的一行文字没有锚点，因而不属于任何句子，规则和说明都顾及不到。请加上锚点，或与上一行合为一句。",
        "A line of notice.md has no anchor, so it is part of no sentence. Give it one, or join it to the line above.",
    ),
    "text-heading": (
        "notice.md 的两个标题编号相同，条款名称因而有歧义。请改其一，或给上一级标题编号。",
        "Two headings of notice.md have the same number, so that the name of a clause is not of one. Change one of the two, or number the "
        "headings above them.",
    ),
    "text-source": (
        "notice.md 的句子与 source.txt 的原文不符。请按原文改正，或在 policy.toml 的 mended 中写明改动的字符。",
        "The sentences of notice.md and source.txt differ. Write them as the source has them, or name the characters that are written "
        "otherwise under `mended` in policy.toml.",
    ),
    "text-number": (
        "原文一句中的数值没有参数引用。请写入 parameters.toml，或在 clauses.toml 中以 part 引出并说明不予计算的理由。",
        "No parameter quotes a number that an encoded sentence states. Put it into parameters.toml, or quote it in clauses.toml as the "
        "`part` of the sentence that is not computed, and say why.",
    ),
    "table-undeclared": (
        "政策目录中的 CSV 文件没有任何表读取。请在 policy.toml 中声明，或者删去。",
        "No table of policy.toml reads a CSV file of the folder. Declare one, or delete the file.",
    ),
    "table-header": (
        "表的第一行与所声明的列不一致。请改成一致。",
        "The first line of a table is not the columns that are declared. Make them the same.",
    ),
    "table-cell": (
        "表中一格的值与其列不符，或一行的格数不对。请改正。",
        "A cell of a table does not fit its column, or a row has other cells than columns. Mend it.",
    ),
    "table-key": (
        "表中两行的主键相同。请只保留一行。",
        "Two rows of a table have the same key. Keep one.",
    ),
    "table-gap": (
        "主键须齐全的列缺少某个值。请补上该行，或者不写 complete。",
        "A key that must be complete lacks a value. Add the row, or do not say `complete`.",
    ),
    "table-source": (
        "表与其所在的原文有一行不一致。请按原文改正。",
        "A table and the text that it stands in differ in a row. Write it as the text has it.",
    ),
    "table-unused": (
        "没有规则使用此表。请在规则中引用，或者删去。",
        "No rule uses a table. Refer to it in a rule, or delete it.",
    ),
    "parameter-number": (
        '参数的值不是引文中的数值。请改正其一；由引文中的数值算得的，写明 derived，如 "100 + 30"。',
        'The value of a parameter is not the number that its quote states. Mend one of the two, or say by `derived = "100 + 30"` how it '
        "comes of that number.",
    ),
    "parameter-unused": (
        "没有规则使用此参数。请在规则中引用，或者删去。",
        "No rule uses a parameter. Refer to it in a rule, or delete it.",
    ),
    "reading-unused": (
        "没有规则使用待定解释的某些选项。请为选项各写规则，或者删去选项。",
        "No rule uses some options of a reading. Write a rule for each, or delete them.",
    ),
    "reading-options": (
        "一项待定解释至少要有两个选项。请补上选项，或者删去该项。",
        "A reading needs at least two options. Add one, or delete the reading.",
    ),
    "fact-unused": (
        "没有规则使用 norm.toml 所声明的事实。请删去，或写明为何仍要问（unread）。",
        "No rule reads a fact that norm.toml declares. Delete it, or say by `unread` why it is asked all the same.",
    ),
    "sentence-default": (
        "此句由程序拟定，无人改写。请在 norm.toml 中写出更好的。仅 check --sentences 列出。",
        "A sentence is the program's own and nobody wrote a better one. Write it in norm.toml. Only `check --sentences` lists these.",
    ),
    "sentence-missing": (
        "谓词、事实或比较没有对应的句子，解释时无话可说。请在词汇中补上。",
        "A predicate, a fact or a comparison has no sentence, so an explanation could not say it. Add the sentence to the vocabulary.",
    ),
    "sentence-slot": (
        "句中的占位符无可填入。请改成所列的名称。",
        "A slot of a sentence is filled by nothing. Write one of the names listed.",
    ),
    "vocabulary-declaration": (
        "`#defined` 或 `#show` 行与词汇不一致。请按提示补上或删去。",
        "A `#defined` or `#show` line and the vocabulary differ. Add or delete the line named.",
    ),
    # One rule
    "rule-character": (
        "字符串和注释之外有全角字符或控制字符，clingo 会因此终止。请改用半角字符。",
        "A full-width or control character outside strings and comments, which ends clingo. Write the half-width character.",
    ),
    "rule-block-comment": (
        "不允许块注释，读者可能看不出其中的规则并不生效。请每行以 % 开头。",
        "A block comment could hide rules from a reader. Begin each line with %.",
    ),
    "rule-directive": (
        "不允许此类指令（#include、#script、#const 等）。请只写普通规则。",
        "A directive (#include, #script, #const, …) is not allowed. Write plain rules.",
    ),
    "rule-syntax": (
        "clingo 不能解析该处，或对规则有警告。请按 clingo 所说修改。",
        "clingo cannot parse this, or warns of it. Mend it as clingo says.",
    ),
    "rule-dialect": (
        "规则超出本项目所允许的写法（如约束、选择、条件文字、区间）。请按提示改写。",
        "A rule is outside the dialect (a constraint, a choice, a conditional literal, an interval, …). Write it as the finding says.",
    ),
    "rule-sentence": (
        "规则之上没有 `%@` 行，或者 `%@` 行不完整。请写明规则所表达的句子。",
        "A rule has no `%@` line above it, or an incomplete one. Name the sentence that the rule encodes.",
    ),
    "rule-predicate": (
        "谓词不存在，多为拼写有误。请改成所列的谓词，或在词汇中说明。",
        "There is no such predicate, mostly a misspelling. Write one of those listed, or declare it in the vocabulary.",
    ),
    "rule-arity": (
        "谓词的参数个数不对。请按所列参数书写。",
        "A predicate has another number of arguments. Write those listed.",
    ),
    "rule-types": (
        "同一变量先后作不同类型使用。请核对谓词的参数。",
        "A variable has two types at once. Check the arguments of its predicates.",
    ),
    "rule-constant": (
        "常量不是该参数的取值。请改成所列的值；通知中的数值写入 parameters.toml。",
        "A constant is no value of that argument. Write one of those listed; the notice's numbers belong in parameters.toml.",
    ),
    "rule-number": (
        "规则中写了数值。请写入 parameters.toml，附上出处，在规则中引用。",
        "A rule holds a number. Put it into parameters.toml with its quote, and refer to it.",
    ),
    "rule-number-kind": (
        "数值与所比较的对象不是同一种：日期写作 20250301，不与算出的数比较，其他数值须在该种数值的范围之内。请改正。",
        "A number is none of the kind it stands for or is compared with: a day is written 20250301 and never compared with what is "
        "worked out, other numbers lie in the range of their kind. Mend it.",
    ),
    "rule-one-case": (
        "一条规则谈到了两个案件。请让各处第一个参数为同一变量。",
        "A rule speaks of two cases. Let their first arguments be the same variable.",
    ),
    "rule-fact-derived": (
        "规则推导了应由案件或程序给出的事实。请推导另一个谓词。",
        "A rule derives a fact, which the case or the engine supplies. Derive a predicate of its own.",
    ),
    "rule-factless": (
        "条件不取决于案件的任何事实，因而总是成立或总不成立。请让规则使用事实，或者删去此条件。",
        "No fact of a case bears on a condition, so that it is met always or never. Let a rule for it read a fact, or delete it.",
    ),
    "rule-reads-decision": (
        "除决定规则外，规则不得以 met 为依据。请引用它所依据的谓词。",
        "A rule other than the decision rests on `met`. Rest on the predicate below it.",
    ),
    "rule-reading": (
        "待定解释的选项写法不对。请为每个选项各写一条规则。",
        "The options of a reading are not written as they must be. Write a rule of its own for each option.",
    ),
    "rule-calendar": (
        "日期推算的起点或期限没有来源。日期须来自案件或参数，期限须来自参数。",
        "A calendar step has no source: its day must come from the case or a parameter, its length from a parameter.",
    ),
    "rule-arithmetic": (
        "规则先运算、后比较，由此无法确定须检验哪些取值。请比较原值。",
        "A rule compares a value after arithmetic, so it cannot be told which values matter. Compare the value itself.",
    ),
    "rule-worked-out": (
        "规则算出的数值与案件中的事实比较，或以其是否达到某数决定金额，由此无法确定须检验哪些取值。请比较案件中的原值或参数。",
        "What rules work out is compared with a fact of the case, or decides what is paid, so that it cannot be told which values matter. "
        "Compare facts as they stand, or with parameters.",
    ),
    "rule-calendar-circle": (
        "同一段期限有两种算法，月末结果互不一致。请只用一种算法，并取自一个参数。",
        "One period is counted in two ways that differ at the ends of months. Count it in one way, from one parameter.",
    ),
    "rule-record": (
        "规则否定记录中的一项，却未先问有无记录。请同时写明有记录。",
        "A rule asks that a key of a record is not so, and not whether there is a record. Ask for the record beside it.",
    ),
    # All rules together
    "rules-recursive": (
        "规则互相依赖，形成循环。请断开循环。",
        "Rules rest on each other in a circle. Break the circle.",
    ),
    "rules-underived": (
        "没有规则推导该谓词或条件。请补写规则，或者删去说明。",
        "No rule derives a predicate or a condition. Write the rule, or delete the declaration.",
    ),
    "rules-unused": (
        "谓词推导之后无人使用，多为拼写有误或规则遗漏。请使用或删去。",
        "A predicate is derived and never used, mostly a misspelling or a missing rule. Use it, or delete it.",
    ),
    "conditions-order": (
        "requires 事实与词汇中的条件不一致，或者序号不连续。请改成一致。",
        "The `requires` facts and the conditions of the vocabulary differ, or leave a gap. Make them the same.",
    ),
    "benefit-standard": (
        "权益是否注明按标准的一定比例支付（standard = true），与规则不一致。请改成一致。",
        "Whether a benefit is marked as paid at a share of a standard (`standard = true`) differs from the rules. Make them the same.",
    ),
    "benefit-results": (
        "权益声明的结果（results）与推导它的规则不一致。请改成一致。",
        "The results that a benefit declares (`results`) differ from those that the rules derive for it. Make them the same.",
    ),
    # Properties
    "property-header": (
        "性质文件的首部（`%:` 行）缺少、重复或无法识别。请按提示修改。",
        "A header (`%:` line) of a property is missing, repeated or unknown. Mend it as the finding says.",
    ),
    "property-rules": (
        "性质的规则写法不对。性质推导 violated，不引用原文，也不改变政策。",
        "The rules of a property are not as they must be: a property derives `violated`, cites nothing and changes nothing.",
    ),
    # A case as a file
    "case-unreadable": (
        "文件不存在、无权读取或者是目录。请核对文件名和权限。",
        "The file is not there, cannot be read, or is a directory. Check its name and permissions.",
    ),
    "case-encoding": (
        "文件不是 UTF-8 编码，或含有不完整的 Unicode 字符。请以 UTF-8 保存。",
        "The file is not UTF-8, or holds half a Unicode character. Save it as UTF-8.",
    ),
    "case-empty": (
        "文件为空。`tiaoli template` 可生成案件模板。",
        "The file is empty. `tiaoli template` prints a case to fill in.",
    ),
    "case-too-large": (
        "文件过大。成批的案件请用 `tiaoli bulk`。",
        "The file is too large. Many cases are for `tiaoli bulk`.",
    ),
    "case-too-deep": (
        "嵌套过深，不是案件。",
        "Nested too deep to be a case.",
    ),
    "case-syntax": (
        "不是合法的 JSON 或 YAML。请按所示行列修改。",
        "Not JSON, or not YAML. Mend it at the line and column named.",
    ),
    "case-yaml": (
        "使用了 YAML 中不接受的写法：标签、锚点、别名、第二个文档等。请直接写出内容。",
        "A part of YAML that is not accepted: tags, anchors, aliases, second documents. Write the values out.",
    ),
    # What a case says
    "case-not-object": (
        "案件须为一个对象（键和值）。",
        "A case is one object of keys and values.",
    ),
    "case-key-missing": (
        "缺少必填的键。其余信息不明时可以不写，此项必须写。",
        "A key that every case has is missing. Other facts may be left out where they are unknown; this one not.",
    ),
    "case-key-unknown": (
        "案件格式中没有这个键，多为拼写有误。请改成所列的键。",
        "The case format has no such key, mostly a misspelling. Write one of the keys listed.",
    ),
    "case-key-repeated": (
        "同一个键写了两次。请只保留一个。",
        "A key stands twice. Keep one.",
    ),
    "case-null": (
        "null 在此没有含义。信息不明的，请不要写这个键。",
        "null means nothing here. Leave the key out where the fact is unknown.",
    ),
    "case-value": (
        "不是可用的值，多为拼写有误。请改成所列的值。",
        "Not one of the values of this key, mostly a misspelling. Write one of those listed.",
    ),
    "case-type": (
        "值的类型不对，例如数字应写成带引号的文字。请按提示修改。",
        "A value of the wrong type, a bare number where quoted text is wanted. Write it as the refusal says.",
    ),
    "case-number": (
        "数字超出允许的范围。",
        "A number outside its range.",
    ),
    "case-day": (
        "不是日历上的日期，或不在 1900 年至 2199 年之间，或带有时刻。日期写作 2025-03-01。",
        "Not a day of the calendar from 1900 to 2199, or with a time of day. A day is written 2025-03-01.",
    ),
    "case-days-reversed": (
        "两个日期先后颠倒。请核对。",
        "Two days stand in the wrong order. Check them.",
    ),
    "case-money": (
        "不是可用的金额。金额写成带引号的文字，至多两位小数。",
        "Not an amount. An amount is quoted text with at most two decimals.",
    ),
    "case-code": (
        "不是该类编码的写法。",
        "Not written as a code of this kind.",
    ),
    "case-id": (
        "编号含有不允许的字符，或者过长、为空。",
        "An id that is empty, too long, or has characters that ids do not have.",
    ),
    "case-id-repeated": (
        "同一列表内编号重复。",
        "An id stands twice in its list.",
    ),
    "case-nothing-asked": (
        "案件中没有可问该项待遇的对象。请补上列表中的条目，或者改问别的待遇。",
        "The case has nothing to ask the benefit for. Add an item to the list, or ask for another benefit.",
    ),
    "case-other-policy": (
        "案件是按另一政策的案件格式读入的。请按所问的政策重新读入。",
        "A case that was read under another policy. Read the document under the policy that is asked.",
    ),
    "case-path": (
        "路径没有指向案件中的一个事实。请核对键和编号。",
        "A path does not lead to a fact of the case. Check its keys and ids.",
    ),
    "case-unwritable": (
        "文件无法写入。请检查文件名和权限。",
        "The file cannot be written. Check its name and permissions.",
    ),
}

PROBLEM_KINDS: Mapping[str, Statement] = MappingProxyType({id: Statement(*words) for id, words in _KINDS.items()})
"""Every kind of problem by its id: what it means, and what to do."""
