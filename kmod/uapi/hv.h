/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Generic netlink family "hv": what hvctl and the module say to each other. The contract is
 * Documentation/netlink/specs/hv.yaml; a test compares the two.
 */
#ifndef HV_UAPI_HV_H
#define HV_UAPI_HV_H

#define HV_GENL_NAME "hv"
#define HV_GENL_VERSION 1
#define HV_GENL_MCGRP_EVENTS "events"

/* Operations. Those that change something need CAP_NET_ADMIN and CAP_SYS_ADMIN in the initial namespaces. */
enum hv_cmd {
	HV_CMD_UNSPEC,
	HV_CMD_HV_GET,		/* do: HV_A_HV_* */
	HV_CMD_HV_ENABLE,	/* do: launch */
	HV_CMD_HV_DISABLE,	/* do: [HV_A_HV_FORCE]; leave */
	HV_CMD_CELL_GET,	/* do: HV_A_CELL_NAME or _ID; dump: all. Answers HV_A_CELL_* */
	HV_CMD_CELL_CREATE,	/* do: HV_A_CELL_* of the configuration, [HV_A_CELL_DRY_RUN]; answers NAME, ID */
	HV_CMD_CELL_LOAD,	/* do: NAME or ID, HV_A_CELL_IMAGE */
	HV_CMD_CELL_START,	/* do: NAME or ID */
	HV_CMD_CELL_STOP,	/* do: NAME or ID */
	HV_CMD_CELL_DESTROY,	/* do: NAME or ID */
	HV_CMD_STATS_GET,	/* do: NAME or ID. Answers HV_A_CELL_NAME, _ID, HV_A_CELL_STATS per CPU */
	HV_CMD_LOG_GET,		/* dump: [HV_A_LOG_SEQ]; lines after that one. Answers HV_A_LOG_* */
	HV_CMD_CONSOLE_READ,	/* do: NAME or ID, HV_A_CONSOLE_POS. Answers HV_A_CONSOLE_* */
	HV_CMD_CONSOLE_WRITE,	/* do: NAME or ID, HV_A_CONSOLE_DATA. Answers HV_A_CONSOLE_TAKEN */
	HV_CMD_HV_NTF,		/* event: the hypervisor's state changed; HV_A_HV_STATE */
	HV_CMD_CELL_NTF,	/* event: a cell's state changed; HV_A_CELL_NAME, _ID, _STATE, [_FAULT] */

	__HV_CMD_MAX,
	HV_CMD_MAX = __HV_CMD_MAX - 1
};

/* Of the hypervisor. */
enum hv_hv_attr {
	HV_A_HV_UNSPEC,
	HV_A_HV_PAD,
	HV_A_HV_STATE,		/* u32, enum hv_uapi_state */
	HV_A_HV_VERSION,	/* string */
	HV_A_HV_VENDOR,		/* string: "vmx", "svm", "none" */
	HV_A_HV_CPUS,		/* u32: taken over at launch */
	HV_A_HV_MEMORY_START,	/* u64 */
	HV_A_HV_MEMORY_BYTES,	/* u64 */
	HV_A_HV_IMAGE_BYTES,	/* u64 */
	HV_A_HV_POOL_FRAMES,	/* u64 */
	HV_A_HV_POOL_FRAMES_FREE,	/* u64 */
	HV_A_HV_SECURE_BYTES,	/* u64 */
	HV_A_HV_FEATURE,	/* nest, repeated: HV_A_FEATURE_* */
	HV_A_HV_STOP_US,	/* u32: for how long the last launch or leave stopped the CPUs */
	HV_A_HV_CALL_US,	/* u32: for how long the last operation on a cell kept a CPU at a time, at most */
	HV_A_HV_FORCE,		/* flag */

	__HV_A_HV_MAX,
	HV_A_HV_MAX = __HV_A_HV_MAX - 1
};

/* A protection, or a feature of the machine that is used. */
enum hv_feature_attr {
	HV_A_FEATURE_UNSPEC,
	HV_A_FEATURE_NAME,	/* string, one word */
	HV_A_FEATURE_ON,	/* flag: it is in force */
	HV_A_FEATURE_TEXT,	/* string: what it does, or why it is off */

	__HV_A_FEATURE_MAX,
	HV_A_FEATURE_MAX = __HV_A_FEATURE_MAX - 1
};

/* Of a cell. Those marked c make up its configuration and can be given to HV_CMD_CELL_CREATE. */
enum hv_cell_attr {
	HV_A_CELL_UNSPEC,
	HV_A_CELL_PAD,
	HV_A_CELL_NAME,		/* c string, at most 31 bytes */
	HV_A_CELL_ID,		/* u32; 0 is the root cell */
	HV_A_CELL_STATE,	/* u32, enum hv_uapi_cell_state */
	HV_A_CELL_CPU,		/* c u32, repeated: a CPU by Linux's number */
	HV_A_CELL_NR_CPUS,	/* c u32: that many, any; instead of CPU */
	HV_A_CELL_REGION,	/* c nest, repeated: HV_A_REGION_* */
	HV_A_CELL_PORTS,	/* c nest, repeated: HV_A_PORTS_* */
	HV_A_CELL_MSR,		/* c nest, repeated: HV_A_MSR_* */
	HV_A_CELL_ENTRY,	/* c u64 */
	HV_A_CELL_ENTRY_MODE,	/* c u32, enum hv_entry_mode */
	HV_A_CELL_CONSOLE,	/* c flag */
	HV_A_CELL_RESTART,	/* c flag: on a fault */
	HV_A_CELL_DRY_RUN,	/* flag: check, change nothing */
	HV_A_CELL_IMAGE,	/* nest: HV_A_IMAGE_* */
	HV_A_CELL_MEMORY_BYTES,	/* u64 */
	HV_A_CELL_ENTRIES,	/* u64: how often it was started */
	HV_A_CELL_FAULT,	/* nest: HV_A_FAULT_* */
	HV_A_CELL_STATS,	/* nest, repeated: HV_A_STATS_* */
	HV_A_CELL_CMDLINE,	/* c string, at most 255 bytes: for the program in the cell */
	HV_A_CELL_CODE,		/* u64: with which it shut down */
	HV_A_CELL_WORD,		/* u64: the last one that it gave us ... */
	HV_A_CELL_WORDS,	/* u64: ... and how many there were */

	__HV_A_CELL_MAX,
	HV_A_CELL_MAX = __HV_A_CELL_MAX - 1
};

enum hv_region_attr {
	HV_A_REGION_UNSPEC,
	HV_A_REGION_PAD,
	HV_A_REGION_GPA,	/* u64 */
	HV_A_REGION_SIZE,	/* u64 */
	HV_A_REGION_PHYS,	/* u64: of an identical one */
	HV_A_REGION_MODE,	/* u32, enum hv_map_mode */
	HV_A_REGION_FLAGS,	/* u32, HV_MEM_* */
	HV_A_REGION_POPULATE,	/* flag */
	HV_A_REGION_LENIENT,	/* flag */

	__HV_A_REGION_MAX,
	HV_A_REGION_MAX = __HV_A_REGION_MAX - 1
};

enum hv_ports_attr {
	HV_A_PORTS_UNSPEC,
	HV_A_PORTS_FIRST,	/* u16 */
	HV_A_PORTS_LAST,	/* u16, included */

	__HV_A_PORTS_MAX,
	HV_A_PORTS_MAX = __HV_A_PORTS_MAX - 1
};

enum hv_msr_attr {
	HV_A_MSR_UNSPEC,
	HV_A_MSR_INDEX,		/* u32 */
	HV_A_MSR_ACCESS,	/* u32, HV_CONF_MSR_* */

	__HV_A_MSR_MAX,
	HV_A_MSR_MAX = __HV_A_MSR_MAX - 1
};

/* Part of a file that becomes part of a cell's memory; hvctl has looked into the file and says what goes where. */
enum hv_image_attr {
	HV_A_IMAGE_UNSPEC,
	HV_A_IMAGE_PAD,
	HV_A_IMAGE_FD,		/* u32: open for reading */
	HV_A_IMAGE_OFFSET,	/* u64: in the file */
	HV_A_IMAGE_SIZE,	/* u64: bytes from the file; what the region has beyond stays as it is */
	HV_A_IMAGE_GPA,		/* u64 */

	__HV_A_IMAGE_MAX,
	HV_A_IMAGE_MAX = __HV_A_IMAGE_MAX - 1
};

enum hv_fault_attr {
	HV_A_FAULT_UNSPEC,
	HV_A_FAULT_PAD,
	HV_A_FAULT_CPU,		/* u32, Linux's number */
	HV_A_FAULT_REASON,	/* string, as in stats/exits_<reason> */
	HV_A_FAULT_TEXT,	/* string: a sentence */
	HV_A_FAULT_RIP,		/* u64 */
	HV_A_FAULT_GPA,		/* u64 */
	HV_A_FAULT_CODE,	/* binary: instruction bytes at RIP, as far as they could be read */
	HV_A_FAULT_REGS,	/* binary: u64 in the order of Documentation/ABI/fault.md */

	__HV_A_FAULT_MAX,
	HV_A_FAULT_MAX = __HV_A_FAULT_MAX - 1
};

/* Counters of one CPU. */
enum hv_stats_attr {
	HV_A_STATS_UNSPEC,
	HV_A_STATS_PAD,
	HV_A_STATS_CPU,		/* u32, Linux's number */
	HV_A_STATS_COUNTER,	/* nest, repeated: HV_A_COUNTER_* */

	__HV_A_STATS_MAX,
	HV_A_STATS_MAX = __HV_A_STATS_MAX - 1
};

enum hv_counter_attr {
	HV_A_COUNTER_UNSPEC,
	HV_A_COUNTER_PAD,
	HV_A_COUNTER_NAME,	/* string, as the file's name in stats/ */
	HV_A_COUNTER_VALUE,	/* u64 */
	HV_A_COUNTER_TICKS,	/* u64: of the TSC, that they took; not of the root cell */
	HV_A_COUNTER_HISTOGRAM,	/* binary: u64s, how many took less than 256 ticks, less than 512, ... */

	__HV_A_COUNTER_MAX,
	HV_A_COUNTER_MAX = __HV_A_COUNTER_MAX - 1
};

enum hv_log_attr {
	HV_A_LOG_UNSPEC,
	HV_A_LOG_PAD,
	HV_A_LOG_SEQ,		/* u64: number of the line, from 1 */
	HV_A_LOG_LEVEL,		/* u32, as printk's */
	HV_A_LOG_TEXT,		/* string */
	HV_A_LOG_LOST,		/* u64: lines in front of this one that nobody kept */

	__HV_A_LOG_MAX,
	HV_A_LOG_MAX = __HV_A_LOG_MAX - 1
};

enum hv_console_attr {
	HV_A_CONSOLE_UNSPEC,
	HV_A_CONSOLE_PAD,
	HV_A_CONSOLE_NAME,	/* string */
	HV_A_CONSOLE_ID,	/* u32 */
	HV_A_CONSOLE_POS,	/* u64: bytes since the cell was created; in the answer, where to go on */
	HV_A_CONSOLE_DATA,	/* binary */
	HV_A_CONSOLE_LOST,	/* u64: bytes behind the wanted position that are gone */
	HV_A_CONSOLE_TAKEN,	/* u32: how many bytes found room */

	__HV_A_CONSOLE_MAX,
	HV_A_CONSOLE_MAX = __HV_A_CONSOLE_MAX - 1
};

enum hv_uapi_state {
	HV_STATE_OFF,
	HV_STATE_PREPARED,
	HV_STATE_ENTERING,
	HV_STATE_ACTIVE,
	HV_STATE_LEAVING,
};

enum hv_uapi_cell_state {
	HV_CELL_CREATED,
	HV_CELL_LOADED,
	HV_CELL_RUNNING,
	HV_CELL_STOPPED,
	HV_CELL_FAILED,
	HV_CELL_GONE,		/* in events only: destroyed; of the root cell: left */
};

#endif
