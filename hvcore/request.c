// SPDX-License-Identifier: GPL-2.0-only
/* Requests between CPUs. See Documentation/design/requests.md for who waits for whom. */
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/hv.h>
#include <hv/request.h>

void hv_request_use_tables(struct hv_cpu *cpu, const struct hv_pt *pt)
{
	hv_store_release(&cpu->pub->tables, pt);
}

/* One NMI for each time the flag goes up, so that the guest's own ones are told apart by counting. */
void hv_request_kick(struct hv_cpu_pub *pub)
{
	if (!hv_exchange(&pub->kicked, 1))
		hv_arch_send_nmi(pub->apic_id);
}

bool hv_request_was_kicked(struct hv_cpu *cpu)
{
	return hv_exchange(&cpu->pub->kicked, 0);
}

void hv_request_answer(struct hv_cpu *cpu)
{
	if (!(hv_load_acquire(&cpu->pub->requests) & HV_REQUEST_FLUSH))
		return;
	/* The flag first: once the request is gone, what was unmapped may be somebody else's. */
	hv_arch_flush_guest(cpu);
	(void)hv_fetch_and(&cpu->pub->requests, ~(u32)HV_REQUEST_FLUSH);
}

/* A CPU that failed or is deaf executes nothing; the latter flushes before it does again. */
static bool may_hold(const struct hv_cpu_pub *pub, const struct hv_pt *pt)
{
	return hv_load_acquire(&pub->tables) == pt && !hv_load_acquire(&pub->failed) && !hv_load_acquire(&pub->deaf);
}

void hv_request_flush(const struct hv_pt *pt)
{
	struct hv_cpu *me = hv_arch_this_cpu();
	u32 i;

	if (hv_load_once(&me->pub->tables) == pt)
		hv_arch_flush_guest(me);
	for (i = 0; i < hv.config->nr_cpus; i++) {
		if (i == me->id || !may_hold(&hv.pub[i], pt))
			continue;
		(void)hv_fetch_or(&hv.pub[i].requests, HV_REQUEST_FLUSH);
		hv_request_kick(&hv.pub[i]);
	}
	for (i = 0; i < hv.config->nr_cpus; i++)
		while (i != me->id && (hv_load_acquire(&hv.pub[i].requests) & HV_REQUEST_FLUSH) &&
		       may_hold(&hv.pub[i], pt))
			hv_arch_relax();
}
