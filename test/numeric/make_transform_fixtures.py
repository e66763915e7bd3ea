#!/usr/bin/env python3
"""Writes torchvision_fixtures.json: what torchvision's transforms do with Philox's words in the
place of PyTorch's generator. Run once with a Python that has torchvision:
`python make_transform_fixtures.py > torchvision_fixtures.json`."""

import json
import math
import sys

import torch
import torchvision.transforms as T
import torchvision.transforms.functional as F

M = 0xFFFFFFFF
INPUT = 1  # a salt of Values.h
PATH = "data.Test"


def hash32(index, salt):
    x = (index * 2654435761 + salt * 2246822519 + 1) & M
    x = ((x ^ x >> 16) * 0x7FEB352D) & M
    x = ((x ^ x >> 15) * 0x846CA68B) & M
    return x ^ x >> 16


def whole_numbers(shape, salt, count):
    return torch.tensor([hash32(i, salt) % count for i in range(math.prod(shape))]).reshape(shape)


def numbers(tensor):
    return [float(f"{x:.10g}") for x in tensor.flatten().tolist()]


def philox(counter, key):
    counter, key = list(counter), list(key)
    for _ in range(10):
        a, b = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [b >> 32 ^ counter[1] ^ key[0], b & M, a >> 32 ^ counter[3] ^ key[1], a & M]
        key = [key[0] + 0x9E3779B9 & M, key[1] + 0xBB67AE85 & M]
    return counter


def fnv1a(text):
    h = 0xCBF29CE484222325
    for c in text.encode():
        h = (h ^ c) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return h


class Draws:
    """Answers a transform's questions in the order in which torchvision asks them."""

    def __init__(self, seed, epoch, sample):
        self.key, self.epoch, self.sample = seed ^ fnv1a(PATH), epoch, sample
        self.attempt, self.word = 0, 0

    def block(self, number):
        return philox((self.sample, number, self.epoch, 0), (self.key & M, self.key >> 32))

    def uniform(self, low, high):
        if self.word != 1:  # an area: the next attempt
            self.attempt, self.word = self.attempt + 1, 0
        u = (self.block(self.attempt)[self.word] >> 8) * 2.0**-24
        self.word += 1
        return low + (high - low) * u

    def below(self, count):
        word = self.block(self.attempt)[self.word]
        self.word += 1
        return word * count >> 32


def with_draws(draws, call):
    """Runs torchvision's code with the two functions that it draws by replaced."""
    uniform, randint = torch.Tensor.uniform_, torch.randint
    torch.Tensor.uniform_ = lambda self, a=0, b=1: self.double().fill_(draws.uniform(float(a), float(b)))
    torch.randint = lambda low, high, size: torch.tensor([low + draws.below(high - low)])
    try:
        return [int(x) for x in call()]
    finally:
        torch.Tensor.uniform_, torch.randint = uniform, randint


def main():
    cases = []
    for height, width, size in [(28, 28, (24, 24)), (9, 12, (4, 5)), (9, 8, (6, 1)), (5, 7, (8, 4)),
                                (4, 4, (9, 8)), (7, 7, (7, 7)), (11, 5, (4, 10))]:
        picture = whole_numbers((1, 2, height, width), INPUT, 256).double()
        cropped = F.center_crop(picture, list(size))
        cases.append(dict(op="center_crop", input=[1, 2, height, width], size=size,
                          output=numbers(cropped)))
    for height, width, size, window in [(12, 10, (5, 7), (2, 3, 6, 4)), (8, 8, (8, 8), (0, 0, 3, 5))]:
        picture = whole_numbers((1, 2, height, width), INPUT, 256).double()
        resized = F.resized_crop(picture, *window, list(size), antialias=False)
        cases.append(dict(op="resized_crop", input=[1, 2, height, width], size=size, window=window,
                          output=numbers(resized)))
    for height, width, short in [(480, 640, 256), (33, 20, 7), (20, 20, 31), (3, 1000, 5)]:
        resized = F.resize(torch.zeros(1, height, width), short, antialias=False)
        cases.append(dict(op="short", input=[height, width], short=short,
                          size=list(resized.shape[1:])))
    for height, width, scale, ratio in [(32, 32, (0.08, 1.0), (3 / 4, 4 / 3)),
                                        (20, 50, (0.5, 1.0), (0.9, 1.1)),  # often the central one
                                        (50, 9, (0.9, 1.0), (2.0, 3.0)),   # always
                                        (224, 224, (0.02, 0.33), (0.3, 3.3))]:
        picture = torch.zeros(1, height, width)
        rectangles, erased = [], []
        for sample in range(40):
            draws = Draws(7 << 33, 3, sample)
            rectangles.append(with_draws(draws, lambda: T.RandomResizedCrop.get_params(
                picture, list(scale), list(ratio))))
            draws = Draws(7 << 33, 3, sample)

            def erase():
                t, l, hh, ww, _ = T.RandomErasing.get_params(picture, scale, ratio, [0.0])
                whole = hh == height and ww == width  # nothing was found
                return (0, 0, 0, 0) if whole else (t, l, hh, ww)

            erased.append(with_draws(draws, erase))
        cases.append(dict(op="rectangles", input=[height, width], scale=scale, ratio=ratio,
                          seed=7 << 33, epoch=3, path=PATH, resized=rectangles, erased=erased))
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    sys.stdout.write("[\n" + lines + "\n]\n")


if __name__ == "__main__":
    main()
