// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The interrupt descriptor table, and what happens behind vectors.S. */
#include "hypercall.h"
#include "insn.h"
#include "interrupts.h"
#include "print.h"
#include "start.h"

#define NR_VECTORS 256
#define STUB_SIZE 16
#define GATE_INTERRUPT 0x8e

struct gate {
	u16 offset_0;
	u16 selector;
	u8 ist;
	u8 type;
	u16 offset_16;
	u32 offset_32;
	u32 rsvd;
};

extern const char vectors[NR_VECTORS][STUB_SIZE], try_landed[];
void interrupt(struct frame *frame);

/* Stack pointer of the innermost try() that runs; 0: none does. */
u64 try_landing;

static struct gate idt[NR_VECTORS];
static interrupt_handler *handlers[NR_VECTORS];

void interrupts_load(void)
{
	struct table_register table = { .limit = sizeof(idt) - 1, .base = (u64)idt };

	lidt(&table);
}

void interrupts_init(void)
{
	u64 stub;
	u32 i;

	for (i = 0; i < NR_VECTORS; i++) {
		stub = (u64)vectors[i];
		idt[i] = (struct gate){ .offset_0 = (u16)stub, .selector = SEL_CODE64, .type = GATE_INTERRUPT,
					.offset_16 = (u16)(stub >> 16), .offset_32 = (u32)(stub >> 32) };
	}
	interrupts_load();
}

void interrupt_handle(u32 vector, interrupt_handler *handler)
{
	handlers[vector] = handler;
}

/* Returns from the interrupt to the end of try(). */
static void land(struct frame *frame)
{
	frame->rax = frame->vector;
	frame->rip = (u64)try_landed;
	frame->cs = SEL_CODE64;
	frame->rsp = try_landing;
	frame->ss = SEL_DATA;
	frame->rflags = 0x2;
}

static _Noreturn void die(const struct frame *f)
{
	print("%s %llu, error %llx, at %02llx:%016llx, flags %llx, cr2 %llx, cr3 %llx\n"
	      "rax %016llx rbx %016llx rcx %016llx rdx %016llx\n"
	      "rsi %016llx rdi %016llx rbp %016llx rsp %016llx\n",
	      f->vector < VECTOR_FIRST ? "exception" : "stray interrupt", f->vector, f->error, f->cs, f->rip,
	      f->rflags, read_cr2(), read_cr3(), f->rax, f->rbx, f->rcx, f->rdx, f->rsi, f->rdi, f->rbp, f->rsp);
	print("r8  %016llx r9  %016llx r10 %016llx r11 %016llx\n"
	      "r12 %016llx r13 %016llx r14 %016llx r15 %016llx\n",
	      f->r8, f->r9, f->r10, f->r11, f->r12, f->r13, f->r14, f->r15);
	shutdown(SHUTDOWN_VECTOR + f->vector);
}

void interrupt(struct frame *frame)
{
	if (handlers[frame->vector])
		handlers[frame->vector](frame);
	else if (try_landing && frame->vector < VECTOR_FIRST && frame->vector != VECTOR_NMI)
		land(frame);
	else
		die(frame);
}
