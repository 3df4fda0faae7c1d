# Everything runs in a virtual environment of its own (.venv), made when first needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest -n 2 -q -rs

.PHONY: help demo docs site test test-rest test-all lint types contracts bench fuzz mutate-python clean
.DEFAULT_GOAL := help

help: ## show these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{sub(/:.*/, "", $$1); printf "  make %-13s %s\n", $$1, $$2}'

$(VENV)/plain: pyproject.toml
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --editable .
	@$(PIP) 'durable-rules>=2.0.28' 2> /dev/null \
		|| echo "note: durable-rules could not be built here (it needs a C compiler); the builtin engine is used"
	@touch $@

$(VENV)/test: $(VENV)/plain
	$(PIP) --editable '.[test]'
	@touch $@

$(VENV)/all: $(VENV)/test
	$(PIP) --editable '.[dev]'
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

test: $(VENV)/test lint types contracts ## what needs pip only: style, types, contracts and most tests
	$(PYTEST) -m "not needs and not slow"

test-rest: $(VENV)/all ## types with all libraries, and the tests that need Spark, Java, Node, Chromium or PostgreSQL, or take long
	$(BIN)/mypy
	MYPYPATH=src:docs:docs/site $(BIN)/mypy docs/build.py docs/site/make.py
	$(PYTEST) -m "needs or slow"

test-all: test test-rest ## both

lint: $(VENV)/test ## ruff: style, and the format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/test ## mypy, strict
	$(BIN)/mypy

contracts: $(VENV)/test ## which way imports may go
	$(BIN)/lint-imports

bench: $(VENV)/test ## speed beside peers, in one run
	$(PIP) --editable '.[bench]'
	$(BIN)/python benchmarks/classify.py
	$(BIN)/python benchmarks/charts.py
	$(BIN)/python benchmarks/columns.py

fuzz: $(VENV)/test ## inputs of ten kinds beside their oracles; FUZZ=100000 for how many of each
	FUZZ=$(or $(FUZZ),2000) $(PYTEST) tests/faults/test_fuzz.py

mutate-python: $(VENV)/test ## slips in how charts and counts are read that no test notices; hours, or MUTATE="ehr/doubt --every 5"
	$(BIN)/python scripts/mutate-python $(MUTATE)

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis dist
