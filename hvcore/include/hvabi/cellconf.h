/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A cell's configuration as hvctl, the module and the hypervisor know it. Text exists in hvctl only. */
#ifndef HVABI_CELLCONF_H
#define HVABI_CELLCONF_H

#include <hvabi/memflags.h>
#include <hv/check.h>
#include <hv/types.h>

#define HV_CONF_MAX_REGIONS 64
#define HV_CONF_MAX_VCPUS 64
#define HV_CONF_MAX_PORTS 32
#define HV_CONF_MAX_MSRS 32
#define HV_CONF_NAME 32
#define HV_CONF_CMDLINE 256
#define HV_CONF_MAX_ID 0xdfff
#define HV_CONF_GPA_END (1ULL << 48)	/* four levels of tables reach that far */
#define HV_CONF_PHYS_END (1ULL << 52)	/* and physical addresses, in any x86 */

/* Where a region's memory comes from. */
enum hv_map_mode { HV_MODE_ALLOC, HV_MODE_IDENTICAL, HV_MODE_SECURE, HV_MODE_COUNT };

/*
 * In which mode a cell's first CPU begins. REAL16 begins below 1 MiB: CS is the 64 KiB segment that the entry lies in,
 * and IP the rest, so 0x7c00 is 0000:7c00 and 0xf0123 is f000:0123. PROT32 begins below 4 GiB, with flat segments and
 * without paging; LONG64 below 2^47.
 */
enum hv_entry_mode { HV_ENTRY_REAL16, HV_ENTRY_PROT32, HV_ENTRY_LONG64, HV_ENTRY_COUNT };

/* Region flags that a configuration may name; the others are the hypervisor's own business. */
#define HV_CONF_REGION_FLAGS                                                                                           \
	(HV_MEM_RWX | HV_MEM_DMA | HV_MEM_IO | HV_MEM_LOADABLE | HV_MEM_ROOTSHARED | HV_MEM_NO_HUGE | HV_MEM_DEVICE)

/* Flags of a cell. */
#define HV_CONF_CONSOLE 0x1	/* it has one */
#define HV_CONF_RESTART 0x2	/* after a fault it begins anew, else it stops */
#define HV_CONF_FLAGS (HV_CONF_CONSOLE | HV_CONF_RESTART)

struct hv_conf_region {
	u64 gpa;
	u64 size;
	u64 phys;		/* IDENTICAL: where it lies, of a DEVICE region the same as gpa; else 0 */
	u32 flags;		/* HV_MEM_*, of HV_CONF_REGION_FLAGS */
	u8 mode;		/* enum hv_map_mode; of a DEVICE region: IDENTICAL */
	u8 is_lenient;		/* IDENTICAL, but not a DEVICE: 0 or 1 */
	u8 populate;		/* ALLOC, SECURE: 0 or 1 */
	u8 rsvd;		/* 0 */
};

/* I/O ports, both ends included. */
struct hv_conf_ports {
	u16 first;
	u16 last;
};

#define HV_CONF_MSR_READ 0x1
#define HV_CONF_MSR_WRITE 0x2

struct hv_conf_msr {
	u32 index;
	u32 access;		/* HV_CONF_MSR_* */
};

/* Lists of CPUs have one element per virtual CPU, or none if their count is 0. What is behind a count is ignored. */
struct hv_cellconf {
	u32 id;			/* not 0, which is the root cell's; at most HV_CONF_MAX_ID */
	u32 flags;		/* HV_CONF_* */
	/* Letters, digits, '-', '_', '.'; begins with a letter or digit; zeros behind it, one at least; not "root". */
	char name[HV_CONF_NAME];
	u64 entry;		/* where the first CPU begins */
	u32 entry_mode;		/* enum hv_entry_mode */
	u32 nr_regions;
	u32 nr_ports;
	u32 nr_msrs;
	u32 nr_vcpus;
	u32 nr_masks;
	u32 nr_physical;
	u32 rsvd;		/* 0 */
	struct hv_conf_region regions[HV_CONF_MAX_REGIONS];
	struct hv_conf_ports ports[HV_CONF_MAX_PORTS];
	struct hv_conf_msr msrs[HV_CONF_MAX_MSRS];
	u64 masks[HV_CONF_MAX_VCPUS];		/* physical CPUs on which the virtual one may run */
	u32 physical[HV_CONF_MAX_VCPUS];	/* CPU that it is, by the reader's numbers; by default its own */
	char cmdline[HV_CONF_CMDLINE];		/* for the program: printable, zeros behind it, one at least */
};
HV_ASSERT_SIZE(struct hv_conf_region, 32);
HV_ASSERT_OFFSET(struct hv_conf_region, flags, 24);
HV_ASSERT_SIZE(struct hv_conf_ports, 4);
HV_ASSERT_SIZE(struct hv_conf_msr, 8);
HV_ASSERT_OFFSET(struct hv_cellconf, entry, 40);
HV_ASSERT_OFFSET(struct hv_cellconf, regions, 80);
HV_ASSERT_OFFSET(struct hv_cellconf, ports, 2128);
HV_ASSERT_OFFSET(struct hv_cellconf, msrs, 2256);
HV_ASSERT_OFFSET(struct hv_cellconf, masks, 2512);
HV_ASSERT_OFFSET(struct hv_cellconf, physical, 3024);
HV_ASSERT_OFFSET(struct hv_cellconf, cmdline, 3280);
HV_ASSERT_SIZE(struct hv_cellconf, 3536);

/*
 * Which member a refusal is about. Those of one element come with its index; those in the plural are about a list as a
 * whole, or its count.
 */
enum hv_conf_field {
	HV_CONF_AT_ID,
	HV_CONF_AT_NAME,
	HV_CONF_AT_FLAGS,
	HV_CONF_AT_RSVD,
	HV_CONF_AT_CPUS,	/* nr_vcpus */
	HV_CONF_AT_MASKS,
	HV_CONF_AT_MASK,
	HV_CONF_AT_PHYSICALS,
	HV_CONF_AT_PHYSICAL,
	HV_CONF_AT_REGIONS,
	HV_CONF_AT_REGION_GPA,
	HV_CONF_AT_REGION_SIZE,
	HV_CONF_AT_REGION_PHYS,
	HV_CONF_AT_REGION_FLAGS,
	HV_CONF_AT_REGION_MODE,
	HV_CONF_AT_REGION_LENIENT,
	HV_CONF_AT_REGION_POPULATE,
	HV_CONF_AT_REGION_RSVD,
	HV_CONF_AT_ENTRY_MODE,
	HV_CONF_AT_ENTRY,
	HV_CONF_AT_PORTS,
	HV_CONF_AT_PORT,	/* first and last of one range */
	HV_CONF_AT_MSRS,
	HV_CONF_AT_MSR,
	HV_CONF_AT_MSR_ACCESS,
	HV_CONF_AT_CMDLINE,
	HV_CONF_AT_COUNT
};

#endif
