"""A store opens where it was told to, keeps its password to itself, and says in a sentence what is in the way."""

from __future__ import annotations

import stat
import sys

import pytest

from postmortem.record.incident import Incident
from postmortem.store import StoreError, open_store
from postmortem.store.engine import masked, url_of


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in another way")
def test_a_new_file_is_its_owners_alone(tmp_path):
    """What customers were told is nobody else's business, in the log beside the file as well."""
    with open_store(tmp_path / "new" / "folder" / "postmortem.db") as store:
        store.save(Incident(title="Late"))
        files = list((tmp_path / "new" / "folder").iterdir())

        assert len(files) > 1
        assert {0o600} == {stat.S_IMODE(file.stat().st_mode) for file in files}


def test_an_existing_file_keeps_its_rights(tmp_path):
    """A team that shares a file has set its rights on purpose."""
    file = tmp_path / "postmortem.db"
    open_store(file).close()
    file.chmod(0o660)
    open_store(file).close()

    assert 0o660 == stat.S_IMODE(file.stat().st_mode)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("notes.db", "sqlite:///notes.db"),
        ("/srv/notes.db", "sqlite:////srv/notes.db"),
        ("sqlite:///notes.db", "sqlite:///notes.db"),
        ("postgresql+psycopg://ana@db/notes", "postgresql+psycopg://ana@db/notes"),
        (None, "sqlite:///data/postmortem.db"),
    ],
)
def test_a_path_or_an_address_names_the_store(monkeypatch, given, expected):
    """A plain path is a SQLite file; nothing is the default."""
    monkeypatch.delenv("POSTMORTEM_STORE", raising=False)

    assert expected == str(url_of(given))


def test_the_environment_names_the_store_where_nobody_else_does(monkeypatch, tmp_path):
    """POSTMORTEM_STORE comes before the default and after the argument."""
    monkeypatch.setenv("POSTMORTEM_STORE", str(tmp_path / "team.db"))

    assert str(tmp_path / "team.db") == url_of(None).database
    assert "own.db" == url_of("own.db").database


def test_a_password_is_never_shown():
    """Neither the one in its place nor one given as an option."""
    shown = masked(url_of("postgresql://ana:s3cret@db/notes?password=s3cret&passfile=x&application_name=pm"))

    assert "s3cret" not in shown
    assert "postgresql://ana:***@db/notes?application_name=pm" == shown


def test_an_address_that_can_not_be_read_is_not_repeated():
    """It may hold a password."""
    with pytest.raises(StoreError) as caught:
        url_of("postgresql://ana:s3cret@db:port/notes")

    assert "s3cret" not in str(caught.value)
    assert "expected a path" in str(caught.value)


def test_another_kind_of_database_is_refused():
    """SQLite and PostgreSQL are what the store was tried on."""
    with pytest.raises(StoreError, match="SQLite or PostgreSQL, not in mysql"):
        url_of("mysql://ana:s3cret@db/notes")


def test_a_missing_driver_is_named_with_its_remedy(monkeypatch):
    """The sentence says what to install, and no password."""
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(StoreError, match="pip install") as caught:
        open_store("postgresql+psycopg://ana:s3cret@localhost/notes")

    assert "s3cret" not in str(caught.value)


def test_a_folder_is_not_a_store(tmp_path):
    """The sentence names a file that would do."""
    with pytest.raises(StoreError, match=r"is a folder: name a file in it"):
        open_store(tmp_path)


def test_a_folder_that_is_a_file_is_told(tmp_path):
    """A path through a file leads nowhere."""
    (tmp_path / "notes").write_text("x")

    with pytest.raises(StoreError, match="can't be made"):
        open_store(tmp_path / "notes" / "postmortem.db")


@pytest.mark.parametrize("content", [b"not a database, but long enough to be read as one" * 40, bytes(range(256)) * 32])
def test_a_file_of_something_else_is_told(tmp_path, content):
    """It is left as it is."""
    file = tmp_path / "letter.txt"
    file.write_bytes(content)

    with pytest.raises(StoreError, match="is not a store: the file holds something else"):
        open_store(file)

    assert content == file.read_bytes()


def test_a_store_says_where_it_is_and_how_much_it_holds(fresh_store):
    """Short, and in the right number."""
    fresh_store.save(Incident(title="Late"))

    assert f"<Store {masked(url_of(fresh_store.url))} : 1 incident>" == repr(fresh_store)
    fresh_store.save(Incident(title="Late"))
    assert f"<Store {masked(url_of(fresh_store.url))} : 2 incidents>" == repr(fresh_store)


def test_a_closed_store_says_so(fresh_store):
    """It does not open itself again behind one's back."""
    fresh_store.close()

    with pytest.raises(StoreError, match="is closed: open it again"):
        fresh_store.list()
    assert "closed" in repr(fresh_store)


def test_an_empty_store_is_true(fresh_store):
    """`if store:` asks whether there is a store, not whether it holds anything."""
    assert fresh_store
    assert 0 == len(fresh_store)
