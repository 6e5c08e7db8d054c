# SPDX-License-Identifier: GPL-2.0-only
"""What bash offers behind a beginning of a command line."""

import pathlib
import subprocess
import tempfile

from common import environment, ROOT, TOOL

# bash completes on a terminal only; its part is played here: "compopt" tells what it is told
SCRIPT = """
source "$1"
compopt() { echo "$*"; }
_hvctl_cells() { printf '%s\\n' root hello; }
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_hvctl
printf '%s\\n' "${COMPREPLY[@]}"
"""
AS_FILES = "-o filenames -o default"
OBJECTS = "status enable disable cell console config hw log monitor".split()
STARTING = ["stats", "start", "stop"]
OFFERED = [
    ([""], [*OBJECTS, "help"]),
    (["he"], ["help"]),
    (["help", ""], OBJECTS),
    (["help", "cell", "st"], STARTING),
    (["cell", "st"], STARTING),
    (["hw", ""], ["check", "help"]),
    (["cell", "show", ""], ["root", "hello"]),
    (["-j", "cell", "show", "r"], ["root"]),
    (["cell", "show", "hello", ""], []),
    (["cell", "stop", ""], ["hello"]),
    (["console", ""], ["hello"]),
    (["cell", "create", ""], [AS_FILES, "a b.yaml", "folder"]),
    (["config", "check", "x", "fo"], [AS_FILES, "folder"]),
    (["cell", "load", ""], ["hello"]),
    (["cell", "load", "hello", "i"], [AS_FILES, "image"]),
    (["cell", "run", "--c"], ["--console"]),
    (["log", "--f"], ["--follow"]),
]


def check(result):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "folder").mkdir()
        for file in ("a b.yaml", "image"):
            (folder / file).touch()
        for typed, wanted in OFFERED:
            done = subprocess.run(["bash", "-c", SCRIPT, "bash", ROOT / "tools/hvctl/completion/hvctl", TOOL, *typed],
                                  cwd=folder, env=environment(folder, None), text=True, capture_output=True,
                                  check=False, timeout=60)
            offered = [line for line in done.stdout.splitlines() if line]
            good = sorted(offered) == sorted(wanted) and not done.stderr
            result.note(f"completion: {' '.join(typed)}", [] if good else [offered, done.stderr])
