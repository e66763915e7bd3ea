"""Sends signals to runs of netc and netx: send_signals.py NETC NETX, in a folder with
long.net, long.netx (a training without an end) and data. Temporary files go to $TMPDIR."""
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

netc, netx = sys.argv[1:3]
data = ["fashion-mnist", "--data", "data", "--quiet"]
here, temporary = pathlib.Path("."), pathlib.Path(os.environ["TMPDIR"])


def heed(ignored=()):
    """Before the program: what runs the test may itself ignore signals."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)


def start(command, **options):
    options.setdefault("preexec_fn", heed)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def wait_until(condition, process):
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def train(name, **options):
    """A training that has done its first steps."""
    metrics, weights = here / f"{name}.jsonl", here / f"{name}.safetensors"
    process = start([netx, "long.netx", "--train", *data, "--metrics", metrics, "--save", weights], **options)
    wait_until(lambda: metrics.exists() and '"step"' in metrics.read_text(), process)
    return process, weights


def end(process, signals, status):
    for number in signals:
        process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == status, (process.returncode, output, errors)
    return errors


def files():
    return sorted(path.name for path in here.iterdir())


# Between steps: the weights are saved, the status says which signal it was.
for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
    process, weights = train(f"train-{status}")
    errors = end(process, [number], status)
    assert "interrupted after step" in errors and "weights saved to" in errors, errors
    assert weights.stat().st_size > 0

# What was ignored from the start is ignored (nohup).
process, weights = train("nohup", preexec_fn=lambda: heed(ignored=[signal.SIGHUP]))
process.send_signal(signal.SIGHUP)
time.sleep(0.2)
assert process.poll() is None
end(process, [signal.SIGTERM], 143)

# While the test set is evaluated.
process = start([netx, "long.netx", "--evaluate", *data, "--weights", weights])
time.sleep(0.2)
if process.poll() is None:
    end(process, [signal.SIGINT], 130)

# In the midst of anything, compiling and linking too: no half of a file stays, here or there.
before = files()
choice = random.Random(1)
for _ in range(8):
    process = start([netc, "large.net", "-o", "large.netx", "--for", *data[:-1]])
    time.sleep(choice.uniform(0, 0.6))
    process.send_signal(choice.choice([signal.SIGINT, signal.SIGTERM]))
    process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGINT, -signal.SIGTERM), process.returncode
    if (here / "large.netx").exists():
        subprocess.run([netx, "large.netx"], check=True, stdout=subprocess.DEVNULL)
        (here / "large.netx").unlink()
    assert files() == before, files()
    assert not list(temporary.iterdir()), list(temporary.iterdir())
