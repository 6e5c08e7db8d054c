// SPDX-License-Identifier: GPL-2.0-only
/*
 * The CPU: maker, VMX or SVM, and whether the firmware lets it. Where registers cannot be read, Linux's own list of
 * features has to do. Numbers: Intel SDM vol. 4 and appendix A of vol. 3; AMD APM vol. 2 and 3.
 */
#include <stdio.h>
#include <string.h>

#include "hw.h"
#include "machine.h"

#define LEAF_FEATURES 1
#define LEAF_EXTENDED 0x80000001
#define LEAF_SVM 0x8000000a
#define LEAF_ENCRYPTION 0x8000001f

#define MSR_FEATURE_CONTROL 0x3a
#define MSR_VMX_BASIC 0x480
#define MSR_VMX_PIN 0x481
#define MSR_VMX_PRIMARY 0x482
#define MSR_VMX_EXIT 0x483
#define MSR_VMX_ENTRY 0x484
#define MSR_VMX_SECONDARY 0x48b
#define MSR_VMX_EPT_VPID 0x48c
#define MSR_VMX_TRUE_PIN 0x48d
#define MSR_VMX_TRUE_PRIMARY 0x48e
#define MSR_VMX_TRUE_EXIT 0x48f
#define MSR_VMX_TRUE_ENTRY 0x490
#define MSR_EFER 0xc0000080
#define MSR_SYSCFG 0xc0010010
#define MSR_VM_CR 0xc0010114
#define MSR_SEV_STATUS 0xc0010131

enum { EAX, EBX, ECX, EDX };

static bool is_set(u64 word, unsigned int bit)
{
	return word >> bit & 1;
}

static bool cpuid_bit(u32 leaf, int reg, unsigned int bit)
{
	u32 regs[4];

	return machine_cpuid(leaf, regs) && is_set(regs[reg], bit);
}

static void check_vendor(struct hw *hw)
{
	u32 regs[4] = { 0 }, i;
	char vendor[13] = "", brand[49] = "";
	const char *start = brand;

	if (machine_cpuid(0, regs)) {
		memcpy(vendor, &regs[EBX], 4);
		memcpy(vendor + 4, &regs[EDX], 4);
		memcpy(vendor + 8, &regs[ECX], 4);
	}
	for (i = 0; i < 3 && machine_cpuid(0x80000002 + i, regs); i++)
		memcpy(brand + 16 * i, regs, 16);
	while (*start == ' ')
		start++;
	hw->is_intel = cpuid_bit(LEAF_FEATURES, ECX, 5);
	hw->is_amd = cpuid_bit(LEAF_EXTENDED, ECX, 2);
	hw_find(hw, "cpu", HW_OK, "%s%s%s", vendor, *start ? ", " : "", start);
	if (cpuid_bit(LEAF_FEATURES, ECX, 31))
		hw_find(hw, "virtual", HW_WARNING, "a virtual machine; hv runs in it as far as its host lets it");
}

/* On how many of the CPUs whose registers can be read the firmware has switched it off; -1 if none can be read. */
static int count_locked(u32 msr, bool (*is_locked)(u64 value))
{
	unsigned int cpu, count = hw_cpus();
	int locked = 0, readable = 0;
	u64 value;

	for (cpu = 0; cpu < count; cpu++) {
		if (!machine_msr(cpu, msr, &value))
			continue;
		readable++;
		locked += is_locked(value);
	}
	return readable ? locked : -1;
}

static void find_locked(struct hw *hw, const char *extension, const char *where, int locked)
{
	if (locked < 0)
		hw_find(hw, "firmware", HW_UNKNOWN,
			"cannot tell whether the firmware allows %s: load the module msr and ask as root", extension);
	else if (locked)
		hw_find(hw, "firmware", HW_MISSING,
			"the firmware has disabled %s on %d CPUs (%s); look into its setup", extension, locked, where);
	else
		hw_find(hw, "firmware", HW_OK, "the firmware allows %s", extension);
}

static bool is_vmx_locked(u64 value)
{
	return is_set(value, 0) && !is_set(value, 2);
}

static bool is_svm_locked(u64 value)
{
	return is_set(value, 4);
}

static bool is_svm_used(u64 efer)
{
	return is_set(efer, 12);
}

/* A control may be set if its bit in the upper half is. */
#define MAY(bit) (1ULL << (32 + (bit)))
#define HAS(bit) (1ULL << (bit))

/* What the module asks of VMX. Where "true" registers exist, they are the ones that count. */
static const struct vmx_part {
	const char *name, *word;	/* the word is Linux's, NULL if it has none */
	u32 msr, true_msr;
	u64 bits;
	const char *text;
} vmx_parts[] = {
	{ "nmi", "vnmi", MSR_VMX_PIN, MSR_VMX_TRUE_PIN, MAY(3) | MAY(5), "virtual NMIs" },
	{ "controls", NULL, MSR_VMX_PRIMARY, MSR_VMX_TRUE_PRIMARY, MAY(28) | MAY(31),
	  "MSR bitmaps and secondary controls" },
	{ "ept", "ept", MSR_VMX_SECONDARY, MSR_VMX_SECONDARY, MAY(1), "EPT (nested paging)" },
	{ "vpid", "vpid", MSR_VMX_SECONDARY, MSR_VMX_SECONDARY, MAY(5), "VPID (tagged translations)" },
	{ "unrestricted", "unrestricted_guest", MSR_VMX_SECONDARY, MSR_VMX_SECONDARY, MAY(7),
	  "unrestricted guests (cells in real mode)" },
	{ "exit", NULL, MSR_VMX_EXIT, MSR_VMX_TRUE_EXIT, MAY(2) | MAY(9) | MAY(18) | MAY(19) | MAY(20) | MAY(21),
	  "exits that save and load PAT and EFER" },
	{ "entry", NULL, MSR_VMX_ENTRY, MSR_VMX_TRUE_ENTRY, MAY(2) | MAY(9) | MAY(14) | MAY(15),
	  "entries that load PAT and EFER" },
	{ "ept-tables", NULL, MSR_VMX_EPT_VPID, MSR_VMX_EPT_VPID, HAS(6) | HAS(14),
	  "nested tables of four levels in write-back memory" },
	{ "invalidation", NULL, MSR_VMX_EPT_VPID, MSR_VMX_EPT_VPID, HAS(20) | HAS(26) | HAS(32) | HAS(42),
	  "INVEPT and INVVPID, also of everything" },
};

/* The CPUs of a machine can differ; what one lacks is lacking. */
static enum hw_verdict judge_part(const struct vmx_part *part)
{
	enum hw_verdict verdict = HW_UNKNOWN;
	unsigned int cpu, count = hw_cpus();
	u64 basic, value;

	for (cpu = 0; cpu < count; cpu++) {
		if (!machine_msr(cpu, MSR_VMX_BASIC, &basic) ||
		    !machine_msr(cpu, is_set(basic, 55) ? part->true_msr : part->msr, &value))
			continue;
		if (part->bits & ~value)
			return HW_MISSING;
		verdict = HW_OK;
	}
	if (verdict == HW_UNKNOWN && part->word && hw_cpuinfo("flags", "fpu"))
		return hw_cpuinfo("vmx flags", part->word) ? HW_OK : HW_MISSING;
	return verdict;
}

static void check_vmx(struct hw *hw)
{
	enum hw_verdict verdict;
	u64 value = 0;
	unsigned int i;

	hw_find(hw, "vmx", HW_OK, "Intel's VMX is there");
	find_locked(hw, "VMX", "IA32_FEATURE_CONTROL", count_locked(MSR_FEATURE_CONTROL, is_vmx_locked));
	for (i = 0; i < HV_ARRAY_SIZE(vmx_parts); i++) {
		verdict = judge_part(&vmx_parts[i]);
		if (verdict == HW_UNKNOWN)
			hw_find(hw, vmx_parts[i].name, verdict,
				"cannot tell whether the CPU has %s: load the module msr and ask as root",
				vmx_parts[i].text);
		else
			hw_find(hw, vmx_parts[i].name, verdict, "the CPU %s %s", verdict == HW_OK ? "has" : "lacks",
				vmx_parts[i].text);
	}
	if (machine_msr(0, MSR_VMX_EPT_VPID, &value))
		hw_find(hw, "huge-pages", is_set(value, 16) ? HW_OK : HW_MISSING,
			"nested tables can have pages of 4K%s%s", is_set(value, 16) ? ", 2M" : "; 2M is needed",
			is_set(value, 17) ? ", 1G" : "");
	else
		hw_find(hw, "huge-pages", HW_UNKNOWN,
			"cannot tell whether nested tables can have pages of 2M: load the module msr and ask as root");
}

static void check_svm(struct hw *hw)
{
	bool has_npt = cpuid_bit(LEAF_SVM, EDX, 0);
	u32 regs[4] = { 0 };

	hw_find(hw, "svm", HW_OK, "AMD's SVM is there");
	find_locked(hw, "SVM", "VM_CR.SVMDIS", count_locked(MSR_VM_CR, is_svm_locked));
	if (count_locked(MSR_EFER, is_svm_used) > 0)
		hw_find(hw, "use", HW_MISSING, "SVM is in use (EFER.SVME), probably by KVM");
	hw_find(hw, "npt", has_npt ? HW_OK : HW_MISSING, "the CPU %s NPT (nested paging)",
		has_npt ? "has" : "lacks");
	if (machine_cpuid(LEAF_SVM, regs))
		hw_find(hw, "asid", regs[EBX] >= 2 ? HW_OK : HW_MISSING, "%u address-space ids%s", regs[EBX],
			regs[EBX] >= 2 ? "" : "; 2 are needed");
	hw_find(hw, "nrips", HW_OK, "the CPU %s the next instruction (NRIPS)",
		is_set(regs[EDX], 3) ? "says where to find" : "does not say where to find");
	hw_find(hw, "huge-pages", HW_OK, "nested tables can have pages of 4K, 2M%s",
		cpuid_bit(LEAF_EXTENDED, EDX, 26) ? ", 1G" : "");
}

/* What Linux makes of the CPU shows in its list: words are there only if they are in use. */
static const struct {
	const char *name, *words[2];
	bool is_wanted;
	const char *good, *bad;
} modes[] = {
	{ "nx", { "nx", "nx" }, true, "no-execute protection is on",
	  "no-execute protection is off (EFER.NXE); look for noexec=off on Linux's command line" },
	{ "cet", { "ibt", "user_shstk" }, false, "CET is off",
	  "CET is on, which hv does not switch; boot Linux with ibt=off nousershstk" },
	{ "fred", { "fred", "fred" }, false, "FRED is off",
	  "FRED is on, which hv does not switch; boot Linux with fred=off" },
};

static void check_modes(struct hw *hw)
{
	bool has, can_tell = hw_cpuinfo("flags", "fpu");
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(modes); i++) {
		has = hw_cpuinfo("flags", modes[i].words[0]) || hw_cpuinfo("flags", modes[i].words[1]);
		if (!can_tell)
			hw_find(hw, modes[i].name, HW_UNKNOWN, "cannot tell: /proc/cpuinfo has no list of features");
		else
			hw_find(hw, modes[i].name, has == modes[i].is_wanted ? HW_OK : HW_MISSING, "%s",
				has == modes[i].is_wanted ? modes[i].good : modes[i].bad);
	}
}

/* Who runs under Linux that encrypts its memory cannot be slid away from under it. */
static bool is_encrypted_guest(void)
{
	u64 status;

	return hw_cpuinfo("flags", "tdx_guest") || (machine_msr(0, MSR_SEV_STATUS, &status) && is_set(status, 0));
}

static bool is_asked_for(void)
{
	char line[4096];

	return hw_read("/proc/cmdline", line, sizeof(line)) && strstr(line, "mem_encrypt=on");
}

/* It matters whether Linux uses it; that the registers allow it does not. */
static void check_encryption(struct hw *hw)
{
	u64 value;

	if (is_encrypted_guest())
		hw_find(hw, "encryption", HW_MISSING, "this machine's memory is encrypted (SEV or TDX)");
	else if (!cpuid_bit(LEAF_ENCRYPTION, EAX, 0))
		hw_find(hw, "encryption", HW_OK, "the CPU does not encrypt memory");
	else if (!machine_msr(0, MSR_SYSCFG, &value))
		hw_find(hw, "encryption", HW_UNKNOWN,
			"the CPU can encrypt memory; to see whether it does, load the module msr and ask as root");
	else if (is_set(value, 23) && is_asked_for())
		hw_find(hw, "encryption", HW_MISSING, "Linux encrypts its memory (SME, mem_encrypt=on)");
	else
		hw_find(hw, "encryption", HW_OK, "memory encryption is %s, and Linux does not use it",
			is_set(value, 23) ? "allowed (SME)" : "off");
}

void hw_check_cpu(struct hw *hw)
{
	check_vendor(hw);
	if (hw->is_intel)
		check_vmx(hw);
	else if (hw->is_amd)
		check_svm(hw);
	else if (hw->has_hv)
		hw_find(hw, "extension", HW_OK, "VMX or SVM is in use by hv, which does not show it");
	else
		hw_find(hw, "extension", HW_MISSING, "the CPU has neither VMX nor SVM, or whoever runs below hides it");
	check_modes(hw);
	check_encryption(hw);
}
