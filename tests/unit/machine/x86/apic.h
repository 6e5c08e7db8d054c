/* SPDX-License-Identifier: GPL-2.0-only */
/* In front of x86/apic.h on the host: the registers of the local APIC are functions of the test. */
#ifndef MACHINE_X86_APIC_H
#define MACHINE_X86_APIC_H

#define x86_apic_read(offset) native_apic_read(offset)
#define x86_apic_write(offset, value) native_apic_write(offset, value)
#include_next <x86/apic.h>
#undef x86_apic_read
#undef x86_apic_write

u32 x86_apic_read(u32 offset);
void x86_apic_write(u32 offset, u32 value);

#endif
