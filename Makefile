# SPDX-License-Identifier: GPL-2.0-only
# Build and test hv. `make help` lists the targets.

SHELL := /bin/bash
running := /lib/modules/$(shell uname -r)/build
newest := $(lastword $(shell ls -d /usr/src/linux-headers-*-amd64 2>/dev/null | sort -V))
IMAGE_MK ?= image.mk
KDIR ?= $(if $(wildcard $(running)/Makefile),$(running),$(newest))
KVER = $(notdir $(KDIR:%/build=%))
kver = $(patsubst linux-headers-%,%,$(KVER))
tree = build/kmod-$(kver)
exported := $(shell find kmod arch/x86/boot arch/x86/include arch/x86/vmx arch/x86/svm hvcore/include -type f) Kbuild

.PHONY: all module image hvctl unit vm-svm vm-vmx check clean help demo bench shell-svm shell-vmx modules-all static

all: module hvctl

image:
	@$(MAKE) --no-print-directory -s -f $(IMAGE_MK) OUT=build/image

# Kbuild puts objects beside sources, so every kernel gets a tree of its own.
module: image
	@test -e "$(KDIR)/Makefile" || { echo "no kernel headers: install linux-headers-amd64 or set KDIR" >&2; exit 1; }
	@mkdir -p $(tree)
	@cp -pu --parents $(exported) $(tree)
	@cmp -s build/image/hv-image.bin $(tree)/hv-image.bin || cp build/image/hv-image.bin $(tree)/hv-image.bin
	@$(MAKE) --no-print-directory -C $(KDIR) M=$(CURDIR)/$(tree) modules
	@cp $(tree)/hv.ko hv.ko

clean:
	rm -rf build hv.ko

hvctl:
	@true
