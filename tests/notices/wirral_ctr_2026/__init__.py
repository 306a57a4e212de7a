"""Wirral's Council Tax Reduction 2026/27 for working age, in Python: what tests of its encoding measure the rules by."""
