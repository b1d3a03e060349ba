# All that is assumed is Python >= 3.11 with venv, and git. Everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?= --simulate
SECONDS ?= 120

.PHONY: run test check fmt fuzz bench bench-quick bench-reading screenshots clean

run: $(VENV)/run.stamp
	$(BIN)/hopscope $(ARGS)

# Three processes, for the labs and the screens wait more than they compute.
test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n 3 --dist loadgroup $(TESTS)

check: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fmt: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Damaged packets and captures for longer than `make test` has time: SECONDS=600 for ten minutes.
fuzz: $(VENV)/dev.stamp
	$(BIN)/python -m tests.packet.fuzzing $(SECONDS)

# Beside the peers, in network namespaces: needs root, and what .ci/run installs. Under 15 minutes, and under 2.
bench: $(VENV)/dev.stamp
	$(BIN)/python -m bench --json build/bench.json

bench-quick: $(VENV)/dev.stamp
	$(BIN)/python -m bench --quick --json build/bench-quick.json

# What reads packets instead of sending them, and what stands a flood of lies.
bench-reading: $(VENV)/dev.stamp
	$(BIN)/python -m bench.hostile 15
	$(BIN)/python -m bench.index 200000
	$(BIN)/python -m bench.decode 20000 1
	$(BIN)/python -m bench.listening 1

screenshots: $(VENV)/dev.stamp
	$(BIN)/python screenshots/make.py

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "hopscope needs Python 3.11 or newer: set PYTHON=..."; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "this Python has no venv: on Debian, apt install python3-venv"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'

$(VENV)/run.stamp: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@ $(VENV)/run.stamp

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .hypothesis
