/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Instructions that C cannot express. */
#ifndef CELLS_INSN_H
#define CELLS_INSN_H

#include <hv/types.h>

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

struct __attribute__((packed)) table_register {
	u16 limit;
	u64 base;
};

static inline struct cpuid cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid r;

	asm volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
	return r;
}

static inline u64 rdmsr(u32 msr)
{
	u32 low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
	return (u64)high << 32 | low;
}

static inline void wrmsr(u32 msr, u64 value)
{
	asm volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

static inline void xsetbv(u32 index, u64 value)
{
	asm volatile("xsetbv" : : "c"(index), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

static inline u64 xgetbv(u32 index)
{
	u32 low, high;

	asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(index));
	return (u64)high << 32 | low;
}

static inline u64 rdtsc(void)
{
	u32 low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (u64)high << 32 | low;
}

static inline u8 inb(u16 port)
{
	u8 value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

static inline u32 inl(u16 port)
{
	u32 value;

	asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

static inline void outb(u16 port, u8 value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

#define REGISTER_ACCESS(name)                                                                                          \
	static inline u64 read_##name(void)                                                                            \
	{                                                                                                              \
		u64 value;                                                                                             \
		asm volatile("mov %%" #name ", %0" : "=r"(value) : : "memory");                                        \
		return value;                                                                                          \
	}                                                                                                              \
	static inline void write_##name(u64 value)                                                                     \
	{                                                                                                              \
		asm volatile("mov %0, %%" #name : : "r"(value) : "memory");                                            \
	}

REGISTER_ACCESS(cr0)
REGISTER_ACCESS(cr2)
REGISTER_ACCESS(cr3)
REGISTER_ACCESS(cr4)
REGISTER_ACCESS(dr0)
REGISTER_ACCESS(dr1)
REGISTER_ACCESS(dr2)
REGISTER_ACCESS(dr3)
REGISTER_ACCESS(dr6)
REGISTER_ACCESS(dr7)

static inline void lgdt(const struct table_register *r)
{
	asm volatile("lgdt %0" : : "m"(*r) : "memory");
}

static inline void lidt(const struct table_register *r)
{
	asm volatile("lidt %0" : : "m"(*r) : "memory");
}

static inline void sti(void)
{
	asm volatile("sti" : : : "memory");
}

static inline void cli(void)
{
	asm volatile("cli" : : : "memory");
}

static inline void pause(void)
{
	asm volatile("pause" : : : "memory");
}

/* Orders memory and the MSRs whose writes do not wait by themselves: those of the x2APIC and the TSC's deadline. */
static inline void fence(void)
{
	asm volatile("mfence; lfence" : : : "memory");
}

/* Interrupts are off before and after; none is lost between sti and hlt. */
static inline void sleep_until_interrupt(void)
{
	asm volatile("sti; hlt; cli" : : : "memory");
}

static inline _Noreturn void halt(void)
{
	for (;;)
		asm volatile("cli; hlt" : : : "memory");
}

#endif
