.PHONY: help demo run test lint bench clean
.DEFAULT_GOAL := help

# Everything is done by the project's own set-up, in Python's standard library: see cxportal/setup/.
PYTHON ?= python3
SETUP := $(PYTHON) -m cxportal.setup
export HOST PORT THREADS CX_LOCAL DEMO_ARGS TEST_ARGS BENCH

help: ## what there is
	@grep -hE '^[a-z]+: ## ' $(MAKEFILE_LIST) | sed 's/: ## /\t/' | expand -t 8

demo: ## install, load the demo's data, serve on http://127.0.0.1:8000 (PORT=, HOST=, DEMO_ARGS=--full)
	@$(SETUP) demo

run: ## serve without demo data
	@$(SETUP) run

test: ## all tests, with a real database and a real browser (TEST_ARGS="tests/customers -n0")
	@$(SETUP) test

lint: ## ruff, mypy, import-linter, template lint, style budget
	@$(SETUP) lint

bench: ## figures as JSON lines (BENCH=stock)
	@$(SETUP) bench

clean: ## remove the environment, downloads, demo data and caches (stop the portal first)
	@$(SETUP) clean
