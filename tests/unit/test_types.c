// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/fmt.c */
/* Addresses, ranges, widths, alignment and memory flags. */
#include "unit.h"

#include <hv/align.h>
#include <hv/fmt.h>
#include <hvabi/memflags.h>
#include <hv/range.h>
#include <hv/width.h>

#define TEST(name, function) { name, function, NULL, NULL, NULL }
#define TOP (~0ULL)

static void a1_address_kinds(void **state)
{
	static const u64 raw[] = { 0, 1, 0x1000, 0xfffffffff000, HV_BIT(63), TOP };
	unsigned int i;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(raw); i++) {
		assert_true(hv_hpa_raw(hv_hpa(raw[i])) == raw[i]);
		assert_true(hv_hva_raw(hv_hva(raw[i])) == raw[i]);
		assert_true(hv_gpa_raw(hv_gpa(raw[i])) == raw[i]);
		assert_true(hv_gva_raw(hv_gva(raw[i])) == raw[i]);
	}
}

static struct hv_gpa_range gpa(u64 start, u64 end)
{
	return (struct hv_gpa_range){ hv_gpa(start), hv_gpa(end) };
}

static void a2_half_open(void **state)
{
	struct hv_gpa_range r;

	(void)state;
	assert_int_equal(hv_gpa_range_make(hv_gpa(0x1000), 0x2000, &r), 0);
	assert_true(hv_gpa_raw(r.end) == 0x3000);
	assert_int_equal(hv_gpa_range_size(r), 0x2000);
	assert_false(hv_gpa_range_contains(r, hv_gpa(0xfff)));
	assert_true(hv_gpa_range_contains(r, hv_gpa(0x1000)));
	assert_true(hv_gpa_range_contains(r, hv_gpa(0x2fff)));
	assert_false(hv_gpa_range_contains(r, hv_gpa(0x3000)));
	assert_true(hv_gpa_range_encloses(r, r));
	assert_true(hv_gpa_range_encloses(r, gpa(0x2fff, 0x3000)));
	assert_false(hv_gpa_range_encloses(r, gpa(0x2fff, 0x3001)));
	assert_false(hv_gpa_range_encloses(r, gpa(0xfff, 0x2000)));
	assert_false(hv_gpa_range_encloses(r, gpa(0x2000, 0x2000)));
	assert_false(hv_gpa_range_encloses(gpa(0x2000, 0x2000), gpa(0x2000, 0x2000)));
	assert_false(hv_gpa_range_overlaps(r, gpa(0, 0x1000)));
	assert_false(hv_gpa_range_overlaps(r, gpa(0x3000, 0x4000)));
	assert_true(hv_gpa_range_overlaps(r, gpa(0, 0x1001)));
	assert_true(hv_gpa_range_overlaps(r, gpa(0x2fff, 0x4000)));
	assert_true(hv_gpa_range_overlaps(r, gpa(0, TOP)));
	assert_true(hv_gpa_range_touches(r, gpa(0, 0x1000)));
	assert_true(hv_gpa_range_touches(r, gpa(0x3000, 0x3001)));
	assert_false(hv_gpa_range_touches(r, gpa(0x3001, 0x4000)));
	assert_false(hv_gpa_range_touches(r, gpa(0x3000, 0x3000)));
}

static void a2_half_open_extremes(void **state)
{
	struct hv_hpa_range r = { hv_hpa(7), hv_hpa(9) }, both;

	(void)state;
	assert_int_equal(hv_hpa_range_make(hv_hpa(0), 0, &r), -EINVAL);
	assert_int_equal(hv_hpa_range_make(hv_hpa(TOP), 1, &r), -EINVAL);
	assert_int_equal(hv_hpa_range_make(hv_hpa(0x1000), TOP, &r), -EINVAL);
	assert_int_equal(hv_hpa_range_make(hv_hpa(2), TOP - 1, &r), -EINVAL);
	assert_true(hv_hpa_raw(r.start) == 7 && hv_hpa_raw(r.end) == 9);
	assert_int_equal(hv_hpa_range_make(hv_hpa(0), TOP, &r), 0);
	assert_true(hv_hpa_range_size(r) == TOP);
	assert_int_equal(hv_hpa_range_make(hv_hpa(TOP - 1), 1, &r), 0);
	assert_true(hv_hpa_range_contains(r, hv_hpa(TOP - 1)));
	assert_false(hv_hpa_range_contains(r, hv_hpa(TOP)));
	/* The wrong way round is empty. */
	r = (struct hv_hpa_range){ hv_hpa(9), hv_hpa(7) };
	assert_int_equal(hv_hpa_range_size(r), 0);
	assert_false(hv_hpa_range_contains(r, hv_hpa(8)));
	assert_false(hv_hpa_range_overlaps(r, (struct hv_hpa_range){ hv_hpa(0), hv_hpa(TOP) }));
	assert_false(hv_hpa_range_encloses((struct hv_hpa_range){ hv_hpa(0), hv_hpa(TOP) }, r));
	both = r;
	assert_false(hv_hpa_range_intersect(r, r, &both));
	assert_true(hv_hpa_raw(both.start) == 9);
}

static void a2_intersections(void **state)
{
	struct hv_port_range ports;
	struct hv_gpa_range both;

	(void)state;
	assert_true(hv_gpa_range_intersect(gpa(0x1000, 0x3000), gpa(0x2000, 0x4000), &both));
	assert_true(hv_gpa_raw(both.start) == 0x2000 && hv_gpa_raw(both.end) == 0x3000);
	assert_true(hv_gpa_range_intersect(gpa(0x2000, 0x4000), gpa(0x1000, 0x3000), &both));
	assert_true(hv_gpa_raw(both.start) == 0x2000 && hv_gpa_raw(both.end) == 0x3000);
	assert_true(hv_gpa_range_intersect(gpa(0, TOP), gpa(5, 6), &both));
	assert_int_equal(hv_gpa_range_size(both), 1);
	assert_false(hv_gpa_range_intersect(gpa(1, 2), gpa(2, 3), &both));
	assert_true(hv_port_range_intersect((struct hv_port_range){ 0, 0x3f8 },
					    (struct hv_port_range){ 0x3f8, 0xffff }, &ports));
	assert_true(ports.first == 0x3f8 && ports.last == 0x3f8);
	assert_false(hv_port_range_intersect((struct hv_port_range){ 0, 1 }, (struct hv_port_range){ 2, 3 }, &ports));
}

static void a2_inclusive(void **state)
{
	struct hv_port_range com1, all = { 0, 0xffff };
	struct hv_msr_range msrs = { 0xc0000000, 0xffffffff }, r = { 1, 2 };

	(void)state;
	assert_int_equal(hv_port_range_make(0x3f8, 0x3ff, &com1), 0);
	assert_int_equal(hv_port_range_count(com1), 8);
	assert_int_equal(hv_port_range_count(all), 0x10000);
	assert_true(hv_port_range_contains(com1, 0x3f8) && hv_port_range_contains(com1, 0x3ff));
	assert_false(hv_port_range_contains(com1, 0x3f7) || hv_port_range_contains(com1, 0x400));
	assert_true(hv_port_range_contains(all, 0xffff));
	assert_true(hv_port_range_encloses(all, com1));
	assert_false(hv_port_range_encloses(com1, all));
	assert_true(hv_port_range_overlaps(com1, (struct hv_port_range){ 0x3ff, 0x3ff }));
	assert_false(hv_port_range_overlaps(com1, (struct hv_port_range){ 0x400, 0x400 }));
	assert_true(hv_port_range_touches(com1, (struct hv_port_range){ 0x400, 0x400 }));
	assert_true(hv_port_range_touches((struct hv_port_range){ 0, 0x3f7 }, com1));
	assert_false(hv_port_range_touches((struct hv_port_range){ 0, 5 }, (struct hv_port_range){ 0xfff0, 0xffff }));
	assert_int_equal(hv_msr_range_count((struct hv_msr_range){ 0, 0xffffffff }), HV_BIT(32));
	assert_true(hv_msr_range_contains(msrs, 0xffffffff));
	assert_false(hv_msr_range_touches(msrs, (struct hv_msr_range){ 0, 1 }));
	assert_true(hv_msr_range_overlaps(msrs, (struct hv_msr_range){ 0, 0xffffffff }));
	assert_int_equal(hv_msr_range_make(2, 1, &r), -EINVAL);
	assert_true(r.first == 1 && r.last == 2);
	/* The wrong way round is empty. */
	r = (struct hv_msr_range){ 2, 1 };
	assert_int_equal(hv_msr_range_count(r), 0);
	assert_false(hv_msr_range_contains(r, 1) || hv_msr_range_overlaps(r, msrs) || hv_msr_range_touches(r, r));
	assert_false(hv_msr_range_encloses((struct hv_msr_range){ 0, 9 }, r));
}

static void __attribute__((format(printf, 2, 3))) is_printed(const char *expected, const char *format, ...)
{
	char buf[64];
	va_list args;

	va_start(args, format);
	hv_vformat(buf, sizeof(buf), format, args);
	va_end(args);
	assert_string_equal(buf, expected);
}

static void a2_printing(void **state)
{
	struct hv_port_range com1 = { 0x3f8, 0x3ff };
	struct hv_msr_range msrs = { 0xc0000080, 0xffffffff };
	struct hv_gpa_range g = gpa(0x1000, 0xffffffffff000);
	struct hv_hpa_range h = { hv_hpa(0), hv_hpa(TOP) };

	(void)state;
	is_printed("0x3f8..=0x3ff", HV_INCLUSIVE_FMT, HV_INCLUSIVE_ARGS(com1));
	is_printed("0xc0000080..=0xffffffff", HV_INCLUSIVE_FMT, HV_INCLUSIVE_ARGS(msrs));
	is_printed("0x1000..0xffffffffff000", HV_ADDRESSES_FMT, HV_GPA_ARGS(g));
	is_printed("0x0..0xffffffffffffffff", HV_ADDRESSES_FMT, HV_HPA_ARGS(h));
}

static void a3_widths(void **state)
{
	static const char *const names[] = { "Byte", "Word", "Dword", "Qword" };
	static const u64 masks[] = { 0xff, 0xffff, 0xffffffff, TOP };
	enum hv_width width = HV_DWORD;
	u64 size;

	(void)state;
	for (size = 0; size < 70; size++) {
		if (size == 1 || size == 2 || size == 4 || size == 8)
			continue;
		assert_int_equal(hv_width_of(size, &width), -EINVAL);
		assert_int_equal(width, HV_DWORD);
	}
	assert_int_equal(hv_width_of(HV_BIT(32) + 4, &width), -EINVAL);
	assert_int_equal(hv_width_of(TOP, &width), -EINVAL);
	for (size = 1; size <= 8; size *= 2) {
		assert_int_equal(hv_width_of(size, &width), 0);
		assert_int_equal(hv_width_size(width), size);
		assert_int_equal(hv_width_bits(width), 8 * size);
		assert_string_equal(hv_width_name(width), names[width]);
		assert_true(hv_width_mask(width) == masks[width]);
	}
	assert_int_equal(width, HV_QWORD);
}

static void a4_rounding(void **state)
{
	(void)state;
	assert_int_equal(hv_align_down_4k(0x1fff), 0x1000);
	assert_int_equal(hv_align_up_4k(0x1001), 0x2000);
	assert_int_equal(hv_align_up_4k(0x1000), 0x1000);
	assert_int_equal(hv_align_down_2m(0x3fffff), 0x200000);
	assert_int_equal(hv_align_up_2m(0x200001), 0x400000);
	assert_int_equal(hv_align_down_1g(0x7fffffff), 0x40000000);
	assert_int_equal(hv_align_up_1g(0x40000001), 0x80000000);
	assert_true(hv_align_down_4k(TOP) == TOP - 0xfff);
	assert_int_equal(hv_align_up_4k(0), 0);
}

static void a4_checked(void **state)
{
	u64 to = 77;

	(void)state;
	assert_int_equal(hv_align_up_4k_checked(TOP - 0xffe, &to), -EINVAL);
	assert_int_equal(hv_align_up_4k_checked(TOP, &to), -EINVAL);
	assert_int_equal(hv_align_up_2m_checked(TOP - HV_SIZE_2M + 2, &to), -EINVAL);
	assert_int_equal(hv_align_up_1g_checked(TOP - HV_SIZE_1G + 2, &to), -EINVAL);
	assert_int_equal(hv_align_up_checked(5, 0, &to), -EINVAL);
	assert_int_equal(hv_align_up_checked(5, 3, &to), -EINVAL);
	assert_int_equal(to, 77);
	assert_int_equal(hv_align_up_4k_checked(TOP - 0xfff, &to), 0);
	assert_true(to == TOP - 0xfff);
	assert_int_equal(hv_align_up_2m_checked(1, &to), 0);
	assert_int_equal(to, HV_SIZE_2M);
	assert_int_equal(hv_align_up_1g_checked(TOP - HV_SIZE_1G + 1, &to), 0);
	assert_true(to == TOP - HV_SIZE_1G + 1);
	assert_int_equal(hv_align_up_checked(TOP, 1, &to), 0);
	assert_true(to == TOP);
}

static void a4_devices(void **state)
{
	u64 start = 7, end = 8;

	(void)state;
	assert_int_equal(hv_align_outward(0xfed00000, 0x400, &start, &end), 0);
	assert_true(start == 0xfed00000 && end == 0xfed01000);
	/* The tail: rounding base and length for themselves would lose the last page. */
	assert_int_equal(hv_align_outward(0xfed00ff0, 0x1020, &start, &end), 0);
	assert_true(start == 0xfed00000 && end == 0xfed03000);
	assert_int_equal(hv_align_outward(0xfff, 2, &start, &end), 0);
	assert_true(start == 0 && end == 0x2000);
	assert_int_equal(hv_align_outward(0x1000, 0x1000, &start, &end), 0);
	assert_true(start == 0x1000 && end == 0x2000);
	assert_int_equal(hv_align_outward(0x1000, 0, &start, &end), -EINVAL);
	assert_int_equal(hv_align_outward(TOP, 1, &start, &end), -EINVAL);
	assert_int_equal(hv_align_outward(TOP - 5, 3, &start, &end), -EINVAL);
	assert_int_equal(hv_align_outward(0x1000, TOP, &start, &end), -EINVAL);
	assert_true(start == 0x1000 && end == 0x2000);
}

static void a5_flags(void **state)
{
#define FLAG(name, bit, text) HV_MEM_##name,
	static const u64 flags[] = { HV_MEM_FLAGS(FLAG) };
#undef FLAG
	u64 seen = 0;
	unsigned int i;

	(void)state;
	assert_int_equal(HV_ARRAY_SIZE(flags), 13);
	for (i = 0; i < HV_ARRAY_SIZE(flags); i++) {
		assert_true(flags[i] && !(flags[i] & (flags[i] - 1)));
		assert_false(seen & flags[i]);
		assert_true(hv_mem_flags_are_known(flags[i]));
		seen |= flags[i];
	}
	assert_int_equal(seen, HV_MEM_ALL);
	assert_int_equal(HV_MEM_RWX, HV_MEM_READ | HV_MEM_WRITE | HV_MEM_EXECUTE);
	assert_true(hv_mem_flags_are_known(0) && hv_mem_flags_are_known(HV_MEM_ALL));
	for (i = HV_ARRAY_SIZE(flags); i < 64; i++)
		assert_false(hv_mem_flags_are_known(HV_MEM_READ | HV_BIT(i)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("A1 four kinds of addresses keep their value", a1_address_kinds),
		TEST("A2 address ranges are half-open", a2_half_open),
		TEST("A2 address ranges at the ends of the address space", a2_half_open_extremes),
		TEST("A2 ranges intersect", a2_intersections),
		TEST("A2 port and MSR ranges include both ends", a2_inclusive),
		TEST("A2 ranges are printed as 0x3f8..=0x3ff", a2_printing),
		TEST("A3 widths are 1, 2, 4, 8 and nothing else", a3_widths),
		TEST("A4 rounding to 4K, 2M, 1G", a4_rounding),
		TEST("A4 checked rounding reports overflow", a4_checked),
		TEST("A4 device ranges grow outwards, tail included", a4_devices),
		TEST("A5 memory flags are thirteen single bits", a5_flags),
	};

	return cmocka_run_group_tests_name("types", tests, NULL, NULL);
}
