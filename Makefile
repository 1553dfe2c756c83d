# Everything runs from .venv, which `make setup` fills from the lock.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PORT ?= 8765

.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage test-postgres bench lint texts format run lock clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(READY) ## make .venv with everything; does nothing when it is up to date

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Easel needs Python 3.11 or newer: try 'make PYTHON=python3.11 $(MAKECMDGOALS)'."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python cannot make environments here yet: run 'apt-get install python3-venv' once, then try again."; exit 1; }
	@echo "Making .venv from the lock (a minute, once)..."
	@$(PYTHON) -m venv --clear .venv
	@# The lock names everything there is to install: without --no-deps, pip looks for newer versions of what
	@# somebody wants with an extra, and then refuses them for having no hash here.
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: $(READY) ## the whole bot in a browser page, with no account, key or network
	@$(BIN)/python -m bot demo --port $(PORT)

# Half as many again as there are cores: tests wait for sockets and processes much of their time.
# Hundreds of jobs and many lives of a bot: beside other tests they run out of time, and not of luck.
ALONE = tests/bot/jobs/test_chaos.py tests/bot/jobs/test_jam_town.py
test: WORKERS = $$($(BIN)/python -c 'import os; print(os.cpu_count() * 3 // 2 or 1)')
test: $(READY) ## every test, but for those that need PostgreSQL
	@$(BIN)/python -m pytest -q -rs -n $(WORKERS) $(patsubst %,--ignore=%,$(ALONE))
	@$(BIN)/python -m pytest -q -rs $(ALONE)

coverage: $(READY) ## the same, and which lines no test runs; at least 90 % are (half as long again)
	@$(BIN)/python -m pytest -q -rs -n 3 --cov --cov-fail-under=90

# Where a database matters. All of them: make test-postgres ON_POSTGRES=tests
ON_POSTGRES = tests/bot/store tests/bot/cli/test_db.py tests/bot/test_app.py tests/bot/test_status.py \
	$(patsubst %,tests/bot/jobs/test_%.py,cluster crashes every_commit forgetting gate handing_over \
	limits_in_force lost membership postgres_away recording shared_turns) \
	$(patsubst %,tests/cogs/test_%.py,database_away delivery limits_told variants)
test-postgres: $(READY) ## the tests in which a database matters, on a throwaway PostgreSQL
	@EASEL_CHAOS_EVERY=$${EASEL_CHAOS_EVERY:-5} EASEL_CHAOS_JOBS=$${EASEL_CHAOS_JOBS:-120} \
		$(BIN)/python -m tests.postgres sh -ec '$(BIN)/python -m pytest -q -rs -n 3 $(ON_POSTGRES); $(BIN)/python -m pytest -q -rs $(ALONE)'

bench: $(READY) ## load over real sockets, beside a bare script (eleven minutes; leave the machine alone)
	@$(BIN)/python -m benchmarks.load

lint: $(READY) ## style, types, who imports whom, Dockerfile and compose files, the locks
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache > .lint-imports.log 2>&1 || { cat .lint-imports.log; exit 1; }
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose*.yaml
	@! grep -nE 'https?://|--(extra-)?index-url|--find-links' requirements.lock requirements-run.lock

texts: $(READY) ## bring the catalogues of all languages up to date; what is new stands there as ""
	@$(BIN)/python -m tests.catalogues

format: $(READY) ## let ruff put the code in order
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

run: $(READY) ## the real thing; needs .env
	@$(BIN)/python -m bot run

lock: $(READY) ## write both locks anew, keeping pins that still fit
	@$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --universal --generate-hashes --no-header --quiet -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-header --quiet -c requirements.lock -o requirements-run.lock

clean: ## remove what can be made again
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* .lint-imports.log
