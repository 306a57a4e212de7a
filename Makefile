# `make demo` decides the example cases; `make test` runs what every change must pass, `make test-all` all there is. Each sets up what it
# needs, once, in .venv. On two idle cores, after that: demo seconds, test about 12 minutes, test-rest about 28, test-all both.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip
JOBS ?= auto

.PHONY: demo test test-all test-rest lint format docs site bench soak release-check clean help

help:
	@echo "make demo    decide the example cases"
	@echo "make test    what every change must pass: lint, types, the policy, generated pages, the fast tests; about 12 minutes on two cores"
	@echo "make test-all   the same and the rest: every mutant, more random cases, every page, browser, site, Spark, soak; about 40 minutes"
	@echo "make test-rest  what 'make test' leaves out, alone"
	@echo "make docs    write the generated reference pages"
	@echo "make site    build the documentation as a site, in build/site"
	@echo "make format  format the code"
	@echo "make soak    the service under load and abuse for half an hour"
	@echo "make bench   measure, against bare clingo, xclingo and other engines"
	@echo "make release-check  build the package, install it elsewhere, see that it works; with TAG=v1.2.3, that it is that release"
	@echo "make clean   remove what was set up"

demo: $(VENV)/.run
	$(BIN)/tiaoli decide tests/cases/*.yaml

test: lint
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

test-all: test test-rest

# the soak is short here: `make soak` is the long one
test-rest: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal --tier rest
	$(BIN)/python tests/benchmarks/soak.py --seconds 60 --requests 10000 --examples 10

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/tiaoli check
	$(BIN)/python docs/reference/generate.py --check

format: $(VENV)/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/.dev
	$(BIN)/python docs/reference/generate.py

site: $(VENV)/.dev docs
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --nitpicky --conf-dir docs . build/site

bench: $(VENV)/.dev $(VENV)/xclingo/.done
	$(PIP) install --quiet --editable '.[bench,spark]'
	$(BIN)/python tests/benchmarks/decide.py
	$(BIN)/python tests/benchmarks/questions.py
	$(BIN)/python tests/benchmarks/analysis.py
	$(BIN)/python tests/benchmarks/analysis_diff.py
	XCLINGO_PYTHON=$(VENV)/xclingo/bin/python $(BIN)/python tests/benchmarks/explain.py
	$(BIN)/python tests/benchmarks/peers.py
	$(BIN)/python tests/benchmarks/population.py
	$(BIN)/python tests/benchmarks/files.py
	$(BIN)/python tests/benchmarks/partitions.py
	$(BIN)/python tests/benchmarks/service.py

soak: $(VENV)/.dev
	$(BIN)/python tests/benchmarks/soak.py

release-check: $(VENV)/.dev
	$(BIN)/python tests/support/release_check.py $(if $(TAG),--tag $(TAG))

clean:
	rm -rf $(VENV)

# The package alone, for the first decision.
$(VENV)/.run: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=python3.12 ..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --editable .
	@touch $@

# And what the checks need; the wheels are kept so that the test of an installed package works offline.
$(VENV)/.dev: $(VENV)/.run
	$(PIP) install --quiet --editable '.[dev]'
	$(PIP) wheel --quiet --wheel-dir $(VENV)/wheels .
	@touch $@

# A peer that pins an older clingo, for `make bench` alone.
$(VENV)/xclingo/.done:
	$(PYTHON) -m venv $(VENV)/xclingo
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV)/xclingo/bin/python -m pip install --quiet 'xclingo==2.0b24'
	@touch $@
