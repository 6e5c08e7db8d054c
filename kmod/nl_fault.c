// SPDX-License-Identifier: GPL-2.0-only
/* The record of a cell's fault as attributes. */
#include "fault.h"
#include "hvk.h"
#include "nl.h"

static int put_record(struct sk_buff *skb, const struct hvk_cell *cell)
{
	const struct hv_fault *fault = &cell->fault;
	char text[HVK_FAULT_TEXT];

	hvk_fault_text(cell, text);
	if (nla_put_string(skb, HV_A_FAULT_TEXT, text) ||
	    nla_put_u64_64bit(skb, HV_A_FAULT_RIP, fault->regs[HV_FAULT_RIP], HV_A_FAULT_PAD) ||
	    nla_put(skb, HV_A_FAULT_CODE, min_t(u8, fault->nr_code, HV_FAULT_CODE), fault->code) ||
	    nla_put(skb, HV_A_FAULT_REGS, sizeof(fault->regs), fault->regs))
		return -EMSGSIZE;
	return hvk_fault_has_address(cell) ? nla_put_u64_64bit(skb, HV_A_FAULT_GPA, fault->gpa, HV_A_FAULT_PAD) : 0;
}

int hvk_nl_put_fault(struct sk_buff *skb, const struct hvk_cell *cell, bool with_record)
{
	struct nlattr *nest = nla_nest_start(skb, HV_A_CELL_FAULT);

	if (!nest || nla_put_u32(skb, HV_A_FAULT_CPU, hvk_fault_cpu(cell)) ||
	    nla_put_string(skb, HV_A_FAULT_REASON, hvk_fault_reason(cell)) || (with_record && put_record(skb, cell)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
