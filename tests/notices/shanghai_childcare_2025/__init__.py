"""上海市育儿补贴制度实施方案（2025）in Python: what tests of its encoding measure the rules by."""
