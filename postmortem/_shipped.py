"""Where the files lie that come with the package: samples, mappings, notebooks."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def shipped(name: str) -> Path:
    """A shipped file or folder, such as `data/samples` or `notebooks`.

    In a checkout it lies beside the package; in an installed package inside it.

    Raises:
        FileNotFoundError: If it is in neither place.

    Examples:
        >>> shipped("data/mappings").name
        'mappings'
    """
    for root in (_HERE.parent, _HERE / "_shipped"):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"{name} did not come with this installation; install the package again")
