#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Builds the initramfs of a test machine: busybox, a few kernel modules, hv.ko and what the scenarios need."""

import gzip
import lzma
import os
import pathlib
import re
import shutil
import stat
import subprocess
import tempfile

from kernels import ROOT, BUILD, run

HERE = pathlib.Path(__file__).resolve().parent
MODULES = {"svm": ["kvm_amd", "msr", "cpuid"], "vmx": ["kvm_intel", "msr", "cpuid"]}


class Archive:
    """A cpio archive ("newc") in memory: the same content gives the same bytes."""

    def __init__(self):
        self.entries = {}

    def directory(self, path):
        for parent in reversed(pathlib.PurePosixPath(path).parents):
            if str(parent) != ".":
                self.entries.setdefault(str(parent), (stat.S_IFDIR | 0o755, b"", 0))
        self.entries.setdefault(path, (stat.S_IFDIR | 0o755, b"", 0))

    def add(self, path, mode, data, rdev=0):
        self.directory(str(pathlib.PurePosixPath(path).parent))
        self.entries[path] = (mode, data, rdev)

    def file(self, path, source, executable=None):
        """executable: None keeps what the source has."""
        source = pathlib.Path(source)
        if executable is None:
            executable = source.stat().st_mode & 0o100
        self.add(path, stat.S_IFREG | (0o755 if executable else 0o644), source.read_bytes())

    def link(self, path, target):
        self.add(path, stat.S_IFLNK | 0o777, target.encode())

    def tree(self, path, source):
        """A file, or a directory with all below it."""
        source = pathlib.Path(source)
        if source.is_file():
            self.file(path, source)
            return
        self.directory(path)
        for child in sorted(source.rglob("*")):
            if child.is_file():
                self.file(f"{path}/{child.relative_to(source)}", child)

    def pack(self):
        out = bytearray()
        for number, (path, (mode, data, rdev)) in enumerate(sorted(self.entries.items()), 1):
            self._record(out, path, number, mode, data, rdev)
        self._record(out, "TRAILER!!!", 0, 0, b"", 0)
        return gzip.compress(bytes(out), compresslevel=1, mtime=0)

    @staticmethod
    def _record(out, path, number, mode, data, rdev):
        name = path.encode() + b"\0"
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, rdev >> 8, rdev & 0xff, len(name), 0)
        out += b"070701" + b"".join(b"%08x" % field for field in fields) + name
        out += bytes(-len(out) % 4)
        out += data
        out += bytes(-len(out) % 4)


def with_dependencies(kernel, names):
    """The paths, below the module directory, of these modules and all they need."""
    paths = {}
    for line in (kernel.modules / "modules.dep").read_text().splitlines():
        path, needs = line.split(":")
        paths[pathlib.Path(path).name.split(".")[0].replace("-", "_")] = [path, *needs.split()]
    # a module that is built in has no line, and nothing to bring along
    return sorted({path for name in names for path in paths.get(name, [])})


def add_modules(archive, kernel, names):
    """Stages the modules uncompressed, for busybox cannot unpack them, with a modules.dep of their own."""
    with tempfile.TemporaryDirectory() as staging:
        base = pathlib.Path(staging) / "lib/modules" / kernel.release
        for path in with_dependencies(kernel, names):
            target = base / path.removesuffix(".xz")
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.endswith(".xz"):
                target.write_bytes(lzma.decompress((kernel.modules / path).read_bytes()))
            else:
                shutil.copy(kernel.modules / path, target)
        for listing in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
            shutil.copy(kernel.modules / listing, base)
        run("depmod", "-b", staging, kernel.release)
        for target in sorted(base.rglob("*")):
            if target.suffix in (".ko", ".dep", ".alias", ".symbols"):
                archive.file(str(target.relative_to(staging)), target, executable=False)


def add_libraries(archive, program):
    """The shared libraries that a program needs, at the same paths as here."""
    if not os.access(program, os.X_OK) or not program.is_file() or program.read_bytes()[:4] != b"\x7fELF":
        return
    try:
        listing = run("ldd", str(program))
    except subprocess.CalledProcessError:
        return  # linked statically
    for path in re.findall(r"(/\S+) \(0x", listing):
        archive.file(path.lstrip("/"), path, executable=True)


def add_busybox(archive):
    busybox = shutil.which("busybox", path="/usr/bin:/bin")
    archive.file("bin/busybox", busybox, executable=True)
    for applet in run(busybox, "--list").split():
        if applet != "busybox":
            archive.link(f"bin/{applet}", "busybox")
    archive.link("sbin", "bin")


def add_ours(archive, kernel, hv, scenarios, includes):
    """Everything of this repository, under /hv."""
    if hv.exists():
        archive.file("hv/hv.ko", hv, executable=False)
    archive.file("hv/lib.sh", HERE / "lib.sh")
    for directory, sources in {
            "scenarios": scenarios.glob("*.sh"),
            "modules": (kernel.out / "tests").glob("*.ko"),
            "bin": [*(BUILD / "guest").glob("*"), ROOT / "tools/hvctl/hvctl"],
            "configs": (BUILD / "cells").glob("*.*"),
            "": [ROOT / "configs", HERE / "shared", *includes]}.items():
        for source in sorted(sources):
            if source.exists():
                archive.tree(str(pathlib.PurePosixPath("hv", directory, source.name)), source)
                for program in [source, *source.rglob("*")]:
                    add_libraries(archive, program)


def build(spec, hv, scenarios, includes):
    """Returns the bytes of the initramfs for that machine."""
    kernel = spec.kernel
    archive = Archive()
    add_busybox(archive)
    # without a console node in the archive the kernel gives /init no standard output
    archive.add("dev/console", stat.S_IFCHR | 0o600, b"", 0x501)
    archive.add("dev/null", stat.S_IFCHR | 0o666, b"", 0x103)
    for directory in ("proc", "sys", "tmp", "root", "etc"):
        archive.directory(directory)
    archive.file("init", HERE / "init", executable=True)
    add_modules(archive, kernel, MODULES[spec.vendor])
    add_ours(archive, kernel, pathlib.Path(hv) if hv else kernel.out / "hv.ko", scenarios,
             [pathlib.Path(p).resolve() for p in includes])
    if spec.vmlinuz:
        archive.file("boot/vmlinuz", kernel.vmlinuz)
    return archive.pack()
