"""The same packages for pip and for conda, and nothing in the repository that is true on one machine only."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from rattler import MatchSpec

ROOT = Path(__file__).parent.parent

# A package that the conda channel has under another name than the package index.
CONDA_NAMES = {"python-tzdata": "tzdata", "playwright-python": "playwright"}

# Addresses that tools write into lock files and logs. In parts, so that this file is clean by its own rule.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("python" + "hosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("anaconda", "org"),
        ("anaconda", "com"),
        ("debian", "org"),
        ("crates", "io"),
    ]
)

# Where work trees and homes lie. In parts, for the same reason.
MACHINE_FOLDERS = ("/" + "work", "/" + "root", "/" + "home", "/" + "Users", "/" + "workspace")


def pyproject() -> dict[str, Any]:
    """The project file, parsed."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def wanted_by_pip(project: dict[str, Any]) -> dict[str, str]:
    """Names and bounds of what the product, its tests and its checks need, and of Python itself."""
    groups = project["dependency-groups"]
    requirements = [Requirement(text) for text in project["project"]["dependencies"] + groups["test"] + groups["check"]]
    return {
        "python": project["project"]["requires-python"],
        **{requirement.name: str(requirement.specifier) for requirement in requirements},
    }


def wanted_by_conda(text: str) -> dict[str, str]:
    """The same from an environment file, every line read strictly, under the names of the package index."""
    entries = yaml.safe_load(text)["dependencies"]
    specs = [MatchSpec(entry, strict=True) for entry in entries if isinstance(entry, str)]
    by_conda = {str(spec.name.normalized): str(spec.version or "") for spec in specs}
    by_pip = [
        Requirement(line)
        for entry in entries
        if isinstance(entry, dict)
        for line in entry["pip"]
        if not line.startswith("-e")
    ]
    return {CONDA_NAMES.get(name, name): bounds for name, bounds in by_conda.items() if name != "pip"} | {
        requirement.name: str(requirement.specifier) for requirement in by_pip
    }


def tracked_files() -> list[Path]:
    """The files that git keeps and that are there now; a test that needs them skips outside a checkout."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - the git that the person uses
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode:
        pytest.skip("not a git checkout, so there is no list of the repository's files")
    paths = [ROOT / name.decode() for name in listing.stdout.split(b"\0") if name]
    return [path for path in paths if path.is_file()]  # one that is deleted but not yet committed is gone


def hosts_named(content: bytes) -> list[str]:
    """The registries' hosts that stand in a file, in capitals or not."""
    lower = content.lower()
    return [host for host in REGISTRY_HOSTS if re.search(rb"\b" + re.escape(host.encode()) + rb"\b", lower)]


def machine_paths(content: bytes, folders: tuple[str, ...] = MACHINE_FOLDERS) -> list[str]:
    """Absolute paths into one of the folders; a web address or a relative path that contains such a word is none."""
    starts = b"|".join(re.escape(folder.encode()) for folder in folders)
    return [found.decode() for found in re.findall(rb"(?<![\w.~/}>-])(?:" + starts + rb")/[\w.-]+", content)]


def test_conda_and_pip_want_the_same_packages_within_the_same_bounds():
    """environment.yml names what pyproject.toml names, package by package and bound by bound."""
    by_conda = wanted_by_conda((ROOT / "environment.yml").read_text(encoding="utf-8"))

    assert wanted_by_pip(pyproject()) == by_conda


def test_conda_installs_the_working_tree_itself():
    """Under conda as under make, the package is the checkout, so that an edit shows at once."""
    pip_lines = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"][-1]["pip"]

    assert "-e ." in pip_lines


def test_conda_channels_are_names_and_not_addresses():
    """The one channel is named; nobody's mirror is written into the file."""
    channels = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["channels"]

    assert ["conda-forge", "nodefaults"] == channels


@pytest.mark.parametrize(
    "line",
    ["pandas >=2.0", "pandas", "polars >=1.0"],
    ids=["another bound", "no bound", "another package"],
)
def test_a_difference_between_the_two_files_is_seen(line: str):
    """A bound that differs, one that is missing and a package that only one file has are all found."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    changed = text.replace("- pandas >=3.0", f"- {line}")

    assert text != changed
    assert wanted_by_pip(pyproject()) != wanted_by_conda(changed)


def test_a_line_that_conda_would_misread_is_refused():
    """The reading is strict: a bound written the wrong way round is an error, not a guess."""
    text = "dependencies: ['pandas =>3.0']"

    with pytest.raises(Exception, match="unable to parse version spec"):
        wanted_by_conda(text)


def test_the_package_ships_no_folder_that_may_hold_a_readers_own_store():
    """Files forced into the wheel go there whatever .gitignore says: data/postmortem.db must not be among them."""
    forced = pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    assert [] == [source for source in forced if Path("data/postmortem.db").is_relative_to(source)]


def test_the_package_ships_every_notebook_and_nothing_else_of_their_folder():
    """Reports that were written beside the notebooks stay at home; a new notebook is not forgotten."""
    forced = pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    assert sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "notebooks").glob("*.ipynb")) == sorted(
        source for source in forced if source.startswith("notebooks")
    )


def test_the_contributors_page_lists_every_chore():
    """CONTRIBUTING.md tells of the commands that `make` lists, and of no other."""
    listed = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    told = re.findall(r"^\| `make ?([a-z]*)` \|", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert listed == [chore or "help" for chore in told]


def test_no_tracked_file_names_a_registry_host():
    """Nobody's choice of registry or mirror travels with the repository, in a lock file or anywhere else."""
    found = {
        str(path.relative_to(ROOT)): hosts for path in tracked_files() if (hosts := hosts_named(path.read_bytes()))
    }

    assert {} == found


def test_no_tracked_file_holds_a_path_of_somebodys_machine():
    """Neither the folder of this checkout nor anybody's home or work folder is written down in the repository."""
    found = {
        str(path.relative_to(ROOT)): sorted(set(paths))
        for path in tracked_files()
        if (paths := machine_paths(path.read_bytes(), (*MACHINE_FOLDERS, str(ROOT))))
    }

    assert {} == found


@pytest.mark.parametrize("host", REGISTRY_HOSTS)
def test_a_registry_host_is_seen_wherever_it_stands(host: str):
    """As an address, in capitals, and below another host."""
    addresses = [f"url = https://{host}/simple", f"see {host.upper()}.", f"https://files.{host}/a.whl"]

    assert [[host]] * 3 == [hosts_named(address.encode()) for address in addresses]


@pytest.mark.parametrize("folder", MACHINE_FOLDERS)
def test_a_machine_path_is_seen_and_a_web_address_is_not(folder: str):
    """A path in quotes or after an equals sign counts; a part of an address or of a relative path does not."""
    path = f"{folder}/somebody"
    paths = [f'"{path}/notes.txt"', f"HOME={path}", path]
    others = [f"https://example.test{path}", f"docs{path}", f"..{path}", folder]

    assert [[path]] * 3 == [machine_paths(text.encode()) for text in paths]
    assert [[]] * 4 == [machine_paths(text.encode()) for text in others]
