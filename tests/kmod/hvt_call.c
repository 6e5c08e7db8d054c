// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls of a root that means harm: numbers, addresses and structures that must be refused, and structures that
 * another CPU changes, or gives away, while they are looked at. It never asks for what root may do to the victim.
 */
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/sort.h>

#include <hvabi/cell.h>

#include "hvt.h"
#include "hvt_call.h"

#define NUMBERS 64
#define RANDOM_CALLS 20000
#define OWN_ID 77
#define PAGES 8
#define PATIENCE 10000

static unsigned long hidden, given;
static unsigned int id, cpu, spare, rounds = 100;
module_param(hidden, ulong, 0444);
MODULE_PARM_DESC(hidden, "an address of the hypervisor's");
module_param(given, ulong, 0444);
MODULE_PARM_DESC(given, "an address of the victim's");
module_param(id, uint, 0444);
MODULE_PARM_DESC(id, "the victim");
module_param(cpu, uint, 0444);
MODULE_PARM_DESC(cpu, "one of its CPUs");
module_param(spare, uint, 0444);
MODULE_PARM_DESC(spare, "a CPU of root's that is offline; 0: there is none");
module_param(rounds, uint, 0444);

/* A page of its own for each, for their addresses are physical. */
union request {
	struct hv_cellconf conf;
	struct hv_cell_fill fill;
	struct hv_cell_load load;
	struct hv_cell_input input;
	struct hv_psc psc;
	u64 words[PAGE_SIZE / 8];
};

static union request *request;
static u64 *pages[PAGES];
static struct rnd_state rnd;

static u64 draw(void)
{
	return (u64)prandom_u32_state(&rnd) << 32 | prandom_u32_state(&rnd);
}

static long ask(unsigned long nr)
{
	return hvt_call(nr, virt_to_phys(request));
}

static u64 entry(u64 frame, unsigned int op)
{
	return frame | (u64)op << HV_PSC_OP_SHIFT;
}

/* One frame. */
static long donate(u64 frame, unsigned int op)
{
	memset(request, 0, sizeof(*request));
	request->psc.entry[0] = entry(frame, op);
	return ask(HV_HC_DONATE);
}

static void base_conf(void)
{
	struct hv_cellconf *conf = &request->conf;

	memset(request, 0, sizeof(*request));
	conf->id = OWN_ID;
	strcpy(conf->name, "own");
	conf->entry_mode = HV_ENTRY_REAL16;
	conf->nr_vcpus = 1;
	conf->nr_physical = 1;
	conf->physical[0] = spare ?: cpu;
	conf->nr_regions = 1;
	conf->regions[0] = (struct hv_conf_region){
		.size = PAGE_SIZE, .flags = HV_MEM_RWX | HV_MEM_LOADABLE, .mode = HV_MODE_ALLOC, .populate = 1,
	};
}

/* One step after the other, until it is gone. */
static long destroy(void)
{
	long err;

	do
		err = hvt_call(HV_HC_CELL_DESTROY, OWN_ID);
	while (err == -EAGAIN);
	return err;
}

/* Calls that leave, that fill the log, and what may be done to the victim. */
static bool is_harmless(u32 nr, u64 arg)
{
	if (nr == HV_HC_LEAVE || nr == HV_HC_DUMP || (nr == HV_HC_CPU_START && arg < 2))
		return false;
	return (nr != HV_HC_CELL_START && nr != HV_HC_CELL_STOP && nr != HV_HC_CELL_DESTROY) || arg != id;
}

static bool takes_address(u32 nr)
{
	return nr == HV_HC_DONATE || nr == HV_HC_CELL_CREATE || nr == HV_HC_CELL_FILL || nr == HV_HC_CELL_LOAD ||
	       nr == HV_HC_CELL_INPUT;
}

/* What begins where root has RAM and ends where it has none, too. */
static void numbers(struct seq_file *m)
{
	const u64 args[] = { hidden, hidden - 8, given, given + 4088, 0xfee00000, 1ULL << 40, 1ULL << 51, ~0ULL };
	unsigned int nr, i, wrong = 0, done = 0;
	long result;

	for (nr = 0; nr < NUMBERS; nr++) {
		for (i = 0; i < ARRAY_SIZE(args); i++) {
			if (!is_harmless(nr, args[i]))
				continue;
			result = hvt_call(nr, args[i]);
			done++;
			if (takes_address(nr))
				wrong += result != -EFAULT;
			else
				wrong += nr > HV_HC_CELL_INPUT ? result != -ENOSYS : result > 0;
		}
	}
	for (i = 0; i < RANDOM_CALLS; i++) {
		nr = prandom_u32_state(&rnd) >> prandom_u32_state(&rnd) % 32;
		if (nr > HV_HC_CELL_INPUT) {
			wrong += hvt_call(nr, draw()) != -ENOSYS;
			done++;
		}
	}
	seq_printf(m, "numbers %u\nnumbers_wrong %u\n", done, wrong);
}

static long create_with(u64 phys, u32 physical, u32 as, const char *name)
{
	struct hv_cellconf *conf = &request->conf;

	base_conf();
	conf->id = as;
	strcpy(conf->name, name);
	conf->physical[0] = physical;
	if (phys) {
		conf->regions[0].mode = HV_MODE_IDENTICAL;
		conf->regions[0].phys = phys;
		conf->regions[0].populate = 0;
	}
	return ask(HV_HC_CELL_CREATE);
}

static void creations(struct seq_file *m)
{
	seq_printf(m, "cell_victims_cpu %ld\n", create_with(0, cpu, OWN_ID, "own"));
	seq_printf(m, "cell_own_cpu %ld\n", create_with(0, raw_smp_processor_id(), OWN_ID, "own"));
	seq_printf(m, "cell_no_cpu %ld\n", create_with(0, 500, OWN_ID, "own"));
	seq_printf(m, "cell_same_id %ld\n", create_with(0, spare, id, "own"));
	seq_printf(m, "cell_same_name %ld\n", create_with(0, spare, OWN_ID, "victim"));
	seq_printf(m, "cell_victims_memory %ld\n", create_with(given, spare ?: cpu, OWN_ID, "own"));
	seq_printf(m, "cell_hypervisors_memory %ld\n", create_with(hidden, spare ?: cpu, OWN_ID, "own"));
	seq_printf(m, "cell_roots_memory %ld\n", create_with(virt_to_phys(pages[0]), spare ?: cpu, OWN_ID, "own"));
}

static long fill(u32 as, u64 frame)
{
	memset(request, 0, sizeof(*request));
	request->fill.id = as;
	request->fill.list.entry[0] = entry(frame, HV_PSC_PRIVATE);
	return ask(HV_HC_CELL_FILL);
}

static long load(u32 as, u64 gpa, u64 from, u64 size)
{
	memset(request, 0, sizeof(*request));
	request->load = (struct hv_cell_load){ .id = as, .gpa = gpa, .from = from, .size = size };
	return ask(HV_HC_CELL_LOAD);
}

/* Of the victim, which is complete and runs. */
static void others(struct seq_file *m)
{
	seq_printf(m, "fill_victim %ld\n", fill(id, virt_to_phys(pages[0])));
	seq_printf(m, "fill_victim_with_its_own %ld\n", fill(id, given));
	seq_printf(m, "fill_nobody %ld\n", fill(OWN_ID, given));
	seq_printf(m, "load_victim %ld\n", load(id, 0x100000, virt_to_phys(pages[0]), PAGE_SIZE));
	seq_printf(m, "load_nobody %ld\n", load(OWN_ID, 0, virt_to_phys(pages[0]), PAGE_SIZE));
	seq_printf(m, "give_victims %ld\n", donate(given, HV_PSC_PRIVATE));
	seq_printf(m, "take_victims %ld\n", donate(given, HV_PSC_SHARED));
	seq_printf(m, "give_hypervisors %ld\n", donate(hidden, HV_PSC_PRIVATE));
	seq_printf(m, "take_hypervisors %ld\n", donate(hidden, HV_PSC_SHARED));
}

/* What another CPU does meanwhile. */
static bool (*meddle)(void);
static unsigned int meddled;

static int meddle_on(void *unused)
{
	while (!kthread_should_stop()) {
		WRITE_ONCE(meddled, meddled + meddle());
		cond_resched();
	}
	return 0;
}

static struct task_struct *meddler(bool (*how)(void))
{
	unsigned int other = cpumask_any_but(cpu_online_mask, raw_smp_processor_id());
	struct task_struct *task;

	if (other >= nr_cpu_ids)
		return NULL;
	meddle = how;
	meddled = 0;
	task = kthread_create_on_cpu(meddle_on, NULL, other, "hvt_call/%u");
	if (IS_ERR(task))
		return NULL;
	wake_up_process(task);
	return task;
}

/* Each of both has to have come so far; emulators let CPUs take turns. */
static bool goes_on(const struct task_struct *task, unsigned int n)
{
	cond_resched();
	return task && (n < rounds || READ_ONCE(meddled) < rounds) && n < rounds * PATIENCE;
}

/* The list that is being read: frames of everybody, and what is none. */
static bool change_list(void)
{
	static const u64 flags[] = { 0, HV_PSC_2M, 1ULL << 60, 8 };
	static unsigned int n;
	u64 frame = n % 3 ? n % 3 == 1 ? given : hidden : virt_to_phys(pages[n % PAGES]);

	WRITE_ONCE(request->psc.entry[n % PAGES], entry(frame, HV_PSC_PRIVATE) | flags[n / 7 % 4]);
	WRITE_ONCE(request->psc.end_entry, n % 11 ? PAGES - 1 : n);
	n++;
	return true;
}

static unsigned int take_back_all(void)
{
	unsigned int i, lost = 0;

	for (i = 0; i < PAGES; i++) {
		(void)donate(virt_to_phys(pages[i]), HV_PSC_SHARED); /* of those that are here it is an error */
		WRITE_ONCE(*pages[i], i + 1);
		lost += READ_ONCE(*pages[i]) != i + 1;
	}
	return lost;
}

static void race_lists(struct seq_file *m)
{
	struct task_struct *task = meddler(change_list);
	unsigned int n, i, given_away = 0, lost = 0;

	for (n = 0; goes_on(task, n); n++) {
		memset(request, 0, sizeof(*request));
		for (i = 0; i < PAGES; i++)
			request->psc.entry[i] = entry(virt_to_phys(pages[i]), HV_PSC_PRIVATE);
		WRITE_ONCE(request->psc.end_entry, PAGES - 1);
		given_away += !ask(HV_HC_DONATE);
	}
	if (task)
		kthread_stop(task);
	lost += take_back_all();
	seq_printf(m, "race_lists %u\nrace_lists_given %u\nrace_lists_lost %u\n", meddled >= rounds, given_away, lost);
}

/* The page that a request lies in goes away and comes back; this list is not in the page that everybody uses. */
static struct hv_psc *own_list;

static bool give_and_take(void)
{
	bool given_away;

	own_list->entry[0] = entry(virt_to_phys(request), HV_PSC_PRIVATE);
	given_away = !hvt_call(HV_HC_DONATE, virt_to_phys(own_list));
	own_list->entry[0] = entry(virt_to_phys(request), HV_PSC_SHARED);
	return !hvt_call(HV_HC_DONATE, virt_to_phys(own_list)) && given_away;
}

static void race_pages(struct seq_file *m)
{
	static const u32 calls[] = { HV_HC_CELL_CREATE, HV_HC_CELL_FILL, HV_HC_CELL_LOAD, HV_HC_CELL_INPUT };
	struct task_struct *task;
	unsigned int n, wrong = 0;
	long result;

	memset(request, 0, sizeof(*request));
	own_list = (struct hv_psc *)get_zeroed_page(GFP_KERNEL);
	task = own_list ? meddler(give_and_take) : NULL;
	for (n = 0; goes_on(task, n); n++) {
		result = ask(calls[n % ARRAY_SIZE(calls)]);
		wrong += result != -EFAULT && result != -EINVAL && result != -ENOENT;
	}
	if (task)
		kthread_stop(task);
	free_page((unsigned long)own_list);
	seq_printf(m, "race_pages %u\nrace_pages_wrong %u\n", meddled >= rounds, wrong);
}

/* Configurations in which some bytes are wrong; those that are not wrong enough become cells, and go again. */
static void mutants(struct seq_file *m)
{
	unsigned int n, i, made = 0, wrong = 0;
	long result;

	for (n = 0; n < rounds * 10; n++) {
		base_conf();
		for (i = prandom_u32_state(&rnd) % 4; i; i--)
			((u8 *)&request->conf)[prandom_u32_state(&rnd) % 256] = (u8)prandom_u32_state(&rnd);
		request->conf.physical[0] = spare ?: cpu;
		request->conf.id = OWN_ID;
		result = ask(HV_HC_CELL_CREATE);
		made += !result;
		wrong += result > 0 || (!result && destroy());
	}
	seq_printf(m, "mutants %u\nmutants_made %u\nmutants_wrong %u\n", n, made, wrong);
}

/* A cell of our own, into which somebody else's bytes could be loaded. */
static void own_cell(struct seq_file *m)
{
	u64 frame = virt_to_phys(pages[0]), from = virt_to_phys(pages[1]);
	long result = donate(frame, HV_PSC_PRIVATE);

	base_conf();
	if (!result)
		result = ask(HV_HC_CELL_CREATE);
	seq_printf(m, "own %ld\n", result);
	seq_printf(m, "own_fill_victims %ld\n", fill(OWN_ID, given));
	seq_printf(m, "own_fill_roots %ld\n", fill(OWN_ID, from));
	seq_printf(m, "own_fill %ld\n", fill(OWN_ID, frame));
	seq_printf(m, "own_load_victims %ld\n", load(OWN_ID, 0, given, 16));
	seq_printf(m, "own_load_hypervisors %ld\n", load(OWN_ID, 0, hidden, 16));
	seq_printf(m, "own_load_across %ld\n", load(OWN_ID, 0, hidden - 8, 16));
	seq_printf(m, "own_load_its_own %ld\n", load(OWN_ID, 0, frame, 16));
	seq_printf(m, "own_load_nowhere %ld\n", load(OWN_ID, 0, ~7ULL, 16));
	seq_printf(m, "own_load_too_far %ld\n", load(OWN_ID, PAGE_SIZE - 8, from, 16));
	seq_printf(m, "own_load_far %ld\n", load(OWN_ID, ~7ULL, from, 16));
	seq_printf(m, "own_load_nothing %ld\n", load(OWN_ID, 0, from, 0));
	seq_printf(m, "own_load_too_long %ld\n", load(OWN_ID, 0, from, ~0ULL));
	seq_printf(m, "own_load %ld\n", load(OWN_ID, 0, from, 16));
	/* whatever became of the cell, the frame is Linux's again before it is freed */
	result = destroy();
	seq_printf(m, "own_end %ld\n", donate(frame, HV_PSC_SHARED) ?: result);
}

static int by_address(const void *a, const void *b)
{
	const u64 *x = *(u64 *const *)a, *y = *(u64 *const *)b;

	return x < y ? -1 : x > y;
}

/* In the order in which lists have them. */
static bool allocate(void)
{
	unsigned int i;

	request = (union request *)get_zeroed_page(GFP_KERNEL);
	for (i = 0; i < PAGES; i++)
		pages[i] = (u64 *)get_zeroed_page(GFP_KERNEL);
	sort(pages, PAGES, sizeof(pages[0]), by_address, NULL);
	return request && pages[0];
}

static int hvt_show(struct seq_file *m, void *unused)
{
	unsigned int i;

	prandom_seed_state(&rnd, 1);
	if (allocate()) {
		numbers(m);
		creations(m);
		others(m);
		race_lists(m);
		race_pages(m);
		mutants(m);
		if (spare)
			own_cell(m);
	}
	for (i = 0; i < PAGES; i++)
		free_page((unsigned long)pages[i]);
	free_page((unsigned long)request);
	return 0;
}
