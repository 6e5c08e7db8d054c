// SPDX-License-Identifier: GPL-2.0-only
/* Netlink operations on the hypervisor as a whole: show, launch, leave. */
#include <linux/module.h>

#include "hvk.h"
#include "nl.h"

static bool is_launched(void)
{
	return hvk.state == HV_ACTIVE;
}

static bool has_secure(void)
{
	return hvk.state == HV_ACTIVE && hvk.secure.nr;
}

static bool never(void)
{
	return false;
}

static const struct {
	const char *name;
	bool (*is_on)(void);
	const char *on, *off;
} features[] = {
	{ "hidden-memory", is_launched, "root reads zeros where the hypervisor is, and writes nothing there",
	  "the hypervisor is not launched" },
	{ "secure-memory", has_secure, "the ranges of secure= are withheld from root",
	  "no memory was set aside with secure=" },
	{ "iommu", never, "", "devices are not confined: no IOMMU is programmed" },
	{ "speculation", never, "", "nothing is done against speculation across cells" },
};

static int put_feature(struct sk_buff *skb, unsigned int i)
{
	bool on = features[i].is_on();
	struct nlattr *nest = nla_nest_start(skb, HV_A_HV_FEATURE);

	if (!nest || nla_put_string(skb, HV_A_FEATURE_NAME, features[i].name) ||
	    (on && nla_put_flag(skb, HV_A_FEATURE_ON)) ||
	    nla_put_string(skb, HV_A_FEATURE_TEXT, on ? features[i].on : features[i].off))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_words(struct sk_buff *skb)
{
	unsigned int i;

	if (nla_put_u32(skb, HV_A_HV_STATE, hvk.state) ||
	    nla_put_string(skb, HV_A_HV_VERSION, THIS_MODULE->version) ||
	    nla_put_string(skb, HV_A_HV_VENDOR, hvk.vendor ? hvk_vendor_name() : "none") ||
	    nla_put_u32(skb, HV_A_HV_CPUS, hvk.launch ? hvk.launch->nr_cpus : 0) ||
	    nla_put_u32(skb, HV_A_HV_STOP_US, hvk.stop_us) ||
	    nla_put_u32(skb, HV_A_HV_CALL_US, READ_ONCE(hvk.call_us)))
		return -EMSGSIZE;
	for (i = 0; i < ARRAY_SIZE(features); i++)
		if (put_feature(skb, i))
			return -EMSGSIZE;
	return 0;
}

static int put_sizes(struct sk_buff *skb)
{
	const struct hv_header *image = (const void *)hvk_image;
	const struct {
		int type;
		u64 value;
	} sizes[] = {
		{ HV_A_HV_MEMORY_START, hvk.memory.range.start },
		{ HV_A_HV_MEMORY_BYTES, hvk.memory.range.size },
		{ HV_A_HV_IMAGE_BYTES, image->core_size },
		{ HV_A_HV_POOL_FRAMES, hvk.stats ? READ_ONCE(hvk.stats->pool_frames) : 0 },
		{ HV_A_HV_POOL_FRAMES_FREE, hvk.stats ? READ_ONCE(hvk.stats->pool_frames_free) : 0 },
		{ HV_A_HV_SECURE_BYTES, hvk_secure_bytes(&hvk.secure) },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		if (nla_put_u64_64bit(skb, sizes[i].type, sizes[i].value, HV_A_HV_PAD))
			return -EMSGSIZE;
	return 0;
}

int hvk_nl_hv_get(struct sk_buff *request, struct genl_info *info)
{
	struct sk_buff *skb;
	void *header;

	skb = hvk_nl_answer(info, GENLMSG_DEFAULT_SIZE, &header);
	if (!skb)
		return hvk_refuse(info->extack, NULL, -ENOMEM, "out of memory");
	return hvk_nl_send(info, skb, header, put_words(skb) ?: put_sizes(skb));
}

int hvk_nl_hv_enable(struct sk_buff *request, struct genl_info *info)
{
	int err;

	if (hvk.state == HV_ACTIVE)
		return hvk_refuse(info->extack, NULL, -EALREADY, "the hypervisor is launched already");
	err = hvk_launch();
	return err ? hvk_refuse(info->extack, NULL, err, hvk_sentence(hvk.why)) : 0;
}

int hvk_nl_hv_disable(struct sk_buff *request, struct genl_info *info)
{
	struct hvk_refusal refusal = {};
	int err;

	if (hvk_cells_has_others() && !info->attrs[HV_A_HV_FORCE])
		return hvk_refuse(info->extack, NULL, -EBUSY, "there are other cells; destroy them first, or force it");
	err = hvk_cells_destroy(&refusal);
	if (err)
		return hvk_refuse(info->extack, NULL, err, refusal.why);
	err = hvk_leave();
	return err ? hvk_refuse(info->extack, NULL, err, hvk_sentence(hvk.why)) : 0;
}
