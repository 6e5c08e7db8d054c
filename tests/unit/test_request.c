// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/request.c */
/* libs: pthread */
/* Requests between CPUs: threads stand for them, and an NMI is a flag that a thread looks at in its guest. */
#include <pthread.h>
#include <sched.h>

#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/hv.h>
#include <hv/lock.h>
#include <hv/request.h>
#include "unit.h"

#define NR_CPUS 4
#define ROUNDS 20000

struct fake_cpu {
	struct hv_cpu core;
	u32 nmis;		/* sent and not yet taken */
	u32 sent;
	u32 flushes;
	u32 guests_nmis;
};

static struct fake_cpu cpus[NR_CPUS];
static struct hv_cpu_pub pubs[NR_CPUS];
static struct hv_pt root_tables, cell_tables;
static struct hv_sysconfig config;
static __thread struct fake_cpu *self;
static bool answer_while_spinning;

struct hv hv;

struct hv_cpu *hv_arch_this_cpu(void)
{
	return &self->core;
}

void hv_arch_flush_guest(struct hv_cpu *cpu)
{
	(void)hv_fetch_add(&cpus[cpu->id].flushes, 1);
}

void hv_arch_send_nmi(u32 apic_id)
{
	(void)hv_fetch_add(&cpus[apic_id - 100].nmis, 1);
	(void)hv_fetch_add(&cpus[apic_id - 100].sent, 1);
}

/* What arch/x86 does with an NMI. */
static void take_nmi(struct fake_cpu *cpu)
{
	if (!hv_load_acquire(&cpu->nmis))
		return;
	(void)hv_fetch_add(&cpu->nmis, (u32)-1);
	if (!hv_request_was_kicked(&cpu->core))
		cpu->guests_nmis++;
	hv_request_answer(&cpu->core);
}

static void others_take_nmis(void)
{
	unsigned int i;

	for (i = 0; i < NR_CPUS; i++)
		if (&cpus[i] != self)
			take_nmi(&cpus[i]);
}

void hv_arch_relax(void)
{
	if (answer_while_spinning)
		hv_request_answer(&self->core);
	else
		others_take_nmis();
	(void)sched_yield(); /* it cannot fail */
}

static int setup(void **state)
{
	unsigned int i;

	(void)state;
	memset(cpus, 0, sizeof(cpus));
	memset(pubs, 0, sizeof(pubs));
	config.nr_cpus = NR_CPUS;
	hv.config = &config;
	hv.pub = pubs;
	for (i = 0; i < NR_CPUS; i++) {
		pubs[i].apic_id = 100 + i;
		cpus[i].core = (struct hv_cpu){ .id = i, .pub = &pubs[i] };
		hv_request_use_tables(&cpus[i].core, &root_tables);
	}
	self = &cpus[0];
	answer_while_spinning = false;
	return 0;
}

static void assert_flushes(u32 a, u32 b, u32 c, u32 d)
{
	const u32 expected[NR_CPUS] = { a, b, c, d };
	unsigned int i;

	for (i = 0; i < NR_CPUS; i++) {
		assert_int_equal(cpus[i].flushes, expected[i]);
		assert_int_equal(pubs[i].requests & HV_REQUEST_FLUSH, 0);
		assert_int_equal(cpus[i].guests_nmis, 0);
	}
}

static void test_flush_reaches_all(void **state)
{
	(void)state;
	hv_request_flush(&root_tables);
	assert_flushes(1, 1, 1, 1);
	hv_request_flush(&root_tables);
	assert_flushes(2, 2, 2, 2);
}

static void test_flush_asks_users_only(void **state)
{
	(void)state;
	hv_request_use_tables(&cpus[0].core, &cell_tables);
	hv_request_use_tables(&cpus[2].core, &cell_tables);
	hv_request_use_tables(&cpus[3].core, NULL);
	hv_request_flush(&root_tables);
	assert_flushes(0, 1, 0, 0);
	hv_request_flush(&cell_tables);
	assert_flushes(1, 1, 1, 0);
	assert_int_equal(cpus[3].sent, 0);
}

static void test_flush_does_not_wait_for_the_dead(void **state)
{
	(void)state;
	pubs[1].failed = 1;
	pubs[2].deaf = 1;
	hv_request_flush(&root_tables);
	assert_flushes(1, 0, 0, 1);
	assert_int_equal(cpus[1].sent, 0);
	assert_int_equal(cpus[2].sent, 0);
}

static void test_kick_is_one_nmi(void **state)
{
	(void)state;
	hv_request_kick(&pubs[1]);
	hv_request_kick(&pubs[1]);
	assert_int_equal(cpus[1].sent, 1);
	assert_true(hv_request_was_kicked(&cpus[1].core));
	hv_request_kick(&pubs[1]);
	assert_int_equal(cpus[1].sent, 2);
}

/* Root's own NMI comes between kick and NMI: it is taken for the kick, and the kick for it. None is lost. */
static void test_nmi_of_the_guest_is_not_lost(void **state)
{
	(void)state;
	hv_request_kick(&pubs[1]);
	cpus[1].nmis++;
	take_nmi(&cpus[1]);
	take_nmi(&cpus[1]);
	assert_int_equal(cpus[1].guests_nmis, 1);
	assert_int_equal(cpus[1].nmis, 0);
}

static void test_answer_without_request(void **state)
{
	(void)state;
	pubs[0].requests = HV_REQUEST_INIT;
	hv_request_answer(&cpus[0].core);
	assert_int_equal(cpus[0].flushes, 0);
	assert_int_equal(pubs[0].requests, HV_REQUEST_INIT);
}

static struct hv_lock map_lock;
static u32 running;

/* A CPU that changes root's tables under their lock now and then, and runs the guest else. */
static void *run_cpu(void *arg)
{
	u32 seen[NR_CPUS];
	unsigned int i, j;

	self = arg;
	for (i = 0; i < ROUNDS; i++) {
		take_nmi(self);
		if (i % 4)
			continue;
		hv_lock(&map_lock);
		for (j = 0; j < NR_CPUS; j++)
			seen[j] = hv_load_acquire(&cpus[j].flushes);
		hv_request_flush(&root_tables);
		for (j = 0; j < NR_CPUS; j++)
			if (hv_load_acquire(&cpus[j].flushes) == seen[j])
				abort();
		hv_unlock(&map_lock);
	}
	(void)hv_fetch_add(&running, (u32)-1);
	while (hv_load_acquire(&running))
		take_nmi(self);
	take_nmi(self);
	return NULL;
}

static void test_all_flush_at_once(void **state)
{
	pthread_t thread[NR_CPUS];
	unsigned int i;

	(void)state;
	answer_while_spinning = true;
	running = NR_CPUS;
	for (i = 0; i < NR_CPUS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, run_cpu, &cpus[i]), 0);
	for (i = 0; i < NR_CPUS; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	for (i = 0; i < NR_CPUS; i++) {
		assert_int_equal(pubs[i].requests, 0);
		assert_int_equal(cpus[i].guests_nmis, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "E5 a flush waits for every CPU on the tables", test_flush_reaches_all, setup, NULL, NULL },
		{ "E5 CPUs on other tables are left alone", test_flush_asks_users_only, setup, NULL, NULL },
		{ "E5 CPUs that failed or are deaf are not waited for", test_flush_does_not_wait_for_the_dead, setup,
		  NULL, NULL },
		{ "a kick is one NMI until it is taken", test_kick_is_one_nmi, setup, NULL, NULL },
		{ "a guest's NMI beside a kick is not lost", test_nmi_of_the_guest_is_not_lost, setup, NULL, NULL },
		{ "other requests are not answered here", test_answer_without_request, setup, NULL, NULL },
		{ "E5 CPUs that flush at once all go on", test_all_flush_at_once, setup, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
