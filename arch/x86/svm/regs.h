/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of SVM: AMD APM vol. 2, "SVM Intercept Codes", "VMCB Layout, Control Area". */
#ifndef SVM_REGS_H
#define SVM_REGS_H

#include <hv/bits.h>

/* Intercept vector 3. */
#define SVM_INTERCEPT_INTR HV_BIT(0)
#define SVM_INTERCEPT_NMI HV_BIT(1)
#define SVM_INTERCEPT_SMI HV_BIT(2)
#define SVM_INTERCEPT_INIT HV_BIT(3)
#define SVM_INTERCEPT_RDPMC HV_BIT(15)
#define SVM_INTERCEPT_CPUID HV_BIT(18)
#define SVM_INTERCEPT_IRET HV_BIT(20)
#define SVM_INTERCEPT_INVD HV_BIT(22)
#define SVM_INTERCEPT_HLT HV_BIT(24)
#define SVM_INTERCEPT_INVLPGA HV_BIT(26)
#define SVM_INTERCEPT_IOIO HV_BIT(27)
#define SVM_INTERCEPT_MSR HV_BIT(28)
#define SVM_INTERCEPT_TASK_SWITCH HV_BIT(29)
#define SVM_INTERCEPT_SHUTDOWN HV_BIT(31)
/* Intercept vector 4. */
#define SVM_INTERCEPT_VMRUN HV_BIT(0)
#define SVM_INTERCEPT_VMMCALL HV_BIT(1)
#define SVM_INTERCEPT_VMLOAD HV_BIT(2)
#define SVM_INTERCEPT_VMSAVE HV_BIT(3)
#define SVM_INTERCEPT_STGI HV_BIT(4)
#define SVM_INTERCEPT_CLGI HV_BIT(5)
#define SVM_INTERCEPT_SKINIT HV_BIT(6)
#define SVM_INTERCEPT_WBINVD HV_BIT(9)

#define SVM_EXIT_CR0_READ 0x00
#define SVM_EXIT_CR15_WRITE 0x1f
#define SVM_EXIT_EXCEPTION 0x40	/* + vector */
#define SVM_EXIT_NMI 0x61
#define SVM_EXIT_INIT 0x63
#define SVM_EXIT_RDPMC 0x6f
#define SVM_EXIT_CPUID 0x72
#define SVM_EXIT_IRET 0x74
#define SVM_EXIT_INVD 0x76
#define SVM_EXIT_INVLPGA 0x7a
#define SVM_EXIT_IOIO 0x7b
#define SVM_EXIT_MSR 0x7c
#define SVM_EXIT_TASK_SWITCH 0x7d
#define SVM_EXIT_SHUTDOWN 0x7f
#define SVM_EXIT_VMRUN 0x80
#define SVM_EXIT_VMMCALL 0x81
#define SVM_EXIT_VMLOAD 0x82
#define SVM_EXIT_SKINIT 0x86
#define SVM_EXIT_WBINVD 0x89
#define SVM_EXIT_NPF 0x400
#define SVM_EXIT_INVALID (~0ULL)

/* EXITINTINFO and EVENTINJ. */
#define SVM_EVENT_VECTOR HV_MASK(7, 0)
#define SVM_EVENT_TYPE HV_MASK(10, 8)
#define SVM_EVENT_TYPE_NMI 2
#define SVM_EVENT_TYPE_EXCEPTION 3
#define SVM_EVENT_TYPE_SOFTWARE 4
#define SVM_EVENT_HAS_ERROR HV_BIT(11)
#define SVM_EVENT_VALID HV_BIT(31)
#define SVM_EVENT_ERROR HV_MASK(63, 32)

/* EXITINFO1 of an access to a port. */
#define SVM_IOIO_PORT HV_MASK(31, 16)

/* EXITINFO1 of a nested page fault. */
#define SVM_NPF_WRITE HV_BIT(1)
#define SVM_NPF_FETCH HV_BIT(4)

#define SVM_ROOT_ASID 1
#define SVM_TLB_KEEP 0
#define SVM_TLB_FLUSH_ALL 1
#define SVM_NESTED_ENABLE HV_BIT(0)
#define SVM_SHADOW HV_BIT(0)

/* Attributes in the VMCB's packed form, from those of a descriptor and back. */
#define SVM_ATTR_LOW HV_MASK(7, 0)
#define SVM_ATTR_HIGH HV_MASK(11, 8)
#define SVM_ATTR_L HV_BIT(9)

/*
 * Length of the instructions that exit and that we step behind; none takes a prefix that matters ("VMMCALL",
 * "RDMSR").
 */
#define SVM_LEN_VMMCALL 3
#define SVM_LEN_MSR 2
#define SVM_LEN_CPUID 2
#define SVM_LEN_INVD 2
#define SVM_LEN_WBINVD 2

#endif
