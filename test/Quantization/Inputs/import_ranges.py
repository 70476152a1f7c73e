"""Ranges that tt-import-ranges chooses for values of many distributions, against the NumPy reference."""
import json
import re
import subprocess
import sys

import numpy as np
import reference

rng = np.random.default_rng(7)
VALUES = {
    "normal": rng.normal(0, 3, 20000),
    "relu": np.maximum(rng.normal(0, 1, 20000), 0),
    "outliers": np.concatenate([rng.normal(0, 1, 20000), [120, -90, 100]]),
    "one far value": np.concatenate([np.abs(rng.normal(0, 1, 5000)), [1e6]]),
    "student": rng.standard_t(2, 20000),
    "negative": -np.abs(rng.normal(5, 1, 5000)),
    "far from zero": rng.normal(1000, 0.1, 5000),
    "zeros": np.zeros(10),
    "one number": np.full(7, 2.5),
    "tiny": rng.normal(0, 1e-40, 1000),
    "large": rng.normal(0, 1e37, 1000),
    "two": np.array([-1.0, 3.0]),
    "clipped": np.clip(rng.normal(3, 3, 20000), 0, 6),
}
VALUES = {name: x.astype(np.float32) for name, x in VALUES.items()}
METHODS = ["min-max", "percentile", "percentile:99.99", "percentile:50", "percentile:100", "entropy", "mse"]

reference.write_ranges("ranges.json", VALUES)
arguments = ", ".join(f'%a{i}: tensor<4xf32> {{tt.name = "{name}"}}' for i, name in enumerate(VALUES))
module = f"func.func @main({arguments}) {{\n  return\n}}"
stored = json.load(open("ranges.json"))["values"]
checked = 0
for method in METHODS:
    text = subprocess.run(["tt-opt", "-", f"--pass-pipeline=builtin.module(tt-import-ranges{{file=ranges.json method={method}}})"], input=module,
                          capture_output=True, text=True, check=True).stdout
    for name, value in stored.items():
        found = re.search(r'tt.name = "%s", tt.range = array<f64: ([^,]+), ([^>]+)>' % re.escape(name), text)
        got = (float(found.group(1)), float(found.group(2)))
        want = reference.choose(value, method)
        good = np.allclose(got, want, rtol=1e-12, atol=0)
        if not good and method in ("entropy", "mse"):  # two candidates may be equally good but for rounding
            good = got in reference.candidates(value) and np.isclose(reference.loss(value, method, got), reference.loss(value, method, want), rtol=1e-9)
        if not good:
            print(f"{method} of {name}: {got}, but NumPy says {want}")
            sys.exit(1)
        checked += 1
# The percentile of the histogram is within a bin of that of the data.
for name in ("normal", "student", "outliers"):
    x, value = VALUES[name].astype(np.float64), stored[name]
    for got, share in zip(reference.percentile(value, 99), (0.5, 99.5)):
        assert abs(got - np.percentile(x, share)) <= 2.0**value["histogram"]["exponent"] + 0.05, (name, got)
# Where there are outliers these two give them up; three far values of 20,000 are still much of the square error.
widest = reference.choose(stored["outliers"], "min-max")
for method in ("percentile", "entropy"):
    assert reference.choose(stored["outliers"], method)[1] < 0.5 * widest[1], method
print(f"{checked} ranges agree")
