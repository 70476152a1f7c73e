"""Writes hand-made profiles and limits of a machine into a folder; the numbers are round, so that the table can be worked out by hand.

usage: make_profiles.py FOLDER
"""
import copy
import json
import pathlib
import sys

FOLDER = pathlib.Path(sys.argv[1])


def limit(value):
    return {"best": value, "median": value, "samples": [value]}


MACHINE = {"schema": "tt-machine/1", "cpu": "A CPU", "isa": "avx512f", "cpus": 2, "date": "2026-11-20T12:00:00Z",
           "f32_flops_one": limit(100e9), "f32_flops_all": limit(200e9), "read_bytes": 1 << 29,
           "read_bytes_per_second_one": limit(10e9), "read_bytes_per_second_all": limit(20e9)}


def probe(name, kind, kernel, ns, calls, flops=0, read=0, written=0, isa="x86-64-v4", parallel=False, threads=None, leaf=True, parent=None):
    return {"name": name, "ops": [{"name": name, "kind": kind}] if kind else [], "granularity": "kernel", "kernel": kernel, "isa": isa, "parent": parent,
            "leaf": leaf, "parallel": parallel, "flops": flops, "bytes_read": read, "bytes_written": written, "calls": calls, "ns": ns,
            "min_ns": ns // calls if calls else 0, "max_ns": ns // calls if calls else 0,
            "threads": [{"thread": t, "calls": calls, "ns": busy} for t, busy in enumerate(threads or [ns])]}


def profile(name, probes, threads=1, calls=10, buffers=()):
    """The leaves are passed one after the other in the last run, which is what the events tell."""
    events, now = [], 0
    for number, each in enumerate(probes):
        each["id"] = number
        if each["leaf"] and each["calls"]:
            for thread in each["threads"][:threads]:
                events.append({"probe": number, "thread": thread["thread"], "begin_ns": now, "ns": thread["ns"] // each["calls"]})
            now += each["ns"] // each["calls"]
    return {"tt_profile": 1,
            "model": {"name": name, "source": "by hand", "cpu": "x86_64 x86-64-v4", "options": "kernel", "version": "0.1.0"},
            "run": {"cpu": "A CPU", "isa": "x86-64-v4", "threads": threads, "calls": calls,
                    "wall_ns": sum(p["ns"] for p in probes if p["leaf"]), "probe_cost_ns": 10},
            "probes": probes, "events": events, "events_dropped": 3,
            "memory": {"arena_bytes": 3072, "weights_bytes": 4096000, "buffers": list(buffers)}}


def buffer(name, offset, size, first, last):
    return {"name": name, "offset": offset, "bytes": size, "first_probe": first, "last_probe": last}


def write(name, value):
    (FOLDER / name).write_text(value if isinstance(value, str) else json.dumps(value))


one = profile("one", [
    probe("(input x)", "", "tt.input", 1000, 10),
    probe("/conv+/</script>relu", "conv", "k_conv_direct_1x8x8x16", 500000, 10, 32000000, 500000, 500000, parallel=True),
    probe("/scale", "mul", "k_generic_1x64x64", 300000, 10, 300000, 1200000, 1200000, parallel=True),
    probe("/turn", "transpose", "k_transpose_64x64", 150000, 10, 0, 300000, 300000),
    probe("/tiny", "matmul", "k_gemm_1x1x8", 49000, 100, 12800, 30000, 3200),
    probe("/never", "relu", "k_generic_1x1", 0, 0),
], buffers=[buffer("a", 0, 1024, 0, 1), buffer("b", 1024, 2048, 1, 3), buffer("c", 0, 512, 3, 4)])
two = profile("two", [
    probe("/sum", "cumsum", "k_for_1x100000", 400000, 1, 100000, 400000, 400000),
    probe("/old", "matmul", "k_gemm_1x64x64", 200000, 1, 4000000, 32768, 16384, isa="x86-64", parallel=True, threads=[190000, 185000]),
    probe("/integer", "matmul_integer", "k_generic_64x64", 100000, 1, 1000000, 8192, 16384, parallel=True, threads=[95000, 95000]),
    probe("/uneven", "matmul", "k_gemm_1x7x64", 110000, 1, 5000000, 40000, 40000, parallel=True, threads=[100000, 20000]),
    probe("/sized", "matmul", "k_gemm_1xdx64", 190000, 1, 8000000, 40000, 40000, parallel=True, threads=[185000, 185000]),
], threads=2, calls=1)
faster = copy.deepcopy(one)
faster["model"]["name"] = "faster"
faster["run"]["wall_ns"] -= 250000
faster["probes"][1].update(ns=250000, kernel="k_conv_winograd_1x8x8x16")
del faster["probes"][4:], faster["events"][4:]
faster["memory"]["buffers"] = []

FOLDER.mkdir(parents=True, exist_ok=True)
write("machine.json", MACHINE)
write("one.json", one)
write("two.json", two)
write("faster.json", faster)
write("newer.json", {**one, "tt_profile": 2})
write("foreign.json", {"traceEvents": [], "otherData": {}})
write("list.json", [1, 2])
write("cut.json", json.dumps(one)[:300])
broken = copy.deepcopy(one)
broken["probes"][2]["ns"] = "long"
write("type.json", broken)
broken = copy.deepcopy(one)
broken["probes"][0]["ns"] = 1e300
write("huge.json", broken)
broken = copy.deepcopy(one)
broken["events"][1]["probe"] = 17
write("range.json", broken)
broken = copy.deepcopy(one)
del broken["run"]["threads"]
write("missing.json", broken)
cached = copy.deepcopy(one)
cached["memory"]["weights_bytes"] = 4096
write("cached.json", cached)
empty = copy.deepcopy(one)
empty["run"].update(calls=0, wall_ns=0)
empty["events"] = []
for each in empty["probes"]:
    each.update(calls=0, ns=0, flops=0, bytes_read=0, bytes_written=0, threads=[])
write("empty.json", empty)
write("no-machine.json", {"schema": "tt-machine/1", "cpus": 2})
