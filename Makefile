# Two commands do everything: `make demo` and `make test`. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test check bench docs tools clean setup

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: setup
	$(BIN)/prr demo $(DEMO_ARGS)

# A file goes to one worker whole: its module-wide servers are started once.
test: setup tools
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(TEST_ARGS)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/check_docs.py

bench: setup
	$(BIN)/python -m benchmarks.alert_to_off
	$(BIN)/python -m benchmarks.decision_quality
	$(BIN)/python -m benchmarks.fleet
	$(BIN)/python -m benchmarks.github_spec
	$(BIN)/python -m benchmarks.incremental
	$(BIN)/python -m benchmarks.rehearsal
	$(BIN)/python -m benchmarks.specification
	$(BIN)/python -m benchmarks.whole_repository

docs: setup
	$(BIN)/python tools/check_docs.py

# oasdiff judges compatibility; it is built with Go where Go is there, and the tests say so where it is not.
tools: tools/bin/oasdiff

tools/bin/oasdiff:
	@sh tools/install_oasdiff.sh

clean:
	rm -rf $(VENV) .prr .demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis tools/bin
