"""What an author of a policy works with: findings in the order to mend them, files watched, what can only be one thing put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.authoring.corrections import Correction, correct_once
    from tiaoli.authoring.file_watch import FileWatch
    from tiaoli.authoring.finding_order import causes_first
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = ["Correction", "FileWatch", "causes_first", "correct_once"]
