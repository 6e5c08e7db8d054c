// SPDX-License-Identifier: GPL-2.0-only
/* The log ring: many writers that never wait, one reader in Linux that never writes. */
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/fmt.h>
#include <hv/hv.h>
#include <hv/log.h>

/* Lines about guests per CPU and second. */
#define EVENT_BURST 10

struct hv_log_ring hv_log_ring __attribute__((section(".log"), aligned(4096)));

static void write_line(enum hv_log_level level, u32 cpu, const char *fmt, __builtin_va_list args)
{
	u64 number = hv_fetch_add(&hv_log_ring.next, 1);
	struct hv_log_record *record = &hv_log_ring.records[number % HV_LOG_RECORDS];

	hv_store_release(&record->seq, 0);
	record->tsc = hv_arch_clock();
	record->cpu = cpu;
	record->level = level;
	(void)hv_vformat(record->text, sizeof(record->text), fmt, args);
	/* Pairs with the reader's acquire in kmod/log.c: a line with its number is complete. */
	hv_store_release(&record->seq, number + 1);
}

void hv_log(enum hv_log_level level, const char *fmt, ...)
{
	__builtin_va_list args;

	__builtin_va_start(args, fmt);
	write_line(level, hv_arch_this_cpu()->id, fmt, args);
	__builtin_va_end(args);
}

static bool event_allowed(struct hv_cpu *cpu)
{
	u64 second = hv_arch_clock() / (hv.config->tsc_khz * 1000 + 1);

	if (second != cpu->event_second) {
		cpu->event_second = second;
		cpu->event_budget = EVENT_BURST;
	}
	if (!cpu->event_budget) {
		cpu->stats->events_dropped++;
		return false;
	}
	cpu->event_budget--;
	return true;
}

void hv_event(const char *fmt, ...)
{
	struct hv_cpu *cpu = hv_arch_this_cpu();
	__builtin_va_list args;

	if (!event_allowed(cpu))
		return;
	__builtin_va_start(args, fmt);
	write_line(HV_LOG_WARN, cpu->id, fmt, args);
	__builtin_va_end(args);
}
