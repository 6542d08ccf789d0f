"""What a notebook server is started with: its command line, its settings, its folders; and its life and end."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import webbrowser
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from postmortem.record.errors import PostmortemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType

HOST: Final = "127.0.0.1"
"""Only this machine: whoever reaches a notebook server can run programs on it."""

LAB_PORT: Final = 8888
DASHBOARD_PORT: Final = 8866
_PORTS_TRIED: Final = 50
_PATIENCE_S: Final = 90.0
_GRACE_S: Final = 10.0
_LAST_LINES: Final = 15
_OWN_SHARE: Final = Path(__file__).with_name("share")


@dataclass(frozen=True, slots=True)
class Server:
    """One server that is about to be started.

    Attributes:
        name: What it is called.
        command: Its command line. The token is not on it: others on the machine can read command lines.
        path: The page to open.
        port: Where it listens, on this machine only.
        token: What a browser must know to be let in.
        settings: Files for its private folder, by their path in there.
    """

    name: str
    command: list[str]
    path: str
    port: int
    token: str = field(repr=False)
    settings: Mapping[str, Any] = field(repr=False)

    @property
    def url(self) -> str:
        """The address to open, with its token."""
        return f"http://{HOST}:{self.port}{self.path}?token={self.token}"


def new_token() -> str:
    """A token as Jupyter makes them itself: 24 random bytes."""
    return secrets.token_hex(24)


def lab_command(notebooks: Path, *, port: int, root: bool) -> list[str]:
    """JupyterLab on a folder of notebooks, for this machine only.

    Args:
        notebooks: The folder.
        port: Where to listen; no other is tried.
        root: Whether it runs as root, which Jupyter refuses unless it is told.
    """
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={notebooks}",
        "--LabApp.default_url=/lab/tree/retrospective.ipynb",
        # The list of extensions that can be installed is fetched from outside.
        "--LabApp.extension_manager=readonly",
        *(["--allow-root"] if root else []),
    ]


def lab_settings(token: str) -> dict[str, Any]:
    """What JupyterLab reads from its private folder: the token, no news, all of a notebook kept on the page."""
    return {
        "jupyter_server_config.json": {"IdentityProvider": {"token": token}},
        "jupyter_lab_config.json": {
            "LabApp": {
                "news_url": None,
                "check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
            }
        },
        "labconfig/page_config.json": {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}},
        "labconfig/default_setting_overrides.json": {
            # Otherwise what is scrolled out of sight is taken off the page, with what is being typed in it.
            "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
            "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
        },
    }


def dashboard_command(notebook: Path, *, port: int) -> list[str]:
    """Voilà on one notebook, without its code, for this machine only."""
    return [
        sys.executable,
        "-m",
        "voila",
        str(notebook),
        "--no-browser",
        f"--Voila.ip={HOST}",
        f"--Voila.port={port}",
        "--Voila.port_retries=0",
        "--template=postmortem",
        "--VoilaConfiguration.allow_template_override=NO",
        "--strip_sources=True",
    ]


def dashboard_settings(token: str) -> dict[str, Any]:
    """What Voilà reads from its private folder: the token."""
    return {"voila.json": {"Voila": {"token": token}}}


def environment(given: Mapping[str, str], folder: Path, told: Mapping[str, str]) -> dict[str, str]:
    """The surroundings of a server and of the kernels it starts.

    Args:
        given: The surroundings of this program.
        folder: The private folder with the settings.
        told: What the notebooks shall find there, such as `POSTMORTEM_STORE`.
    """

    def before(name: str, path: Path) -> str:
        return os.pathsep.join(filter(None, (str(path), given.get(name, ""))))

    return {
        **given,
        **told,
        "JUPYTER_CONFIG_PATH": before("JUPYTER_CONFIG_PATH", folder),
        "JUPYTER_PATH": before("JUPYTER_PATH", _OWN_SHARE),
        # The kernel of this Python, not one that an account has somewhere else under the same name.
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def free_port(wanted: int | None, first: int) -> int:
    """A port that nobody listens on.

    Args:
        wanted: The one that was asked for; no other will do then.
        first: Where to begin to look for one otherwise.

    Raises:
        PostmortemError: If there is none.
    """
    for port in [wanted] if wanted else range(first, first + _PORTS_TRIED):
        with socket.socket() as door:
            if os.name == "posix":
                door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind((HOST, port))
            except OSError:
                continue
            return port
    if wanted:
        raise PostmortemError(f"port {wanted} is taken or not yours to use; name another one, or leave --port out")
    raise PostmortemError(f"no port from {first} to {first + _PORTS_TRIED - 1} is free; name one with --port")


def working_copy(notebooks: Path, here: Path) -> tuple[Path, tuple[str, ...]]:
    """The notebooks where a person may change them.

    A checkout's own are taken as they are. Those of an installed package are copied beside the person's work; a file
    that is there already is never written over.

    Args:
        notebooks: The shipped ones.
        here: The folder the person works in.

    Returns:
        The folder, and what was copied there just now.

    Raises:
        PostmortemError: If they can't be copied.
    """
    if notebooks.parent.name != "_shipped" and os.access(notebooks, os.W_OK):
        return notebooks, ()
    copy = here / "postmortem-notebooks"
    copied = []
    try:
        copy.mkdir(exist_ok=True)
        for shipped in sorted(notebooks.glob("*.ipynb")):
            mine = copy / shipped.name
            if not mine.exists():
                shutil.copyfile(shipped, mine)  # without the original's rights, which may be read only
                copied.append(mine.name)
    except OSError as error:
        raise PostmortemError(
            f"the notebooks can't be copied to {copy}: {error.strerror}; go to a folder that you may write to"
        ) from None
    return copy, tuple(copied)


def run(server: Server, told: Mapping[str, str], say: Callable[[str], None], *, browser: bool) -> int:
    """Start a server, say when it is ready, and stay until it ends.

    Args:
        server: What to start.
        told: What its notebooks shall find in their surroundings.
        say: Where to say what is going on.
        browser: Whether to open it in the browser.

    Returns:
        0 when a person ended it, else 1.
    """
    with tempfile.TemporaryDirectory(prefix="postmortem-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for path, content in server.settings.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(content), encoding="utf-8")
        log = folder / "server.log"
        with log.open("wb") as stream, _stoppable():
            process = subprocess.Popen(  # noqa: S603 - this Python, with arguments made above
                server.command,
                cwd=folder,
                env=environment(os.environ, folder, told),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                # Ctrl-C is for this program, which then ends the server in peace.
                start_new_session=True,
            )
            try:
                _attend(server, process, say, folder if browser else None)
            except KeyboardInterrupt:
                say(f"{server.name} is ended.")
                return 0
            finally:
                _end(process)
        say(f"{server.name} ended by itself. The last it said:")
        say("\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]))
        return 1


def _attend(
    server: Server, process: subprocess.Popen[bytes], say: Callable[[str], None], browse_from: Path | None
) -> None:
    """Say when it is ready, and wait until it ends."""
    if _is_ready(server, process):
        say(f"{server.name} is ready: {server.url}")
        if browse_from is not None and not _open(server, browse_from):
            say("No browser could be opened from here: open the address above in one.")
        say("Leave this window open while you work; Ctrl-C ends it.")
        process.wait()
    elif process.poll() is None:
        say(f"{server.name} did not answer for {_PATIENCE_S:.0f} seconds.")


@contextmanager
def _stoppable() -> Iterator[None]:
    """A polite request to end, and a closed terminal, count like Ctrl-C: the server must not be left behind."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    names = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, stop) for number in names}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_ready(server: Server, process: subprocess.Popen[bytes]) -> bool:
    # Without the proxies of the surroundings: this never leaves the machine.
    door = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + _PATIENCE_S
    while process.poll() is None and time.monotonic() < until:
        try:
            with door.open(f"http://{HOST}:{server.port}/api/status", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True  # it answers, if only to ask for the token
        except OSError:
            time.sleep(0.2)
    return False


def _open(server: Server, folder: Path) -> bool:
    """Open the page through a private file: others can read a browser's command line, which would hold the token."""
    page = folder / "open.html"
    page.touch(0o600)
    address = escape(server.url)
    page.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={address}">'
        f'<title>{server.name}</title><p><a href="{address}">{server.name}</a></p>',
        encoding="utf-8",
    )
    try:
        return webbrowser.open(page.as_uri(), new=2)
    except webbrowser.Error:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
