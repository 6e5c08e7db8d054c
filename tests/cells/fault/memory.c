// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Accesses beyond the cell's memory, each of which ends it, and a pattern to look for when it is gone. */
#include "fault.h"

/* 16 bytes that nobody else has: in the image its halves are not side by side. */
#define SECRET_LOW 0x206c6c65632d7668ULL	/* "hv-cell " */
#define SECRET_HIGH 0x2121746572636573ULL	/* "secret!!" */
#define FXSAVE_AREA 512
#define CR4_OSFXSR 0x200

bool run_read(u64 n)
{
	u64 value = *(volatile u64 *)(n ? n : FAULT_NOBODYS);

	print("fault: read %llx\n", value);
	return fault_still_here();
}

bool run_write(u64 n)
{
	*(volatile u64 *)(n ? n : FAULT_NOBODYS) = ~0ULL;
	return fault_still_here();
}

bool run_exec(u64 n)
{
	((void (*)(void))(n ? n : FAULT_NOBODYS))();
	return fault_still_here();
}

/* Where the memory ends in which this program lies. */
static u64 last_end(void)
{
	const struct hv_comm_region *region = comm_region((u64)image_end);
	u64 end = region ? region->gpa + region->size : 0;

	return end && !comm_region(end) ? end : 0;
}

static void straddle(u64 kind, u64 end)
{
	static u8 source[FXSAVE_AREA];

	switch (kind) {
	case 0:
		*(volatile u64 *)(end - 4) = ~0ULL;
		break;
	case 1:
		(void)*(volatile u64 *)(end - 4);
		break;
	case 2:
		memcpy((void *)(end - sizeof(source) / 2), source, sizeof(source));
		break;
	default:
		write_cr4(read_cr4() | CR4_OSFXSR);
		asm volatile("fxsave (%0)" : : "r"(end - FXSAVE_AREA / 2) : "memory");
	}
}

/* Across the last byte: 0 writes, 1 reads, 2 copies a string, 3 saves a big operand. What just fits does no harm. */
bool run_straddle(u64 n)
{
	u64 end = last_end();

	if (!end) {
		print("fault: there is something behind this memory\n");
		return false;
	}
	*(volatile u64 *)(end - 8) = ~0ULL;
	if (*(volatile u64 *)(end - 8) != ~0ULL)
		return false;
	print("fault: straddling %llx\n", end);
	straddle(n, end);
	return fault_still_here();
}

static void fill(const struct hv_comm_region *region)
{
	u64 end = region->gpa + region->size, at;

	for (at = region->gpa; at < end; at += 2 * sizeof(u64)) {
		if (at >= ((u64)image_begin & ~15ULL) && at < (u64)image_end)
			continue;
		((u64 *)at)[0] = SECRET_LOW;
		((u64 *)at)[1] = SECRET_HIGH;
	}
}

/* Fills all that it may write, apart from itself, and waits for its end. */
bool run_secret(u64 n)
{
	const struct hv_comm_region *region;
	u32 i;

	(void)n;
	for (i = 0; i < COMM->nr_regions; i++) {
		region = &COMM->regions[i];
		if ((region->flags & HV_MEM_WRITE) && !(region->flags & (HV_MEM_DEVICE | HV_MEM_IO)) &&
		    region->gpa + region->size <= HV_COMM_GPA)
			fill(region);
	}
	print("written\n");
	halt();
}
