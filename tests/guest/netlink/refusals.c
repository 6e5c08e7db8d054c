// SPDX-License-Identifier: GPL-2.0-only
/* Every refusal: its error number, its sentence, and the attribute that it blames. */
#include "nl.h"

#include <errno.h>
#include <time.h>

#define PATIENCE 10000	/* looks, a millisecond apart at least */

/* Least of what a cell needs besides a name and a CPU. */
#define MEMORY " region{gpa=0 size=0x1000 mode=0 flags=0x47}"
/* Of the cell that is there: images find two places beside each other, and one that they must not have. */
#define OTHERS                                                                                                         \
	" region{gpa=0 size=0x2000 mode=0 flags=0x47} region{gpa=0x2000 size=0x1000 mode=0 flags=0x47}"                \
	" region{gpa=0x3000 size=0x1000 mode=0 flags=7}"
#define LOAD(image) "cell-load name=other image{" image "}"
#define LOAD_FROM(fd) LOAD("fd=" fd " size=1 gpa=0")

/*
 * In which state the module is asked: launched; with a cell called "other" on CPU 1 that was made, runs, was stopped or
 * has failed; while no CPU can go offline; while CPU 1 is; and not launched.
 */
enum when { ON, MADE, RUNNING, STOPPED, FAILED, HELD, CPU1_OFF, OFF };

/* The module's own words. tests/check/netlink.py holds the table against Documentation/refusals.md. */
static const struct refusal {
	const char *request;
	int err;
	const char *name;	/* of the error */
	const char *sentence;	/* NULL: any; the words of others are tested with them */
	unsigned int blamed;	/* type of the attribute, 0: none */
	enum when when;
} table[] = {
#define E(name) name, #name
	{ "hv-enable", E(EALREADY), "the hypervisor is launched already", 0, ON },
	{ "hv-disable", E(ENODEV), "the hypervisor is not launched", 0, OFF },
	{ "cell-get name=root", E(ENODEV), "the hypervisor is not launched", 0, OFF },
	{ "cell-get", E(EINVAL), "which cell? give its name or its id", 0, ON },
	{ "cell-get name=none", E(ENOENT), "there is no such cell", HV_A_CELL_NAME, ON },
	{ "cell-get id=77", E(ENOENT), "there is no such cell", HV_A_CELL_ID, ON },
	{ "cell-get name=root id=77", E(ENOENT), "there is no such cell", HV_A_CELL_ID, ON },
	{ "cell-get! name=root", E(EINVAL), "a dump shows all cells, it takes no attributes", 0, ON },
	{ "stats-get name=none", E(ENOENT), "there is no such cell", HV_A_CELL_NAME, ON },
	{ "cell-get name=root name=root", E(EINVAL), "this attribute is there twice", HV_A_CELL_NAME, ON },
	{ "cell-start name=root", E(EINVAL), "the root cell is this Linux", HV_A_CELL_NAME, ON },
	{ "cell-stop id=0", E(EINVAL), "the root cell is this Linux", HV_A_CELL_ID, ON },
	{ "cell-destroy name=root id=0", E(EINVAL), "the root cell is this Linux", HV_A_CELL_NAME, ON },
	{ "cell-load name=root image{fd=0 size=1 gpa=0}", E(EINVAL), "the root cell is this Linux", HV_A_CELL_NAME,
	  ON },
	{ "console-read name=root pos=0", E(EOPNOTSUPP), "this cell has no console", HV_A_CONSOLE_NAME, ON },
	{ "console-write id=0 data=hello", E(EOPNOTSUPP), "this cell has no console", HV_A_CONSOLE_ID, ON },
	{ "console-read pos=0", E(EINVAL), "which cell? give its name or its id", 0, ON },
	{ "cell-create cpu=1" MEMORY, E(EINVAL), "a cell has a name", 0, ON },
	{ "cell-create name=a" MEMORY, E(EINVAL), "a cell has CPUs, either these or that many", 0, ON },
	{ "cell-create name=a cpu=1 nr-cpus=1" MEMORY, E(EINVAL), "a cell has CPUs, either these or that many",
	  HV_A_CELL_NR_CPUS, ON },
	{ "cell-create name=a nr-cpus=64" MEMORY, E(EBUSY), "Linux does not have that many CPUs to give away",
	  HV_A_CELL_NR_CPUS, ON },
	{ "cell-create name=a cpu=500" MEMORY, E(ENODEV), "there is no such CPU", HV_A_CELL_CPU, ON },
	{ "cell-create name=a cpu=0" MEMORY, E(EBUSY), "Linux cannot do without this CPU", HV_A_CELL_CPU, ON },
	{ "cell-create name=a cpu=1" MEMORY, E(ENODEV), "the CPU is not online", HV_A_CELL_CPU, CPU1_OFF },
	{ "cell-create name=a cpu=1 region{gpa=0 size=4096 mode=0}", E(EINVAL), "something is missing in here",
	  HV_A_CELL_REGION, ON },
	{ "cell-create name=a cpu=1 region{gpa=0 gpa=0 size=4096 mode=0 flags=7}", E(EINVAL),
	  "this attribute is there twice", HV_A_REGION_GPA, ON },
	{ "cell-create name=a cpu=1 region{gpa=0 size=4096 mode=1 flags=7}", E(EINVAL),
	  "an identical region has a physical address", HV_A_CELL_REGION, ON },
	{ "cell-create name=a cpu=1" MEMORY " region{gpa=0x7f0000000000 size=0x1000 mode=0 flags=7}", E(EINVAL),
	  "this CPU has no such addresses as a region of the cell", HV_A_REGION_GPA, ON },
	{ "cell-create name=a cpu=1 ports{first=2}" MEMORY, E(EINVAL), "something is missing in here", HV_A_CELL_PORTS,
	  ON },
	{ "cell-create name=a cpu=1" MEMORY " region{gpa=0x100000000 size=0xf00000000 mode=0 flags=7}", E(ENOMEM),
	  "Linux does not have that much memory to give away", HV_A_REGION_SIZE, ON },
	{ "cell-create name=a cpu=1" MEMORY " region{gpa=0x1000 size=0x1000 phys=0 mode=1 flags=7}", E(EBUSY),
	  "Linux cannot free the memory at that place", HV_A_REGION_PHYS, ON },
	{ "cell-create name=a cpu=1" MEMORY " region{gpa=0xfe000000 size=0x1000 phys=0xfe000000 mode=1 flags=0x1003}",
	  E(EOPNOTSUPP), "cells have no devices in this version", HV_A_REGION_FLAGS, ON },
	{ "cell-create name=a cpu=1" MEMORY " region{gpa=0x10000 size=0x1000 phys=0xfee00000 mode=1 flags=0x83}",
	  E(EBUSY), "root does not have this memory to share", HV_A_REGION_PHYS, ON },
	{ "cell-create name=a cpu=1 region{gpa=0 size=0x1000 mode=2 flags=0x47}", E(ENOMEM),
	  "there is not that much secure memory left; secure= sets it aside", HV_A_REGION_SIZE, ON },
	/* of two the hypervisor does not say which */
	{ "cell-create name=a cpu=1" MEMORY " region{gpa=0x10000 size=0x1000 phys=0xfee00000 mode=1 flags=0x83}"
	  " region{gpa=0x20000 size=0x1000 phys=0xfee01000 mode=1 flags=0x83}", E(EBUSY),
	  "root does not have this memory to share", 0, ON },
	{ "cell-create name=a nr-cpus=1" MEMORY, E(EBUSY), "Linux does not let go of a CPU", HV_A_CELL_NR_CPUS, HELD },
	{ "cell-create name=a cpu=1" MEMORY, E(EBUSY), "Linux does not let go of a CPU", HV_A_CELL_CPU, HELD },
	{ "cell-create name=other cpu=1" MEMORY, E(EEXIST), "there is a cell with this name", HV_A_CELL_NAME, MADE },
	{ "cell-create name=a cpu=1" MEMORY, E(EBUSY), "the CPU belongs to another cell", HV_A_CELL_CPU, MADE },
	{ "cell-get name=other id=0", E(EINVAL), "name and id are those of different cells", HV_A_CELL_ID, MADE },
	{ "hv-disable", E(EBUSY), "there are other cells; destroy them first, or force it", 0, MADE },
	{ "console-read name=other pos=0", E(EOPNOTSUPP), "this cell has no console", HV_A_CONSOLE_NAME, MADE },
	{ "cell-stop name=other", E(EBUSY), "the cell is not running", HV_A_CELL_NAME, MADE },
	{ "cell-load name=other", E(EINVAL), "which image?", 0, MADE },
	{ LOAD("size=1 gpa=0"), E(EINVAL), "an image has a file, a size and an address", HV_A_CELL_IMAGE, MADE },
	{ LOAD("fd=" FD_HALTED " gpa=0"), E(EINVAL), "an image has a file, a size and an address", HV_A_CELL_IMAGE,
	  MADE },
	{ LOAD("fd=" FD_HALTED " size=1"), E(EINVAL), "an image has a file, a size and an address", HV_A_CELL_IMAGE,
	  MADE },
	{ LOAD("fd=" FD_HALTED " size=1 gpa=0 gpa=0"), E(EINVAL), "this attribute is there twice", HV_A_IMAGE_GPA,
	  MADE },
	{ LOAD("fd=" FD_HALTED " size=0x8000000000000000 gpa=0"), E(EINVAL), "no file is that long", HV_A_IMAGE_SIZE,
	  MADE },
	{ LOAD("fd=" FD_HALTED " size=1 offset=0x7fffffffffffffff gpa=0"), E(EINVAL), "no file is that long",
	  HV_A_IMAGE_SIZE, MADE },
	{ LOAD_FROM(FD_NONE), E(EBADF), "the file is not open for reading", HV_A_CELL_IMAGE, MADE },
	{ LOAD_FROM(FD_PATH), E(EBADF), "the file is not open for reading", HV_A_CELL_IMAGE, MADE },
	{ LOAD_FROM(FD_WRITE_ONLY), E(EBADF), "the file is not open for reading", HV_A_CELL_IMAGE, MADE },
	{ LOAD_FROM(FD_PIPE), E(EINVAL), "an image is read from a regular file", HV_A_CELL_IMAGE, MADE },
	{ LOAD_FROM(FD_DEVICE), E(EINVAL), "an image is read from a regular file", HV_A_CELL_IMAGE, MADE },
	{ LOAD_FROM(FD_FOLDER), E(EINVAL), "an image is read from a regular file", HV_A_CELL_IMAGE, MADE },
	{ LOAD("fd=" FD_HALTED " size=2 gpa=0x1fff"), E(EINVAL), "the image does not lie in one loadable region",
	  HV_A_CELL_IMAGE, MADE },
	{ LOAD("fd=" FD_HALTED " size=1 gpa=0x3000"), E(EINVAL), "the image does not lie in one loadable region",
	  HV_A_CELL_IMAGE, MADE },
	{ LOAD("fd=" FD_HALTED " size=2 gpa=0xffffffffffffffff"), E(EINVAL),
	  "the image does not lie in one loadable region", HV_A_CELL_IMAGE, MADE },
	{ LOAD("fd=" FD_HALTED " size=0x1000 gpa=0"), E(EINVAL), "the file ends before the image does", HV_A_CELL_IMAGE,
	  MADE },
	{ LOAD("fd=" FD_HALTED " size=1 offset=0x1000 gpa=0"), E(EINVAL), "the file ends before the image does",
	  HV_A_CELL_IMAGE, MADE },
	{ LOAD_FROM(FD_MADE_UP), E(EINVAL), "an image is read from a regular file", HV_A_CELL_IMAGE, MADE },
	/* none of these images was loaded */
	{ "cell-start name=other", E(EBUSY), "nothing was loaded into the cell", HV_A_CELL_NAME, MADE },
	{ LOAD_FROM(FD_HALTED), E(EBUSY), "the cell is running; stop it first", HV_A_CELL_NAME, RUNNING },
	{ "cell-start name=other", E(EBUSY), "the cell is running already", HV_A_CELL_NAME, RUNNING },
	{ "hv-disable", E(EBUSY), "there are other cells; destroy them first, or force it", 0, RUNNING },
	{ "cell-stop name=other", E(EBUSY), "the cell is not running", HV_A_CELL_NAME, STOPPED },
	{ "cell-stop id=1", E(EBUSY), "the cell is not running", HV_A_CELL_ID, STOPPED },
	{ "cell-stop name=other", E(EBUSY), "the cell is not running", HV_A_CELL_NAME, FAILED },
	/* the check of the configuration says it, and the module knows of which attribute */
	{ "cell-create name= cpu=1" MEMORY, E(EINVAL), NULL, HV_A_CELL_NAME, ON },
	{ "cell-create name=root cpu=1" MEMORY, E(EINVAL), NULL, HV_A_CELL_NAME, ON },
	{ "cell-create name=a cpu=2 cpu=1 cpu=1" MEMORY, E(EINVAL), NULL, HV_A_CELL_CPU, ON },
	{ "cell-create name=a cpu*65=1" MEMORY, E(EINVAL), NULL, HV_A_CELL_CPU, ON },
	{ "cell-create name=a cpu=1", E(EINVAL), NULL, 0, ON },
	{ "cell-create name=a cpu=1 region{gpa=0 size=0 mode=0 flags=7}", E(EINVAL), NULL, HV_A_REGION_SIZE, ON },
	{ "cell-create name=a cpu=1 region{gpa=0 size=4096 phys=4096 mode=0 flags=7}", E(EINVAL), NULL,
	  HV_A_REGION_PHYS, ON },
	{ "cell-create name=a cpu=1 region{gpa=0 size=4096 phys=4096 mode=1 flags=7 populate}", E(EINVAL), NULL,
	  HV_A_REGION_POPULATE, ON },
	{ "cell-create name=a cpu=1 region{gpa=0 size=4096 mode=0 flags=7 lenient}", E(EINVAL), NULL,
	  HV_A_REGION_LENIENT, ON },
	{ "cell-create name=a cpu=1 region{gpa=0 size=4096 mode=0 flags=2}", E(EINVAL), NULL, HV_A_REGION_FLAGS, ON },
	{ "cell-create name=a cpu=1 region{gpa=0x2000 size=4096 mode=0 flags=7}" MEMORY MEMORY, E(EEXIST), NULL,
	  HV_A_REGION_GPA, ON },
	{ "cell-create name=a cpu=1 region*65{gpa=0 size=4096 mode=0 flags=7}", E(EINVAL), NULL, HV_A_CELL_REGION, ON },
	{ "cell-create name=a cpu=1 entry=0x5000" MEMORY, E(EINVAL), NULL, HV_A_CELL_ENTRY, ON },
	{ "cell-create name=a cpu=1 ports{first=2 last=1}" MEMORY, E(EINVAL), NULL, HV_A_CELL_PORTS, ON },
	{ "cell-create name=a cpu=1 ports{first=0xcf8 last=0xcff}" MEMORY, E(EPERM), NULL, HV_A_CELL_PORTS, ON },
	{ "cell-create name=a cpu=1 ports*33{first=0x2f8 last=0x2f8}" MEMORY, E(EINVAL), NULL, HV_A_CELL_PORTS, ON },
	{ "cell-create name=a cpu=1 msr{index=0x10 access=2}" MEMORY, E(EPERM), NULL, HV_A_CELL_MSR, ON },
	{ "cell-create name=a cpu=1 msr*33{index=1 access=1}" MEMORY, E(EINVAL), NULL, HV_A_CELL_MSR, ON },
	{ "cell-create name=a cpu=1 cmdline=\1" MEMORY, E(EINVAL), NULL, HV_A_CELL_CMDLINE, ON },
	{ "cell-create name=a cpu=1 region{gpa=0xfee00000 size=4096 mode=0 flags=7}", E(EEXIST), NULL, HV_A_REGION_GPA,
	  ON },
	/* the kernel's, which reads the policies */
	{ "cell-create name=a cpu=1 stray=1", E(EINVAL), NULL, 60, ON },
	{ "cell-create name=a cpu=1 state=1", E(EINVAL), NULL, HV_A_CELL_STATE, ON },
	{ "cell-create name=a cpu=1 region{gpa=0 size=4096 mode=0 flags=7 stray=1}", E(EINVAL), NULL, 60, ON },
	{ "cell-create name=a cpu=1 region{gpa=0 size=4096 mode=3 flags=7}", E(ERANGE), NULL, HV_A_REGION_MODE, ON },
	{ "cell-create name=a cpu=1 region{gpa=0 size=4096 mode=0 flags=32}", E(EINVAL), NULL, HV_A_REGION_FLAGS,
	  ON },
	{ "cell-create name=a cpu=1 msr{index=1 access=4}", E(ERANGE), NULL, HV_A_MSR_ACCESS, ON },
	{ "cell-create name=a cpu=1 entry-mode=3", E(ERANGE), NULL, HV_A_CELL_ENTRY_MODE, ON },
	{ "cell-create name=a nr-cpus=0", E(ERANGE), NULL, HV_A_CELL_NR_CPUS, ON },
	{ "cell-create name=abcdefghijklmnopqrstuvwxyz-012345 cpu=1", E(EINVAL), NULL, HV_A_CELL_NAME, ON },
	{ "cell-load name=root image{fd=0 size=0 gpa=0}", E(ERANGE), NULL, HV_A_IMAGE_SIZE, ON },
	{ "hv-enable force", E(EINVAL), NULL, HV_A_HV_FORCE, ON },
	{ "hv-get force", E(EINVAL), NULL, HV_A_HV_FORCE, ON },
#undef E
};

static bool is_sentence_right(const struct refusal *want, const struct answer *got)
{
	return want->sentence ? !strcmp(want->sentence, got->text) : got->text[0];
}

static void try(struct nl *nl, const struct refusal *want)
{
	struct message message;
	struct answer got;
	unsigned int blamed;

	message_from_words(nl, &message, want->request);
	nl_talk(nl, &message, &got, NULL, NULL);
	blamed = blamed_type(&message, &got);
	expect(got.err == want->err && is_sentence_right(want, &got) && blamed == want->blamed,
	       "%.60s: %s \"%s\" (got %d \"%s\", attribute %u, wanted %u)", want->request, want->name,
	       want->sentence ?: "...", got.err, got.text, blamed, want->blamed);
}

static void try_all(struct nl *nl, enum when when)
{
	unsigned int i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].when == when)
			try(nl, &table[i]);
}

static void try_good(struct nl *nl)
{
	static const char *const good[] = {
		"cell-create dry-run name=a cpu=1 region{gpa=0 size=0x200000 mode=0 flags=0x47 populate}",
		"cell-create dry-run name=a-b_c.9 nr-cpus=1 entry=0x100000 entry-mode=2 console restart cmdline=quiet "
		"region{gpa=0x100000 size=0x1000 mode=0 flags=7} "
		"region{gpa=0x200000 phys=0x200000 size=0x1000 mode=1 flags=3 lenient} "
		"msr{index=0x10 access=1} ports{first=0x2f8 last=0x2ff}",
	};
	struct answer answer;
	unsigned int i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ask(nl, good[i], &answer, NULL, NULL);
		expect(!answer.err && !answer.count, "%.40s...: nothing against it (got %d \"%s\")", good[i],
		       answer.err, answer.text);
	}
}

static void take_state(const struct nlmsghdr *header, void *context)
{
	const struct nlattr *state = message_attr(header, HV_A_CELL_STATE);

	*(uint32_t *)context = state ? attr_u32(state) : HV_CELL_GONE;
}

/* That a cell has ended by itself is seen a little later. */
static void want_failed(struct nl *nl)
{
	struct timespec pause = { .tv_nsec = 1000000 };
	uint32_t state = HV_CELL_RUNNING;
	struct answer answer;
	unsigned int i;

	for (i = 0; i < PATIENCE && state == HV_CELL_RUNNING; i++) {
		ask(nl, "cell-get name=other", &answer, take_state, &state);
		nanosleep(&pause, NULL);
	}
	expect(state == HV_CELL_FAILED, "the cell has failed (its state: %u)", state);
}

static void try_with_cell(struct nl *nl)
{
	want_done(nl, "cell-create name=other cpu=1" OTHERS);
	try_all(nl, MADE);
	want_done(nl, LOAD("fd=" FD_HALTED " size=4 gpa=0"));
	want_done(nl, "cell-start name=other");
	try_all(nl, RUNNING);
	want_done(nl, "cell-stop name=other");
	try_all(nl, STOPPED);
	want_done(nl, LOAD("fd=" FD_ASTRAY " size=5 gpa=0"));
	want_done(nl, "cell-start name=other");
	want_failed(nl);
	try_all(nl, FAILED);
	want_done(nl, "cell-destroy name=other");
}

/* Begins and ends launched. */
int refusals(void)
{
	struct nl nl;

	if (nl_open(&nl))
		die(EXIT_TROUBLE, "netlink: no family");
	open_files();
	want_state(&nl, HV_STATE_ACTIVE);
	try_all(&nl, ON);
	try_good(&nl);
	try_with_cell(&nl);
	hold_cpus();
	try_all(&nl, HELD);
	let_cpus_go();
	set_cpu1("0");
	try_all(&nl, CPU1_OFF);
	set_cpu1("1");
	want_done(&nl, "hv-disable");
	try_all(&nl, OFF);
	want_done(&nl, "hv-enable");
	nl_close(&nl);
	return failures != 0;
}
