/* SPDX-License-Identifier: GPL-2.0-only */
/* Which model-specific registers a root CPU may touch without us, as a table; and the bitmaps built from it. */
#ifndef X86_MSR_POLICY_H
#define X86_MSR_POLICY_H

#include <hv/exit.h>
#include <x86/cpu.h>

#define X86_MSR_READ 0x1
#define X86_MSR_WRITE 0x2
#define X86_ON_VMX 0x1
#define X86_ON_SVM 0x2

enum x86_msr_action {
	X86_MSR_KEEP,		/* writes must not change the value; reads are native */
	X86_MSR_VEIL,		/* reads show (value & ~clear) | set; writes must not change what is shown */
	X86_MSR_IGNORE,		/* writes vanish */
	X86_MSR_DROP,		/* the same, with an event, but not of registers that the CPU does not have */
	X86_MSR_VENDOR,		/* never comes here: the vendor code takes it */
	X86_MSR_APIC_BASE_MOVE,
	X86_MSR_ICR,
	X86_MSR_WITHOUT,
};

struct x86_msr_rule {
	u32 first, last;	/* inclusive */
	u8 vendors;		/* X86_ON_* */
	u8 intercept;		/* X86_MSR_READ | X86_MSR_WRITE */
	u8 action;		/* enum x86_msr_action */
	u64 clear, set;
};

/* How a vendor's bitmap is laid out: "MSR-Bitmap Address" (VMX), "MSR Intercepts" (SVM). */
struct x86_msr_range {
	u32 first, last;
	u32 bit;		/* of the read permission of @first */
};

struct x86_msr_format {
	u8 vendor;		/* X86_ON_* */
	u8 stride;		/* bits from one register to the next */
	u8 frames;		/* of the whole map */
	u32 write_bit;		/* from a register's read bit to its write bit */
	u32 nr_ranges;
	struct x86_msr_range range[3];
};

/** x86_msr_map_build() - set the bits of all intercepted accesses in @map, which is zero */
void x86_msr_map_build(const struct x86_msr_format *format, u8 *map);

/** x86_msr_map_set() - have reads, or writes, of @msr exit or not; of one that the map does not know they always do */
void x86_msr_map_set(const struct x86_msr_format *format, u8 *map, u32 msr, bool is_write, bool exits);

/** x86_msr_emulate() - carry out an intercepted RDMSR or WRMSR */
enum hv_verdict x86_msr_emulate(struct x86_cpu *cpu, struct hv_exit *exit);

/** x86_rdmsr_safe(), x86_wrmsr_safe() - false if the CPU raised #GP */
bool x86_rdmsr_safe(u32 msr, u64 *value);
bool x86_wrmsr_safe(u32 msr, u64 value);

#endif
