"""f32 against 8 bits on the example CNN: calibration on one half of the held back images, accuracy on the other."""
import subprocess
import sys

import numpy as np

FOLDER = sys.argv[1]
images = np.load(f"{FOLDER}/heldback_images.npy").astype(np.float32)[:, None] / 255
labels = np.load(f"{FOLDER}/heldback_labels.npy")[500:]
np.save("calibration.npy", images[:500])
np.save("test.npy", images[500:])


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{command}: {result.stderr}")
    return result


def classify(*options):
    run("tt-compile", f"{FOLDER}/cnn.onnx", "-o", "m.so", *options)
    run("tt-run", "m.so", "test.npy", "--out", "out")
    return np.load("out/output_0.npy").argmax(axis=1)


run("tt-calibrate", f"{FOLDER}/cnn.onnx", "--data", "calibration.npy", "-o", "ranges.json")
exact = classify()
for method in ("min-max", "percentile:99.99", "entropy", "mse"):
    rounded = classify("--quantize=static", "--ranges=ranges.json", f"--quantize-method={method}")
    same, lost = (rounded == exact).mean(), (exact == labels).mean() - (rounded == labels).mean()
    # Entropy cuts more than this small model with its few outliers likes.
    if same < (0.95 if method == "entropy" else 0.98) or lost > (0.02 if method == "entropy" else 0.01):
        sys.exit(f"{method}: {same:.3f} of the classes are the same, {lost:.3f} of the accuracy is lost")
# Nothing is rounded where everything is excluded.
text = run("tt-compile", f"{FOLDER}/cnn.onnx", "--quantize=static", "--ranges=ranges.json", "--quantize-exclude=type:conv,type:matmul", "--until=quantized", "-o", "-").stdout
if "quantize" in text.replace("--quantize", ""):
    sys.exit("there are casts though all contractions are excluded")
for options, words in ((["--quantize=static"], "need each other"), (["--ranges=ranges.json"], "need each other"), (["--quantize=best"], "--quantize can be static"),
                       (["--quantize=static", "--ranges=ranges.json", "--quantize-exclude=nosuch"], "nothing that 'nosuch' excludes")):
    result = subprocess.run(["tt-compile", f"{FOLDER}/cnn.onnx", "-o", "bad.so", *options], capture_output=True, text=True)
    if result.returncode != 1 or words not in result.stderr:
        sys.exit(f"{options}: {result.returncode} {result.stderr}")
print("quantized by all methods")
