// SPDX-License-Identifier: GPL-2.0-only
/* Creates a KVM guest without running it, and holds it until it is killed: KVM keeps virtualization on for as long. */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR);

	if (kvm < 0 || ioctl(kvm, KVM_CREATE_VM, 0) < 0) {
		perror("kvmhold");
		return 1;
	}
	pause();
	return 0;
}
