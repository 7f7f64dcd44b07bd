# Everything sets up what it needs first and does nothing twice. Only Python >= 3.11 is assumed.
# make run honours ANNOTATOR_DATA_DIR, ANNOTATOR_HOST, ANNOTATOR_PORT; PYTHON names the interpreter for .venv.
export PYTHON
# Dozens of processes start in a run: none of them should compile every module anew.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: run test fuzz lint bench lock clean

run:
	@scripts/bootstrap.sh run
	@exec .venv/bin/python manage.py run

test:
	@scripts/bootstrap.sh dev
	@exec .venv/bin/python scripts/test.py $(ONLY)

# Generated requests, valid and invalid, for every operation of the API, on both databases; minutes of both cores.
fuzz:
	@scripts/bootstrap.sh dev
	@exec .venv/bin/python scripts/test.py fuzz

lint:
	@scripts/bootstrap.sh dev
	@exec .venv/bin/python scripts/lint.py

bench:
	@scripts/bootstrap.sh dev
	@exec .venv/bin/python scripts/bench.py

# After a change of the dependencies in pyproject.toml; needs the network.
lock:
	@scripts/bootstrap.sh dev
	@.venv/bin/python scripts/lock.py

# What was built or installed; never data.
clean:
	rm -rf .venv node_modules static/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
