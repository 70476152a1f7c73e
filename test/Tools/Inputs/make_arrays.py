"""Writes the .npy and .npz files of compiled-model.test into the current folder."""
import numpy as np

x = np.arange(12, dtype=np.float32).reshape(4, 3)
y = np.full((4, 3), 100, np.float32)
np.save("x.npy", x)
np.save("y.npy", y)
np.savez("xy.npz", **{"x": x, "in/y": y})
np.savez_compressed("xy-small.npz", **{"x": x, "in/y": y})
np.save("z.npy", x + y)
np.save("z-wrong.npy", x + y + np.eye(4, 3, dtype=np.float32))
np.save("count.npy", np.int64(4))
np.save("y5.npy", np.zeros((5, 3), np.float32))
np.save("double.npy", x.astype(np.float64))
np.save("rank.npy", x.reshape(2, 2, 3))
np.save("wide.npy", np.zeros((4, 4), np.float32))
np.save("negative.npy", -1 - x)
np.save("fortran.npy", np.asfortranarray(x))
np.save("empty.npy", np.zeros((0, 3), np.float32))
