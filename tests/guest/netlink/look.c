// SPDX-License-Identifier: GPL-2.0-only
/* What can be shown is shown, is whole, and agrees with sysfs; the log has no gaps. */
#include "nl.h"

#include <unistd.h>

struct found {
	unsigned int cells, features, cpus, counters;
	uint64_t total, sum, bytes;
	uint64_t seq, first;
	bool in_order;
	char name[64], text[256];
};

static unsigned long long sysfs(const char *file)
{
	char path[128], value[64] = "";
	FILE *in;

	snprintf(path, sizeof(path), "/sys/class/hv/%s", file);
	in = fopen(path, "r");
	if (!in || !fgets(value, sizeof(value), in))
		die(EXIT_TROUBLE, "netlink: %s cannot be read", path);
	fclose(in);
	return strtoull(value, NULL, 0);
}

static void take_text(char *to, size_t size, const struct nlattr *attr)
{
	snprintf(to, size, "%s", attr ? (const char *)attr_data(attr) : "(nothing)");
}

static void take_hv(const struct nlmsghdr *header, void *context)
{
	const struct nlattr *attr = message_attr(header, HV_A_HV_MEMORY_BYTES);
	struct found *found = context;
	size_t bytes;

	found->bytes = attr ? attr_u64(attr) : 0;
	take_text(found->name, sizeof(found->name), message_attr(header, HV_A_HV_VENDOR));
	for (attr = message_attrs(header, &bytes); attr; attr = attr_next(attr, &bytes))
		found->features += attr_type(attr) == HV_A_HV_FEATURE;
}

static void take_cell(const struct nlmsghdr *header, void *context)
{
	const struct nlattr *attr = message_attr(header, HV_A_CELL_MEMORY_BYTES);
	struct found *found = context;
	size_t bytes;

	found->cells++;
	found->bytes = attr ? attr_u64(attr) : 0;
	take_text(found->name, sizeof(found->name), message_attr(header, HV_A_CELL_NAME));
	for (attr = message_attrs(header, &bytes); attr; attr = attr_next(attr, &bytes))
		found->cpus += attr_type(attr) == HV_A_CELL_CPU;
}

static void take_counter(const struct nlattr *nest, struct found *found)
{
	const struct nlattr *name = attr_find(attr_data(nest), nest->nla_len - NLA_HDRLEN, HV_A_COUNTER_NAME);
	const struct nlattr *value = attr_find(attr_data(nest), nest->nla_len - NLA_HDRLEN, HV_A_COUNTER_VALUE);

	if (!name || !value)
		return;
	found->counters++;
	if (!strcmp(attr_data(name), "exits_total"))
		found->total += attr_u64(value);
	else
		found->sum += attr_u64(value);
}

static void take_stats(const struct nlmsghdr *header, void *context)
{
	const struct nlattr *attr, *in;
	struct found *found = context;
	size_t bytes, left;

	for (attr = message_attrs(header, &bytes); attr; attr = attr_next(attr, &bytes)) {
		if (attr_type(attr) != HV_A_CELL_STATS)
			continue;
		found->cpus++;
		left = attr->nla_len - NLA_HDRLEN;
		for (in = attr_data(attr); in; in = attr_next(in, &left))
			if (attr_type(in) == HV_A_STATS_COUNTER)
				take_counter(in, found);
	}
}

static void take_line(const struct nlmsghdr *header, void *context)
{
	const struct nlattr *seq = message_attr(header, HV_A_LOG_SEQ), *lost = message_attr(header, HV_A_LOG_LOST);
	struct found *found = context;

	found->cells++;
	if (!seq || (found->seq && attr_u64(seq) != found->seq + 1 + (lost ? attr_u64(lost) : 0)))
		found->in_order = false;
	found->seq = seq ? attr_u64(seq) : 0;
	if (!found->first)
		found->first = found->seq;
	take_text(found->text, sizeof(found->text), message_attr(header, HV_A_LOG_TEXT));
}

static void look_at_log(struct nl *nl)
{
	struct found found = { .in_order = true }, rest = { .in_order = true };
	struct answer answer;
	char request[64];

	ask(nl, "log-get!", &answer, take_line, &found);
	expect(!answer.err && found.cells && found.in_order, "%u lines of the log, in order (the last: %s)",
	       found.cells, found.text);
	snprintf(request, sizeof(request), "log-get! seq=%llu", (unsigned long long)found.seq - 1);
	ask(nl, request, &answer, take_line, &rest);
	expect(!answer.err && rest.first == found.seq, "from a given line on");
	snprintf(request, sizeof(request), "log-get! seq=%llu", (unsigned long long)rest.seq + 1000);
	expect(!ask(nl, request, &answer, take_line, &rest) && !answer.count, "nothing beyond the last one");
}

int look(void)
{
	unsigned int cpus = (unsigned int)sysfs("hv0/cpus_online");
	struct found hv = { 0 }, dump = { 0 }, one = { 0 }, stats = { 0 };
	struct answer answer;
	struct nl nl;

	if (!expect(!nl_open(&nl), "there is a family"))
		return 1;
	want_state(&nl, HV_STATE_ACTIVE);
	ask(&nl, "hv-get", &answer, take_hv, &hv);
	expect(!answer.err && hv.features, "the hypervisor, with %u features", hv.features);
	expect(hv.bytes == sysfs("hv0/memory_bytes"), "its memory is what sysfs says");
	ask(&nl, "cell-get!", &answer, take_cell, &dump);
	expect(!answer.err && dump.cells == 1 && !strcmp(dump.name, "root"), "a dump has the root cell");
	expect(dump.cpus == cpus && dump.bytes == sysfs("cell0/memory_bytes"), "with CPUs and memory");
	ask(&nl, "cell-get id=0 name=root", &answer, take_cell, &one);
	expect(!answer.err && one.cells == 1 && one.bytes == dump.bytes, "asked for by itself it is the same");
	ask(&nl, "stats-get name=root", &answer, take_stats, &stats);
	expect(!answer.err && stats.cpus == cpus && stats.counters > cpus, "counters of %u CPUs", stats.cpus);
	expect(stats.total == stats.sum, "which add up to their sum");
	look_at_log(&nl);
	nl_close(&nl);
	return failures != 0;
}
