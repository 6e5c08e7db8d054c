# SPDX-License-Identifier: GPL-2.0-only
"""What hvctl does only on a terminal: colours, progress, a console that is left with Ctrl-]."""

import json
import os
import pathlib
import pty
import signal
import subprocess
import tempfile
import termios

from common import TOOL, environment

STATUS = [{"ask": "HV_GET", "answers": [{"state": "active", "version": "1", "vendor": "svm"}]}]
ENABLE = [{"ask": "HV_ENABLE"}]
CONSOLE = [{"ask": "CONSOLE_READ", "with": {"name": "a", "pos": 0}, "answers": [{"pos": 2, "data": "hi"}]},
           {"ask": "CONSOLE_READ", "with": {"name": "a", "pos": 2}, "answers": [{"pos": 2}]},
           {"ask": "CONSOLE_READ", "with": {"name": "a", "pos": 2}, "answers": [{"pos": 2}]},
           {"ask": "CONSOLE_READ", "with": {"name": "a", "pos": 2}, "answers": [{"pos": 2}]},
           {"ask": "CONSOLE_WRITE", "with": {"name": "a", "data": "xyz"}, "answers": [{"taken": 1}]},
           {"ask": "CONSOLE_READ", "with": {"name": "a", "pos": 2}, "answers": [{"pos": 3, "data": "x"}]},
           {"ask": "CONSOLE_WRITE", "with": {"name": "a", "data": "yz"}, "answers": [{"taken": 2}]},
           {"ask": "CONSOLE_READ", "with": {"name": "a", "pos": 3}, "error": 2, "text": "there is no such cell"}]


def on_terminal(arguments, steps, typed=b""):
    """Runs hvctl with a terminal for all three; returns what appeared there and the status."""
    with tempfile.TemporaryDirectory() as name:
        replay = pathlib.Path(name) / "replay.json"
        replay.write_text(json.dumps(steps), encoding="utf-8")
        ours, theirs = pty.openpty()
        os.write(ours, typed)
        with subprocess.Popen([TOOL, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, cwd=name,
                              env=environment(name, replay)) as process:
            os.close(theirs)
            seen = b""
            try:
                while chunk := os.read(ours, 4096):
                    seen += chunk
            except OSError:
                pass    # the other end is closed
            status = process.wait(timeout=60)
        os.close(ours)
    return seen.decode(), status


def given_back(steps, is_piped):
    """Whether the terminal is as it was, after a console that came to an end by itself; stdout may be a pipe that
    nobody reads."""
    with tempfile.TemporaryDirectory() as name:
        replay = pathlib.Path(name) / "replay.json"
        replay.write_text(json.dumps(steps), encoding="utf-8")
        ours, theirs = pty.openpty()
        before = termios.tcgetattr(theirs)
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([TOOL, "console", "a", "-f"], stdin=theirs, stdout=writer if is_piped else theirs,
                              stderr=subprocess.PIPE, text=True, cwd=name, env=environment(name, replay),
                              check=False, timeout=60)
        after = termios.tcgetattr(theirs)
        for descriptor in (ours, theirs, writer):
            os.close(descriptor)
    return after == before, done.returncode, done.stderr


def check_given_back(result):
    first, none = CONSOLE[:2]
    for word in ("INT", "TERM", "HUP", "QUIT"):
        steps = [first, none, none | {"signal": getattr(signal, f"SIG{word}")}]
        same, status, _ = given_back(steps, False)
        result.note(f"SIG{word} gives the terminal back", [] if same and status == 0 else [same, status])
    later = {"ask": "CONSOLE_READ", "with": {"name": "a", "pos": 0}, "answers": [{"pos": 2, "data": "hi"}]}
    same, status, said = given_back([later | {"answers": [{"pos": 0}]}, later], True)
    good = same and status == 1 and said.endswith("hvctl: cannot write: Broken pipe\n")
    result.note("a closed pipe gives the terminal back", [] if good else [same, status, said])


def check(result):
    seen, status = on_terminal(["status"], STATUS)
    result.note("colours on a terminal", [] if "\033[32mactive\033[0m" in seen and status == 0 else [repr(seen)])
    seen, status = on_terminal(["enable"], ENABLE)
    result.note("progress on a terminal", [] if "launching...\r\033[K" in seen and status == 0 else [repr(seen)])
    seen, status = on_terminal(["console", "a", "-f"], CONSOLE, b"xyz")
    good = "hi" in seen and "Ctrl-]" in seen and status == 0
    result.note("what is typed reaches the console, in order", [] if good else [repr(seen), status])
    seen, status = on_terminal(["console", "a", "-f"], CONSOLE[:3], b"\x1d")
    result.note("Ctrl-] leaves the console", [] if status == 0 else [repr(seen), status])
    check_given_back(result)
