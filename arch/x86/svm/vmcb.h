/* SPDX-License-Identifier: GPL-2.0-only */
/* The virtual machine control block: AMD APM vol. 2, "Layout of VMCB". */
#ifndef SVM_VMCB_H
#define SVM_VMCB_H

#include <hv/check.h>
#include <hv/types.h>

struct svm_segment {
	u16 selector;
	u16 attributes;		/* descriptor bits 55:52 and 47:40, packed */
	u32 limit;
	u64 base;
};

struct svm_vmcb {
	u32 intercept_cr;	/* reads in the lower half, writes in the upper */
	u32 intercept_dr;
	u32 intercept_exceptions;
	u32 intercept_3;
	u32 intercept_4;
	u32 intercept_5;
	u8 rsvd_0x18[0x28];
	u64 iopm_base;
	u64 msrpm_base;
	u64 tsc_offset;
	u32 asid;
	u8 tlb_control;
	u8 rsvd_0x5d[3];
	u64 interrupt_control;
	u64 interrupt_shadow;
	u64 exit_code;
	u64 exit_info_1;
	u64 exit_info_2;
	u64 exit_int_info;
	u64 nested_control;
	u8 rsvd_0x98[0x10];
	u64 event_injection;
	u64 nested_cr3;
	u64 lbr_control;
	u64 clean;
	u64 next_rip;
	u8 insn_len;
	u8 insn_bytes[15];
	u8 rsvd_0xe0[0x320];

	struct svm_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	u8 rsvd_0x4a0[0x2b];
	u8 cpl;
	u32 rsvd_0x4cc;
	u64 efer;
	u8 rsvd_0x4d8[0x70];
	u64 cr4, cr3, cr0, dr7, dr6, rflags, rip;
	u8 rsvd_0x580[0x58];
	u64 rsp;
	u8 rsvd_0x5e0[0x18];
	u64 rax;
	u64 star, lstar, cstar, sfmask, kernel_gs_base;
	u64 sysenter_cs, sysenter_esp, sysenter_eip;
	u64 cr2;
	u8 rsvd_0x648[0x20];
	u64 pat, debugctl, br_from, br_to, last_exc_from, last_exc_to;
	u8 rsvd_0x698[0x48];
	u64 spec_ctrl;		/* on CPUs that switch it */
	u8 rsvd_0x6e8[0x918];
};

HV_ASSERT_OFFSET(struct svm_vmcb, iopm_base, 0x40);
HV_ASSERT_OFFSET(struct svm_vmcb, asid, 0x58);
HV_ASSERT_OFFSET(struct svm_vmcb, exit_code, 0x70);
HV_ASSERT_OFFSET(struct svm_vmcb, nested_control, 0x90);
HV_ASSERT_OFFSET(struct svm_vmcb, event_injection, 0xa8);
HV_ASSERT_OFFSET(struct svm_vmcb, insn_len, 0xd0);
HV_ASSERT_OFFSET(struct svm_vmcb, es, 0x400);
HV_ASSERT_OFFSET(struct svm_vmcb, tr, 0x490);
HV_ASSERT_OFFSET(struct svm_vmcb, cpl, 0x4cb);
HV_ASSERT_OFFSET(struct svm_vmcb, efer, 0x4d0);
HV_ASSERT_OFFSET(struct svm_vmcb, cr4, 0x548);
HV_ASSERT_OFFSET(struct svm_vmcb, rsp, 0x5d8);
HV_ASSERT_OFFSET(struct svm_vmcb, rax, 0x5f8);
HV_ASSERT_OFFSET(struct svm_vmcb, cr2, 0x640);
HV_ASSERT_OFFSET(struct svm_vmcb, pat, 0x668);
HV_ASSERT_SIZE(struct svm_vmcb, 4096);

#endif
