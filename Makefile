# Everything runs in .venv, which the first command makes; nothing has to be installed before.
PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/python
# each worker begins with one half of the tests and takes over from the other: what a file asks first is asked once
# and half as many workers more than processors use the time in which tests wait for what they started
PYTEST := $(RUN) -m pytest -n $$(( ($$(getconf _NPROCESSORS_ONLN) * 3 + 1) / 2 )) --dist worksteal

.PHONY: help demo quick test lint check fuzz soak audit bench pictures lock tongues clean
help:
	@echo "make demo      the whole bot in a browser page, no token needed (ONCE=1: play the tour, save it in out/, stop)"
	@echo "make test      every check, and every test but the longest"
	@echo "make quick     the tests without a bot, a picture or a process (about a minute on two idle processors)"
	@echo "make check     formatting, lint and types"
	@echo "make fuzz      a minute of members who type, press and forge anything (SEED=1 plays the same again)"
	@echo "make soak      a day of 200 members by a simulated clock: memory, and nothing twice; and of 500 linked accounts; then the longest tests"
	@echo "make audit     licences and known weaknesses of what is installed, secrets, file modes"
	@echo "make bench     speed, side by side with other ways of doing the same (ROW=payouts: one row; WRITE=1: keep the table)"
	@echo "make lock      make the requirements files of pyproject.toml's groups again, with the newest of what they bring along"
	@echo "make tongues   bring the catalogues of other languages up to date (TONGUE=de: begin one)"
	@echo "make pictures  take the pictures of the docs again, in the demo's page (needs chromium)"

demo: $(VENV)/demo.done
	@$(RUN) -m demo $(if $(ONCE),--once)

quick: $(VENV)/dev.done
	@$(PYTEST) -q -m "not slow and not long" --hypothesis-profile=quick

lint: $(VENV)/dev.done
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .

check: lint
	@$(RUN) -m basedpyright --level error

# types are checked beside the tests and told after them; either failing fails both
test: lint
	@told=$$(mktemp); $(RUN) -m basedpyright --level error >"$$told" 2>&1 & types=$$!; \
	$(PYTEST) -m "not long"; tests=$$?; \
	wait $$types; types=$$?; cat "$$told"; rm -f "$$told"; \
	[ $$tests = 0 ] && [ $$types = 0 ]

fuzz: $(VENV)/dev.done
	@$(RUN) -m tests.fuzz $(if $(SEED),--seed $(SEED))

soak: $(VENV)/dev.done
	@$(RUN) -m tests.soak
	@$(RUN) -m tests.soak.reading
	@$(PYTEST) -q -m long

audit: $(VENV)/audit.done
	@$(RUN) -m tests.audit

bench: $(VENV)/dev.done
	@$(RUN) -m benchmarks $(ROW) $(if $(WRITE),--write)

pictures: $(VENV)/pictures.done
	@$(RUN) -m demo --once --pictures

lock: $(VENV)/dev.done
	@$(RUN) -m tests.hosting.locking

tongues: $(VENV)/dev.done
	@$(RUN) -m tests.wording.catalogues $(TONGUE)

clean:
	rm -rf $(VENV) out .build *.egg-info

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "This needs Python 3.11 or newer, and '$(PYTHON)' is not one. Install it, or name another: make PYTHON=python3.12 demo" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "'$(PYTHON)' came without venv. On Debian and Ubuntu: sudo apt install python3-venv. Then run this again." >&2; exit 1; }
	@echo "Making an environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/demo.done: requirements-demo.txt | $(VENV)/pyvenv.cfg
	@echo "Installing the bot and its demo (about 400 MB, once; a minute or two) ..."
	@$(RUN) -m pip install --disable-pip-version-check --progress-bar off -r requirements-demo.txt | grep --line-buffered -E '^(Collecting|Installing|Successfully)' | cut -c1-100
	@test -x $(VENV)/bin/python && $(RUN) -c 'import discord, simcord, matplotlib, pandas'
	@$(RUN) -m scoring.kernels
	@touch $@

$(VENV)/pictures.done: requirements-pictures.txt | $(VENV)/demo.done
	@$(RUN) -m pip install --disable-pip-version-check --quiet -r requirements-pictures.txt
	@touch $@

$(VENV)/audit.done: requirements-audit.txt | $(VENV)/dev.done
	@$(RUN) -m pip install --disable-pip-version-check --quiet -r requirements-audit.txt
	@touch $@

$(VENV)/dev.done: requirements-dev.txt | $(VENV)/pyvenv.cfg
	@echo "Installing what the tests need (about 700 MB, once; two minutes or three) ..."
	@$(RUN) -m pip install --disable-pip-version-check --progress-bar off -r requirements-dev.txt | grep --line-buffered -E '^(Collecting|Installing|Successfully)' | cut -c1-100
	@$(RUN) -c 'import pytest, hypothesis, simcord, arch'
	@$(RUN) -m scoring.kernels
	@touch $@ $(VENV)/demo.done
