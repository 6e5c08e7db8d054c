/* SPDX-License-Identifier: GPL-2.0-only */
/* What the core asks of the architecture. arch/x86 implements it; unit tests link tests/unit/fake_arch.c instead. */
#ifndef HV_ARCH_H
#define HV_ARCH_H

#include <hv/err.h>
#include <hv/exit.h>
#include <hv/types.h>

struct hv_cell;
struct hv_fault;
struct hv_launch;
struct hv_pt;
struct hv_pt_format;
struct hv_range;

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

/** hv_arch_message_window() - where stores are interrupts, without the moderated pages */
void hv_arch_message_window(struct hv_range *window);

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

/** hv_arch_copy() - from frames to frames, none of which somebody else gets meanwhile */
void hv_arch_copy(hv_hpa_t to, hv_hpa_t from, u64 size);

/** hv_arch_read_guest() - copy @size bytes of RAM of the cell that this CPU runs, or false: some of it is not */
bool hv_arch_read_guest(struct hv_cpu *cpu, u64 gpa, void *to, u64 size);

/** hv_arch_write_guest() - likewise to its RAM, if it is writable for it; not for root */
bool hv_arch_write_guest(struct hv_cpu *cpu, u64 gpa, const void *from, u64 size);

/** hv_arch_hypercall_nr() - which hypercall a cell makes; outside of 64-bit code, registers have 32 bits */
u64 hv_arch_hypercall_nr(struct hv_cpu *cpu);

/** hv_arch_hypercall_arg() - the first, second or third argument: @i is 0, 1 or 2 */
u64 hv_arch_hypercall_arg(struct hv_cpu *cpu, unsigned int i);

/** hv_arch_guest_is_privileged() - does the guest run at CPL 0? */
bool hv_arch_guest_is_privileged(struct hv_cpu *cpu);

/** hv_arch_guest_rip() - for reports */
u64 hv_arch_guest_rip(struct hv_cpu *cpu);

/** hv_arch_cell_init() - what the architecture keeps of a cell that is not root: cell->arch. 0 or -ENOMEM. */
int __must_check hv_arch_cell_init(struct hv_cell *cell);

/** hv_arch_cell_fini() - undo it, if it was done */
void hv_arch_cell_fini(struct hv_cell *cell);

/** hv_arch_cell_registers() - pages of registers that a cell may read: @i counts up until it returns false */
bool hv_arch_cell_registers(unsigned int i, u64 *page);

/** hv_arch_cell_boot() - write what a cell's first CPU needs in memory to begin; errors as of hv_aspace_copy_to() */
int __must_check hv_arch_cell_boot(struct hv_cell *cell);

/** hv_arch_comm_flags() - HV_COMM_* that say what machine this is */
u32 hv_arch_comm_flags(void);

/** hv_arch_describe() - registers and instruction of the guest, for the record of its fault */
void hv_arch_describe(struct hv_cpu *cpu, struct hv_fault *fault);

/*
 * While a CPU stands: for hvcore/cpu.c.
 */

/** hv_arch_idle() - until there are requests, or a little longer or shorter */
void hv_arch_idle(struct hv_cpu *cpu);

/** hv_arch_cpu_keep() - note what root has in the registers that cpu->cell's configuration lets it write */
void hv_arch_cpu_keep(struct hv_cpu *cpu);

/** hv_arch_cpu_restore() - undo what cpu->cell wrote there */
void hv_arch_cpu_restore(struct hv_cpu *cpu);

/** hv_arch_cpu_clean() - nothing of the last guest is left in registers and APIC; what comes next is for cpu->cell */
void hv_arch_cpu_clean(struct hv_cpu *cpu);

/** hv_arch_cpu_reset() - the state behind INIT */
void hv_arch_cpu_reset(struct hv_cpu *cpu);

/** hv_arch_cpu_start() - the state behind a start-up IPI */
void hv_arch_cpu_start(struct hv_cpu *cpu, u8 vector);

/** hv_arch_cpu_begin() - the state in which a cell's first CPU begins */
void hv_arch_cpu_begin(struct hv_cpu *cpu);

#endif
