// SPDX-License-Identifier: GPL-2.0-only
/*
 * ELF files, 32 and 64 bits, little endian, x86: what PT_LOAD segments put at which physical address. Program headers
 * have to lie in the first IMAGE_LOOK bytes, where every linker puts them. Both classes are read into one form.
 */
#include <elf.h>
#include <string.h>

#include "image.h"

/* A program header, whatever its class. */
struct segment {
	u32 type;
	u64 offset, vaddr, paddr, filesz, memsz;
};

struct elf {
	bool is_64;
	u64 entry, phoff;
	u32 phnum, phentsize;
};

bool is_elf(const unsigned char *data, size_t length)
{
	return length >= SELFMAG && !memcmp(data, ELFMAG, SELFMAG);
}

static const char *read_header(const unsigned char *data, size_t length, struct elf *elf)
{
	Elf32_Ehdr h32;
	Elf64_Ehdr h64;
	u32 machine, type;

	elf->is_64 = length > EI_CLASS && data[EI_CLASS] == ELFCLASS64;
	if (length < (elf->is_64 ? sizeof(h64) : sizeof(h32)))
		return "is an ELF file that is cut off";
	if (data[EI_DATA] != ELFDATA2LSB || (!elf->is_64 && data[EI_CLASS] != ELFCLASS32))
		return "is an ELF file, but not for x86";
	if (elf->is_64) {
		memcpy(&h64, data, sizeof(h64));
		*elf = (struct elf){ true, h64.e_entry, h64.e_phoff, h64.e_phnum, h64.e_phentsize };
		machine = h64.e_machine;
		type = h64.e_type;
	} else {
		memcpy(&h32, data, sizeof(h32));
		*elf = (struct elf){ false, h32.e_entry, h32.e_phoff, h32.e_phnum, h32.e_phentsize };
		machine = h32.e_machine;
		type = h32.e_type;
	}
	if (machine != EM_X86_64 && machine != EM_386)
		return "is an ELF file, but not for x86";
	if (type != ET_EXEC && type != ET_DYN)
		return "is an ELF file, but not a linked program";
	if (elf->phentsize != (elf->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)))
		return "is an ELF file with program headers of a strange size";
	if (elf->phoff > length || (u64)elf->phnum * elf->phentsize > length - elf->phoff)
		return "is an ELF file whose program headers do not lie in its first 64 KiB";
	return NULL;
}

static struct segment read_segment(const unsigned char *data, const struct elf *elf, u32 i)
{
	const unsigned char *at = data + elf->phoff + (u64)i * elf->phentsize;
	Elf32_Phdr p32;
	Elf64_Phdr p64;

	if (elf->is_64) {
		memcpy(&p64, at, sizeof(p64));
		return (struct segment){ p64.p_type,  p64.p_offset, p64.p_vaddr,
					 p64.p_paddr, p64.p_filesz, p64.p_memsz };
	}
	memcpy(&p32, at, sizeof(p32));
	return (struct segment){ p32.p_type, p32.p_offset, p32.p_vaddr, p32.p_paddr, p32.p_filesz, p32.p_memsz };
}

static const char *add_segment(struct image *image, const struct segment *segment, u64 size)
{
	struct image_part bytes = { .offset = segment->offset, .size = segment->filesz, .gpa = segment->paddr };
	struct image_part zeros = { .size = segment->memsz - segment->filesz, .is_zeros = true };
	const char *wrong;

	if (segment->memsz < segment->filesz)
		return "has a segment with more bytes in the file than in memory";
	wrong = image_add(image, bytes, size);
	if (wrong)
		return wrong;
	if (zeros.size && __builtin_add_overflow(segment->paddr, segment->filesz, &zeros.gpa))
		return "has a part that ends beyond 64 bits";
	return image_add(image, zeros, size);
}

/* The entry is a virtual address; cells begin without Linux's idea of one, so it is told by the segment it is in. */
static bool has_entry(const struct segment *segment, const struct elf *elf, u64 *physical)
{
	if (elf->entry < segment->vaddr || elf->entry - segment->vaddr >= segment->memsz)
		return false;
	*physical = segment->paddr + (elf->entry - segment->vaddr);
	return true;
}

const char *elf_parse(const unsigned char *data, size_t length, u64 size, struct image *image)
{
	struct elf elf;
	struct segment segment;
	const char *wrong;
	u32 i;

	wrong = read_header(data, length, &elf);
	if (wrong)
		return wrong;
	image->format = elf.is_64 ? IMAGE_ELF64 : IMAGE_ELF32;
	image->entry_mode = elf.is_64 ? HV_ENTRY_LONG64 : HV_ENTRY_PROT32;
	for (i = 0; i < elf.phnum; i++) {
		segment = read_segment(data, &elf, i);
		if (segment.type != PT_LOAD)
			continue;
		wrong = add_segment(image, &segment, size);
		if (wrong)
			return wrong;
		if (!image->has_entry)
			image->has_entry = has_entry(&segment, &elf, &image->entry);
	}
	if (!image->nr_parts)
		return "is an ELF file without anything to load";
	return image->has_entry ? NULL : "is an ELF file whose entry point lies in none of its segments";
}
