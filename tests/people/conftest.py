"""The families that several tests of this department share are modules beside them."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def archive(tmp_path):
    """An empty archive in a folder of its own."""
    from marrow.people.archive import open_archive

    with open_archive(tmp_path / "archive" / "people.sqlite", new=True) as made:
        yield made


@pytest.fixture(scope="session")
def told(tmp_path_factory):
    """The archive of tests/people/told.py, to be looked at and not changed."""
    from told import tell

    from marrow.people.archive import open_archive

    with open_archive(tmp_path_factory.mktemp("told") / "archive" / "people.sqlite", new=True) as made:
        yield tell(made)


@pytest.fixture
def serve(tmp_path):
    """serve(reply) -> (book, what was asked); reply(handler, wish) writes the answer."""
    from serving import serving

    yield from serving(tmp_path)
