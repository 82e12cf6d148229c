# Two commands do everything; both call go.py, which also works without make.
PYTHON ?= python3

.PHONY: film test quick env lock clean
film test quick env lock clean:
	@MIRROR="$(MIRROR)" $(PYTHON) go.py $@
