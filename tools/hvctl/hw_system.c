// SPDX-License-Identifier: GPL-2.0-only
/* What is around the CPU: Linux and its rules, KVM, IOMMUs, CPUs and memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hvabi/launch.h>

#include "hw.h"
#include "machine.h"

static void check_kernel(struct hw *hw)
{
	unsigned int major = 0, minor = 0;
	char release[128];

	if (!hw_read("/proc/sys/kernel/osrelease", release, sizeof(release)) ||
	    sscanf(release, "%u.%u", &major, &minor) != 2)
		hw_find(hw, "kernel", HW_UNKNOWN, "cannot tell which Linux this is");
	else if (major < 6 || (major == 6 && minor < 1))
		hw_find(hw, "kernel", HW_MISSING, "Linux %s; hv needs 6.1 at least", release);
	else if (major > 6 || minor > 12)
		hw_find(hw, "kernel", HW_WARNING, "Linux %s; hv was tried on 6.1 to 6.12", release);
	else
		hw_find(hw, "kernel", HW_OK, "Linux %s", release);
}

/* A module that is not signed by somebody the kernel trusts is refused by these. */
static void check_signing(struct hw *hw)
{
	char lockdown[128] = "", enforce[8] = "";
	bool locked;

	hw_read("/sys/kernel/security/lockdown", lockdown, sizeof(lockdown));
	hw_read("/sys/module/module/parameters/sig_enforce", enforce, sizeof(enforce));
	locked = strstr(lockdown, "[integrity]") || strstr(lockdown, "[confidentiality]");
	if (locked || enforce[0] == 'Y')
		hw_find(hw, "signing", HW_WARNING, "the kernel loads signed modules only (%s); hv.ko has to be signed",
			locked ? "lockdown" : "module.sig_enforce");
	else
		hw_find(hw, "signing", HW_OK, "modules need no signature");
}

static const char *const kvm_modules[] = { "kvm_intel", "kvm_amd" };

static void check_kvm(struct hw *hw)
{
	char path[64], count[16], early[8];
	unsigned int i;
	bool found = false;

	for (i = 0; i < HV_ARRAY_SIZE(kvm_modules); i++) {
		snprintf(path, sizeof(path), "/sys/module/%s/refcnt", kvm_modules[i]);
		if (!hw_read(path, count, sizeof(count)))
			continue;
		found = true;
		/* newer ones switch virtualization on when they are loaded, older ones with the first machine */
		if (!hw_read("/sys/module/kvm/parameters/enable_virt_at_load", early, sizeof(early)))
			early[0] = 'N';
		if (strtoul(count, NULL, 10))
			hw_find(hw, "kvm", HW_MISSING, "KVM is in use; end its machines and unload %s", kvm_modules[i]);
		else if (early[0] == 'Y')
			hw_find(hw, "kvm", HW_MISSING, "KVM holds the CPUs; unload %s first", kvm_modules[i]);
		else
			hw_find(hw, "kvm", HW_OK, "%s is loaded and not in use", kvm_modules[i]);
	}
	if (!found)
		hw_find(hw, "kvm", HW_OK, "KVM is not in use");
}

static void check_iommu(struct hw *hw)
{
	bool dmar = hw_exists("/sys/firmware/acpi/tables/DMAR"), ivrs = hw_exists("/sys/firmware/acpi/tables/IVRS");
	int units = hw_count("/sys/class/iommu");

	if (!dmar && !ivrs)
		hw_find(hw, "iommu", HW_WARNING, "the firmware describes no IOMMU: devices reach all memory");
	else if (units > 0)
		hw_find(hw, "iommu", HW_OK, "%s, %d units in use by Linux", dmar ? "VT-d (DMAR)" : "AMD-Vi (IVRS)",
			units);
	else
		hw_find(hw, "iommu", HW_OK, "%s, not in use by Linux", dmar ? "VT-d (DMAR)" : "AMD-Vi (IVRS)");
}

/* The last number of a list such as "0-3,8" is the largest. */
static unsigned long last_of(const char *list)
{
	size_t i = strlen(list);

	while (i && list[i - 1] >= '0' && list[i - 1] <= '9')
		i--;
	return strtoul(list + i, NULL, 10);
}

static void check_cpus(struct hw *hw)
{
	char possible[128], online[128];

	if (!hw_read("/sys/devices/system/cpu/possible", possible, sizeof(possible)) ||
	    !hw_read("/sys/devices/system/cpu/online", online, sizeof(online)))
		hw_find(hw, "cpus", HW_UNKNOWN, "cannot tell how many CPUs there are");
	else if (last_of(possible) >= HV_MAX_CPUS)
		hw_find(hw, "cpus", HW_MISSING, "CPUs %s possible; hv handles %d: boot Linux with possible_cpus=%d",
			possible, HV_MAX_CPUS, HV_MAX_CPUS);
	else
		hw_find(hw, "cpus", strpbrk(online, "-,") ? HW_OK : HW_WARNING, "CPUs %s online, %s possible%s", online,
			possible, strpbrk(online, "-,") ? "" : "; with one CPU there is none for a cell");
}

static void check_module(struct hw *hw)
{
	char state[32];

	hw->has_hv = hw_read("/sys/class/hv/hv0/state", state, sizeof(state)) && !strcmp(state, "active");
	if (hw->has_hv)
		hw_find(hw, "hv", HW_OK, "hv is running; this is what it shows to the root cell");
	else
		hw_find(hw, "hv", HW_OK, "hv is %s", hw_exists("/sys/class/hv/hv0") ? "loaded and off" : "not loaded");
}

void hw_check_system(struct hw *hw)
{
	check_module(hw);
	check_kernel(hw);
	check_signing(hw);
	check_kvm(hw);
	check_iommu(hw);
	check_cpus(hw);
}
