"""bfloat16, which NumPy does not have: tt takes and gives it as uint16 arrays of its bits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def to_bfloat16(array: npt.ArrayLike) -> npt.NDArray[np.uint16]:
    """The bits of `array`, taken as float32, rounded to the nearest bfloat16 (ties to even). NaNs stay NaNs."""
    values = np.asarray(array, np.float32)
    bits = values.view(np.uint32)
    # Adding 0x7fff, and one more where the last kept bit is odd, carries exactly when the value must be rounded up.
    rounded = (bits + np.uint32(0x7FFF) + ((bits >> 16) & 1)) >> 16
    quiet = (bits >> 16) | 0x40  # rounding could carry a NaN over into an infinity or zero
    return np.asarray(np.where(np.isnan(values), quiet, rounded), np.uint16)


def from_bfloat16(bits: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """The values of bfloat16 bits as float32, exactly."""
    array = np.asarray(bits)
    if array.dtype != np.uint16:
        raise TypeError(f"bfloat16 bits must be uint16, but are {array.dtype}")
    return np.asarray(array.astype(np.uint32) << 16, np.uint32).view(np.float32)
