// SPDX-License-Identifier: GPL-2.0-only
/* Checks the ports and model-specific registers that a configuration asks for. Which ones no cell gets is elsewhere. */
#include "cellconf.h"

static int check_port(const struct hv_cellconf *conf, u32 i, struct hv_conf_fault *fault)
{
	const struct hv_conf_ports *range = &conf->ports[i];
	const char *denied;
	u32 k;

	if (range->first > range->last)
		return hv_conf_refuse(fault, HV_CONF_AT_PORT, i, "a range of ports ends before it begins");
	for (k = 0; k < i; k++) {
		if (range->first > conf->ports[k].last || conf->ports[k].first > range->last)
			continue;
		return hv_conf_refuse_as(fault, -EEXIST, HV_CONF_AT_PORT, i, "a port that is in the list already");
	}
	denied = hv_conf_port_denied(range->first, range->last);
	if (!denied)
		return 0;
	return hv_conf_refuse_as(fault, -EPERM, HV_CONF_AT_PORT, i, denied);
}

int hv_conf_check_ports(const struct hv_cellconf *conf, struct hv_conf_fault *fault)
{
	u32 i;
	int err;

	if (conf->nr_ports > HV_CONF_MAX_PORTS)
		return hv_conf_refuse(fault, HV_CONF_AT_PORTS, 0, "a cell has at most 32 ranges of ports");
	for (i = 0; i < conf->nr_ports; i++) {
		err = check_port(conf, i, fault);
		if (err)
			return err;
	}
	return 0;
}

static int check_msr(const struct hv_cellconf *conf, u32 i, struct hv_conf_fault *fault)
{
	const struct hv_conf_msr *msr = &conf->msrs[i];
	const char *denied;
	u32 k;

	if (!msr->access || (msr->access & ~(u32)(HV_CONF_MSR_READ | HV_CONF_MSR_WRITE)))
		return hv_conf_refuse(fault, HV_CONF_AT_MSR_ACCESS, i,
				      "access to an MSR is to read, to write, or both");
	for (k = 0; k < i; k++) {
		if (msr->index != conf->msrs[k].index)
			continue;
		return hv_conf_refuse_as(fault, -EEXIST, HV_CONF_AT_MSR, i, "an MSR that is in the list already");
	}
	denied = hv_conf_msr_denied(msr->index, msr->access);
	if (!denied)
		return 0;
	return hv_conf_refuse_as(fault, -EPERM, HV_CONF_AT_MSR, i, denied);
}

int hv_conf_check_msrs(const struct hv_cellconf *conf, struct hv_conf_fault *fault)
{
	u32 i;
	int err;

	if (conf->nr_msrs > HV_CONF_MAX_MSRS)
		return hv_conf_refuse(fault, HV_CONF_AT_MSRS, 0, "a cell has at most 32 MSRs");
	for (i = 0; i < conf->nr_msrs; i++) {
		err = check_msr(conf, i, fault);
		if (err)
			return err;
	}
	return 0;
}
