"""A sentence in both languages, and the small formatting that sentences need."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

Lang = Literal["zh", "en"]


class Statement(NamedTuple):
    """One sentence, said in Chinese (`zh`) and in English (`en`)."""

    zh: str
    en: str

    def say(self, lang: Lang) -> str:
        return in_lang(lang, self.zh, self.en)

    def to_json(self) -> dict[str, str]:
        """The sentence in both languages, by their names."""
        return {"zh": self.zh, "en": self.en}


def in_lang(lang: Lang, zh: str, en: str) -> str:
    """The one of two texts that is in a language."""
    return zh if lang == "zh" else en


def listed(statements: Iterable[Statement], zh: str = "、", en: str = ", ") -> Statement:
    """Several statements in one."""
    found = list(statements)
    return Statement(zh.join(item.zh for item in found), en.join(item.en for item in found))


def counted(number: int, one: str, more: str) -> str:
    """A number with the English words for it.

    >>> counted(1, "line holds", "lines hold"), counted(1200, "line holds", "lines hold")
    ('1 line holds', '1,200 lines hold')
    """
    return f"{number:,} {one if number == 1 else more}"


_HIDDEN = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """A text in which characters that turn, tear or hide what stands around them are shown by their numbers; new lines and tabs stay.

    >>> visible("A\\u202e1\\u2028B\\n")
    'A\\\\u202e1\\\\u2028B\\n'
    """
    return _HIDDEN.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)


def shown(value: object, limit: int = 60) -> str:
    """`value` as a message quotes it: in backticks, on one line, cut after `limit` characters.

    Control, bidirectional and surrogate characters are escaped, so that a message can be printed anywhere and never
    reads otherwise than it is written.
    """
    if value is None:
        text = "null"
    elif value is True or value is False:
        text = str(value).lower()
    elif isinstance(value, (dict, list)):
        text = "{…}" if isinstance(value, dict) else "[…]"
    else:
        text = str(value)
    text = "".join(char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode("ascii") for char in text)
    return f"`{text if len(text) <= limit else text[: limit - 1] + '…'}`"


def choices(allowed: Iterable[object], value: object = None) -> Statement:
    """What stands open: the allowed words, headed by the nearest spelling to `value` where one is near."""
    words = [str(word) for word in allowed]
    listed = Statement("、".join(words), ", ".join(words))
    near = nearest(value, words)
    if near is None:
        return Statement(f"可用：{listed.zh}", f"allowed: {listed.en}")
    return Statement(f"是否为 `{near}`？可用：{listed.zh}", f"did you mean `{near}`? allowed: {listed.en}")


def nearest(value: object, words: Iterable[str]) -> str | None:
    """The word spelt most like `value`, or `None` where none is near."""
    if not isinstance(value, str):
        return None
    # only a mistake needs it, and it costs a tenth of a short run's imports
    from difflib import get_close_matches

    candidates = list(words)
    folded = {word.lower(): word for word in reversed(candidates)}
    found = get_close_matches(value.strip().lower().replace("-", "_"), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None
