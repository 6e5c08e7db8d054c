// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Looks at how it began: the first word of the command line says in which mode that should have been. Then it starts
 * all other CPUs of the cell. It needs memory at 0 for that, if it is not there itself.
 */
#include "cell.h"

#define LOW_PAGE 0x8000		/* where nothing else is, for a program that is above 1 MiB */
#define LOW_END 0x100000
#define PATIENCE_US 5000000

#define MULTIBOOT_HAS_CMDLINE 0x4
#define MULTIBOOT_HAS_MAP 0x40
#define MULTIBOOT_RAM 1
#define MULTIBOOT_ENTRY 20	/* bytes of an entry of the map, but for its first word */

struct multiboot {
	u32 flags, lower_kib, upper_kib, boot_device, cmdline, modules, modules_at, symbols[4], map_bytes, map_at;
};

struct __attribute__((packed)) multiboot_entry {
	u32 size;
	u64 gpa, bytes;
	u32 type;
};

static u32 failures;
static u32 begun[HV_COMM_MAX_CPUS];

static void report(bool ok, const char *what)
{
	print("%s %s\n", ok ? "ok" : "FAILED", what);
	failures += !ok;
}

static bool has_map(const struct multiboot *multiboot)
{
	const struct multiboot_entry *entry = (const struct multiboot_entry *)(u64)multiboot->map_at;
	u32 i;

	if (multiboot->map_bytes != COMM->nr_regions * sizeof(*entry))
		return false;
	for (i = 0; i < COMM->nr_regions; i++)
		if (entry[i].size != MULTIBOOT_ENTRY || entry[i].type != MULTIBOOT_RAM ||
		    entry[i].gpa != COMM->regions[i].gpa || entry[i].bytes != COMM->regions[i].size)
			return false;
	return true;
}

static void check_multiboot(void)
{
	const struct multiboot *multiboot = (const struct multiboot *)start_registers.info;

	report(start_registers.magic == HV_MULTIBOOT_MAGIC, "EAX has multiboot's magic number");
	if (start_registers.info < HV_COMM_GPA || start_registers.info >= HV_COMM_GPA + HV_COMM_SIZE) {
		report(false, "EBX points into the comm page");
		return;
	}
	report(multiboot->flags == (MULTIBOOT_HAS_CMDLINE | MULTIBOOT_HAS_MAP), "there are a command line and a map");
	report(multiboot->cmdline == (u32)(u64)COMM->cmdline, "the command line is ours");
	report(has_map(multiboot), "the map has our regions");
}

static void check_mode(void)
{
	const char *rest;

	if (word_is(COMM->cmdline, "prot32", &rest))
		check_multiboot();
	else if (word_is(COMM->cmdline, "long64", &rest))
		report(start_registers.info == HV_COMM_GPA, "RDI has the comm page");
	else
		report(word_is(COMM->cmdline, "real16", &rest) && !start_registers.info && !start_registers.magic,
		       "there is nothing to know in real mode");
}

void cpu_main(u32 cpu)
{
	apic_init();
	__atomic_store_n(&begun[cpu], apic_id() == COMM->apic_ids[cpu] ? 1 : 2, __ATOMIC_RELEASE);
}

static bool has_begun(u32 cpu)
{
	u64 end = tsc_after(PATIENCE_US);

	while (!__atomic_load_n(&begun[cpu], __ATOMIC_ACQUIRE)) {
		if (tsc_is_past(end))
			return false;
		pause();
	}
	return __atomic_load_n(&begun[cpu], __ATOMIC_RELAXED) == 1;
}

static void start_others(void)
{
	u32 cpu, page = LOW_PAGE;
	bool ok = true;

	if ((u64)image_begin < LOW_END)
		page = (u32)(((u64)image_end + HV_PAGE_SIZE - 1) & HV_PAGE_MASK);
	for (cpu = 1; cpu < COMM->nr_cpus; cpu++) {
		cpu_start(cpu, page);
		/* the page is everybody's */
		if (!has_begun(cpu))
			ok = false;
	}
	report(ok, "all other CPUs began when they were told to");
}

int main(void)
{
	apic_init();
	check_mode();
	start_others();
	print("modes: %s, %u CPUs: %s\n", COMM->cmdline, COMM->nr_cpus, failures ? "FAILED" : "as it should be");
	return failures ? 1 : 0;
}
