// SPDX-License-Identifier: GPL-2.0-only
/* Checks a cell's configuration. It comes from outside: every count is bounded before it is used. */
#include <hvabi/launch.h>
#include "cellconf.h"

static bool is_alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Both are padded with zeros. */
static bool is_same_name(const char *a, const char *b)
{
	u32 i;

	for (i = 0; i < HV_CONF_NAME; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

static int check_name(const struct hv_cellconf *conf, struct hv_conf_fault *fault)
{
	static const char root[HV_CONF_NAME] = "root";
	const char *name = conf->name;
	u32 length = 0, i;

	while (length < HV_CONF_NAME && (is_alphanumeric(name[length]) || name[length] == '-' || name[length] == '_' ||
					 name[length] == '.'))
		length++;
	if (length == HV_CONF_NAME || name[length] || !is_alphanumeric(name[0]))
		return hv_conf_refuse(fault, HV_CONF_AT_NAME, 0,
				      "a name is 1 to 31 letters, digits, '-', '_', '.', first a letter or digit");
	for (i = length; i < HV_CONF_NAME; i++)
		if (name[i])
			return hv_conf_refuse(fault, HV_CONF_AT_NAME, 0,
					      "something is hidden behind the end of the name");
	if (is_same_name(name, root))
		return hv_conf_refuse(fault, HV_CONF_AT_NAME, 0, "root is the name of the root cell");
	return 0;
}

/* What can be printed, and nothing behind its end. */
static int check_cmdline(const struct hv_cellconf *conf, struct hv_conf_fault *fault)
{
	const char *line = conf->cmdline;
	u32 length = 0, i;

	while (length < HV_CONF_CMDLINE && line[length] >= ' ' && line[length] <= '~')
		length++;
	if (length == HV_CONF_CMDLINE || line[length])
		return hv_conf_refuse(fault, HV_CONF_AT_CMDLINE, 0,
				      "a command line is at most 255 printable characters of ASCII");
	for (i = length; i < HV_CONF_CMDLINE; i++)
		if (line[i])
			return hv_conf_refuse(fault, HV_CONF_AT_CMDLINE, 0,
					      "something is hidden behind the end of the command line");
	return 0;
}

static int check_cell(const struct hv_cellconf *conf, struct hv_conf_fault *fault)
{
	if (!conf->id)
		return hv_conf_refuse(fault, HV_CONF_AT_ID, 0, "id 0 is that of the root cell");
	if (conf->id > HV_CONF_MAX_ID)
		return hv_conf_refuse(fault, HV_CONF_AT_ID, 0, "the id of a cell is at most 57343");
	if (conf->flags & ~(u32)HV_CONF_FLAGS)
		return hv_conf_refuse(fault, HV_CONF_AT_FLAGS, 0, "a flag of the cell that does not exist");
	if (conf->rsvd)
		return hv_conf_refuse(fault, HV_CONF_AT_RSVD, 0, "a reserved member of the cell is not 0");
	return check_name(conf, fault);
}

static int check_physical(const struct hv_cellconf *conf, u32 i, struct hv_conf_fault *fault)
{
	u32 k;

	if (conf->physical[i] >= HV_MAX_CPUS)
		return hv_conf_refuse(fault, HV_CONF_AT_PHYSICAL, i, "the number of a CPU is at most 511");
	for (k = 0; k < i; k++)
		if (conf->physical[i] == conf->physical[k])
			return hv_conf_refuse(fault, HV_CONF_AT_PHYSICAL, i, "a CPU that is in the list already");
	return 0;
}

static int check_cpus(const struct hv_cellconf *conf, struct hv_conf_fault *fault)
{
	u32 i;
	int err;

	if (!conf->nr_vcpus || conf->nr_vcpus > HV_CONF_MAX_VCPUS)
		return hv_conf_refuse(fault, HV_CONF_AT_CPUS, 0, "a cell has 1 to 64 CPUs");
	if (conf->nr_masks && conf->nr_masks != conf->nr_vcpus)
		return hv_conf_refuse(fault, HV_CONF_AT_MASKS, 0, "there are not as many CPU masks as CPUs");
	if (conf->nr_physical && conf->nr_physical != conf->nr_vcpus)
		return hv_conf_refuse(fault, HV_CONF_AT_PHYSICALS, 0, "there are not as many physical CPUs as CPUs");
	for (i = 0; i < conf->nr_masks; i++)
		if (!conf->masks[i])
			return hv_conf_refuse(fault, HV_CONF_AT_MASK, i, "a CPU mask without a CPU");
	for (i = 0; i < conf->nr_physical; i++) {
		err = check_physical(conf, i, fault);
		if (err)
			return err;
	}
	return 0;
}

int hv_cellconf_check(const struct hv_cellconf *conf, struct hv_conf_fault *fault)
{
	int err;

	err = check_cell(conf, fault);
	if (!err)
		err = check_cmdline(conf, fault);
	if (!err)
		err = check_cpus(conf, fault);
	if (!err)
		err = hv_conf_check_regions(conf, fault);
	if (!err)
		err = hv_conf_check_entry(conf, fault);
	if (!err)
		err = hv_conf_check_ports(conf, fault);
	return err ? err : hv_conf_check_msrs(conf, fault);
}

int hv_cellconf_affinity(const struct hv_cellconf *conf, u32 i, struct hv_affinity *affinity)
{
	if (i >= conf->nr_vcpus || i >= HV_CONF_MAX_VCPUS)
		return -EINVAL;
	if ((conf->nr_masks && i >= conf->nr_masks) || (conf->nr_physical && i >= conf->nr_physical))
		return -EINVAL;
	*affinity = (struct hv_affinity){
		.vcpu = i,
		.physical = conf->nr_physical ? conf->physical[i] : i,
		.has_mask = conf->nr_masks,
		.mask = conf->nr_masks ? conf->masks[i] : 0,
	};
	return 0;
}
