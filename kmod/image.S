/* SPDX-License-Identifier: GPL-2.0-only */
/* The resident image, as it is linked, inside the module: one file to sign, one file to load. */

	.section .rodata, "a"
	.balign	4096
	.globl	hvk_image
	.globl	hvk_image_end
hvk_image:
	.incbin	HV_IMAGE_FILE
hvk_image_end:

	.section .note.GNU-stack, "", @progbits
