# One command for each chore. `make` alone lists them; what takes more than three lines of shell lives in tools/.

BIN := .venv/bin
STAMP := .venv/stamp

# The interpreter that .venv is built with: the first one new enough, unless named (make PYTHON=python3.12).
PYTHON ?=
export PYTHON

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help lab test check format notebooks bench browser postgres environment clean

help: ## List the chores
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: $(STAMP) ## Open the notebooks in JupyterLab; an empty store gets the samples
	@# Samples never join somebody's own incidents: they are loaded into an empty store only.
	@if [ "$$($(BIN)/postmortem list --json)" = "[]" ]; then $(BIN)/postmortem sample; fi
	$(BIN)/postmortem lab

test: check browser postgres ## Run everything: checks, tests, examples in the docs, stored notebooks
	@# Whole files go to the cores, so that a server or a database that a file starts is started once; their order is
	@# that of tests/conftest.py, which begins with the long ones.
	$(BIN)/pytest -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: $(STAMP) ## Check format, lint and types
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

format: $(STAMP) ## Format the code and mend what lint can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

notebooks: $(STAMP) ## Execute the stored notebooks again and normalise them
	$(BIN)/python tests/notebooks/build.py

bench: $(STAMP) ## Measure the speed of what must be quick
	@mkdir -p .benchmarks
	$(BIN)/pytest benchmarks/ --benchmark-only --benchmark-json=.benchmarks/last.json
	$(BIN)/python benchmarks/summary.py .benchmarks/last.json

browser: ## Install a Chromium for the browser tests where there is none
	@tools/browser.sh

postgres: ## Install a PostgreSQL for the store's tests where there is none
	@tools/postgres.sh

environment: $(STAMP) ## Build .venv, or bring it up to pyproject.toml

$(STAMP): pyproject.toml tools/environment.sh
	@tools/environment.sh

clean: ## Remove what the chores leave behind; keep .venv and the store
	rm -rf build dist test-results .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks
	find . -name .venv -prune -o -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +
