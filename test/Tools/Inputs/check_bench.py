"""Checks the JSON lines of tt-bench (bench.test): every line parses, and the figures are those of its raw samples."""
import json
import sys

import numpy as np


def main():
    lines = [json.loads(line) for line in open(sys.argv[1])]
    assert len(lines) == 3, len(lines)
    for record in lines:
        assert record["schema"] == "tt-bench/1"
        samples = np.array(record["samples_ns"], "d")
        for percent in (50, 90, 99):
            np.testing.assert_allclose(record[f"p{percent}_ns"], np.percentile(samples, percent), rtol=1e-9)
        np.testing.assert_allclose([record["mean_ns"], record["min_ns"], record["max_ns"]], [samples.mean(), samples.min(), samples.max()], rtol=1e-9)
        assert (samples > 0).all()
        # The runs of one stream do not overlap, so they take no more than the time of the measurement.
        assert samples.sum() <= record["streams"] * record["seconds"] * 1e9
        np.testing.assert_allclose(record["items_per_second"], record["items"] * len(samples) / record["seconds"], rtol=1e-9)
        environment = record["environment"]
        assert environment["cpu"] and environment["tt_version"] and environment["tt_commit"] and environment["date"].endswith("Z")
        assert set(environment) >= {"flags", "load_average", "governor", "cpus_online", "cpus_usable", "kernel"}
        assert record["engine"].startswith("tt ")
    library, compiled, offline = lines
    assert len(library["samples_ns"]) >= 50 and library["seconds"] >= 0.05
    assert library["scenario"] == "single" and library["inputs"] == [{"name": "image", "type": "float", "dims": [2, 1, 28, 28]}]
    assert compiled["model"].endswith(".onnx")
    assert offline["scenario"] == "offline" and offline["streams"] == 2 and offline["items"] == 4 and len(offline["samples_ns"]) >= 40


if __name__ == "__main__":
    main()
