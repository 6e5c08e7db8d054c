/* SPDX-License-Identifier: GPL-2.0-only */
/* Hypercalls of root, with any argument. */
#ifndef HVT_CALL_H
#define HVT_CALL_H

#include <linux/moduleparam.h>

#include <hvabi/hypercall.h>

static bool vmx;
module_param(vmx, bool, 0444);

static long hvt_call(unsigned long nr, unsigned long arg)
{
	long result;

	if (vmx)
		asm volatile("vmcall" : "=a"(result) : "a"(nr), "D"(arg) : "memory");
	else
		asm volatile("vmmcall" : "=a"(result) : "a"(nr), "D"(arg) : "memory");
	return result;
}

#endif
