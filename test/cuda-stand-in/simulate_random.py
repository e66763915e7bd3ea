"""Draws networks that nobody planned for and trains each on a simulated GPU and on the CPU.

    simulate_random.py --programs build/bin --first 1 --count 50

Losses and parameters agree to 1e-4, or the network's text is printed and the status is 1.
"""

import argparse
import pathlib
import random
import subprocess
import sys
import tempfile

import simulate


def draw_layers(draw):
    """One layer, or a few that go together, on pictures of any size from 7x7 on."""
    activation = draw.choice(["relu", "relu", "relu", "sigmoid", "tanh"])
    layer = draw.choice(["ReLU", "ReLU", "ReLU(max=6)", "LeakyReLU", "GELU", "SiLU", "ELU", "Softplus",
                         "HardSwish", "Sigmoid", "Tanh"])
    channels = draw.choice([4, 6, 8, 12])
    norm = draw.choice(["BatchNorm", "BatchNorm(affine=false)", "LayerNorm"])
    return draw.choice([
        f"Conv2D({channels}, kernel=3, padding=1, activation={activation})",
        f"Conv2D({channels}, kernel=1) {norm} {layer}",
        f"Conv2D({channels}, kernel=3, padding=2, dilation=2)",
        "Conv2D(8, kernel=1) Conv2D(8, kernel=3, padding=1, groups=4, activation=relu)",
        f"Conv2D(6, kernel=3, padding=1, activation=relu) Conv2D({channels}, kernel=3, padding=1, activation=relu)",
        f"Conv2DTranspose({channels}, kernel=3, padding=1{draw.choice(['', ', activation=relu', ', use_bias=false'])})",
        "Sum { Sequential { Conv2D(8, kernel=3, padding=1, activation=relu) "
        "Conv2D(8, kernel=3, padding=1, use_bias=false) BatchNorm } Conv2D(8, kernel=1) } ReLU",
        "Sum { Identity Sequential { BatchNorm ReLU } }",
        "Concat { Conv2D(4, kernel=1, activation=relu) Sequential { MaxPool2D(3, stride=1, padding=1) "
        f"Conv2D({channels}, kernel=1) }} }}",
        draw.choice(["MaxPool2D(2)", "AvgPool2D(2)", "MaxPool2D(3, stride=2, padding=1)",
                     "AvgPool2D(3, stride=2, padding=1)"]),
        f"Upsample2D(2{draw.choice(['', ', mode=bilinear'])}) Conv2D(4, kernel=3, stride=2, padding=1)",
        "ZeroPadding2D([1, 0, 2, 1]) Crop2D(1)",
        "Scale", "LayerNorm", layer, f"Dropout({draw.choice([0.2, 0.5])})"])


def draw_network(number):
    draw = random.Random(number)
    layers = [f"Conv2D({draw.choice([4, 6, 8])}, kernel={draw.choice([3, 5])}, padding=2, "
              f"stride={draw.choice([1, 2])}{draw.choice(['', ', activation=relu', ', use_bias=false'])})"]
    layers += [draw_layers(draw) for _ in range(draw.randint(3, 7))]
    layers.append(draw.choice(["GlobalAvgPool2D", "GlobalMaxPool2D", "AvgPool2D(2)", ""]) + " Flatten")
    if draw.random() < 0.6:
        # Not LayerNorm behind a ReLU: where most units are zero it magnifies every last bit.
        behind = draw.choice([", activation=relu)", ", activation=relu) Dropout(0.5)", ") LayerNorm ReLU"])
        layers.append(f"Dense({draw.choice([7, 16, 20])}{behind}")
    if draw.random() < 0.4:
        layers.append("Dense(16, activation=relu)")
    layers.append("Dense(10)")
    data = draw.choice(["ToTensor", "train { RandomCrop(28, padding=2)  RandomHorizontalFlip }  ToTensor",
                        "ToTensor  Normalize(mean=0.3, std=0.4)", "ToTensor  train { RandomErasing }",
                        "Resize(32)  CenterCrop(28)  ToTensor"])
    loss = draw.choice(["SoftmaxCrossEntropy", "SoftmaxCrossEntropy(label_smoothing=0.1)"])
    optimizer = draw.choice(["SGD(lr=0.05)", "SGD(lr=0.02, momentum=0.9)",
                             "SGD(lr=0.02, momentum=0.9, nesterov=true, weight_decay=0.001)"])
    return "\n".join(["network Drawn(image: 1x28x28) -> 10 = Sequential {", *(f"  {layer}" for layer in layers),
                      "}", f"data {{ {data} }}",
                      f"train {{ loss = {loss}  optimizer = {optimizer}  init = Xavier  batch = 4  epochs = 1 }}", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    simulate.add_arguments(parser)
    parser.add_argument("--first", type=int, default=1, help="the first network's number")
    parser.add_argument("--count", type=int, default=10)
    arguments = parser.parse_args()
    if simulate.is_skipped(arguments):
        return simulate.SKIPPED
    failures = 0
    for number in range(arguments.first, arguments.first + arguments.count):
        with tempfile.NamedTemporaryFile("w", suffix=".net") as file:
            file.write(draw_network(number))
            file.flush()
            try:
                worst = simulate.compare(arguments.programs, pathlib.Path(file.name))
                agrees = worst <= simulate.TOLERANCES["f32"]
            except subprocess.CalledProcessError as error:
                print(error)
                agrees = False
        print(f"{'passed' if agrees else 'FAILED'}: network {number}", flush=True)
        if not agrees:
            print(draw_network(number), flush=True)
        failures += not agrees
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
