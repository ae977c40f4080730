# The first command needs nothing but make and Python 3.11 or newer.
PYTHON ?= python3
ENV = $(PYTHON) bootstrap.py
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run stop logs test check bench format messages lock shell clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  Where: HOST, PORT, DATA_DIR; servers of your own: DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL"

run: ## Set up and run everything on this machine; Ctrl-C ends all of it
	@$(ENV) run --with-parent

stop: ## End the installation that runs on DATA_DIR
	@$(ENV) exec -- -m crm.embedded stop

logs: ## Follow the logs of the running installation
	@tail -n 20 -F $${DATA_DIR:-var}/logs/*.log

test: ## Run all tests, in Chromium too; ARGS="-k word" chooses
	@$(ENV) dev -- -m tools.run_tests $(ARGS)

check: ## Format, lint, types, imports, templates, migrations, translations
	@$(ENV) dev -- -m tools.run_checks

bench: ## Measure speed as ratios; ARGS="--json p12" chooses
	@$(ENV) dev -- -m bench $(ARGS)

format: ## Rewrite code and templates in our style
	@$(ENV) dev -- -m ruff check --fix --quiet .
	@$(ENV) dev -- -m ruff format .
	@$(ENV) dev -- -m djlint --reformat --quiet templates

messages: ## Collect texts for translation and compile the catalogues
	@$(ENV) dev -- manage.py messages

lock: ## Resolve the newest packages that requirements*.in allow, with hashes
	@$(ENV) dev -- -m tools.lock_packages

shell: ## A Python shell inside the running installation
	@$(ENV) exec -- manage.py shell

clean: ## Remove the environment and caches; the data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .import_linter_cache .hypothesis
