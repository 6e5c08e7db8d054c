// SPDX-License-Identifier: GPL-2.0-only
/* Which format a file has, and how it is read. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"

const char *const words_format[] = { "flat binary", "ELF32", "ELF64", "multiboot", NULL };

const char *image_add(struct image *image, struct image_part part, u64 size)
{
	u64 end;

	if (!part.size)
		return NULL;
	if (__builtin_add_overflow(part.gpa, part.size - 1, &end))
		return "has a part that ends beyond 64 bits";
	if (!part.is_zeros && (part.offset > size || part.size > size - part.offset))
		return "has a part that ends beyond the end of the file";
	if (image->nr_parts == IMAGE_MAX_PARTS)
		return "has more than 64 parts";
	image->parts[image->nr_parts++] = part;
	return NULL;
}

static const char *flat_parse(u64 size, u64 gpa, struct image *image)
{
	image->format = IMAGE_FLAT;
	return image_add(image, (struct image_part){ .size = size, .gpa = gpa }, size);
}

const char *image_parse(const unsigned char *data, size_t length, u64 size, const u64 *gpa, struct image *image)
{
	const char *wrong;
	long header;

	*image = (struct image){ .format = IMAGE_FLAT };
	if (!size)
		return "is empty";
	if (is_elf(data, length) && gpa)
		return "is an ELF file, which says itself where its parts go; leave the address away";
	if (gpa)
		return flat_parse(size, *gpa, image);
	header = multiboot_find(data, length);
	if (header >= 0) {
		wrong = multiboot_parse(data, (size_t)header, size, image);
		if (wrong || image->nr_parts)
			return wrong;
	}
	if (!is_elf(data, length))
		return header >= 0 ? "has a multiboot header without addresses, and is not ELF either" :
				     flat_parse(size, 0, image);
	wrong = elf_parse(data, length, size, image);
	if (!wrong && header >= 0) {
		/* the header promises this mode, whatever the file's class */
		image->format = IMAGE_MULTIBOOT;
		image->entry_mode = HV_ENTRY_PROT32;
	}
	return wrong;
}

/* Reads what formats look at; a short file is read whole. */
static ssize_t look(int fd, unsigned char *data)
{
	size_t length = 0;
	ssize_t got;

	do {
		got = pread(fd, data + length, IMAGE_LOOK - length, (off_t)length);
		if (got < 0)
			return -1;
		length += (size_t)got;
	} while (got && length < IMAGE_LOOK);
	return (ssize_t)length;
}

static const char *read_image(int fd, const u64 *gpa, struct image *image)
{
	unsigned char *data = malloc(IMAGE_LOOK);
	const char *wrong = NULL;
	struct stat status;
	ssize_t length;

	if (!data || fstat(fd, &status))
		wrong = strerror(errno);
	else if (!S_ISREG(status.st_mode))
		wrong = "is not a file";
	if (!wrong) {
		length = look(fd, data);
		wrong = length < 0 ? strerror(errno) :
				     image_parse(data, (size_t)length, (u64)status.st_size, gpa, image);
	}
	free(data);
	return wrong;
}

int image_try(const char *path, const u64 *gpa, struct image *image, const char **wrong)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*wrong = fd < 0 ? NULL : read_image(fd, gpa, image);
	if (!*wrong)
		return fd;
	close(fd);
	return -1;
}

int image_open(const char *path, const u64 *gpa, struct image *image)
{
	const char *wrong;
	int fd = image_try(path, gpa, image, &wrong);

	if (wrong)
		fail("%s %s", path, wrong);
	else if (fd < 0)
		fail("%s: %s", path, strerror(errno));
	return fd;
}
