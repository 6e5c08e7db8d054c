// SPDX-License-Identifier: GPL-2.0-only
/* Instructions of the virtualization extensions in kernel mode: which exception does each answer with? */
#include <asm/asm.h>
#include <asm/trapnr.h>

#include "hvt.h"

/* EX_TYPE_FAULT leaves the vector in EAX. */
#define TRY(insn)                                                                                                      \
	({                                                                                                             \
		int vector = PAGE_SIZE;                                                                                \
		asm volatile("1: " insn "\n2:\n" _ASM_EXTABLE_TYPE(1b, 2b, EX_TYPE_FAULT)                              \
			     : "+a"(vector)                                                                            \
			     : "d"(operand), "c"(0)                                                                    \
			     : "memory", "cc");                                                                        \
		vector;                                                                                                \
	})

static u64 operand_space[4];

static void line(struct seq_file *m, const char *name, int vector)
{
	const char *text = vector == X86_TRAP_UD ? "UD" : vector == X86_TRAP_GP ? "GP" : "none";

	seq_printf(m, "%s %s\n", name, text);
}

#define LINE(name, insn) line(m, name, TRY(insn))

static int hvt_show(struct seq_file *m, void *unused)
{
	u64 *operand = operand_space;

	LINE("vmxon", "vmxon (%%rdx)");
	LINE("vmxoff", "vmxoff");
	LINE("vmlaunch", "vmlaunch");
	LINE("vmresume", "vmresume");
	LINE("vmclear", "vmclear (%%rdx)");
	LINE("vmptrld", "vmptrld (%%rdx)");
	LINE("vmptrst", "vmptrst (%%rdx)");
	LINE("vmread", "vmread %%rcx, (%%rdx)");
	LINE("vmwrite", "vmwrite (%%rdx), %%rcx");
	LINE("invept", "invept (%%rdx), %%rcx");
	LINE("invvpid", "invvpid (%%rdx), %%rcx");
	LINE("vmfunc", "vmfunc");
	LINE("vmrun", "vmrun");
	LINE("vmload", "vmload");
	LINE("vmsave", "vmsave");
	LINE("stgi", "stgi");
	LINE("clgi", "clgi");
	LINE("skinit", "skinit");
	LINE("invlpga", "invlpga");
	LINE("getsec", ".byte 0x0f, 0x37");
	LINE("rsm", "rsm");
	return 0;
}
