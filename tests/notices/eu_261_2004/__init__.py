"""Regulation (EC) No 261/2004, articles 3 and 5 to 7, in Python: what tests of its encoding measure the rules by."""
