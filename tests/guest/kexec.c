// SPDX-License-Identifier: GPL-2.0-only
/* `kexec FILE COMMANDLINE` loads a kernel for later, with no initial file system; -p: for panics. `-e` goes there. */
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int load(const char *file, const char *line, unsigned long flags)
{
	int image = open(file, O_RDONLY);

	if (image < 0)
		return -1;
	return (int)syscall(SYS_kexec_file_load, image, -1, strlen(line) + 1, line, flags | KEXEC_FILE_NO_INITRAMFS);
}

static int go(void)
{
	return (int)syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC, NULL);
}

int main(int argc, char **argv)
{
	int err = -1;

	if (argc == 2 && !strcmp(argv[1], "-e"))
		err = go();
	else if (argc == 4 && !strcmp(argv[1], "-p"))
		err = load(argv[2], argv[3], KEXEC_FILE_ON_CRASH);
	else if (argc == 3)
		err = load(argv[1], argv[2], 0);
	if (err)
		perror("kexec");
	return err ? 1 : 0;
}
