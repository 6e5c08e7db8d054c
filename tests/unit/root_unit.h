/* SPDX-License-Identifier: GPL-2.0-only */
/* A machine that is made up, and the root cell on it. */
#ifndef ROOT_UNIT_H
#define ROOT_UNIT_H

#include "unit.h"

#include <hv/hv.h>
#include <hv/memory.h>
#include "fake_arch.h"

#define PAGE HV_PAGE_SIZE
#define RANGE 0x10000000ULL
#define RANGE_SIZE HV_SIZE_2M
#define SECURE 0x18000000ULL
#define SECURE_SIZE (2 * HV_SIZE_2M)
#define RAM_END 0x20000000ULL
#define SHARED 0x1000000ULL
#define APIC 0xfee00000ULL
#define MESSAGES 0xfee01000ULL
#define MESSAGES_SIZE 0xff000ULL
#define SMALL_UNIT 0xfed90000ULL	/* in the 2 MiB page below the APIC's */
#define LARGE_UNIT 0xfeb80000ULL
#define LARGE_UNIT_SIZE 0x80000ULL
#define CONFIG_OFFSET 0x8000
#define LOG_OFFSET 0x2000
#define POOL_OFFSET 0x10000
#define PLENTY ((RANGE_SIZE - POOL_OFFSET) / PAGE)

extern bool root_unit_always_moderates;
extern bool root_unit_moderates;	/* what hv_arch_moderate() was told last */
extern u64 root_unit_encryption_bit;
extern u64 root_unit_free;	/* frames of the pool when the root cell was about to be built */

/** root_unit_machine() - RAM from 0 to RAM_END but for the two ranges, then devices to 4G; freed by teardown */
void root_unit_machine(u64 pool_frames);

/** root_unit_build() - memory and the root cell: 0, or the error of either; hv.zero_page tells them apart */
int root_unit_build(void);

/** root_unit_is_zeros() - does root see zeros in all of [start, start + size), and can it not write? */
bool root_unit_is_zeros(u64 start, u64 size);

/** root_unit_mapping() - where root's @gpa is mapped to; it is */
struct hv_pt_mapping root_unit_mapping(u64 gpa);

static inline void assert_owner(u64 at, u16 owner)
{
	hv_hpa_t end;

	assert_int_equal(hv_owner_of(&hv.owners, hv_hpa(at), &end), owner);
}

/* What is taken from the pool, linked through the first words. */
struct root_unit_drained {
	u64 *frames;
	u64 *items;
};

/** root_unit_drain() - leaves @left frames free, and no room in pages that are in use */
struct root_unit_drained root_unit_drain(u64 left);
void root_unit_refill(struct root_unit_drained d);

int root_unit_setup(void **state);
int root_unit_teardown(void **state);

#define ROOT_TEST(name, function) { name, function, root_unit_setup, root_unit_teardown, NULL }

#endif
