# Everything happens in .venv/ and build/ of this folder. What a fresh Debian needs for it is
# python3, git, make and a C compiler; `make test` fetches kernel sources through apt as well.

PYTHON ?= python3
VENV   := .venv
BUILD  := build
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet
JOBS   ?= 2

.PHONY: yardsticks help install demo check test lint bench mutants fuzz man picture clean

help:
	@echo 'make install   set up $(BIN)/treewide'
	@echo 'make demo      generate a series for the model tree, and apply it with git am'
	@echo 'make check     lint, type-check, and the tests that need nothing but bytes'
	@echo 'make test      all tests, on real kernel trees too'
	@echo 'make lint      ruff and mypy alone'
	@echo 'make bench     time check and series on a real kernel against git grep and spatch'
	@echo 'make fuzz      attack the tool with mutants of files and patches, FUZZ_ARGS="--count 100000"'
	@echo 'make yardsticks KERNEL=DIR   the tables of docs/smpl.md: which scripts of a kernel load,'
	@echo '               and where they differ from spatch in FOLDERS="sound/core fs/nfs", in files'
	@echo '               with their words, or in N of each with FILES=N'
	@echo 'make man       write man/treewide.1 from the help texts'
	@echo 'make picture   draw docs/page.png anew, with Chromium'
	@echo 'make clean     remove $(VENV)/ and $(BUILD)/'

install: $(VENV)/installed
	@echo "Installed. Run it as $(BIN)/treewide"

demo: $(VENV)/installed
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh tools/demo.sh $(BUILD)/demo

# What runs no other program and reads no kernel: under a minute, for after each change.
PURE := c pattern rule match rewrite test_text.py test_layers.py test_policy_free.py

check: lint
	$(BIN)/python -m pytest --numprocesses $(JOBS) --quiet -m 'not slow' $(PURE:%=tests/%)

test: lint
	$(BIN)/python -m tests.kernels
	$(BIN)/python -m pytest --numprocesses $(JOBS) $(PYTEST_ARGS)

lint: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

mutants: $(VENV)/installed-dev
	$(BIN)/python -m tests.mutants

# A few thousand by default; docs/reliability.md has the figures of a long run.
FUZZ_ARGS ?= --count 5000

fuzz: $(VENV)/installed-dev
	$(BIN)/python -m tests.fuzz $(FUZZ_ARGS)

# The last one writes docs/benchmarks.md, which takes ten minutes; with KZALLOC_ARGS='--folder drivers/net'
# three, with KZALLOC_ARGS='--spatch .' half an hour.
bench: $(VENV)/installed-dev
	$(PIP) --editable '.[bench]'
	$(BIN)/python -m bench.check $(BENCH_ARGS)
	@echo
	$(BIN)/python -m bench.series $(BENCH_ARGS)
	@echo
	$(BIN)/python -m bench.growth
	@echo
	$(BIN)/python -m bench.kzalloc $(KZALLOC_ARGS)

# The scripts of a kernel in both modes: KERNEL=/path/to/linux. Where spatch is installed it runs them
# too, some seconds for each script and 50,000 lines; what it prints is kept in build/.
FOLDERS ?= sound/core sound/usb fs/nfs

yardsticks: $(VENV)/installed-dev
	$(BIN)/python -m bench.scripts $(KERNEL)
	@if command -v spatch > /dev/null; then for mode in patch report; do \
	    $(BIN)/python -m bench.agreement $(KERNEL) $$mode $(FOLDERS) $(if $(FILES),--files $(FILES)) --keep $(BUILD)/spatch/$(notdir $(KERNEL)); done; fi

man: $(VENV)/installed
	$(BIN)/python -m tools.man man/treewide.1

# What `diff --html` writes, for the README. The page is ours alone, so it needs no sandbox.
picture: $(VENV)/installed
	mkdir -p $(BUILD)
	$(BIN)/treewide diff --model --validate --html $(BUILD)/page.html
	chromium --headless --no-sandbox --hide-scrollbars --window-size=1100,610 \
	    --screenshot=docs/page.png "file://$(CURDIR)/$(BUILD)/page.html"

clean:
	rm -rf $(VENV) $(BUILD)

# Made anew whenever the dependencies may have changed. The stamps come last, so that a run that
# was interrupted is not taken for one that is done.
$(VENV)/installed: pyproject.toml tools/bootstrap.py
	$(PYTHON) tools/bootstrap.py $(VENV)
	$(PIP) --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(PIP) --editable '.[dev]'
	@touch $@
