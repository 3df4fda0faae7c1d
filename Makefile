# Everything runs in a virtual environment of its own (.venv), made when first needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# The versions that are tested, for what only developers and CI make; CONSTRAINTS= takes the newest.
CONSTRAINTS ?= --constraint constraints.txt
PYTEST := $(BIN)/python -m pytest -q -rs
LONG := -n 3 --dist loadgroup # what shares a cluster or a site to one process (tests/work_units.py); some wait, for Java or a network
TOGETHER := $(MAKE) --no-print-directory --keep-going --jobs 4 # each uses one processor
QUICK := $(PYTEST) -m "not needs and not slow"
ROOMS := ehr bulk service testing faults commands verify # a process each: no file is collected twice, and what a room's tests share is made once

.PHONY: help demo docs site test test-rest test-all quick quick-others $(ROOMS:%=quick-%) long types-of-docs lint types contracts bench bench-peers fuzz mutate-python lock test-minimum release clean
.DEFAULT_GOAL := help

help: ## show these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{sub(/:.*/, "", $$1); printf "  make %-13s %s\n", $$1, $$2}'

$(VENV)/plain: pyproject.toml
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --editable .
	@$(PIP) 'durable-rules>=2.0.28' 2> /dev/null \
		|| echo "note: durable-rules could not be built here (it needs a C compiler); the builtin engine is used"
	@touch $@

$(VENV)/test: $(VENV)/plain constraints.txt
	$(PIP) $(CONSTRAINTS) --editable '.[test]'
	@touch $@

$(VENV)/all: $(VENV)/test
	$(PIP) $(CONSTRAINTS) --editable '.[dev]'
	scripts/install-test-tools
	@touch $@

demo: $(VENV)/plain ## seven records decided, and what one of them lacks; a plain install, no extras
	@$(BIN)/allstatus classify examples/demo.ndjson --format text
	@echo
	@sed -n 3p examples/demo.ndjson | $(BIN)/allstatus classify -

docs: $(VENV)/all ## pictures and generated tables of the documentation
	$(BIN)/python docs/build.py

site: $(VENV)/all ## the documentation as a site, in build/site/html
	$(BIN)/python docs/site/make.py

test: $(VENV)/test ## what needs pip only: style, types, contracts and most tests
	@$(TOGETHER) quick lint types contracts

test-rest: $(VENV)/all ## types with all libraries, and the tests that need Spark, Java, Node, Chromium or PostgreSQL, or take long
	@$(TOGETHER) types-of-docs long

quick: quick-others $(ROOMS:%=quick-%) # the longest first

$(ROOMS:%=quick-%): quick-%: $(VENV)/test
	$(QUICK) tests/$*

quick-others: $(VENV)/test
	$(QUICK) $(ROOMS:%=--ignore tests/%)

long: $(VENV)/all
	$(PYTEST) $(LONG) -m "needs or slow"

types-of-docs: types $(VENV)/all
	MYPYPATH=src:docs:docs/site $(BIN)/mypy docs/build.py docs/site/make.py

test-all: test test-rest ## both

lint: $(VENV)/test ## ruff: style, and the format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/test ## mypy, strict
	$(BIN)/mypy

contracts: $(VENV)/test ## which way imports may go
	$(BIN)/lint-imports

bench: $(VENV)/test ## speed beside peers and an earlier commit (BASE=2adc489), minutes; benchmarks/RESULTS.md
	$(PIP) $(CONSTRAINTS) --editable '.[bench]'
	$(BIN)/python benchmarks/bench.py --commit $(or $(BASE),2adc489)

bench-peers: $(VENV)/test ## the longer tables of records, charts and columns, each beside its peers
	$(PIP) $(CONSTRAINTS) --editable '.[bench]'
	$(BIN)/python benchmarks/classify.py
	$(BIN)/python benchmarks/charts.py
	$(BIN)/python benchmarks/columns.py

fuzz: $(VENV)/test ## inputs of seventeen kinds beside their oracles; FUZZ=100000 for how many of each
	FUZZ=$(or $(FUZZ),2000) $(PYTEST) -n 2 tests/faults/test_fuzz.py tests/faults/test_fuzz_service.py

mutate-python: $(VENV)/test ## slips in how charts and counts are read that no test notices; hours, or MUTATE="ehr/evidence/doubt --every 5"
	$(BIN)/python scripts/mutate-python $(MUTATE)

lock: $(VENV)/all ## the newest versions that fit, in constraints.txt: what tests and CI install
	$(VENV)/tools/bin/uv pip compile --quiet --universal --python-version 3.11 --all-extras \
		--no-header --no-annotate --output-file constraints.txt pyproject.toml

test-minimum: $(VENV)/all ## the tests of `make test`, with the oldest versions that pyproject.toml allows
	$(VENV)/tools/bin/uv venv --quiet --clear $(VENV)/minimum
	$(VENV)/tools/bin/uv pip install --quiet --python $(VENV)/minimum --resolution lowest-direct --editable '.[test]'
	$(VENV)/minimum/bin/python -m pytest -n 2 -q -rs -m "not needs and not slow"

release: $(VENV)/all ## wheel, sdist, bill of materials, licences and checksums of the tagged commit, in dist/VERSION
	$(BIN)/python scripts/release

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis dist
