# SPDX-License-Identifier: GPL-2.0-only
# The resident image: compiled and linked on its own, for no kernel in particular.
#   make -f image.mk OUT=build/image

OUT ?= build/image
CC ?= gcc

sources := $(wildcard hvcore/*.c arch/x86/*.c arch/x86/*.S arch/x86/vmx/*.[cS] arch/x86/svm/*.[cS])
objects := $(addprefix $(OUT)/,$(addsuffix .o,$(sources)))

# Padding in front of jump targets would be executed where code falls into it.
straight := -fno-align-jumps -fno-align-loops -fno-align-labels

# No thunks, no stack protector, no tracing: nothing that would call out of the image. No jump tables: no indirect branches.
flags := -std=gnu11 -O2 -flto -flto-partition=one $(straight) -ffreestanding -nostdinc -fpie -mcmodel=small -include hvcore/include/hv/hidden.h -mgeneral-regs-only \
	-mno-red-zone -fno-stack-protector -fno-jump-tables -fcf-protection=none -fno-asynchronous-unwind-tables \
	-fno-strict-aliasing -ffile-prefix-map=$(CURDIR)/= \
	-Wall -Wextra -Wshadow -Wundef -Wmissing-prototypes -Wframe-larger-than=512 -Werror -g \
	-Ihvcore/include -Iarch/x86/include -Iarch/x86 -MMD -MP

$(OUT)/hv-image.bin: $(OUT)/hv-image.elf
	objcopy -O binary $< $@

$(OUT)/hv-image.elf: $(objects) $(OUT)/hv.lds
	$(CC) $(flags) -static -nostdlib -Wl,--build-id=none,-z,noexecstack,-z,max-page-size=4096,-T,$(OUT)/hv.lds -o $@ $(objects)

$(OUT)/hv.lds: arch/x86/hv.lds hvcore/include/hvabi/launch.h
	@mkdir -p $(@D)
	$(CC) -E -P -x c -D__ASSEMBLER__ -Ihvcore/include $< -o $@

$(objects): image.mk

$(OUT)/%.c.o: %.c
	@mkdir -p $(@D)
	$(CC) $(flags) -c $< -o $@

$(OUT)/%.S.o: %.S
	@mkdir -p $(@D)
	$(CC) $(flags) -D__ASSEMBLER__ -c $< -o $@

-include $(objects:.o=.d)
