"""Writes a folder of small pictures: make_pictures.py FOLDER [TRAIN [TEST]] PNGs a class, and a JPEG.

The classes are `dark` and `light`; the PNGs have different sizes, and noise of their own.
"""
import base64
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


# Grey, 13x10, of one level: written by libjpeg, since Python has no encoder.
JPEG = {
    "dark": "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19i"
            "Z2hnPk1xeXBkeFxlZ2P/wAALCAAKAA0BAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAAb/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oA"
            "CAEBAAA/AJ0B/9k=",
    "light": "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19i"
            "Z2hnPk1xeXBkeFxlZ2P/wAALCAAKAA0BAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oA"
            "CAEBAAA/ALQD/9k=",
}

draw = random.Random(1)
for split, count in zip(("train", "test"), counts):
    for name, level in (("dark", 60), ("light", 180)):
        (folder / split / name).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            height, width = draw.randint(9, 24), draw.randint(9, 24)
            picture = png(height, width, lambda y, x: [level + draw.randint(-40, 40) for _ in range(3)])
            (folder / split / name / f"{i:02}.png").write_bytes(picture)
        (folder / split / name / "jpeg.JPG").write_bytes(base64.b64decode(JPEG[name]))
