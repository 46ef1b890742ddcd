# 护学图 HuXueTu. A fresh Debian or Ubuntu with Python 3.11 or newer and make needs nothing but `make run`, `make test`.
# Everything that has been made leaves a stamp, so a second run starts at once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.installed-runtime
DEV := $(VENV)/.installed-dev

WORKSPACE ?= workspace/demo
HOST ?= 127.0.0.1
PORT ?= 8501

PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-trusted-host \
	--no-emit-find-links --strip-extras --allow-unsafe --build-deps-for editable
ROOT_APT = [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null

export DEBIAN_FRONTEND := noninteractive

.PHONY: run demo test lint style types kernels bench browser database office lock clean
.DELETE_ON_ERROR:

## run: install what is missing, build and assess the demo workspace, serve it on this machine, print the address
run: $(RUNTIME) demo
	@$(BIN)/huxuetu serve $(WORKSPACE) --host $(HOST) --port $(PORT)

## demo: the fictional county, imported, assessed and checked for compliance, in $(WORKSPACE)
demo: $(WORKSPACE)/workspace.json

# Built beside its place and moved there whole: an interrupted build never looks like a workspace.
$(WORKSPACE)/workspace.json: | $(RUNTIME)
	rm -rf $(WORKSPACE).part
	$(BIN)/huxuetu demo $(WORKSPACE).part
	$(BIN)/huxuetu assess $(WORKSPACE).part
	$(BIN)/huxuetu comply $(WORKSPACE).part
	mv $(WORKSPACE).part $(WORKSPACE)

## test: everything that must be green, cheapest first
# Packages of the system come while those of Python do; types are checked while tests wait for a browser. Every process of
# the tests keeps to one thread of its own.
test: $(VENV)/bin/python
	@$(MAKE) --no-print-directory -j2 $(DEV) office
	@$(MAKE) --no-print-directory -j2 -O style kernels
	@told=$$(mktemp); $(MAKE) --no-print-directory types >$$told 2>&1 & types=$$!; \
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile; tests=$$?; \
	wait $$types || { cat $$told; exit 1; }; rm -f $$told; exit $$tests

## lint: style, format, direction of imports, types
lint: style types

style: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(DEV)
	$(BIN)/mypy

# Compiled once; else every process of the tests would do it.
kernels: $(DEV)
	@$(BIN)/python -c "from gislib.patrol.search import compile_kernel; compile_kernel()"

## bench: measured against its peers in the same run
bench: $(DEV)
	$(BIN)/pytest benchmarks --benchmark-columns=min,median,rounds -s

# Debian's Chromium; without it the browser tests fail in CI and are skipped visibly elsewhere.
browser:
	@if command -v chromium chromium-browser google-chrome >/dev/null; then :; \
	elif $(ROOT_APT); then apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; \
	else echo "Chromium is missing (as root: apt-get install chromium): its tests will be skipped" >&2; fi

# PostgreSQL's server programs, for a throw-away cluster; without them its tests fail in CI and are skipped elsewhere.
# One after the other (|): two installations of the system at once would lock each other out.
database: | browser
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; then :; \
	elif $(ROOT_APT); then apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql; \
	else echo "PostgreSQL is missing (as root: apt-get install postgresql): its tests will be skipped" >&2; fi

# LibreOffice Writer and the reader of PDFs, to look at the papers as pages; without them their tests fail in CI.
office: | database
	@if command -v soffice >/dev/null && ls /usr/lib/libreoffice/program/libswlo.so >/dev/null 2>&1 \
		&& command -v pdftotext >/dev/null; then :; \
	elif $(ROOT_APT); then apt-get update -qq && apt-get install -y -qq --no-install-recommends \
		libreoffice-writer poppler-utils; \
	else echo "LibreOffice is missing (as root: apt-get install libreoffice-writer poppler-utils):" \
		"its tests will be skipped" >&2; fi

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { $(ROOT_APT) && apt-get update -qq \
		&& apt-get install -y -qq python3-venv; } || { echo "as root: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements-lock.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --quiet --require-hashes -r requirements-lock.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev-lock.txt $(RUNTIME)
	$(PIP) install --quiet --require-hashes -r requirements-dev-lock.txt
	@touch $@

## lock: pin what pyproject.toml asks for; keeps pins that still fit (UPGRADE=--upgrade renews them)
lock: $(DEV)
	$(COMPILE) $(UPGRADE) -o requirements-lock.txt pyproject.toml
	$(COMPILE) $(UPGRADE) --extra dev -c requirements-lock.txt -o requirements-dev-lock.txt pyproject.toml

## clean: remove what was made here; the workspaces stay
clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks tests/screenshots
	find app.py gislib pages tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
