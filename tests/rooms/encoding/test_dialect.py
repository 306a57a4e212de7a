"""Rules outside the dialect are refused at load: for every refusal one broken copy of the shipped rules, with the file and line, what is
wrong, and what to write instead, in both languages. Nothing but `PolicyError` comes out, whatever stands in a rule file."""

import hashlib
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import tiers
from support.paths import ROOT
from tiaoli import PolicyError
from tiaoli.encoding.loader import load_encoding, policy_problems

NAME = "hrss-2024-20"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the shipped policy to break."""
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, tmp_path / part / NAME)
    return tmp_path


@dataclass(frozen=True)
class Broken:
    """One edit and the finding it must give.

    `old` becomes `new`, `times` over (where `old` is empty, `new` is put at the end of the file, which may be a fresh one). The finding
    stands at the line of `at`, or of `new`, and says `zh` and `en`. `others` are the further places where the edit is noticed.
    """

    name: str
    file: str
    old: str
    new: str
    zh: str
    en: str
    at: str = ""
    column: int = 0
    where: str = ""
    others: tuple[str, ...] = ()
    times: int = 1

    def edit(self, root: Path) -> str:
        """Make the edit; the place where it must be found."""
        folder = root / ("encodings" if self.file.endswith(".lp") else "policy") / NAME
        path = folder / self.file
        text = path.read_text("utf-8") if path.exists() else ""
        assert self.old in text
        text = text.replace(self.old, self.new, self.times) if self.old else f"{text.rstrip()}\n{self.new}\n"
        path.write_text(text, "utf-8")
        if self.where:
            return self.where
        mark = self.at or self.new.strip()
        assert mark in text
        line = text.count("\n", 0, text.rindex(mark) if not self.old else text.index(mark)) + 1
        return f"{self.file}:{line}:{self.column}" if self.column else f"{self.file}:{line}"


LIMITED = "limited(skill_uplift)."
FACT = "limited(care_route)."


def text(name: str, new: str, column: int, zh: str, en: str) -> Broken:
    """Something that must not reach the parser, in a line of its own."""
    return Broken(name, "c10_limit.lp", FACT, f"{FACT}\n{new}", zh, en, at=new, column=column)


HALF_WIDTH = dict(zip("，。：；（）“”－＝＜＞", ',.:;()""-=<>', strict=True))

GUARD = [
    *(
        text(
            f"full-width {mark}",
            f"limited(care_route){mark}",
            20,
            f"字符串和注释之外出现 `{mark}`；请写 {half}",
            f"`{mark}` outside a string or comment; write {half}",
        )
        for mark, half in HALF_WIDTH.items()
    ),
    text(
        "a letter beyond ASCII",
        "limité(care_route).",
        6,
        "字符串和注释之外出现 `é`；请用 ASCII 字符",
        "`é` outside a string or comment; write ASCII",
    ),
    text("after an open string", 'limited("，).', 10, "字符串和注释之外出现 `，`；请写 ,", "`，` outside a string or comment; write ,"),
    text(
        "#script",
        "#script (python) def main(control): pass #end.",
        1,
        "不允许 #script；规则只写在本目录的文件中",
        "#script is not allowed; the rules are the files of this folder",
    ),
    text(
        "#include",
        '#include "decision.lp".',
        1,
        "不允许 #include；规则只写在本目录的文件中",
        "#include is not allowed; the rules are the files of this folder",
    ),
    text(
        "block comment",
        "%* limited(special_ability). *%",
        1,
        "不允许块注释 `%*`；请每行以 % 开头",
        "a block comment `%*` is not allowed; begin each line with %",
    ),
]


def after(name: str, new: str, zh: str, en: str, *others: str) -> Broken:
    """A statement of its own after the rules on the annual limit."""
    return Broken(name, "c10_limit.lp", FACT, f"{FACT}\n{new}", zh, en, at=new, others=others)


def body(name: str, extra: str, zh: str, en: str, *others: str) -> Broken:
    """One more part in the body of the rule for unemployed holders of a special-ability certificate."""
    rule = "person_group(C, Cert) :- special_status(C, Cert, unemployed)"
    return Broken(name, "c02_special.lp", f"{rule}.", f"{rule}, {extra}.", zh, en, others=others)


ONE_ATOM = ("规则头部只能是一个原子（不允许析取、选择和取反）", "the head must be one atom (no disjunction, no choice, no negation)")
ONE_COMPARISON = ("比较请一次只写一个，如 `A <= B, B <= C`", "write one comparison at a time: `A <= B, B <= C`")
TURN_ROUND = ("`not` 只能用于原子；比较和聚合请写相反的运算符", "`not` goes before an atom; turn the comparison round instead")
ONLY_TWO = ("聚合只允许 #sum 和 #count", "of the aggregates only #sum and #count are allowed")
ONE_BOUND = ("聚合须恰有一个界，如 `#count { … } >= N`", "an aggregate takes exactly one bound: `#count { … } >= N`")
FUNCTION = ("不允许函数项、元组和 @函数；请逐条写出", "a function term, a tuple or an @function is not allowed; write each case out")


def plain(name: str, statement: str, what: str = "") -> Broken:
    """A statement that is no rule."""
    what = what or name
    return after(name, statement, f"规则中不允许 {what}；只写普通规则", f"{what} is not allowed here; write plain rules")


GRAMMAR = [
    plain("#external", "#external limited(care_route)."),
    plain("#minimize", "#minimize { 1, B : limited(B) }."),
    plain("#maximize", "#maximize { 1, B : limited(B) }.", "#minimize"),
    plain("weak constraint", ":~ limited(B). [1, B]", "#minimize"),
    plain("#const", "#const n = 1."),
    plain("#show TERM", "#show B : limited(B)."),
    plain("#heuristic", "#heuristic limited(B) : limited(B). [1, true]"),
    plain("#edge", "#edge (a, b) : limited(skill_uplift)."),
    plain("#theory", "#theory t { t { - : 1, unary }; &a/0 : t, any }."),
    plain("#project", "#project limited/1."),
    plain("#project of an atom", "#project limited(B) : limited(B).", "#project"),
    plain("#program", "#program later(n)."),
    after(
        "constraint",
        ":- limited(skill_uplift).",
        "不允许约束（没有头部的规则）；请推导一个谓词",
        "a constraint (a rule without a head) is not allowed; derive a predicate instead",
    ),
    after("choice head", "{ limited(special_ability) }.", *ONE_ATOM),
    after("disjunction", "limited(special_ability) ; limited(care_route).", *ONE_ATOM),
    after("negated head", "not limited(special_ability).", *ONE_ATOM),
    after("classical negation in the head", "-limited(special_ability).", "不允许经典否定 `-p`", "classical negation `-p` is not allowed"),
    body("classical negation", "-excluded_post(C)", "不允许经典否定 `-p`", "classical negation `-p` is not allowed"),
    body(
        "conditional literal",
        "excluded_post(C) : special_domain(D)",
        "不允许条件文字；请推导一个中间谓词",
        "a conditional literal is not allowed; derive a predicate of its own",
    ),
    body("not not", "not not excluded_post(C)", "不允许 `not not`", "`not not` is not allowed"),
    body("negated comparison", "applied_on(C, Day), not Day < Day", *TURN_ROUND),
    body("negated aggregate", "not #count { D : special_domain(D) } >= 0", *TURN_ROUND),
    body("chained comparison", "applied_on(C, Day), Day <= Day <= Day", *ONE_COMPARISON),
    body("#min", "#min { Day : applied_on(C, Day) } >= 0", *ONLY_TWO),
    body("#max", "#max { Day : applied_on(C, Day) } >= 0", *ONLY_TWO),
    body("#sum+", "#sum+ { Day : applied_on(C, Day) } >= 0", *ONLY_TWO),
    body("two bounds", "0 <= #count { D : special_domain(D) } <= 100", *ONE_BOUND),
    body("no bound", "#count { D : special_domain(D) }", *ONE_BOUND),
    body("set without a function", "{ special_domain(D) } >= 0", "规则体中不允许 Aggregate", "Aggregate is not allowed in a body"),
    body("#true", "#true", "规则体中不允许 BooleanConstant", "BooleanConstant is not allowed in a body"),
    body(
        "pool",
        "special_domain((ai_data_annotation; ai_model_application))",
        "不允许池 `a;b`；请逐条写出",
        "a pool `a;b` is not allowed; write each case out",
    ),
    body("interval", "applied_on(C, 0..100)", "不允许区间 `a..b`；请逐条写出", "an interval `a..b` is not allowed; write each case out"),
    body("function term", "special_domain(named(D))", *FUNCTION),
    body("tuple", "special_domain((C, Cert))", *FUNCTION),
    body("@function", "special_domain(@today())", *FUNCTION),
    body(
        "absolute value", "applied_on(C, |Day|)", "不允许UnaryOperation；请逐条写出", "UnaryOperation is not allowed; write each case out"
    ),
    body(
        "power",
        "applied_on(C, Day), Day <= Day ** 0",
        "不允许BinaryOperation；请逐条写出",
        "BinaryOperation is not allowed; write each case out",
    ),
    after(
        "%@ after a rule",
        "limited(special_ability). %@ c10.s1 自2025年1月1日起",
        "`%@` 须写在行首、规则之上",
        "`%@` belongs at the start of a line, above its rules",
    ),
    Broken(
        "syntax error",
        "c10_limit.lp",
        LIMITED,
        "limited(skill_uplift)), .",
        "clingo 报告：",
        "clingo says: error: syntax error, unexpected )",
    ),
]

DIALECT = [
    Broken(
        "rule without %@",
        "c11_more.lp",
        "",
        "% （十一）\nlimited(special_ability).",
        "规则之上须有 `%@ 锚点 引文`",
        "a rule wants a line `%@ anchor quote` above it",
        at="limited(",
    ),
    Broken(
        "unknown anchor",
        "c10_limit.lp",
        "%@ c10.s1",
        "%@ c10.s11",
        "通知中没有句子 `c10.s11`",
        "the notice has no sentence `c10.s11`; did you mean `c10.s1`?",
        others=("clauses.toml [c10.s1]",),
    ),
    Broken(
        "quote with another character",
        "c10_limit.lp",
        "每年可申请1次",
        "每年可申请一次",
        "引文与 c10.s1 原文不符：`自2025年1月1日起",
        "the quote differs from the text of c10.s1: `自2025年1月1日起",
        at="%@ c10.s1",
    ),
    Broken(
        "no quote",
        "c09_commission.lp",
        "%@ c9.s2 优质人力资源服务机构名单由市人力资源社会保障部门评审认定后公布",
        "%@ c9.s2",
        "引文与 c9.s2 原文不符：``",
        "the quote differs from the text of c9.s2: ``",
    ),
    Broken(
        "%@ method without a word",
        "c11_more.lp",
        "",
        "%@ method\nlimited(special_ability).",
        "`%@ method` 之后须说明这些规则的作用",
        "`%@ method` wants a line saying what the rules do",
        at="%@ method",
    ),
    Broken(
        "sentence cited and not listed",
        "c10_limit.lp",
        "%@ c10.s1",
        "%@ c8.s1 鼓励人力资源服务机构\n%@ c10.s1",
        "c10_limit.lp 引用了此句，encoded_in 未列出",
        "c10_limit.lp cites this sentence and encoded_in does not list it",
        where="clauses.toml [c8.s1]",
    ),
    body(
        "misspelt predicate",
        "not exclude_post(C)",
        "没有谓词 `exclude_post`；是否为 `excluded_post`？",
        "there is no predicate `exclude_post`; did you mean `excluded_post`?",
    ),
    body(
        "wrong arity",
        "not excluded_post(C, Cert)",
        "excluded_post 有 1 个参数（case:case），此处写了 2 个",
        "excluded_post takes 1 arguments (case:case), not 2",
    ),
    body(
        "misspelt constant",
        "special_status(C, Cert, unemploied)",
        "`unemploied` 不是 status 的值；是否为 `unemployed`？",
        "`unemploied` is no status; did you mean `unemployed`?",
    ),
    body(
        "quoted text for a constant",
        'special_status(C, Cert, "unemployed")',
        "`unemployed` 不是 status 的值；",
        "`unemployed` is no status; ",
    ),
    body(
        "no boolean",
        "not person_civil_servant(C, yes)",
        "`yes` 不是 value 的值；可用：true、false",
        "`yes` is no value; allowed: true, false",
    ),
    body(
        "misspelt parameter",
        "months(care_employmen, Months)",
        "`care_employmen` 不是 parameter 的值；是否为 `care_employment`？",
        "`care_employmen` is no parameter; did you mean `care_employment`?",
    ),
    body(
        "parameter of another unit",
        "percent(care_employment, Months)",
        "`care_employment` 不是 parameter 的值；",
        "`care_employment` is no parameter; ",
    ),
    body(
        "misspelt reading",
        "reading(person_list, illustrative)",
        "`person_list` 不是 reading 的值；是否为 `person_lists`？",
        "`person_list` is no reading; did you mean `person_lists`?",
    ),
    body(
        "option of no reading",
        "reading(person_lists, illustrativ)",
        "`illustrativ` 不是 person_lists 的选项；是否为 `illustrative`？",
        "`illustrativ` is no option of person_lists; did you mean `illustrative`?",
    ),
    body(
        "negated reading",
        "not reading(person_lists, exhaustive)",
        "请为每个选项各写一条规则",
        "write a rule of its own for each option of a reading",
    ),
    body("any reading", "reading(Reading, exhaustive)", "请为每个选项各写一条规则", "write a rule of its own for each option of a reading"),
    body(
        "code in a rule",
        'certificate_occupation(C, Cert, "4-10-01-05")',
        "certificate_occupation 的 value 不能写成 `4-10-01-05`；请用变量，通知中的数值写入 parameters.toml",
        "the value of certificate_occupation cannot be written `4-10-01-05`; use a variable, and keep the notice's values in "
        "parameters.toml",
    ),
    body(
        "one certificate by its id",
        "certificate(C, c1)",
        "certificate 的 certificate 不能写成 `c1`；",
        "the certificate of certificate cannot be written `c1`; ",
    ),
    body(
        "number in a rule",
        "applied_on(C, Day), Day <= 20251113",
        "规则中不写数值 20251113；请写入 parameters.toml 并引用",
        "no number 20251113 in a rule; put it into parameters.toml and refer to it",
    ),
    body(
        "number as an argument",
        "applied_on(C, 20251113)",
        "规则中不写数值 20251113；请写入 parameters.toml 并引用",
        "no number 20251113 in a rule; put it into parameters.toml and refer to it",
    ),
    body("number in an aggregate", "#sum { 7, D : special_domain(D) } >= 0", "规则中不写数值 7；", "no number 7 in a rule; "),
    body(
        "wrong type in a variable",
        "certificate_issued(C, Cert, Status), person_status(C, Status)",
        "变量 Status 既作 day 又作 status",
        "the variable Status is a day and a status at once",
    ),
    body(
        "types that meet in a comparison",
        "certificate_issued(C, Cert, Day), person_status(C, Status), Day <= Status",
        "变量 Day 既作 day 又作 status",
        "the variable Day is a day and a status at once",
    ),
    body(
        "two cases in a rule",
        "not excluded_post(Other), excluded_post(Other)",
        "一条规则只谈一个案件：各处第一个参数须为同一变量",
        "a rule speaks of one case: its first arguments must be the same variable",
    ),
    body(
        "any case in a rule",
        "not excluded_post(_)",
        "一条规则只谈一个案件：各处第一个参数须为同一变量",
        "a rule speaks of one case: its first arguments must be the same variable",
    ),
    Broken(
        "met read below the decision",
        "c01_uplift.lp",
        "certificate(C, Cert), percent",
        "met(C, skill_uplift, Cert, in_force), certificate(C, Cert), percent",
        "met 只供决定规则使用；请引用所依据的谓词",
        "only the decision reads met; rest on the predicate below it",
        at="rate(C,",
    ),
    after(
        "a fact derived",
        "person_civil_servant(C, true) :- applied_on(C, _).",
        "person_civil_servant 是事实，规则不得推导",
        "person_civil_servant is a fact; no rule may derive it",
    ),
    after("a parameter derived", "months(care_employment, 0).", "months 是事实，规则不得推导", "months is a fact; no rule may derive it"),
    Broken(
        "undeclared predicate derived",
        "c10_limit.lp",
        LIMITED,
        f"{LIMITED}\nlimits(skill_uplift).",
        "没有谓词 `limits`；是否为 `limited`？",
        "there is no predicate `limits`; did you mean `limited`?",
        at="limits(",
    ),
    Broken(
        "declared and derived by no rule",
        "vocabulary.toml",
        "[predicate.limited]",
        '[predicate.unlimited]\nargs = ["case:case"]\nzh = "不限"\nen = "unlimited"\n\n[predicate.limited]',
        "没有规则推导它",
        "no rule derives it",
        where="vocabulary.toml [predicate.unlimited]",
    ),
    Broken(
        "derived and never used",
        "c02_special.lp",
        ", not excluded_post(C)",
        "",
        "excluded_post 推导之后无人使用",
        "excluded_post is derived and never used",
        at="excluded_post(C) :- person_civil",
    ),
    Broken(
        "parameter that no rule uses",
        "c06_development.lp",
        "money(development_cap, Cap), Sum <= Cap",
        "money(special_ability_standard, Cap), Sum <= Cap",
        "没有规则使用此参数",
        "no rule uses this parameter",
        where="parameters.toml [spare]",
    ),
    Broken(
        "options that no rule uses",
        "c04_directed.lp",
        "reading(class_headcount,",
        "reading(class_rate_base,",
        "没有规则使用选项 enrolled、passed",
        "no rule uses the options enrolled, passed",
        where="readings.toml [class_headcount]",
        times=2,
    ),
    Broken(
        "condition at a position twice",
        "c10_limit.lp",
        LIMITED,
        f"requires(skill_uplift, 5, annual_limit).\n{LIMITED}",
        "skill_uplift 的第 5 项条件重复",
        "skill_uplift has two conditions at position 5",
        at="requires(skill_uplift, 5",
    ),
    Broken(
        "gap between positions",
        "c01_uplift.lp",
        "requires(skill_uplift, 5,",
        "requires(skill_uplift, 6,",
        "条件序号须从 1 起连续",
        "positions of the conditions must run from 1 without a gap",
        where="vocabulary.toml [benefit.skill_uplift]",
    ),
    Broken(
        "condition required and not in the vocabulary",
        "c01_uplift.lp",
        "requires(skill_uplift, 5, annual_limit).",
        "requires(skill_uplift, 5, sector).",
        "条件及顺序与 requires 不一致：certificate_kind、catalogue_listed、in_force、base_entitlement、sector",
        "the conditions differ from requires, which says: certificate_kind, catalogue_listed, in_force, base_entitlement, sector",
        where="vocabulary.toml [benefit.skill_uplift]",
    ),
    Broken(
        "condition that nobody derives",
        "c01_uplift.lp",
        "met(C, skill_uplift, Cert, catalogue_listed)",
        "met(C, skill_uplift, Cert, certificate_kind)",
        "没有规则推导 skill_uplift 的 catalogue_listed",
        "no rule derives the condition catalogue_listed of skill_uplift",
        at="requires(skill_uplift, 2",
    ),
    Broken(
        "requires with a body",
        "c01_uplift.lp",
        "requires(skill_uplift, 5, annual_limit).",
        "requires(skill_uplift, 5, annual_limit) :- limited(skill_uplift).",
        "requires 须为事实：权益、序号、条件",
        "requires must be a fact: benefit, position, condition",
        others=("vocabulary.toml [benefit.skill_uplift]",),
    ),
    Broken(
        "requires with a variable",
        "c01_uplift.lp",
        "requires(skill_uplift, 5, annual_limit).",
        "requires(skill_uplift, 5, annual_limit).\nrequires(B, 0, annual_limit) :- limited(B).",
        "requires 须为事实：权益、序号、条件",
        "requires must be a fact: benefit, position, condition",
        at="requires(B, 0",
    ),
    Broken(
        "missing #defined",
        "vocabulary.lp",
        "#defined certificate_kind/3.\n",
        "",
        "缺少 `#defined certificate_kind/3.`",
        "`#defined certificate_kind/3.` is missing",
        where="vocabulary.lp",
    ),
    Broken(
        "missing #show", "vocabulary.lp", "#show gap/4.\n", "", "缺少 `#show gap/4.`", "`#show gap/4.` is missing", where="vocabulary.lp"
    ),
    Broken(
        "#defined of another arity",
        "vocabulary.lp",
        "#defined gap/4.",
        "#defined gap/5.",
        "词汇表中没有 gap/5",
        "the vocabulary has no such defined: gap/5",
        others=("vocabulary.lp",),
    ),
    Broken(
        "#show of a predicate within",
        "c10_limit.lp",
        "",
        "#show limited/1.",
        "词汇表中没有 limited/1",
        "the vocabulary has no such show: limited/1",
    ),
]

EARLIER = "earlier_application(C, Application) :-"
HARVEST = [
    body(
        "comparison after arithmetic",
        "applied_on(C, Day), certificate_issued(C, Cert, Issued), Day - 100 <= Issued",
        "不能对日期、金额或期限先运算再比较；请比较原值",
        "a day, an amount or a term is compared after arithmetic; compare the value itself",
    ),
    body(
        "comparison of a computed value",
        "applied_on(C, Day), Hundred = Day / 100, Hundred <= 0",
        "不能对日期、金额或期限先运算再比较；请比较原值",
        "a day, an amount or a term is compared after arithmetic; compare the value itself",
    ),
    body(
        "comparison of a computed sum",
        "Sum = #sum { Day, Job : employment_start(C, Job, Day) }, Sum <= 0",
        "不能对日期、金额或期限先运算再比较；请比较原值",
        "a day, an amount or a term is compared after arithmetic; compare the value itself",
    ),
    body(
        "period from no parameter",
        "applied_on(C, Day), add_months(Day, Months, _), certificate_issued(C, Cert, Day)",
        "add_months 的日期须来自案件或参数，期限须来自参数",
        "a day of add_months must come from the case or a parameter, and its length, at most 100 years, from a parameter",
    ),
    body(
        "period of a day from nowhere",
        "months(care_employment, Months), add_months(Day, Months, _)",
        "add_months 的日期须来自案件或参数，期限须来自参数",
        "a day of add_months must come from the case or a parameter, and its length, at most 100 years, from a parameter",
    ),
    body(
        "year of a day from nowhere",
        "calendar_year(Day, _, _)",
        "calendar_year 的日期须来自案件或参数，期限须来自参数",
        "a day of calendar_year must come from the case or a parameter, and its length, at most 100 years, from a parameter",
    ),
    Broken(
        "a standard set elsewhere in a condition",
        "c01_uplift.lp",
        "base_entitlement(C, Cert) :- care_route_open(C, Cert).",
        "base_entitlement(C, Cert) :- care_route_open(C, Cert), certificate_base_standard(C, Cert, _).",
        "条件和结果不得取决于另行制定的金额（elsewhere）",
        "a condition or a result rests on a sum that is set elsewhere (`elsewhere`)",
        where="fields.toml [field.certificates.base_standard_cny]",
    ),
    after(
        "unsafe variable",
        "limited(B) :- reading(limit_covers_special, covered).",
        "clingo 报告：error: unsafe variables in: limited(B)",
        "clingo says: error: unsafe variables in: limited(B)",
    ),
    body(
        "unsafe negation",
        "not special_domain(D)",
        "clingo 报告：error: unsafe variables in: person_group(C,Cert)",
        "clingo says: error: unsafe variables in: person_group(C,Cert)",
    ),
]

ALL = [*GUARD, *GRAMMAR, *DIALECT, *HARVEST]


def prepared(broken: Broken, root: Path) -> str:
    """Make the edit, and what else it needs to be the only thing wrong."""
    if broken.name == "parameter that no rule uses":
        path = root / "policy" / NAME / "parameters.toml"
        spare = path.read_text("utf-8").partition("[uplift]")[2].partition("\n[")[0]
        path.write_text(f"{path.read_text('utf-8')}\n[spare]{spare}", "utf-8")
        return broken.where
    return broken.edit(root)


@pytest.mark.parametrize("broken", ALL, ids=[broken.name for broken in ALL])
def test_refused(root: Path, broken: Broken) -> None:
    """The problem stands exactly where the edit is, says what and what to do in both languages, and is the only one."""
    where = prepared(broken, root)
    with pytest.raises(PolicyError) as caught:
        load_encoding(NAME, root)
    problems = [*caught.value.problems]
    assert problems == policy_problems(NAME, root)
    listing = caught.value.say("en")
    told = [problem for problem in problems if problem.where == where and broken.en in problem.what.en]
    assert told, (where, listing)
    assert all(broken.zh in problem.what.zh for problem in told), caught.value.say("zh")
    assert {problem.where for problem in problems} == {where, *broken.others}, listing


@pytest.mark.parametrize(
    ("file", "old", "new", "circle"),
    [
        (
            "c10_limit.lp",
            "limited(Benefit), limit_applies(C), applications_a_year_made(C)",
            "limited(Benefit), year_used_up(C, Benefit), applications_a_year_made(C)",
            "year_used_up",
        ),
        ("c10_limit.lp", "day(annual_limit_from, First), First <= Today.", "not year_used_up(C, _).", "year_used_up limit_applies"),
        (
            "c10_limit.lp",
            "First <= Day, applied_on(C, Today), Day <= Today.",
            "not applications_a_year_made(C), First <= Day.",
            "applications_a_year_made uses_year earlier_application",
        ),
    ],
    ids=["on itself", "through negation", "over three"],
)
def test_recursion(root: Path, file: str, old: str, new: str, circle: str) -> None:
    """The finding names the whole circle and stands at one of its rules."""
    path = root / "encodings" / NAME / file
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    lines = path.read_text("utf-8").splitlines()
    rules = {f"{file}:{number}" for number, line in enumerate(lines, 1) if line.startswith(tuple(f"{name}(" for name in circle.split()))}
    (problem,) = policy_problems(NAME, root)
    assert problem.where in rules
    zh, en = (said.split("：" if "：" in said else ": ")[1].split(" → ") for said in (problem.what.zh, problem.what.en))
    assert problem.what.zh.startswith("规则不得递归：")
    assert problem.what.en.startswith("rules must not be recursive: ")
    assert zh == en
    assert en[0] == en[-1]
    assert sorted(en[1:]) == sorted(circle.split())


def test_full_width_is_welcome_in_comments_and_text(root: Path) -> None:
    """Where the parser takes it, the guard does."""
    path = root / "encodings" / NAME / "c10_limit.lp"
    path.write_text(f'{path.read_text("utf-8")}% 注释，#script、#include、%* 与“引号”。\n% "，\n', "utf-8")
    assert policy_problems(NAME, root) == []
    path.write_text(f'{path.read_text("utf-8")}limited(B) :- limited(B), occupation(_, "，\\"。").\n', "utf-8")
    assert any("recursive" in problem.what.en for problem in policy_problems(NAME, root))


def test_every_problem_of_a_file_is_reported_in_its_order(root: Path) -> None:
    path = root / "encodings" / NAME / "c10_limit.lp"
    path.write_text(f"{path.read_text('utf-8')}\n:- limited(B).\nnot limited(B).\nlimited(1..2).\n", "utf-8")
    last = path.read_text("utf-8").count("\n")
    assert [problem.where for problem in policy_problems(NAME, root)] == [f"c10_limit.lp:{line}" for line in (last - 2, last - 1, last)]


SCRAPS = [
    "，",
    "。",
    '"',
    "%*",
    "*%",
    "#",
    "(",
    ")",
    ".",
    ":-",
    "not ",
    " 1",
    "X",
    "\\",
    "{",
    "}",
    ";",
    ":",
    "-",
    "|",
    "@",
    "/",
    "=",
    "<",
    "_",
    "'",
]
SCRAPS += ["\n", "\t", "\r", "é", "&", "#sup", "#inf", "$", "~", "?", "99999999999", "\ufeff", "\u2028"]


@tiers.sized(20, 80)
def test_nothing_but_policy_errors(root: Path, size: int) -> None:
    """Rule files with scraps put in, taken out and doubled are in order or refused; nothing else happens."""
    files = sorted((root / "encodings" / NAME).glob("*.lp"))
    outcomes = set()
    for seed in range(size):
        rng = random.Random(f"shreds {seed}")
        path = rng.choice(files)
        whole = path.read_text("utf-8")
        spoilt = whole
        for _ in range(rng.choice([1, 1, 2, 3])):
            here, there = rng.randrange(len(spoilt)), rng.randrange(len(spoilt))
            kind = rng.choice(["in", "in", "out", "doubled"])
            end = here + rng.randint(1, 8) if kind == "out" else here
            scrap = {"in": rng.choice(SCRAPS), "out": "", "doubled": spoilt[there : there + 30]}[kind]
            spoilt = spoilt[:here] + scrap + spoilt[end:]
        path.write_text(spoilt, "utf-8")
        problems = policy_problems(NAME, root)
        assert all(problem.what.zh and problem.what.en for problem in problems)
        outcomes.add(bool(problems))
        path.write_text(whole, "utf-8")
    assert outcomes == {True, False}


# The cache


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder with the file of the shipped policy in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    load_encoding(NAME)
    (path,) = (tmp_path / "tiaoli").iterdir()
    return path


def test_the_cache_is_read(cache: Path) -> None:
    before = cache.stat().st_mtime_ns
    fresh, again = policy_problems(NAME), load_encoding(NAME)
    assert fresh == []
    assert again == load_encoding(NAME)
    assert cache.stat().st_mtime_ns == before
    cache.unlink()
    assert load_encoding(NAME) == again


def sealed(content: bytes) -> bytes:
    """A file of the cache with this content."""
    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def changed(whole: bytes, **changes: object) -> bytes:
    """The file of the cache with other values of some keys; `None` leaves a key out."""
    content = json.loads(whole.partition(b"\n")[2]) | changes
    return sealed(json.dumps({key: value for key, value in content.items() if value is not None}).encode())


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "truncated": lambda whole: whole[: len(whole) // 2],
    "not JSON": lambda _: b"tiaoli",
    "not UTF-8": lambda _: b"\xff\xfe\x00",
    "a list": lambda _: sealed(b"[]"),
    "null": lambda _: sealed(b"null"),
    "an empty object": lambda _: sealed(b"{}"),
    "no seal": lambda whole: whole.partition(b"\n")[2],
    "another digit": lambda whole: whole.replace(b"3", b"4", 400),
    "another digit in the content": lambda whole: whole[:70] + whole[70:].replace(b"3", b"4", 40),
    "another digest": lambda whole: changed(whole, digest="sha256:0"),
    "no bounds": lambda whole: changed(whole, bounds=None),
    "bounds of another form": lambda whole: changed(whole, bounds=[[1]]),
    "tables of another form": lambda whole: changed(whole, tables=[]),
    "tables that are not in order": lambda whole: changed(
        whole, tables=json.loads(whole.partition(b"\n")[2]).get("tables", {}) | {"policy": {}}
    ),
    "deeper than a parser goes": lambda _: sealed(b"[" * 100_000),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_a_cache_that_cannot_be_used_is_made_anew(cache: Path, kind: str) -> None:
    whole, encoding = cache.read_bytes(), load_encoding(NAME)
    cache.write_bytes(SPOILT[kind](whole))
    assert load_encoding(NAME) == encoding
    assert cache.read_bytes() == whole


def test_a_number_that_was_changed_in_the_cache_decides_nothing(cache: Path) -> None:
    whole = cache.read_text("utf-8")
    assert '"1000.00"' in whole
    cache.write_text(whole.replace('"1000.00"', '"9000.00"'), "utf-8")
    assert load_encoding(NAME).policy.parameters["special_ability_standard"].value == 100_000


def test_a_folder_in_the_place_of_the_cache_file(cache: Path) -> None:
    encoding = load_encoding(NAME)
    cache.unlink()
    cache.mkdir()
    assert load_encoding(NAME) == encoding
    assert list(cache.parent.iterdir()) == [cache]


def test_a_cache_that_cannot_be_written(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file where the folder should be, a folder nobody may write to, and a path that is not absolute."""
    encoding = load_encoding(NAME)
    assert cache.exists()
    file = tmp_path / "file"
    file.write_text("in the way", "utf-8")
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "tiaoli").mkdir(mode=0o500)
    for base in (str(file), str(closed), "/proc", "somewhere/else"):
        monkeypatch.setenv("XDG_CACHE_HOME", base)
        assert load_encoding(NAME) == encoding
    assert file.read_text("utf-8") == "in the way"
    assert not Path("somewhere").exists()


def test_the_rules_are_kept_too(cache: Path) -> None:
    """Parsed once, read after that, and parsed again where what was kept cannot be used."""
    parsed = load_encoding(NAME).program
    kept = next(path for path in cache.parent.iterdir() if path != cache)
    assert load_encoding(NAME).program == parsed
    whole = kept.read_bytes()
    for name, spoil in SPOILT.items():
        kept.write_bytes(spoil(whole) if "bounds" not in name and "tables" not in name else changed(whole, program=[99]))
        assert load_encoding(NAME).program == parsed
        assert kept.read_bytes() == whole
