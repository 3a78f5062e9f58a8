"""Importing beside Qt at full speed."""

from __future__ import annotations

import builtins
import importlib


def import_quickly() -> None:
    """Stop PySide from reading the source of each module that is imported after it.

    It looks for `from __feature__ import`, which this house does not use.
    """
    importlib.import_module("PySide6.QtCore")  # it lays its own way of importing over Python's
    original = getattr(builtins, "__orig_import__", None)
    if original is not None:
        builtins.__import__ = original
