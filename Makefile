# make run    everything from a fresh checkout to the open app (without a display: a tour in the folder tour/)
# make test   the same environment with the test extras, and the whole suite
# make clean  remove the environment

VENV := .venv
PYTHON := $(VENV)/bin/python

.PHONY: run test clean

# The tour needs no Qt, so what is missing does not end `make run`; the app itself refuses where it cannot open.
run: $(VENV)/installed
	@scripts/qt-libraries $(PYTHON) || true
	@scripts/start $(PYTHON)

test: $(VENV)/installed-for-tests
	@scripts/qt-libraries $(PYTHON)
	QT_QPA_PLATFORM=offscreen $(PYTHON) -m pytest

clean:
	rm -rf $(VENV)

$(VENV)/bin/python:
	@scripts/make-environment $(VENV)

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-for-tests: pyproject.toml | $(VENV)/bin/python
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ $(VENV)/installed
