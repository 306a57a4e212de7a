"""Texts of any kind: how clauses are numbered and named, a text as it was pasted, and that no word of it is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiaoli import CallError, Oracle
from tiaoli.policy.designations import find_designation, joined, matching
from tiaoli.policy.model import Sentence
from tiaoli.policy.notice import clause_choices, find_clause
from tiaoli.policy.text import read_text, repeated_headings


@pytest.mark.parametrize(
    ("line", "name", "numbers"),
    [
        ("（三）", "（三）", ["3"]),
        ("（三）申请。申请人应当", "（三）", ["3"]),
        ("第十四条 补贴的发放", "第十四条", ["14"]),
        ("第二条补贴是", "第二条", ["2"]),
        ("第十四条之一 例外", "第十四条之一", ["14-1"]),
        ("第七条第二款第（一）项", "第七条第二款第（一）项", ["7", "2", "1"]),
        ("一、补贴对象", "一", ["1"]),
        ("Article 5 Cancellation", "Article 5", ["5"]),
        ("Article 5(1)(c)", "Article 5(1)(c)", ["5", "1", "c"]),
        ("§ 3 Who may apply", "§ 3", ["3"]),
        ("Sec. 12a. Fees", "Sec. 12a", ["12a"]),
        ("Schedule 1 para. 10", "Schedule 1 para. 10", ["1", "10"]),
        ("Annex II", "Annex II", ["ii"]),
        ("(a) the household", "(a)", ["a"]),
        ("1. Paragraph 2 applies", "1", ["1"]),
        ("26.1 For the purposes", "26.1", ["26.1"]),
    ],
)
def test_the_number_at_the_head_of_a_line(line: str, name: str, numbers: list[str]) -> None:
    found = find_designation(line)
    assert found is not None
    assert (found.name, [step.number for step in found.steps]) == (name, numbers)


@pytest.mark.parametrize(
    "line", ["附则", "附件", "施行与有效期", "2025年的标准", "Part of the scheme", "Class 1 pensioners", "Annexes", "and so on"]
)
def test_a_line_that_is_not_numbered(line: str) -> None:
    assert find_designation(line) is None


def test_a_word_of_the_policy_numbers_its_clauses() -> None:
    assert find_designation("Artikel 5 Wohnung") is None
    found = find_designation("Artikel 5 Wohnung", ("Artikel",))
    assert found is not None
    assert (found.name, found.rest) == ("Artikel 5", "Wohnung")


CLAUSES = ("Article 5", "Article 5(1)", "Article 5(1)(c)", "Article 6", "Article 6(1)", "Schedule 5", "Schedule 5 para. 10")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Article 5", ("Article 5",)),
        ("article 5", ("Article 5",)),
        ("Art. 5", ("Article 5",)),
        ("第五条", ("Article 5",)),
        ("5", ("Article 5", "Schedule 5")),
        ("五", ("Article 5", "Schedule 5")),
        ("V", ("Article 5", "Schedule 5")),
        ("5(1)(c)", ("Article 5(1)(c)",)),
        ("5 (1) (c)", ("Article 5(1)(c)",)),
        ("Article 5, paragraph 1", ("Article 5(1)",)),
        ("(c)", ("Article 5(1)(c)",)),
        ("(1)", ("Article 5(1)", "Article 6(1)")),
        ("para. 10", ("Schedule 5 para. 10",)),
        ("sch. 5 para 10", ("Schedule 5 para. 10",)),
        ("7", ()),
        ("Rule 5", ()),
        ("", ()),
        ("the fifth", ()),
    ],
)
def test_what_a_text_names(text: str, named: tuple[str, ...]) -> None:
    assert matching(CLAUSES, text) == named


@given(st.integers(1, 99))
def test_a_number_names_the_same_clause_in_any_script(number: int) -> None:
    tens, ones = divmod(number, 10)
    han = ("" if tens < 2 else "一二三四五六七八九"[tens - 1]) + ("十" if tens else "") + ("一二三四五六七八九"[ones - 1] if ones else "")
    clauses = tuple(f"第{word}条" for word in (han, "一百"))
    for asked in (str(number), han, f"第{han}条", f"第{number}条", f"Article {number}", f"（{han}）", f"({number})"):
        assert matching(clauses, asked) == clauses[:1], asked


def test_what_is_ambiguous_or_unknown_is_refused_with_what_there_is(oracle: Oracle) -> None:
    sentences = {
        "a": replace_clauses(oracle, ("一", "一（一）")),
        "b": replace_clauses(oracle, ("二", "二（一）")),
    }
    policy = replace(oracle.policy, sentences=sentences)
    assert find_clause(policy, "二(1)") == "二（一）"
    with pytest.raises(CallError, match=r"names several clauses; say which: 一（一）, 二（一）"):
        find_clause(policy, "（一）")
    with pytest.raises(CallError, match="there is no clause `9`; allowed: 一, 一（一）, 二, 二（一）"):
        find_clause(policy, "9")
    with pytest.raises(CallError, match="no numbered heading; a clause is headed `## Article 5`"):
        find_clause(replace(policy, sentences={}), "9")
    assert "## Article 5" in clause_choices(()).zh


def replace_clauses(oracle: Oracle, clauses: tuple[str, ...]) -> Sentence:
    return next(iter(oracle.policy.sentences.values()))._replace(clauses=clauses)


def test_several_clauses_in_a_row() -> None:
    assert joined(["（三）", "（四）"]) == "（三）（四）"
    assert joined(["Article 5", "Article 6"]) == "Article 5, Article 6"
    assert joined(["第五条", "第六条"]) == "第五条、第六条"
    assert joined([]) == ""


PASTED = """Rules on the winter grant

Chapter I General

Article 1 Who may apply

1. A household may apply. It must live in the
town on 1 March, No. 4 of the list included.
2. Paragraph 1 does not hold:
(a) for guests;
(b) for households
that moved away, unless:
(i) they came back; or
(ii) they pay.
3. It applies once.

Chapter II Money

§ 2

The grant is 200. It is paid
in May.
"""


def test_a_text_as_it_was_pasted() -> None:
    found = [(place.anchor, place.clauses[-1:], place.text, place.line) for place in read_text(PASTED)]
    assert found == [
        ("t.1", (), "Rules on the winter grant", 1),
        ("c1.1.s1", ("Article 1(1)",), "A household may apply.", 7),
        ("c1.1.s2", ("Article 1(1)",), "It must live in the town on 1 March, No. 4 of the list included.", 7),
        ("c1.2.s1", ("Article 1(2)",), "Paragraph 1 does not hold:", 9),
        ("c1.2.a.s1", ("Article 1(2)(a)",), "for guests;", 10),
        ("c1.2.b.s1", ("Article 1(2)(b)",), "for households that moved away, unless:", 11),
        ("c1.2.b.i.s1", ("Article 1(2)(b)(i)",), "they came back; or", 13),
        ("c1.2.b.ii.s1", ("Article 1(2)(b)(ii)",), "they pay.", 14),
        ("c1.3.s1", ("Article 1(3)",), "It applies once.", 15),
        ("c2.s1", ("§ 2",), "The grant is 200.", 21),
        ("c2.s2", ("§ 2",), "It is paid in May.", 21),
    ]
    assert read_text(PASTED)[1].clauses == ("Chapter I", "Article 1", "Article 1(1)")
    assert read_text(PASTED)[1].heads == ("Chapter I General", "Article 1 Who may apply", "1. ")


def test_a_chinese_text_as_it_was_pasted() -> None:
    lines = (
        "第一章 总则",
        "第一条 本办法适用于居民。",
        "第二条程序如下：",
        "（一）申请。由本人\n提出。",
        "（二）审核。",
        "第三条 每年发放一次。",
    )
    text = "\n\n".join(lines)
    found = [(place.anchor, place.clauses[-1], place.text) for place in read_text(text)]
    assert found == [
        ("c1.s1", "第一条", "本办法适用于居民。"),
        ("c2.s1", "第二条", "程序如下："),
        ("c2.1.s1", "第二条（一）", "申请。"),
        ("c2.1.s2", "第二条（一）", "由本人提出。"),
        ("c2.2.s1", "第二条（二）", "审核。"),
        ("c3.s1", "第三条", "每年发放一次。"),
    ]


def test_marked_headings_nest_by_their_marks() -> None:
    lines = ("# The scheme", "## Schedule 1", "### para. 10", "#### (a)", '<a id="x.1"></a>One.', "### para. 11", '<a id="y.1"></a>Two.')
    text = "\n".join((*lines, '<a id="z.1"></a>Signed.'))
    assert [(place.anchor, place.clauses) for place in read_text(text)] == [
        ("x.1", ("Schedule 1", "Schedule 1 para. 10", "Schedule 1 para. 10(a)")),
        ("y.1", ("Schedule 1", "Schedule 1 para. 11")),
        ("z.1", ()),
    ]


def test_a_heading_that_comes_a_second_time_is_found() -> None:
    text = "## Article 1\n\nOne.\n\n## Article 2\n\nTwo.\n\n## Article 1\n\nThree.\n"
    assert list(repeated_headings(read_text(text))) == [("c1.s2", "Article 1")]
    assert list(repeated_headings(read_text(PASTED))) == []


_WORDS = st.sampled_from(
    ["A household may apply.", "for guests;", "it pays", "No. 4 of", "本办法适用于居民。", "由本人", "提出：“是。”", "1 March", "Done!"]
)
_NUMBERS = st.sampled_from(
    [
        "",
        "",
        "1. ",
        "2. ",
        "(a) ",
        "(b) ",
        "(i) ",
        "（一）",
        "（二）",
        "第一条 ",
        "第二条",
        "Article 1 ",
        "§ 2",
        "一、",
        "1.1 ",
        "## ",
        "# Part I",
        "",
    ]
)
_LINES = st.lists(st.tuples(_NUMBERS, st.lists(_WORDS, max_size=3).map(" ".join), st.sampled_from(["\n", "\n\n"])), max_size=25)


@given(_LINES)
def test_no_word_of_a_pasted_text_is_lost(lines: list[tuple[str, str, str]]) -> None:
    text = "".join(f"{number}{words}{end}" for number, words, end in lines)
    places = read_text(text)
    assert len({place.anchor for place in places}) == len(places)
    left = "".join(text.replace("#", "").split())
    for place in places:
        for part in (*place.heads, place.text):
            bare = "".join(part.split())
            assert left.startswith(bare)
            left = left.removeprefix(bare)
        start, end = place.columns
        assert end - start == len(place.text)
    # only headings at the end of the text head no sentence
    last = places[-1].line if places else 0
    rest = "".join("".join(line.replace("#", "").split()) for line in text.splitlines()[last:])
    assert rest.endswith(left)
