// SPDX-License-Identifier: GPL-2.0-only
/* sources: tools/hvctl/image.c tools/hvctl/image_elf.c tools/hvctl/image_multiboot.c tools/hvctl/say.c */
/* Image files of arbitrary bytes: no part reaches beyond the file or the address space. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include <tools/hvctl/image.h>

#define REQUIRE(condition) do { if (!(condition)) abort(); } while (0)

struct options options;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct image *image, u64 size)
{
	unsigned int i;

	REQUIRE(image->nr_parts > 0 && image->nr_parts <= IMAGE_MAX_PARTS);
	for (i = 0; i < image->nr_parts; i++) {
		const struct image_part *part = &image->parts[i];

		REQUIRE(part->size && part->gpa + (part->size - 1) >= part->gpa);
		REQUIRE(part->is_zeros || (part->offset <= size && part->size <= size - part->offset));
	}
	REQUIRE(image->has_entry == (image->format != IMAGE_FLAT));
}

/* Few inputs have a header. What follows it, and the fields that are lengths and addresses, stay as they are. */
static void dress(unsigned char *data, size_t size)
{
	static const unsigned char ident[] = { 0x7f, 'E', 'L', 'F', 0, ELFDATA2LSB, 1 };
	const u16 words[] = { ET_EXEC, EM_X86_64 };
	u32 multiboot[3] = { 0x1badb002 };
	bool is_64 = size % 4 == 1;
	u16 phentsize = is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);

	if (size < 128 || size % 4 == 0)
		return;
	if (size % 4 < 3) {
		memcpy(data, ident, sizeof(ident));
		data[EI_CLASS] = is_64 ? ELFCLASS64 : ELFCLASS32;
		memcpy(data + 16, words, sizeof(words));
		memcpy(data + (is_64 ? 54 : 42), &phentsize, sizeof(phentsize));
	}
	if (size % 4 == 3 || data[127] & 1) {
		memcpy(&multiboot[1], data + 68, 4);
		multiboot[2] = -(multiboot[0] + multiboot[1]);
		memcpy(data + 64, multiboot, sizeof(multiboot));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u64 gpa = ~0ULL - 100, told = size;
	unsigned char *copy = malloc(size ? size : 1);
	struct image image;

	REQUIRE(copy);
	memcpy(copy, data, size);
	dress(copy, size);
	/* a file may be longer than what was looked at */
	if (size > 3 && data[size - 1] & 1)
		told += 1ULL << (data[size - 2] & 63);
	if (size && told >= size) {
		if (!image_parse(copy, size, told, NULL, &image))
			check(&image, told);
		if (!image_parse(copy, size, told, &gpa, &image))
			check(&image, told);
	}
	free(copy);
	return 0;
}
