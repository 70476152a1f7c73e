# Configuration of tt's test suite. Run it with `ninja check`, or one part with
#   lit -v build/test --filter Graph/
import os
import platform
import shutil

import lit.formats
import lit.llvm

config.name = "tt"
config.test_source_root = os.path.join(config.tt_source_dir, "test")
config.test_exec_root = os.path.join(config.tt_binary_dir, "test")
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_format = lit.formats.ShTest(execute_external=False)

# A hanging test is a failing test (needs python3-psutil).
lit_config.maxIndividualTestTime = 3600 if os.environ.get("TT_CHECK_FULL") else 600

bin_dir = os.path.join(config.tt_binary_dir, "bin")
path = os.pathsep.join([bin_dir, config.llvm_tools_dir, os.environ["PATH"]])
config.environment["PATH"] = path
for name in ("TT_CHECK_FULL", "CCACHE_DIR", "TMPDIR"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

tt_opt = "tt-opt"
if os.environ.get("TT_VERIFY_ROUNDTRIP"):
    tt_opt = "tt-opt --verify-roundtrip"
config.substitutions += [
    ("%pytest", config.python + " -B -m pytest -q -rs -p no:cacheprovider"),
    ("%tt_src", config.tt_source_dir),
    ("%tt_build", config.tt_binary_dir),
    ("%unittests", config.tt_unittest_dir),
    ("%python", config.python),
    ("%cxx", config.cxx),
    ("%cc", config.cc),
    ("%mlir_include", config.mlir_include_dir),
]
if tt_opt != "tt-opt":
    config.substitutions.append((r"\btt-opt\b", tt_opt))

if config.tt_sanitize:
    config.available_features.add("sanitize")
    # Debian's libMLIR.so is not instrumented: its containers and allocators are not to be judged by our annotations.
    config.environment["ASAN_OPTIONS"] = "allow_user_poisoning=0:detect_container_overflow=0:detect_leaks=0"
    config.environment["UBSAN_OPTIONS"] = "print_stacktrace=1"

# The real models beside the checkout: tests that use them say `REQUIRES: models` and are unsupported without them.
models = os.environ.get("TT_MODELS", os.path.join(os.path.dirname(config.tt_source_dir), "shared", "models"))
if os.path.exists(os.path.join(models, "README.md")):
    config.available_features.add("models")
config.substitutions.append(("%models", models))
if os.path.isdir("/usr/share/libonnx-testdata/data/node"):
    config.available_features.add("onnx-testdata")
config.substitutions.append(("%node_tests", "/usr/share/libonnx-testdata/data/node"))
if os.environ.get("TT_CHECK_FULL"):
    config.available_features.add("full")
# Artefacts for AArch64 run on such a machine by themselves, elsewhere under qemu-user with Debian's C library for cross compilers; tests that run
# them say `REQUIRES: aarch64` and are unsupported without. %aarch64 is the command to run a program by.
if platform.machine() == "aarch64":
    config.available_features.add("aarch64")
    config.substitutions.append(("%aarch64", "env"))
elif shutil.which("qemu-aarch64") and os.path.exists("/usr/aarch64-linux-gnu/lib/crti.o"):
    config.available_features.update(("aarch64", "qemu-aarch64"))
    config.substitutions.append(("%aarch64", "qemu-aarch64 -L /usr/aarch64-linux-gnu"))
else:
    lit_config.note("tests that run AArch64 programs are skipped: on Debian, apt-get install qemu-user libc6-dev-arm64-cross")
if platform.machine() == "x86_64" and shutil.which("qemu-x86_64"):
    config.available_features.add("qemu-x86_64")
# The page of tt-profile is looked at in a browser.
if shutil.which("chromium"):
    config.available_features.add("chromium")
else:
    lit_config.note("the test that renders the page of tt-profile is skipped: on Debian, apt-get install chromium")
with open("/proc/cpuinfo") as f:
    flags = next((line.split(":")[1].split() for line in f if line.startswith("flags")), [])
for flag in ("avx2", "avx512f", "avx512_bf16", "avx512_fp16", "avx512_vnni", "avx_vnni"):
    if flag in flags:
        config.available_features.add(flag)
