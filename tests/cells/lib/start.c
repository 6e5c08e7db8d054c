// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The first C code of a program. */
#include "cell.h"
#include "start.h"

struct start_registers start_registers;

void start_main(u64 info, u32 magic)
{
	start_registers = (struct start_registers){ .info = info, .magic = magic };
	hypercall_init();
	interrupts_init();
	shutdown((u64)main());
}
