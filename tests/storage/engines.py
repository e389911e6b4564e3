"""Which engine a test of storage runs on."""

import pytest

ENGINES = ("sqlite", "postgresql")

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])
"""For tests about SQLite's own files."""
