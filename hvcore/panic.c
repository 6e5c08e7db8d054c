// SPDX-License-Identifier: GPL-2.0-only
/* The end of one CPU. */
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/fmt.h>
#include <hv/hv.h>
#include <hv/log.h>
#include <hv/panic.h>

void hv_panic(struct hv_cpu *cpu, const char *fmt, ...)
{
	__builtin_va_list args;
	char text[96];

	__builtin_va_start(args, fmt);
	(void)hv_vformat(text, sizeof(text), fmt, args);
	__builtin_va_end(args);
	hv_log(HV_LOG_ERR, "hypervisor panic on CPU %u, which stops here: %s", cpu->id, text);
	if (cpu->pub)
		hv_store_release(&cpu->pub->failed, 1);
	hv_arch_halt();
}
