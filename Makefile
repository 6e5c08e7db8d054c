# SPDX-License-Identifier: GPL-2.0-only
# Build and test hv. `make help` lists the targets; V=1 shows the commands, T=name picks one scenario.

SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
running := /lib/modules/$(shell uname -r)/build
headers := $(shell ls -d /usr/src/linux-headers-*-amd64 2>/dev/null | sort -V)
# what machines boot when nobody says otherwise
booted = $(lastword $(filter /usr/src/linux-headers-6.1.%-cloud-amd64,$(headers)))
KDIR ?= $(if $(wildcard $(running)/Makefile),$(running),$(lastword $(headers)))

release = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' "$(KDIR)/include/generated/utsrelease.h" 2>/dev/null)
tree = build/kmod-$(release)
exported = $(shell find kmod arch/x86/boot arch/x86/include arch/x86/vmx arch/x86/svm hvcore/include -type f) $(wildcard hvcore/cellconf*.[ch]) Kbuild
# whoever says -j decides, otherwise the machine does
jobs = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
quiet = $(if $(V),,-s)
# Type information is made from the kernel's own, which header packages do not have: nothing to skip, then.
btf = $(if $(wildcard $(KDIR)/vmlinux),,CONFIG_DEBUG_INFO_BTF_MODULES=)
kbuild = $(MAKE) $(quiet) $(jobs) -C $(KDIR) $(btf) $(if $(C),C=$(C) "CF=$(CF)")

.PHONY: all module image hvctl guest cells kernel modules-all machine unit static vm-svm vm-vmx check demo bench \
	shell-svm shell-vmx install clean help

all: module hvctl ## hv.ko for KDIR (default: the running kernel) and tools/hvctl/hvctl

image: ## the resident image, build/image/hv-image.elf
	@$(MAKE) $(quiet) $(jobs) -f image.mk OUT=build/image

hvctl: ## the control tool
	@$(MAKE) $(quiet) -C tools/hvctl hvctl

guest: ## programs for the test machines
	+@test ! -e tests/guest/Makefile || $(MAKE) $(quiet) $(jobs) -C tests/guest

cells: ## programs for cells, build/cells/
	+@test ! -e tests/cells/Makefile || $(MAKE) $(quiet) $(jobs) -C tests/cells

# Kbuild puts objects beside sources, so every kernel gets a tree of its own.
kernel: image
	@test -n "$(release)" || { echo "no kernel headers: install linux-headers-amd64 or set KDIR" >&2; exit 1; }
	@mkdir -p $(tree)
	@cp -p --parents $(exported) $(tree)
	@cmp -s build/image/hv-image.bin $(tree)/hv-image.bin || cp build/image/hv-image.bin $(tree)/hv-image.bin
	+@$(kbuild) M=$(CURDIR)/$(tree) modules
	+@test ! -e tests/kmod/Makefile || $(MAKE) $(quiet) $(jobs) -C tests/kmod KDIR=$(KDIR) OUT=$(CURDIR)/$(tree)/tests

module: kernel
	@cmp -s $(tree)/hv.ko hv.ko || cp $(tree)/hv.ko hv.ko
	@echo "hv.ko is for $(release)"

modules-all: image guest cells ## hv.ko and test modules for every kernel whose headers are installed
	+@set -e; for dir in $(headers); do $(MAKE) kernel KDIR=$$dir; done

machine: guest cells hvctl
	+@$(MAKE) kernel KDIR=$(booted)

unit: ## host tests
	@$(MAKE) $(quiet) $(jobs) -C tests/unit check

static: image ## static checks; T=rooms.py for one of them
	@tests/check/static.py $(T)

vm-svm: modules-all hvctl ## scenarios on SVM machines; T=name for one of them
	@tests/vm/run.py --suite svm $(if $(T),"T=$(T)")

vm-vmx: modules-all hvctl ## scenarios on VMX machines
	@tests/vm/run.py --suite vmx $(if $(T),"T=$(T)")

check: ## everything, installing what is missing; the last line sums up
	@tests/packages.sh build vm unit static
	@tests/check/all.py

demo: ## see it work, on an emulated machine
	@tests/packages.sh build vm
	+@$(MAKE) machine
	@tests/demo/demo.py

bench: ## what it costs, in counts: a table for each vendor and build/bench.json
	@tests/packages.sh build vm bench
	+@$(MAKE) modules-all hvctl
	@tests/bench/bench.py

shell-svm: machine ## a shell on an SVM machine that has hv.ko in /hv
	@tests/vm/run.py --vendor svm --shell

shell-vmx: machine ## a shell on a VMX machine
	@tests/vm/run.py --vendor vmx --shell

install: all ## as root: the module for KDIR, and hvctl
	@install -D -m 0644 hv.ko $(DESTDIR)/lib/modules/$(release)/updates/hv.ko
	@test -n "$(DESTDIR)" || depmod $(release)
	@$(MAKE) $(quiet) -C tools/hvctl install

clean: ## remove what was built; downloaded kernels stay in build/kernels
	@test ! -d build || find build -mindepth 1 -maxdepth 1 ! -name kernels ! -name cache -exec rm -rf {} +
	@rm -f hv.ko
	@$(MAKE) $(quiet) -C tools/hvctl clean

help:
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24
