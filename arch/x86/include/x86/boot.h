/* SPDX-License-Identifier: GPL-2.0-only */
/* The assembly half of arch/x86/boot. */
#ifndef X86_BOOT_H
#define X86_BOOT_H

#include <x86/state.h>

/* Offsets that boot/cross.S and entry.S use; asserted in x86/state.h's user boot/enter.c. */
int x86_cross(struct x86_crossing *crossing);
long x86_leave_vmx(unsigned long nr);
long x86_leave_svm(unsigned long nr);
long x86_call_vmx(unsigned long nr, unsigned long arg);
long x86_call_svm(unsigned long nr, unsigned long arg);

#endif
