# Everything a contributor does here, as one word each. `make` alone lists them.

PYTHON ?= python3
DATA ?= data/air_passengers.csv

VENV := .venv
PY := $(VENV)/bin/python
FORECAST := $(VENV)/bin/forecast
STAMP := $(VENV)/.installed
MODEL := out/forecast.model

export OMP_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test test-browser lint bench bench-speed soak clean

help: ## list what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## make .venv with the locked versions (PYTHON=python3.12 to choose one)
	@echo "ready: $(FORECAST)"

run: $(STAMP) ## train on DATA, forecast 30 steps, compare with ARIMA; results in out/
	@mkdir -p out
	$(FORECAST) train $(DATA) --model $(MODEL)
	$(FORECAST) predict --model $(MODEL) --horizon 30 --format table
	$(FORECAST) predict --model $(MODEL) --horizon 30 -o out/forecast.csv
	$(FORECAST) compare $(DATA) --model $(MODEL) --baseline arima
	@echo "model: $(MODEL)    forecast: out/forecast.csv"

test: lint ## lint, then run all tests but the slow ones
	$(PY) -m pytest -n 2

test-browser: $(STAMP) ## open the report in Chromium, where there is one
	$(PY) -m pytest -m browser tests/test_page_browser.py

lint: $(STAMP) ## check style, format and types
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

bench: $(STAMP) ## measure on the series of the folder BENCH (SETS="m3 etth1_96" for some)
	@test -d "$(BENCH)" || { echo "no folder '$(BENCH)'; use: make bench BENCH=FOLDER" >&2; exit 1; }
	$(PY) -m tests.bench.accuracy $(BENCH) $(SETS) --json out/bench/rows.jsonl
	$(PY) -m tests.bench.zero_shot $(BENCH)
	$(PY) -m tests.bench.baselines $(BENCH)
	$(PY) -m tests.bench.synthetic_coverage $(BENCH)

bench-speed: $(STAMP) ## measure how quick the commands are, and how well training uses the machine
	$(PY) -m tests.bench.speed
	$(PY) -m tests.bench.training_speed

soak: $(STAMP) ## kill, damage and race model files for an hour (SOAK="kills=100 pairs=30" for some)
	$(PY) -m tests.soak $(SOAK)

clean: ## remove .venv, out and every cache
	rm -rf $(VENV) out build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find forecast tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is made last: an interrupted installation is taken up again, not trusted.
$(STAMP): requirements.lock pyproject.toml
	@command -v "$(PYTHON)" > /dev/null || { \
		echo "no $(PYTHON) found; use: make install PYTHON=python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$$("$(PYTHON)" --version) is too old, 3.11 or newer is needed;" \
			"use: make install PYTHON=python3.11" >&2; exit 1; }
	@rm -f $@
	"$(PYTHON)" -m venv $(VENV)
	@echo "installing the locked versions: some minutes the first time"
	$(PY) -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
