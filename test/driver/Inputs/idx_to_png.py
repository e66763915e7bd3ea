"""Writes the test pictures of an IDX data set as grey PNGs: idx_to_png.py DATASET FOLDER.

FOLDER/LABEL-NUMBER.png
"""
import pathlib
import struct
import sys
import zlib

data, folder = map(pathlib.Path, sys.argv[1:])
folder.mkdir(parents=True)
pixels = (data / "t10k-images-idx3-ubyte").read_bytes()
labels = (data / "t10k-labels-idx1-ubyte").read_bytes()[8:]
count, height, width = struct.unpack(">3I", pixels[4:16])


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


for i in range(count):
    start = 16 + i * height * width
    rows = b"".join(b"\0" + pixels[start + y * width:start + (y + 1) * width] for y in range(height))
    (folder / f"{labels[i]}-{i:03}.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
        chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
