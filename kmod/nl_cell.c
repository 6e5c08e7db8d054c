// SPDX-License-Identifier: GPL-2.0-only
/* Netlink operations that change cells. What they ask for is done in cell.c. */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/slab.h>

#include "hvk.h"
#include "nl.h"

static int create(struct genl_info *info, const struct hv_cellconf *conf)
{
	struct hvk_refusal refusal = {};
	struct hvk_cell *cell;
	struct sk_buff *skb;
	void *header;
	int err;

	skb = hvk_nl_answer(info, GENLMSG_DEFAULT_SIZE, &header);
	if (!skb)
		return hvk_refuse(info->extack, NULL, -ENOMEM, "out of memory");
	err = hvk_cell_create(conf, &refusal, &cell);
	if (err) {
		nlmsg_free(skb);
		return hvk_nl_refuse(info, &refusal, err);
	}
	err = nla_put_string(skb, HV_A_CELL_NAME, conf->name) ?: nla_put_u32(skb, HV_A_CELL_ID, conf->id);
	return hvk_nl_send(info, skb, header, err);
}

int hvk_nl_cell_create(struct sk_buff *request, struct genl_info *info)
{
	struct hv_cellconf *conf = kmalloc(sizeof(*conf), GFP_KERNEL);
	int err;

	if (!conf)
		return hvk_refuse(info->extack, NULL, -ENOMEM, "out of memory");
	err = hvk_nl_config(info, conf);
	if (!err && !info->attrs[HV_A_CELL_DRY_RUN])
		err = create(info, conf);
	kfree(conf);
	return err;
}

/* A cell that can be changed: not the one that we are part of. */
static struct hvk_cell *find(struct genl_info *info)
{
	struct hvk_cell *cell = hvk_nl_find(info);

	if (!IS_ERR(cell) && hvk_cell_is_root(cell))
		return ERR_PTR(hvk_refuse(info->extack, info->attrs[HV_A_CELL_NAME] ?: info->attrs[HV_A_CELL_ID],
					  -EINVAL, "the root cell is this Linux"));
	return cell;
}

static int simply(struct genl_info *info, int (*act)(struct hvk_cell *cell, struct hvk_refusal *refusal))
{
	struct hvk_cell *cell = find(info);
	struct hvk_refusal refusal = {};
	int err;

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	err = act(cell, &refusal);
	return err ? hvk_nl_refuse(info, &refusal, err) : 0;
}

int hvk_nl_cell_start(struct sk_buff *request, struct genl_info *info)
{
	return simply(info, hvk_cell_start);
}

int hvk_nl_cell_stop(struct sk_buff *request, struct genl_info *info)
{
	return simply(info, hvk_cell_stop);
}

int hvk_nl_cell_destroy(struct sk_buff *request, struct genl_info *info)
{
	return simply(info, hvk_cell_destroy);
}

/* Everything of the image but its file. */
static int read_image(struct genl_info *info, struct hvk_image *image, u32 *fd)
{
	const struct nlattr *nest = info->attrs[HV_A_CELL_IMAGE];
	struct nlattr *in[HV_A_IMAGE_MAX + 1];
	int err;

	if (!nest) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, HV_A_CELL_IMAGE);
		return hvk_refuse(info->extack, NULL, -EINVAL, "which image?");
	}
	err = hvk_nl_check_once(nla_data(nest), nla_len(nest), 0, info->extack);
	if (!err)
		err = nla_parse_nested(in, HV_A_IMAGE_MAX, nest, NULL, info->extack);
	if (err)
		return err;
	if (!in[HV_A_IMAGE_FD] || !in[HV_A_IMAGE_SIZE] || !in[HV_A_IMAGE_GPA])
		return hvk_refuse(info->extack, nest, -EINVAL, "an image has a file, a size and an address");
	*fd = nla_get_u32(in[HV_A_IMAGE_FD]);
	image->offset = in[HV_A_IMAGE_OFFSET] ? nla_get_u64(in[HV_A_IMAGE_OFFSET]) : 0;
	image->size = nla_get_u64(in[HV_A_IMAGE_SIZE]);
	image->gpa = nla_get_u64(in[HV_A_IMAGE_GPA]);
	if (image->offset > MAX_LFS_FILESIZE || image->size > MAX_LFS_FILESIZE - image->offset)
		return hvk_refuse(info->extack, in[HV_A_IMAGE_SIZE], -EINVAL, "no file is that long");
	return 0;
}

static int load(struct genl_info *info, struct hvk_cell *cell, const struct hvk_image *image)
{
	struct hvk_refusal refusal = {};
	int err;

	if (!image->file || !(image->file->f_mode & FMODE_READ))
		return hvk_refuse(info->extack, info->attrs[HV_A_CELL_IMAGE], -EBADF,
				  "the file is not open for reading");
	err = hvk_cell_load(cell, image, &refusal);
	return err ? hvk_nl_refuse(info, &refusal, err) : 0;
}

int hvk_nl_cell_load(struct sk_buff *request, struct genl_info *info)
{
	struct hvk_cell *cell = find(info);
	struct hvk_image image;
	u32 fd;
	int err;

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	err = read_image(info, &image, &fd);
	if (err)
		return err;
	image.file = fget(fd);
	err = load(info, cell, &image);
	if (image.file)
		fput(image.file);
	return err;
}
