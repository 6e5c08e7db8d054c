/* SPDX-License-Identifier: GPL-2.0-only */
/* A cell: root, or one that was made of what root gave. */
#ifndef HV_CELL_H
#define HV_CELL_H

#include <hv/aspace.h>
#include <hv/exit.h>
#include <hv/types.h>
#include <hvabi/cell.h>
#include <hvabi/guest.h>

/* What root may do with its own memory. */
#define HV_ROOT_RIGHTS (HV_MEM_RWX | HV_MEM_DMA)

/* Life of a cell, but for root, which simply runs. See Documentation/design/cells.md. */
enum hv_cell_state {
	HV_CELL_FILLING,	/* memory is missing */
	HV_CELL_READY,		/* its CPUs stand, or are on their way to */
	HV_CELL_RUNNING,
	HV_CELL_STOPPING,	/* its CPUs were asked to stand */
	HV_CELL_ENDING,		/* what it had is given back */
};

/* Bytes from root that the cell has not read. Counts go up for ever. */
struct hv_input {
	u32 put, got;
	u8 data[HV_CELL_INPUT_MAX];
};

struct hv_cell {
	u32 id;
	u32 nr_cpus;
	u32 state;		/* enum hv_cell_state; lock: hv.cells_lock */
	u32 fill_region;	/* where the next frames go: */
	u64 fill_offset;
	struct hv_aspace space;	/* guest-physical to host-physical */

	/* Not root's. */
	struct hv_cellconf *conf;
	struct hv_cell_page *page;	/* what root sees of it */
	void *arch;			/* hv_arch_cell_init() */
	u32 ended;			/* somebody is about to say why; atomic */
	bool has_cpus;			/* they were told to come; lock: hv.cells_lock */
	bool told;			/* the comm page is filled */
	struct hv_lock console_lock;	/* of @input, and of the output in @page; innermost: no touch under it */
	struct hv_input input;
	u64 info[HV_INFO_COUNT];	/* answers to HV_GC_INFO, but for the CPU's own number */
};

/** hv_cell_name() - for reports */
const char *hv_cell_name(const struct hv_cell *cell);

/** hv_cell_cpu() - the hypervisor's number of CPU @i of the cell */
u32 hv_cell_cpu(const struct hv_cell *cell, u32 i);

/**
 * hv_cell_create() - a cell, with everything but memory for its alloc regions; root's CPUs that it wants go to it
 * @conf: a copy that nobody else can write
 *
 * Return: 0; what hv_cellconf_check() says; -EEXIST if the id or the name is taken, or a region is where the cell's
 * registers, comm page or first tables are; -ENOSPC if there are too many cells; -EBUSY if memory that it wants by
 * address was not donated, or a CPU is not free; -EOPNOTSUPP; -ENOMEM. What fails changes nothing.
 */
int __must_check hv_cell_create(const struct hv_cellconf *conf);

/**
 * hv_cell_fill() - frames that root gave become the cell's, zeroed
 *
 * Return: 0; -ENOENT if there is no such cell; -EINVAL; -EBUSY if it has all its memory, less is missing than the list
 * has, or a frame was not given; -E2BIG for more than HV_CELL_STEP; -ENOMEM. What fails changes nothing, but -ENOMEM,
 * and -EBUSY if root takes a frame back meanwhile: after these the cell can only be destroyed.
 */
int __must_check hv_cell_fill(const struct hv_cell_fill *fill);

/**
 * hv_cell_load() - copy root's memory into a loadable region of a cell that does not run
 *
 * Return: 0; -ENOENT; -EINVAL if the target is not in one loadable region; -EFAULT if the source is not root's RAM;
 * -E2BIG; -EBUSY if the cell runs, or has not got its memory. What fails changes nothing.
 */
int __must_check hv_cell_load(const struct hv_cell_load *load);

/** hv_cell_start() - let it run from its entry: 0; -ENOENT; -EBUSY if it runs; -EAGAIN: its CPUs are on their way */
int __must_check hv_cell_start(u32 id);

/** hv_cell_stop() - have its CPUs stand: 0 when they do; -EAGAIN; -ENOENT; -EBUSY if it was never ready */
int __must_check hv_cell_stop(u32 id);

/** hv_cell_input() - for its console. Return: how many bytes found room; -ENOENT; -EINVAL. */
int __must_check hv_cell_input(const struct hv_cell_input *input);

/** hv_cell_shares() - does root share a frame of [start, start + size) with a cell? With hv.cells_lock held. */
bool hv_cell_shares(u64 start, u64 size);

/** hv_cell_exists() - is there a cell besides root? */
bool hv_cell_exists(void);

/** hv_cell_destroy() - one step of it: 0 when done; -EAGAIN; -ENOENT; -EBUSY; -ENOMEM, then it can be tried again */
int __must_check hv_cell_destroy(u32 id);

/*
 * On a CPU of the cell, which is not root.
 */

/** hv_guest_tell() - note what HV_GC_INFO answers. Before a start, with hv.cells_lock held. */
void hv_guest_tell(struct hv_cell *cell);

/**
 * hv_guest_ask() - the short way of a hypercall: what is asked often, and needs nothing of what the others need
 * @nr, @first: the registers, of which code that is not 64-bit may mean the lower halves only
 * @is_privileged: at CPL 0
 * @answer: out, if this is all
 *
 * Return: false if it is hv_guest_call()'s.
 */
static inline bool hv_guest_ask(const struct hv_cpu *cpu, u64 nr, bool is_privileged, u64 first, u64 *answer)
{
	if (hv_unlikely(!is_privileged)) {
		*answer = (u64)-EPERM;
		return true;
	}
	if (hv_unlikely(nr != HV_GC_INFO) || hv_unlikely(first >= HV_INFO_COUNT))
		return false;
	*answer = hv_likely(first != HV_INFO_CPU) ? cpu->cell->info[first] : cpu->number;
	return true;
}

/** hv_cell_fail() - it did what it must not, as @exit says: keep that for root, and stop all its CPUs */
enum hv_verdict hv_cell_fail(struct hv_cpu *cpu, const struct hv_exit *exit);

/** hv_cell_shut_down() - it wants to end */
enum hv_verdict hv_cell_shut_down(struct hv_cpu *cpu, u64 code);

/** hv_cell_write() - console output of @size bytes at @gpa: their number, or -EFAULT */
s64 hv_cell_write(struct hv_cpu *cpu, u64 gpa, u64 size);

/** hv_cell_read() - console input, at most @size bytes to @gpa: their number, or -EFAULT */
s64 hv_cell_read(struct hv_cpu *cpu, u64 gpa, u64 size);

/**
 * hv_guest_frame() - the frame behind a guest-physical address, if it is the cell's own RAM
 * @rights: HV_PT_* that the cell has to have
 *
 * Asks the tables of cells without a lock: while a cell runs they only grow, by what it touches.
 */
bool hv_guest_frame(struct hv_cell *cell, u64 gpa, u64 rights, u64 *hpa);

/**
 * hv_cell_touch() - a cell reached for memory that nothing is mapped to: is it memory that waits for this?
 * @access: HV_ACCESS_*
 */
bool hv_cell_touch(struct hv_cell *cell, u64 gpa, u32 access);

/**
 * hv_root_init() - build the root cell's memory from the system configuration
 *
 * Context: early stage, one CPU. On failure nothing stays allocated.
 */
int __must_check hv_root_init(struct hv_cell *root);

/* Why writes to the moderated device pages trap. */
#define HV_MODERATE_START 0x1	/* CPUs of root are being started */
#define HV_MODERATE_CELLS 0x2	/* there are CPUs that root must not reach */

/** hv_root_moderate() - make writes to the moderated device pages trap for @reason, or no more. With hv.cells_lock. */
void hv_root_moderate(u32 reason, bool on);

/** hv_root_violation() - root touched what its map does not allow: report, then drop or inject */
enum hv_verdict hv_root_violation(struct hv_cpu *cpu, struct hv_exit *exit);

#endif
