"""Gives the examples of a data set that make_dataset.py made a label for each pixel: make_label_maps.py FOLDER [SIDE].

The left half of example i has its label, the right half the next one.
"""
import pathlib
import struct
import sys

folder = pathlib.Path(sys.argv[1])
side = int(sys.argv[2]) if len(sys.argv) > 2 else 4
for name in ("train", "t10k"):
    single = folder / f"{name}-labels-idx1-ubyte"
    labels = single.read_bytes()[8:]
    single.unlink()
    half = side // 2
    rows = b"".join((bytes([label]) * half + bytes([(label + 1) % 10]) * (side - half)) * side for label in labels)
    (folder / f"{name}-labels-idx3-ubyte").write_bytes(struct.pack(">4I", 0x803, len(labels), side, side) + rows)
