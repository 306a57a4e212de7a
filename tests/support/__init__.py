"""What the tests share. Nothing here is a test, and no test imports another."""
