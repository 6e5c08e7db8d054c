/* SPDX-License-Identifier: GPL-2.0-only */
/* The SVM instructions. VMRUN itself is in exit.S. */
#ifndef SVM_INSN_H
#define SVM_INSN_H

#include <hv/types.h>

static inline void svm_clgi(void)
{
	asm volatile("clgi" : : : "memory");
}

static inline void svm_stgi(void)
{
	asm volatile("stgi" : : : "memory");
}

static inline void svm_vmsave(u64 hpa)
{
	asm volatile("vmsave" : : "a"(hpa) : "memory");
}

static inline void svm_vmload(u64 hpa)
{
	asm volatile("vmload" : : "a"(hpa) : "memory");
}

#endif
