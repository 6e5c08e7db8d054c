// SPDX-License-Identifier: GPL-2.0-only
/* The real machine. */
#include <cpuid.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "machine.h"

const char *machine_root(void)
{
	return "";
}

bool machine_cpuid(u32 leaf, u32 regs[4])
{
	return __get_cpuid(leaf, &regs[0], &regs[1], &regs[2], &regs[3]);
}

/* The module msr: a register is as many bytes of the file as it has, at its number. */
bool machine_msr(unsigned int cpu, u32 index, u64 *value)
{
	char path[64];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/dev/cpu/%u/msr", cpu);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	got = pread(fd, value, sizeof(*value), index);
	close(fd);
	return got == sizeof(*value);
}
