"""Takes away what a run of netc or netx needs, at bad moments: lose_weights.py NETC NETX, in a
folder with pictures.netx, digits.net and digits.netx (trainings without an end), photos and data."""
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

netc, netx = sys.argv[1:3]
here = pathlib.Path(".")
digits = ["--train", "fashion-mnist", "--data", "data", "--quiet"]
good = b"good weights"


def heed():
    """Before the program: what runs the test may itself ignore signals."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(*command):
    return subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            preexec_fn=heed)


def wait_until(condition, process):
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def end(process, status):
    output, errors = process.communicate(timeout=60)
    assert process.returncode == status, (process.returncode, output, errors)
    return errors


def refused(*command, says):
    """A run that ends with an error before it trains, and leaves what was there."""
    errors = end(start(*command), 1)
    assert says in errors and "step" not in errors and "note: without" not in errors, errors
    return errors


def steps(metrics):
    return metrics.read_text().count('"step"') if metrics.exists() else 0


def train_pictures(name, *options):
    shutil.rmtree("now", ignore_errors=True)
    shutil.copytree("photos", "now")
    metrics, weights = here / f"{name}.jsonl", here / f"{name}.safetensors"
    process = start(netx, "pictures.netx", "--train", "folder:now", "--quiet", "--metrics", metrics, "--save", weights,
                    *options)
    wait_until(lambda: steps(metrics) > 0, process)
    return process, metrics, weights


def cut(path):
    path.write_bytes(path.read_bytes()[:-40])


def make_folder(path):
    path.unlink()
    path.mkdir()


# A picture that goes ends the run as Ctrl-C does; with --skip-broken the run goes on.
for spoil, half in ((pathlib.Path.unlink, "train"), (cut, "train"), (make_folder, "test")):
    lost = here / "now" / half / "dark" / "03.png"
    process, metrics, weights = train_pictures(f"{half}-{spoil.__name__}")
    spoil(lost)
    errors = end(process, 1)
    assert f"weights saved to {weights}" in errors and "stopped after step" in errors, errors
    assert errors.splitlines()[-1].startswith(f"netx: error: {lost}: "), errors
    assert weights.stat().st_size > 0

    process, metrics, weights = train_pictures(f"{half}-{spoil.__name__}-skip", "--skip-broken")
    spoil(lost)
    before = steps(metrics)
    wait_until(lambda: steps(metrics) > before + 40, process)
    process.send_signal(signal.SIGINT)
    errors = end(process, 130)
    assert f"replaced 1 broken picture of folder:now by the next that could be read: {lost}: " in errors, errors

# Good weights are not replaced by those of no step, whenever the signal comes.
weights = here / "good.safetensors"
choice = random.Random(2)
for delay in [0.0, 0.005, 0.01, 0.02] + [choice.uniform(0, 0.3) for _ in range(8)]:
    weights.write_bytes(good)
    process = start(netx, "digits.netx", *digits, "--save", weights)
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT), (process.returncode, errors)
    assert (weights.read_bytes() == good) == ("weights saved" not in errors), errors
    assert ("before the first step" in errors) <= (weights.read_bytes() == good), errors

# A pipe that nothing reads is refused at once, before the compilation too.
os.mkfifo("pipe")
for command in ((netx, "digits.netx"), (netc, "digits.net")):
    refused(*command, *digits, "--metrics", "pipe", says="pipe: cannot be written: it is a pipe that nothing reads")

# One file of metrics, one run.
metrics = here / "one.jsonl"
first = start(netx, "digits.netx", *digits, "--metrics", metrics)
wait_until(lambda: steps(metrics) > 0, first)
for command in ((netx, "digits.netx"), (netc, "digits.net")):
    refused(*command, *digits, "--metrics", metrics, says="one.jsonl: cannot be written: another run writes it")
first.send_signal(signal.SIGINT)
end(first, 130)
for line in metrics.read_text().splitlines():
    json.loads(line)

# Links that lead to nothing yet are followed by each output.
for name in ("w", "m", "x"):
    os.symlink(f"{name}.real", f"{name}.link")
end(start(netx, "digits.netx", *digits, "--steps", 2, "--save", "w.link", "--metrics", "m.link"), 0)
end(start(netc, "digits.net", "-o", "x.link", "--for", "fashion-mnist", "--data", "data"), 0)
for name in ("w", "m", "x"):
    assert os.path.islink(f"{name}.link") and os.path.getsize(f"{name}.real") > 0, name

# A file that is mounted by itself cannot be replaced: said before the training.
mounts = ["unshare", "-m", "--propagation", "private", "sh", "-c"]
if subprocess.run([*mounts, "mount --bind data photos"], stderr=subprocess.DEVNULL).returncode == 0:
    (here / "mounted").write_bytes(good)
    for program, rest in ((netx, ["digits.netx", *digits, "--save", "mounted"]),
                          (netc, ["digits.net", *digits, "--save", "mounted"]),
                          (netc, ["digits.net", "-o", "mounted"])):
        refused(*mounts, 'mount --bind good.safetensors mounted; exec "$0" "$@"', program, *rest,
                says="mounted: cannot be written: it is mounted by itself")
