"""Runs a program on each case of a test: expect_status.py TEST STATUS PROGRAM FILE [--netx].

A case is `# CASE: ARGUMENTS => TEXT` (`# NETX: ...` with --netx): the program
must end with STATUS, say TEXT on standard error and nothing on standard output.
"""
import shlex
import subprocess
import sys

test, status, program, file = sys.argv[1:5]
prefix = "# NETX: " if "--netx" in sys.argv[5:] else "# CASE: "
cases = [line[len(prefix):].rstrip("\n").split(" => ")
         for line in open(test, encoding="utf-8") if line.startswith(prefix)]
assert cases
failures = 0
for words, text in cases:
    arguments = shlex.split(words)
    command = [program] + (arguments[1:] if arguments[0] == "!" else [file] + arguments)
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != int(status) or text not in result.stderr or result.stdout:
        failures += 1
        print(f"{shlex.join(command)}\n  status {result.returncode}, expected {status}; expected to read: {text}\n"
              f"  standard error: {result.stderr}  standard output: {result.stdout[:200]}")
sys.exit(failures > 0)
