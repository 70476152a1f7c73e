"""Holds a file against Chrome's trace event format (the JSON object form): what ui.perfetto.dev needs to show it.

https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
usage: check_trace.py FILE COMPLETE-EVENTS THREADS
"""
import json
import sys


def need(condition, event, what):
    if not condition:
        sys.exit(f"{what}: {event}")


def main():
    with open(sys.argv[1]) as f:
        trace = json.load(f)
    assert trace["displayTimeUnit"] in ("ms", "ns")
    complete, named = {}, set()
    for event in trace["traceEvents"]:
        need(isinstance(event.get("name"), str) and event["name"], event, "an event needs a name")
        need(type(event.get("pid")) is int and type(event.get("tid")) is int, event, "an event needs integers pid and tid")
        need(isinstance(event.get("args", {}), dict), event, "args is an object")
        need(event.get("ph") in ("X", "M"), event, "ph is X or M")
        if event["ph"] == "M":
            need(event["name"] in ("process_name", "thread_name"), event, "unknown metadata")
            need(isinstance(event["args"].get("name"), str), event, "metadata needs args.name")
            named.add((event["name"], event["tid"]))
            continue
        for key in ("ts", "dur"):
            need(isinstance(event.get(key), (int, float)) and event[key] >= 0, event, f"a complete event needs {key}")
        need(isinstance(event.get("cat"), str), event, "a complete event needs a category")
        complete.setdefault(event["tid"], []).append((event["ts"], event["ts"] + event["dur"]))
    need(any(name == "process_name" for name, _ in named), named, "the process needs a name")
    for thread, spans in complete.items():
        need(("thread_name", thread) in named, thread, "a thread needs a name")
        # Complete events of one thread are nested or apart, or the viewer drops them. Clocks count whole nanoseconds.
        spans.sort()
        for (_, end), (begin, _) in zip(spans, spans[1:]):
            need(begin >= end - 0.0015, (end, begin), f"events of thread {thread} overlap")
    count = sum(map(len, complete.values()))
    need(count == int(sys.argv[2]) and len(complete) == int(sys.argv[3]), (count, len(complete)), "complete events, threads")


main()
