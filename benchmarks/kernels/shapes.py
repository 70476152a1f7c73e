# The kernels that are timed. Part of tt, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
from dataclasses import dataclass


@dataclass
class Gemm:
    m: int
    k: int
    n: int
    epilogue: str = "none"  # none, relu, gelu (both after a bias), residual (bias, gelu, then an added matrix)
    batch: int = 1

    @property
    def name(self):
        return f"gemm m{self.m} k{self.k} n{self.n}" + (f" b{self.batch}" if self.batch > 1 else "") + f" {self.epilogue}"

    @property
    def flop(self):
        return 2 * self.batch * self.m * self.k * self.n


@dataclass
class Conv:
    out: int  # height and width of the output
    channels: int
    filters: int
    kernel: int = 3
    stride: int = 1
    epilogue: str = "relu"
    depthwise: bool = False

    @property
    def name(self):
        kind = "depthwise" if self.depthwise else "conv"
        return (f"{kind} {self.kernel}x{self.kernel} s{self.stride} {self.out}x{self.out} "
                f"{self.channels}->{self.filters} {self.epilogue}")

    @property
    def flop(self):
        return 2 * self.out**2 * self.kernel**2 * self.filters * (1 if self.depthwise else self.channels)


def depthwise(out, channels, kernel=3, stride=1):
    return Conv(out, channels, channels, kernel, stride, depthwise=True)


# The two products and the convolution that have a target (92 and 90 % of the peak).
TARGETS = [Gemm(512, 512, 512), Gemm(128, 768, 3072), Conv(56, 64, 64)]

SETS = {
    "targets": TARGETS,
    "fused": [Gemm(m, k, n, e) for m, k, n in [(512, 512, 512), (128, 768, 3072), (784, 64, 256)]
              for e in ("relu", "gelu", "residual")],
    "gemm": [Gemm(256, 256, 256), Gemm(1024, 1024, 1024), Gemm(128, 3072, 768), Gemm(128, 4096, 4096), Gemm(784, 64, 256),
             Gemm(3136, 64, 64), Gemm(196, 1024, 256), Gemm(49, 512, 2048), Gemm(127, 768, 3077), Gemm(128, 64, 128, batch=12),
             Gemm(128, 128, 64, batch=12), Gemm(1, 768, 3072), Gemm(1, 4096, 4096), Gemm(1, 512, 512), Gemm(1, 768, 768), Gemm(4, 768, 3072), Gemm(16, 768, 768),
             Gemm(64, 768, 10)],
    "conv": [Conv(28, 128, 128), Conv(14, 256, 256), Conv(7, 512, 512), Conv(28, 64, 128, 3, 2), Conv(112, 3, 64, 7, 2),
             Conv(112, 3, 32, 3, 2), Conv(13, 192, 384), Conv(224, 3, 16)],
    "depthwise": [depthwise(112, 32), depthwise(56, 96, stride=2), depthwise(56, 144), depthwise(14, 576), depthwise(7, 960),
                  depthwise(14, 672, kernel=5)],
}
