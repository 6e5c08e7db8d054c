/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A cell's configuration as hvctl, the module and the hypervisor know it. Text exists in hvctl only. */
#ifndef HVABI_CELLCONF_H
#define HVABI_CELLCONF_H

#include <hvabi/memflags.h>
#include <hv/types.h>

#define HV_CONF_MAX_REGIONS 64
#define HV_CONF_MAX_VCPUS 64
#define HV_CONF_MAX_PORTS 32
#define HV_CONF_MAX_MSRS 32
#define HV_CONF_NAME 32

/* Where a region's memory comes from. */
enum hv_map_mode { HV_MODE_ALLOC, HV_MODE_IDENTICAL, HV_MODE_SECURE, HV_MODE_COUNT };

/* In which mode a cell's first CPU begins. */
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
	u64 phys;		/* IDENTICAL: where it lies; else 0 */
	u32 flags;		/* HV_MEM_*, of HV_CONF_REGION_FLAGS */
	u8 mode;		/* enum hv_map_mode; of a DEVICE region: IDENTICAL */
	u8 is_lenient;		/* IDENTICAL: 0 or 1 */
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

/* Lists have one element per virtual CPU, or none if their count is 0. */
struct hv_cellconf {
	u32 id;			/* not that of the root cell */
	u32 flags;		/* HV_CONF_* */
	char name[HV_CONF_NAME];	/* ends with 0; letters, digits, '-', '_', '.'; begins with a letter or digit */
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
	u32 physical[HV_CONF_MAX_VCPUS];	/* CPU that it is, by root's numbers; by default its own number */
};

#endif
