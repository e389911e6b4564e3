"""Which engine a test of storage runs on."""

import pytest

ENGINES = ("sqlite", "postgresql")

on_postgresql = pytest.mark.parametrize("engine_name", ["postgresql"])
"""For tests in which two units of work write side by side: on SQLite the second waits for the first."""

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])
"""For tests about SQLite's own files."""
