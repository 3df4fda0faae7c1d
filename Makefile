# Everything runs in a virtual environment of its own (.venv), made when first needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo docs site test lint types bench clean
.DEFAULT_GOAL := help

help: ## show these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'durable-rules>=2.0.28' \
		|| echo "note: durable-rules could not be built here (it needs a C compiler); the builtin engine is used"
	@touch $@

demo: $(VENV)/installed ## classify example records, with options and traces
	@$(BIN)/python demo.py

docs: $(VENV)/installed ## pictures and generated tables of the documentation
	$(BIN)/python docs/build.py

site: $(VENV)/installed ## the documentation as a site, in build/site/html
	$(BIN)/python docs/site/make.py

test: $(VENV)/installed ## lint, types, import contracts and all tests
	$(MAKE) lint types
	$(BIN)/lint-imports
	scripts/install-test-tools
	$(BIN)/python -m pytest -n 2 -q -rs

lint: $(VENV)/installed ## ruff: style, and the format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed ## mypy, strict
	$(BIN)/mypy
	MYPYPATH=src:docs:docs/site $(BIN)/mypy docs/build.py docs/site/make.py

bench: $(VENV)/installed ## speed beside peers, in one run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python benchmarks/classify.py
	$(BIN)/python benchmarks/charts.py
	$(BIN)/python benchmarks/columns.py

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis dist
