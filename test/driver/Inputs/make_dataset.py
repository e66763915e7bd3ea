"""Writes the four files of a tiny data set: make_dataset.py FOLDER [TRAIN [TEST [HEIGHT [WIDTH]]]].

Example i has the label i % 10 and pixels that all are 20*(i % 10), so that a
network learns it in a few steps.
"""
import pathlib
import struct
import sys

folder = pathlib.Path(sys.argv[1])
sizes = [20, 10, 4, 4]
sizes[:len(sys.argv) - 2] = map(int, sys.argv[2:])
train, test, height, width = sizes
folder.mkdir(parents=True, exist_ok=True)
for name, count in (("train", train), ("t10k", test)):
    labels = bytes(i % 10 for i in range(count))
    pixels = b"".join(bytes([20 * label]) * (height * width) for label in labels)
    (folder / f"{name}-images-idx3-ubyte").write_bytes(
        struct.pack(">4I", 0x803, count, height, width) + pixels)
    (folder / f"{name}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, count) + labels)
