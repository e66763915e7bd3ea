"""Has shells and troff read what is made for them, those that are installed: check_pages.py FOLDER."""
import pathlib
import shutil
import subprocess
import sys

folder = pathlib.Path(sys.argv[1])


def read(*command):
    if not shutil.which(command[0]):
        print(f"skipped: {command[0]} is not installed")
        return ""
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0 and not done.stderr, f"{command}: {done.stderr}"
    return done.stdout


for program in ("netc", "netx"):
    read("zsh", "-n", f"_{program}")
    read("fish", "--no-execute", f"{program}.fish")
    read("groff", "-man", "-Tutf8", "-ww", "-z", f"{program}.1")
    read("mandoc", "-Tlint", "-Werror", f"{program}.1")
    page = read("man", "-l", f"{program}.1")
    for words in ("NAME", "SYNOPSIS", "OPTIONS", "EXAMPLES", "EXIT STATUS", "SEE ALSO"):
        assert not page or words in page, words
