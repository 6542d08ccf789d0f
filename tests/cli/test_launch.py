"""A notebook server is for this machine only, asks for a token, uses the store that was meant, and ends with us."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from postmortem.cli import launch, servers
from postmortem.record.errors import PostmortemError

PROGRAM = str(Path(sys.executable).with_name("postmortem"))
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
MARKER = "shown by a cell"


def server(**changes):
    """A server that is never started."""
    given = {"name": "Lab", "command": [], "path": "/lab", "port": 8888, "token": "secret", "settings": {}}
    return launch.Server(**given | changes)


def test_the_lab_listens_on_this_machine_only():
    """Whoever reaches a notebook server can run programs on it."""
    command = launch.lab_command(Path("notebooks"), port=8899, root=False)

    assert [sys.executable, "-m", "jupyterlab"] == command[:3]
    assert {"--ServerApp.ip=127.0.0.1", "--ServerApp.port=8899", "--ServerApp.port_retries=0"} <= set(command)


def test_the_dashboard_listens_on_this_machine_only_and_shows_no_code():
    """And a visitor can't choose another template by the address."""
    command = launch.dashboard_command(Path("trends.ipynb"), port=8899)

    assert {"--Voila.ip=127.0.0.1", "--strip_sources=True", "--template=postmortem"} <= set(command)
    assert "--VoilaConfiguration.allow_template_override=NO" in command


@pytest.mark.parametrize(("root", "said"), [(True, True), (False, False)])
def test_root_is_allowed_only_for_root(root, said):
    """An ordinary account never runs with that switch."""
    assert said == ("--allow-root" in launch.lab_command(Path("notebooks"), port=1, root=root))


def test_a_token_is_always_asked_for_and_never_on_a_command_line():
    """It stands in a private file: others on the machine can read command lines."""
    token = launch.new_token()

    assert token == launch.lab_settings(token)["jupyter_server_config.json"]["IdentityProvider"]["token"]
    assert token == launch.dashboard_settings(token)["voila.json"]["Voila"]["token"]
    assert not [word for word in launch.lab_command(Path(), port=1, root=True) if "token" in word]
    assert not [word for word in launch.dashboard_command(Path(), port=1) if "token" in word]


def test_every_token_is_another_one_and_long():
    """24 random bytes, as Jupyter makes them."""
    assert launch.new_token() != launch.new_token()
    assert re.fullmatch("[0-9a-f]{48}", launch.new_token())


def test_a_server_does_not_show_its_token_by_accident():
    """A log line or a traceback with its repr gives nothing away."""
    assert "secret" not in repr(server())
    assert "http://127.0.0.1:8888/lab?token=secret" == server().url


def test_the_lab_keeps_all_stages_on_the_page_and_fetches_no_news():
    """What is scrolled out of sight keeps what is typed in it; nothing is asked of the outside."""
    settings = launch.lab_settings("t")

    overrides = settings["labconfig/default_setting_overrides.json"]
    assert "none" == overrides["@jupyterlab/notebook-extension:tracker"]["windowingMode"]
    disabled = settings["labconfig/page_config.json"]["disabledExtensions"]
    assert disabled["@jupyterlab/apputils-extension:announcements"]
    assert settings["jupyter_lab_config.json"]["LabApp"]["news_url"] is None


def test_a_persons_own_jupyter_folders_come_after_ours(tmp_path):
    """What they set up stays in force where we say nothing."""
    given = {"JUPYTER_CONFIG_PATH": "/mine", "HOME": "/srv/ana"}
    found = launch.environment(given, tmp_path, {"POSTMORTEM_STORE": "/a.db"})

    assert os.pathsep.join([str(tmp_path), "/mine"]) == found["JUPYTER_CONFIG_PATH"]
    assert ("/srv/ana", "/a.db") == (found["HOME"], found["POSTMORTEM_STORE"])


def test_the_template_is_where_voila_looks_for_it(tmp_path):
    """It travels with the package."""
    share = Path(launch.environment({}, tmp_path, {})["JUPYTER_PATH"])

    assert (share / "voila" / "templates" / "postmortem" / "index.html.j2").is_file()


def test_a_taken_port_is_passed_over_unless_it_was_asked_for():
    """The one that a person named is refused in words."""
    with socket.socket() as door:
        door.bind((launch.HOST, 0))
        door.listen()
        taken = door.getsockname()[1]

        assert taken != launch.free_port(None, taken)
        with pytest.raises(PostmortemError, match=f"port {taken} is taken"):
            launch.free_port(taken, 1)


def test_a_checkouts_own_notebooks_are_used_as_they_are(tmp_path):
    """Whoever works in the repository works on its notebooks."""
    (tmp_path / "notebooks").mkdir()

    assert (tmp_path / "notebooks", ()) == launch.working_copy(tmp_path / "notebooks", tmp_path / "elsewhere")


def test_an_installed_packages_notebooks_are_copied_and_never_written_over(tmp_path):
    """What a person changed stays; what is missing comes again."""
    shipped = tmp_path / "_shipped" / "notebooks"
    shipped.mkdir(parents=True)
    for name in ("one.ipynb", "two.ipynb"):
        (shipped / name).write_text("shipped")
        (shipped / name).chmod(0o444)
    folder, first = launch.working_copy(shipped, tmp_path)
    (folder / "one.ipynb").write_text("mine")
    (folder / "two.ipynb").unlink()
    _, second = launch.working_copy(shipped, tmp_path)

    assert tmp_path / "postmortem-notebooks" == folder
    assert (("one.ipynb", "two.ipynb"), ("two.ipynb",)) == (first, second)
    assert "mine" == (folder / "one.ipynb").read_text()


def test_the_notebooks_use_the_store_that_was_meant_here(shell, monkeypatch):
    """They run in another folder: paths are passed on in full. An empty store says how to fill it."""
    started = {}

    def noted(_server, told, _say, *, browser):
        started.update(told, browser=browser)
        return 0

    monkeypatch.setattr(servers.launch, "run", noted)
    shell.write("team.toml", 'name = "Night desk"\n')
    done = shell("lab", "--no-browser", "--store", "a.db", "--playbook", "team.toml", "--by", "Ben")

    assert 0 == done.exit_code
    assert str(shell.folder / "a.db") == started["POSTMORTEM_STORE"]
    assert str(shell.folder / "team.toml") == started["POSTMORTEM_PLAYBOOK"]
    assert ("Ben", False) == (started["POSTMORTEM_BY"], started["browser"])
    assert "postmortem sample" in done.stderr


def test_a_server_that_does_not_come_up_says_why():
    """Its last words are shown, and the code is 1."""
    said = []
    code = launch.run(
        server(command=[sys.executable, "-c", "raise SystemExit('no such notebook')"]), {}, said.append, browser=False
    )

    assert 1 == code
    assert "no such notebook" in said[-1]


def answer(url):
    """The status and the text of an answer; redirections to the login page count as its refusal."""
    try:
        with DIRECT.open(url, timeout=60) as found:
            return (403 if "/login" in found.url else found.status), found.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def started(command, folder):
    """A server in a process of its own, and its address once it is ready."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("POSTMORTEM_", "JUPYTER_"))
    }
    process = subprocess.Popen(  # noqa: S603
        command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True
    )
    for line in process.stderr:
        if found := re.search(r"is ready: (http://127\.0\.0\.1:\d+)(\S*)\?token=(\w+)", line):
            return process, found[1], found[3]
    process.wait()
    raise AssertionError("the server ended before it was ready")


def stopped(process):
    """End it as a closed terminal would; what it said last, and its code."""
    process.send_signal(signal.SIGTERM)
    said = process.stderr.read()
    process.stderr.close()
    return said, process.wait(20)


def test_a_running_lab_refuses_who_has_no_token_and_leaves_nothing_behind(tmp_path):
    """With the token it answers; when it is told to end, its port is free again."""
    process, address, token = started([PROGRAM, "lab", "--no-browser", "--store", "a.db"], tmp_path)
    refused, welcome = answer(f"{address}/api/status"), answer(f"{address}/api/status?token={token}")
    said, code = stopped(process)

    assert 403 == refused[0]
    assert 200 == welcome[0]
    assert "kernels" in json.loads(welcome[1])
    assert ("JupyterLab is ended.\n", 0) == (said.splitlines(keepends=True)[-1], code)
    assert launch.free_port(int(address.rpartition(":")[2]), 1)


def test_a_running_dashboard_refuses_who_has_no_token_and_fetches_nothing_from_outside(tmp_path):
    """Its page shows results without code, and neither a script nor a stylesheet comes from another host."""
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": None, "outputs": []}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel}
    source = "from IPython.display import HTML\nHTML(' '.join(['shown', 'by', 'a', 'cell']))"
    (tmp_path / "small.ipynb").write_text(json.dumps(notebook | {"cells": [cell | {"source": source}]}))
    code = f"""
import sys
from pathlib import Path
from postmortem.cli import launch
port, token = launch.free_port(None, {launch.DASHBOARD_PORT}), launch.new_token()
command = launch.dashboard_command(Path({str(tmp_path / "small.ipynb")!r}), port=port)
it = launch.Server("It", command, "/", port, token, launch.dashboard_settings(token))
sys.exit(launch.run(it, {{}}, lambda said: print(said, file=sys.stderr, flush=True), browser=False))
"""
    process, address, token = started([sys.executable, "-c", code], tmp_path)
    refused, page = answer(f"{address}/"), answer(f"{address}/?token={token}")
    stopped(process)

    assert 403 == refused[0]
    assert MARKER not in refused[1]
    assert MARKER in page[1]
    assert "IPython.display" not in page[1]
    assert [] == re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=[\"']?(?:https?:)?//[^\s>]*", page[1])
