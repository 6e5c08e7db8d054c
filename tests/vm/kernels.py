#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Fetches Debian's stock kernel images and unpacks them under build/kernels/; nothing gets installed."""

import dataclasses
import fcntl
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
HEADERS = pathlib.Path("/usr/src")

# name → the meta package that names the current image, and what the release string looks like
KERNELS = {
    "6.1": ("linux-image-amd64", r"6\.1\.[0-9]+-[0-9]+-amd64"),
    "6.1-cloud": ("linux-image-cloud-amd64", r"6\.1\.[0-9]+-[0-9]+-cloud-amd64"),
    "6.1-rt": ("linux-image-rt-amd64", r"6\.1\.[0-9]+-[0-9]+-rt-amd64"),
    "6.12": ("linux-image-6.12-amd64", r"6\.12\.[0-9]+\+deb12-amd64"),
}


class KernelError(Exception):
    """A kernel that cannot be had, in a sentence for the person at the terminal."""


@dataclasses.dataclass(frozen=True)
class Kernel:
    """One unpacked kernel image: where its parts are."""
    name: str
    release: str

    @property
    def base(self):
        return BUILD / "kernels" / self.name

    @property
    def vmlinuz(self):
        return self.base / "boot" / f"vmlinuz-{self.release}"

    @property
    def modules(self):
        return self.base / "lib" / "modules" / self.release

    @property
    def headers(self):
        return HEADERS / f"linux-headers-{self.release}"

    @property
    def out(self):
        """Where the build puts what it compiled for this kernel."""
        return BUILD / f"kmod-{self.release}"

    def is_complete(self):
        # modules.dep is written last
        return self.vmlinuz.exists() and (self.modules / "modules.dep").exists()


def run(*argv, **kwargs):
    """Runs a command, and returns its output; sbin is where depmod lives, also for ordinary users."""
    env = {**os.environ, "LC_ALL": "C", "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}
    return subprocess.run(argv, env=env, check=True, text=True, stdin=subprocess.DEVNULL,
                          capture_output=True, **kwargs).stdout


def version_key(text):
    return [int(n) for n in re.findall(r"[0-9]+", text)]


def installed_headers(pattern):
    """The newest release whose headers are installed: modules are built for it, so it is the one to boot."""
    found = [p.name.removeprefix("linux-headers-") for p in HEADERS.glob("linux-headers-*")]
    return max((r for r in found if re.fullmatch(pattern, r)), key=version_key, default=None)


def candidate(meta, pattern):
    """The release that the meta package of the image depends on today."""
    depends = run("apt-cache", "--no-all-versions", "show", meta)
    match = re.search(rf"^Depends:.*?linux-image-({pattern})\b", depends, re.M)
    if not match:
        raise KernelError(f"{meta} names no kernel image")
    return match[1]


def update_lists():
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    if sudo and not shutil.which("sudo"):
        raise KernelError("the package lists are missing or old; as root, run: apt-get update")
    # should it fail, then so will the download, which has more to say
    subprocess.run([*sudo, "apt-get", "-q", "update"], check=False, stdout=sys.stderr)


def download(release):
    """Puts the image's package into build/cache and returns its path."""
    cache = BUILD / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    package = f"linux-image-{release}"
    if not (debs := list(cache.glob(f"{package}_*.deb"))):
        print(f"downloading {package}", file=sys.stderr)
        # as root apt would drop to a user who may not write here, and complain
        run("apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package, cwd=cache)
        debs = list(cache.glob(f"{package}_*.deb"))
    return max(debs, key=lambda p: version_key(p.name))


def unpack(kernel, deb):
    """Unpacks beside the final place and renames, so that an interrupted run leaves nothing half done."""
    fresh = kernel.base.with_name(f"{kernel.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    run("dpkg", "-x", str(deb), str(fresh))
    run("depmod", "-b", str(fresh), kernel.release)
    shutil.rmtree(kernel.base, ignore_errors=True)
    fresh.rename(kernel.base)
    deb.unlink()


def get(name):
    """Returns the kernel of that name, after fetching it if it is not there yet."""
    if name not in KERNELS:
        raise KernelError(f"no kernel {name!r}; there are {', '.join(KERNELS)}")
    meta, pattern = KERNELS[name]
    (BUILD / "kernels").mkdir(parents=True, exist_ok=True)
    with open(BUILD / "kernels" / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = installed_headers(pattern)
        if wanted and Kernel(name, wanted).is_complete():
            return Kernel(name, wanted)
        try:
            return fetch(name, wanted or candidate(meta, pattern))
        except subprocess.CalledProcessError:
            # no package lists yet, or lists older than the archive
            update_lists()
        try:
            return fetch(name, wanted or candidate(meta, pattern))
        except subprocess.CalledProcessError as error:
            raise KernelError(f"cannot fetch kernel {name} ({wanted or meta}): {error.stderr.strip()}") from error


def fetch(name, release):
    kernel = Kernel(name, release)
    if not kernel.is_complete():
        unpack(kernel, download(release))
    return kernel


def main():
    try:
        for name in sys.argv[1:] or KERNELS:
            kernel = get(name)
            print(f"{name}\t{kernel.release}\t{kernel.vmlinuz.relative_to(ROOT)}")
    except KernelError as error:
        sys.exit(f"kernels.py: {error}")


if __name__ == "__main__":
    main()
