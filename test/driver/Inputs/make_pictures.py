"""Writes a folder of small PNGs: make_pictures.py FOLDER [TRAIN [TEST]] pictures a class.

The classes are `dark` and `light`; the pictures have different sizes, and noise of their own.
"""
import pathlib
import random
import struct
import sys
import zlib

folder = pathlib.Path(sys.argv[1])
counts = [12, 6]
counts[:len(sys.argv) - 2] = map(int, sys.argv[2:])


def png(height, width, pixel):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(v for x in range(width) for v in pixel(y, x)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


draw = random.Random(1)
for split, count in zip(("train", "test"), counts):
    for name, level in (("dark", 60), ("light", 180)):
        (folder / split / name).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            height, width = draw.randint(9, 24), draw.randint(9, 24)
            picture = png(height, width, lambda y, x: [level + draw.randint(-40, 40) for _ in range(3)])
            (folder / split / name / f"{i:02}.png").write_bytes(picture)
