#!/usr/bin/python3
"""Trains the example models on Fashion-MNIST and writes everything the examples need.

    apt-get install python3-torch dataset-fashion-mnist
    ./train.py            # about ten minutes on two cores

Writes beside itself: cnn.onnx, mlp.onnx, vit.onnx (float32, input `image` [batch, 1, 28, 28] in [0, 1], output `logits`
[batch, 10]), calibration.npz (`image`, the first 200 images of the training set as the models' input) and heldback_images.npy
(uint8 [1000, 28, 28]), heldback_labels.npy (uint8 [1000]): the first 1000 images of the test set, which training never sees. Seeded: the same versions of the packages give the same files.
"""
import gzip
import pathlib
import sys

import numpy as np
import torch
from torch import nn

DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")
HERE = pathlib.Path(__file__).parent
HELD_BACK = 1000
CALIBRATION = 200


def read_idx(name):
    """A file of the MNIST format: magic with the rank in its last byte, big-endian sizes, bytes."""
    with gzip.open(DATA / name) as f:
        raw = f.read()
    rank = raw[3]
    sizes = np.frombuffer(raw, ">i4", rank, 4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(sizes)


class CNN(nn.Module):
    """Plain, strided and depthwise-separable convolutions with batch norm: what image classifiers are made of."""

    def __init__(self):
        super().__init__()

        def conv(i, o, k=3, s=1, groups=1):
            return [nn.Conv2d(i, o, k, s, k // 2, groups=groups, bias=False), nn.BatchNorm2d(o), nn.ReLU()]

        self.body = nn.Sequential(
            *conv(1, 16), *conv(16, 32), nn.MaxPool2d(2),
            *conv(32, 32, groups=32), *conv(32, 64, 1), *conv(64, 64, s=2),
            *conv(64, 64, groups=64), *conv(64, 128, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10))

    def forward(self, x):
        return self.body(x)


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(784, 96), nn.ReLU(), nn.Linear(96, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, x):
        return self.body(x)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        b, t, w = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(b, t, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        scores = (q @ k.transpose(-2, -1)) * (w // self.heads) ** -0.5
        x = x + self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, t, w))
        return x + self.mlp(self.norm2(x))


class ViT(nn.Module):
    """A small vision transformer: 16 patches of 7x7 pixels, width 64, two blocks of four heads."""

    def __init__(self, width=64):
        super().__init__()
        self.patch = nn.Conv2d(1, width, 7, 7)
        self.position = nn.Parameter(torch.randn(1, 16, width) * 0.02)
        self.blocks = nn.Sequential(Block(width, 4), Block(width, 4))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, 10)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2) + self.position
        return self.head(self.norm(self.blocks(x)).mean(1))


def train(name, model, epochs, images, labels, test_images, test_labels):
    optimizer = torch.optim.AdamW(model.parameters(), 2e-3, weight_decay=1e-2)
    steps = epochs * (len(images) // 128)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, steps)
    for epoch in range(epochs):
        model.train()
        order = torch.randperm(len(images))
        for batch in order[: len(order) // 128 * 128].split(128):
            loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        model.eval()
        with torch.no_grad():
            right = sum((model(x).argmax(1) == y).sum().item() for x, y in zip(test_images.split(500), test_labels.split(500)))
        print(f"{name}: epoch {epoch + 1}, accuracy {right / len(test_images):.4f}", flush=True)
    torch.onnx.export(model, images[:2], HERE / f"{name}.onnx", opset_version=16, input_names=["image"], output_names=["logits"],
                      dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}})


def main():
    images = torch.from_numpy(read_idx("train-images-idx3-ubyte.gz").astype(np.float32)[:, None] / 255)
    labels = torch.from_numpy(read_idx("train-labels-idx1-ubyte.gz").astype(np.int64))
    test, test_labels = read_idx("t10k-images-idx3-ubyte.gz"), read_idx("t10k-labels-idx1-ubyte.gz")
    np.savez_compressed(HERE / "calibration.npz", image=images[:CALIBRATION].numpy())
    np.save(HERE / "heldback_images.npy", test[:HELD_BACK])
    np.save(HERE / "heldback_labels.npy", test_labels[:HELD_BACK])
    test_images = torch.from_numpy(test.astype(np.float32)[:, None] / 255)
    for name, model, epochs in (("mlp", MLP, 8), ("cnn", CNN, 4), ("vit", ViT, 6)):
        if len(sys.argv) > 1 and name not in sys.argv[1:]:
            continue
        torch.manual_seed(7)
        train(name, model(), epochs, images, labels, test_images, torch.from_numpy(test_labels.astype(np.int64)))


if __name__ == "__main__":
    main()
