# Needs Python 3.11 or later and make; everything else is installed into .venv.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python -m

.PHONY: help build expect assess restore erase access-request test test-all diff train explain find-duplicates report bench-quality bench-daily bench-standardise bench-sentiment bench-search bench-scale metrics dictionary interface export docs demo-data lock clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

build: .venv/.build $(if $(SKIP_EXPECTATIONS),,expect) ## set up what is missing, look at the extracts (not with SKIP_EXPECTATIONS=1), build
	@$(BIN)/dbt build --exclude-resource-type unit_test
	@$(RUN) customer360.summary

expect: .venv/.expectations ## only look at the extracts: what stops a build, what is a warning, and pages for stewards
	@$(RUN) customer360_dbt.expect

assess: .venv/.build ## what a folder of extracts is like, before any roll-out: LANDING=<folder>
	@$(RUN) customer360_dbt.assess '$(or $(LANDING),landing/demo)' $(ARGS)

restore: .venv/.build ## make the registry again from its log: FORCE=1 also over one that is whole
	@$(RUN) customer360.restore $(if $(FORCE),--force)

erase: .venv/.build ## carry out the open requests for erasure (seeds/privacy_requests.csv)
	@$(RUN) customer360_dbt.erase $(ARGS)

access-request: .venv/.build ## write everything that is held about a party: SUBJECT=<GPID or record key>, REQUEST=<id> of seeds/privacy_requests.csv
	@$(RUN) customer360_dbt.access $(if $(SUBJECT),'$(SUBJECT)') $(if $(REQUEST),--request '$(REQUEST)') $(ARGS)

test: .venv/.test ## run everything that CI runs; make test-all adds the long tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --disable-progress-bar models macros tests/dbt analyses
	$(BIN)/pytest -m "not long" --numprocesses auto --dist loadfile

test-all: .venv/.test ## run every test, the long ones too
	$(BIN)/pytest

diff: .venv/.build ## what this working tree would change about who is who, on a copy: ARGS='--max-churn 0.01'
	@$(RUN) customer360_dbt.diff $(ARGS)

train: .venv/.build ## fit a candidate release and compare it with the one in force (KEEP=1: keep its parameters)
	@$(RUN) customer360_dbt.train $(if $(KEEP),--keep-parameters) $(ARGS)

explain: .venv/.build ## why two records are one party or two: A=<record key> B=<record key>, or A=<GPID>
	@$(RUN) customer360.explain $(if $(A),'$(A)',--help) $(if $(B),'$(B)')

find-duplicates: .venv/.build ## who is already known of somebody being typed in: ARGS="--full-name 田中太郎 --email t.tanaka@example.com"
	@$(RUN) customer360_dbt.find_duplicates $(ARGS)

report: .venv/.build ## write a page of pictures of the last build, for stewards
	@$(RUN) customer360.report

bench-quality: .venv/.test ## precision and recall on data sets with known truth
	$(BIN)/python -m bench.quality

bench-daily: .venv/.test ## the same on sets of up to 100k records, without Splink's own set-ups
	$(BIN)/python -m bench.quality --alone febrl3 febrl4 japanese japanese_homonyms organizations households_100k

bench-standardise: .venv/.test ## how long cleaning a million fresh records takes
	$(BIN)/python -m bench.standardise

bench-sentiment: .venv/.test ## how often the sentiment of a text is what a reader takes it for
	$(BIN)/python -m bench.sentiment

bench-search: .venv/.test ## how long search_party takes on a million parties, and what it finds: N=<parties>
	$(BIN)/python -m bench.search --parties $(or $(N),1000000)

bench-scale: .venv/.test ## time, memory and quality beside raw Splink: N=<records> CHANGED=<records> or FIRST_ONLY=1, or SHARED_EMAIL=1
	$(BIN)/python -m bench.scale --records $(or $(N),1000000) $(if $(CHANGED),--changed $(CHANGED)) \
		$(if $(FIRST_ONLY),--first-build-only) $(if $(SHARED_EMAIL),--shared-email) $(if $(KEEP),--keep '$(KEEP)')

metrics: .venv/.metrics target/semantic_manifest.json ## ask the published file for a metric: ARGS='query --metrics revenue --group-by order__currency_code'
	@DBT_PROFILES_DIR=metrics $(BIN)/mf $(or $(ARGS),list metrics)

dictionary: .venv/.build ## write what readers find in the published files to target/dictionary.html and .csv
	@$(RUN) customer360_dbt.dictionary

export: .venv/.build ## write the published tables as Parquet: FOLDER=<folder>, RESTRICTED=1 with personal data (asks; YES=1 does not)
	@test -n '$(FOLDER)' || { echo 'Say where: make export FOLDER=<folder>' >&2; exit 1; }
	@$(RUN) customer360.export '$(FOLDER)' $(if $(RESTRICTED),--restricted) $(if $(YES),--yes)

interface: .venv/.build ## accept the tables, columns and types that the models have as what readers are promised
	@$(RUN) customer360_dbt.interface

docs: .venv/.build ## write dbt's documentation site to target/static_index.html
	$(BIN)/dbt docs generate --static

demo-data: .venv/.build ## make landing/demo again, byte for byte
	$(RUN) customer360.demo --out landing/demo --truth landing/demo_truth

lock: .venv/.test ## lock the dependencies again
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --group build pyproject.toml --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --group dev --constraint requirements.txt pyproject.toml \
		--output-file requirements-dev.txt
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --group expectations --constraint requirements-dev.txt pyproject.toml \
		--output-file requirements-expectations.txt
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --group metrics --constraint requirements-dev.txt pyproject.toml \
		--output-file requirements-metrics.txt

target/semantic_manifest.json: .venv/.build dbt_project.yml $(wildcard models/semantic/*.yml models/marts/*/*.yml)
	@$(BIN)/dbt parse --quiet

clean: ## remove what a build made, but never the registry and the publication
	rm -rf target logs .pytest_cache .mypy_cache .ruff_cache data/warehouse.duckdb

# The stamps are newer than what they were made from, so a second run installs nothing.
.venv/.build: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; this is " + sys.version)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(RUN) pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.expectations: requirements-expectations.txt .venv/.build
	$(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r requirements-expectations.txt
	@touch $@

.venv/.metrics: requirements-metrics.txt .venv/.build
	$(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r requirements-metrics.txt
	@touch $@

.venv/.test: requirements-dev.txt .venv/.build
	$(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
