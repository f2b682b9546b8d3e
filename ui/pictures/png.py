"""Pixels as a PNG."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

LEVEL = 3
TRUE_COLOUR = 2


def png_of(pixels: NDArray[np.uint8]) -> bytes:
    """Pixels of (height, width, red green blue and others that are left out) as the bytes of a PNG file.

    Lines are packed as they are: the filters that help with photographs make flat pictures larger, and trying
    them is most of the time that other writers take. https://www.w3.org/TR/png-3/
    """
    high, wide, _ = pixels.shape
    lines = np.zeros((high, 1 + 3 * wide), dtype=np.uint8)  # the first byte of a line names its filter: none
    for colour in range(3):  # a colour of a whole line at once: numpy takes three bytes of four one by one
        lines[:, 1 + colour :: 3] = pixels[:, :, colour]
    header = struct.pack(">IIBBBBB", wide, high, 8, TRUE_COLOUR, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.data, LEVEL)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
