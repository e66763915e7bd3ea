"""Writes PNGs of one grey pixel of 16 bits: make_deep_pictures.py FOLDER.

The classes `a` and `b` are 40 levels of 65536 apart: in 8 bits they are the same.
"""
import pathlib
import struct
import sys
import zlib


def png(level):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 16, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(struct.pack(">BH", 0, level))) + chunk(b"IEND", b""))


for half in ("train", "test"):
    for name, level in (("a", 32800), ("b", 32840)):
        folder = pathlib.Path(sys.argv[1]) / half / name
        folder.mkdir(parents=True, exist_ok=True)
        for i in range(4):
            (folder / f"{i}.png").write_bytes(png(level + i - 2))
