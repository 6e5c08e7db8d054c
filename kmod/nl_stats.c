// SPDX-License-Identifier: GPL-2.0-only
/* The netlink operation that shows the counters of a cell, CPU by CPU, and how long what they count took. */
#include <linux/cpumask.h>

#include "hvk.h"
#include "nl.h"
#include "shown.h"

static const char *const counter_names[] = {
#define NAME(name, text) "exits_" #name,
	HV_EXIT_REASONS(NAME)
#undef NAME
};

/* Of one counter in a message, at most; and of its times. */
#define COUNTER_BYTES 64
#define TIMES_BYTES 128

struct counter {
	u64 value;
	u64 ticks;
	u64 histogram[HV_STATS_BUCKETS];
};

static int put_times(struct sk_buff *skb, const struct counter *counter)
{
	if (nla_put_u64_64bit(skb, HV_A_COUNTER_TICKS, counter->ticks, HV_A_COUNTER_PAD))
		return -EMSGSIZE;
	return nla_put(skb, HV_A_COUNTER_HISTOGRAM, sizeof(counter->histogram), counter->histogram);
}

static int put_counter(struct sk_buff *skb, const char *name, const struct counter *counter, bool has_times)
{
	struct nlattr *nest = nla_nest_start(skb, HV_A_STATS_COUNTER);

	if (!nest || nla_put_string(skb, HV_A_COUNTER_NAME, name) ||
	    nla_put_u64_64bit(skb, HV_A_COUNTER_VALUE, counter->value, HV_A_COUNTER_PAD) ||
	    (has_times && counter->value && put_times(skb, counter)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static void read_counter(struct counter *counter, const struct hv_cpu_stats *counts,
			 const struct hv_cell_cpu_stats *times, unsigned int reason)
{
	unsigned int i;

	counter->value = READ_ONCE(counts->exits[reason]);
	for (i = 0; times && i < HV_STATS_BUCKETS; i++)
		counter->histogram[i] = READ_ONCE(times->histogram[reason][i]);
	counter->ticks = times ? READ_ONCE(times->ticks[reason]) : 0;
}

static void add_counter(struct counter *sum, const struct counter *counter)
{
	unsigned int i;

	sum->value += counter->value;
	sum->ticks += counter->ticks;
	for (i = 0; i < HV_STATS_BUCKETS; i++)
		sum->histogram[i] += counter->histogram[i];
}

static int put_cpu_counters(struct sk_buff *skb, const struct hvk_cell *cell, unsigned int cpu)
{
	const struct hv_cpu_stats *counts = hvk_shown_counts(cell, cpu);
	const struct hv_cell_cpu_stats *times = hvk_shown_times(cell, cpu);
	struct nlattr *nest = nla_nest_start(skb, HV_A_CELL_STATS);
	struct counter counter = { 0 }, sum = { 0 };
	unsigned int i;

	if (!nest || nla_put_u32(skb, HV_A_STATS_CPU, cpu))
		return -EMSGSIZE;
	for (i = 0; i < HV_EXIT_COUNT; i++) {
		read_counter(&counter, counts, times, i);
		add_counter(&sum, &counter);
		if (put_counter(skb, counter_names[i], &counter, times))
			return -EMSGSIZE;
	}
	if (put_counter(skb, "exits_total", &sum, times))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_stats(struct sk_buff *skb, const struct hvk_cell *cell)
{
	unsigned int cpu;
	int err;

	err = nla_put_string(skb, HV_A_CELL_NAME, cell->conf.name) ?: nla_put_u32(skb, HV_A_CELL_ID, cell->conf.id);
	for_each_cpu(cpu, &cell->cpus)
		err = err ?: put_cpu_counters(skb, cell, cpu);
	return err;
}

static size_t bytes_of(const struct hvk_cell *cell)
{
	size_t each = COUNTER_BYTES + (hvk_cell_is_root(cell) ? 0 : TIMES_BYTES);

	return GENLMSG_DEFAULT_SIZE + cpumask_weight(&cell->cpus) * (HV_EXIT_COUNT + 2) * each;
}

int hvk_nl_stats_get(struct sk_buff *request, struct genl_info *info)
{
	const struct hvk_cell *cell = hvk_nl_find(info);
	struct sk_buff *skb;
	void *header;

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	skb = hvk_nl_answer(info, bytes_of(cell), &header);
	if (!skb)
		return hvk_refuse(info->extack, NULL, -ENOMEM, "out of memory");
	return hvk_nl_send(info, skb, header, put_stats(skb, cell));
}
