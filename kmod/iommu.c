// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the firmware says of IOMMUs: their registers, and memory that it reserves for devices. ACPI table DMAR is about
 * Intel's (VT-d specification, "BIOS Considerations"), IVRS about AMD's ("I/O Virtualization ACPI Table").
 */
#include <linux/acpi.h>
#include <linux/bits.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "hvk.h"

/* VT-d, "Register Descriptions" */
#define VTD_CAP 0x08
#define VTD_CAP_FAULT_OFFSET(cap) (((cap) >> 24 & 0x3ff) * 16)
#define VTD_CAP_FAULT_COUNT(cap) (((cap) >> 40 & 0xff) + 1)
#define VTD_ECAP 0x10
#define VTD_ECAP_IOTLB_OFFSET(ecap) (((ecap) >> 8 & 0x3ff) * 16)
#define VTD_GSTS 0x1c
#define VTD_GSTS_IN_USE (BIT(31) | BIT(26) | BIT(25))	/* translation, queued invalidation, interrupt remapping */

/* AMD I/O Virtualization, "MMIO Registers" */
#define AMD_CONTROL 0x18
#define AMD_CONTROL_IN_USE (BIT(0) | BIT(2) | BIT(12))	/* the unit, its event log, its command buffer */
#define AMD_FEATURES 0x30
#define AMD_FEATURES_COUNTERS BIT(9)

static int put_range(struct hv_range *list, u32 *nr, u32 max, u64 start, u64 end)
{
	struct hv_range range = { start & PAGE_MASK, PAGE_ALIGN(end) - (start & PAGE_MASK) };
	u32 i;

	/* Tables repeat themselves: for each device, or for older and newer readers. */
	for (i = 0; i < *nr; i++)
		if (list[i].start == range.start && list[i].size == range.size)
			return 0;
	if (*nr == max)
		return hvk_fail(-E2BIG, "more than %u IOMMUs or pieces of reserved memory", max);
	list[(*nr)++] = range;
	return 0;
}

static int put_reserved(struct hvk_iommus *found, u64 start, u64 end)
{
	if (end <= start || PAGE_ALIGN(end) < end)
		return hvk_fail(-EINVAL, "the firmware reserves memory at 0x%llx that cannot be there", start);
	return put_range(found->reserved, &found->nr_reserved, HV_MAX_RESERVED, start, end);
}

/* Taking away a unit that Linux uses would stop its devices. One that is dead reads as if everything was in use. */
static int put_unit(struct hvk_iommus *found, u64 start, u64 size, bool in_use)
{
	if (in_use)
		return put_range(found->left, &found->nr_left, HV_MAX_IOMMUS, start, start + size);
	return put_range(found->taken, &found->nr_taken, HV_MAX_IOMMUS, start, start + size);
}

static void __iomem *map_unit(u64 start)
{
	void __iomem *registers;

	if (!start || !IS_ALIGNED(start, PAGE_SIZE) ||
	    region_intersects(start, PAGE_SIZE, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) != REGION_DISJOINT) {
		(void)hvk_fail(-EINVAL, "the firmware says that an IOMMU is at 0x%llx, which cannot be", start);
		return NULL;
	}
	registers = ioremap(start, PAGE_SIZE);
	if (!registers)
		(void)hvk_fail(-EINVAL, "cannot map the IOMMU at 0x%llx", start);
	return registers;
}

static int look_at_vtd(struct hvk_iommus *found, u64 start)
{
	void __iomem *registers = map_unit(start);
	u64 cap, ecap, size;
	bool in_use;

	if (!registers)
		return -EINVAL;
	cap = readq(registers + VTD_CAP);
	ecap = readq(registers + VTD_ECAP);
	in_use = readl(registers + VTD_GSTS) & VTD_GSTS_IN_USE;
	iounmap(registers);
	/* Where two groups of registers are is up to the unit. */
	size = max(VTD_CAP_FAULT_OFFSET(cap) + VTD_CAP_FAULT_COUNT(cap) * 16, VTD_ECAP_IOTLB_OFFSET(ecap) + 16);
	return put_unit(found, start, max_t(u64, size, PAGE_SIZE), in_use);
}

static int look_at_amdvi(struct hvk_iommus *found, u64 start)
{
	void __iomem *registers = map_unit(start);
	u64 features;
	bool in_use;

	if (!registers)
		return -EINVAL;
	features = readq(registers + AMD_FEATURES);
	in_use = readq(registers + AMD_CONTROL) & AMD_CONTROL_IN_USE;
	iounmap(registers);
	return put_unit(found, start, features & AMD_FEATURES_COUNTERS ? SZ_512K : SZ_16K, in_use);
}

static int malformed(const char *signature)
{
	return hvk_fail(-EINVAL, "the ACPI table %s makes no sense", signature);
}

static int look_at_dmar(struct hvk_iommus *found, const void *entry, u16 length)
{
	const struct acpi_dmar_header *header = entry;
	const struct acpi_dmar_hardware_unit *unit = entry;
	const struct acpi_dmar_reserved_memory *memory = entry;

	if (header->type == ACPI_DMAR_TYPE_HARDWARE_UNIT)
		return length < sizeof(*unit) ? malformed(ACPI_SIG_DMAR) : look_at_vtd(found, unit->address);
	if (header->type != ACPI_DMAR_TYPE_RESERVED_MEMORY)
		return 0;
	if (length < sizeof(*memory))
		return malformed(ACPI_SIG_DMAR);
	return put_reserved(found, memory->base_address, memory->end_address + 1);
}

static int look_at_ivrs(struct hvk_iommus *found, const void *entry, u16 length)
{
	const struct acpi_ivrs_header *header = entry;
	const struct acpi_ivrs_hardware_10 *unit = entry;	/* the other two begin like it */
	const struct acpi_ivrs_memory *memory = entry;

	switch (header->type) {
	case ACPI_IVRS_TYPE_HARDWARE1:
	case ACPI_IVRS_TYPE_HARDWARE2:
	case ACPI_IVRS_TYPE_HARDWARE3:
		return length < sizeof(*unit) ? malformed(ACPI_SIG_IVRS) : look_at_amdvi(found, unit->base_address);
	case ACPI_IVRS_TYPE_MEMORY1:
	case ACPI_IVRS_TYPE_MEMORY2:
	case ACPI_IVRS_TYPE_MEMORY3:
		if (length < sizeof(*memory))
			return malformed(ACPI_SIG_IVRS);
		return put_reserved(found, memory->start_address, memory->start_address + memory->memory_length);
	default:
		return 0;
	}
}

/* In both tables the length of an entry is in its second 16 bits. Behind one without a length there is nothing. */
static int look_at_entries(struct hvk_iommus *found, const struct acpi_table_header *table, u32 at, bool is_dmar)
{
	const struct acpi_dmar_header *entry;
	int err = 0;

	for (; !err && at < table->length; at += entry->length) {
		entry = (const void *)table + at;
		if (table->length - at < sizeof(*entry) || entry->length > table->length - at)
			return malformed(is_dmar ? ACPI_SIG_DMAR : ACPI_SIG_IVRS);
		if (!entry->length)
			break;
		err = is_dmar ? look_at_dmar(found, entry, entry->length) : look_at_ivrs(found, entry, entry->length);
	}
	return err;
}

static int look_at_table(struct hvk_iommus *found, char *signature, u32 first, bool is_dmar)
{
	struct acpi_table_header *table;
	int err;

	if (ACPI_FAILURE(acpi_get_table(signature, 0, &table)))
		return 0;
	err = look_at_entries(found, table, first, is_dmar);
	acpi_put_table(table);
	return err;
}

int hvk_iommus_find(struct hvk_iommus *found)
{
	int err;

	memset(found, 0, sizeof(*found));
	if (acpi_disabled)
		return 0;
	err = look_at_table(found, ACPI_SIG_DMAR, sizeof(struct acpi_table_dmar), true);
	return err ? err : look_at_table(found, ACPI_SIG_IVRS, sizeof(struct acpi_table_ivrs), false);
}
