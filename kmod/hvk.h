/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module's own state and what its files offer each other. Lock order: netlink's own (an operation runs with them)
 * and those of sleep and reboot (notifiers run with them), hvk.lock, then cpus_read_lock(), then lines_lock.
 */
#ifndef HVK_H
#define HVK_H

#include <linux/cpumask.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/types.h>

#include <hvabi/launch.h>
#include <hvabi/log.h>
#include <hvabi/stats.h>

/* Lines in the kernel log begin with it. */
#undef pr_fmt
#define pr_fmt(fmt) "hv: " fmt

/* How the range was got, and so how it is given back. */
enum hvk_source { HVK_NONE, HVK_CONTIG, HVK_BUDDY, HVK_RESERVED };

struct hvk_memory {
	const char *what;	/* the parameter that asks for it */
	const char *name;	/* in /proc/iomem */
	struct hv_range range;
	enum hvk_source source;
	void *map;
	struct hvk_iomem *shown;	/* in /proc/iomem */
};

/* A line of the log that is kept. */
#define HVK_LINE 192
struct hvk_line {
	u64 seq;		/* from 1 */
	u64 lost;		/* lines in front of it that nobody kept */
	unsigned int level;	/* printk's */
	char text[HVK_LINE];
};

/* Memory that root does without from launch on, for cells that share no history with it. */
struct hvk_secure {
	u32 nr;
	struct hv_range want[HV_MAX_SECURE];
	struct hvk_memory memory[HV_MAX_SECURE];
};

/* What the firmware says of IOMMUs. */
struct hvk_iommus {
	u32 nr_taken, nr_left, nr_reserved;
	struct hv_range taken[HV_MAX_IOMMUS];	/* registers of units that nobody uses: the hypervisor's after launch */
	struct hv_range left[HV_MAX_IOMMUS];	/* of those that Linux uses */
	struct hv_range reserved[HV_MAX_RESERVED];
};

struct hvk {
	struct mutex lock;		/* state changes */
	enum hv_state state;		/* owner: who holds @lock */
	bool is_open;			/* launches may be asked for; owner: who holds @lock */
	u32 nr_sleeps;			/* suspends and hibernations under way; owner: who holds @lock */
	struct hvk_memory memory;
	struct hvk_secure secure;
	struct hvk_iommus iommus;
	struct hv_launch *launch;
	void *shared;			/* our pages in which the hypervisor shows what follows */
	const struct hv_log_ring *log;
	const struct hv_stats *stats;
	cpumask_t cpus;			/* that run as guests */
	cpumask_t given;		/* of those, what cells have or are about to get */
	cpumask_t woken;		/* were offline and were only brought up for the crossing */
	enum hv_vendor vendor;
	bool stuck;			/* a CPU did not come back from a launch that failed */
	u32 left;			/* CPUs that came back from a leave */
	u64 entries;			/* launches so far */
	u64 stop_us;			/* how long the last crossing stopped the CPUs */
	u64 call_us;			/* how long a call kept its CPU, at most, since hvk_call_begin() */
	char why[HVK_LINE];		/* the sentence of the last failure */
};

extern struct hvk hvk;

/* image.S */
extern const u8 hvk_image[], hvk_image_end[];

/* Parameters, main.c */
extern char *hvk_param_mem;
extern char *hvk_param_secure;
extern char *hvk_param_inject;

/* mem.c */
bool hvk_is_whole_ram(unsigned long pfn, unsigned long count);
int hvk_memory_claim(struct hvk_memory *memory, u64 size);
void hvk_memory_release(struct hvk_memory *memory);
int hvk_secure_parse(struct hvk_secure *secure);
int hvk_secure_claim(struct hvk_secure *secure);
void hvk_secure_release(struct hvk_secure *secure);
u64 hvk_secure_bytes(const struct hvk_secure *secure);

/* iommu.c */
int hvk_iommus_find(struct hvk_iommus *found);

/* config.c: the system configuration from what Linux knows of the machine */
u64 hvk_range_size(const struct hvk *state);
u64 hvk_shared_size(void);
int hvk_config_fill(struct hv_header *header, const struct hvk *state);

/* launch.c; hold hvk.lock. What fails has left its sentence in hvk.why */
int hvk_launch(void);
int hvk_leave(void);
const char *hvk_vendor_name(void);
/* The hypervisor numbers the CPUs that took part in the launch, from 0. */
u32 hvk_cpu_number(unsigned int cpu);
unsigned int hvk_cpu_of_number(u32 number);

/* call.c: a hypercall; _begin(): an operation on a cell begins, whose longest call is to be known */
long hvk_call(unsigned long nr, unsigned long arg);
void hvk_call_begin(void);

/* hotplug.c: CPUs that come and go, sleep, reboot */
int hvk_hotplug_init(void);
void hvk_hotplug_fini(void);
void hvk_wake_cpus(void);
void hvk_rest_cpus(void);

/* kvm.c: tell KVM in its own terms that virtualization is taken; _cpu on the CPU it is about, interrupts off */
void hvk_kvm_claim_cpu(bool taken);
void hvk_kvm_hide(bool hide);

/* sysfs.c; _added(): all that belongs into the directory is there, and "add" may be sent */
int hvk_sysfs_init(void);
void hvk_sysfs_fini(void);
struct device *hvk_sysfs_add(const char *name, void *data, const struct attribute_group **groups);
void hvk_sysfs_added(struct device *dev);
void hvk_sysfs_announce(void);

/* sysfs_cell.c: cell<id> */
struct hvk_cell;
void hvk_sysfs_init_cells(void);
void hvk_sysfs_add_cell(struct hvk_cell *cell);
void hvk_sysfs_announce_cell(const struct hvk_cell *cell);
void hvk_sysfs_remove_cell(struct hvk_cell *cell);

/* debugfs.c; where there is no debugfs they do nothing */
void hvk_debugfs_init(void);
void hvk_debugfs_fini(void);

/* log.c */
void hvk_log_start(bool from_the_beginning);
void hvk_log_stop(void);
void hvk_log_flush(void);

/* lines.c: what is said goes to the kernel log and is kept for a while; _get(): the first one after that number */
void hvk_line_add(unsigned int level, u64 lost, const char *text);
bool hvk_line_get(u64 after, struct hvk_line *line);
__printf(1, 2) void hvk_note(const char *format, ...);
__printf(1, 2) void hvk_warn(const char *format, ...);

/* Says why, remembers the sentence in hvk.why, and returns @err. Hold hvk.lock. */
__printf(2, 3) int hvk_fail(int err, const char *format, ...);

#endif
