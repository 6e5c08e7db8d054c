// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Has a serial port and two MSRs of its own. Its first two starts end in a fault; the third one, after which it has
 * seen that it begins anew, ends in peace.
 */
#include "cell.h"

#define COM2 0x2f8
#define COM_LINE_STATUS 5
#define COM_ROOM 0x20
#define COM_PATIENCE 100000

#define MSR_MPERF 0xe7
#define MSR_APERF 0xe8

#define STARTS 3
#define NOBODYS 0x40000000	/* no memory there: that is a fault of the cell, not an exception */

/* A port that nothing is behind reads as all ones, which is room enough. */
static void send(const char *s)
{
	u32 patience = COM_PATIENCE;

	for (; *s; s++) {
		while (!(inb(COM2 + COM_LINE_STATUS) & COM_ROOM) && patience)
			patience--;
		outb(COM2, (u8)*s);
	}
}

/* To the serial port, and to the console if there is one. */
static void say(const char *line)
{
	send(line);
	print("%s", line);
}

static void say_msr(u32 msr)
{
	char line[64];
	u64 value;

	if (msr_read(msr, &value) == TRY_OK)
		format(line, sizeof(line), "serial: MSR 0x%x reads %llx\n", msr, value);
	else
		format(line, sizeof(line), "serial: MSR 0x%x is denied\n", msr);
	say(line);
}

int main(void)
{
	s64 starts = info(HV_INFO_STARTS);
	char line[64];

	format(line, sizeof(line), "serial: start %lld\n", starts);
	say(line);
	say_msr(MSR_APERF);
	say_msr(MSR_MPERF);
	if (starts < STARTS) {
		say("serial: now a fault\n");
		(void)*(volatile u8 *)NOBODYS;
		say("serial: which is none\n");
		return 1;
	}
	say("serial: enough\n");
	return 0;
}
