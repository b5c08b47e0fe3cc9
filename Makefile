# The commands of this project. `make` alone lists them.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help run test drill pictures regulation profiles lint format prepare python frontend browser services ha clean

PYTEST_ARGS ?=

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: prepare ## set everything up and serve on http://127.0.0.1:8000 (PORT, MOTCUA_DATA change port and data folder)
	@exec .venv/bin/python -m app run --with-parent

test: prepare browser services lint ## lint, types, the dependency rule and all tests; PYTEST_ARGS="tests/rules -k clock" for a part
	@tools/test.sh $(PYTEST_ARGS)

drill: prepare browser services ha ## the long fault and fuzz runs
	@tools/test.sh -m drill $(PYTEST_ARGS)

pictures: prepare browser ## take the pictures of the README from the demonstration, in a folder of its own
	@.venv/bin/python tools/pictures.py

regulation: python ## write docs/regulation.md: which test holds which rule, and what each province makes of it
	@.venv/bin/python tools/regulation.py

profiles: python ## write docs/profiles.md: every switch, its value in each profile and the ground for it
	@.venv/bin/python tools/profiles.py

lint: python ## ruff, mypy, import-linter
	@echo "» ruff, mypy, import-linter"
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo > .cache/lint-imports.txt || { cat .cache/lint-imports.txt; exit 1; }

format: python ## let ruff format and fix
	@.venv/bin/ruff check --quiet --fix .
	@.venv/bin/ruff format .

prepare: python frontend ## virtual environment and bundles, only what has changed

python:
	@tools/prepare-python.sh

frontend:
	@tools/prepare-frontend.sh

browser:
	@tools/prepare-debian.sh browser

services:
	@tools/prepare-debian.sh services

ha:
	@tools/prepare-debian.sh ha

clean: ## remove what was built; the data folder stays
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build frontend/node_modules app/engine/feel/feelin.js app/web/static
