"""Writes pictures and masks: make_masks.py FOLDER [IGNORED].

A picture of 8x8 is dark at the left and light at the right; its mask, indexed or grey, has the label 0
and 1 there. With IGNORED, the uppermost rows of a mask have that label and their pixels are noise.
"""
import pathlib
import random
import struct
import sys
import zlib

folder = pathlib.Path(sys.argv[1])
ignored = int(sys.argv[2]) if len(sys.argv) > 2 else None


def png(colour, rows, palette=b""):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, colour, 0, 0, 0)) +
            (chunk(b"PLTE", palette) if palette else b"") +
            chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))) + chunk(b"IEND", b""))


draw = random.Random(1)
for half, count in (("train", 12), ("test", 4)):
    for kind in ("images", "masks"):
        (folder / half / kind).mkdir(parents=True, exist_ok=True)
    for i in range(count):
        border = draw.randint(2, 6)
        pixels, labels = [], []
        for y in range(8):
            noise = ignored is not None and y < 3
            pixels.append(bytes(draw.randint(0, 255) if noise else (60 if x < border else 190) + draw.randint(-30, 30)
                                for x in range(8)))
            labels.append(bytes(ignored if noise else int(x >= border) for x in range(8)))
        (folder / half / "images" / f"{i}.png").write_bytes(png(0, pixels))
        indexed = i % 2 == 1
        (folder / half / "masks" / f"{i}.png").write_bytes(
            png(3, labels, bytes(768)) if indexed else png(0, labels))
