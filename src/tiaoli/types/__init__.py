"""The cases, benefits and readings of the shipped policies as types, a module for each, as `tiaoli types` writes them."""

__all__: list[str] = []
