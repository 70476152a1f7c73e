"""Checks a profile (docs/profiling.md): check_profile.py FILE [--threads N] [--parallel] [--node NAME]...

Every key is there and has its type, the leaves add up to the wall time (within 20 %, as tests share the machine), threads' times fit the probe's,
events lie in the program's order and buffers in the arena. --parallel: some probe has worked on more than one thread.
"""
import argparse
import json
import sys

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--parallel", action="store_true")
parser.add_argument("--calls", type=int, default=1)
parser.add_argument("--node", action="append", default=[], help="name or name=kind that some probe must have")
args = parser.parse_args()
with open(args.file, encoding="utf-8") as f:
    profile = json.load(f)


def need(condition, what):
    if not condition:
        sys.exit(f"wrong profile: {what}")


def shape(value, like, where):
    """`value` has the types of `like`; lists are checked against the first element."""
    if isinstance(like, dict):
        need(isinstance(value, dict) and value.keys() == like.keys(), f"{where} has the keys {list(value)}, not {list(like)}")
        for key in like:
            shape(value[key], like[key], f"{where}.{key}")
    elif isinstance(like, list):
        need(isinstance(value, list), f"{where} is no list")
        for i, element in enumerate(value):
            shape(element, like[0], f"{where}[{i}]")
    elif like is not None:
        need(isinstance(value, like), f"{where} is {value!r}")


number = (int, float)
shape(profile, {
    "tt_profile": int,
    "model": {"name": str, "source": str, "cpu": str, "options": str, "version": str},
    "run": {"cpu": str, "isa": str, "threads": int, "calls": int, "wall_ns": int, "probe_cost_ns": number},
    "probes": [{"id": int, "name": str, "ops": [{"name": str, "kind": str}], "granularity": str, "kernel": str, "isa": str, "parent": None, "leaf": bool,
                "parallel": bool, "flops": int, "bytes_read": int, "bytes_written": int, "calls": int, "ns": number, "min_ns": number, "max_ns": number,
                "threads": [{"thread": int, "calls": int, "ns": number}]}],
    "events": [{"probe": int, "thread": int, "begin_ns": number, "ns": number}],
    "events_dropped": int,
    "memory": {"arena_bytes": int, "weights_bytes": int,
               "buffers": [{"name": str, "offset": int, "bytes": int, "first_probe": int, "last_probe": int}]},
}, "profile")
run, probes = profile["run"], profile["probes"]
need(profile["tt_profile"] == 1, "its version is not 1")
need(run["calls"] == args.calls, f"{run['calls']} calls instead of {args.calls}")
need(run["threads"] == args.threads, f"{run['threads']} threads instead of {args.threads}")
need([probe["id"] for probe in probes] == list(range(len(probes))), "ids are not in order")
leaves = [probe for probe in probes if probe["leaf"]]
total = sum(probe["ns"] for probe in leaves)
need(0.8 < total / run["wall_ns"] < 1.2, f"the leaves' {total:.0f} ns are not the {run['wall_ns']} ns of the runs")
for probe in probes:
    if probe["parent"] is not None:
        need(probe["parent"] < probe["id"] and not probes[probe["parent"]]["leaf"], f"the parent of {probe['name']} is no container before it")
    if probe["calls"]:  # times are rounded to tenths
        mean = probe["ns"] / probe["calls"]
        need(0 <= probe["min_ns"] <= mean + 0.1 and mean <= probe["max_ns"] + 0.1, f"{probe['name']}: min, mean and max are in no order")
    for thread in probe["threads"]:
        need(0 <= thread["thread"] < args.threads and thread["ns"] <= 1.01 * probe["ns"] + 1e5, f"{probe['name']}: thread {thread} does not fit {probe['ns']} ns")
need(not args.parallel or any(len(probe["threads"]) > 1 for probe in leaves), "no probe has worked on two threads")
need(len(profile["events"]) + profile["events_dropped"] >= args.calls * sum(1 for probe in leaves if probe["calls"]), "events are missing")
ends = [event["begin_ns"] + event["ns"] for event in profile["events"] if event["thread"] == 0]
need(ends == sorted(ends), "events are not in order")
for buffer in profile["memory"]["buffers"]:
    need(buffer["offset"] + buffer["bytes"] <= profile["memory"]["arena_bytes"], f"{buffer['name']} lies outside of the arena")
    need(buffer["first_probe"] <= buffer["last_probe"] < len(probes), f"{buffer['name']} is used by no probe")
known = {form for probe in probes for op in probe["ops"] for form in (op["name"], op["name"] + "=" + op["kind"])}
for node in args.node:
    need(node in known, f"no probe has the node {node}; there are {sorted(known)}")
print(f"profile: {len(probes)} probes, valid")
