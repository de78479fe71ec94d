"""The built wheel, in an environment that has never seen this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support import PROJECT

DATA = ("rules", "templates", "testdata/model")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source distribution, which thereby shows that it is complete."""
    out = tmp_path_factory.mktemp("dist")
    # Without isolation hatchling comes from this environment, and nothing from the network.
    build: list[str | Path] = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--outdir",
        out,
        PROJECT,
    ]
    done = subprocess.run(build, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    [built] = out.glob("*.whl")
    return built


def test_wheel_holds_the_package_and_its_data_and_no_more(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = files_below("refactor")
    expected |= {f"refactor/_data/{name}" for folder in DATA for name in files_below(folder)}
    [page] = {name for name in packed if name.endswith(".data/data/share/man/man1/treewide.1")}
    assert packed - {page} == expected


def files_below(folder: str) -> set[str]:
    """The files in `folder` of the project, without what running it left there."""
    return {
        str(path.relative_to(PROJECT))
        for path in (PROJECT / folder).rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }


def test_installed_wheel_writes_a_series_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    venv.EnvBuilder(symlinks=True).create(environment)
    python = environment / "bin" / "python"
    # The pip of the environment that runs the tests installs into the empty one.
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    subprocess.run([*pip, "--no-index", "--no-deps", wheel], check=True)
    # The dependencies are lent, so the test needs no network. What an editable install leaves in
    # the lender's folder is not lent: Python does not read the .pth files of a folder in a .pth.
    site = sysconfig.get_path("purelib", vars={"base": str(environment)})
    (Path(site) / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    where = "import refactor; print(refactor.__file__)"
    origin = subprocess.check_output([python, "-c", where], cwd=elsewhere, env=outside, text=True)
    assert Path(origin.strip()).is_relative_to(environment)

    treewide = environment / "bin" / "treewide"
    subprocess.run(
        [treewide, "series", "--model", "--output", "out"], cwd=elsewhere, env=outside, check=True
    )
    names = sorted(path.name for path in (elsewhere / "out").iterdir())
    assert names[0] == "0000-cover-letter.patch"
    assert len(names) > 1
