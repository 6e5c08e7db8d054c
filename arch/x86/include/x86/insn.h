/* SPDX-License-Identifier: GPL-2.0-only */
/* Every instruction that C cannot express and that is neither VMX nor SVM. */
#ifndef X86_INSN_H
#define X86_INSN_H

#include <hv/types.h>

struct __attribute__((packed)) x86_table_register {
	u16 limit;
	u64 base;
};

/* The instruction clears the upper halves. */
struct x86_cpuid {
	u64 eax, ebx, ecx, edx;
};

static inline u64 x86_stack_pointer(void)
{
	u64 rsp;

	asm("mov %%rsp, %0" : "=r"(rsp));
	return rsp;
}

static inline struct x86_cpuid x86_cpuid(u32 leaf, u32 subleaf)
{
	struct x86_cpuid r;

	asm volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf) : "memory");
	return r;
}

static inline u64 x86_rdmsr(u32 msr)
{
	u32 lo, hi;

	asm volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (u64)hi << 32 | lo;
}

static inline void x86_wrmsr(u32 msr, u64 value)
{
	asm volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

static inline u64 x86_rdtsc(void)
{
	u32 lo, hi;

	asm volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (u64)hi << 32 | lo;
}

/* What differences within a few seconds need of it. */
static inline u32 x86_rdtsc_low(void)
{
	u32 lo, hi;

	asm volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return lo;
}

/* By 8 bytes, as many times. */
static inline void x86_fill_zeros(void *to, u64 count)
{
	asm volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(0ULL) : "memory");
}

/* They do not overlap. */
static inline void x86_copy_bytes(void *to, const void *from, u64 bytes)
{
	asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

static inline void x86_xsetbv(u32 index, u64 value)
{
	asm volatile("xsetbv" : : "c"(index), "a"((u32)value), "d"((u32)(value >> 32)));
}

static inline u64 x86_xgetbv(u32 index)
{
	u32 lo, hi;

	asm volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(index));
	return (u64)hi << 32 | lo;
}

#define X86_READ_WRITE(name, type)                                                                                    \
	static inline type x86_read_##name(void)                                                                      \
	{                                                                                                             \
		type value;                                                                                           \
		asm volatile("mov %%" #name ", %0" : "=r"(value) : : "memory");                                       \
		return value;                                                                                         \
	}                                                                                                             \
	static inline void x86_write_##name(type value)                                                               \
	{                                                                                                             \
		asm volatile("mov %0, %%" #name : : "r"(value) : "memory");                                           \
	}

X86_READ_WRITE(cr0, u64)
X86_READ_WRITE(cr2, u64)
X86_READ_WRITE(cr3, u64)
X86_READ_WRITE(cr4, u64)
X86_READ_WRITE(dr0, u64)
X86_READ_WRITE(dr1, u64)
X86_READ_WRITE(dr2, u64)
X86_READ_WRITE(dr3, u64)
X86_READ_WRITE(dr6, u64)
X86_READ_WRITE(dr7, u64)
X86_READ_WRITE(ds, u16)
X86_READ_WRITE(es, u16)
X86_READ_WRITE(fs, u16)
X86_READ_WRITE(gs, u16)
X86_READ_WRITE(ss, u16)

static inline u16 x86_read_cs(void)
{
	u16 cs;

	asm volatile("mov %%cs, %0" : "=r"(cs));
	return cs;
}

static inline struct x86_table_register x86_sgdt(void)
{
	struct x86_table_register r;

	asm volatile("sgdt %0" : "=m"(r));
	return r;
}

static inline struct x86_table_register x86_sidt(void)
{
	struct x86_table_register r;

	asm volatile("sidt %0" : "=m"(r));
	return r;
}

static inline void x86_lgdt(const struct x86_table_register *r)
{
	asm volatile("lgdt %0" : : "m"(*r) : "memory");
}

static inline void x86_lidt(const struct x86_table_register *r)
{
	asm volatile("lidt %0" : : "m"(*r) : "memory");
}

static inline u16 x86_str(void)
{
	u16 sel;

	asm volatile("str %0" : "=r"(sel));
	return sel;
}

static inline u16 x86_sldt(void)
{
	u16 sel;

	asm volatile("sldt %0" : "=r"(sel));
	return sel;
}

static inline void x86_ltr(u16 sel)
{
	asm volatile("ltr %0" : : "r"(sel) : "memory");
}

static inline void x86_lldt(u16 sel)
{
	asm volatile("lldt %0" : : "r"(sel) : "memory");
}

static inline void x86_invlpg(const void *p)
{
	asm volatile("invlpg %0" : : "m"(*(const char *)p) : "memory");
}

/* Return from nothing to here: what an IRET unblocks is unblocked. */
static inline void x86_iret(void)
{
	u64 scratch;

	asm volatile("mov %%ss, %0; push %0; lea 8(%%rsp), %0; push %0; pushf; mov %%cs, %0; push %0;"
		     "lea 1f(%%rip), %0; push %0; iretq; 1:"
		     : "=&r"(scratch)
		     :
		     : "cc", "memory");
}

static inline void x86_wbinvd(void)
{
	asm volatile("wbinvd" : : : "memory");
}

static inline void x86_pause(void)
{
	asm volatile("pause" : : : "memory");
}

static inline void x86_cli_hlt(void)
{
	asm volatile("cli; hlt" : : : "memory");
}

/* One interrupt that is pending is taken in between: STI holds it off for an instruction. */
static inline void x86_sti_cli(void)
{
	asm volatile("sti; nop; cli" : : : "memory");
}

static inline void x86_fxrstor(const void *state)
{
	asm volatile("fxrstor64 %0" : : "m"(*(const char *)state) : "memory");
}

static inline void x86_xrstor(const void *state, u64 components)
{
	asm volatile("xrstor64 %0"
		     :
		     : "m"(*(const char *)state), "a"((u32)components), "d"((u32)(components >> 32))
		     : "memory");
}

static inline void x86_out8(u16 port, u8 value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

#endif
