// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Hypercalls with arguments that nobody needs, and from where nobody may. */
#include "fault.h"
#include "start.h"

#define NUMBERS 0x200
#define RANDOM_CALLS 20000
#define SEL_TSS 0x30
#define TSS_SIZE 104
#define TSS_AVAILABLE 0x0000890000000000ULL

static char buffer[HV_GC_BYTES];

/* Reproducible, and good enough. */
static u64 random(void)
{
	static u64 state;

	state = (state ? state : 0x9e3779b97f4a7c15ULL);
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Known are what guest.h lists: anything else must be an error, whatever its arguments. */
static bool is_sane(u64 number, u64 a, u64 b, s64 result)
{
	switch (number) {
	case HV_GC_INFO:
		return a <= HV_INFO_STARTS ? result >= 0 : result == -HV_GC_EINVAL;
	case HV_GC_WRITE:
	case HV_GC_READ:
		if (result >= 0)
			return (u64)result <= b && b <= HV_GC_BYTES;
		return result >= -HV_GC_ENOSYS;
	case HV_GC_YIELD:
		return !result;
	default:
		return result == -HV_GC_ENOSYS || result == -HV_GC_EPERM;
	}
}

static bool call(u64 number, u64 a, u64 b)
{
	u64 changed;
	s64 result;

	if (number == HV_GC_SHUTDOWN)
		return true;
	changed = fault_hypercall(number, a, b, &result, hypercall_is_vmmcall());
	if (!changed && is_sane(number, a, b, result))
		return true;
	print("fault: call %llx of %llx, %llx said %lld, changed %llu registers\n", number, a, b, result, changed);
	return false;
}

/* Where memory may be read and written, where only one of both, and where there is none. */
static bool check_buffers(void)
{
	const u64 bad[] = { FAULT_NOBODYS, HV_APIC_GPA, HV_COMM_GPA + HV_COMM_SIZE - 1, 1ULL << 47, 1ULL << 52,
			    1ULL << 63, ~0ULL, ~0ULL - HV_GC_BYTES + 1 };
	bool ok = true;
	s64 result;
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(bad); i++) {
		result = console_read((void *)bad[i], HV_GC_BYTES);
		if (result <= 0)
			continue;
		print("fault: %lld bytes were read to %llx\n", result, bad[i]);
		ok = false;
	}
	if (console_write((void *)FAULT_NOBODYS, 1) >= 0 || console_write(buffer, HV_GC_BYTES + 1) >= 0 ||
	    console_write(buffer, 1ULL << 32) >= 0 || console_write((void *)~0ULL, 2) >= 0) {
		print("fault: a buffer was written that is none\n");
		ok = false;
	}
	return ok;
}

bool run_hypercalls(u64 n)
{
	const u64 args[] = { 0, 1, 8, HV_GC_BYTES, HV_GC_BYTES + 1, FAULT_NOBODYS, HV_COMM_GPA, 1ULL << 31, 1ULL << 32,
			     1ULL << 63, ~0ULL };
	u64 number, i, k, wrong = 0;

	(void)n;
	wrong += !check_buffers();
	for (number = 0; number <= NUMBERS; number++) {
		/* what would only fill the console with our memory */
		if (number == HV_GC_WRITE || number == HV_GC_READ)
			continue;
		for (i = 0; i < HV_ARRAY_SIZE(args); i++)
			for (k = 0; k < HV_ARRAY_SIZE(args); k++)
				wrong += !call(number, args[i], args[k]);
	}
	for (i = 0; i < RANDOM_CALLS; i++) {
		number = i & 1 ? HV_GC_INFO + random() % 4 : random() >> random() % 64;
		/* no address of ours, for the same reason */
		wrong += !call(number, random() | FAULT_NOBODYS << 1, random() >> random() % 64);
	}
	return !wrong;
}

struct __attribute__((packed)) tss {
	u32 rsvd;
	u64 rsp[3];
	u64 rsvd_0x1c;
	u64 ist[7];
	u8 rest[TSS_SIZE - 92];
};

static u64 user_gdt[GDT_ENTRIES + 2];
static struct tss tss;
static u64 exception_stack[STACK_SIZE / 8];

void fault_load_task(u64 rsp0, u64 ist1)
{
	struct table_register table = { .limit = sizeof(user_gdt) - 1, .base = (u64)user_gdt };
	u64 base = (u64)&tss;

	tss.rsp[0] = rsp0;
	tss.ist[0] = ist1;
	memcpy(user_gdt, gdt, sizeof(gdt));
	user_gdt[GDT_ENTRIES] = TSS_AVAILABLE | (sizeof(tss) - 1) | (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
	user_gdt[GDT_ENTRIES + 1] = base >> 32;
	lgdt(&table);
	asm volatile("ltr %w0" : : "r"(SEL_TSS) : "memory");
}

static void from_user(void *number)
{
	fault_user((u64)number, hypercall_is_vmmcall());
}

/* #UD, or -EPERM: then CLI, with which that code ends, gives #GP. */
bool run_hypercall3(u64 n)
{
	u64 number;
	bool ok = true;
	int vector;

	(void)n;
	fault_load_task((u64)(exception_stack + HV_ARRAY_SIZE(exception_stack)), 0);
	for (number = 0; number <= NUMBERS; number++) {
		fault_has_result = 0;
		vector = try(from_user, (void *)number);
		if (vector == VECTOR_UD && !fault_has_result)
			continue;
		if (vector == VECTOR_GP && fault_has_result && fault_result == -HV_GC_EPERM)
			continue;
		print("fault: call %llx said %lld at CPL 3, exception %d\n", number, fault_result, vector);
		ok = false;
	}
	return ok;
}
