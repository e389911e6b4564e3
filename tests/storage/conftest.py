"""Every test of storage runs on SQLite and on a real PostgreSQL, unless it is about SQLite's files."""

import pytest
from engines import ENGINES


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """The database that the test runs on."""
    return str(request.param)
