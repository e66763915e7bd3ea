#!/usr/bin/env python3
"""Writes pytorch_fixtures.json: what PyTorch computes, in double, for the inputs
that Values.cpp makes (so only shapes and results are stored). Run once with a
Python that has torch: `python make_fixtures.py > pytorch_fixtures.json`."""

import json
import math
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
M = 0xFFFFFFFF

# Salts, as ReferenceTest.cpp has them.
INPUT, FILTER, BIAS, OUTPUT_GRADIENT, LABELS = 1, 2, 3, 4, 5


def hash32(index, salt):
    x = (index * 2654435761 + salt * 2246822519 + 1) & M
    x = ((x ^ x >> 16) * 0x7FEB352D) & M
    x = ((x ^ x >> 15) * 0x846CA68B) & M
    return x ^ x >> 16


def whole_numbers(shape, salt, count):
    numbers = [hash32(i, salt) % count for i in range(math.prod(shape))]
    return torch.tensor(numbers).reshape(shape)


def values(shape, salt, levels=2001):
    half = (levels - 1) // 2
    return ((whole_numbers(shape, salt, levels) - half).double() / half).requires_grad_()


def numbers(tensor):
    return [float(f"{x:.10g}") for x in tensor.flatten().tolist()]


def backward(output, *inputs):
    return torch.autograd.grad(output, inputs, values(tuple(output.shape), OUTPUT_GRADIENT))


def conv2d(name, input, filter, bias=True, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1):
    x, w = values(input, INPUT), values(filter, FILTER)
    b = values((filter[0],), BIAS) if bias else None
    y = F.conv2d(x, w, b, stride, padding, dilation, groups)
    gradients = backward(y, x, w, *([b] if bias else []))
    return dict(op="conv2d", name=name, input=input, filter=filter, bias=bias, stride=stride,
                padding=padding, dilation=dilation, groups=groups, shape=tuple(y.shape),
                output=numbers(y), inputGradient=numbers(gradients[0]),
                filterGradient=numbers(gradients[1]),
                biasGradient=numbers(gradients[2]) if bias else [])


def conv2d_transpose(name, input, filter, stride=(1, 1), padding=(0, 0), output_padding=(0, 0),
                     dilation=(1, 1), groups=1):
    x, w = values(input, INPUT), values(filter, FILTER)
    b = values((filter[1] * groups,), BIAS)
    y = F.conv_transpose2d(x, w, b, stride, padding, output_padding, groups, dilation)
    gradients = backward(y, x, w, b)
    return dict(op="conv2d_transpose", name=name, input=input, filter=filter, stride=stride,
                padding=padding, output_padding=output_padding, dilation=dilation, groups=groups,
                shape=tuple(y.shape), output=numbers(y), inputGradient=numbers(gradients[0]),
                filterGradient=numbers(gradients[1]), biasGradient=numbers(gradients[2]))


def upsample2d(name, input, scale):
    x = values(input, INPUT)
    options = {} if name == "nearest" else dict(align_corners=False)
    y = F.interpolate(x, scale_factor=scale, mode=name, **options)
    return dict(op="upsample2d", name=name, input=input, scale=scale, shape=tuple(y.shape),
                output=numbers(y), inputGradient=numbers(backward(y, x)[0]))


def pad2d(name, input, sides):
    x = values(input, INPUT)
    top, bottom, left, right = sides
    y = F.pad(x, (left, right, top, bottom))
    return dict(op="pad2d", name=name, input=input, sides=sides, shape=tuple(y.shape),
                output=numbers(y), inputGradient=numbers(backward(y, x)[0]))


def pool2d(op, name, input, window, stride, padding=(0, 0), levels=2001):
    x = values(input, INPUT, levels)
    result = dict(op=op, name=name, input=input, window=window, stride=stride, padding=padding,
                  levels=levels)
    if op == "max_pool2d":
        y, indices = F.max_pool2d(x, window, stride, padding, return_indices=True)
        result["indices"] = indices.flatten().tolist()
    else:
        y = F.avg_pool2d(x, window, stride, padding, count_include_pad=True)
    result.update(shape=tuple(y.shape), output=numbers(y), inputGradient=numbers(backward(y, x)[0]))
    return result


def global_avg_pool2d(name, input):
    x = values(input, INPUT)
    y = F.adaptive_avg_pool2d(x, 1)
    return dict(op="global_avg_pool2d", name=name, input=input, shape=tuple(y.shape),
                output=numbers(y), inputGradient=numbers(backward(y, x)[0]))


def dense(name, input, weight, bias=True):
    x, w = values(input, INPUT), values(weight, FILTER)
    b = values((weight[0],), BIAS) if bias else None
    y = F.linear(x, w, b)
    gradients = backward(y, x, w, *([b] if bias else []))
    return dict(op="dense", name=name, input=input, filter=weight, bias=bias, shape=tuple(y.shape),
                output=numbers(y), inputGradient=numbers(gradients[0]),
                filterGradient=numbers(gradients[1]),
                biasGradient=numbers(gradients[2]) if bias else [])


def activation(kind, function, input, parameter=None, scale=1, output_tells=False):
    # With zeros, where ReLU has its kink, and the kinks of the others.
    x = (values(input, INPUT, 21).detach() * scale).requires_grad_()
    y = function(x)
    return dict(op="activation", name=kind, input=input, levels=21, scale=scale, parameter=parameter,
                outputTellsSlope=output_tells, shape=tuple(y.shape), output=numbers(y),
                inputGradient=numbers(backward(y, x)[0]))


def batch_norm(name, input, affine=True, momentum=0.1):
    x = values(input, INPUT)
    w = values((input[1],), FILTER) if affine else None
    b = values((input[1],), BIAS) if affine else None
    mean, variance = torch.zeros(input[1]), torch.ones(input[1])
    for _ in range(2):
        y = F.batch_norm(x, mean, variance, w, b, True, momentum, 1e-5)
    gradients = backward(y, x, *([w, b] if affine else []))
    return dict(op="batch_norm", name=name, input=input, affine=affine, momentum=momentum,
                output=numbers(y), inputGradient=numbers(gradients[0]),
                filterGradient=numbers(gradients[1]) if affine else [],
                biasGradient=numbers(gradients[2]) if affine else [],
                runningMean=numbers(mean), runningVariance=numbers(variance),
                evaluation=numbers(F.batch_norm(x, mean, variance, w, b, False, momentum, 1e-5)))


def layer_norm(name, input):
    x, w, b = values(input, INPUT), values(input[1:], FILTER), values(input[1:], BIAS)
    y = F.layer_norm(x, input[1:], w, b, 1e-5)
    gradients = backward(y, x, w, b)
    return dict(op="layer_norm", name=name, input=input, output=numbers(y),
                inputGradient=numbers(gradients[0]), filterGradient=numbers(gradients[1]),
                biasGradient=numbers(gradients[2]))


def softmax_cross_entropy(name, input, scale, levels, smoothing=0.0):
    x = values(input, INPUT, levels)
    labels = whole_numbers(input[:1] + input[2:], LABELS, input[1])
    logits = x * scale
    loss = F.cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing)
    gradient = torch.autograd.grad(loss.mean(), logits)[0]
    return dict(op="softmax_cross_entropy", name=name, input=input, scale=scale, levels=levels,
                smoothing=smoothing, output=numbers(loss.flatten(1).mean(1) if loss.dim() > 1 else loss),
                inputGradient=numbers(gradient))


def ignoring_cross_entropy(name, input, scale, smoothing=0.0):
    """Every third label is ignored, and all of the last example."""
    logits = values(input, INPUT) * scale
    labels = whole_numbers(input[:1] + input[2:], LABELS, input[1])
    labels.view(-1)[1::3] = -1
    labels[-1] = -1
    settings = dict(ignore_index=-1, label_smoothing=smoothing)
    loss = F.cross_entropy(logits, labels, reduction="none", **settings).flatten(1).sum(1)
    counted = (labels >= 0).flatten(1).sum(1)
    mean = F.cross_entropy(logits, labels, **settings)
    return dict(op="ignoring_cross_entropy", name=name, input=input, scale=scale,
                smoothing=smoothing, output=numbers(loss / counted.clamp(min=1)),
                mean=numbers(mean), inputGradient=numbers(torch.autograd.grad(mean, logits)[0]))


def element_loss(name, function, input, scale=1):
    x = (values(input, INPUT) * scale).detach().requires_grad_()
    loss = function(x, values(input, FILTER).detach().abs())
    return dict(op="element_loss", name=name, input=input, scale=scale, output=numbers(loss),
                inputGradient=numbers(torch.autograd.grad(loss, x)[0]))


def sgd(name, input, steps, **options):
    w = values(input, FILTER).detach().clone().requires_grad_()
    optimizer = torch.optim.SGD([w], **options)
    for step in range(steps):
        w.grad = values(input, OUTPUT_GRADIENT + step).detach()
        optimizer.step()
    return dict(op="sgd", name=name, input=input, steps=steps, options=options, output=numbers(w))


def resize(name, input, size):
    x = whole_numbers(input, INPUT, 256).double()
    y = F.interpolate(x, size, mode="bilinear", align_corners=False)
    return dict(op="resize", name=name, input=input, size=size, shape=tuple(y.shape),
                output=numbers(y))


CASES = [
    conv2d("plain", (2, 3, 5, 4), (4, 3, 3, 2)),
    conv2d("no bias", (1, 1, 4, 4), (2, 1, 3, 3), bias=False),
    conv2d("stride", (1, 2, 8, 7), (3, 2, 3, 3), stride=(2, 3)),
    conv2d("padding", (1, 2, 4, 5), (2, 2, 3, 4), padding=(1, 3)),
    conv2d("dilation", (1, 2, 8, 7), (2, 2, 3, 2), dilation=(2, 3)),
    conv2d("groups", (1, 4, 5, 5), (6, 2, 3, 3), groups=2),
    conv2d("depthwise", (1, 3, 5, 4), (3, 1, 2, 3), groups=3, padding=(1, 1)),
    conv2d("all at once", (2, 4, 9, 8), (4, 2, 3, 2), stride=(2, 2), padding=(2, 1),
           dilation=(2, 1), groups=2),
    conv2d_transpose("plain", (2, 3, 3, 4), (3, 2, 3, 2)),
    conv2d_transpose("doubling", (1, 2, 3, 3), (2, 3, 4, 4), stride=(2, 2), padding=(1, 1)),
    conv2d_transpose("all at once", (1, 4, 3, 2), (4, 3, 3, 2), stride=(2, 3), padding=(2, 1),
                     output_padding=(1, 2), dilation=(2, 1), groups=2),
    upsample2d("nearest", (1, 2, 3, 4), (2, 3)),
    upsample2d("bilinear", (1, 2, 3, 4), (2, 3)),
    upsample2d("bilinear", (2, 1, 1, 5), (4, 1)),
    pad2d("pad", (1, 2, 3, 4), (1, 0, 2, 3)),
    pad2d("crop", (1, 2, 5, 6), (-1, -2, 0, -3)),
    pool2d("max_pool2d", "plain", (1, 2, 6, 6), (2, 2), (2, 2)),
    pool2d("max_pool2d", "overlapping", (2, 1, 7, 6), (3, 3), (2, 2)),
    pool2d("max_pool2d", "padding", (1, 2, 5, 6), (3, 2), (2, 1), (1, 1)),
    pool2d("max_pool2d", "ties", (1, 2, 7, 7), (3, 3), (2, 2), (1, 1), levels=3),
    pool2d("avg_pool2d", "plain", (1, 2, 6, 6), (2, 2), (2, 2)),
    pool2d("avg_pool2d", "padding", (1, 2, 5, 6), (3, 2), (2, 1), (1, 1)),
    global_avg_pool2d("odd", (2, 3, 3, 5)),
    dense("plain", (3, 5), (4, 5)),
    dense("no bias", (1, 7), (2, 7), bias=False),
    activation("relu", torch.relu, (3, 11), output_tells=True),
    activation("relu", F.relu6, (3, 11), 6, scale=10, output_tells=True),
    activation("sigmoid", torch.sigmoid, (3, 11), output_tells=True),
    activation("tanh", torch.tanh, (3, 11), output_tells=True),
    activation("leaky_relu", F.leaky_relu, (3, 11), output_tells=True),
    activation("leaky_relu", lambda x: F.leaky_relu(x, -0.5), (3, 11), -0.5),
    activation("gelu", F.gelu, (3, 11), scale=5),
    activation("silu", F.silu, (3, 11), scale=5),
    activation("elu", F.elu, (3, 11), scale=2),
    activation("elu", lambda x: F.elu(x, 0.3), (3, 11), 0.3),
    activation("softplus", F.softplus, (3, 11), scale=15),
    activation("hard_swish", F.hardswish, (3, 11), scale=5),
    batch_norm("images", (2, 3, 3, 4)),
    batch_norm("vectors", (5, 4), momentum=0.3),
    batch_norm("plain", (3, 2, 2, 2), affine=False),
    layer_norm("images", (2, 3, 2, 2)),
    layer_norm("vectors", (3, 7)),
    softmax_cross_entropy("plain", (4, 5), 1.0, 2001),
    softmax_cross_entropy("ties", (4, 3), 2.0, 3),
    softmax_cross_entropy("large", (3, 7), 500.0, 2001),
    softmax_cross_entropy("smoothed", (4, 5), 2.0, 2001, 0.1),
    softmax_cross_entropy("map", (2, 3, 4, 2), 2.0, 2001),
    softmax_cross_entropy("smoothed map", (2, 3, 2, 3), 2.0, 2001, 0.25),
    ignoring_cross_entropy("map", (3, 4, 3, 5), 2.0),
    ignoring_cross_entropy("smoothed", (4, 3, 2, 2), 2.0, 0.1),
    element_loss("sigmoid_binary_cross_entropy", F.binary_cross_entropy_with_logits, (3, 7), 6),
    element_loss("mean_squared_error", F.mse_loss, (2, 3, 2, 2)),
    sgd("plain", (2, 5), 2, lr=0.1),
    sgd("momentum", (2, 5), 3, lr=0.1, momentum=0.9),
    sgd("nesterov", (2, 5), 3, lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True),
    sgd("decay", (2, 5), 3, lr=0.5, momentum=0.9, weight_decay=0.01),
    resize("up", (1, 2, 3, 4), (7, 9)),
    resize("down", (1, 1, 9, 8), (4, 3)),
    resize("one pixel", (1, 1, 1, 1), (2, 3)),
    resize("as lenet to alexnet", (1, 1, 7, 7), (14, 14)),
]

lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in CASES)
sys.stdout.write("[\n" + lines + "\n]\n")
