"""status_of.py STATUS COMMAND...: runs it, and fails unless that is its status."""
import subprocess
import sys

status = subprocess.run(sys.argv[2:]).returncode
if status != int(sys.argv[1]):
    sys.exit(f"status {status}, expected {sys.argv[1]}")
