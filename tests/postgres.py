"""A PostgreSQL server of the tests' own: on the loopback, as an ordinary user, and gone with the tests.

`Server` needs only the server's programs. It listens on a free port of 127.0.0.1, asks for a password that nobody else
knows, keeps its data in a folder of its own, and ends when the process that made it ends, however that happens.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psutil
import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from types import TracebackType

OWNER = "postmortem"
STARTS_WITHIN_S = 60
_ACCOUNTS = ("postgres", "nobody")
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
_PR_SET_PDEATHSIG = 1


def programs() -> Path | None:
    """The folder of the newest server's programs: Debian's, else the one on PATH; `None` where there is none."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    for found in sorted(debian, key=lambda file: int(re.sub(r"\D", "", file.parts[-3]) or 0), reverse=True):
        return found.parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path and shutil.which("postgres") else None


def missing() -> str:
    """Why no server can be started here; empty where one can."""
    if programs() is None:
        return "no PostgreSQL: its programs are neither below /usr/lib/postgresql nor on PATH"
    if os.geteuid() == 0 and not _account():
        return f"no PostgreSQL: it refuses to run as root, and there is no user {' or '.join(_ACCOUNTS)}"
    return ""


def _account() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in _ACCOUNTS if name in known), "")


def _follow_the_parent() -> None:
    """Let the server stop when the process that started it is gone, killed or not (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _lives(process: psutil.Process) -> bool:
    """Whether it still holds memory: one that is only waiting to be buried does not."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


class Server:
    """A private server; a context manager.

    Args:
        durable: Whether it waits for the disk, as a real one does. Tests that kill nothing are quicker without.
    """

    def __init__(self, *, durable: bool = False) -> None:
        found = programs()
        assert found is not None, missing()
        self._programs = found
        self._durable = durable
        self._password = secrets.token_hex(16)
        self._folder = Path(tempfile.mkdtemp(prefix="postmortem-postgresql-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._count = 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def __repr__(self) -> str:
        """Where it listens."""
        return f"<Server 127.0.0.1:{self.port}>"

    def __enter__(self) -> Self:
        try:
            self._make()
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop it, and take its folder away."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _as_ordinary_user(self) -> dict[str, object]:
        if os.geteuid():
            return {}
        account = pwd.getpwnam(_account())
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def _make(self) -> None:
        word = self._folder / "password"
        word.write_text(self._password, encoding="ascii")
        if os.geteuid() == 0:
            shutil.chown(self._folder, _account())
            shutil.chown(word, _account())
        subprocess.run(  # noqa: S603 - the server's own program
            [
                self._programs / "initdb", "-D", self._folder / "data", "-U", OWNER, "-A", "password",
                f"--pwfile={word}", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
            ],
            check=True, capture_output=True, cwd="/", env=_ENVIRONMENT, **self._as_ordinary_user(),  # type: ignore[call-overload]
        )  # fmt: skip

    def start(self) -> None:
        """Start it, and wait until it answers; after a crash it mends itself first.

        It ends with the thread that starts it: this is for the main thread.
        """
        durable = "on" if self._durable else "off"
        until = time.monotonic() + STARTS_WITHIN_S
        with (self._folder / "log").open("ab") as log:
            while True:
                self._process = subprocess.Popen(  # noqa: S603 - the server's own program
                    [
                        self._programs / "postgres", "-D", self._folder / "data", "-p", str(self.port),
                        "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                        "-c", f"fsync={durable}", "-c", f"full_page_writes={durable}", "-c", "max_connections=60",
                    ],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=_ENVIRONMENT,
                    preexec_fn=_follow_the_parent,  # noqa: PLW1509 - one call into the C library, no lock is taken
                    **self._as_ordinary_user(),  # type: ignore[call-overload]
                )  # fmt: skip
                while self._process.poll() is None:
                    try:
                        self._connection().close()
                    except psycopg.OperationalError:
                        assert time.monotonic() < until, f"{self!r} does not answer: {self.log()}"
                        time.sleep(0.02)
                    else:
                        return
                # One that was killed leaves its memory to its last child for a moment.
                assert time.monotonic() < until, f"{self!r} does not start: {self.log()}"
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop it in order; whoever is connected is cut off."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(STARTS_WITHIN_S)
            self._process = None

    def kill(self) -> None:
        """Kill it with all its processes, as a crash of the machine would."""
        if self._process is None:
            return
        try:
            family = psutil.Process(self._process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            family = []
        self._process.kill()
        for child in family:
            try:
                child.kill()
            except psutil.NoSuchProcess:
                continue
        self._process.wait()
        until = time.monotonic() + STARTS_WITHIN_S
        while any(map(_lives, family)) and time.monotonic() < until:
            time.sleep(0.002)
        self._process = None

    def restart(self) -> None:
        """Stop it in order, and start it again."""
        self.stop()
        self.start()

    def log(self) -> str:
        """The end of what it wrote down."""
        return (self._folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]

    def url(self, name: str, *, port: int = 0) -> str:
        """The address of a database, with the password; `port` names a way round."""
        return f"postgresql+psycopg://{OWNER}:{self._password}@127.0.0.1:{port or self.port}/{name}"

    @property
    def password(self) -> str:
        """What the address must not show."""
        return self._password

    def create(self, template: str = "template1") -> str:
        """Make a database, and say its name."""
        self._count += 1
        name = f"store_{self._count}"
        # Page by page through the log is quicker for a small database than a checkpoint and a copy of the files.
        self.run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        """Take a database away, whoever is connected to it."""
        self.run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def cut(self, name: str) -> None:
        """End every connection to a database, as its owner may do at any moment."""
        self.run(sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(name))

    def run(self, command: sql.Composed) -> None:
        """Run one command of the server's owner."""
        with self._connection() as connection:
            connection.execute(command)

    def _connection(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=OWNER, password=self._password, dbname="postgres", autocommit=True,
            connect_timeout=5,
        )  # fmt: skip
