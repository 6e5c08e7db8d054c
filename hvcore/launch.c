// SPDX-License-Identifier: GPL-2.0-only
/* The launch in stages with a rendezvous behind each, and the rendezvous of the leave. */
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/fmt.h>
#include <hv/hv.h>
#include <hv/launch.h>
#include <hv/memory.h>
#include <hv/log.h>
#include <hv/sysconfig.h>

enum verdict { OPEN, GO, FAILED };

struct hv hv;

static void copy_text(char *to, const char *from, unsigned int size)
{
	while (--size && *from)
		*to++ = *from++;
	*to = '\0';
}

int hv_launch_note(struct hv_launch *launch, u32 cpu, int err, const char *file, u32 line, const char *fmt, ...)
{
	struct hv_launch_error *error = &launch->error;
	__builtin_va_list args;

	if (hv_exchange(&error->claimed, 1))
		return err;
	error->cpu = cpu;
	error->line = line;
	copy_text(error->file, file, sizeof(error->file));
	__builtin_va_start(args, fmt);
	(void)hv_vformat(error->text, sizeof(error->text), fmt, args);
	__builtin_va_end(args);
	hv_store_release(&error->err, err);
	return err;
}

/* Wait until @verdict is no longer open. The first CPU whose patience ends closes it. */
static u32 await(u32 *verdict, u64 timeout)
{
	u64 start = hv_arch_clock();
	u32 now;

	while ((now = hv_load_acquire(verdict)) == OPEN) {
		if (hv_arch_clock() - start > timeout)
			(void)hv_compare_exchange(verdict, (u32)OPEN, (u32)FAILED); /* lost race: read again */
		hv_arch_relax();
	}
	return now;
}

/* This CPU finished @stage with @err; go on only if nobody failed. */
static int meet(struct hv_launch *launch, struct hv_cpu *cpu, enum hv_launch_stage stage, int err)
{
	if (!err && launch->inject_stage == stage && launch->inject_cpu == cpu->id)
		err = hv_launch_fail(launch, cpu->id, -EIO, "failure injected on CPU %u", cpu->id);
	/* Whoever failed without a sentence of its own gets this one. */
	if (err)
		err = hv_launch_fail(launch, cpu->id, err, "stage %u failed on CPU %u", stage, cpu->id);
	/* The last CPU sees what the others noted: its addition acquires, theirs released. */
	if (hv_fetch_add(&launch->arrived[stage], 1) + 1 == launch->nr_cpus)
		(void)hv_compare_exchange(&launch->verdict[stage], (u32)OPEN,
					  (u32)(hv_load_acquire(&launch->error.claimed) ? FAILED : GO));
	if (await(&launch->verdict[stage], launch->timeout) == GO)
		return 0;
	err = hv_launch_fail(launch, cpu->id, -ETIMEDOUT, "only %u of %u CPUs came to stage %u",
			     launch->arrived[stage], launch->nr_cpus, stage);
	/* Somebody else's failure counts, once it is written. */
	while (!hv_load_acquire(&launch->error.err))
		hv_arch_relax();
	return launch->error.err ? launch->error.err : err;
}

static int check_config(struct hv_launch *launch, const struct hv_cpu *cpu)
{
	struct hv_sysconfig_fault fault;
	int err;

	err = hv_sysconfig_check(hv.header, hv.config, &fault);
	if (!err)
		return 0;
	if (!fault.name)
		return hv_launch_fail(launch, cpu->id, err, "the machine has more ranges than the configuration holds");
	return hv_launch_fail(launch, cpu->id, err, "%s 0x%llx-0x%llx %s", fault.name, fault.range.start,
			      fault.range.start + fault.range.size - 1, fault.text);
}

static int lay_out(struct hv_launch *launch, const struct hv_cpu *cpu)
{
	struct hv_header *header = (struct hv_header *)HV_BASE;
	struct hv_sysconfig *config = (void *)((u8 *)header + header->config_offset);
	u64 config_size = sizeof(*config) + config->nr_cpus * sizeof(config->apic_ids[0]);
	u64 pool = (header->config_offset + config_size + HV_PAGE_SIZE - 1) & HV_PAGE_MASK;
	int err;

	hv.header = header;
	hv.config = config;
	err = check_config(launch, cpu);
	if (err)
		return err;
	err = hv_memory_init(pool);
	return err ? hv_launch_fail(launch, cpu->id, err, "the ranges cannot be taken from root") : 0;
}

static int init_stats(struct hv_launch *launch, struct hv_cpu *cpu)
{
	u64 nr_cpus = hv.config->nr_cpus, frames = hv_stats_size(nr_cpus) >> HV_PAGE_SHIFT;
	u64 pub_frames = (hv.config->nr_cpus * sizeof(*hv.pub) + HV_PAGE_SIZE - 1) >> HV_PAGE_SHIFT;

	hv.stats = hv_pool_alloc_contiguous(&hv.pool, frames);
	hv.pub = hv_pool_alloc_contiguous(&hv.pool, pub_frames);
	hv.zero_page = hv_pool_alloc(&hv.pool);
	if (!hv.stats || !hv.pub || !hv.zero_page)
		return hv_launch_fail(launch, cpu->id, -ENOMEM, "the range is too small for the page pool");
	hv.stats->pool_frames = hv.pool.frames;
	hv.stats->cell_cpus = hv_stats_cell_cpus(nr_cpus);
	hv.stats->cells = hv_stats_cells(nr_cpus);
	hv.stats->size = hv_stats_size(nr_cpus);
	hv_pool_show(&hv.pool, &hv.stats->pool_frames_free);
	hv.header->stats_offset = (u64)((u8 *)hv.stats - (u8 *)hv.header);
	hv.header->stats_size = frames << HV_PAGE_SHIFT;
	return 0;
}

static int early(struct hv_launch *launch, struct hv_cpu *cpu)
{
	int err;

	err = lay_out(launch, cpu);
	hv.state = HV_ENTERING;
	if (err)
		return err;
	err = init_stats(launch, cpu);
	if (err)
		return err;
	err = hv_arch_early_init(launch);
	if (err)
		return hv_launch_fail(launch, cpu->id, err, "no memory for the shared tables");
	err = hv_root_init(&hv.root);
	if (err)
		return hv_launch_fail(launch, cpu->id, err, "the root cell's memory could not be built");
	return 0;
}

static int init_cpu(struct hv_launch *launch, struct hv_cpu *cpu)
{
	cpu->cell = &hv.root;
	cpu->pub = &hv.pub[cpu->id];
	cpu->stats = &hv.stats->cpu[cpu->id];
	cpu->number = cpu->id;
	cpu->pub->cell = &hv.root;
	cpu->pub->apic_id = hv.config->apic_ids[cpu->id];
	return hv_arch_cpu_init(launch, cpu);
}

/*
 * The last look before the first CPU enters the guest, at what every CPU wrote to. From here on, changes of root's
 * tables wait for all CPUs.
 */
static int late(struct hv_launch *launch, const struct hv_cpu *cpu)
{
	int err = hv_memory_check();

	hv_aspace_set_live(&hv.root.space, true);
	return err ? hv_launch_fail(launch, cpu->id, err, "the hypervisor's self-check failed") : 0;
}

int hv_launch_cpu(struct hv_launch *launch, struct hv_cpu *cpu)
{
	bool first = cpu->id == 0;
	int err;

	err = meet(launch, cpu, HV_STAGE_arrive, 0);
	if (err)
		return err;
	err = meet(launch, cpu, HV_STAGE_early, first ? early(launch, cpu) : 0);
	if (err)
		return err;
	err = meet(launch, cpu, HV_STAGE_percpu, init_cpu(launch, cpu));
	if (err)
		goto err_fini_cpu;
	err = meet(launch, cpu, HV_STAGE_late, first ? late(launch, cpu) : 0);
	if (err)
		goto err_fini_cpu;
	hv_store_release(&hv.state, HV_ACTIVE);
	return 0;

err_fini_cpu:
	hv_arch_cpu_fini(cpu);
	return err;
}

/* All of root's CPUs are here, so nobody makes a cell meanwhile. */
static u32 may_leave(void)
{
	return hv_cell_exists() ? FAILED : GO;
}

bool hv_leave_agreed(void)
{
	bool agreed;

	if (hv_fetch_add(&hv.leave_arrived, 1) + 1 == hv_load_acquire(&hv.active_cpus))
		(void)hv_compare_exchange(&hv.leave_verdict, (u32)OPEN, may_leave());
	agreed = await(&hv.leave_verdict, hv.config->tsc_khz * 1000 * 10) == GO;
	if (agreed) {
		hv_store_once(&hv.state, HV_LEAVING);
		return true;
	}
	/* The last one out opens the rendezvous again. */
	if (hv_fetch_add(&hv.leave_arrived, (u32)-1) == 1)
		hv_store_release(&hv.leave_verdict, OPEN);
	return false;
}
