"""Runs a command and succeeds if it ends with a status: STATUS COMMAND..."""
import subprocess
import sys

status = subprocess.run(sys.argv[2:]).returncode
if status != int(sys.argv[1]):
    sys.exit(f"status {status}, not {sys.argv[1]}")
