# Every job of the house, a plain command each. `make help` lists them.
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
DEMO ?= 1
BIN = .venv/bin
MANAGE = $(BIN)/python manage.py

.PHONY: help run test check browser-test services-test messages migrations lock lint format clean

help:  ## list what make can do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */  make \1\t/' | expand -t 24

.venv/run: requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/dev: requirements-dev.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ .venv/run

run: .venv/run  ## the whole site with demo content: make run PORT=8000 HOST=127.0.0.1 DEMO=1
	@$(MANAGE) translations compile
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) setup_site
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@if [ "$(DEMO)" != 0 ]; then $(MANAGE) demo; fi
	@exec $(MANAGE) serve --host $(HOST) --port $(PORT) $(if $(filter-out 0,$(DEMO)),--demo)

test: .venv/dev  ## every test that needs only Python
	@$(MANAGE) translations compile --quiet
	$(BIN)/python -m pytest -q -n 2 -m "not browser and not services"

browser-test: .venv/dev  ## the main journeys in headless Chromium
	@$(MANAGE) translations compile --quiet
	$(BIN)/python -m pytest -q -m browser

services-test: .venv/dev  ## races and engines on real PostgreSQL and Redis
	@$(MANAGE) translations compile --quiet
	tests/services/run

check: .venv/dev  ## lint, types, contracts, migrations, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --check --lint --quiet site people search kb community rewards desk
	PYTHONPATH=.:site $(BIN)/lint-imports
	$(BIN)/mypy
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) translations check
	ANSWERHALL_SECRET_KEY=$$(head -c 48 /dev/urandom | base64 | tr -d '\n') ANSWERHALL_VOUCHER_KEYS=$$($(MANAGE) voucher_key) ANSWERHALL_HOSTS=example.com ANSWERHALL_BASE_URL=https://example.com DJANGO_SETTINGS_MODULE=answerhall.settings.production $(MANAGE) check --deploy --fail-level WARNING

format: .venv/dev  ## put code and templates into the house's form
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .
	-$(BIN)/djlint --reformat --quiet site people search kb community rewards desk

messages: .venv/dev  ## collect new sentences for translation
	$(MANAGE) translations update

migrations: .venv/dev  ## write migrations for changed models
	$(MANAGE) makemigrations

lock:  ## choose versions anew (needs uv)
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 pyproject.toml --group dev -o requirements-dev.lock

clean:  ## remove everything written: database, index, media, mail
	rm -rf var
