#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The two test machines: how QEMU (SVM) and Bochs (VMX) are started, watched and ended."""

import contextlib
import dataclasses
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

from kernels import BUILD, Kernel, run

QEMU_CPU = {"svm": "on", "npt": "on", "la57": "off"}
# at ips=50000000: CPUID claims a faster TSC than Bochs has, so Linux is told the truth
# Bochs loses wake-ups of CPUs that wait in MWAIT: they come back with the next interrupt, seconds or minutes later.
BOCHS_ARGS = "tsc_early_khz=50000 lpj=200000 tsc=reliable idle=nomwait"
# The timer check compares loops with ticks, and fails now and then when the emulator has to share its CPUs.
KERNEL_ARGS = "console=ttyS0,115200 quiet panic=-1 no_timer_check printk.devkmsg=on log_buf_len=2M"
# For each byte that is written to a page QEMU looks through all the code that it ever translated there, so to clear a
# page takes it up to 50 ms, and Linux clears a thousand without a pause when it makes room: patience is a minute.
QEMU_ARGS = "watchdog_thresh=30"
BIOS = "/usr/share/bochs/BIOS-bochs-latest"
VGABIOS = "/usr/share/vgabios/vgabios.bin"
ISOLINUX = "/usr/lib/ISOLINUX/isolinux.bin"
LDLINUX = "/usr/lib/syslinux/modules/bios/ldlinux.c32"

WORDS_KEPT = 20000

# how much longer the same work takes than on QEMU
SLOWNESS = {"svm": 1, "vmx": 4}
DEFAULTS = {"svm": {"cpus": 4, "mem": "1G"}, "vmx": {"cpus": 2, "mem": "512M"}}


@dataclasses.dataclass(frozen=True)
class Spec:
    """What machine is wanted; equal specs can share one boot."""
    vendor: str
    kernel: Kernel
    cpus: int
    mem: str
    cpu_flags: str = ""
    args: str = ""
    icount: bool = False
    vmlinuz: bool = False

    def __str__(self):
        extras = " ".join(filter(None, [self.cpu_flags, self.args, "icount" if self.icount else ""]))
        return (f"{self.vendor}, kernel {self.kernel.release}, {self.cpus} CPU{'s' * (self.cpus > 1)}, "
                f"{self.mem}{extras and ', ' + extras}")

    @property
    def boot_limit(self):
        # the generic kernel needs minutes on Bochs
        return 120 if self.vendor == "svm" else 900


@dataclasses.dataclass(frozen=True)
class Debug:
    """Extras of QEMU for whoever looks for a bug.

    With a thread for each CPU, every FXRSTOR and XRSTOR of any CPU writes a word of CPU 0's state without a lock
    (cpu_clear_ignne()): CPU 0 then forgets now and then that it left its guest, or that interrupts are held back. One
    thread does all CPUs in turn, PAUSE by PAUSE, which is no slower where CPUs spin for each other.
    """
    threads: bool = False
    gdb: bool = False
    qemu_log: str = None
    qemu_args: tuple = ()


def megabytes(size):
    return int(size[:-1]) * {"M": 1, "G": 1024}[size[-1].upper()]


def qemu_cpu(flags):
    """Merges +flag, -flag and flag=value into what the model has by default; the later one holds."""
    merged = dict(QEMU_CPU)
    for flag in filter(None, flags.split(",")):
        if flag[0] in "+-":
            merged[flag[1:]] = "on" if flag[0] == "+" else "off"
        else:
            name, _, value = flag.partition("=")
            merged[name] = value or "on"
    return ",".join(["max", *(f"{name}={value}" for name, value in merged.items())])


def qemu(spec, work, cmdline, serial, debug):
    """The command line of QEMU."""
    accel = ["-accel", f"tcg,thread={'multi' if debug.threads else 'single'}"]
    accel += ["-icount", "shift=0,sleep=off"] if spec.icount else []
    argv = ["qemu-system-x86_64", "-machine", "q35,kernel-irqchip=split", *accel,
            "-cpu", qemu_cpu(spec.cpu_flags), "-smp", str(spec.cpus), "-m", spec.mem,
            "-device", "intel-iommu,intremap=on,x-buggy-eim=on",
            "-kernel", str(spec.kernel.vmlinuz), "-initrd", str(work / "initrd.gz"),
            "-append", f"{cmdline} {QEMU_ARGS}",
            "-display", "none", "-monitor", "unix:monitor,server=on,wait=off", "-no-reboot",
            "-chardev", f"serial,id=console,path={serial}" if is_terminal(serial)
            else f"file,id=console,path={serial}", "-serial", "chardev:console"]
    if debug.gdb:
        argv += ["-s", "-S"]
    if debug.qemu_log:
        argv += ["-d", "int,cpu_reset,guest_errors", "-D", debug.qemu_log]
    return argv + list(debug.qemu_args)


def bochs(spec, work, cmdline, serial, _debug):
    """The command line of Bochs, after writing the medium and the configuration it needs."""
    tree = work / "iso"
    tree.mkdir()
    for source in (ISOLINUX, LDLINUX, work / "initrd.gz"):
        shutil.copy(source, tree)
    shutil.copy(spec.kernel.vmlinuz, tree / "vmlinuz")
    (tree / "isolinux.cfg").write_text(
        f"default linux\nprompt 0\nlabel linux\nkernel vmlinuz\nappend initrd=initrd.gz {cmdline} {BOCHS_ARGS}\n")
    run("xorriso", "-as", "mkisofs", "-quiet", "-o", str(work / "boot.iso"), "-b", "isolinux.bin", "-c", "boot.cat",
        "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", str(tree))
    shutil.rmtree(tree)
    flags = spec.cpu_flags and f", {spec.cpu_flags}"
    # relative paths throughout: Bochs copies some into short buffers
    (work / "console").symlink_to(serial)
    mode = "term" if is_terminal(serial) else "file"
    (work / "bochsrc").write_text(f"""\
megs: {megabytes(spec.mem)}
romimage: file={BIOS}
vgaromimage: file={VGABIOS}
cpu: model=corei7_skylake_x, count={spec.cpus}, ips=50000000, reset_on_triple_fault=0{flags}
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path=boot.iso, status=inserted
boot: cdrom
com1: enabled=1, mode={mode}, dev=console
clock: sync=none
panic: action=report
log: emulator.log
sound: waveoutdrv=dummy
display_library: rfb, options="timeout=0"
""")
    # Debian's Bochs starts in its debugger
    (work / "commands").write_text("c\n")
    return ["bochs", "-q", "-f", "bochsrc", "-rc", "commands"]


EMULATORS = {"svm": qemu, "vmx": bochs}


def is_terminal(serial):
    return str(serial).startswith("/dev/")


class Machine:
    """A running emulator; a context manager, so that none is ever left behind."""

    def __init__(self, spec, initrd, cmdline, serial, limit, debug=Debug()):
        (BUILD / "vm").mkdir(parents=True, exist_ok=True)
        self._directory = tempfile.TemporaryDirectory(dir=BUILD / "vm", prefix=f"{spec.vendor}-{spec.kernel.name}-")
        self.work = pathlib.Path(self._directory.name)
        self.emulator_log = self.work / "emulator.log"
        self._watched, self._rests, self._resets, self._failure = [], [b"", b""], 0, None
        (self.work / "initrd.gz").write_bytes(initrd)
        cmdline = f"{KERNEL_ARGS} hv.vendor={spec.vendor} {cmdline} {spec.args}".strip()
        argv = EMULATORS[spec.vendor](spec, self.work, cmdline, serial, debug)
        # `timeout` still ends the emulator if something kills us first
        argv = ["timeout", "--signal=KILL", str(limit), *argv]
        with open(self.work / "output", "wb") as output:
            # standard input stays open, because Bochs ends when its own does
            self.process = subprocess.Popen(argv, cwd=self.work, stdin=subprocess.PIPE, stdout=output,
                                            stderr=subprocess.STDOUT, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        for file in self._watched:
            file.close()
        self._directory.cleanup()

    def autopsy(self):
        """Asks a machine that is stuck for the registers of its CPUs; they join its other words."""
        if self.ended():
            return
        if self.emulator_log.exists():
            # Bochs enters its debugger, and writes all CPUs' registers into its log when told to quit
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                self.process.stdin.write(b"quit\n")
                self.process.stdin.flush()
                self.process.wait(5)
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as monitor:
            monitor.settimeout(2)
            # a socket's address is short, the path of a repository need not be
            directory = os.open(self.work, os.O_RDONLY)
            monitor.connect(f"/proc/self/fd/{directory}/monitor")
            os.close(directory)
            monitor.sendall(b"info registers -a\nquit\n")
            with open(self.work / "output", "ab") as output:
                while data := monitor.recv(65536):
                    output.write(data.replace(b"\r", b""))

    def kill(self):
        """Ends the emulator, if it has not ended."""
        if self.process.poll() is None:
            # asked first, `timeout` takes the emulator with it and reaps it
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process.stdin.close()

    def ended(self):
        return self.process.poll() is not None

    def words(self):
        """What the emulator itself had to say; of the much that Bochs says, the latest."""
        texts = []
        for path in (self.work / "output", self.emulator_log):
            if path.exists():
                with open(path, "rb") as file:
                    file.seek(max(0, path.stat().st_size - WORDS_KEPT))
                    texts.append(file.read().decode(errors="replace").strip())
        return "\n".join(filter(None, texts))

    def crashed(self):
        """It ended by itself, but not by powering off, after which Bochs exits with 1."""
        return self.process.poll() not in (None, 0) and "ACPI control: soft power off" not in self.words()

    def failure(self):
        """Why the machine, though the emulator runs on, will not: only Bochs needs to be asked."""
        if not self._watched and self.emulator_log.exists():
            self._watched = [open(self.emulator_log, "rb"), open(self.work / "output", "rb")]
        for number, file in enumerate(self._watched):
            # each line once, for this is called often and the log may grow long
            *lines, self._rests[number] = (self._rests[number] + file.read()).split(b"\n")
            for line in lines:
                if b"exception with no resolution" in line:
                    self._failure = "triple fault"
                elif b"bx_pc_system_c::Reset(" in line:
                    self._resets += 1
            if b"<bochs:" in self._rests[number]:
                self._failure = self._failure or "Bochs stopped in its debugger"
        # the first one is the power coming on
        return self._failure or ("reset" if self._resets > 1 else None)
