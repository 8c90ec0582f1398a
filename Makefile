# `make up` brings the dev stacks up on the embedded platform, `make test` runs everything that CI runs.
# Both may be cut off and run again at any time: finished parts are kept, unfinished ones are done over.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
# Outside the checkout, where the builds are (scripts/uv, sandbox/layout.py).
export MYPY_CACHE_DIR := $(or $(BLUEOCEAN_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/blueocean)/mypy
# Bytecode is worth two to three times the start-up of the program and of every plugin.
unexport PYTHONDONTWRITEBYTECODE

UV := scripts/uv
RUN := $(UV) run --frozen
# A worker a core where tests only compute, two where they also wait for servers. More than eight sandboxes
# at once would want more memory than they save time.
WORKERS := -n logical
WAITING := -n $(shell echo $$(( $$(nproc) * 2 ))) --maxprocesses 8

.PHONY: help environment toolchain browser up down test lint types unit system bench

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

environment: ## the Python environment, exactly as locked
	@scripts/attempt 'the locked Python packages' "$(CURDIR)" $(UV) sync --frozen --quiet

toolchain: environment ## engine and control plane, built once per version
	@$(RUN) sandbox build

# Asked before anything takes minutes; the audit's page is read in a real browser.
browser:
	@command -v chromium >/dev/null || { echo 'blueocean: chromium, which the tests need, is not on PATH; install it (Debian: apt-get install chromium), then run this again' >&2; exit 69; }

up: environment ## sandbox, `pulumi up` of the dev stacks, a summary with the URLs
	@$(RUN) sandbox up
	@eval "$$($(RUN) sandbox env)" && $(RUN) blueocean up dev nexia-dev
	@echo 'In a shell of your own:  eval "$$($(UV) run sandbox env)"  then pulumi, kubectl and psql use this sandbox.'

down: environment ## stop the sandbox; its data stays (`sandbox down --wipe` removes it)
	@$(RUN) sandbox down

lint: environment
	@$(RUN) ruff check
	@$(RUN) ruff format --check

types: environment
	@$(RUN) mypy

unit: environment ## the tests that need no server: seconds
	@$(RUN) pytest -q $(WORKERS) --dist loadfile -m "not sandbox"

system: browser toolchain ## the tests that start sandboxes of their own: minutes
	@$(RUN) pytest -q $(WAITING) --dist loadfile --no-loadscope-reorder -m sandbox --durations 15

test: browser lint types unit system ## everything that CI runs

bench: toolchain ## the measurements, as ratios, in one table; code 1 when a promise is missed
	@$(RUN) python -m bench
