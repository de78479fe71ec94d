"""`python -m refactor` is `treewide`."""

import sys

from refactor.cli import main

sys.exit(main())
