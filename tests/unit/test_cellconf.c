// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/cellconf.c hvcore/cellconf_region.c hvcore/cellconf_io.c hvcore/cellconf_x86.c */
/* A cell's configuration: what is one, its name and CPUs, and what each kind of mistake is told. */
#include "cellconf_unit.h"

#define BAD_NAME "a name is 1 to 31 letters, digits, '-', '_', '.', first a letter or digit"

static void good(void **state)
{
	(void)state;
	ACCEPTED();
	ACCEPTED((conf.nr_ports = conf.nr_msrs = 0, conf.nr_regions = 1));
	ACCEPTED(conf.flags = HV_CONF_FLAGS);
	ACCEPTED(conf.id = HV_CONF_MAX_ID);
}

static void cell(void **state)
{
	(void)state;
	REFUSED(conf.id = 0, ID, 0, EINVAL, "id 0 is that of the root cell");
	REFUSED(conf.id = HV_CONF_MAX_ID + 1, ID, 0, EINVAL, "the id of a cell is at most 57343");
	REFUSED(conf.flags = 4, FLAGS, 0, EINVAL, "a flag of the cell that does not exist");
	REFUSED(conf.flags = 1u << 31, FLAGS, 0, EINVAL, "a flag of the cell that does not exist");
	REFUSED(conf.rsvd = 1, RSVD, 0, EINVAL, "a reserved member of the cell is not 0");
}

static void set_name(const char *name)
{
	memset(conf.name, 0, sizeof(conf.name));
	memcpy(conf.name, name, strlen(name));
}

static void name(void **state)
{
	unsigned int c;

	(void)state;
	ACCEPTED(set_name("a"));
	ACCEPTED(set_name("0.B-_"));
	ACCEPTED(set_name("a123456789b123456789c123456789X"));
	ACCEPTED(set_name("root2"));
	ACCEPTED(set_name("roo"));
	ACCEPTED(set_name("Root"));
	REFUSED(set_name(""), NAME, 0, EINVAL, BAD_NAME);
	REFUSED(set_name(".x"), NAME, 0, EINVAL, BAD_NAME);
	REFUSED(set_name("-x"), NAME, 0, EINVAL, BAD_NAME);
	REFUSED(set_name("_x"), NAME, 0, EINVAL, BAD_NAME);
	REFUSED(set_name("hello/"), NAME, 0, EINVAL, BAD_NAME);
	REFUSED(memset(conf.name, 'x', sizeof(conf.name)), NAME, 0, EINVAL, BAD_NAME);
	/* not even if it could end in the next member */
	REFUSED((memset(conf.name, 'x', sizeof(conf.name)), conf.entry = 'x'), NAME, 0, EINVAL, BAD_NAME);
	for (c = 1; c < 256; c++) {
		bool legal = c < 128 && (strchr("-_.", (int)c) || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
					 (c >= 'A' && c <= 'Z'));

		setup(NULL);
		conf.name[1] = (char)c;
		assert_int_equal(check(), legal ? 0 : -EINVAL);
	}
	REFUSED(conf.name[6] = 'x', NAME, 0, EINVAL, "something is hidden behind the end of the name");
	REFUSED(conf.name[31] = 'x', NAME, 0, EINVAL, "something is hidden behind the end of the name");
	REFUSED(set_name("root"), NAME, 0, EINVAL, "root is the name of the root cell");
}

#define BAD_CMDLINE "a command line is at most 255 printable characters of ASCII"
#define HIDDEN_CMDLINE "something is hidden behind the end of the command line"

static void cmdline(void **state)
{
	unsigned int c;

	(void)state;
	ACCEPTED(strcpy(conf.cmdline, "console=hv ticks=10 -- ~"));
	ACCEPTED(memset(conf.cmdline, ' ', sizeof(conf.cmdline) - 1));
	REFUSED(memset(conf.cmdline, ' ', sizeof(conf.cmdline)), CMDLINE, 0, EINVAL, BAD_CMDLINE);
	for (c = 1; c < 256; c++) {
		setup(NULL);
		conf.cmdline[0] = 'a';
		conf.cmdline[1] = (char)c;
		assert_int_equal(check(), c >= 0x20 && c <= 0x7e ? 0 : -EINVAL);
	}
	REFUSED(conf.cmdline[0] = '\n', CMDLINE, 0, EINVAL, BAD_CMDLINE);
	REFUSED(conf.cmdline[1] = 'x', CMDLINE, 0, EINVAL, HIDDEN_CMDLINE);
	REFUSED(conf.cmdline[255] = 'x', CMDLINE, 0, EINVAL, HIDDEN_CMDLINE);
	REFUSED((strcpy(conf.cmdline, "quiet"), conf.cmdline[6] = '\1'), CMDLINE, 0, EINVAL, HIDDEN_CMDLINE);
}

static void cpus(void **state)
{
	u32 i;

	(void)state;
	ACCEPTED(conf.nr_vcpus = 1);
	ACCEPTED(conf.nr_vcpus = HV_CONF_MAX_VCPUS);
	REFUSED(conf.nr_vcpus = 0, CPUS, 0, EINVAL, "a cell has 1 to 64 CPUs");
	REFUSED(conf.nr_vcpus = HV_CONF_MAX_VCPUS + 1, CPUS, 0, EINVAL, "a cell has 1 to 64 CPUs");
	REFUSED((conf.nr_vcpus = conf.nr_physical = ~0u), CPUS, 0, EINVAL, "a cell has 1 to 64 CPUs");
	ACCEPTED((conf.nr_masks = 2, conf.masks[0] = conf.masks[1] = 1));
	REFUSED((conf.nr_masks = 1, conf.masks[0] = 1), MASKS, 0, EINVAL, "there are not as many CPU masks as CPUs");
	REFUSED((conf.nr_masks = 3, conf.masks[0] = conf.masks[1] = conf.masks[2] = 1), MASKS, 0, EINVAL,
		"there are not as many CPU masks as CPUs");
	REFUSED((conf.nr_masks = 2, conf.masks[0] = 1), MASK, 1, EINVAL, "a CPU mask without a CPU");
	ACCEPTED((conf.nr_physical = 2, conf.physical[1] = 511));
	REFUSED(conf.nr_physical = 1, PHYSICALS, 0, EINVAL, "there are not as many physical CPUs as CPUs");
	REFUSED(conf.nr_physical = ~0u, PHYSICALS, 0, EINVAL, "there are not as many physical CPUs as CPUs");
	REFUSED((conf.nr_physical = 2, conf.physical[1] = 512), PHYSICAL, 1, EINVAL,
		"the number of a CPU is at most 511");
	REFUSED(conf.nr_physical = 2, PHYSICAL, 1, EINVAL, "a CPU that is in the list already");
	setup(NULL);
	conf.nr_vcpus = conf.nr_physical = conf.nr_masks = HV_CONF_MAX_VCPUS;
	for (i = 0; i < HV_CONF_MAX_VCPUS; i++) {
		conf.physical[i] = 100 - i;
		conf.masks[i] = ~0ULL;
	}
	assert_int_equal(check(), 0);
	conf.physical[63] = 100;
	refused("the last is the first", HV_CONF_AT_PHYSICAL, 63, EINVAL, "a CPU that is in the list already");
}

static void affinity(void **state)
{
	struct hv_affinity a;

	(void)state;
	assert_int_equal(hv_cellconf_affinity(&conf, 1, &a), 0);
	assert_true(a.vcpu == 1 && !a.has_mask && a.physical == 1);
	assert_int_equal(hv_cellconf_affinity(&conf, 2, &a), -EINVAL);
	assert_int_equal(hv_cellconf_affinity(&conf, ~0u, &a), -EINVAL);
	conf.nr_masks = 2;
	conf.masks[0] = 3;
	conf.masks[1] = 4;
	conf.nr_physical = 2;
	conf.physical[0] = 9;
	conf.physical[1] = 8;
	assert_int_equal(check(), 0);
	assert_int_equal(hv_cellconf_affinity(&conf, 1, &a), 0);
	assert_true(a.vcpu == 1 && a.has_mask && a.mask == 4 && a.physical == 8);
	/* unchecked ones do not overrun either */
	conf.nr_vcpus = ~0u;
	assert_int_equal(hv_cellconf_affinity(&conf, HV_CONF_MAX_VCPUS, &a), -EINVAL);
	assert_int_equal(hv_cellconf_affinity(&conf, 2, &a), -EINVAL);
	conf.nr_masks = 0;
	assert_int_equal(hv_cellconf_affinity(&conf, 2, &a), -EINVAL);
	conf.nr_masks = 2;
	conf.nr_physical = 0;
	assert_int_equal(hv_cellconf_affinity(&conf, 2, &a), -EINVAL);
	conf.nr_masks = 0;
	assert_int_equal(hv_cellconf_affinity(&conf, HV_CONF_MAX_VCPUS - 1, &a), 0);
	assert_int_equal(hv_cellconf_affinity(&conf, HV_CONF_MAX_VCPUS, &a), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good, "F7 a configuration"),
		TEST(cell, "F7 illegal members of the cell"),
		TEST(name, "F7 names"),
		TEST(cmdline, "F7 command lines"),
		TEST(cpus, "F7 lists shorter or longer than the number of CPUs, CPUs that cannot be"),
		TEST(affinity, "F7 affinity of a CPU"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
