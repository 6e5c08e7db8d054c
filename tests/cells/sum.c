// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Tells what is in every region but its own: address, size, and the sum that gzip(1) and crc32(1) have for it. */
#include "cell.h"

#define POLYNOMIAL 0xedb88320

static u32 table[256];

static void make_table(void)
{
	u32 byte, bit, crc;

	for (byte = 0; byte < HV_ARRAY_SIZE(table); byte++) {
		crc = byte;
		for (bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
		table[byte] = crc;
	}
}

static u32 crc32(const u8 *from, u64 bytes)
{
	u32 crc = ~0U;
	u64 i;

	for (i = 0; i < bytes; i++)
		crc = crc >> 8 ^ table[(u8)crc ^ from[i]];
	return ~crc;
}

int main(void)
{
	const struct hv_comm_region *region;
	u32 i;

	make_table();
	for (i = 0; i < COMM->nr_regions; i++) {
		region = &COMM->regions[i];
		if (region == comm_region((u64)image_begin))
			continue;
		print("sum: 0x%llx %llu %08x\n", region->gpa, region->size,
		      crc32((const u8 *)region->gpa, region->size));
	}
	return 0;
}
