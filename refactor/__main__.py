"""Where the process begins: `treewide`, and `python -m refactor`."""

import signal
import sys

# Until `main` has handlers of its own. Python's would print where an import was interrupted.
signal.signal(signal.SIGINT, signal.SIG_DFL)

from refactor.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
