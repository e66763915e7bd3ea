"""Runs a command that needs a GPU where there is none: status 1 and the reason."""
import subprocess
import sys

result = subprocess.run(sys.argv[1:], capture_output=True, text=True)
reasons = ("this machine has no NVIDIA driver", "the NVIDIA driver", "the executable is for")
if result.returncode == 0:
    sys.exit(0)  # a machine with a GPU
print(result.stderr)
sys.exit(result.returncode != 1 or not any(reason in result.stderr for reason in reasons))
