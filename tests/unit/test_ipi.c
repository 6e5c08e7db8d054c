// SPDX-License-Identifier: GPL-2.0-only
/* sources: arch/x86/ipi.c */
/* Interprocessor interrupts of guests reach what the hardware would have reached, as far as it is their own cell's. */
#include "unit.h"

#include <hv/arch.h>
#include <hv/bits.h>
#include <hv/hv.h>
#include <hv/log.h>
#include <hv/request.h>
#include <x86/apic.h>
#include <x86/msr_policy.h>

#define NR_CPUS 8

/* "Interrupt Command Register (ICR)" */
enum { FIXED, LOWEST, SMI, RESERVED_3, NMI, INIT, SIPI, EXTINT, MODES };
enum { NO_SHORTHAND, SELF, ALL, OTHERS, SHORTHANDS };

struct hv hv;
static struct hv_sysconfig config;
static struct hv_cpu_pub pubs[NR_CPUS];
static struct hv_cell cells[2];
static struct x86_cpu cpu;
static bool x2apic, deaf;

static const u32 x2apic_ids[NR_CPUS] = { 0, 1, 2, 0xf, 0x10, 0x11, 0x20, 0x105 };
static const u32 xapic_ids[NR_CPUS] = { 0, 1, 2, 3, 8, 0x11, 0x7f, 0xfe };

/* What the hardware did: who was reached, how, and by what. */
static u32 reached[NR_CPUS], kicked;
static u64 icr_of[NR_CPUS];
static u32 icr_high, pending, events;

/* "Determining IPI Destination", for all CPUs of the machine. */
static u32 hardware_set(u64 icr, u32 destination, u32 sender)
{
	u32 i, id, set = 0;

	switch (icr >> 18 & 3) {
	case SELF:
		return 1u << sender;
	case ALL:
		return (1u << NR_CPUS) - 1;
	case OTHERS:
		return ((1u << NR_CPUS) - 1) & ~(1u << sender);
	}
	for (i = 0; i < NR_CPUS; i++) {
		id = x2apic ? x2apic_ids[i] : xapic_ids[i];
		if (destination == (x2apic ? 0xffffffff : 0xff))
			set |= 1u << i;
		else if (!(icr >> 11 & 1))
			set |= (u32)(id == destination) << i;
		else if (!x2apic)
			set |= (destination >> i & 1) << i;	/* CPU i has logical id 1 << i */
		else if (id / 16 == destination >> 16)
			set |= (destination >> (id % 16) & 1) << i;
	}
	return set;
}

static void hardware_sends(u64 icr, u32 destination)
{
	u32 i, set = hardware_set(icr, destination, cpu.core.id), mode = icr >> 8 & 7;

	assert_true(mode == FIXED || mode == LOWEST || mode == NMI);
	for (i = 0; i < NR_CPUS; i++) {
		if (!(set >> i & 1))
			continue;
		reached[i]++;
		icr_of[i] = icr;
		if (mode == LOWEST)
			break;
	}
	pending = x2apic ? 0 : 3;
}

u64 x86_rdmsr(u32 msr)
{
	assert_int_equal(msr, X86_MSR_APIC_BASE);
	return 0xfee00800 | (x2apic ? 0x400 : 0);
}

/* "Reserved bits": a CPU does not take them; and it may have more of them than we know. */
static u32 reserved = 0xfff32000;

bool x86_wrmsr_safe(u32 msr, u64 value)
{
	assert_true(x2apic);
	assert_int_equal(msr, 0x830);
	if (value & reserved)
		return false;
	hardware_sends((u32)value, (u32)(value >> 32));
	return true;
}

u32 x86_apic_read(u32 offset)
{
	assert_false(x2apic);
	if (offset == 0x310)
		return icr_high;
	assert_int_equal(offset, 0x300);
	if (deaf)
		return ~0u;
	return pending ? pending--, 1u << 12 : 0;
}

/* While an IPI is on its way, neither half may be written. */
void x86_apic_write(u32 offset, u32 value)
{
	assert_false(x2apic);
	if (deaf)
		return;
	assert_int_equal(pending, 0);
	if (offset == 0x310) {
		icr_high = value;
		return;
	}
	assert_int_equal(offset, 0x300);
	hardware_sends(value, icr_high >> 24);
}

void hv_request_kick(struct hv_cpu_pub *pub)
{
	kicked |= 1u << (pub - pubs);
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

static void machine(bool is_x2apic)
{
	u32 i;

	x2apic = is_x2apic;
	hv.config = &config;
	hv.pub = pubs;
	config.nr_cpus = NR_CPUS;
	for (i = 0; i < NR_CPUS; i++)
		pubs[i] = (struct hv_cpu_pub){ .apic_id = x2apic ? x2apic_ids[i] : xapic_ids[i],
					       .logical = x2apic ? 0 : 1u << i, .cell = &hv.root };
	hv.nr_cells = 0;
}

/* Root has CPUs 0, 1, 5; one cell 2, 3, 6; another one 4 and 7. */
static u32 owned_by(const struct hv_cell *cell)
{
	return cell == &cells[0] ? 0x4c : cell == &cells[1] ? 0x90 : 0x23;
}

static void with_cells(void)
{
	u32 i, c;

	for (i = 0; i < NR_CPUS; i++)
		for (c = 0; c < 2; c++)
			if (owned_by(&cells[c]) >> i & 1)
				pubs[i].cell = &cells[c];
	hv.nr_cells = 2;
}

static void sender_is(u32 i)
{
	cpu.core = (struct hv_cpu){ .id = i, .cell = pubs[i].cell, .pub = &pubs[i] };
}

static void forget(void)
{
	u32 i;

	memset(reached, 0, sizeof(reached));
	kicked = events = pending = 0;
	icr_high = 0x5a000000;
	for (i = 0; i < NR_CPUS; i++)
		pubs[i].requests = pubs[i].sipi_vector = pubs[i].waits_for_sipi = 0;
}

static u32 lowest_of(u32 set)
{
	return set & -set;
}

static void check_hardware(u64 icr, u32 set)
{
	u32 i, mode = icr >> 8 & 7;

	assert_int_equal(kicked, 0);
	for (i = 0; i < NR_CPUS; i++) {
		if (reached[i] != (set >> i & 1))
			fail_msg("CPU %u was reached %u times by 0x%llx", i, reached[i], icr);
		assert_int_equal(pubs[i].requests, 0);
		if (reached[i] && (icr_of[i] & 0xff) != (icr & 0xff))
			fail_msg("another vector");
		if (reached[i])
			assert_int_equal((icr_of[i] >> 8 & 7) == NMI, mode == NMI);
		/* by which the end of a cell's interrupt would be told to the IO-APIC */
		if (reached[i] && cpu.core.cell != &hv.root)
			assert_int_equal(icr_of[i] >> 15 & 1, 0);
	}
}

/* Nobody waits: INIT is heard, a start-up IPI is not. */
static void check_requests(u64 icr, u32 set, u32 waiting)
{
	bool is_init = (icr >> 8 & 7) == INIT;
	u32 i, expected = is_init ? set & ~waiting : set & waiting;

	assert_int_equal(kicked, expected);
	for (i = 0; i < NR_CPUS; i++) {
		assert_int_equal(reached[i], 0);
		if (!(expected >> i & 1)) {
			assert_int_equal(pubs[i].requests, 0);
			continue;
		}
		assert_int_equal(pubs[i].requests, is_init ? HV_REQUEST_INIT : HV_REQUEST_SIPI);
		if (!is_init)
			assert_int_equal(pubs[i].sipi_vector, icr & 0xff);
	}
}

static void check_one(u64 icr, u32 destination, bool alone)
{
	u32 sender = cpu.core.id, mode = icr >> 8 & 7, waiting = 0xa5 & ~(1u << sender), i;
	u32 set = hardware_set(icr, destination, sender) & (alone ? 0xff : owned_by(cpu.core.cell));
	bool is_deassert = mode == INIT && (icr >> 14 & 3) == 2;

	forget();
	icr_high = (x2apic ? 0x5a : destination) << 24;
	for (i = 0; i < NR_CPUS; i++)
		pubs[i].waits_for_sipi = waiting >> i & 1;
	assert_int_equal(x86_apic_icr(&cpu, icr, destination), HV_ADVANCE);
	if (mode == SMI || mode == RESERVED_3 || mode == EXTINT || is_deassert)
		set = 0;
	/* root alone is not looked after, as to whom it sends interrupts */
	if (!(alone && (mode == FIXED || mode == LOWEST || mode == NMI)) && (icr >> 18 & 3) != SELF)
		assert_int_equal(events, !set && !is_deassert);
	if (mode == INIT || mode == SIPI)
		check_requests(icr, set & ~(1u << sender), waiting);
	else
		check_hardware(icr, mode == LOWEST ? lowest_of(set) : set);
	if (!x2apic)
		assert_int_equal(icr_high, destination << 24);
}

static const u32 destinations[] = {
	0, 1, 2, 3, 4, 7, 8, 0xf, 0x10, 0x11, 0x20, 0x4c, 0x7f, 0x80, 0x90, 0xfe, 0xff, 0x105, 0xffff,
	0x10000, 0x10001, 0x10002, 0x10003, 0x1ffff, 0x20001, 0x100020, 0x1000ff, 0xffff0000, 0xfffffffe, 0xffffffff,
};

static void every_icr(bool is_x2apic, bool alone, u32 sender)
{
	u32 mode, shorthand, logical, level, d, n = 0;
	u64 icr;

	machine(is_x2apic);
	if (!alone)
		with_cells();
	sender_is(sender);
	for (mode = 0; mode < MODES; mode++)
		for (shorthand = 0; shorthand < SHORTHANDS; shorthand++)
			for (logical = 0; logical < 2; logical++)
				for (level = 0; level < 4; level++)
					for (d = 0; d < HV_ARRAY_SIZE(destinations); d++) {
						if (!is_x2apic && destinations[d] > 0xff)
							continue;
						icr = 0x99 | mode << 8 | logical << 11 | level << 14 | shorthand << 18;
						check_one(icr, destinations[d], alone);
						n++;
					}
	assert_true(n >= 16 * 8 * 4 * 2);
}

static void root_alone(void **state)
{
	(void)state;
	every_icr(false, true, 0);
	every_icr(true, true, 0);
	every_icr(true, true, 7);
}

static void root_beside_cells(void **state)
{
	(void)state;
	every_icr(false, false, 1);
	every_icr(true, false, 5);
}

static void a_cell(void **state)
{
	(void)state;
	every_icr(false, false, 2);
	every_icr(true, false, 6);
	every_icr(false, false, 4);
	every_icr(true, false, 7);
}

/* All destinations that xAPIC mode has. */
static void every_destination(void **state)
{
	u32 sender, destination, logical;

	(void)state;
	machine(false);
	with_cells();
	for (sender = 0; sender < NR_CPUS; sender++) {
		sender_is(sender);
		for (destination = 0; destination < 256; destination++)
			for (logical = 0; logical < 2; logical++)
				check_one(0x31 | logical << 11 | 1 << 14, destination, false);
	}
}

static void sends(u32 mode, u32 vector)
{
	assert_int_equal(x86_apic_icr(&cpu, mode << 8 | 1 << 14 | vector, pubs[3].apic_id), HV_ADVANCE);
}

static void prepare(void)
{
	machine(true);
	with_cells();
	sender_is(2);
	forget();
}

static void init_and_sipi_come_in_order(void **state)
{
	(void)state;
	prepare();
	/* welcome as soon as INIT is asked for, and the last vector counts */
	sends(INIT, 0);
	sends(SIPI, 0x44);
	assert_int_equal(pubs[3].requests, HV_REQUEST_INIT | HV_REQUEST_SIPI);
	sends(SIPI, 0x55);
	assert_int_equal(pubs[3].sipi_vector, 0x55);
	/* another INIT: the start-up IPI in front of it is of no consequence */
	sends(INIT, 0);
	assert_int_equal(pubs[3].requests, HV_REQUEST_INIT);
	/* in vain to one that runs */
	forget();
	sends(SIPI, 0x44);
	assert_int_equal(pubs[3].requests, 0);
	assert_int_equal(pubs[3].sipi_vector, 0);
	assert_int_equal(kicked, 0);
}

/* It waits, was told to start, and has not heard of it yet: then it is to wait again. */
static void init_overtakes_no_sipi(void **state)
{
	(void)state;
	prepare();
	pubs[3].waits_for_sipi = 1;
	sends(INIT, 0);
	assert_int_equal(pubs[3].requests, 0);
	sends(SIPI, 0x44);
	assert_int_equal(pubs[3].requests, HV_REQUEST_SIPI);
	sends(INIT, 0);
	assert_int_equal(pubs[3].requests, HV_REQUEST_INIT);
}

static void reserved_bits(void **state)
{
	u32 bit;

	(void)state;
	prepare();
	for (bit = 12; bit < 32; bit++) {
		if (bit == 14 || bit == 15 || bit == 18 || bit == 19)
			continue;
		forget();
		/* to itself, which nobody needs to judge; the delivery status is no bit of this mode, and no harm */
		assert_int_equal(x86_apic_icr(&cpu, 1u << bit | SELF << 18 | 0x41, 0),
				 bit == 12 ? HV_ADVANCE : HV_INJECT_GP);
		assert_int_equal(x86_apic_icr(&cpu, 1u << bit | 0x41, pubs[3].apic_id),
				 bit == 12 ? HV_ADVANCE : HV_INJECT_GP);
		assert_int_equal(reached[2] + reached[3], bit == 12 ? 2 : 0);
	}
	reserved = ~0u;
	assert_int_equal(x86_apic_icr(&cpu, SELF << 18 | 0x41, 0), HV_INJECT_GP);
	reserved = 0xfff32000;
}

/* Root has switched its APIC off: what it reads is all ones. */
static void no_answer(void **state)
{
	(void)state;
	machine(false);
	sender_is(0);
	forget();
	pending = ~0u;
	deaf = true;
	hv_arch_send_nmi(pubs[6].apic_id);
	deaf = false;
}

static void our_own_nmi(void **state)
{
	u32 mode;

	(void)state;
	for (mode = 0; mode < 2; mode++) {
		machine(mode);
		with_cells();
		sender_is(0);
		forget();
		/* the guest is between its two writes, and its last IPI is still on its way */
		pending = mode ? 0 : 5;
		hv_arch_send_nmi(pubs[6].apic_id);
		check_hardware(NMI << 8, 1u << 6);
		assert_int_equal(icr_high, 0x5a000000);
		assert_int_equal(pending, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "root alone", root_alone, NULL, NULL, NULL },
		{ "root beside cells", root_beside_cells, NULL, NULL, NULL },
		{ "a cell", a_cell, NULL, NULL, NULL },
		{ "every destination of xAPIC mode", every_destination, NULL, NULL, NULL },
		{ "INIT and start-up IPI come in order", init_and_sipi_come_in_order, NULL, NULL, NULL },
		{ "INIT behind a start-up IPI", init_overtakes_no_sipi, NULL, NULL, NULL },
		{ "reserved bits are refused", reserved_bits, NULL, NULL, NULL },
		{ "an APIC that is off keeps nobody", no_answer, NULL, NULL, NULL },
		{ "our own NMI leaves no trace", our_own_nmi, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
