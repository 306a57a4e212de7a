"""沪人社规〔2024〕20号 once more, in Python: what tests of it measure the rules by."""
