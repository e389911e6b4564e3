# A plain `make` builds .venv; `make demo` and `make test` do everything on a fresh machine.
PYTHON ?= python3.11
BIN := .venv/bin
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locales/*/LC_MESSAGES/hamrah.po))

.PHONY: all demo run test check lint types catalogues messages lock clean

all: .venv/ready catalogues

.venv/ready: requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

catalogues: $(CATALOGUES)

%.mo: %.po .venv/ready
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(word 2,$(subst /, ,$@))

demo: all
	$(BIN)/hamrah demo

run: all
	$(BIN)/hamrah run

test: all
	$(BIN)/pytest --numprocesses 4 --dist worksteal

lint: all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: all
	$(BIN)/mypy

check: lint types test

# Bring the catalogues up to date with the texts in code and templates; then translate what is new.
messages: .venv/ready
	$(BIN)/pybabel extract --no-location --omit-header --sort-output -k N_ -F locales/babel.cfg -o locales/hamrah.pot bot handlers locales
	for locale in fr fa_AF ps; do \
	  $(BIN)/pybabel update --ignore-obsolete --no-fuzzy-matching -D hamrah -i locales/hamrah.pot -d locales -l $$locale; \
	done

clean:
	rm -rf .venv $(CATALOGUES)

# Pin every dependency anew, with hashes; run after a change of pyproject.toml.
PIN := .lock/bin/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-options --no-header --all-build-deps
lock:
	$(PYTHON) -m venv .lock && .lock/bin/pip install --quiet pip-tools
	$(PIN) --extra dev -o requirements-dev.lock pyproject.toml
	$(PIN) --constraint requirements-dev.lock -o requirements.lock pyproject.toml   # what runs is what was tested
	rm -rf .lock
