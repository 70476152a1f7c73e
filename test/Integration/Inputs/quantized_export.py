"""The example CNN as a QDQ model and in tt-compare: both against tt's own quantized library, and the figures of tt-compare against NumPy."""
import json
import subprocess
import sys

import numpy as np
import onnx

FOLDER = sys.argv[1]
images = np.load(f"{FOLDER}/heldback_images.npy").astype(np.float32)[:, None] / 255
labels = np.load(f"{FOLDER}/heldback_labels.npy")
np.save("calibration.npy", images[:100])
np.save("test.npy", images[100:300])
np.save("labels.npy", labels[100:300].astype(np.int64))
MODEL = f"{FOLDER}/cnn.onnx"


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{command}: {result.stderr}")
    return result.stdout


def outputs(model):
    run("tt-run", model, "test.npy", "--out", "out")
    return np.load("out/output_0.npy")


run("tt-calibrate", MODEL, "--data", "calibration.npy", "-o", "ranges.json")
run("tt-compile", MODEL, "-o", "f32.so")
run("tt-compile", MODEL, "--quantize=static", "--ranges=ranges.json", "--quantize-method=mse", "-o", "int8.so")
run("tt-translate", "--export-onnx", MODEL, "--ranges=ranges.json", "--quantize-method=mse", "-o", "qdq.onnx")
model = onnx.load("qdq.onnx")
onnx.checker.check_model(model, full_check=True)
initializers = {i.name: i for i in model.graph.initializer}
producers = {o: n for n in model.graph.node for o in n.output}
for node in model.graph.node:
    if node.op_type == "Conv":
        # Weights per output channel in int8, biases in int32.
        for index, kind in ((1, onnx.TensorProto.INT8), (2, onnx.TensorProto.INT32)):
            linear = producers[node.input[index]]
            scale = initializers[linear.input[1]]
            if linear.op_type != "DequantizeLinear" or initializers[linear.input[0]].data_type != kind or list(scale.dims) != [initializers[linear.input[0]].dims[0]]:
                sys.exit(f"{node.name}: input {index} comes from {linear}")
if unused := set(initializers) - {name for node in model.graph.node for name in node.input}:
    sys.exit(f"nobody reads the initializers {unused}")
kinds = [n.op_type for n in model.graph.node]
if kinds.count("Conv") != 7 or kinds.count("QuantizeLinear") < 7:
    sys.exit(f"operators: {kinds}")
exact, int8, qdq = outputs("f32.so"), outputs("int8.so"), outputs("qdq.onnx")
signal = (int8**2).sum()
snr = 10 * np.log10(signal / ((int8 - qdq)**2).sum())
if snr < 35 or (int8.argmax(1) == qdq.argmax(1)).mean() < 0.985:
    sys.exit(f"the exported model differs: {snr} dB")

# tt-compare: the figures of the output and of top-1 from the outputs themselves.
report = json.loads(run("tt-compare", MODEL, "--ranges=ranges.json", "--quantize-method=mse", "--data", "test.npy", "--labels", "labels.npy", "--json"))
output = report["outputs"][0]
noise = exact.astype(np.float64) - int8
want = {"snr_db": 10 * np.log10((exact.astype(np.float64)**2).sum() / (noise**2).sum()),
        "cosine": (exact.astype(np.float64) * int8).sum() / np.sqrt((exact.astype(np.float64)**2).sum() * (int8.astype(np.float64)**2).sum()), "max_error": np.abs(noise).max()}
for key, value in want.items():
    # Observers keep values from being fused, so that the last bits differ and with them a rounding here and there.
    if not np.isclose(output[key], value, rtol=0.02):
        sys.exit(f"tt-compare says {key} {output[key]}, NumPy {value}")
right = labels[100:300]
top1 = report["top1"]
if abs(top1["first"] - (exact.argmax(1) == right).mean()) > 1e-9 or abs(top1["second"] - (int8.argmax(1) == right).mean()) > 0.006:
    sys.exit(f"top-1: {top1}")
names = [value["name"] for value in report["values"]]
if names != list(json.load(open("ranges.json"))["values"]) or report["samples"] != 200:
    sys.exit(f"values: {names}")
if not all(value["snr_db"] is None or value["snr_db"] > 20 for value in report["values"]):
    sys.exit(f"a value is far off: {report['values']}")
text = run("tt-compare", MODEL, MODEL, "--data", "test.npy", "--limit=3")
if text.count(" inf ") != len(names) + 1 or "3 samples" not in text:
    sys.exit(f"a model differs from itself:\n{text}")
for arguments, words in (([MODEL, "--data", "test.npy"], "needs --ranges"), ([MODEL, MODEL], "and --data"),
                         (["f32.so", "f32.so", "--data", "test.npy"], "compiled with --observe")):
    result = subprocess.run(["tt-compare", *arguments], capture_output=True, text=True)
    if result.returncode != 1 or words not in result.stderr:
        sys.exit(f"{arguments}: {result.stderr}")
print("the exported model agrees")
