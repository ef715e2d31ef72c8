# GoQueue: run `make` alone to see what there is. Needs git, make and Python 3.11 or newer; everything else is installed
# into .venv from requirements/dev.txt.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# One part at a time, and the first that fails ends it; what may run side by side, `test` says itself.
.NOTPARALLEL:

# Containers often forbid it, and then every process that a test starts compiles all of our modules anew: a third of its start.
export PYTHONDONTWRITEBYTECODE :=

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
EXTRAS := service stores api worker scheduler otel sentry embedded dev
# Of what the SDK and the command line bring, images leave out what no process in them reads.
OF_THE_SDK := requests certifi charset-normalizer idna urllib3
OF_THE_COMMAND_LINE := click rich pygments markdown-it-py mdurl
LEFT_OUT_OF_service := $(OF_THE_SDK) $(OF_THE_COMMAND_LINE)
LEFT_OUT_OF_stores := $(LEFT_OUT_OF_service)
# Flask's own commands need click, `goqueue keys` prints by rich.
LEFT_OUT_OF_api := $(OF_THE_SDK) $(filter-out click rich,$(OF_THE_COMMAND_LINE))
LEFT_OUT_OF_worker := $(OF_THE_COMMAND_LINE)
LEFT_OUT_OF_scheduler := $(OF_THE_COMMAND_LINE)
LEFT_OUT_OF_otel := $(OF_THE_COMMAND_LINE)
LEFT_OUT_OF_sentry := $(OF_THE_COMMAND_LINE)
COMPILE_LOCK = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 $(ARGS)
PYTEST = $(BIN)/python -m pytest -q
# Three rigs side by side: most of a fault is waiting for it to pass.
FAULTS = $(BIN)/python -m pytest tests/faults -n 3 --maxschedchunk 1 $(ARGS)

# The build's own last file; what it is made of, folders included, so that a file that goes counts, too.
DASHBOARD := dashboard-vue/dist/index.html.gz
DASHBOARD_PACKAGES := dashboard-vue/node_modules/.package-lock.json
DASHBOARD_SOURCES := $(shell find dashboard-vue/src dashboard-vue/public -not -name '*.test.ts') \
	$(addprefix dashboard-vue/,index.html package.json vite.config.ts scripts/compress.js)

# All else works without it, such as where npm reaches no registry.
dashboard-if-possible = @$(MAKE) --no-print-directory dashboard || echo "going on without the dashboard"

SIDE_BY_SIDE = @$(BIN)/python scripts/side_by_side.py

define compile-lock-of
$(COMPILE_LOCK) --extra $(1) $(addprefix --no-emit-package ,$(LEFT_OUT_OF_$(1))) pyproject.toml --output-file requirements/$(1).txt

endef

announce = @printf '\n== %s\n' "$(1)"

.PHONY: help test check format lint types imports generated unit integration acceptance contract faults faults-short docs deploy deploy-test deploy-tools contract-docs-deploy test-slow test-tools dashboard dashboard-check e2e dashboard-test soak dashboard-speed demo up bench lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Acceptance and faults have the machine for themselves: what they start must be ready, and time out, in time.
test: $(INSTALLED) ## Everything that must pass (twenty minutes on two cores); the first part that fails ends it
	$(SIDE_BY_SIDE) "check" "dashboard-check" "test-tools"
	@$(MAKE) --no-print-directory integration acceptance
	$(SIDE_BY_SIDE) "contract-docs-deploy" "e2e"
	@$(MAKE) --no-print-directory faults-short
	$(call announce,all parts passed)

check: lint types imports generated unit ## The quick gate: format, lint, types, imports, unit tests; not the dashboard's

format: $(INSTALLED) ## Rewrite the code as ruff formats it, and fix what ruff can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(INSTALLED)
	$(call announce,format and lint)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(INSTALLED)
	$(call announce,types)
	@$(BIN)/mypy

imports: $(INSTALLED)
	$(call announce,import contracts)
	@$(BIN)/lint-imports

generated: $(INSTALLED)
	$(call announce,generated files)
	@$(BIN)/python scripts/generate_docs.py --check
	@$(BIN)/python scripts/generate_chart_readme.py --check
	@$(BIN)/python scripts/render_k8s.py --check
	@$(BIN)/python -m bench.page --check

unit: $(INSTALLED) ## Unit tests: logic alone, no server
	$(call announce,unit tests)
	@$(PYTEST) -n 2 --dist loadfile tests/unit

integration: $(INSTALLED) ## Integration tests: one component with a real PostgreSQL and Valkey
	$(call announce,integration tests)
	@$(PYTEST) -n 4 --dist loadfile tests/integration

acceptance: $(INSTALLED) test-tools ## Acceptance tests: whole processes, from a POST to the result
	$(call announce,acceptance tests)
	@$(PYTEST) -n 4 --dist loadfile tests/acceptance

contract: $(INSTALLED) ## Contract tests: the running API against openapi.json, clients made of it, attacks (two minutes)
	$(call announce,contract tests)
	@$(PYTEST) tests/contract

faults: $(INSTALLED) ## Everything that may fail, under load, with the default lease; prints the table (half an hour at most)
	$(call announce,faults)
	@$(FAULTS) -v --full

faults-short: $(INSTALLED) ## The same with a lease of 3 s (three minutes)
	$(call announce,faults (short form))
	@$(FAULTS) -q

docs: $(INSTALLED) ## Tests of the documentation: examples, links, tables
	$(call announce,documentation tests)
	@$(PYTEST) tests/docs

deploy: $(INSTALLED) test-tools ## Tests of the Compose file, the images, the chart, the wheel and the locks
	$(dashboard-if-possible)
	$(call announce,deployment tests)
	@$(PYTEST) tests/deploy

deploy-test: $(INSTALLED) test-tools ## The same in full
	$(dashboard-if-possible)
	@scripts/fetch-deploy-tools --full
	@scripts/fetch-docker-engine
	$(call announce,deployment tests in full)
	@$(PYTEST) tests/deploy --full $(ARGS)

deploy-tools: $(INSTALLED) ## Fetch helm, a Docker engine and what else the tests of deployment need into .tools
	@scripts/fetch-deploy-tools
	@scripts/fetch-docker-engine

test-slow: $(INSTALLED) ## Cron against every minute of whole years, and around every clock change of every zone; not in `make test`
	$(call announce,slow tests)
	@$(PYTEST) -n 2 tests/slow $(ARGS)

# The three of them side by side, for `make test`: first what takes images, then the blocks of the documentation, each a long piece
# for one core.
contract-docs-deploy: $(INSTALLED) test-tools
	$(dashboard-if-possible)
	$(call announce,tests of contract and documentation and deployment)
	@$(PYTEST) -n 3 --dist loadfile --no-loadscope-reorder tests/docs tests/contract tests/deploy

# Image builds need buildah and a base image, /docs a browser, metrics a Prometheus. A machine of our CI is thrown away, so they
# are installed there; on anyone else's machine nothing is installed, and the tests that miss a tool are skipped with a sentence.
test-tools:
	@scripts/install-test-tools

dashboard: $(DASHBOARD) ## Build the dashboard, if what it is made of has changed

dashboard-check: $(DASHBOARD) ## The dashboard without a browser: types, format, lint, unit tests, size (a minute)
	$(call announce,the dashboard: types and lint and unit tests and size)
	@scripts/with-node npm run --silent api:types -- --check
	@scripts/with-node npm run --silent typecheck
	@scripts/with-node npm run --silent lint
	@scripts/with-node npm test --silent
	@scripts/with-node npm run --silent bundle-size

e2e: $(DASHBOARD) test-tools ## The dashboard in a browser against a real stack; some of it by ARGS=jobs.spec.ts
	$(call announce,the dashboard in a browser)
	@if command -v chromium chromium-browser google-chrome >/dev/null; then \
		GOQUEUE_BIN="$(abspath $(BIN)/goqueue)" scripts/with-node npm run --silent e2e -- $(ARGS); \
	else \
		echo "not tested: none of chromium, chromium-browser and google-chrome is on PATH"; \
	fi

dashboard-test: dashboard-check e2e ## Both of them

soak: $(DASHBOARD) ## Whether the dashboard's memory stays flat while jobs run; MINUTES=30, RATE=200 jobs a second
	@GOQUEUE_BIN="$(abspath $(BIN)/goqueue)" scripts/with-node npm run --silent soak

dashboard-speed: $(DASHBOARD) ## How soon pages can be used among ROWS=10000000 jobs, and under RATE=1000 more a second; keep them in DATA=folder
	@GOQUEUE_BIN="$(abspath $(BIN)/goqueue)" scripts/with-node npm run --silent speed

demo: $(INSTALLED) ## Start everything here, run real jobs of every built-in type, show them, stop
	$(dashboard-if-possible)
	@$(BIN)/goqueue demo $(ARGS)

up: $(INSTALLED) ## Run the whole system here until Ctrl-C; options by ARGS="--port 9000"
	$(dashboard-if-possible)
	@$(BIN)/goqueue up $(ARGS)

bench: $(INSTALLED) ## GoQueue and the job queues of others side by side: half an hour on a quiet Linux; some by ARGS="--only bullmq saq"
	@$(BIN)/python -m bench.peers $(ARGS)

lock: $(INSTALLED) ## Compile requirements/*.txt from pyproject.toml; newer versions by ARGS=--upgrade
	$(COMPILE_LOCK) pyproject.toml --output-file requirements/base.txt
	$(foreach extra,$(EXTRAS),$(call compile-lock-of,$(extra)))

clean: ## Remove what was built and cached, and the virtual environment; the data in .goqueue stays
	rm -rf $(VENV) dist build dashboard-vue/dist dashboard-vue/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Installed anew only when a lock or the project's own metadata has changed.
$(INSTALLED): requirements/dev.txt pyproject.toml
	@scripts/make-venv $(VENV) $(PYTHON)
	@echo "installing into $(VENV); about a minute the first time"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DASHBOARD): $(DASHBOARD_SOURCES) $(DASHBOARD_PACKAGES)
	@echo "building the dashboard"
	@scripts/quietly scripts/with-node npm run build

# Installed anew only when its lock has changed.
$(DASHBOARD_PACKAGES): dashboard-vue/package-lock.json | $(INSTALLED)
	@echo "installing the dashboard's packages; half a minute the first time"
	@scripts/quietly scripts/with-node npm ci --ignore-scripts --no-audit --no-fund
	@touch $@
