// SPDX-License-Identifier: GPL-2.0-only
/* Launch and leave from Linux's side: prepare what may fail, then cross on every CPU at once. */
#include <linux/cc_platform.h>
#include <linux/cpu.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/msr.h>
#include <asm/tsc.h>

#include "cell.h"
#include "events.h"
#include "hvk.h"

/* How long CPUs wait for each other. Emulated machines with more CPUs than the host need some of it. */
#define TIMEOUT_SECONDS 20

enum verdict { OPEN, GO, FAILED };

static DEFINE_PER_CPU(unsigned int, hv_number);

const char *hvk_vendor_name(void)
{
	return hvk.vendor == HV_VENDOR_SVM ? "svm" : "vmx";
}

u32 hvk_cpu_number(unsigned int cpu)
{
	return per_cpu(hv_number, cpu);
}

unsigned int hvk_cpu_of_number(u32 number)
{
	return cpumask_nth(number, &hvk.cpus);
}

static void set_state(enum hv_state state)
{
	if (hvk.state == state)
		return;
	WRITE_ONCE(hvk.state, state);
	hvk_event_state();
}

static const char *const stage_names[] = {
#define NAME(name) #name,
	HV_LAUNCH_STAGES(NAME)
#undef NAME
};

static int parse_inject(struct hv_launch *launch)
{
	const char *text = hvk_param_inject, *colon;
	unsigned int i;

	launch->inject_stage = HV_STAGE_none;
	if (!text)
		return 0;
	colon = strchrnul(text, ':');
	if (*colon && kstrtou32(colon + 1, 0, &launch->inject_cpu))
		goto bad;
	for (i = 1; i < HV_STAGE_COUNT; i++) {
		if (strlen(stage_names[i]) == colon - text && !strncmp(text, stage_names[i], colon - text)) {
			launch->inject_stage = i;
			return 0;
		}
	}
bad:
	return hvk_fail(-EINVAL, "inject=: unknown stage or CPU in '%s'", text);
}

static int injected(const struct hv_launch *launch, enum hv_launch_stage stage)
{
	if (launch->inject_stage != stage)
		return 0;
	return hvk_fail(-EIO, "launch failed: failure injected at stage %s", stage_names[stage]);
}

struct probe {
	enum hv_vendor vendor;
	int err;
	char reason[HV_BOOT_TEXT];
};

static void probe_cpu(void *data)
{
	struct probe *probe = data;

	probe->err = hv_boot_probe(&probe->vendor, probe->reason);
}

static int probe_cpus(enum hv_vendor *vendor)
{
	struct probe probe = { 0 };
	unsigned int cpu;

	if (cc_platform_has(CC_ATTR_MEM_ENCRYPT))
		return hvk_fail(-EOPNOTSUPP, "memory encryption is on, which the hypervisor does not handle");
	for_each_online_cpu(cpu) {
		smp_call_function_single(cpu, probe_cpu, &probe, 1);
		if (probe.err)
			return hvk_fail(probe.err, "CPU %u: %s", cpu, probe.reason);
	}
	*vendor = probe.vendor;
	return 0;
}

static void number_cpus(void)
{
	unsigned int cpu, at = 0;

	for_each_online_cpu(cpu)
		per_cpu(hv_number, cpu) = at++;
	cpumask_copy(&hvk.cpus, cpu_online_mask);
}

static void fill_header(struct hv_header *header)
{
	header->entry = ((const struct hv_header *)hvk_image)->entry;
	header->max_cpus = nr_cpu_ids;
	header->online_cpus = num_online_cpus();
}

static int prepare_range(struct hv_launch *launch)
{
	const struct hv_header *image = (const void *)hvk_image;
	struct hv_header *header;
	int err;

	if (nr_cpu_ids > HV_MAX_CPUS)
		return hvk_fail(-E2BIG, "%u possible CPUs; the hypervisor handles up to %u", nr_cpu_ids, HV_MAX_CPUS);
	if (image->signature != HV_SIGNATURE || image->revision != HV_REVISION)
		return hvk_fail(-EINVAL, "the hypervisor's image is not the one that belongs to this module");
	err = injected(launch, HV_STAGE_reserve);
	if (err)
		return err;
	err = hvk_iommus_find(&hvk.iommus);
	if (err)
		return err;
	err = hvk_secure_parse(&hvk.secure);
	if (!err)
		err = hvk_memory_claim(&hvk.memory, hvk_range_size(&hvk));
	if (err) {
		hvk.secure.nr = 0;
		return err;
	}
	err = hvk_secure_claim(&hvk.secure);
	if (err)
		return err;
	launch->range = hvk.memory.range;
	launch->image = header = hvk.memory.map;
	memcpy(header, hvk_image, hvk_image_end - hvk_image);
	fill_header(header);
	hvk.shared = alloc_pages_exact(hvk_shared_size(), GFP_KERNEL | __GFP_ZERO);
	if (!hvk.shared)
		return hvk_fail(-ENOMEM, "out of memory");
	err = hvk_config_fill(header, &hvk);
	if (!err)
		err = injected(launch, HV_STAGE_map);
	return err;
}

static int prepare_bridge(struct hv_launch *launch)
{
	launch->arch = kcalloc(num_online_cpus(), hv_boot_cpu_size(), GFP_KERNEL);
	if (!launch->arch)
		return hvk_fail(-ENOMEM, "out of memory");
	launch->linux_root = (u64 *)current->active_mm->pgd;
	launch->direct_map = PAGE_OFFSET;
	hv_boot_bridge(launch);
	return injected(launch, HV_STAGE_bridge);
}

static void note(struct hv_launch_error *error, unsigned int cpu)
{
	if (xchg(&error->claimed, 1))
		return;
	error->cpu = cpu;
	error->err = -EIO;
	error->line = __LINE__;
	strscpy(error->file, __FILE_NAME__, sizeof(error->file));
	strscpy(error->text, "failure injected at stage confirm", sizeof(error->text));
}

/* The last rendezvous is in Linux again: who got through goes back if another CPU did not. */
static int confirm(struct hv_launch *launch, unsigned int cpu, int err)
{
	u64 start = rdtsc();
	u32 *verdict = &launch->verdict[HV_STAGE_confirm], now;

	if (!err && launch->inject_stage == HV_STAGE_confirm && launch->inject_cpu == cpu)
		note(&launch->error, cpu);
	if (__atomic_add_fetch(&launch->arrived[HV_STAGE_confirm], 1, __ATOMIC_ACQ_REL) == launch->nr_cpus)
		cmpxchg(verdict, OPEN, READ_ONCE(launch->error.claimed) ? FAILED : GO);
	while ((now = smp_load_acquire(verdict)) == OPEN) {
		if (rdtsc() - start > launch->timeout)
			cmpxchg(verdict, OPEN, FAILED);
		cpu_relax();
	}
	return now == GO ? 0 : -EIO;
}

static void enter_cpu(void *data)
{
	struct hv_launch *launch = data;
	unsigned int cpu = this_cpu_read(hv_number);
	int err;

	hvk_kvm_claim_cpu(true);
	err = hv_boot_enter(launch, cpu);
	if (!confirm(launch, cpu, err))
		return;
	/* A CPU whose own entry failed is back already. */
	if (err || !hv_boot_leave(launch, cpu))
		hvk_kvm_claim_cpu(false);
	else
		WRITE_ONCE(hvk.stuck, true);
}

static int cross(struct hv_launch *launch)
{
	const struct hv_launch_error *error = &launch->error;

	launch->nr_cpus = num_online_cpus();
	launch->timeout = (u64)tsc_khz * 1000 * TIMEOUT_SECONDS;
	on_each_cpu(enter_cpu, launch, 1);
	if (launch->verdict[HV_STAGE_confirm] == GO)
		return 0;
	return hvk_fail(error->err ?: -EIO, "launch failed on CPU %u: %s (%s:%u, error %d)", error->cpu, error->text,
			error->file, error->line, error->err);
}

static void publish(struct hv_launch *launch)
{
	hvk.launch = launch;
	hvk.log = hvk.shared + HV_SHARED_LOG;
	hvk.stats = hvk.shared + HV_SHARED_STATS;
	WRITE_ONCE(hvk.state, HV_ACTIVE);
	hvk.entries++;
	hvk_kvm_hide(true);
	hvk_log_start(true);
	hvk_event_state();
	hvk_cells_add_root();
}

/* What a CPU still runs on is never given back. */
static void destroy(struct hv_launch *launch)
{
	if (hvk.stuck) {
		pr_emerg("not every CPU came back; the memory stays taken until the machine is reset\n");
		return;
	}
	hvk_memory_release(&hvk.memory);
	hvk_secure_release(&hvk.secure);
	if (hvk.shared)
		free_pages_exact(hvk.shared, hvk_shared_size());
	hvk.shared = NULL;
	kfree(launch->arch);
	kfree(launch);
	hvk.launch = NULL;
}

static int launch_online(struct hv_launch *launch)
{
	ktime_t start;
	int err;

	err = probe_cpus(&launch->vendor);
	if (err)
		return err;
	hvk.vendor = launch->vendor;
	err = prepare_range(launch);
	if (err)
		return err;
	err = prepare_bridge(launch);
	if (err)
		return err;
	set_state(HV_PREPARED);
	number_cpus();
	set_state(HV_ENTERING);
	start = ktime_get();
	err = cross(launch);
	if (err)
		return err;
	hvk.stop_us = ktime_us_delta(ktime_get(), start);
	return 0;
}

int hvk_launch(void)
{
	struct hv_launch *launch;
	int err;

	if (hvk.stuck)
		return hvk_fail(-EBUSY, "an earlier launch left CPUs behind; reset the machine first");
	if (hvk.nr_sleeps)
		return hvk_fail(-EBUSY, "the machine is being put to sleep; launch when it is awake");
	launch = kzalloc(sizeof(*launch), GFP_KERNEL);
	if (!launch)
		return hvk_fail(-ENOMEM, "out of memory");
	err = parse_inject(launch);
	if (err)
		goto err_free;
	hvk_wake_cpus();
	cpus_read_lock();
	err = launch_online(launch);
	if (!err)
		publish(launch);
	cpus_read_unlock();
	hvk_rest_cpus();
	if (err)
		goto err_free;
	hvk_note("launched: %s, %u CPUs, %lluK at 0x%llx, CPUs stopped for %llu us", hvk_vendor_name(),
		 launch->nr_cpus, launch->range.size >> 10, launch->range.start, hvk.stop_us);
	if (hvk.iommus.nr_taken || hvk.iommus.nr_left)
		hvk_note("IOMMUs: %u taken from root, %u left to Linux, which uses them", hvk.iommus.nr_taken,
			 hvk.iommus.nr_left);
	return 0;

err_free:
	destroy(launch);
	set_state(HV_OFF);
	return err;
}

static void leave_cpu(void *data)
{
	struct hv_launch *launch = data;

	if (!hv_boot_leave(launch, this_cpu_read(hv_number))) {
		hvk_kvm_claim_cpu(false);
		__atomic_add_fetch(&hvk.left, 1, __ATOMIC_ACQ_REL);
	}
}

int hvk_leave(void)
{
	struct hv_launch *launch = hvk.launch;
	ktime_t start;

	hvk_wake_cpus();
	cpus_read_lock();
	hvk.left = 0;
	set_state(HV_LEAVING);
	hvk_log_stop();
	start = ktime_get();
	if (cpumask_equal(&hvk.cpus, cpu_online_mask))
		on_each_cpu(leave_cpu, launch, 1);
	hvk.stop_us = ktime_us_delta(ktime_get(), start);
	cpus_read_unlock();
	if (hvk.left != launch->nr_cpus) {
		set_state(HV_ACTIVE);
		hvk_log_start(false);
		hvk_rest_cpus();
		return hvk_fail(-EBUSY, "%u of %u CPUs could leave; the hypervisor stays", hvk.left, launch->nr_cpus);
	}
	hvk_kvm_hide(false);
	hvk_cells_remove_root();
	hvk.stats = NULL;
	hvk_note("left: %u CPUs, %lluK at 0x%llx given back, CPUs stopped for %llu us", launch->nr_cpus,
		 launch->range.size >> 10, launch->range.start, hvk.stop_us);
	destroy(launch);
	set_state(HV_OFF);
	hvk_rest_cpus();
	return 0;
}
