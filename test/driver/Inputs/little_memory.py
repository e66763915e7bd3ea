"""Runs a program with less and less memory: little_memory.py PROGRAM ARGUMENTS...

It must end with status 0, or with 1 and one line that says why in words of its own; where
the libraries do not even load, with the 127 of the system's loader.
"""
import resource
import subprocess
import sys

MIB = 1 << 20
STEPS = 8
FOREIGN = ("terminate", "std::", "LLVM ERROR", "libgomp", "Stack dump")


def run(limit):
    def restrict():
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    return subprocess.run(sys.argv[1:], preexec_fn=restrict, capture_output=True, text=True, timeout=120)


def find(least, most, is_enough):
    """A limit that is enough, and hardly more; `most` is."""
    while most - least > 4 * MIB:
        middle = (least + most) // 2
        if is_enough(run(middle)):
            most = middle
        else:
            least = middle
    return most


enough = find(0, 1024 * MIB, lambda done: done.returncode == 0)
loads = find(0, enough, lambda done: done.returncode != 127)
failures = 0
seen = set()
# From what loads the libraries to what does all, beginning and end with them.
for step in range(STEPS + 1):
    limit = loads + (enough - loads) * step // STEPS
    done = run(limit)
    seen.add(done.returncode)
    said = done.stderr.strip().splitlines()
    is_well = done.returncode in (0, 127) or (done.returncode == 1 and said and ": error: " in said[-1])
    is_ours = done.returncode == 127 or not any(word in done.stderr for word in FOREIGN)
    if not is_well or not is_ours:
        failures += 1
        print(f"{limit / MIB:.1f} MiB: status {done.returncode}: {done.stderr[-400:]}")
assert {0, 1} <= seen, seen
sys.exit(failures > 0)
