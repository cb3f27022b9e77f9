# One door to every task. `make` alone lists the targets.
PYTHON ?= python
WORKERS ?= 2

.PHONY: mutants help check gates format-check lint types imports test docs docs-check run bench format

help:            ## list the targets
	@grep -E '^[a-z-]+: .*##|^[a-z-]+:  *##' $(MAKEFILE_LIST) | sed 's/:.*##/:/'

check: gates test  ## everything that must hold before a change is shared

gates: format-check lint types imports docs-check  ## all of it but the tests

format-check:    ## the code is formatted
	$(PYTHON) -m ruff format --check .

lint:            ## ruff finds nothing
	$(PYTHON) -m ruff check .

types:           ## mypy, strict, finds nothing
	$(PYTHON) -m mypy

imports:         ## imports run downwards only
	$(PYTHON) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

docs-check:      ## no generated page and no catalog is stale, no text untranslated
	$(PYTHON) -m docs.generate --check
	$(PYTHON) -m docs.catalog --check
	$(PYTHON) -m docs.sample_reports --check
	$(PYTHON) -m mkdocs build --strict -q

test:            ## the tests, doctests of modules among them, with branch coverage
	$(PYTHON) -m pytest -n $(WORKERS) --dist loadgroup --cov --cov-report=term:skip-covered

docs:            ## write docs/rules.md, docs/remedies.md and docs/cli.md again
	$(PYTHON) -m docs.generate

catalog:         ## bring the catalogs of texts in step with the code; says what is not translated yet
	$(PYTHON) -m docs.catalog

reference:       ## the reference site in build/site, from docs/ and the docstrings
	$(PYTHON) -m mkdocs build --strict -q

run:             ## start the dashboard
	$(PYTHON) -m streamlit run served_app.py

bench:           ## the benchmarks; each prints a table and writes JSON (slow)
	for one in speed advice forecast tables; do $(PYTHON) -m bench.$$one || exit 1; done

mutants:         ## the mutation score of statistics, rules, trials and training loop (slow)
	$(PYTHON) -m bench.mutants

format:          ## format the code
	$(PYTHON) -m ruff format .
