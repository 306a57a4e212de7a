"""What an author of a policy works with: findings in the order to mend them, files watched, what can only be one thing put right, cases as
tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.authoring.case_tests import TestedCase, TestedDecision, TestStatus, case_files, policy_case_folders, run_case_tests
    from tiaoli.authoring.corrections import Correction, correct_once
    from tiaoli.authoring.file_watch import FileWatch
    from tiaoli.authoring.finding_order import causes_first
    from tiaoli.authoring.junit import junit_xml
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "Correction",
    "FileWatch",
    "TestStatus",
    "TestedCase",
    "TestedDecision",
    "case_files",
    "causes_first",
    "correct_once",
    "junit_xml",
    "policy_case_folders",
    "run_case_tests",
]
