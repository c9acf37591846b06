# make run    everything from a fresh checkout to the open app (without a display: a tour in the folder tour/)
# make test   the same environment with the test extras, and the whole suite
# make test-without-jit   the suite with the kernels as plain Python, smaller, where NumPy sees what leaves an array
# make test-bounds        the engine's tests while every access to an array is checked
# make test-thoroughly    thousands of random examples of every operation, beside PyTorch where it is installed
# make clean  remove the environment

VENV := .venv
PYTHON := $(VENV)/bin/python

.PHONY: run test test-without-jit test-bounds test-thoroughly clean

# The tour needs no Qt, so what is missing does not end `make run`; the app itself refuses where it cannot open.
run: $(VENV)/installed
	@scripts/qt-libraries $(PYTHON) || true
	@scripts/start $(PYTHON)

test: $(VENV)/installed-for-tests
	@scripts/qt-libraries $(PYTHON)
	QT_QPA_PLATFORM=offscreen $(PYTHON) -m pytest -n auto

test-without-jit: $(VENV)/installed-for-tests
	NUMBA_DISABLE_JIT=1 QT_QPA_PLATFORM=offscreen $(PYTHON) -m pytest -n auto

test-bounds: $(VENV)/installed-for-tests
	NUMBA_BOUNDSCHECK=1 $(PYTHON) -m pytest -n auto tests/engine tests/functional tests/nn

test-thoroughly: $(VENV)/installed-for-tests
	HYPOTHESIS_PROFILE=thorough $(PYTHON) -m pytest tests/functional

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
