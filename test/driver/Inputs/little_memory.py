"""Runs a program with less and less memory: little_memory.py PROGRAM ARGUMENTS...

It must end with status 0, or with 1 and one line that says why in words of its own; where
the libraries do not even load, with the 127 of the system's loader.
"""
import resource
import subprocess
import sys

GIB = 1 << 30


def run(limit):
    def restrict():
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    return subprocess.run(sys.argv[1:], preexec_fn=restrict, capture_output=True, text=True, timeout=120)


failures = 0
seen = set()
least, most = 0, 4 * GIB  # found by halves: what loads at all, and what does all
while most - least > 32 << 20:
    middle = (least + most) // 2
    done = run(middle)
    if done.returncode == 0:
        most = middle
    else:
        least = middle
# Below the least that is enough, in steps.
for limit in range(most, most // 8, -(most // 10)):
    done = run(limit)
    # The last word is the program's; the system's loader ends with 127.
    said = done.stderr.strip().splitlines()
    isWell = done.returncode == 0 or done.returncode == 127 or (
        done.returncode == 1 and said and ": error: " in said[-1])
    isOurs = done.returncode == 127 or not any(word in done.stderr for word in ("terminate", "std::", "LLVM ERROR", "libgomp", "Stack dump"))
    seen.add(done.returncode)
    if not isWell or not isOurs:
        failures += 1
        print(f"{limit >> 20} MiB: status {done.returncode}: {done.stderr[-400:]}")
assert 0 in seen and len(seen) > 1, seen
sys.exit(failures > 0)
