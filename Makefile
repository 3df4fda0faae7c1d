# Everything runs in a virtual environment of its own (.venv), made when first needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo docs test lint types bench clean
.DEFAULT_GOAL := help

help: ## show these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'durable-rules>=2.0.28' \
		|| echo "note: durable-rules could not be built here (it needs a C compiler); the builtin engine is used"
	@touch $@

$(VENV)/databases: $(VENV)/installed
	@if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ! command -v initdb >/dev/null; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null; \
		else echo "note: PostgreSQL is not installed and cannot be here; its tests are skipped"; fi; fi \
		|| echo "note: PostgreSQL could not be installed; its tests are skipped"
	@touch $@

demo: $(VENV)/installed ## classify example records, with options and traces
	@$(BIN)/python demo.py

docs: $(VENV)/installed ## pictures and generated tables of the documentation
	$(BIN)/python docs/build.py

test: $(VENV)/installed $(VENV)/databases ## lint, types, import contracts and all tests
	$(MAKE) lint types
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 -q -rs

lint: $(VENV)/installed ## ruff
	$(BIN)/ruff check .

types: $(VENV)/installed ## mypy, strict
	$(BIN)/mypy

bench: $(VENV)/installed ## speed beside peers, in one run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python benchmarks/classify.py
	$(BIN)/python benchmarks/charts.py
	$(BIN)/python benchmarks/columns.py

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis dist
