#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""hvctl on the host: recorded conversations with the kernel, made-up machines, right and wrong files.

A case, cases/NAME.case, says how hvctl is called and what it prints:

  args: -j cell list            the command line; $ROOT is the repository
  status: 0
  jq: .[0].id == 0              must be true of what it prints; any number
  in: text                      what it gets on stdin
  --- replay                    a conversation, see wire_replay.c
  --- file NAME                 a file in the folder it runs in, which is also the machine's root
  --- hex NAME                  the same for bytes in hexadecimal
  --- stdout, --- stderr        what is expected; test.py --accept writes what comes

test.py [--accept] [WORD] runs the cases whose name has the word.
"""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import completion
import refusals
import terminal
from common import Result, ROOT, TOOL, run_tool

CASES = pathlib.Path(__file__).resolve().parent / "cases"


class Case:
    """One file of cases/."""

    def __init__(self, path):
        self.path, self.name = path, path.stem
        head, *blocks = re.split(r"^--- ", path.read_text(encoding="utf-8"), flags=re.M)
        self.head, self.blocks = head, {}
        for block in blocks:
            title, _, text = block.partition("\n")
            self.blocks[title] = text
        self.fields = [line.split(": ", 1) for line in head.splitlines() if re.match(r"\w+: ", line)]

    def all(self, key):
        return [value for name, value in self.fields if name == key]

    def one(self, key, default=""):
        return (self.all(key) or [default])[0]

    def prepare(self, folder):
        for title, text in self.blocks.items():
            kind, _, name = title.partition(" ")
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if kind == "file":
                path.write_text(text, encoding="utf-8")
            elif kind == "hex":
                path.write_bytes(bytes.fromhex(text))
        if "replay" in self.blocks:
            (folder / "replay.json").write_text(self.blocks["replay"], encoding="utf-8")

    def run(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            self.prepare(folder)
            replay = folder / "replay.json" if "replay" in self.blocks else None
            args = shlex.split(self.one("args").replace("$ROOT", str(ROOT)))
            done = run_tool(args, folder, replay, self.one("in").encode().decode("unicode_escape"))
            return done.returncode, done.stdout.replace(str(ROOT), "$ROOT"), done.stderr.replace(str(ROOT), "$ROOT")

    def accept(self, status, out, err):
        head = re.sub(r"^status: .*\n", "", self.head, flags=re.M).rstrip("\n") + f"\nstatus: {status}\n"
        blocks = {title: text for title, text in self.blocks.items() if title not in ("stdout", "stderr")}
        blocks |= {title: text for title, text in (("stdout", out), ("stderr", err)) if text}
        self.path.write_text(head + "".join(f"--- {title}\n{text}" for title, text in blocks.items()), encoding="utf-8")


def jq(expression, text):
    done = subprocess.run(["jq", "-e", expression], input=text, text=True, capture_output=True, check=False)
    return done.returncode == 0


def check(result, case):
    status, out, err = case.run()
    wrong = [f"{what}: expected {wanted!r}, got {got!r}" for what, wanted, got in (
        ("status", int(case.one("status", "0")), status), ("stdout", case.blocks.get("stdout", ""), out),
        ("stderr", case.blocks.get("stderr", ""), err)) if wanted != got]
    wrong += [f"jq: {expression} is not true" for expression in case.all("jq") if not jq(expression, out)]
    result.note(case.name, wrong)


def check_attributes(result):
    """attr.c against the comments of uapi/hv.h: each attribute is there, with its type."""
    wanted = {}
    for body in re.findall(r"enum hv_(\w+)_attr \{(.*?)\n\};", (ROOT / "kmod/uapi/hv.h").read_text(), re.S):
        names = re.findall(r"^\tHV_A_(\w+),[ \t]*(?:/\* (.*?) \*/)?$", body[1], re.M)
        for number, (name, comment) in enumerate(names):
            if not name.endswith(("_PAD", "_UNSPEC")):
                kind = re.match(r"(?:c )?(u16|u32|u64|string|flag|nest|binary)", comment)
                wanted[(body[0].upper(), number)] = (kind[1] if kind else "?", int("repeated" in comment))
    dump = subprocess.run([TOOL.parent / "dump-attrs"], check=True, text=True, capture_output=True).stdout
    found = {}
    for line in dump.splitlines():
        name, number, _, kind, many = line.split()
        found[(name, int(number))] = (kind, int(many))
    wrong = [f"{key}: uapi/hv.h has {wanted.get(key)}, attr.c {found.get(key)}"
             for key in sorted(wanted.keys() | found.keys()) if wanted.get(key) != found.get(key)]
    result.note(f"attr.c has the {len(wanted)} attributes of uapi/hv.h", wrong)


def check_examples(result):
    for path in sorted((ROOT / "configs").glob("*.yaml")):
        done = run_tool(["config", "check", str(path)], ROOT)
        result.note(f"configs/{path.name} is accepted", [] if done.returncode == 0 else [done.stderr])
        done = run_tool(["-j", "config", "show", str(path)], ROOT)
        result.note(f"configs/{path.name} is shown", [] if json.loads(done.stdout)["name"] else ["no name"])


def check_names(result):
    """Files whose names are no UTF-8: what is shown of them is, and it is as true as of others."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = os.fsdecode(b"d\xff/\xc3\xa4\xc3.yaml")
        (folder / path).parent.mkdir()
        (folder / path).write_text("name: a\ncpus: 1\nentry: 0\nmode: real16\nmemory: [{gpa: 0, size: 4K}]\n"
                                   "images: [{file: ü}]\n", encoding="utf-8")
        done = run_tool(["-j", "config", "check", path], folder)
        good = done.returncode == 0 and json.loads(done.stdout)[0]["file"] == "d\ufffd/ä\ufffd.yaml"
        result.note("a file's name that is no UTF-8 is checked", [] if good else [done.stdout])
        done = run_tool(["-j", "config", "show", path], folder)
        good = done.returncode == 0 and json.loads(done.stdout)["images"][0]["file"] == "d\ufffd/ü"
        result.note("a file's name that is no UTF-8 is shown", [] if good else [done.stdout])


def check_help(result):
    """Each command of the overview explains itself, and refuses what it does not know."""
    overview = run_tool(["help"], ROOT).stdout
    usages = re.findall(r"^  ((?:cell|config|hw) [a-z]+|[a-z]+)", overview, re.M)
    for usage in usages:
        words = usage.split()
        if words == ["help"]:
            continue
        of_object, of_command = words[0], " ".join(words)
        for arguments, of_what in (([*words, "-h"], of_command), ([*words, "help"], of_command),
                                   (["help", *words], of_command), ([words[0], "help"], of_object),
                                   (["help", words[0]], of_object)):
            done = run_tool(arguments, ROOT)
            good = done.returncode == 0 and done.stdout.startswith(f"usage: hvctl {of_what}") and not done.stderr
            result.note(f"hvctl {' '.join(arguments)}", [] if good else [done.stdout + done.stderr])


def main():
    arguments = [word for word in sys.argv[1:] if word != "--accept"]
    cases = [Case(path) for path in sorted(CASES.glob("*.case")) if not arguments or arguments[0] in path.stem]
    if "--accept" in sys.argv:
        for case in cases:
            case.accept(*case.run())
        sys.exit()
    os.environ["ASAN_OPTIONS"] = "detect_leaks=1"
    result = Result()
    for case in cases:
        check(result, case)
    if not arguments:
        check_attributes(result)
        check_examples(result)
        check_names(result)
        check_help(result)
        refusals.check(result)
        terminal.check(result)
        completion.check(result)
    result.end()


if __name__ == "__main__":
    main()
