"""The data that ships with treewide: rules/, templates/ and the model tree testdata/model/."""

from __future__ import annotations

from pathlib import Path

from refactor.errors import TreeError


def data_root() -> Path:
    """The folder with `rules`, `templates` and `testdata/model` in it.

    An installed wheel carries it as refactor/_data. A checkout, which is also what an editable
    install runs from, has the same folders at its top level instead. Raises TreeError where there
    is neither.
    """
    packed = Path(__file__).parent / "_data"
    if packed.is_dir():
        return packed
    checkout = Path(__file__).resolve().parent.parent
    # Beside an installed package lies the rest of site-packages, where `rules` may be anyone's.
    if (checkout / "pyproject.toml").is_file():
        return checkout
    raise TreeError(
        f"treewide is installed without its rules: {packed} is missing",
        hint="reinstall it: pip install --force-reinstall treewide",
    )
