"""Tested cases as JUnit XML, which build servers read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from xml.etree import ElementTree

from tiaoli.authoring.case_tests import TestedCase, TestedDecision

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(policy: str, tested: Sequence[TestedCase], words: Callable[[TestedDecision], str]) -> str:
    """One `testcase` for each decision of which something was expected, and one for each file with nothing expected of it or that could
    not be read. `words` say where a decision differs, and why it came as it did."""
    suite = ElementTree.Element("testsuite", name=policy)
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}

    def add(file: TestedCase, name: str) -> ElementTree.Element:
        counts["tests"] += 1
        return ElementTree.SubElement(suite, "testcase", classname=_text(file.file.stem), name=_text(name), file=_text(str(file.file)))

    for item in tested:
        if item.error is not None:
            counts["errors"] += 1
            message = _text(item.error.say("en"))
            ElementTree.SubElement(add(item, item.file.name), "error", message=message.splitlines()[0] if message else "").text = message
        elif item.status == "nothing_expected":
            counts["skipped"] += 1
            ElementTree.SubElement(add(item, item.file.name), "skipped", message="nothing is expected of this case")
        for decision in item.decisions:
            place = add(item, f"{decision.benefit} {decision.subject}")
            if decision.differences:
                counts["failures"] += 1
                message = "; ".join(f"{one.key}: expected {one.expected}, came {one.came}" for one in decision.differences)
                ElementTree.SubElement(place, "failure", message=_text(message)).text = _text(words(decision))
    suite.attrib |= {key: str(number) for key, number in counts.items()}
    suites = ElementTree.Element("testsuites", suite.attrib | {"name": "tiaoli test"})
    suites.append(suite)
    ElementTree.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(suites, encoding="unicode")}\n'


def _text(text: str) -> str:
    """A text without the characters that XML has not."""
    return _NOT_XML.sub("\ufffd", text)
