"""Find a policy, read it, check it, and remember that it was in order.

Policies lie in `policy/<id>/` and `encodings/<id>/` under one root: the checkout, the folder inside an installed
package, or the one given. Parsing and checking a policy takes a tenth of a second; what came of it is kept in the
user's cache folder under the digest of every file, so that the next process reads it in milliseconds. A cache that
cannot be read or written is done without.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiaoli.base import CallError, PolicyError, Problem, Statement, __version__, choices, shown
from tiaoli.encoding.critical_points import Bound, Harvest
from tiaoli.policy import Phrases, Policy, build_policy

if TYPE_CHECKING:
    from tiaoli.encoding.match_plan import MatchPlans
    from tiaoli.rules import Program

DEFAULT_POLICY = "hrss-2024-20"
_CACHE_FORM = 6


@dataclass(frozen=True)
class Encoding:
    """A policy that passed its checks, with what its rules do.

    `sentences` are the anchors that each condition of each benefit rests on; `fields` the paths of the fields, and
    `readings` the names of the readings, that can bear on each benefit. `outcome_rules` are the rules without those that
    work out amounts. `program`, the rules as data, is read when it is first looked at: a decision does without it. `files` are
    the digests of the files that it was read from.
    """

    policy: Policy
    harvest: Harvest
    sentences: Mapping[str, Mapping[str, tuple[str, ...]]]
    fields: Mapping[str, tuple[str, ...]]
    readings: Mapping[str, tuple[str, ...]]
    outcome_rules: str
    read_program: Callable[[], Program] = field(compare=False, repr=False)
    files: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def outcome_fields(self, benefit: str) -> tuple[str, ...]:
        """The paths of the fields that the outcome of a benefit, rather than its amount, can rest on."""
        fields = self.policy.fields
        return tuple(path for path in self.fields[benefit] if f"{fields[path].predicate}(" in self.outcome_rules)

    def condition_name(self, benefit: str, condition: str) -> Statement:
        """A condition with the clauses that it stands in: `（三）“申请时仍在岗”`."""
        places = dict.fromkeys(self.policy.sentences[anchor].clause for anchor in self.sentences[benefit][condition])
        words = self.policy.benefits[benefit].conditions[condition]
        zh = "".join(place or "有效期" for place in places)
        en = "".join(place or "validity" for place in places)
        return Statement(f"{zh}“{words.zh}”", f"{en} “{words.en}”")

    @cached_property
    def phrases(self) -> Phrases:
        return Phrases(self.policy)

    @cached_property
    def plans(self) -> MatchPlans:
        # only an explanation matches rules
        from tiaoli.encoding.match_plan import MatchPlans

        return MatchPlans(self.policy, self.program)

    @cached_property
    def program(self) -> Program:
        return self.read_program()


def default_root() -> Path:
    """The folder with the shipped policies: inside an installed package, or the checkout it is run from."""
    inside = Path(__file__).parents[1] / "data"
    return inside if inside.is_dir() else Path(__file__).parents[3]


def policy_ids(root: Path) -> list[str]:
    """The policies under a root that have rules as well."""
    folder = root / "policy"
    if not folder.is_dir():
        return []
    return sorted(item.name for item in folder.iterdir() if item.is_dir() and (root / "encodings" / item.name).is_dir())


def find(policy: str | None, root: Path | None) -> tuple[str, Path]:
    """The id and root of a policy. Without an id: the default one, or the only one under the root. Raises
    `CallError`."""
    where = root or default_root()
    found = policy_ids(where)
    if not found:
        raise CallError.one(
            "policy root",
            f"{shown(where)} 下没有政策；其中须有 policy/<编号>/ 和 encodings/<编号>/",
            f"{shown(where)} holds no policy; it needs policy/<id>/ and encodings/<id>/",
        )
    wanted = policy or (DEFAULT_POLICY if DEFAULT_POLICY in found or len(found) > 1 else found[0])
    if wanted not in found:
        near = choices(found, wanted)
        raise CallError.one("policy", f"没有政策 {shown(wanted)}；{near.zh}", f"there is no policy {shown(wanted)}; {near.en}")
    return wanted, where


def rules_folder(policy: str | None = None, root: Path | None = None) -> Path:
    """The folder with the rules of a policy. Raises `CallError` where there is none of that name."""
    name, where = find(policy, root)
    return where / "encodings" / name


def load(policy: str | None = None, root: Path | None = None) -> Encoding:
    """A policy, checked. Raises `CallError` where there is none of that name and `PolicyError` with everything wrong
    in it."""
    name, where = find(policy, root)
    files, rules = _read(where / "policy" / name), _read(where / "encodings" / name, ".lp")
    digest = _digest(files, rules)
    encoding = _from_cache(digest, rules)
    if encoding is None:
        tables = _tables(files)
        encoding = _checked(name, tables, rules, digest)
        _to_cache(digest, encoding, tables)
    return replace(encoding, files=_digests(files, rules))


def load_with(policy: str | None, root: Path | None, parameters: Mapping[str, str]) -> Encoding:
    """A policy with other numbers, each under its parameter's name or alias and written as in parameters.toml, checked.

    Raises `CallError` where there is no such parameter, or no such value of it.
    """
    plain = load(policy, root)
    if not parameters:
        return plain
    name, where = find(policy, root)
    files, rules = _read(where / "policy" / name), _read(where / "encodings" / name, ".lp")
    tables = _tables(files)
    for word, text in parameters.items():
        parameter = plain.policy.parameter(word)
        if parameter is None:
            near = choices([word for item in plain.policy.parameters.values() for word in (item.name, *item.aliases)], word)
            raise CallError.one(word, f"没有参数 {shown(word)}；{near.zh}", f"there is no parameter {shown(word)}; {near.en}")
        plain_number = text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 10
        number = parameter.unit in ("months", "percent", "count", "level") and plain_number
        tables["parameters"][parameter.name]["value"] = int(text) if number else text.strip()
    files = {**files, "parameters": json.dumps(tables["parameters"], ensure_ascii=False)}
    try:
        return replace(_checked(name, tables, rules, _digest(files, rules)), files=_digests(files, rules))
    except PolicyError as error:
        raise CallError(error.problems) from None


def located(text: str, root: Path | None) -> tuple[str | None, Path | None]:
    """The id and root of the policy that a text names: a folder `policy/<id>`, a root with one policy, or an id under `root`."""
    folder = Path(text)
    if (folder / "policy").is_dir() and (folder / "encodings").is_dir():
        return None, folder
    if folder.is_dir() and folder.resolve().parent.name == "policy":
        return folder.resolve().name, folder.resolve().parents[1]
    return text, root


def problems_of(policy: str | None = None, root: Path | None = None) -> list[Problem]:
    """Everything wrong in a policy, looked at afresh. Raises `CallError` where there is none of that name."""
    name, where = find(policy, root)
    files, rules = _read(where / "policy" / name), _read(where / "encodings" / name, ".lp")
    try:
        _checked(name, _tables(files), rules, "")
    except PolicyError as error:
        return list(error.problems)
    return []


def _read(folder: Path, suffix: str = "") -> dict[str, str]:
    found = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name.endswith(suffix) and not path.name.startswith("."):
            try:
                found[path.name] = path.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise PolicyError.one(str(path), f"无法读取：{error}", f"cannot be read: {error}") from None
    return found


def _digest(files: Mapping[str, str], rules: Mapping[str, str]) -> str:
    total = hashlib.sha256()
    for folder, group in (("policy", files), ("encodings", rules)):
        for name, text in group.items():
            data = text.encode()
            total.update(f"{folder}/{name} {len(data)}\n".encode())
            total.update(data)
    return f"sha256:{total.hexdigest()}"


def _digests(files: Mapping[str, str], rules: Mapping[str, str]) -> dict[str, str]:
    """The digest of each file."""
    return {
        f"{folder}/{name}": f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
        for folder, group in (("policy", files), ("encodings", rules))
        for name, text in group.items()
    }


def _tables(files: Mapping[str, str]) -> dict[str, Any]:
    from tiaoli.policy import parse_tables

    return parse_tables(files)


def _checked(name: str, tables: Mapping[str, Any], rules: Mapping[str, str], digest: str) -> Encoding:
    # the parser and the checks cost as much as everything else together and are rarely needed
    from tiaoli.case import format_paths
    from tiaoli.encoding import bounds as harvest
    from tiaoli.encoding import cone_of_influence as reach
    from tiaoli.encoding import lint_rules as dialect
    from tiaoli.encoding import lint_sentences as lexicon
    from tiaoli.encoding.critical_points import calendar_facts
    from tiaoli.policy import reading_facts
    from tiaoli.rules import messages_of, parse

    policy = build_policy(tables, rules, digest)
    problems = [problem for file, text in rules.items() for problem in dialect.guard(file, text)]
    if problems:
        raise PolicyError(problems)
    program, problems = parse(list(rules.items()))
    if policy.id != name:
        problems.append(
            Problem(
                "policy.toml [id]",
                Statement(
                    f"{shown(policy.id)} 与目录名 {shown(name)} 不同", f"{shown(policy.id)} differs from the folder's name {shown(name)}"
                ),
            )
        )
    problems += dialect.check_format(policy, *format_paths())
    problems += dialect.check(policy, program)
    if problems:
        raise PolicyError(problems)
    found, problems = harvest.harvest(policy, program)
    problems += _amounts_apart(policy, dialect.dependencies(program))
    if not problems:
        problems += lexicon.check(policy, program)
    if not problems:
        facts = [*policy.facts, *reading_facts(policy, {}), *calendar_facts(found, {})]
        problems += [
            Problem(_file_line(rules, line), Statement(f"clingo 报告：{text}", f"clingo says: {text}"))
            for line, text in messages_of(policy.rule_text, facts)
        ]
    if problems:
        raise PolicyError(problems)
    bearing = reach.bearing_on_benefits(policy, program)
    return Encoding(
        policy,
        found,
        reach.condition_sentences(policy, program),
        {benefit: item.fields for benefit, item in bearing.items()},
        {benefit: item.readings for benefit, item in bearing.items()},
        reach.rules_of_outcomes(program),
        lambda: program,
    )


def _amounts_apart(policy: Policy, graph: Mapping[str, set[str]]) -> list[Problem]:
    """A standard that is set elsewhere has no values to try, so no condition may rest on it."""
    reaches: set[str] = set()
    todo = ["met"]
    while todo:
        predicate = todo.pop()
        if predicate not in reaches:
            reaches.add(predicate)
            todo += graph.get(predicate, ())
    return [
        Problem(
            f"fields.toml [field.{field.path}]",
            Statement("条件不得取决于另行制定的标准（elsewhere）", "a condition rests on a standard that is set elsewhere (`elsewhere`)"),
        )
        for field in policy.fields.values()
        if field.elsewhere and field.predicate in reaches
    ]


def _file_line(rules: Mapping[str, str], line: int) -> str:
    for name, text in rules.items():
        length = text.count("\n") + 1
        if line <= length:
            return f"{name}:{line}"
        line -= length
    return ""


def _cache_file(digest: str, what: str = "") -> Path | None:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    name = f"{digest.removeprefix('sha256:')[:40]}-{__version__}-{_CACHE_FORM}{what}.json"
    return Path(base) / "tiaoli" / name if os.path.isabs(base) else None


def _program(digest: str, rules: Mapping[str, str]) -> Program:
    """The rules of a policy that passed its checks: as they were kept, or parsed again."""
    from tiaoli.encoding import cache as codec

    path = _cache_file(digest, "-rules")
    try:
        cached = json.loads(path.read_bytes()) if path else {}
        if cached["digest"] == digest:
            program: Program = codec.decode(cached["program"])
            return program
    except Exception:
        # whatever is not as it was written here is made anew
        pass
    from tiaoli.rules import parse

    program, _ = parse(list(rules.items()))
    _write(path, {"digest": digest, "program": codec.encode(program)})
    return program


def _from_cache(digest: str, rules: Mapping[str, str]) -> Encoding | None:
    path = _cache_file(digest)
    try:
        cached = json.loads(path.read_bytes()) if path else {}
        if cached["digest"] != digest:
            return None
        bounds = tuple(
            Bound(target, tuple(shifts), strict, other, tuple(moves), scope)
            for target, shifts, strict, other, moves, scope in cached["bounds"]
        )
        return Encoding(
            policy=build_policy(cached["tables"], rules, digest),
            harvest=Harvest(bounds, tuple((path, tuple(before), shift) for path, before, shift in cached["steps"])),
            sentences={
                benefit: {condition: tuple(anchors) for condition, anchors in conditions.items()}
                for benefit, conditions in cached["sentences"].items()
            },
            fields={benefit: tuple(paths) for benefit, paths in cached["fields"].items()},
            readings={benefit: tuple(names) for benefit, names in cached["readings"].items()},
            outcome_rules=str(cached["outcome_rules"]),
            read_program=lambda: _program(digest, rules),
        )
    except Exception:
        # whatever is not as it was written here is made anew
        return None


def _to_cache(digest: str, encoding: Encoding, tables: dict[str, Any]) -> None:
    bounds = [
        [bound.target, bound.target_shifts, bound.strict, bound.other, bound.other_shifts, bound.scope] for bound in encoding.harvest.bounds
    ]
    content = {
        "digest": digest,
        "tables": tables,
        "bounds": bounds,
        "steps": encoding.harvest.steps,
        "sentences": encoding.sentences,
        "fields": encoding.fields,
        "readings": encoding.readings,
        "outcome_rules": encoding.outcome_rules,
    }
    _write(_cache_file(digest), content)


def _write(path: Path | None, content: dict[str, Any]) -> None:
    if path is None:
        return
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink()
