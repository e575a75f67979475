# Two commands are all a fresh machine needs: `make run` and `make test`.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
SUDO := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)

.PHONY: run test check bench curve encoder kill drain fuzz simulate letters roles screenshots format lock clean servers

run: $(VENV)/installed  ## the demonstration: an inbox read, triaged and acknowledged
	$(BIN)/heard demo

test: $(VENV)/installed-dev servers  ## every test, against real servers
	$(BIN)/pytest -n auto --dist worksteal

check: $(VENV)/installed-dev  ## linters, types, imports, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/heard corpus check > /dev/null

bench: $(VENV)/installed-dev servers  ## the benchmarks, each printing its figures
	$(BIN)/python bench/triage_speed.py
	$(BIN)/python bench/train_speed.py
	$(BIN)/python bench/recipes.py
	$(BIN)/python bench/matters.py
	$(BIN)/python bench/rehearsal.py --fast
	$(BIN)/python bench/parse_speed.py
	$(BIN)/python bench/end_to_end.py
	$(BIN)/python bench/arrival.py
	$(BIN)/python bench/machine_mail.py
	$(BIN)/python bench/ocr_accuracy.py
	$(BIN)/python bench/pages_speed.py
	$(BIN)/heard --data $(VENV)/bench-data evaluate

curve: $(VENV)/installed-dev  ## how the figures grow with the training messages, and docs/learning-curve.png
	$(BIN)/python bench/learning_curve.py

encoder: $(VENV)/installed-dev  ## the sentence encoder made again, in three quarters of an hour
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[encoder]'
	$(BIN)/python -m triage.encoder.fine_tune

kill: $(VENV)/installed-dev servers  ## SIGKILL with a thousand messages, and with a thousand letters: the tables
	$(BIN)/python bench/kill_table.py
	$(BIN)/python bench/send_kill_table.py

drain: $(VENV)/installed-dev servers  ## 100,000 waiting messages, and the memory that they take
	$(BIN)/python bench/drain.py

FUZZ_SECONDS ?= 600
fuzz: $(VENV)/installed-dev  ## messages broken at random, for as long as FUZZ_SECONDS says
	$(BIN)/python bench/fuzz.py $(FUZZ_SECONDS)

simulate: $(VENV)/installed-dev servers  ## a year in which no officer works, reckoned, and docs/simulated-year.png
	$(BIN)/python bench/simulate_year.py

letters: $(VENV)/installed-dev servers  ## every letter for four sample cases, drawn into build/letters, and docs/letters.png
	$(BIN)/python bench/letter_sheets.py --figure docs/letters.png

roles: $(VENV)/installed  ## docs/roles.md: every route of the officers' pages and who may use it
	$(BIN)/heard officers roles > docs/roles.md

screenshots: $(VENV)/installed-dev servers  ## the pictures of docs/queue.md, from real pages
	$(BIN)/python bench/screenshots.py

format: $(VENV)/installed-dev  ## put the code into its usual shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/installed-dev  ## resolve the dependencies anew
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-emit-index-url \
		--quiet --upgrade --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-emit-index-url \
		--quiet --upgrade --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean:  ## remove what was made here, the demonstration's data too
	rm -rf $(VENV) demo-data build *.egg-info

servers:  ## Dovecot, PostgreSQL, Tesseract, Chromium and Pango, which the tests start or load for themselves
	@missing=""; \
	command -v dovecot > /dev/null || [ -x /usr/sbin/dovecot ] || missing="$$missing dovecot-imapd"; \
	ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || command -v initdb > /dev/null \
		|| missing="$$missing postgresql"; \
	command -v openssl > /dev/null || missing="$$missing openssl"; \
	[ -x /usr/bin/chromium ] || missing="$$missing chromium"; \
	command -v tesseract > /dev/null && [ -d "$$(ls -d /usr/share/tesseract-ocr/*/tessdata 2> /dev/null)" ] \
		|| missing="$$missing tesseract-ocr tesseract-ocr-osd"; \
	[ -n "$$(ls -d /usr/lib/*/libpangoft2-1.0.so* /usr/lib64/libpangoft2-1.0.so* 2> /dev/null)" ] \
		&& [ -n "$$(ls -d /usr/lib/*/libharfbuzz-subset.so* /usr/lib64/libharfbuzz-subset.so* 2> /dev/null)" ] \
		&& [ -n "$$(ls -A /usr/share/fonts 2> /dev/null)" ] \
		|| missing="$$missing libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"; \
	if [ -n "$$missing" ]; then \
		echo "installing for the tests:$$missing"; \
		$(SUDO) apt-get update -qq && \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	fi

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/pip requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@
