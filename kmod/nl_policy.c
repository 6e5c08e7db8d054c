// SPDX-License-Identifier: GPL-2.0-only
/* What each request may carry. A test compares these tables with Documentation/netlink/specs/hv.yaml. */
#include <linux/limits.h>

#include "nl.h"

#define NAME { .type = NLA_NUL_STRING, .len = HV_CONF_NAME - 1 }

const struct nla_policy hvk_nl_region[HV_A_REGION_MAX + 1] = {
	[HV_A_REGION_GPA] = { .type = NLA_U64 },
	[HV_A_REGION_SIZE] = { .type = NLA_U64 },
	[HV_A_REGION_PHYS] = { .type = NLA_U64 },
	[HV_A_REGION_MODE] = NLA_POLICY_MAX(NLA_U32, HV_MODE_COUNT - 1),
	[HV_A_REGION_FLAGS] = NLA_POLICY_MASK(NLA_U32, HV_CONF_REGION_FLAGS),
	[HV_A_REGION_POPULATE] = { .type = NLA_FLAG },
	[HV_A_REGION_LENIENT] = { .type = NLA_FLAG },
};

const struct nla_policy hvk_nl_ports[HV_A_PORTS_MAX + 1] = {
	[HV_A_PORTS_FIRST] = { .type = NLA_U16 },
	[HV_A_PORTS_LAST] = { .type = NLA_U16 },
};

const struct nla_policy hvk_nl_msr[HV_A_MSR_MAX + 1] = {
	[HV_A_MSR_INDEX] = { .type = NLA_U32 },
	[HV_A_MSR_ACCESS] = NLA_POLICY_RANGE(NLA_U32, HV_CONF_MSR_READ, HV_CONF_MSR_READ | HV_CONF_MSR_WRITE),
};

const struct nla_policy hvk_nl_image[HV_A_IMAGE_MAX + 1] = {
	[HV_A_IMAGE_FD] = { .type = NLA_U32 },
	[HV_A_IMAGE_OFFSET] = { .type = NLA_U64 },
	[HV_A_IMAGE_SIZE] = NLA_POLICY_MIN(NLA_U64, 1),
	[HV_A_IMAGE_GPA] = { .type = NLA_U64 },
};

const struct nla_policy hvk_nl_disable[HV_A_HV_FORCE + 1] = {
	[HV_A_HV_FORCE] = { .type = NLA_FLAG },
};

const struct nla_policy hvk_nl_cell[HV_A_CELL_ID + 1] = {
	[HV_A_CELL_NAME] = NAME,
	[HV_A_CELL_ID] = { .type = NLA_U32 },
};

const struct nla_policy hvk_nl_create[HV_A_CELL_CMDLINE + 1] = {
	[HV_A_CELL_NAME] = NAME,
	[HV_A_CELL_CPU] = { .type = NLA_U32 },
	[HV_A_CELL_NR_CPUS] = NLA_POLICY_RANGE(NLA_U32, 1, HV_CONF_MAX_VCPUS),
	[HV_A_CELL_REGION] = NLA_POLICY_NESTED(hvk_nl_region),
	[HV_A_CELL_PORTS] = NLA_POLICY_NESTED(hvk_nl_ports),
	[HV_A_CELL_MSR] = NLA_POLICY_NESTED(hvk_nl_msr),
	[HV_A_CELL_ENTRY] = { .type = NLA_U64 },
	[HV_A_CELL_ENTRY_MODE] = NLA_POLICY_MAX(NLA_U32, HV_ENTRY_COUNT - 1),
	[HV_A_CELL_CONSOLE] = { .type = NLA_FLAG },
	[HV_A_CELL_RESTART] = { .type = NLA_FLAG },
	[HV_A_CELL_DRY_RUN] = { .type = NLA_FLAG },
	[HV_A_CELL_CMDLINE] = { .type = NLA_NUL_STRING, .len = HV_CONF_CMDLINE - 1 },
};

const struct nla_policy hvk_nl_load[HV_A_CELL_IMAGE + 1] = {
	[HV_A_CELL_NAME] = NAME,
	[HV_A_CELL_ID] = { .type = NLA_U32 },
	[HV_A_CELL_IMAGE] = NLA_POLICY_NESTED(hvk_nl_image),
};

const struct nla_policy hvk_nl_log[HV_A_LOG_SEQ + 1] = {
	[HV_A_LOG_SEQ] = { .type = NLA_U64 },
};

const struct nla_policy hvk_nl_console_read[HV_A_CONSOLE_POS + 1] = {
	[HV_A_CONSOLE_NAME] = NAME,
	[HV_A_CONSOLE_ID] = { .type = NLA_U32 },
	[HV_A_CONSOLE_POS] = { .type = NLA_U64 },
};

const struct nla_policy hvk_nl_console_write[HV_A_CONSOLE_DATA + 1] = {
	[HV_A_CONSOLE_NAME] = NAME,
	[HV_A_CONSOLE_ID] = { .type = NLA_U32 },
	[HV_A_CONSOLE_DATA] = { .type = NLA_BINARY, .len = HVK_NL_DATA },
};
