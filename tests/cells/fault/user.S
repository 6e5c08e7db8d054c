/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A hypercall from CPL 3. */
#include <hvabi/guest.h>
#include "start.h"

	.text
/* In: RDI = number, SIL = is it VMMCALL? Ends with an exception, at CPL 3. */
	.globl	fault_user
fault_user:
	push	$SEL_USER_DATA
	push	$0
	push	$2
	push	$SEL_USER_CODE64
	push	$1f
	iretq
1:	mov	%rdi, %rax
	mov	$HV_INFO_VERSION, %edi
	test	%sil, %sil
	mov	$0, %esi
	jz	2f
	vmmcall
	jmp	3f
2:	vmcall
3:	mov	%rax, fault_result
	movl	$1, fault_has_result
	cli

	.bss
	.balign 8
	.globl	fault_result, fault_has_result
fault_result:
	.zero	8
fault_has_result:
	.zero	4

	.section .note.GNU-stack, "", @progbits
