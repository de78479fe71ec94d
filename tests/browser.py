"""A real browser, for pages that we write: Chromium, told what to do through a pipe.

What it speaks is the Chrome DevTools Protocol, one JSON object after the other with a NUL between
them. So no driver is needed, and the page is looked at as it is, with its Content-Security-Policy.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")


def found() -> str | None:
    """The browser, if one is installed."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """A page that is open in the browser."""

    def __init__(self, to: int, back: int) -> None:
        self._to = to
        self._back = back
        self._number = 0
        self._rest = b""
        self._session = ""
        self.said: list[str] = []
        """What was written to the console, or is wrong with the page."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Have the browser do something, and return its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        message |= {"sessionId": self._session} if self._session else {}
        os.write(self._to, json.dumps(message).encode() + b"\0")
        return self._until(id=self._number)["result"]  # type: ignore[no-any-return]

    def _until(self, **wanted: Any) -> dict[str, Any]:
        while True:
            while b"\0" not in self._rest:
                read = os.read(self._back, 1 << 16)
                assert read, "the browser is gone"
                self._rest += read
            text, _, self._rest = self._rest.partition(b"\0")
            message: dict[str, Any] = json.loads(text)
            if message.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
                self.said.append(json.dumps(message["params"]))
            assert "error" not in message, message
            if all(message.get(name) == value for name, value in wanted.items()):
                return message

    def open(self, file: Path, *, width: int = 1200, scheme: str = "light", at: str = "") -> None:
        """Show a file in a window of that width, and wait until it is there."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=900, deviceScaleFactor=1, mobile=width < 500,
        )  # fmt: skip
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=features)
        self.call("Page.navigate", url=f"{file.as_uri()}{at}")
        self._until(method="Page.loadEventFired")

    def run(self, script: str) -> Any:
        """The value of an expression of JavaScript in the page; a promise is waited for."""
        answer = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """Press a key."""
        named = {"text": key} if len(key) == 1 else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **named)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def picture(self, *, whole: bool = True) -> bytes:
        """The page as PNG."""
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        return base64.b64decode(answer["data"])

    def printed(self) -> bytes:
        """The page as PDF."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])


@contextmanager
def browser(profile: Path) -> Iterator[Page]:
    """An empty page in a browser of its own, which has `profile` for its files."""
    program = found()
    assert program is not None
    read, to = os.pipe()
    back, write = os.pipe()
    options = (
        "--headless", "--remote-debugging-pipe", f"--user-data-dir={profile}", "--no-sandbox",
        "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
        "--disable-background-networking",
    )  # fmt: skip
    # It takes its orders from descriptor 3, and answers on 4.
    command = ["bash", "-c", f'exec "$@" 3<&{read} 4>&{write}', "bash", program, *options]
    running = subprocess.Popen(command, pass_fds=(read, write), stderr=subprocess.DEVNULL)
    os.close(read)
    os.close(write)
    try:
        page = Page(to, back)
        yield page
        with suppress(AssertionError):
            page._session = ""
            page.call("Browser.close")
    finally:
        running.terminate()
        running.wait()
        os.close(to)
        os.close(back)
