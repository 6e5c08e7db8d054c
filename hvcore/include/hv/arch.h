/* SPDX-License-Identifier: GPL-2.0-only */
/* What the core asks of the architecture. arch/x86 implements it; unit tests link tests/unit/fake_arch.c instead. */
#ifndef HV_ARCH_H
#define HV_ARCH_H

#include <hv/err.h>
#include <hv/exit.h>
#include <hv/types.h>

struct hv_cell;
struct hv_launch;
struct hv_pt;
struct hv_pt_format;

/** hv_arch_relax() - tell the CPU that it spins; answers requests of other CPUs */
void hv_arch_relax(void);

/** hv_arch_clock() - the time-stamp counter */
u64 hv_arch_clock(void);

/** hv_arch_halt() - stop this CPU for ever, deaf to everything maskable */
void hv_arch_halt(void) __attribute__((noreturn));

/** hv_arch_this_cpu() - the CPU we run on, valid on a CPU's own stack */
struct hv_cpu *hv_arch_this_cpu(void);

/** hv_arch_early_init() - once per launch, on one CPU, before any per-CPU stage: tables that all CPUs share */
int __must_check hv_arch_early_init(struct hv_launch *launch);

/** hv_arch_cpu_init() - per-CPU stage: everything that can fail, up to a guest that is ready to run */
int __must_check hv_arch_cpu_init(struct hv_launch *launch, struct hv_cpu *cpu);

/** hv_arch_cpu_fini() - undo hv_arch_cpu_init(), whether or not it succeeded */
void hv_arch_cpu_fini(struct hv_cpu *cpu);

/** hv_arch_address_limit() - physical addresses end here */
u64 hv_arch_address_limit(void);

/**
 * hv_arch_encryption_bit() - the bit of a physical address that has the memory controller encrypt, 0 if there is none
 *
 * No frame has an address with this bit or a higher one.
 */
u64 hv_arch_encryption_bit(void);

/** hv_arch_guest_format() - the nested page table format of this machine */
const struct hv_pt_format *hv_arch_guest_format(void);

/**
 * hv_arch_memory_type() - the memory type the machine gives to @start, and how far it is the same
 * @end: in: where to stop looking; out: end of the piece of one type, at most that
 */
u64 hv_arch_memory_type(u64 start, u64 *end);

/** hv_arch_moderated_page() - device pages whose writes can be made to trap: @i counts up until it returns false */
bool hv_arch_moderated_page(unsigned int i, u64 *page);

/** hv_arch_always_moderates() - does hardware leave no other way than to trap these writes at all times? */
bool hv_arch_always_moderates(void);

/** hv_arch_moderate() - the same for what moderation needs besides pages */
void hv_arch_moderate(bool on);

/** hv_arch_flush_guest() - drop this CPU's translations of the guest before it goes on */
void hv_arch_flush_guest(struct hv_cpu *cpu);

/** hv_arch_send_nmi() - to another CPU */
void hv_arch_send_nmi(u32 apic_id);

/** hv_arch_skip_write() - drop a write to hidden memory: step behind it. False if the instruction is not understood. */
bool hv_arch_skip_write(struct hv_cpu *cpu, struct hv_exit *exit);

/** hv_arch_scrub() - zero frames that nobody maps */
void hv_arch_scrub(hv_hpa_t start, u64 size);

/** hv_arch_read_root() - copy @size bytes of root's RAM, or false: some of it is not */
bool hv_arch_read_root(struct hv_cpu *cpu, u64 gpa, void *to, u64 size);

/** hv_arch_hypercall_arg() - the first, second or third argument: @i is 0, 1 or 2 */
u64 hv_arch_hypercall_arg(struct hv_cpu *cpu, unsigned int i);

/** hv_arch_guest_is_privileged() - does the guest run at CPL 0? */
bool hv_arch_guest_is_privileged(struct hv_cpu *cpu);

/** hv_arch_guest_rip() - for reports */
u64 hv_arch_guest_rip(struct hv_cpu *cpu);

#endif
