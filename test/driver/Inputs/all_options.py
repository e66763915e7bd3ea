"""Looks for each option of --help-all in what is made of the options: all_options.py PROGRAM FOLDER."""
import pathlib
import re
import subprocess
import sys

program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
name = pathlib.Path(program).name
text = subprocess.run([program, "--help-all"], check=True, capture_output=True, text=True).stdout
options = re.findall(r"^  (?:-\w,)?(--[a-z-]+)", text, re.M)
assert len(options) > 20, options
pages = {path: (folder / path).read_text() for path in (name, f"_{name}", f"{name}.fish", f"{name}.1")}
missing = [(option, path) for option in options for path, page in pages.items()
           if not re.search({f"{name}.fish": rf"-l {option[2:]}\b", f"{name}.1": re.escape(option.replace("-", r"\-")) + r"\\fR"}
                            .get(path, re.escape(option) + r"\b"), page)]
assert not missing, missing
