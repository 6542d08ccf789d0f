"""Every test of the store runs on both databases, with a store of its own and a clock that stands still until told.

An empty store is made once for each database and copied for each test: making one takes longer than most tests.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import NullPool, create_engine, text

from postmortem.store import open_store
from postmortem.store.engine import url_of


class Clock:
    """Says the same instant until it is moved."""

    def __init__(self):
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def __call__(self):
        """What time it is."""
        return self.now

    def move(self, **parts):
        """Let time pass: `minutes=5`."""
        self.now += timedelta(**parts)


@pytest.fixture
def clock():
    """A clock at noon of 2 March 2026."""
    return Clock()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request):
    """Which database."""
    return request.param


@pytest.fixture(scope="session")
def makes(database, request, tmp_path_factory):
    """Makes empty stores for as long as a `with` lasts: it gives a function, which gives addresses."""
    if database == "postgresql":
        server = request.getfixturevalue("server")
        template = server.create()
        open_store(server.url(template)).close()
    else:
        template = tmp_path_factory.mktemp("template") / "empty.db"
        open_store(template).close()

    @contextmanager
    def making():
        made, folder = [], tmp_path_factory.mktemp("stores")

        def url(*, tables=True):
            if database == "postgresql":
                made.append(server.create(template if tables else "template1"))
                return server.url(made[-1])
            made.append(folder / f"store_{len(made)}.db")
            if tables:
                shutil.copyfile(template, made[-1])
            return f"sqlite:///{made[-1]}"

        yield url
        if database == "postgresql":
            for name in made:
                server.drop(name)

    return making


@pytest.fixture
def new_url(makes):
    """Gives the address of another empty store; with `tables=False`, of a database that holds nothing at all."""
    with makes() as url:
        yield url


@pytest.fixture
def fresh_store(new_url, clock):
    """An empty store."""
    with open_store(new_url(), clock=clock) as store:
        yield store


@pytest.fixture
def behind():
    """Does something to a database behind the store's back: `behind(url, "DELETE FROM incidents")`."""

    def done(url, *commands):
        engine = create_engine(url_of(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            results = [connection.execute(text(command)) for command in commands]
            return results[-1].all() if results[-1].returns_rows else []

    return done


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory):
    """An empty store in a file, to copy."""
    file = tmp_path_factory.mktemp("laptop") / "empty.db"
    open_store(file).close()
    return file


@pytest.fixture
def new_laptop(empty_file, tmp_path, clock):
    """Opens another empty store in a file, with the id of its template as every raw copy has."""
    opened = []

    def new(name="laptop"):
        opened.append(open_store(shutil.copyfile(empty_file, tmp_path / f"{name}.db"), clock=clock))
        return opened[-1]

    yield new
    for store in opened:
        store.close()
