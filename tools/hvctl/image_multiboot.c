// SPDX-License-Identifier: GPL-2.0-only
/* Multiboot headers, "Multiboot Specification version 0.6.96", section "OS image format". */
#include <string.h>

#include "image.h"

#define MAGIC 0x1badb002u
#define SEARCHED 8192
#define HAS_ADDRESSES (1u << 16)

struct header {
	u32 magic, flags, checksum;
	u32 header_addr, load_addr, load_end_addr, bss_end_addr, entry_addr;
};

#define LEAST offsetof(struct header, header_addr)

long multiboot_find(const unsigned char *data, size_t length)
{
	struct header header;
	size_t at;

	for (at = 0; at + LEAST <= length && at + LEAST <= SEARCHED; at += 4) {
		memcpy(&header, data + at, LEAST);
		if (header.magic != MAGIC || header.magic + header.flags + header.checksum)
			continue;
		/* the addresses have to be there, too */
		if (!(header.flags & HAS_ADDRESSES) ||
		    (at + sizeof(header) <= length && at + sizeof(header) <= SEARCHED))
			return (long)at;
	}
	return -1;
}

const char *multiboot_parse(const unsigned char *data, size_t at, u64 size, struct image *image)
{
	struct header header;
	struct image_part bytes, zeros = { .is_zeros = true };
	const char *wrong;
	u32 before;

	memcpy(&header, data + at, LEAST);
	if (!(header.flags & HAS_ADDRESSES))
		return NULL;
	memcpy(&header, data + at, sizeof(header));
	before = header.header_addr - header.load_addr;
	if (header.header_addr < header.load_addr || before > at)
		return "has a multiboot header whose addresses begin before the file";
	bytes = (struct image_part){ .offset = at - before, .gpa = header.load_addr };
	bytes.size = header.load_end_addr ? (u64)header.load_end_addr - header.load_addr : size - bytes.offset;
	if (header.load_end_addr && header.load_end_addr < header.load_addr)
		return "has a multiboot header whose end lies before its beginning";
	image->format = IMAGE_MULTIBOOT;
	image->entry_mode = HV_ENTRY_PROT32;
	image->has_entry = true;
	image->entry = header.entry_addr;
	wrong = image_add(image, bytes, size);
	zeros.gpa = bytes.gpa + bytes.size;
	if (wrong || header.bss_end_addr <= zeros.gpa)
		return wrong;
	zeros.size = header.bss_end_addr - zeros.gpa;
	return image_add(image, zeros, size);
}
