"""Checks the JSON line of `tt-bench compare` (bench-compare.test)."""
import json
import sys

import numpy as np


def main():
    record, = [json.loads(line) for line in open(sys.argv[1])]
    assert record["schema"] == "tt-bench-compare/1"
    a, b = (np.array(record[side]["samples_ns"]) for side in "ab")
    assert len(a) == len(b) >= 10 and (a > 0).all() and (b > 0).all()
    np.testing.assert_allclose(record["ratio"], np.median(a) / np.median(b), rtol=1e-9)
    assert 0 < record["low"] <= record["high"]
    assert record["verdict"] == ("draw" if record["low"] <= 1 <= record["high"] else "A is faster" if record["ratio"] < 1 else "B is faster")
    assert record["binding"] is None and record["environment"]["cpu"]
    # The same model on both sides, one after the other: far from a factor of ten, whatever else the machine does.
    assert 0.1 < record["ratio"] < 10


if __name__ == "__main__":
    main()
