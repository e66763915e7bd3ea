"""Writes arrays of every kind that `arrays:` reads: make_arrays.py FOLDER."""
import pathlib
import random
import sys

from tensor_files import npy, write_npz, write_tensors

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
draw = random.Random(1)

# Vectors of three numbers, each with a target: 2*a - b + 0.5*c + 1.
vectors = [[draw.uniform(-1, 1) for _ in range(3)] for _ in range(40)]
targets = [2 * a - b + 0.5 * c + 1 for a, b, c in vectors]
flat = [x for vector in vectors for x in vector]
write_npz(folder / "line.npz", x_train=("<f8", (32, 3), flat[:96]), y_train=("<f8", (32,), targets[:32]),
          x_test=("<f8", (8, 3), flat[96:]), y_test=("<f8", (8,), targets[32:]))
write_tensors(folder / "line.safetensors", **{"dense_1.weight": ((1, 3), [0.5, 0.25, -1]),
                                               "dense_1.bias": ((1,), [0.125])})

# Pictures of 4x4, all of one grey by their class, as Keras keeps them.
labels = [i % 10 for i in range(60)]
grey = [20 * label for label in labels for _ in range(16)]
write_npz(folder / "grey.npz", compressed=True,
          x_train=("|u1", (50, 4, 4), grey[:800]), y_train=("<i8", (50,), labels[:50]),
          x_test=("|u1", (10, 4, 4), grey[800:]), y_test=("<i8", (10,), labels[50:]))

# The same of 16 bits, and as numbers from 0 to 1: a network cannot tell them apart.
for name, kind, scale in (("deep", "<u2", 257), ("unit", "<f8", 1 / 255)):
    values = [x * scale for x in grey]
    write_npz(folder / f"{name}.npz", x_train=(kind, (50, 4, 4), values[:800]), y_train=("<i8", (50, 1), labels[:50]),
              x_test=(kind, (10, 4, 4), values[800:]), y_test=("<i8", (10, 1), labels[50:]))

# Colours with their channels last and first, in C's order and Fortran's.
colours = [[draw.randrange(256) for _ in range(60)] for _ in range(20)]  # of 4x5x3
first = [[picture[3 * place + c] for c in range(3) for place in range(20)] for picture in colours]
for name, pictures, shape, fortran in (("last", colours, (20, 4, 5, 3), False), ("first", first, (20, 3, 4, 5), False),
                                       ("fortran", colours, (20, 4, 5, 3), True)):
    place = folder / name
    place.mkdir(exist_ok=True)
    (place / "x_train.npy").write_bytes(npy(("|u1", shape, sum(pictures, [])), fortran, version=2 if fortran else 1))
    (place / "y_train.npy").write_bytes(npy(("<i8", (20,), [i % 2 for i in range(20)])))

# Mistakes.
write_npz(folder / "none.npz", a=("<f4", (1,), [1]))
write_npz(folder / "onehot.npz", x_train=("|u1", (10, 4, 4), grey[:160]), y_train=("<f4", (10, 10), [0.0] * 100))
write_npz(folder / "beyond.npz", x_train=("|u1", (10, 4, 4), grey[:160]), y_train=("<i8", (10,), [0] * 9 + [12]))
write_npz(folder / "floats.npz", x_train=("|u1", (10, 4, 4), grey[:160]), y_train=("<f4", (10,), [0.0] * 10))
write_npz(folder / "nan.npz", x_train=("<f4", (10, 3), [0.0] * 28 + [float("nan"), 0.0]),
          y_train=("<f4", (10,), [0.0] * 10))
write_npz(folder / "count.npz", x_train=("|u1", (10, 4, 4), grey[:160]), y_train=("<i8", (9,), [0] * 9))
