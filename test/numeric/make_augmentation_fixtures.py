#!/usr/bin/env python3
"""Writes augmentation_fixtures.json: what torchvision makes of pictures, and of labels of their pixels, with Philox's
words in the place of PyTorch's generator. Run once with a Python that has torchvision:
`python make_augmentation_fixtures.py > augmentation_fixtures.json`."""

import json
import sys

import numpy as np
import torch
import torchvision.transforms as T
import torchvision.transforms.functional as F

from make_transform_fixtures import INPUT, M, fnv1a, philox, whole_numbers

LABELS = 2  # a salt
CLASSES = 7
SEED, EPOCH = 7 << 33, 3


def sample_of(row):
    return (row * 31 + 7) % 60000


class Words:
    """The words of an example by which torchvision's questions are answered, in their order."""

    def __init__(self, transform, sample, places):
        self.key, self.sample, self.places = SEED ^ fnv1a("data." + transform), sample, list(places)

    def block(self, number):
        return philox((self.sample, number, EPOCH, 0), (self.key & M, self.key >> 32))

    def word(self):
        block, index = self.places.pop(0)
        return self.block(block)[index]

    def uniform(self, low=0.0, high=1.0):
        share = (self.word() >> 8) * 2.0**-24
        low, width = np.float32(low), np.float32(float(high) - float(low))
        return float(np.float32(share * float(width) + float(low)))  # rounded once

    def below(self, count):
        return self.word() * count >> 32


def with_words(words, order, call):
    """Runs torchvision's code with the functions that it draws by replaced."""
    kept = torch.Tensor.uniform_, torch.randint, torch.rand, torch.randperm
    torch.Tensor.uniform_ = lambda self, a=0, b=1: self.fill_(words.uniform(a, b))
    torch.rand = lambda *size: torch.tensor([words.uniform()])
    torch.randperm = lambda count: torch.tensor(order(words))

    def randint(*arguments, **named):
        size = named.get("size")
        if len(arguments) == 3 or (len(arguments) == 2 and size is not None):
            return torch.tensor([arguments[0] + words.below(arguments[1] - arguments[0])])
        return torch.tensor([words.below(arguments[0])])

    torch.randint = randint
    try:
        return call()
    finally:
        torch.Tensor.uniform_, torch.randint, torch.rand, torch.randperm = kept


def no_order(words):
    raise AssertionError("no order is drawn")


def jitter_order(kinds):
    """Which of the kinds that are on comes first, second ...; the others do nothing."""

    def order(words):
        left, drawn = list(kinds), words.block(1)
        for first in range(len(left) - 1):
            chosen = first + (drawn[first] * (len(left) - first) >> 32)
            left[first], left[chosen] = left[chosen], left[first]
        return left + [kind for kind in range(4) if kind not in kinds]

    return order


def cases():
    """The text, torchvision's transform, the words that it asks for, the order if it draws one."""
    bilinear = T.InterpolationMode.BILINEAR
    one = [(0, 0)]
    yield "RandomVerticalFlip", T.RandomVerticalFlip(), one, no_order
    yield "RandomRotation(30)", T.RandomRotation(30), one, no_order
    yield "RandomRotation([-170, 10.5], fill=100)", T.RandomRotation([-170, 10.5], fill=100), one, no_order
    yield ("RandomRotation(degrees=180, interpolation=bilinear, fill=[1, 2.5, 200])",
           T.RandomRotation(180, interpolation=bilinear, fill=[1, 2.5, 200]), one, no_order)
    yield "RandomRotation(90, center=[2, 3])", T.RandomRotation(90, center=[2, 3]), one, no_order
    yield "RandomAffine(20)", T.RandomAffine(20), one, no_order
    full = [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1)]
    yield ("RandomAffine(0, translate=[0.3, 0.2])", T.RandomAffine(0, translate=(0.3, 0.2)), full[:3], no_order)
    yield ("RandomAffine([-5, 40], translate=[0.1, 0.2], scale=[0.5, 1.5], shear=[-20, 20, -10, 30], fill=17)",
           T.RandomAffine([-5, 40], translate=(0.1, 0.2), scale=(0.5, 1.5), shear=[-20, 20, -10, 30], fill=17), full,
           no_order)
    yield ("RandomAffine(10, scale=[0.8, 1.2], shear=15, interpolation=bilinear)",
           T.RandomAffine(10, scale=(0.8, 1.2), shear=15, interpolation=bilinear), [(0, 0), (0, 3), (1, 0)], no_order)
    yield ("RandomAffine(0, shear=[5, 30], center=[0, 0])", T.RandomAffine(0, shear=[5, 30], center=[0, 0]),
           [(0, 0), (1, 0)], no_order)
    four = [(0, 0), (0, 1), (0, 2), (0, 3)]
    yield "ColorJitter(brightness=0.4)", T.ColorJitter(brightness=0.4), four[:1], jitter_order([0])
    yield "ColorJitter(contrast=[0.2, 1.8])", T.ColorJitter(contrast=(0.2, 1.8)), four[1:2], jitter_order([1])
    yield "ColorJitter(saturation=2)", T.ColorJitter(saturation=2), four[2:3], jitter_order([2])
    yield "ColorJitter(hue=0.5)", T.ColorJitter(hue=0.5), four[3:], jitter_order([3])
    yield "ColorJitter(0.5, hue=[-0.1, 0.3])", T.ColorJitter(0.5, hue=(-0.1, 0.3)), [four[0], four[3]], jitter_order([0, 3])
    yield ("ColorJitter(0.4, contrast=0.4, saturation=0.4, hue=0.1)", T.ColorJitter(0.4, 0.4, 0.4, 0.1), four,
           jitter_order([0, 1, 2, 3]))
    yield "RandomGrayscale(0.5)", T.RandomGrayscale(0.5), one, no_order
    yield "GaussianBlur(3)", T.GaussianBlur(3), one, no_order
    # torchvision has the width first.
    yield "GaussianBlur(5x7, sigma=[0.5, 4])", T.GaussianBlur((7, 5), (0.5, 4)), one, no_order
    yield "GaussianBlur(1x9, sigma=1.5)", T.GaussianBlur((9, 1), 1.5), one, no_order


def labels_of(transform, labels):
    """The same map of labels, the nearest ones, 0 outside."""
    if hasattr(transform, "interpolation"):
        transform.interpolation = T.InterpolationMode.NEAREST
    if hasattr(transform, "fill"):
        transform.fill = 0
    return transform(labels[None])[0]


def augment_words(operations, transform):
    """Those that RandAugment asks for: of a kind without a sign, one."""
    space = transform._augmentation_space(transform.num_magnitude_bins, (8, 8))
    signed = [sign for _, sign in space.values()]

    def places(sample):
        words = Words("RandAugment", sample, [])
        wanted = []
        for slot in range(operations):
            wanted.append((slot, 0))
            if signed[words.block(slot)[0] * len(signed) >> 32]:
                wanted.append((slot, 1))
        return wanted

    return places


def case(text, transform, places, order, shape, behind=False, labels=False):
    count = shape[0]
    name = text.split("(")[0]
    pictures = whole_numbers(shape, INPUT, 256).to(torch.uint8)
    # Half of each picture is one colour, so that there are many equal pixels.
    pictures[:, :, :, : shape[3] // 2] //= 64
    maps = whole_numbers((count, shape[2], shape[3]), LABELS, CLASSES).to(torch.uint8)
    results, moved = [], []
    for row in range(count):
        sample = sample_of(row)
        wanted = places(sample) if callable(places) else places
        picture = F.convert_image_dtype(pictures[row]) if behind else pictures[row]
        results.append(with_words(Words(name, sample, wanted), order, lambda: transform(picture)))
    if labels:
        for row in range(count):
            sample = sample_of(row)
            wanted = places(sample) if callable(places) else places
            moved.append(with_words(Words(name, sample, wanted), order, lambda: labels_of(transform, maps[row])))
    result = torch.stack(results)
    out = dict(data=text, input=list(shape), seed=SEED, epoch=EPOCH, behind=behind)
    if behind:
        out["numbers"] = [float(f"{x:.6g}") for x in result.flatten().tolist()]
    else:
        out["bytes"] = result.to(torch.uint8).numpy().tobytes().hex()
    if labels:
        out["labels"] = torch.stack(moved).to(torch.uint8).numpy().tobytes().hex()
    return out


def main():
    found = []
    for text, transform, places, order in cases():
        colors = 3
        found.append(case(text, transform, places, order, (5, colors, 13, 18)))
        if "fill=[" not in text:
            found.append(case(text, transform, places, order, (3, 1, 9, 12)))
        if "fill" not in text:
            found.append(case(text, transform, places, order, (2, 3, 10, 9), behind=True))
        if "Flip" in text or "Rotation" in text or "Affine" in text:
            found.append(case(text, transform, places, order, (3, 3, 12, 11), labels=True))
    for text, transform in [("RandAugment", T.RandAugment()),
                            ("RandAugment(1, magnitude=30, fill=9)", T.RandAugment(1, 30, fill=9)),
                            ("RandAugment(3, magnitude=4, bins=10, interpolation=bilinear)",
                             T.RandAugment(3, 4, 10, interpolation=T.InterpolationMode.BILINEAR))]:
        words = augment_words(transform.num_ops, transform)
        found.append(case(text, transform, words, no_order, (40, 3, 16, 20)))
        found.append(case(text, transform, words, no_order, (20, 1, 19, 16)))
    crop = T.RandomCrop(11, padding=2)
    found.append(case("RandomCrop(11, padding=2)", crop, [(0, 0), (0, 1)], no_order, (4, 3, 12, 11), labels=True))
    flip = T.RandomHorizontalFlip()
    found.append(case("RandomHorizontalFlip", flip, [(0, 0)], no_order, (4, 3, 12, 11), labels=True))
    lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in found)
    sys.stdout.write("[\n" + lines + "\n]\n")


if __name__ == "__main__":
    main()
