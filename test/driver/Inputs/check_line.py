"""What regression says and does, computed anew: check_line.py EVALUATED BEFORE AFTER RATE.

EVALUATED is the output of --evaluate with the weights BEFORE; AFTER are the weights behind one
step of all training examples with the learning rate RATE.
"""
import random
import re
import sys

from tensor_files import read_tensors

evaluated, before, after, rate = sys.argv[1:]
draw = random.Random(1)  # as make_arrays.py draws
vectors = [[draw.uniform(-1, 1) for _ in range(3)] for _ in range(40)]
targets = [2 * a - b + 0.5 * c + 1 for a, b, c in vectors]


def differences(weight, bias, examples):
    return [(vector, sum(w * x for w, x in zip(weight, vector)) + bias - target) for vector, target in examples]


tensors, _ = read_tensors(before)
weight, bias = tensors["dense_1.weight"], tensors["dense_1.bias"][0]
examples = list(zip(vectors, targets))
loss = sum(d * d for _, d in differences(weight, bias, examples[32:])) / 8
told = float(re.search(r"test loss ([0-9.]+)\n", open(evaluated).read()).group(1))
assert abs(loss - told) < 1e-4, (loss, told)

errors = differences(weight, bias, examples[:32])
expected = [w - float(rate) * sum(2 * d * vector[i] for vector, d in errors) / 32 for i, w in enumerate(weight)]
expected.append(bias - float(rate) * sum(2 * d for _, d in errors) / 32)
tensors, _ = read_tensors(after)
found = tensors["dense_1.weight"] + tensors["dense_1.bias"]
assert all(abs(a - b) < 1e-5 for a, b in zip(expected, found)), (expected, found)
