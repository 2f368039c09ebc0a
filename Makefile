# Two things to know: `make demo` runs the sample district, `make test` runs every check. Both set up .venv first.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
# The locks are complete: nothing is resolved, whatever the day and whatever pip (.ci/check_locks.py proves it).
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps

.PHONY: demo test tests check style types layers locks coverage format fuzz benchmark kit kit-test lock layouts examples clean
.DEFAULT_GOAL := help

help:
	@echo "make demo       run the sample district into output/2023/"
	@echo "make test       run all checks and tests"
	@echo "make check      run the static checks only"
	@echo "make coverage   run all tests and measure which branches they take"
	@echo "make fuzz       try damaged workbooks for as long as one likes"
	@echo "make benchmark  print the timed comparisons"
	@echo "make kit        one zip that installs without a network (KIT='--python 3.11' for one Python only)"
	@echo "make kit-test   install the newest kit without a network and run the sample district"

$(VENV)/run.stamp: requirements.txt pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'nianbao needs Python 3.11 or newer; this is ' + sys.version.split()[0])"
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

demo: $(VENV)/run.stamp
	@$(BIN)/nianbao run examples/linping-2023 --output output --now 2024-02-01T08:00:00 || test $$? -eq 1

# Several at once: `make --jobs=4 check`.
check: style types layers locks

style: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

layers: $(VENV)/dev.stamp
	$(BIN)/lint-imports

locks: $(VENV)/dev.stamp
	$(BIN)/python .ci/check_locks.py

test: check tests

tests: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n auto --dist loadfile

# The same tests, measured: branches, also in the processes that the command line and the readers are. Half as long again.
coverage: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term

format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# A long run of what every test run does shortly; NIANBAO_FUZZ says how many examples of each kind.
fuzz: $(VENV)/dev.stamp
	NIANBAO_FUZZ=$${NIANBAO_FUZZ:-5000} $(BIN)/python -m pytest -n auto tests/fuzz

benchmark: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks

kit: $(VENV)/dev.stamp
	$(BIN)/python -m kit.build $(KIT)

kit-test: $(VENV)/dev.stamp
	$(BIN)/python -m kit.prove "$$(ls -t dist/nianbao-*.zip | head -n 1)"
	$(BIN)/python -m kit.prove --newest-pip "$$(ls -t dist/nianbao-*.zip | head -n 1)"

layouts: $(VENV)/dev.stamp
	$(BIN)/python -c "from pathlib import Path; from pipeline.coordinating.preparing import write_layouts; write_layouts(Path('input_templates'))"

examples: $(VENV)/dev.stamp
	$(BIN)/python examples/build_linping_2023.py

# Raises every pinned version to the newest that pyproject.toml allows; LOCK='--upgrade-package jinja2' raises that one alone. uv takes what a
# lock says already as preferred, so that without --upgrade nothing moves; --no-emit-index-url keeps host names out of the lock files.
LOCK ?= --upgrade
COMPILE = $(BIN)/uv pip compile $(LOCK) --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet pyproject.toml
lock: $(VENV)/dev.stamp
	$(COMPILE) --extra build -o requirements.txt
	$(COMPILE) --extra dev --constraint requirements.txt -o requirements-dev.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
