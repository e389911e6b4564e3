"""The people of the stories."""

import pytest
from crash.stories import Story, two_hundred_people

from engine import Engine
from knowledge.library import Library


@pytest.fixture(scope="session")
def stories(library: Library, engine: Engine) -> list[Story]:
    return two_hundred_people(library, engine)
