// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Shows its memory map and holds the hypervisor to it: every page of a region can be read, and written and executed at
 * both ends, as its flags promise. What they do not promise is not tried, for that would end the cell. It is a 32-bit
 * ELF file with a multiboot header, so what multiboot has to say is looked at as well.
 */
#include "cell.h"

#define MAPPED (1ULL << 32)	/* by the library */
#define RETURN 0xc3

#define MULTIBOOT_HAS_MEMORY 0x1
#define MULTIBOOT_HAS_CMDLINE 0x4
#define MULTIBOOT_HAS_MAP 0x40

struct multiboot {
	u32 flags, lower_kib, upper_kib, boot_device, cmdline, modules, modules_at, symbols[4], map_bytes, map_at;
};

static u32 failures;

static void report(bool ok, const char *what)
{
	print("%s %s\n", ok ? "ok" : "FAILED", what);
	failures += !ok;
}

static bool is_ours(u64 gpa)
{
	return gpa >= (u64)image_begin && gpa < (u64)image_end;
}

/* The byte gets another value and its old one back. */
static bool keeps(u64 gpa)
{
	volatile u8 *byte = (volatile u8 *)gpa;
	u8 was = *byte, other = (u8)~was;
	bool ok;

	*byte = other;
	ok = *byte == other;
	*byte = was;
	return ok && *byte == was;
}

static bool runs(u64 gpa)
{
	volatile u8 *byte = (volatile u8 *)gpa;
	u8 was = *byte;

	*byte = RETURN;
	((void (*)(void))gpa)();
	*byte = was;
	return true;
}

/* One page, at both ends. */
static bool page_is_good(u64 gpa, u32 flags)
{
	u64 last = gpa + HV_PAGE_SIZE - 1;

	if (flags & HV_MEM_READ) {
		(void)*(volatile u8 *)gpa;
		(void)*(volatile u8 *)last;
	}
	/* what we execute and are called through stays as it is */
	if (is_ours(gpa) || is_ours(last) || !(flags & HV_MEM_WRITE) || !(flags & HV_MEM_READ))
		return true;
	if (!keeps(gpa) || !keeps(last))
		return false;
	return !(flags & HV_MEM_EXECUTE) || (runs(gpa) && runs(last));
}

static void check_region(const struct hv_comm_region *region)
{
	u32 flags = region->flags;
	u64 gpa, bad = 0;
	char line[96];

	format(line, sizeof(line), "%010llx to %010llx %c%c%c flags %x", region->gpa, region->gpa + region->size - 1,
	       flags & HV_MEM_READ ? 'r' : '-', flags & HV_MEM_WRITE ? 'w' : '-', flags & HV_MEM_EXECUTE ? 'x' : '-',
	       flags);
	if (region->gpa + region->size > MAPPED) {
		print("-- %s is beyond the page tables\n", line);
		return;
	}
	/* registers do what they do when they are read */
	if (flags & (HV_MEM_DEVICE | HV_MEM_IO)) {
		print("-- %s is a device's\n", line);
		return;
	}
	for (gpa = region->gpa; gpa < region->gpa + region->size; gpa += HV_PAGE_SIZE)
		bad += !page_is_good(gpa, flags);
	report(!bad, line);
}

static void check_comm(void)
{
	struct cpuid first = cpuid(HV_GUEST_LEAF, 0), second = cpuid(HV_GUEST_LEAF + 1, 0);
	const struct hv_comm_region *region = comm_region(HV_COMM_GPA);

	report(comm_has(), "the comm page has its signature and version");
	report(first.ebx == HV_GUEST_EBX && first.ecx == HV_GUEST_ECX && first.edx == HV_GUEST_EDX, "so has CPUID");
	report(second.edx == HV_COMM_GPA && info(HV_INFO_COMM) == HV_COMM_GPA, "all say where it is");
	report(second.ecx == COMM->nr_cpus && info(HV_INFO_CPUS) == COMM->nr_cpus, "how many CPUs there are");
	report(info(HV_INFO_TSC_KHZ) == (s64)COMM->tsc_khz && info(HV_INFO_APIC_KHZ) == (s64)COMM->apic_khz &&
	       COMM->tsc_khz && COMM->apic_khz, "and how fast");
	report(!region || !(region->flags & HV_MEM_WRITE), "nobody says that it can be written");
	report(comm_region((u64)image_begin) && comm_region((u64)image_end - 1), "the map has where we are");
}

static void check_multiboot(void)
{
	const struct multiboot *multiboot = (const struct multiboot *)start_registers.info;

	report(start_registers.magic == HV_MULTIBOOT_MAGIC, "multiboot's magic number");
	report(start_registers.info >= HV_COMM_GPA + HV_COMM_MULTIBOOT &&
	       start_registers.info < HV_COMM_GPA + HV_COMM_SIZE, "its information is in the comm page");
	if (start_registers.magic == HV_MULTIBOOT_MAGIC)
		print("multiboot:%s%s%s\n", multiboot->flags & MULTIBOOT_HAS_MEMORY ? " memory" : "",
		      multiboot->flags & MULTIBOOT_HAS_CMDLINE ? " cmdline" : "",
		      multiboot->flags & MULTIBOOT_HAS_MAP ? " map" : "");
}

int main(void)
{
	u64 sum = checksum(COMM, HV_COMM_SIZE);
	u32 i;

	print("memory: cell %s has %u regions\n", COMM->name, COMM->nr_regions);
	check_comm();
	check_multiboot();
	for (i = 0; i < COMM->nr_regions; i++)
		check_region(&COMM->regions[i]);
	report(checksum(COMM, HV_COMM_SIZE) == sum, "the comm page is what it was");
	print("memory: %s\n", failures ? "FAILED" : "all as promised");
	return failures ? 1 : 0;
}
