// SPDX-License-Identifier: GPL-2.0-only
/* sources: arch/x86/cell_msr.c arch/x86/msr.c hvcore/cellconf_x86.c */
/* Which model-specific registers a cell reaches without us, and what becomes of the others. */
#include "unit.h"

#include <hv/cell.h>
#include <hv/log.h>
#include <hvcore/cellconf.h>
#include <x86/apic.h>
#include <x86/cell.h>
#include <x86/msr_policy.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

#define R 1
#define W 2
#define RW (R | W)

/* "MSR-Bitmap Address": reads low and high, then writes low and high, 1 KiB each, a bit per register. */
static const struct x86_msr_format vmx = { X86_ON_VMX, 1, 1, 2048 * 8, 2,
					   { { 0, 0x1fff, 0 }, { 0xc0000000, 0xc0001fff, 1024 * 8 } } };
/* "MSR Intercepts": two bits per register, 2 KiB per range. */
static const struct x86_msr_format svm = { X86_ON_SVM, 2, 2, 1, 3,
					   { { 0, 0x1fff, 0 }, { 0xc0000000, 0xc0001fff, 2048 * 8 },
					     { 0xc0010000, 0xc0011fff, 4096 * 8 } } };

bool x86_is_svm;
static struct x86_cpu cpu;
static bool x2apic, faults;
static u64 machines, efer, written, icr;
static u32 writes, events, icrs, destination;

u64 x86_rdmsr(u32 msr)
{
	assert_int_equal(msr, 0x1b);
	return x2apic ? 0xfee00c00 : 0xfee00800;
}

bool x86_rdmsr_safe(u32 msr, u64 *value)
{
	(void)msr;
	*value = machines;
	return !faults;
}

bool x86_wrmsr_safe(u32 msr, u64 value)
{
	(void)msr;
	written = value;
	writes++;
	return !faults;
}

void x86_apic_note_base(struct x86_cpu *c, u64 base)
{
	c->guest_apic_base = base;
}

enum hv_verdict x86_apic_icr(struct x86_cpu *c, u64 value, u32 to)
{
	assert_ptr_equal(c, &cpu);
	icr = value;
	destination = to;
	icrs++;
	return HV_ADVANCE;
}

/* arch/x86/apic.c */
bool x86_apic_may_lvt(u32 value)
{
	u32 mode = value >> 8 & 7;

	return mode == 0 || mode == 4;
}

u64 vmx_get(struct x86_cpu *c, enum x86_field field)
{
	(void)c;
	assert_int_equal(field, X86_FIELD_EFER);
	return efer;
}

u64 svm_get(struct x86_cpu *c, enum x86_field field)
{
	return vmx_get(c, field);
}

u64 hv_arch_guest_rip(struct hv_cpu *c)
{
	(void)c;
	return 0;
}

const char *hv_cell_name(const struct hv_cell *cell)
{
	(void)cell;
	return "cell";
}

void hv_event(const char *fmt, ...)
{
	(void)fmt;
	events++;
}

/* All that a cell may do by itself, whatever its configuration. */
static u32 allowed(u32 msr, bool is_svm)
{
	switch (msr) {
	case 0x10:			/* TSC */
	case 0x1b:			/* where the APIC is */
		return R;
	case 0x48: case 0x49:		/* speculation */
	case 0x174: case 0x175: case 0x176:	/* SYSENTER */
	case 0x277:			/* PAT */
	case 0x6e0:			/* deadline */
	case 0xc0000081: case 0xc0000082: case 0xc0000083: case 0xc0000084:	/* SYSCALL */
	case 0xc0000100: case 0xc0000101: case 0xc0000102: case 0xc0000103:	/* bases, TSC_AUX */
		return RW;
	case 0xc0000080:		/* EFER, in which SVM has its switch */
		return is_svm ? 0 : RW;
	/* x2APIC: id, version, TPR, PPR, EOI, LDR, SVR, ESR */
	case 0x802: case 0x803: case 0x80a: case 0x80d:
		return R;
	case 0x808: case 0x80f: case 0x828:
		return RW;
	case 0x80b: case 0x83f:
		return W;
	/* CMCI, ICR, thermal, performance, LINT0, LINT1, error, current count */
	case 0x82f: case 0x830: case 0x833: case 0x834: case 0x835: case 0x836: case 0x837: case 0x839:
		return R;
	/* timer: entry, initial count, divisor */
	case 0x832: case 0x838: case 0x83e:
		return RW;
	}
	/* ISR, TMR, IRR */
	return msr >= 0x810 && msr <= 0x827 ? R : 0;
}

/* Where the manuals have the bit of an access; ~0: nowhere. */
static u32 bit_of(const struct x86_msr_format *format, u32 msr, bool is_write)
{
	u32 range = msr >> 16 == 0xc001 ? 2 : msr >> 30 ? 1 : 0, nr = msr & 0x1fff;

	if (format == &vmx)
		return range == 2 ? ~0u : (is_write * 2048 + range * 1024) * 8 + nr;
	return range * 2048 * 8 + nr * 2 + is_write;
}

static const u32 firsts[] = { 0, 0xc0000000, 0xc0010000 };

static u8 *map_of(const struct x86_msr_format *format, const struct hv_cellconf *conf)
{
	u8 *map = malloc(format->frames * HV_PAGE_SIZE);

	memset(map, 0xff, format->frames * HV_PAGE_SIZE);
	x86_cell_msr_map(format, map, conf);
	return map;
}

static u32 open_in(const struct x86_msr_format *format, const u8 *map, u32 msr)
{
	u32 read = bit_of(format, msr, false), write = bit_of(format, msr, true);

	if (read == ~0u)
		return 0;
	return (map[read / 8] >> read % 8 & 1 ? 0 : R) | (map[write / 8] >> write % 8 & 1 ? 0 : W);
}

static u32 count_open(const u8 *map, u64 size)
{
	u32 count = 0;

	while (size--)
		count += (u32)__builtin_popcount((u8)~*map++);
	return count;
}

static u32 of_conf(const struct hv_cellconf *conf, u32 msr)
{
	u32 i, access = 0;

	for (i = 0; i < conf->nr_msrs; i++)
		if (conf->msrs[i].index == msr)
			access |= conf->msrs[i].access;
	return access;
}

static void check_map(const struct x86_msr_format *format, const struct hv_cellconf *conf)
{
	u8 *map = map_of(format, conf);
	u32 i, k, msr, expected, open = 0;

	for (i = 0; i < HV_ARRAY_SIZE(firsts); i++) {
		for (k = 0; k < 0x2000; k++) {
			msr = firsts[i] + k;
			expected = allowed(msr, format == &svm) | of_conf(conf, msr);
			if (bit_of(format, msr, false) == ~0u)
				expected = 0;
			if (open_in(format, map, msr) != expected)
				fail_msg("MSR 0x%x: %u, not %u", msr, open_in(format, map, msr), expected);
			open += (u32)__builtin_popcount(expected);
		}
	}
	/* and nothing else in the map */
	assert_int_equal(count_open(map, format->frames * HV_PAGE_SIZE), open);
	free(map);
}

static void maps_open_what_is_listed(void **state)
{
	struct hv_cellconf conf = { .nr_msrs = 0 };

	(void)state;
	conf.msrs[0] = (struct hv_conf_msr){ 0xe8, RW };	/* behind the count */
	check_map(&vmx, &conf);
	check_map(&svm, &conf);
}

static void configurations_open_what_they_say(void **state)
{
	struct hv_cellconf conf = {
		.nr_msrs = 7,
		.msrs = { { 0xe7, R }, { 0x1fff, W }, { 0xc0000000, RW }, { 0xc0001fff, R }, { 0xc0010000, RW },
			  { 0xc0011fff, W }, { 0x0, RW } },
	};

	(void)state;
	check_map(&vmx, &conf);
	check_map(&svm, &conf);
}

/* What no configuration may give away is not open, unless the hypervisor decides on it itself. */
static void nothing_denied_is_open(void **state)
{
	const char *own = hv_conf_msr_denied(0x1b, R), *why;
	const struct x86_msr_format *formats[] = { &vmx, &svm };
	struct hv_cellconf conf = { .nr_msrs = 0 };
	u32 f, i, k, access, open;
	u8 *map;

	(void)state;
	assert_non_null(strstr(own, "the hypervisor decides"));
	for (f = 0; f < 2; f++) {
		map = map_of(formats[f], &conf);
		for (i = 0; i < HV_ARRAY_SIZE(firsts); i++) {
			for (k = 0; k < 0x2000; k++) {
				open = open_in(formats[f], map, firsts[i] + k);
				for (access = R; access <= W; access++) {
					why = open & access ? hv_conf_msr_denied(firsts[i] + k, access) : NULL;
					if (why && why != own)
						fail_msg("MSR 0x%x, %u: %s", firsts[i] + k, access, why);
				}
			}
		}
		free(map);
	}
}

static enum hv_verdict access_msr(u32 msr, bool is_write, u64 value, u64 *answer)
{
	struct hv_exit exit = { .reason = is_write ? HV_EXIT_msr_write : HV_EXIT_msr_read, .nr = msr, .value = value };
	enum hv_verdict verdict;

	writes = icrs = events = 0;
	verdict = x86_cell_msr(&cpu, &exit);
	if (answer)
		*answer = exit.value;
	return verdict;
}

/* Those that answer differently have tests of their own. */
static bool is_special(u32 msr, bool is_write)
{
	if (!is_write)
		return x86_is_svm && msr == 0xc0000080;
	return msr == 0x1b || msr == 0x82f || msr == 0x830 || (msr >= 0x833 && msr <= 0x837);
}

static void all_others_fault(void **state)
{
	u32 vendor, i, k, is_write;

	(void)state;
	x2apic = true;
	for (vendor = 0; vendor < 2; vendor++) {
		x86_is_svm = vendor;
		for (i = 0; i < HV_ARRAY_SIZE(firsts); i++)
			for (k = 0; k < 0x2000; k++)
				for (is_write = 0; is_write < 2; is_write++) {
					if (is_special(firsts[i] + k, is_write))
						continue;
					assert_int_equal(access_msr(firsts[i] + k, is_write, 5, NULL), HV_INJECT_GP);
					assert_int_equal(writes + icrs, 0);
					assert_int_equal(events, 1);
				}
		assert_int_equal(access_msr(0x40000000, true, 0, NULL), HV_INJECT_GP);
		assert_int_equal(access_msr(0xffffffff, false, 0, NULL), HV_INJECT_GP);
	}
}

static void the_apic_stays_where_it_is(void **state)
{
	(void)state;
	machines = 0xfee00d00;
	faults = false;
	assert_int_equal(access_msr(0x1b, true, 0xfee00d00, NULL), HV_ADVANCE);
	assert_int_equal(access_msr(0x1b, true, 0xfee00900, NULL), HV_INJECT_GP);
	assert_int_equal(access_msr(0x1b, true, 0xfee01d00, NULL), HV_INJECT_GP);
	assert_int_equal(writes, 0);
	faults = true;
	assert_int_equal(access_msr(0x1b, true, 0xfee00d00, NULL), HV_INJECT_GP);
	faults = false;
}

static void ipis_go_through_the_filter(void **state)
{
	(void)state;
	x2apic = true;
	assert_int_equal(access_msr(0x830, true, 0x12345678000c4044, NULL), HV_ADVANCE);
	assert_int_equal(icrs, 1);
	assert_int_equal(icr, 0x000c4044);
	assert_int_equal(destination, 0x12345678);
	assert_int_equal(writes, 0);
	/* in xAPIC mode there is no such register */
	x2apic = false;
	assert_int_equal(access_msr(0x830, true, 0x44, NULL), HV_INJECT_GP);
	assert_int_equal(icrs, 0);
}

static void sources_are_interrupts(void **state)
{
	static const u32 entries[] = { 0x82f, 0x833, 0x834, 0x835, 0x836, 0x837 };
	u32 i, mode;
	u64 value;

	(void)state;
	x2apic = true;
	for (i = 0; i < HV_ARRAY_SIZE(entries); i++) {
		for (mode = 0; mode < 8; mode++) {
			value = 0x10031 | mode << 8;
			if (mode == 0 || mode == 4) {
				assert_int_equal(access_msr(entries[i], true, value, NULL), HV_ADVANCE);
				assert_int_equal(writes, 1);
				assert_int_equal(written, value);
			} else {
				assert_int_equal(access_msr(entries[i], true, value, NULL), HV_INJECT_GP);
				assert_int_equal(writes, 0);
			}
			assert_int_equal(access_msr(entries[i], true, value | 1ULL << 32, NULL), HV_INJECT_GP);
			assert_int_equal(writes, 0);
		}
		faults = true;
		assert_int_equal(access_msr(entries[i], true, 0x31, NULL), HV_INJECT_GP);
		faults = false;
	}
}

static void efer_hides_svm(void **state)
{
	u64 value;

	(void)state;
	x86_is_svm = true;
	efer = X86_EFER_SVME | X86_EFER_NX | X86_EFER_LMA;
	assert_int_equal(access_msr(0xc0000080, false, 0, &value), HV_ADVANCE);
	assert_int_equal(value, X86_EFER_NX | X86_EFER_LMA);
	/* there the CPU itself answers */
	x86_is_svm = false;
	assert_int_equal(access_msr(0xc0000080, false, 0, &value), HV_INJECT_GP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "maps open what is listed, and nothing else", maps_open_what_is_listed, NULL, NULL, NULL },
		{ "configurations open what they say", configurations_open_what_they_say, NULL, NULL, NULL },
		{ "nothing that is denied is open", nothing_denied_is_open, NULL, NULL, NULL },
		{ "all others fault", all_others_fault, NULL, NULL, NULL },
		{ "the APIC stays where it is", the_apic_stays_where_it_is, NULL, NULL, NULL },
		{ "IPIs go through the filter", ipis_go_through_the_filter, NULL, NULL, NULL },
		{ "the local vector table has interrupts only", sources_are_interrupts, NULL, NULL, NULL },
		{ "EFER hides SVM", efer_hides_svm, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
