"""The interpreter lock is free while tt works, models run on several threads, and after a fork."""

import os
import threading
import time

import numpy as np
import tt
from models import affine, products


def ticks_during(work):
    """Calls `work` on another thread; returns its result, its seconds, and the times in its middle half at which this
    thread was running Python code."""
    span, result = [], []

    def body():
        begin = time.perf_counter()
        result.append(work())
        span.extend([begin, time.perf_counter()])

    thread = threading.Thread(target=body)
    ticks = []
    thread.start()
    while not span:
        ticks.append(time.perf_counter())
        time.sleep(0.0005)
    thread.join()
    begin, end = span
    quarter = (end - begin) / 4
    return result[0], end - begin, [tick for tick in ticks if begin + quarter < tick < end - quarter]


def test_lock_is_free_while_running():
    model = tt.compile(products(512, 20), threads=1)
    x = np.ones((512, 512), np.float32)
    expected = model.run([x])["y"]
    for _ in range(5):
        result, seconds, ticks = ticks_during(lambda: model.run([x])["y"])
        np.testing.assert_array_equal(result, expected)
        # With the lock held by the run, this thread would stand still from its first moment to its last.
        if len(ticks) >= 3:
            return
    raise AssertionError(f"{len(ticks)} ticks in a run of {seconds:.3f} s")


def test_lock_is_free_while_compiling():
    proto = products(64, 8).SerializeToString()
    for _ in range(5):
        _, seconds, ticks = ticks_during(lambda: tt.compile(proto, compile_threads=1))
        if len(ticks) >= 3:
            return
    raise AssertionError(f"{len(ticks)} ticks in a compilation of {seconds:.3f} s")


def test_runs_overlap():
    """Two runs at a time take two sessions; a second one is only made while the first is in use."""
    model = tt.compile(products(512, 20), threads=1)
    x = np.ones((512, 512), np.float32)
    expected = model.run([x])["y"]
    assert model._native.num_idle_sessions == 1
    for _ in range(20):
        barrier = threading.Barrier(2)
        results = []

        def body():
            barrier.wait()
            results.append(model.run([x])["y"])

        threads = [threading.Thread(target=body) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for result in results:
            np.testing.assert_array_equal(result, expected)
        if model._native.num_idle_sessions == 2:
            return
    raise AssertionError("no two runs have overlapped")


def test_eight_threads_on_one_model():
    model = tt.compile(affine(), threads=2)
    errors = []

    def body(seed):
        generator = np.random.default_rng(seed)
        try:
            for _ in range(200):
                x = generator.standard_normal((generator.integers(1, 40), 3), np.float32)
                np.testing.assert_array_equal(model.run([x, x])["y"], 2 * x + x)
        except Exception as error:  # shown by the main thread
            errors.append(error)

    threads = [threading.Thread(target=body, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert 1 <= model._native.num_idle_sessions <= 8


def test_compile_on_several_threads():
    results = {}

    def body(scale):
        x = np.ones((2, 3), np.float32)
        results[scale] = tt.compile(affine(scale)).run([x, x])["y"]

    threads = [threading.Thread(target=body, args=(scale,)) for scale in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for scale in range(4):
        np.testing.assert_array_equal(results[scale], np.full((2, 3), scale + 1))


def test_results_do_not_depend_on_threads():
    x = np.random.default_rng(1).standard_normal((256, 256), np.float32)
    proto = products(256, 2)
    one, two = (tt.compile(proto, threads=threads).run([x])["y"] for threads in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_a_model_can_be_used_after_a_fork():
    model = tt.compile(affine(), threads=2)
    x = np.ones((2, 3), np.float32)
    model.run([x, x])
    unused = tt.compile(affine(), threads=2)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            del unused
            other = tt.compile(affine(), threads=2)
            status = 0 if (model.run([x, x])["y"] == 3).all() and other else 1
        finally:
            os._exit(status)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            assert status == 0
            break
        time.sleep(0.01)
    else:
        os.kill(child, 9)
        os.waitpid(child, 0)
        raise AssertionError("the child hangs")
    np.testing.assert_array_equal(model.run([x, x])["y"], 3 * x)
