# make demo   set everything up and show the demo          make test    set everything up and run the tests
# make check  format, lint, types, tests, docs             make docs    write docs/COMMANDS.md and docs/KPIS.md again
# make faults the long fault tests
# make bench  measure (minutes)                            make messages  update the Chinese catalogue
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SALESCTL := $(BIN)/salesctl

# Children that are started by tests would compile the program again each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test faults check lint types docs docs-check messages bench clean

$(VENV)/.run: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[report,excel]'
	touch $@

$(VENV)/.dev: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $(VENV)/.run $@

demo: $(VENV)/.run
	$(SALESCTL) demo

test: $(VENV)/.dev
	$(BIN)/pytest -n 2
	SALESCTL_TEST_ENGINE=postgres $(BIN)/pytest -n 2

faults: $(VENV)/.dev
	SALESCTL_FAULTS=long $(BIN)/pytest -n 2 --dist worksteal tests/faults tests/test_migrate.py tests/output/test_gate.py tests/output/test_gate_demo.py

lint: $(VENV)/.dev
	$(BIN)/ruff format --check salesctl tests tools bench
	$(BIN)/ruff check salesctl tests tools bench

types: $(VENV)/.dev
	$(BIN)/mypy

docs: $(VENV)/.dev
	$(BIN)/python tools/make_docs.py

docs-check: $(VENV)/.dev
	$(BIN)/python tools/make_docs.py --check
	$(BIN)/python tools/messages.py --check

check: lint types test docs-check

messages: $(VENV)/.dev
	$(BIN)/python tools/messages.py

bench: $(VENV)/.dev
	$(BIN)/python bench/run.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
