"""The city's ordinary rules of June 2022 on the skill-upgrade subsidy in Python: what tests of their encoding measure the rules by."""
