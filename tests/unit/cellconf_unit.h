/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of a configuration's check share: one that is good, and how a change of it is refused. */
#ifndef CELLCONF_UNIT_H
#define CELLCONF_UNIT_H

#include <hv/cellconf.h>
#include "unit.h"

#define RW (HV_MEM_READ | HV_MEM_WRITE)
#define K4 HV_PAGE_SIZE
#define M2 HV_SIZE_2M
#define MSR_RW (HV_CONF_MSR_READ | HV_CONF_MSR_WRITE)

static struct hv_cellconf conf;
static struct hv_conf_fault fault;

static inline int setup(void **state)
{
	(void)state;
	conf = (struct hv_cellconf){
		.id = 1,
		.name = "hello",
		.flags = HV_CONF_CONSOLE,
		.entry = 0x7c00,
		.nr_regions = 4,
		.nr_vcpus = 2,
		.nr_ports = 2,
		.nr_msrs = 2,
		.regions = {
			{ .gpa = 0, .size = M2, .flags = HV_MEM_RWX | HV_MEM_LOADABLE, .populate = 1 },
			{ .gpa = 0x40000000, .size = K4, .phys = 0x7f000000, .flags = RW | HV_MEM_ROOTSHARED,
			  .mode = HV_MODE_IDENTICAL, .is_lenient = 1 },
			{ .gpa = M2, .size = K4, .flags = RW | HV_MEM_NO_HUGE, .mode = HV_MODE_SECURE },
			{ .gpa = 0xfed00123, .size = 2, .phys = 0xfed00123, .flags = RW | HV_MEM_DEVICE | HV_MEM_IO,
			  .mode = HV_MODE_IDENTICAL },
		},
		.ports = { { 0x3f8, 0x3ff }, { 0x80, 0x80 } },
		.msrs = { { 0x6e0, MSR_RW }, { 0xe7, HV_CONF_MSR_READ } },
	};
	/* behind the counts nothing is looked at */
	memset(&conf.regions[4], 0xff, sizeof(conf.regions[4]));
	memset(&conf.ports[2], 0xff, sizeof(conf.ports[2]));
	memset(&conf.msrs[2], 0xff, sizeof(conf.msrs[2]));
	return 0;
}

static inline int check(void)
{
	const struct hv_cellconf before = conf;
	int err;

	fault = (struct hv_conf_fault){ .field = HV_CONF_AT_COUNT, .index = ~0u };
	err = hv_cellconf_check(&conf, &fault);
	assert_memory_equal(&conf, &before, sizeof(conf));
	if (!err)
		assert_true(!fault.what && fault.field == HV_CONF_AT_COUNT && fault.index == ~0u);
	return err;
}

static inline void refused(const char *change, u32 field, u32 index, int err, const char *what)
{
	if (check() != -err || fault.field != field || fault.index != index || strcmp(fault.what, what))
		fail_msg("%s: wanted %d, field %u, index %u, \"%s\", but got field %u, index %u, \"%s\"", change, err,
			 field, index, what, fault.field, fault.index, fault.what ? fault.what : "accepted");
}

/* One change of the good one each. tests/check/refusals.py reads these lines, too: it looks for every sentence here. */
#define REFUSED(change, field, index, err, what)                                                                       \
	do {                                                                                                           \
		setup(NULL);                                                                                           \
		change;                                                                                                \
		refused(#change, HV_CONF_AT_##field, index, err, what);                                                \
	} while (0)

#define ACCEPTED(change)                                                                                               \
	do {                                                                                                           \
		setup(NULL);                                                                                           \
		change;                                                                                                \
		if (check())                                                                                           \
			fail_msg("%s: %s", #change, fault.what);                                                       \
	} while (0)

#define TEST(f, name) { name, f, setup, NULL, NULL }

#endif
