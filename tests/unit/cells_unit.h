/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine of root_unit.h with many CPUs, whose turns a test gives them, and a cell on it. Real are hvcore/cpu.c and
 * hvcore/request.c: an NMI is counted until its CPU has a turn.
 */
#ifndef CELLS_UNIT_H
#define CELLS_UNIT_H

#include "root_unit.h"

#include <hv/request.h>
#include <hvabi/hypercall.h>

#define NR_CPUS 40
#define APIC_ID(cpu) (100 + (cpu))

/* A CPU, and what became of it: counts, and the guest that runs on it. Aligned as the architecture has it. */
struct cells_unit_cpu {
	struct hv_cpu core;
	u32 nmis;		/* sent and not taken */
	u32 guests_nmis;
	u32 flushes, cleans, resets, starts, begins, keeps, restores;
	u32 vector;		/* of the last start */
	bool is_clean;		/* nothing ran since hv_arch_cpu_clean() */
	bool runs;
	const struct hv_cell *at;	/* whose guest it runs, or ran last */
} __attribute__((aligned(1024)));

extern struct cells_unit_cpu cells_unit_cpu[NR_CPUS];
extern u64 cells_unit_clock;	/* hv_arch_clock() */
extern bool cells_unit_x2apic;	/* hv_arch_cell_registers(), hv_arch_comm_flags() */
extern bool cells_unit_threads;	/* every CPU is a thread: waiting for one is waiting */

/* What happens at once when an NMI is sent to CPU @cpu, or NULL. */
extern void (*cells_unit_on_nmi)(u32 cpu);

/* What others do while one spins, or NULL. */
extern void (*cells_unit_on_relax)(void);

/** cells_unit_on() - from here on this thread is CPU @cpu */
void cells_unit_on(u32 cpu);

/** cells_unit_attend() - the turn of CPU @cpu: NMIs come in, requests are done. Return: does it run a guest? */
bool cells_unit_attend(u32 cpu);
void cells_unit_attend_all(void);

/** cells_unit_stop() - CPU @cpu left its guest with the verdict HV_STOP_CELL. Return: does it run one again? */
bool cells_unit_stop(u32 cpu);

/* The guest's memory, as hv_arch_read_guest() and hv_arch_write_guest() find it: the rest is not there. */
#define GUEST_RAM 0x10000ULL
#define GUEST_RAM_SIZE 0x4000
extern u8 cells_unit_ram[GUEST_RAM_SIZE];

/* What hv_arch_scrub() and hv_arch_copy() did. */
extern u64 cells_unit_scrubbed;
extern struct cells_unit_copy {
	u64 to, from, size;
} cells_unit_copies[16];
extern u32 cells_unit_nr_copies;

/*
 * Cell 1, "one": of two alloc regions, BLOCK goes to LOW and OTHER to HIGH. CPU 0 is never a cell's; the CPUs of a cell
 * are in reverse order.
 */
#define BLOCK 0x4000000ULL
#define OTHER 0x8000000ULL
#define LOW 0x0ULL
#define HIGH 0x40000000ULL

struct hv_cellconf conf_of(u32 id, const char *name, u32 first_cpu, u32 nr_cpus);
struct hv_psc list_of(u64 first, u64 second, unsigned int op);

/* A list of one block; what a call fills at most. */
struct hv_psc only(u64 block, unsigned int op);

/** give() - root gives BLOCK and OTHER; get_back() - and takes them back */
void give(void);
void get_back(void);

/** create() - cell 1 with CPUs 1 and 2 */
int create(void);
int fill(u32 id);

/** ready() - cell 1 with its memory, and its CPUs have come */
void ready(void);

/** running() - that, and its first CPU, number 2 of the machine, is in its guest; the other waits for a start-up IPI */
void running(void);

/** stop(), destroy() - ask until it is done; all CPUs have their turn meanwhile */
int stop(u32 id);
int destroy(u32 id);

struct hv_cell *cell_of(u32 id);
struct hv_pt_mapping cells_mapping(u32 id, u64 gpa);

/** cells_unit_build() - the CPUs, and the rest as root_unit_build(), behind root_unit_machine() */
int cells_unit_build(void);
int cells_unit_setup(void **state);

#define CELLS_TEST(name, function) { name, function, cells_unit_setup, root_unit_teardown, NULL }

#endif
