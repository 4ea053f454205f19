# `make help` explains itself: it prints the text behind ## of each target.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: help setup run test soak bench verify lab app handbook lint lock clean

help: ## say what can be done here
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv with everything in it, pinned and hashed

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

run: $(READY) ## sweep the team structures over the default book and print the verdict
	$(BIN)/renewal sweep team_structures

test: $(READY) ## lint and run every test with reduced counts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest -n auto --dist loadgroup -m "not soak"

soak: $(READY) ## the same with full counts, and the textbook cases at full precision
	$(BIN)/pytest -n auto --dist loadgroup
	$(BIN)/renewal verify

bench: $(READY) ## what the desk costs, beside plain SimPy and the textbook way of writing it
	$(BIN)/python tests/bench/bench.py

verify: $(READY) ## hold the desk against textbook queues at full precision
	$(BIN)/renewal verify

lab: $(READY) ## open JupyterLab on the first notebook
	RENEWAL_RUNS=$(CURDIR)/runs $(BIN)/jupyter lab notebooks/00_start_here.ipynb

app: $(READY) ## open the pages without code: forms, answers in words, pictures
	$(BIN)/renewal app

handbook: $(READY) ## build the handbook to read: pages for the browser, and one PDF
	$(BIN)/renewal handbook --to runs/handbook

lint: $(READY) ## put format and imports in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## resolve requirements.lock anew (needs uv)
	uv pip compile pyproject.toml --extra test --extra build --extra book --extra cluster --universal --generate-hashes \
	  --no-emit-index-url --no-header --python-version 3.11 --output-file requirements.lock

clean: ## remove the environment and the caches, not the runs
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis
