"""Requests that nobody who means well sends, by the thousand and reproducibly: what a service must survive.

Two sorts. `body` is well-formed HTTP with something wrong inside, and every one of it must be answered, with a status that the API
knows. `talk` breaks the protocol itself, and may also be hung up on.
"""

from __future__ import annotations

import copy
import gzip
import json
import random
import string
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from support.wire import request

QUESTIONS = ("decide", "readings", "why", "why-not", "what-if", "when", "ask")
BIDI = "\u202e\u2066\u200f\u061c\u2069"
ODD = [
    "\x00",
    "\x1b[2J",
    "\x7f",
    "\x85",
    "\u2028",
    "\ufeff",
    "\ufffe",
    "\U000e0041",
    "🏳️‍🌈",
    "é" * 40,
    "ﷺ",
    "%s%n",
    "{0}",
    "${jndi:ldap://x}",
    "';--",
    "../../../../etc/passwd",
    "con",
    "nan",
    "null",
    "=1+1",
    "<script>",
    "e" + "\u0301" * 300,
    "9" * 400,
    BIDI + "issued",
]
NUMBERS = [
    "1e400",
    "-1e400",
    "1e-400",
    "-0",
    "0.1e1",
    "9" * 5000,
    "-" + "9" * 40,
    "1" + "0" * 310 + ".0",
    "2147483648",
    "9223372036854775808",
    "NaN",
    "Infinity",
    "-Infinity",
    "0x10",
    "01",
    "+1",
    "1.",
    ".5",
    "1e",
    "1_000",
]
ENCODINGS = ["utf-16", "utf-16-le", "utf-32", "gb18030", "utf-8-sig", "utf-7"]


class Hostile(NamedTuple):
    """A kind of attack and the bytes of it."""

    kind: str
    data: bytes


class Generator:
    """Hostile requests from a seed, made out of the questions that well-meant `cases` put."""

    def __init__(self, seed: int, cases: Sequence[Mapping[str, Any]], benefits: Sequence[str]) -> None:
        self.random = random.Random(seed)
        self.cases = list(cases)
        self.benefits = list(benefits)
        self.kinds: dict[str, Callable[[], bytes]] = {
            name.removeprefix("_body_"): getattr(self, name) for name in sorted(dir(self)) if name.startswith("_body_")
        }
        self.breaches: dict[str, Callable[[], bytes]] = {
            name.removeprefix("_talk_"): getattr(self, name) for name in sorted(dir(self)) if name.startswith("_talk_")
        }

    def body(self) -> Hostile:
        """A well-formed request with something wrong in it."""
        kind = self.random.choice(list(self.kinds))
        return Hostile(kind, self.kinds[kind]())

    def talk(self) -> Hostile:
        """Bytes that are no proper request."""
        kind = self.random.choice(list(self.breaches))
        return Hostile(kind, self.breaches[kind]())

    # What a well-meant question would be

    def question(self) -> tuple[str, dict[str, Any]]:
        """A question that can be answered: its name and its body."""
        name = self.random.choice(QUESTIONS)
        document: dict[str, Any] = {"case": copy.deepcopy(self.random.choice(self.cases)), "limit": 1}
        if name in ("why", "why-not", "what-if", "when"):
            document["benefit"] = self.random.choice(self.benefits)
        if name == "decide":
            document["full"] = self.random.random() < 0.2
        return name, document

    def _posted(self, body: bytes, headers: Mapping[str, str] | None = None, name: str | None = None) -> bytes:
        return request("POST", f"/v1/{name or self.random.choice(QUESTIONS)}", body, headers)

    def _text(self) -> tuple[str, str]:
        name, document = self.question()
        return name, json.dumps(document, ensure_ascii=False)

    def _places(self, document: Any) -> list[tuple[Any, Any]]:
        """Every holder in plain data with a key or position in it."""
        found: list[tuple[Any, Any]] = []
        todo = [document]
        while todo:
            here = todo.pop()
            keys: Any = here if isinstance(here, dict) else range(len(here))
            for key in keys:
                found.append((here, key))
                if isinstance(here[key], (dict, list)):
                    todo.append(here[key])
        return found

    def _planted(self, value: Any) -> bytes:
        """A question with a value in the place of any other."""
        name, document = self.question()
        holder, key = self.random.choice(self._places(document))
        holder[key] = value
        return self._posted(json.dumps(document).encode(), name=name)

    # Well-formed HTTP with something wrong inside

    def _body_nested(self) -> bytes:
        depth = self.random.choice([14, 100, 1000, 20_000])
        opened, closed = self.random.choice([("[", "]"), ('{"case":', "}"), ('{"id":[', "]}")])
        deep = opened * depth + "1" + closed * self.random.choice([depth, depth - 1, 0])
        return self._posted(self.random.choice([deep, f'{{"case":{deep}}}', f'{{"case":{{"id":"x","certificates":{deep}}}}}']).encode())

    def _body_number(self) -> bytes:
        name, text = self._text()
        number = self.random.choice(NUMBERS)
        places = [place for place, char in enumerate(text) if char == ":"]
        place = self.random.choice(places)
        end = min((at for at in (text.find(",", place), text.find("}", place)) if at > 0), default=len(text))
        return self._posted((text[: place + 1] + number + text[end:]).encode(), name=name)

    def _body_text(self) -> bytes:
        text = self.random.choice(ODD)
        return self._planted(self.random.choice([text, BIDI + text, text * 50, text + "\ud800"]))

    def _body_key(self) -> bytes:
        name, document = self.question()
        holder, key = self.random.choice([place for place in self._places(document) if isinstance(place[0], dict)])
        new = self.random.choice([*ODD, "__class__", "__proto__", "", str(key).upper(), f"{key} ", BIDI + str(key), "x" * 100_000])
        holder[new] = holder.pop(key)
        return self._posted(json.dumps(document).encode(), name=name)

    def _body_type(self) -> bytes:
        values: list[Any] = [None, True, False, 0, -1, 1.5, 10**30, "", "x", [], {}, [[]], [None], {"": None}, ["x"] * 3, {"id": {}}]
        return self._planted(copy.deepcopy(self.random.choice(values)))

    def _body_encoding(self) -> bytes:
        name, text = self._text()
        encoding = self.random.choice(ENCODINGS)
        charset = self.random.choice(["", f"application/json; charset={encoding}", "application/json; charset=martian"])
        return self._posted(
            text.replace('"id": "', '"id": "案').encode(encoding, "replace"), {"Content-Type": charset or "application/json"}, name
        )

    def _body_bytes(self) -> bytes:
        name, text = self._text()
        data = bytearray(text.encode())
        for _ in range(self.random.choice([1, 3, 40])):
            data[self.random.randrange(len(data))] = self.random.randrange(256)
        return self._posted(bytes(data), name=name)

    def _body_overlong(self) -> bytes:
        name, text = self._text()
        junk = self.random.choice([b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xff\xfe", b"\x80", b"\xe4\xb8", b"\x00"])
        data = text.encode()
        place = self.random.randrange(len(data))
        return self._posted(data[:place] + junk + data[place:], name=name)

    def _body_truncated(self) -> bytes:
        name, text = self._text()
        return self._posted(text.encode()[: self.random.randrange(len(text))], name=name)

    def _body_trailing(self) -> bytes:
        name, text = self._text()
        return self._posted((text + self.random.choice(["}", "]", ",", " x", "\0", text, "//", "/**/", "\n\n{}"])).encode(), name=name)

    def _body_twice(self) -> bytes:
        name, text = self._text()
        keys = [part for part in ('"case": ', '"id": ', '"applied_on": ', '"limit": ') if part in text]
        key = self.random.choice(keys)
        return self._posted(text.replace(key, f"{key}1, {key}", self.random.choice([1, -1])).encode(), name=name)

    def _body_list(self) -> bytes:
        """Lists and objects of tens of thousands of members, now and then megabytes of them."""
        name, document = self.question()
        (many,) = self.random.choices([2001, 5000, 20_000, 300_000], [60, 30, 9, 1])
        item = self.random.choice([1, {}, {"id": "c"}, [], "x"])
        document["case"][self.random.choice(["certificates", "employments", "training_classes", "id", "person"])] = [item] * many
        return self._posted(json.dumps(document).encode(), name=name)

    def _body_long(self) -> bytes:
        return self._planted("长" * self.random.choices([65, 10_000, 200_000], [50, 45, 5])[0])

    def _body_scalar(self) -> bytes:
        texts = [
            "",
            " ",
            "\n",
            "null",
            "true",
            "1",
            '""',
            "[]",
            "{}",
            "[{}]",
            "{",
            "[",
            '"',
            "\\",
            "case",
            "{'case': 1}",
            "{case: 1}",
            "\ufeff{}",
        ]
        return self._posted(self.random.choice(texts).encode())

    def _body_option(self) -> bytes:
        name, document = self.question()
        values = [
            None,
            -1,
            0,
            1e9,
            31,
            10**20,
            "x",
            [],
            {},
            "../x",
            ["x"] * 999,
            {"limit_year": "?"},
            {"": ""},
            {"person.status": "?"},
            True,
        ]
        option = self.random.choice(
            ["benefit", "subject", "readings", "limit", "policy", "condition", "clause", "depth", "max", "set", "full", "x"]
        )
        document[option] = self.random.choice(values)
        return self._posted(json.dumps(document).encode(), name=name)

    def _body_packed(self) -> bytes:
        name, text = self._text()
        packed = self.random.choice([gzip.compress(text.encode()), gzip.compress(b"[" * 1_000_000), b"\x1f\x8b" + text.encode()])
        return self._posted(packed, {"Content-Encoding": self.random.choice(["gzip", "br", "gzip, gzip", "identity"])}, name)

    def _body_media(self) -> bytes:
        name, text = self._text()
        types = [
            "",
            "text/plain",
            "application/xml",
            "application/json, x",
            "a" * 3000,
            "multipart/form-data; boundary=",
            "application/jsonx",
            "/",
            ";",
        ]
        return self._posted(text.encode(), {"Content-Type": self.random.choice(types)}, name)

    def _body_address(self) -> bytes:
        paths = [
            "/v1",
            "/v1/",
            "//v1/decide",
            "/v1/decide/",
            "/v1/%00",
            "/v1/..%2f..%2fetc%2fpasswd",
            "/../../etc/passwd",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/v1/clauses/%ff",
            "/v1/clauses/" + "3" * 3000,
            "/v1/clauses/" + "%E4%B8%89" * 40,
            "/v1/notice?policy=" + "%F0" * 90,
            "/v1/schema?policy=..%2f..&policy=x",
            "/v1/decide?" + "a=1&" * 900,
            "/index.html/../../pyproject.toml",
            "/v1/clauses/..",
            "/v1/clauses/a%0d%0aSet-Cookie:x",
            "/openapi.json/x",
            "/v1/findings?limit=1e9",
            "/static/%5c..%5c",
            "/*",
            "/v1/examples?policy=",
        ]
        method = self.random.choice(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
        return request(method, self.random.choice(paths), b"{}")

    def _body_lines(self) -> bytes:
        """A population with lines that hold no case."""
        lines = []
        for _ in range(self.random.randrange(1, 6)):
            line = json.dumps(self.random.choice(self.cases), ensure_ascii=False)
            lines.append(
                self.random.choice(
                    [line, line[: self.random.randrange(len(line))], "", "null", "[" * 500, self.random.choice(ODD), "\ud800"]
                )
            )
        data = self.random.choice(["\n", "\r\n", "\r", "\n\n", "\0\n"]).join(lines).encode("utf-8", "surrogatepass")
        query = self.random.choice(
            ["", "?benefit=x", "?limit=-1", "?limit=nan", "?full=maybe", "?reading=a", "?reading=%3D", "?x=1", "?policy=../.."]
        )
        return request("POST", f"/v1/bulk{query}", data, {"Content-Type": "application/x-ndjson"})

    def _body_headers(self) -> bytes:
        name, text = self._text()
        odd = {
            "Accept-Language": self.random.choice(["zh;q=nan", "zh;q=" + "9" * 400, ",,,;;q", "\u202e", "*;q=0, zh-CN-" + "x" * 900]),
            "Authorization": self.random.choice(["Bearer", "Bearer \xff", "Basic " + "A" * 999, "bearer x y"]),
            "X-Forwarded-For": self.random.choice(["::1", "x" * 999]),
            "Cookie": "a" * 2000,
            "Range": "bytes=0-1",
            "If-None-Match": "*",
        }
        name_of = self.random.sample(list(odd), 2)
        return self._posted(text.encode(), {key: odd[key] for key in name_of}, name)

    # Broken HTTP

    def _talk_garbage(self) -> bytes:
        return self.random.choice(
            [
                self.random.randbytes(200),
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + self.random.randbytes(100),
                b"\r\n" * 400,
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                b"GET /\r\n\r\n",
                b"GET / HTTP/9.9\r\n\r\n",
                b"\x00" * 900,
            ]
        )

    def _talk_short_length(self) -> bytes:
        name, text = self._text()
        return self._posted(text.encode(), {"Content-Length": str(self.random.randrange(1, 40))}, name)

    def _talk_long_length(self) -> bytes:
        name, text = self._text()
        return self._posted(text.encode(), {"Content-Length": str(len(text.encode()) + self.random.choice([1, 1000, 10**9, 10**19]))}, name)

    def _talk_odd_length(self) -> bytes:
        name, text = self._text()
        return self._posted(
            text.encode(), {"Content-Length": self.random.choice(["-1", "1e3", "0x10", "+5", "1, 2", "9" * 30, "abc"])}, name
        )

    def _talk_two_lengths(self) -> bytes:
        name, text = self._text()
        return self._posted(text.encode(), {"content-length": "5", "Transfer-Encoding": "chunked"}, name)

    def _talk_chunks(self) -> bytes:
        head = request("POST", "/v1/decide", b"", {"Content-Length": "", "Transfer-Encoding": "chunked"})
        return head + self.random.choice(
            [b"zz\r\n{}\r\n", b"-1\r\n", b"ffffffffffffffffffff\r\n{}", b"2\r\n{}", b"5\r\n{}\r\n0\r\n\r\n", b"2;" + b"x" * 70_000]
        )

    def _talk_flood(self) -> bytes:
        many = self.random.choice([2000, 10_000])
        return b"GET /health HTTP/1.1\r\n" + b"".join(b"X-%d: %d\r\n" % (n, n) for n in range(many)) + b"\r\n"

    def _talk_long_header(self) -> bytes:
        return b"GET /health HTTP/1.1\r\nX: " + b"x" * self.random.choice([70_000, 300_000]) + b"\r\n\r\n"

    def _talk_long_line(self) -> bytes:
        return b"GET /" + b"a" * self.random.choice([70_000, 300_000]) + b" HTTP/1.1\r\n\r\n"

    def _talk_odd_header(self) -> bytes:
        lines = [
            b"Host: a\x00b",
            b"Ho st: x",
            b": x",
            b"X: \r y",
            b"X\xff: 1",
            b"Transfer-Encoding: gzip, chunked",
            b"Expect: 100-continue",
            b"Upgrade: h2c",
        ]
        return b"POST /v1/decide HTTP/1.1\r\nHost: x\r\n" + self.random.choice(lines) + b"\r\nContent-Length: 2\r\n\r\n{}"

    def _talk_pipelined(self) -> bytes:
        return b"".join(self.body().data for _ in range(5))

    def _talk_half(self) -> bytes:
        data = self.body().data
        return data[: self.random.randrange(1, len(data))]

    def _talk_nothing(self) -> bytes:
        return b"".join(self.random.choice(string.ascii_letters).encode() for _ in range(self.random.randrange(3)))
