/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of a CPU as Linux runs on it, vendor-neutral: captured at launch, put into the guest, taken back at
 * leave.
 */
#ifndef X86_STATE_H
#define X86_STATE_H

#include <hv/types.h>

enum x86_segment_name { X86_ES, X86_CS, X86_SS, X86_DS, X86_FS, X86_GS, X86_LDTR, X86_TR, X86_NR_SEGMENTS };

struct x86_segment {
	u64 base;
	u32 limit;		/* in bytes */
	u32 attributes;		/* X86_ATTR_*, as VMX keeps them */
	u16 selector;
	u16 rsvd[3];
};

struct x86_state {
	struct x86_segment segment[X86_NR_SEGMENTS];
	u64 gdt_base, idt_base;
	u16 gdt_limit, idt_limit;
	u32 rsvd;
	u64 cr0, cr2, cr3, cr4;
	u64 dr7, debugctl;
	u64 efer, pat;
	u64 sysenter_cs, sysenter_esp, sysenter_eip;
	u64 rip, rsp, rflags;
};

/* One CPU's crossing: filled on Linux's side, read by the image while the bridge tables map both worlds. */
struct x86_crossing {
	struct x86_state state;
	u64 bridge;		/* CR3 of the bridge tables */
	u64 entry;		/* of the image */
	u64 back;		/* where a CPU that returns natively comes in, see boot/cross.S */
	void *launch;
	u64 cpu;
};

#endif
