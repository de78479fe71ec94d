"""Run a series in the executable model: before it, after every patch, and after all of it.

The model (testdata/model/) is a kernel in small, written for this project; its README says what it
covers. `model.toml` there says how its programs are built; they are built and run here, and what
they report is compared with what the plan promises.
"""
