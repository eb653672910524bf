# The commands of the house. `make help` lists them. Nothing is needed beforehand but Python 3.11 or newer and make.
.DEFAULT_GOAL := help
.PHONY: help run demo test check bench verify faults failover mutants format lock describe environment clean

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
PY := .venv/bin/python
# Two cores are the smallest machine we promise, and a test waits for part of its time: a third worker keeps them at
# work. WORKERS=0 runs the tests in one process. Whoever has done its share of the tests takes over half of what another
# has left, or the last long file would be waited for by all.
WORKERS ?= 3
ARGS ?=
# How many processes of each service answer, under make run.
WEB ?= 1

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: environment ## start everything with the budget of 2020 in it; Ctrl-C stops it (WEB=2: two web processes of each service)
	@WEB=$(WEB) $(PY) -m dev.run --with-parent

demo: environment ## play the grants of 2020 in a database of its own, then stay (ARGS=--end stops)
	@$(PY) -m dev.demo --with-parent $(ARGS)

.PHONY: image
image: environment ## the image, on a base of Debian's packages, and each role of docker-compose.yml started in it (root, buildah, mmdebstrap)
	@$(PY) -m dev.image
	@$(PY) -m pytest -n 0 tests/image --image $(ARGS)

.PHONY: backup restore
backup: environment ## back up the database of make run, and from then on keep all it writes
	@$(PY) -m dev.backup

restore: environment ## bring it back: TO=2026-11-27T08:00:00Z or TO=latest (BY=kari,ola REASON="..." lets the logs go on)
	@$(PY) -m dev.restore --to "$(TO)" --by "$(BY)" --reason "$(REASON)"

.PHONY: large
large: environment ## a million facts of ten years to try on, built once and kept (ARGS=--serve, --verify, "--events 100000")
	@$(PY) -m dev.large --with-parent $(ARGS)

test: environment ## every test, against a real PostgreSQL (ARGS="tests/grants -k award" narrows it)
	@$(PY) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: environment ## what must hold before a commit: format, lint, types, import contracts, house rules, migrations
	@$(PY) -m dev.check

bench: environment ## how fast it is, as ratios to a floor measured in the same run
	@$(PY) -m bench $(ARGS)

verify: environment ## recompute the chains, the checkpoints, every balance, the gate and the read models; hold the schema against what was shipped
	@$(PY) -m dev.verify $(ARGS)

faults: environment ## the fault tests at full size, and what else has one, with a fixed and a printed random seed
	@$(PY) -m pytest -n 0 --long $(ARGS)

failover: environment ## three PostgreSQL nodes that die one after another under load (40 minutes; ARGS=--short: 10)
	@$(PY) -m dev.patroni
	@$(PY) -m pytest -n 0 -s tests/failover --failover $(ARGS)

mutants: environment ## small wrong changes to the rules, each of which a test must fail for (ARGS=award narrows it; ARGS="--sample 400 --seed 7")
	@$(PY) -m dev.mutants $(ARGS)

format: environment ## put the code in the house's format
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

describe: environment ## after a migration: write anew what a fresh database of this release holds
	@$(PY) -m dev.describe

lock: environment ## compile requirements/*.in to locks with hashes and without addresses
	@$(PY) -m dev.lock $(ARGS)

environment: # the virtual environment, from the lock; quick when it is already so
	@test -n "$(PYTHON)" || { echo "Tilsagn needs Python 3.11 or newer on the PATH (or: make PYTHON=/path/to/python3 ...)."; exit 1; }
	@"$(PYTHON)" dev/environment.py

clean: ## stop what was left running; remove the environment, the database and every cache
	@"$(PYTHON)" dev/clean.py
