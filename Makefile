# Every command of the project; `make` or `make help` lists them. Each sets up what it needs.

PORT ?= 8080
SANDBOX_PORT ?= 8090
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null && echo $$p && break; done)

BIN := .venv/bin
SETUP := .venv/.installed
PARALLEL := --numprocesses 3 --dist loadscope --no-loadscope-reorder
export PYTHONPATH := $(CURDIR)/include

.DEFAULT_GOAL := help

##@ Try it
.PHONY: demo up down erp-demo

demo: $(SETUP) ## One day of orders through a real Airflow with a sandbox shop and ERP, twice; leaves nothing running
	@$(BIN)/python tools/demo.py

up: $(SETUP) ## Airflow with the sandbox, or with your shop and ERP, in the background: make up [PORT=8080]
	@$(BIN)/python tools/up.py start --port $(PORT) --sandbox-port $(SANDBOX_PORT)

down: $(SETUP) ## Stop what `make up` started
	@$(BIN)/python tools/up.py stop

erp-demo: $(SETUP) postgresql ## One day of orders into a real Tryton, installed on first use; leaves nothing running
	@$(BIN)/python tools/erp_demo.py

##@ Run it without a scheduler
.PHONY: run sweep deliveries resolve reconcile check-shop

run: $(SETUP) ## One day against the configured connections: make run DATE=2026-11-22 [DRY_RUN=1]
	@$(if $(DATE),,echo 'say which day: make run DATE=2026-11-22' >&2; exit 2;) $(BIN)/python -m orderflow run --date $(DATE) $(if $(DRY_RUN),--dry-run)

sweep: $(SETUP) ## Everything that is open, or one order: make sweep [REFERENCE=2/CS48193]
	@$(BIN)/python -m orderflow sweep $(if $(REFERENCE),--reference '$(REFERENCE)')

deliveries: $(SETUP) ## Send the ERP's new packing slips to the shop: make deliveries [SINCE=2026-11-22]
	@$(BIN)/python -m orderflow deliveries $(if $(SINCE),--since $(SINCE))

resolve: $(SETUP) ## Close an order that somebody has dealt with by hand: make resolve NAME=2/CS48193
	@$(if $(NAME),,echo 'say which order: make resolve NAME=2/CS48193' >&2; exit 2;) $(BIN)/python -m orderflow resolve '$(NAME)'

check-shop: $(SETUP) ## Check the assumptions about shop and ERP against the real ones: make check-shop [ORDER=2/CS48193] [RECORD=FOLDER]
	@$(BIN)/python -m orderflow check-shop $(if $(ORDER),--with-order '$(ORDER)') $(if $(RECORD),--record '$(RECORD)')

reconcile: $(SETUP) ## Compare shop and ERP, change neither: make reconcile [DAYS=7] [WEBSHOP=1]
	@$(BIN)/python -m orderflow reconcile $(if $(DAYS),--days $(DAYS)) $(if $(WEBSHOP),--webshop $(WEBSHOP))

##@ Test it
.PHONY: test test-fast check soak guest-day year hour fault-matrix test-compose

test: $(SETUP) postgresql browser ## All tests, including those with a real scheduler, Tryton and a browser
	$(BIN)/pytest $(PARALLEL)

test-fast: $(SETUP) postgresql ## The tests that need no scheduler and no browser
	$(BIN)/pytest $(PARALLEL) --ignore=tests/live --ignore=tests/browser

check: lint types docs-check test ## Everything CI checks

soak: $(SETUP) postgresql ## A thousand random schedules of faults, deaths and double runs: make soak [ERP=tryton] [SEED=17] [COUNT=1000] [FIRST=1]
	@PYTHONPATH=include:tests:tools $(BIN)/python -m faults.soak $(if $(ERP),--erp $(ERP)) $(if $(SEED),--seed $(SEED) --times $(or $(TIMES),1),--count $(or $(COUNT),1000) --first $(or $(FIRST),1))

guest-day: $(SETUP) postgresql ## A day of 65 orders of guests and movers into a real Tryton, under faults, by two runs at once
	ORDERFLOW_WHOLE_DAY=1 $(BIN)/pytest tests/flow/test_day_of_guests_in_tryton.py --durations=0

year: $(SETUP) ## Half a simulated year of a shop, and the messages people get: make year [SEED=1] [DAYS=184] [MIX=busy]
	@PYTHONPATH=include:tests:tools $(BIN)/python -m year $(if $(SEED),--seed $(SEED)) $(if $(DAYS),--days $(DAYS)) $(if $(MIX),--mix $(MIX))

hour: $(SETUP) postgresql ## An hour of trouble on a real scheduler, mail down for ten minutes: when each cause was recorded and told
	@ORDERFLOW_HOUR_MAIL_DOWN=$(or $(DOWN),10) ORDERFLOW_HOUR_TABLE=hour.md $(BIN)/pytest --quiet tests/live/test_hour_of_trouble.py
	@cat hour.md && rm hour.md

fault-matrix: $(SETUP) postgresql ## Prove every cell of the fault matrix, and that no guard can be removed unnoticed; write the page
	@PYTHONPATH=include:tests:tools $(BIN)/python -m faults.publish

test-compose: $(SETUP) ## Start both compose files, break them mid-run, take them down; needs a Docker engine
	$(BIN)/pytest -v --durations=0 deploy

##@ Work on it
.PHONY: setup lint format types docs docs-check lock hooks screenshots erp-pictures

setup: $(SETUP) ## Install everything into .venv (every command does so when it needs to)

lint: $(SETUP) ## Style and mistakes
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: $(SETUP) ## Rewrite the code in the project's style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: $(SETUP) ## Type checks
	$(BIN)/mypy include tools

PAGES := dag_docs runbook_docs settings_docs connection_docs command_docs metric_docs wire_docs assumption_docs dist_info

docs: $(SETUP) bench-docs ## Generate the pages and tables in docs/ that come from the code
	@for page in $(PAGES); do PYTHONPATH=include:tools $(BIN)/python tools/$$page.py || exit 1; done

docs-check: $(SETUP) ## Check that they are up to date, and that every link works
	@for page in $(PAGES); do PYTHONPATH=include:tools $(BIN)/python tools/$$page.py --check || exit 1; done
	@PYTHONPATH=include:tools:bench $(BIN)/python bench/docs.py --check
	@$(BIN)/python tools/link_check.py

lock: $(SETUP) ## Upgrade the locked versions: requirements.lock, Tryton's, and those of the image
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-emit-index-url --no-header --output-file requirements.lock requirements-dev.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-emit-index-url --no-header --output-file tools/tryton-requirements.txt tools/tryton-requirements.in
	for image in image image-lxml image-tests; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-deps --no-annotate \
			--no-emit-index-url --no-header --constraint requirements.lock \
			--output-file deploy/$$image.lock deploy/$$image.in || exit 1; done

hooks: $(SETUP) ## Check each commit before it is made (git hooks of pre-commit)
	$(BIN)/pre-commit install --hook-type pre-commit --hook-type commit-msg

screenshots: $(SETUP) postgresql browser ## Retake the pictures in docs/screenshots
	ORDERFLOW_SCREENSHOTS=1 $(BIN)/pytest tests/browser

erp-pictures: $(SETUP) postgresql browser ## Retake the pictures of Tryton's web client in docs/screenshots; needs npm
	@PYTHONPATH=include:tools $(BIN)/python tools/erp_pictures.py

##@ Measure it
.PHONY: bench bench-docs bench-backfill bench-page bench-years bench-ledger bench-tryton bench-tryton-calls bench-celery

bench: $(SETUP) postgresql ## A day through a real Airflow, next to what you might write instead: make bench [ORDERS=20,200,1000] [CASES=ours,script1,…]
	@$(if $(ORDERS),ORDERS=$(ORDERS)) $(if $(CASES),CASES=$(CASES)) PYTHONPATH=include:tools:bench $(BIN)/python bench/run.py

bench-docs: $(SETUP) ## Write the table in docs/explanation/performance.md from bench/results.json
	@PYTHONPATH=include:tools:bench $(BIN)/python bench/docs.py

bench-backfill: $(SETUP) postgresql ## Backfill a month of exported orders: calls, time, memory, into bench/backfill-results.json
	@PYTHONPATH=include:tools $(BIN)/python bench/backfill.py

bench-page: $(SETUP) postgresql ## The page with 100,000 orders in PostgreSQL: times and query plans, into bench/page-results.md
	@AIRFLOW_HOME=$$(mktemp -d) PYTHONPATH=include:tools $(BIN)/python bench/page.py

bench-years: $(SETUP) postgresql ## The ledger after years: what its queries read, and by which plans, into bench/years-results.md: make bench-years [ORDERS=1000000] [UNPAID=50000]
	@AIRFLOW_HOME=$$(mktemp -d) PYTHONPATH=include:tools $(BIN)/python bench/years.py $(if $(ORDERS),--orders $(ORDERS)) $(if $(UNPAID),--unpaid $(UNPAID))

bench-ledger: $(SETUP) postgresql ## What one order costs in the ledger: transactions, statements, processor time, on both databases
	@AIRFLOW_HOME=$$(mktemp -d) PYTHONPATH=include:tools:tests $(BIN)/python bench/ledger.py

bench-tryton: $(SETUP) postgresql ## Orders per second into a real Tryton, and a day of 200, into bench/tryton-results.json (about 4 minutes)
	@AIRFLOW_HOME=$$(mktemp -d) PYTHONPATH=include:tools $(BIN)/python bench/erp_tryton.py

bench-tryton-calls: $(SETUP) postgresql ## What each call of an order to Tryton takes, and orders of 500 lines, into bench/tryton-calls-results.json
	@AIRFLOW_HOME=$$(mktemp -d) PYTHONPATH=include:tools $(BIN)/python bench/tryton_calls.py

bench-celery: $(SETUP) ## A day on the compose files' Celery: make bench-celery [WORKERS=2,4] [ORDERS=1000]; needs a Docker engine
	@$(if $(WORKERS),WORKERS=$(WORKERS)) $(if $(ORDERS),ORDERS=$(ORDERS)) PYTHONPATH=include:tools:bench:deploy $(BIN)/python bench/celery.py

##@ Deploy it
.PHONY: wheel env audit sbom

LOCKS := requirements.lock deploy/image.lock deploy/image-lxml.lock

wheel: $(SETUP) ## The package as a wheel: dist/orderflow-….whl
	@$(BIN)/python tools/wheel.py

env: $(SETUP) ## Random secrets for docker-compose.yaml into .secrets/, and .env, unless they exist
	@$(BIN)/python tools/env_file.py

audit: $(SETUP) ## Known vulnerabilities of the locked dependencies, from PyPI; AUDIT=skip where it cannot be reached
	@if [ "$(AUDIT)" = skip ]; then echo 'NOT AUDITED: AUDIT=skip'; else for lock in $(LOCKS); do \
		$(BIN)/uv tool run --quiet pip-audit==2.10.1 --require-hashes --disable-pip --strict --requirement $$lock \
		|| exit 1; done; fi

sbom: $(SETUP) ## The locked packages as CycloneDX: build/sbom-….json
	@mkdir -p build
	@for lock in $(LOCKS); do $(BIN)/uv tool run --quiet --from cyclonedx-bom==7.5.0 cyclonedx-py requirements \
		--output-file build/sbom-$$(basename $$lock .lock).json $$lock && echo $$lock || exit 1; done

##@ And
.PHONY: help clean postgresql browser

help: ## List the commands
	@awk -F ':.*## ' '/^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

clean: ## Delete .venv and everything made here; stops what `make up` started
	@if [ -e .local/up.lock ] && [ -x $(BIN)/python ]; then $(BIN)/python tools/up.py stop; fi
	rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

# System packages that some tests and demos need: used if installed, installed if apt may, explained otherwise.
postgresql browser: $(SETUP)
	@$(BIN)/python tools/system_packages.py $@

$(SETUP): requirements.lock
	@tools/install.sh "$(PYTHON)"
	@touch $@
