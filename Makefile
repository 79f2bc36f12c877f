# make demo    compares four agents on NAS-Bench-201 and writes a report
# make test    runs the whole test suite
# make clean   removes .venv and what builds and tests leave behind; the results of sweeps stay
#
# PYTHON names the interpreter that .venv is made with: make demo PYTHON=python3.12

PYTHON ?= python3
BIN := .venv/bin
# --no-compile: bytecode is written when a module is first imported, which halves the time to the first run. It must be
# allowed to be written then: without, every process compiles all that it imports, and the tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --disable-pip-version-check install --no-compile --constraint constraints.txt

.PHONY: demo test clean
.NOTPARALLEL:

demo: .venv/.core
	$(BIN)/archgym sweep quickstart

test: .venv/.test
	$(BIN)/pytest -q --numprocesses auto --dist worksteal

.venv/.test: EXTRAS := [test]
.venv/.core .venv/.test: .venv/.made pyproject.toml constraints.txt
	$(PIP) setuptools wheel
	$(PIP) --no-build-isolation --editable ".$(EXTRAS)"
	@touch $@

.venv/.made:
	@command -v "$(PYTHON)" >/dev/null || { \
		echo 'archgym: no "$(PYTHON)" here. Name a Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=/path/to/python' >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.version_info >= (3, 11) or sys.exit("archgym: needs Python 3.11 or newer, and $(PYTHON) is " \
		+ sys.version.split()[0] + ". Name another one: make $(MAKECMDGOALS) PYTHON=python3.11")'
	"$(PYTHON)" -m venv .venv
	@touch $@

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .hypothesis .ruff_cache .mypy_cache
	find archgym agents envs experiments spaces tests -name __pycache__ -prune -exec rm -rf {} +
