/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the module and the resident image agree on: the image's header, the system configuration, the launch block. */
#ifndef HVABI_LAUNCH_H
#define HVABI_LAUNCH_H

/* Where the image is linked. An address in the hypervisor's page tables; Linux never maps it. */
#define HV_BASE 0xffffff0000000000

#ifndef __ASSEMBLER__

#include <hv/check.h>
#include <hv/types.h>

#define HV_SIGNATURE 0x31474d4956482e6bULL
#define HV_REVISION 1
#define HV_MAX_CPUS 512
#define HV_MAX_SECURE 8
#define HV_MAX_REGIONS 96
#define HV_MAX_IOMMUS 64
#define HV_IOMMU_MAX_SIZE 0x200000	/* AMD's have 512 KiB of registers at most, Intel's are smaller */
#define HV_MAX_RESERVED 64
#define HV_ERROR_TEXT 120

struct hv_range {
	u64 start;
	u64 size;
};

/*
 * First page of the image. The linker fills the upper half, the module the lower one before launch. Offsets count
 * from HV_BASE. The sections lie in ascending order, each on page boundaries: header, text, rodata, data with bss.
 */
struct hv_header {
	u64 signature;
	u32 revision;
	u32 percpu_size;
	u64 entry;
	u64 text_offset;
	u64 rodata_offset;
	u64 data_offset;
	u64 core_size;
	u64 bridge_offset;	/* frames for the bridge tables, see arch/x86/boot/bridge.c */
	u64 bridge_size;
	u64 log_offset;

	u32 max_cpus;
	u32 online_cpus;
	u64 config_offset;	/* struct hv_sysconfig */
	u64 stats_offset;	/* struct hv_stats, set by the early stage */
	u64 stats_size;
	u64 features;
	u32 nr_secure;
	u32 rsvd;
	struct hv_range secure[HV_MAX_SECURE];
};

/* Kinds of physical memory, as root knows them. */
#define HV_REGION_RAM 1
#define HV_REGION_DEVICE 2

struct hv_region_config {
	u64 start;
	u64 size;
	u32 kind;
	u32 rsvd;
};

/* Lies behind the per-CPU array, in front of the page pool; the APIC ids of the CPUs follow it. */
struct hv_sysconfig {
	struct hv_range hypervisor_memory;
	struct hv_range shared;		/* root's own memory, where it sees header, log and statistics instead */
	u64 tsc_khz;
	u32 nr_cpus;
	u32 nr_regions;
	u32 nr_iommus;
	u32 nr_reserved;
	struct hv_region_config regions[HV_MAX_REGIONS];
	struct hv_range iommus[HV_MAX_IOMMUS];		/* registers of units that Linux does not use */
	struct hv_range reserved[HV_MAX_RESERVED];	/* memory that devices access by the firmware's wish */
	u32 apic_ids[];
};

/* What root sees in the shared range, read-only: the header's page, the log ring, the statistics. */
#define HV_SHARED_HEADER 0
#define HV_SHARED_LOG 0x1000
#define HV_SHARED_STATS 0x5000

/* Life cycle of the hypervisor. The module keeps one of its own, which is what root sees. */
enum hv_state { HV_OFF, HV_PREPARED, HV_ENTERING, HV_ACTIVE, HV_LEAVING };

/* Places where a debug parameter makes a launch fail, in the order in which a launch passes them. */
#define HV_LAUNCH_STAGES(_)                                                                                            \
	_(none) _(reserve) _(map) _(bridge) _(arrive) _(early) _(percpu) _(late) _(activate) _(confirm)
enum hv_launch_stage {
#define HV_LAUNCH_ENUM(name) HV_STAGE_##name,
	HV_LAUNCH_STAGES(HV_LAUNCH_ENUM)
#undef HV_LAUNCH_ENUM
	HV_STAGE_COUNT
};

/* First failure of a launch: who, where, why. */
struct hv_launch_error {
	u32 claimed;		/* set by the CPU that may fill the rest */
	s32 err;
	u32 cpu;
	u32 line;
	char file[40];
	char text[HV_ERROR_TEXT];
};

/* Lives in Linux's memory; the resident image uses it during the launch only. */
struct hv_launch {
	struct hv_range range;
	void *image;		/* Linux's mapping of the range */
	u32 nr_cpus;		/* that take part */
	u32 inject_stage;	/* enum hv_launch_stage, for tests */
	u32 inject_cpu;
	u32 vendor;		/* enum hv_vendor */
	u64 timeout;		/* of each rendezvous, in TSC ticks */
	u32 arrived[HV_STAGE_COUNT];
	u32 verdict[HV_STAGE_COUNT];	/* of a rendezvous: 0 open, 1 go on, 2 failed */
	struct hv_launch_error error;
	u64 *linux_root;	/* top-level table of a Linux address space */
	u64 direct_map;		/* where Linux maps physical address 0 */
	u64 bridge_cr3;
	void *arch;		/* arch/x86/boot's part, hv_boot_cpu_size() per CPU */
};

enum hv_vendor { HV_VENDOR_NONE, HV_VENDOR_VMX, HV_VENDOR_SVM };

#define HV_BOOT_TEXT 160

/**
 * hv_boot_probe() - can this CPU run the hypervisor?
 * @vendor: out, which extension it has
 * @reason: out, a sentence that says what is missing
 *
 * Call on the CPU in question, not preemptible. Changes nothing. Return: 0, -ENODEV, -EBUSY or -EOPNOTSUPP.
 */
int hv_boot_probe(enum hv_vendor *vendor, char reason[HV_BOOT_TEXT]);

/**
 * hv_boot_bridge() - build the tables over which CPUs cross: Linux's kernel half and the image, in one address space
 * @launch: range and image are filled in
 *
 * May sleep. Frames come from the image itself.
 */
void hv_boot_bridge(struct hv_launch *launch);

/** hv_boot_cpu_size() - bytes of launch->arch per CPU */
unsigned int hv_boot_cpu_size(void);

/**
 * hv_boot_enter() - cross over and take part in the launch
 * @cpu: this CPU's number in the system configuration
 *
 * Interrupts off. Return: 0 and we run as a guest; or the error of the launch, and everything is as before.
 */
int hv_boot_enter(struct hv_launch *launch, unsigned int cpu);

/**
 * hv_boot_leave() - ask the hypervisor to let this CPU go
 *
 * Interrupts off, on every CPU of root within the time limit. Return: 0 and we run on the bare machine; or an error.
 */
int hv_boot_leave(struct hv_launch *launch, unsigned int cpu);

/** hv_boot_call() - hypercall */
long hv_boot_call(const struct hv_launch *launch, unsigned long nr, unsigned long arg);

#endif
#endif
