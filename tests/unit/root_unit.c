// SPDX-License-Identifier: GPL-2.0-only
/* A machine that is made up, and what the core asks of the architecture there. */
#include "root_unit.h"

#include <hv/log.h>
#include <svm/nptfmt.h>

bool root_unit_always_moderates, root_unit_moderates;
u64 root_unit_encryption_bit;
u64 root_unit_free;

u64 hv_arch_address_limit(void) { return 1ULL << 40; }
u64 hv_arch_encryption_bit(void) { return root_unit_encryption_bit; }
const struct hv_pt_format *hv_arch_guest_format(void) { return &svm_npt_format; }
void hv_arch_moderate(bool on) { root_unit_moderates = on; }
bool hv_arch_always_moderates(void) { return root_unit_always_moderates; }
u64 hv_arch_guest_rip(struct hv_cpu *cpu) { return cpu->id; }

bool hv_arch_moderated_page(unsigned int i, u64 *page)
{
	*page = APIC;
	return i == 0;
}

void hv_arch_message_window(struct hv_range *window)
{
	*window = (struct hv_range){ MESSAGES, MESSAGES_SIZE };
}

bool hv_arch_skip_write(struct hv_cpu *cpu, struct hv_exit *exit)
{
	(void)cpu;
	(void)exit;
	return true;
}

void hv_event(const char *fmt, ...)
{
	(void)fmt;
}

static void put_region(u64 start, u64 end, u32 kind)
{
	hv.config->regions[hv.config->nr_regions++] =
		(struct hv_region_config){ .start = start, .size = end - start, .kind = kind };
}

void root_unit_machine(u64 pool_frames)
{
	u64 size = POOL_OFFSET + pool_frames * PAGE;

	fake_tlb_reset();
	fake_types = (struct fake_types){ RAM_END, HV_TYPE_WB, HV_TYPE_UC };
	root_unit_always_moderates = root_unit_moderates = false;
	hv.moderation = 0;
	root_unit_encryption_bit = 0;
	hv.header = aligned_alloc(HV_SIZE_2M, HV_SIZE_2M);
	assert_non_null(hv.header);
	memset(hv.header, 0xa5, HV_SIZE_2M);
	memset(hv.header, 0, sizeof(*hv.header));
	hv.config = (struct hv_sysconfig *)((u8 *)hv.header + CONFIG_OFFSET);
	memset(hv.config, 0, sizeof(*hv.config));
	hv.header->nr_secure = 1;
	hv.header->secure[0] = (struct hv_range){ SECURE, SECURE_SIZE };
	hv.header->secure[1] = (struct hv_range){ SHARED, HV_SIZE_2M };	/* beyond @nr_secure */
	hv.header->log_offset = LOG_OFFSET;
	hv.header->stats_offset = 0x7000;
	hv.header->stats_size = PAGE;
	hv.config->hypervisor_memory = (struct hv_range){ RANGE, size };
	hv.config->shared = (struct hv_range){ SHARED, HV_SHARED_STATS + PAGE };
	hv.config->nr_cpus = 1;
	put_region(0, RANGE, HV_REGION_RAM);
	put_region(RANGE + size, SECURE, HV_REGION_RAM);
	put_region(SECURE + SECURE_SIZE, RAM_END, HV_REGION_RAM);
	put_region(RAM_END, 4 * HV_SIZE_1G, HV_REGION_DEVICE);
	hv.config->nr_iommus = 2;
	hv.config->iommus[0] = (struct hv_range){ SMALL_UNIT, PAGE };
	hv.config->iommus[1] = (struct hv_range){ LARGE_UNIT, LARGE_UNIT_SIZE };
	hv.config->iommus[2] = (struct hv_range){ RAM_END, PAGE };		/* beyond @nr_iommus */
	hv.config->nr_reserved = 3;
	hv.config->reserved[0] = (struct hv_range){ 0xe0000, 0x20000 };		/* in RAM */
	hv.config->reserved[1] = (struct hv_range){ SMALL_UNIT - PAGE, PAGE };	/* in a device region */
	hv.config->reserved[2] = (struct hv_range){ 4 * HV_SIZE_1G - PAGE, 2 * PAGE };	/* halfway out of any */
	hv.config->reserved[3] = (struct hv_range){ RANGE, PAGE };		/* beyond @nr_reserved */
}

int root_unit_build(void)
{
	int err = hv_memory_init(POOL_OFFSET);

	hv.zero_page = NULL;
	if (err)
		return err;
	hv.zero_page = hv_pool_alloc(&hv.pool);
	root_unit_free = hv.pool.free;
	return hv.zero_page ? hv_root_init(&hv.root) : -ENOMEM;
}

int root_unit_setup(void **state)
{
	(void)state;
	root_unit_machine(PLENTY);
	return root_unit_build();
}

int root_unit_teardown(void **state)
{
	(void)state;
	free(hv.header);
	return 0;
}

struct hv_pt_mapping root_unit_mapping(u64 gpa)
{
	struct hv_pt_mapping mapping = { 0 };

	assert_int_equal(hv_pt_query(&hv.root.space.set.pt, gpa, &mapping), 0);
	return mapping;
}

bool root_unit_is_zeros(u64 start, u64 size)
{
	u64 zero = hv_hpa_raw(hv_virt_to_hpa(hv.zero_page)), at;

	for (at = start; at < start + size; at += PAGE) {
		struct hv_pt_mapping mapping = root_unit_mapping(at);

		if (mapping.address != zero || (mapping.flags & HV_PT_RWX) != HV_PT_READ)
			return false;
	}
	return true;
}

static u64 *linked(u64 *first, u64 *next)
{
	*first = (u64)(uintptr_t)next;
	return first;
}

struct root_unit_drained root_unit_drain(u64 left)
{
	static const u64 sizes[] = { sizeof(struct hv_region), sizeof(struct hv_span) };
	struct root_unit_drained d = { NULL, NULL };
	u64 *p, *next;
	unsigned int i;

	hv_pool_trim(&hv.pool);
	while ((p = hv_pool_alloc(&hv.pool)))
		d.frames = linked(p, d.frames);
	for (i = 0; i < HV_ARRAY_SIZE(sizes); i++)
		while ((p = hv_alloc(&hv.pool, sizes[i])))
			d.items = linked(p, d.items);
	for (; left--; d.frames = next) {
		next = (u64 *)(uintptr_t)*d.frames;
		assert_int_equal(hv_pool_free(&hv.pool, d.frames), 0);
	}
	return d;
}

void root_unit_refill(struct root_unit_drained d)
{
	u64 *next;

	for (; d.frames; d.frames = next) {
		next = (u64 *)(uintptr_t)*d.frames;
		assert_int_equal(hv_pool_free(&hv.pool, d.frames), 0);
	}
	for (; d.items; d.items = next) {
		next = (u64 *)(uintptr_t)*d.items;
		assert_int_equal(hv_free(&hv.pool, d.items), 0);
	}
}
