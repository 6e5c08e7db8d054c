/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a program in a cell can ask of the hypervisor, and what it is told. For C and for assembly; the story around it
 * is Documentation/ABI/guest.md.
 */
#ifndef HVABI_GUEST_H
#define HVABI_GUEST_H

/*
 * CPUID: leaf 0x40000000 has the highest leaf in EAX and the signature "hv:partition" in EBX, ECX, EDX; the next one
 * the version of this interface in EAX, the number of this CPU in its cell in EBX, how many there are in ECX, and where
 * the comm page is in EDX.
 */
#define HV_GUEST_LEAF 0x40000000
#define HV_GUEST_EBX 0x703a7668	/* "hv:p" */
#define HV_GUEST_ECX 0x69747261	/* "arti" */
#define HV_GUEST_EDX 0x6e6f6974	/* "tion" */
#define HV_GUEST_VERSION 1

/*
 * Hypercalls, by VMCALL on Intel's and VMMCALL on AMD's CPUs, at CPL 0, in any mode. Number in RAX, arguments in RDI
 * and RSI (outside of 64-bit code their lower 32 bits), result in RAX: negative is an error. Everything else is
 * preserved. Buffers are guest-physical memory of the cell.
 */
#define HV_GC_INFO 0x100	/* RDI: HV_INFO_* */
#define HV_GC_WRITE 0x101	/* to the console. RDI: buffer, RSI: bytes, at most HV_GC_BYTES. Returns bytes. */
#define HV_GC_READ 0x102	/* from the console. RDI: buffer, RSI: bytes, likewise. Returns bytes, maybe 0 */
#define HV_GC_YIELD 0x103	/* RDI: a word for root, in which the last one shows */
#define HV_GC_SHUTDOWN 0x104	/* RDI: a code for root. The cell stops; there is no return. */
#define HV_GC_BYTES 4096

#define HV_INFO_VERSION 0	/* HV_GUEST_VERSION */
#define HV_INFO_CPUS 1		/* of the cell */
#define HV_INFO_CPU 2		/* the number of this one, from 0 */
#define HV_INFO_TSC_KHZ 3	/* of the time-stamp counter */
#define HV_INFO_APIC_KHZ 4	/* of the local APIC's timer, undivided */
#define HV_INFO_COMM 5		/* guest-physical address of the comm page */
#define HV_INFO_STARTS 6	/* how often the cell was started, this time included */
#define HV_INFO_COUNT 7

/* Errors, as negative numbers. */
#define HV_GC_EPERM 1		/* not at CPL 0 */
#define HV_GC_EFAULT 14		/* the buffer is not the cell's memory, or not writable */
#define HV_GC_EINVAL 22
#define HV_GC_ENOSYS 38		/* there is no such call */

/* The registers of the local APIC, in xAPIC mode, and the comm page are where nothing else can be. */
#define HV_APIC_GPA 0xfee00000
#define HV_COMM_GPA 0xfef00000
#define HV_COMM_SIZE 0x1000
/* Tables of a cell that begins in 64-bit mode: its first 4 GiB and the GiB of its entry. Its own memory. */
#define HV_BOOT_GPA 0xfef01000
#define HV_BOOT_SIZE 0xf000
#define HV_BOOT_FRAMES 8	/* so many of them are there */

/*
 * How a cell begins, on its first CPU; the others wait for INIT and start-up IPI. Interrupts are off, caches on,
 * descriptor tables empty, registers 0 but for these:
 *  real16   CS:IP at the entry, the other segments 0, SP 0
 *  prot32   flat segments, paging off; EAX: HV_MULTIBOOT_MAGIC, EBX: the multiboot information in the comm page
 *  long64   flat segments, CR3: the tables at HV_BOOT_GPA; RDI: HV_COMM_GPA
 */
#define HV_MULTIBOOT_MAGIC 0x2badb002

#define HV_COMM_MAX_CPUS 64

#ifndef __ASSEMBLER__

#include <hv/check.h>
#include <hv/types.h>

#define HV_COMM_SIGNATURE 0x6d6d6f637668ULL	/* "hvcomm" */
#define HV_COMM_X2APIC 0x1	/* the local APIC is in x2APIC mode, else in xAPIC mode; that cannot be changed */
#define HV_COMM_CONSOLE 0x2	/* there is a console */
#define HV_COMM_MAX_REGIONS 64
#define HV_COMM_NAME 32
#define HV_COMM_CMDLINE 256
#define HV_COMM_MULTIBOOT 0x900	/* where in the page the multiboot information begins */

struct hv_comm_region {
	u64 gpa;
	u64 size;
	u32 flags;		/* HV_MEM_* of hvabi/memflags.h */
	u32 rsvd;
};

/* Read-only, and the same from the first start on. */
struct hv_comm {
	u64 signature;		/* HV_COMM_SIGNATURE */
	u32 version;		/* HV_GUEST_VERSION */
	u32 flags;		/* HV_COMM_* */
	u32 nr_cpus;
	u32 nr_regions;
	u64 tsc_khz;
	u64 apic_khz;
	char name[HV_COMM_NAME];
	char cmdline[HV_COMM_CMDLINE];	/* a zero at its end */
	u32 apic_ids[HV_COMM_MAX_CPUS];
	struct hv_comm_region regions[HV_COMM_MAX_REGIONS];
};
HV_ASSERT_OFFSET(struct hv_comm, name, 40);
HV_ASSERT_OFFSET(struct hv_comm, cmdline, 72);
HV_ASSERT_OFFSET(struct hv_comm, apic_ids, 328);
HV_ASSERT_OFFSET(struct hv_comm, regions, 584);
HV_STATIC_ASSERT(sizeof(struct hv_comm) <= HV_COMM_MULTIBOOT);

#endif
#endif
