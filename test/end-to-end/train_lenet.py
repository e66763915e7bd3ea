"""Trains LeNet on Fashion-MNIST through the programs that users run, and checks
what they are promised: it learns, the same seed gives the same bits, an executable
trains to the bits of its text, and Ctrl-C ends a run well.

Skipped, with status 77, where the data set is not installed.
"""

import argparse
import json
import math
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

DATA = Path(os.environ.get("NETC_DATA", "/usr/share/datasets")) / "fashion-mnist"
STEPS = 30  # enough for differences of one bit to spread


class TrainLeNet(unittest.TestCase):
    programs = models = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.network = self.models / "lenet.net"

    def command(self, program, *arguments):
        return [str(self.programs / program), *map(str, arguments)]

    def run_program(self, program, *arguments):
        done = subprocess.run(self.command(program, *arguments), capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def trained(self, name, *options, program="netc", what=None):
        """The bytes of the weights after a few steps."""
        weights = self.folder / f"{name}.safetensors"
        self.run_program(program, what or self.network, "--train", "fashion-mnist", "--steps", STEPS, "--quiet",
                         "--save", weights, *options)
        return weights.read_bytes()

    def test_learns(self):
        metrics, weights = self.folder / "metrics.jsonl", self.folder / "weights.safetensors"
        printed = self.run_program("netc", self.network, "--train", "fashion-mnist", "--epochs", 5, "--seed", 1,
                                   "--verify", "--metrics", metrics, "--save", weights)
        lines = [json.loads(line) for line in metrics.read_text().splitlines()]
        steps = [line for line in lines if line["kind"] == "step"]
        epochs = [line for line in lines if line["kind"] == "epoch"]
        self.assertEqual([line["step"] for line in steps], list(range(1, 5 * math.ceil(60000 / 256) + 1)))
        # Sigmoids: nothing is learned for an epoch or two.
        self.assertAlmostEqual(steps[0]["loss"], math.log(10), delta=0.5)
        self.assertLess(epochs[-1]["loss"], 0.9)
        self.assertGreater(epochs[-1]["test_accuracy"], 0.65)
        *printed, verdict = printed.splitlines()
        self.assertEqual(len(printed), 5, printed)
        self.assertRegex(verdict, r'^expect test_accuracy >= 0\.7 on "fashion-mnist" after 5 epochs: met, 0\.7\d*$')
        self.assertRegex(printed[-1], r"^epoch 5, loss 0\.\d{4}, train acc 0\.\d{3}, test acc 0\.\d{3}, time ")

        printed = self.run_program("netc", self.network, "--evaluate", "fashion-mnist", "--weights", weights)
        self.assertRegex(printed.splitlines()[0], f"test acc {epochs[-1]['test_accuracy']:.3f}$")
        self.assertEqual(len(printed.splitlines()), 11, printed)

    def test_same_seed_same_bits(self):
        first = self.trained("first", "--seed", 7)
        self.assertEqual(first, self.trained("again", "--seed", 7))
        self.assertEqual(first, self.trained("workers", "--seed", 7, "--workers", 4))
        self.assertEqual(first, self.trained("alone", "--seed", 7, "--workers", 0))
        self.assertNotEqual(first, self.trained("other", "--seed", 8))

    def test_executable_trains_to_the_same_bits(self):
        executable = self.folder / "lenet.netx"
        self.run_program("netc", self.network, "-o", executable, "--for", "fashion-mnist")
        self.assertEqual(self.trained("text", "--seed", 3),
                         self.trained("executable", "--seed", 3, program="netx", what=executable))

    def test_interrupt_saves(self):
        metrics, weights = self.folder / "metrics.jsonl", self.folder / "weights.safetensors"
        process = subprocess.Popen(
            self.command("netc", self.network, "--train", "fashion-mnist", "--epochs", 1000, "--quiet",
                         "--metrics", metrics, "--save", weights),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            # What runs the tests may ignore it, and so would this.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        deadline = time.monotonic() + 120
        while not (metrics.exists() and '"kind":"step"' in metrics.read_text()):
            self.assertIsNone(process.poll(), "ended before its first step")
            self.assertLess(time.monotonic(), deadline, "no step within two minutes")
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, errors)

        content = weights.read_bytes()
        size = struct.unpack("<Q", content[:8])[0]
        header = json.loads(content[8 : 8 + size])
        self.assertEqual(header["conv2d_1.weight"]["shape"], [6, 1, 5, 5])
        self.assertEqual(len(content) - 8 - size,
                         max(entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"))
        self.run_program("netc", self.network, "--evaluate", "fashion-mnist", "--weights", weights)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["metrics.jsonl", "weights.safetensors"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--programs", type=Path, required=True, help="the folder of netc and netx")
    parser.add_argument("--models", type=Path, required=True, help="the folder of lenet.net")
    arguments, rest = parser.parse_known_args()
    if not DATA.is_dir():
        print(f"skipped: no data set in {DATA}")
        return 77
    TrainLeNet.programs, TrainLeNet.models = arguments.programs, arguments.models
    result = unittest.main(argv=[sys.argv[0], *rest], exit=False, verbosity=2).result
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
