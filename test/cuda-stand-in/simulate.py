"""Trains a network on a simulated GPU and on the CPU, and compares.

The executable is the one that a GPU would run: its launch lists, its offsets in
the arena, the plans that cuDNN wrote for an H100, its kernels from the same gpu
functions. Losses and parameters must agree, in strict f32 to 1e-4, and the stand-ins for the
driver and for cuDNN end the process at the first call that a device would not
forgive.
"""

import argparse
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# f32 sums in another order; tf32 and bf16 round what is multiplied, the stand-in
# for cuDNN only to bf16, since tf32 is not in what a plan says.
TOLERANCES = {"f32": 1e-4, "tf32": 1e-4, "bf16": 5e-3}
SKIPPED = 77


def make_dataset(folder, train, test, size):
    """Random pictures: what a transposition or a wrong stride does is seen."""
    folder.mkdir()
    source = random.Random(5)
    for name, count in (("train", train), ("t10k", test)):
        pixels = bytes(source.randrange(256) for _ in range(count * size * size))
        labels = bytes(source.randrange(10) for _ in range(count))
        (folder / f"{name}-images-idx3-ubyte").write_bytes(
            struct.pack(">4I", 0x803, count, size, size) + pixels)
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(
            struct.pack(">2I", 0x801, count) + labels)


def read_weights(path):
    data = path.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + length])
    weights = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        raw = data[8 + length + begin:8 + length + end]
        weights[name] = struct.unpack(f"<{len(raw) // 4}f", raw)
    return weights


def read_losses(path):
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    steps = [line["loss"] for line in lines if line["kind"] == "step"]
    tests = [line["test_loss"] for line in lines if line["kind"] == "epoch"]
    return steps, tests


def run(command, **others):
    print("+", *command, file=sys.stderr)
    return subprocess.run(command, check=True, **others)


def add_arguments(parser):
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--cuda", default="ON")
    parser.add_argument("--missing", default="")


def is_skipped(arguments):
    if arguments.cuda != "ON":
        print("skipped: netc was built without CUDA; not found:", arguments.missing)
    return arguments.cuda != "ON"


def find_network(name):
    here = HERE / f"{name}.net"
    return here if here.exists() else HERE.parent.parent / "models" / f"{name}.net"


def describe_full_device(command, folder):
    """A description of the h100 whose memory lacks a byte to keep the training set, too."""
    plan = run([*command, "--emit=plan", "--target", "cuda:h100"], stdout=subprocess.PIPE)
    arena = int(plan.stdout.split()[1])
    device = json.loads((HERE.parent.parent / "compiler/targets/cuda/h100.json").read_text())
    device["totalGlobalMem"] = (1 << 30) + arena - 1 # a GiB is the driver's
    path = folder / "full.json"
    path.write_text(json.dumps(device))
    return path


def compare(programs, network, device="h100", precision="f32", pictures=False, full=False):
    """The largest difference between the losses and parameters of both, each of them printed.
    `full`: the device has no room for the training set, and each step is given its pixels."""
    netc, netx = programs / "netc", programs / "netx"
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        os.environ.setdefault("NETC_CACHE", str(folder / "cache"))
        if pictures: # 14 to train on, 6 to test on, of two classes
            run([sys.executable, HERE.parent / "driver/Inputs/make_pictures.py", folder / "data", "6", "2"])
            name, data = f"folder:{folder / 'data'}", []
        else:
            make_dataset(folder / "data", train=14, test=6, size=28)
            name, data = "fashion-mnist", ["--data", folder / "data"]
        # Three whole steps and the epoch's smaller last one.
        target = ["--precision", precision, "--batch", "4", "--for", name, *data]
        if full:
            device = describe_full_device([netc, network, *target], folder)
        target += ["--target", f"cuda:{device}"]
        run([netc, network, "-o", folder / "gpu.netx", *target])
        module = run([netc, network, "--emit=kernel", *target], stdout=subprocess.PIPE)
        keeps = b"gather_examples" in module.stdout
        assert keeps != full, f"the training set is {'' if keeps else 'not '}kept on the device"
        run([programs / "netc-host-kernels", folder / "kernels.so"], input=module.stdout)

        training = ["--train", name, *data, "--epochs", "1", "--seed", "3",
                    "--order", "sequential", "--quiet"]
        simulated = dict(os.environ,
                         LD_LIBRARY_PATH=os.pathsep.join(
                             str(programs / f"{name}-stand-in") for name in ("cuda", "cudnn")),
                         NETC_SIMULATED_KERNELS=str(folder / "kernels.so"))
        run([netx, folder / "gpu.netx", *training, "--save", folder / "gpu.safetensors",
             "--metrics", folder / "gpu.jsonl"], env=simulated)
        run([netc, network, "--batch", "4", *training, "--save", folder / "cpu.safetensors",
             "--metrics", folder / "cpu.jsonl"])

        worst = 0.0
        steps, tests = read_losses(folder / "gpu.jsonl")
        cpu_steps, cpu_tests = read_losses(folder / "cpu.jsonl")
        assert len(steps) == len(cpu_steps) == 4, (steps, cpu_steps)
        for got, expected in zip(steps + tests, cpu_steps + cpu_tests):
            worst = max(worst, abs(got - expected))
        gpu, cpu = (read_weights(folder / f"{name}.safetensors") for name in ("gpu", "cpu"))
        assert gpu.keys() == cpu.keys(), (gpu.keys(), cpu.keys())
        for name, values in cpu.items():
            assert len(values) == len(gpu[name]), name
            difference = max(abs(a - b) for a, b in zip(gpu[name], values))
            print(f"{name:<24} differs by at most {difference:.2e}")
            worst = max(worst, difference)
    print(f"the largest difference is {worst:.2e}")
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    add_arguments(parser)
    parser.add_argument("--device", default="h100")
    parser.add_argument("--precision", default="f32")
    parser.add_argument("--pictures", action="store_true", help="a folder of PNGs and JPEGs")
    parser.add_argument("--full", action="store_true", help="the training set does not fit the device")
    parser.add_argument("network")
    arguments = parser.parse_args()
    if is_skipped(arguments):
        return SKIPPED
    worst = compare(arguments.programs, find_network(arguments.network), arguments.device,
                    arguments.precision, arguments.pictures, arguments.full)
    return 0 if worst <= TOLERANCES[arguments.precision] else 1


if __name__ == "__main__":
    sys.exit(main())
