"""The course's networks in PyTorch, as the papers and the course have them: written
from those, not from the .net files, so that both sides read the paper on their own.

Layers with parameters are made in the order in which they compute, a block's main
path before its shortcut, so that they pair with netc's in order."""

import torch
from torch import nn


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Sigmoid(),
        nn.AvgPool2d(2),
        nn.Conv2d(6, 16, kernel_size=5), nn.Sigmoid(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 5 * 5, 120), nn.Sigmoid(),
        nn.Linear(120, 84), nn.Sigmoid(),
        nn.Linear(84, 10),
    )


def lenet_bn():
    return nn.Sequential(
        nn.Conv2d(1, 6, kernel_size=5, bias=False), nn.BatchNorm2d(6), nn.Sigmoid(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, kernel_size=5, bias=False), nn.BatchNorm2d(16), nn.Sigmoid(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 4 * 4, 120, bias=False), nn.BatchNorm1d(120), nn.Sigmoid(),
        nn.Linear(120, 84, bias=False), nn.BatchNorm1d(84), nn.Sigmoid(),
        nn.Linear(84, 10),
    )


def alexnet():
    return nn.Sequential(
        nn.Conv2d(1, 96, kernel_size=11, stride=4), nn.ReLU(),
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(96, 256, kernel_size=5, padding=2), nn.ReLU(),
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(256, 384, kernel_size=3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 384, kernel_size=3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 256, kernel_size=3, padding=1), nn.ReLU(),
        nn.MaxPool2d(3, stride=2),
        nn.Flatten(),
        nn.Linear(256 * 5 * 5, 4096), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(4096, 10),
    )


def vgg11():
    """With a quarter of the paper's channels."""
    layers, entering = [], 1
    for channels, convolutions in [(16, 1), (32, 1), (64, 2), (128, 2), (128, 2)]:
        for _ in range(convolutions):
            layers += [nn.Conv2d(entering, channels, kernel_size=3, padding=1), nn.ReLU()]
            entering = channels
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(
        *layers,
        nn.Flatten(),
        nn.Linear(128 * 7 * 7, 4096), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(4096, 10),
    )


def nin():
    def block(entering, channels, **window):
        return [nn.Conv2d(entering, channels, **window), nn.ReLU(),
                nn.Conv2d(channels, channels, kernel_size=1), nn.ReLU(),
                nn.Conv2d(channels, channels, kernel_size=1), nn.ReLU()]

    return nn.Sequential(
        *block(1, 96, kernel_size=11, stride=4), nn.MaxPool2d(3, stride=2),
        *block(96, 256, kernel_size=5, padding=2), nn.MaxPool2d(3, stride=2),
        *block(256, 384, kernel_size=3, padding=1), nn.MaxPool2d(3, stride=2),
        nn.Dropout(0.5),
        *block(384, 10, kernel_size=3, padding=1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )


class Branches(nn.Module):
    """Concatenated along the channels."""

    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], dim=1)


def googlenet():
    def inception(entering, one, three, five, pool):
        return Branches(
            nn.Sequential(nn.Conv2d(entering, one, 1), nn.ReLU()),
            nn.Sequential(nn.Conv2d(entering, three[0], 1), nn.ReLU(), nn.Conv2d(three[0], three[1], 3, padding=1), nn.ReLU()),
            nn.Sequential(nn.Conv2d(entering, five[0], 1), nn.ReLU(), nn.Conv2d(five[0], five[1], 5, padding=2), nn.ReLU()),
            nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), nn.Conv2d(entering, pool, 1), nn.ReLU()))

    def pool():
        return nn.MaxPool2d(3, stride=2, padding=1)

    return nn.Sequential(
        nn.Conv2d(1, 64, 7, stride=2, padding=3), nn.ReLU(), pool(),
        nn.Conv2d(64, 64, 1), nn.ReLU(),
        nn.Conv2d(64, 192, 3, padding=1), nn.ReLU(), pool(),
        inception(192, 64, (96, 128), (16, 32), 32),
        inception(256, 128, (128, 192), (32, 96), 64), pool(),
        inception(480, 192, (96, 208), (16, 48), 64),
        inception(512, 160, (112, 224), (24, 64), 64),
        inception(512, 128, (128, 256), (24, 64), 64),
        inception(512, 112, (144, 288), (32, 64), 64),
        inception(528, 256, (160, 320), (32, 128), 128), pool(),
        inception(832, 256, (160, 320), (32, 128), 128),
        inception(832, 384, (192, 384), (48, 128), 128),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(1024, 10),
    )


class Residual(nn.Module):
    def __init__(self, entering, channels, stride=1):
        super().__init__()
        self.path = nn.Sequential(
            nn.Conv2d(entering, channels, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels))
        self.shortcut = nn.Identity()
        if stride != 1 or entering != channels:
            self.shortcut = nn.Sequential(nn.Conv2d(entering, channels, 1, stride=stride, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x):
        return torch.relu(self.path(x) + self.shortcut(x))


def resnet18():
    blocks, entering = [], 64
    for channels, stride in [(64, 1), (128, 2), (256, 2), (512, 2)]:
        blocks += [Residual(entering, channels, stride), Residual(channels, channels)]
        entering = channels
    return nn.Sequential(
        nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
        nn.MaxPool2d(3, stride=2, padding=1),
        *blocks,
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(512, 10),
    )


def densenet():
    """The course's: four dense blocks of four convolutions, no bottlenecks."""
    layers, channels = [nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
                        nn.MaxPool2d(3, stride=2, padding=1)], 64
    for block in range(4):
        if block > 0:
            layers += [nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, channels // 2, 1, bias=False), nn.AvgPool2d(2)]
            channels //= 2
        for _ in range(4):
            layers.append(Branches(nn.Identity(), nn.Sequential(
                nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, 32, 3, padding=1, bias=False))))
            channels += 32
    return nn.Sequential(*layers, nn.BatchNorm2d(channels), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


BUILDERS = {"lenet": lenet, "lenet-bn": lenet_bn, "alexnet": alexnet, "vgg11": vgg11, "nin": nin,
            "googlenet": googlenet, "resnet18": resnet18, "densenet": densenet}


def initialize(model):
    """Xavier, and biases zero, as the course's."""
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
