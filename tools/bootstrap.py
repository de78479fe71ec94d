"""Make a virtual environment with pip in it, also where Python came without ensurepip.

    python3 tools/bootstrap.py DIR

Debian keeps ensurepip in a package of its own, python3-venv. Where that is missing, the wheel of
pip is downloaded from the package index that pip itself would ask; a wheel of pip can install
itself. Only the standard library is used, and no syntax newer than the oldest Python that should
get a readable error.
"""

import base64
import configparser
import hashlib
import importlib.util
import os
import re
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

# The digest stands here, so the download is trusted for its bytes and not for where it came from.
PIP_WHEEL = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"

DEFAULT_INDEX = "https://pypi.org/simple"


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 (whoever has an older one has to be told)
        sys.exit(
            f"error: treewide needs Python 3.11 or newer, {sys.executable} is"
            f" {sys.version.split()[0]}\n  hint: make PYTHON=python3.12"
        )
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    # Imported late, so that the error above is reached on any Python.
    import venv

    folder = Path(sys.argv[1])
    bundled = importlib.util.find_spec("ensurepip") is not None
    venv.EnvBuilder(clear=True, symlinks=True, with_pip=bundled).create(folder)
    if not bundled:
        print("This Python has no ensurepip; fetching pip from the package index.")
        wheel = folder / PIP_WHEEL
        wheel.write_bytes(download_pip())
        pip = [folder / "bin" / "python", wheel / "pip"]
        subprocess.run([*pip, "install", "--quiet", "--no-index", wheel], check=True)
        wheel.unlink()


def download_pip() -> bytes:
    """The bytes of PIP_WHEEL. Exits with an error and a hint where they cannot be had."""
    page_url = index_url().rstrip("/") + "/pip/"
    shown_url = re.sub(r"//[^/@]*@", "//", page_url)  # A password does not belong in a message.
    try:
        page = fetch(page_url).decode()
        link = re.search(rf'href="([^"]*{re.escape(PIP_WHEEL)}[^"]*)"', page)
        if link is None:
            raise urllib.error.URLError(f"{PIP_WHEEL} is not there")
        content = fetch(urllib.parse.urljoin(page_url, link[1].replace("&amp;", "&")))
    except OSError as error:
        sys.exit(
            f"error: cannot fetch pip from {shown_url}: {getattr(error, 'reason', error)}\n"
            "  hint: install python3-venv (apt-get install python3-venv), or name an index that\n"
            "        this machine can reach in PIP_INDEX_URL"
        )
    if hashlib.sha256(content).hexdigest() != PIP_SHA256:
        sys.exit(f"error: {PIP_WHEEL} from {shown_url} has a wrong SHA-256 digest")
    return content


def index_url() -> str:
    """The index pip would use: its environment variable, then its configuration files.

    The files and their order: https://pip.pypa.io/en/stable/topics/configuration/
    """
    if os.environ.get("PIP_INDEX_URL"):
        return os.environ["PIP_INDEX_URL"]
    config_home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    files = [
        Path("/etc/xdg/pip/pip.conf"),
        Path("/etc/pip.conf"),
        Path.home() / ".pip" / "pip.conf",
        config_home / "pip" / "pip.conf",
        Path(os.environ.get("PIP_CONFIG_FILE", os.devnull)),
    ]
    config = configparser.RawConfigParser()
    config.read(files)
    for section in ("install", "global"):
        for option in ("index-url", "index_url"):
            if config.has_option(section, option):
                return config.get(section, option)
    return DEFAULT_INDEX


def fetch(url: str) -> bytes:
    """Read `url`, through the proxies of the environment. Raises OSError."""
    context = ssl.create_default_context(cafile=os.environ.get("PIP_CERT") or None)
    try:
        return read(url, context)
    except urllib.error.URLError as error:
        # A fresh Debian may have no certificates at all (package ca-certificates). The digest
        # vouches for the bytes then; but a password is shown only to a server that is known.
        anonymous = urllib.parse.urlsplit(url).username is None
        if not (isinstance(error.reason, ssl.SSLCertVerificationError) and anonymous):
            raise
        return read(url, ssl._create_unverified_context())


def read(url: str, context: ssl.SSLContext) -> bytes:
    parts = urllib.parse.urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    request = urllib.request.Request(urllib.parse.urlunsplit(bare))
    if parts.username:
        # A private index has its user and password in the URL, which urllib does not understand.
        secret = urllib.parse.unquote(f"{parts.username}:{parts.password or ''}")
        token = base64.b64encode(secret.encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {token}")
    with urllib.request.urlopen(request, timeout=60, context=context) as answer:
        content: bytes = answer.read()
    return content


if __name__ == "__main__":
    main()
