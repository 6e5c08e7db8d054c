/* SPDX-License-Identifier: GPL-2.0-only */
/* Image files: which bytes go where in a cell's memory, and where it begins. Files come from anywhere. */
#ifndef HVCTL_IMAGE_H
#define HVCTL_IMAGE_H

#include "hvctl.h"

#define IMAGE_MAX_PARTS 64

enum image_format { IMAGE_FLAT, IMAGE_ELF32, IMAGE_ELF64, IMAGE_MULTIBOOT };

struct image_part {
	u64 offset;	/* in the file; of a part of zeros: 0 */
	u64 size;
	u64 gpa;
	bool is_zeros;	/* not from the file */
};

struct image {
	enum image_format format;
	bool has_entry;
	u64 entry;
	u32 entry_mode;		/* enum hv_entry_mode */
	unsigned int nr_parts;
	struct image_part parts[IMAGE_MAX_PARTS];
};

/*
 * What @data, the beginning of a file of @size bytes, asks for. With @gpa (NULL: none) a file that is not ELF goes
 * there as it is. @length: how many bytes of it are at @data, all of them or at least IMAGE_LOOK.
 * Returns NULL, or what is wrong as the rest of a sentence about the file.
 */
#define IMAGE_LOOK (64u << 10)
const char *image_parse(const unsigned char *data, size_t length, u64 size, const u64 *gpa, struct image *image);

extern const char *const words_format[];

/* For the readers of formats: adds a part; what is wrong with it, or NULL. */
const char *image_add(struct image *image, struct image_part part, u64 size);

bool is_elf(const unsigned char *data, size_t length);
const char *elf_parse(const unsigned char *data, size_t length, u64 size, struct image *image);
/* The offset of a valid header; -1 if there is none. */
long multiboot_find(const unsigned char *data, size_t length);
/* Of one that says by itself where it goes; else NULL and no parts. */
const char *multiboot_parse(const unsigned char *data, size_t at, u64 size, struct image *image);

/*
 * The same for a file; opens it for reading, and returns the descriptor. -1: *@wrong is the rest of a sentence about
 * the file; NULL, and errno, if it cannot be opened.
 */
int image_try(const char *path, const u64 *gpa, struct image *image, const char **wrong);
/* Says what is wrong, too. */
int image_open(const char *path, const u64 *gpa, struct image *image);

#endif
