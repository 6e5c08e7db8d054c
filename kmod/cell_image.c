// SPDX-License-Identifier: GPL-2.0-only
/*
 * Images on their way into cells: read from a file piece by piece into pages that the hypervisor copies from. Of cells
 * that begin anew after a fault the pieces are kept.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <hvabi/cell.h>
#include <hvabi/hypercall.h>

#include "cell_hooks.h"
#include "hvk.h"
#include "refuse.h"

/* Of a struct hvk_cell's images, in the order in which they were loaded: later ones may lie over earlier ones. */
struct kept {
	struct list_head list;
	u64 gpa;
	size_t size;
	void *data;		/* NULL: zeros */
};

/* What the hypervisor is told, and contiguous pages to copy from, as many as can be had. */
struct transfer {
	struct hv_cell_load *load;
	struct page *pages;
	unsigned int order;
	bool has_begun;		/* the cell's memory is no longer as it was */
};

static u8 *data_of(const struct transfer *transfer)
{
	return page_address(transfer->pages);
}

static size_t room_of(const struct transfer *transfer)
{
	return PAGE_SIZE << transfer->order;
}

static int transfer_init(struct transfer *transfer, u64 size)
{
	unsigned int order = get_order(min_t(u64, size, HV_CELL_LOAD_MAX));

	transfer->has_begun = false;
	transfer->load = kzalloc(sizeof(*transfer->load), GFP_KERNEL);
	if (!transfer->load)
		return -ENOMEM;
	do {
		transfer->order = order;
		transfer->pages = alloc_pages(GFP_KERNEL | __GFP_NOWARN | (order ? __GFP_NORETRY : 0), order);
	} while (!transfer->pages && order--);
	if (transfer->pages)
		return 0;
	kfree(transfer->load);
	return -ENOMEM;
}

static void transfer_fini(struct transfer *transfer)
{
	__free_pages(transfer->pages, transfer->order);
	kfree(transfer->load);
}

/* The first @size bytes of the pages. */
static int send(struct transfer *transfer, const struct hvk_cell *cell, u64 gpa, size_t size)
{
	*transfer->load = (struct hv_cell_load){
		.id = cell->conf.id, .gpa = gpa, .from = page_to_phys(transfer->pages), .size = size,
	};
	transfer->has_begun = true;
	cond_resched();
	return (int)hvk_call(HV_HC_CELL_LOAD, virt_to_phys(transfer->load));
}

static int too_short(struct hvk_refusal *refusal)
{
	return hvk_blame(refusal, HV_A_CELL_IMAGE, -EINVAL, "the file ends before the image does");
}

static int read_file(struct file *file, u64 offset, u8 *to, size_t size, struct hvk_refusal *refusal)
{
	loff_t pos = (loff_t)offset;
	ssize_t got;

	while (size) {
		got = kernel_read(file, to, size, &pos);
		if (got < 0)
			return hvk_blame(refusal, HV_A_CELL_IMAGE, (int)got, "the file cannot be read");
		if (!got)
			return too_short(refusal);
		to += got;
		size -= got;
	}
	return 0;
}

static void forget(struct kept *kept)
{
	list_del(&kept->list);
	kvfree(kept->data);
	kfree(kept);
}

static void forget_all(struct list_head *images)
{
	struct kept *kept, *next;

	list_for_each_entry_safe(kept, next, images, list)
		forget(kept);
}

/* What is loaded once more replaces what was there. */
static void forget_range(struct list_head *images, u64 gpa, u64 size)
{
	struct kept *kept, *next;

	list_for_each_entry_safe(kept, next, images, list)
		if (kept->gpa >= gpa && kept->gpa + kept->size <= gpa + size)
			forget(kept);
}

/* Zeros, of which there are many behind programs, need no copy. */
static int keep(struct list_head *images, u64 gpa, const u8 *data, size_t size)
{
	struct kept *kept = kzalloc(sizeof(*kept), GFP_KERNEL);

	if (!kept)
		return -ENOMEM;
	kept->gpa = gpa;
	kept->size = size;
	if (memchr_inv(data, 0, size)) {
		kept->data = kvmalloc(size, GFP_KERNEL);
		if (!kept->data) {
			kfree(kept);
			return -ENOMEM;
		}
		memcpy(kept->data, data, size);
	}
	list_add_tail(&kept->list, images);
	return 0;
}

static int load_pieces(struct transfer *transfer, const struct hvk_cell *cell, const struct hvk_image *image,
		       struct list_head *images, struct hvk_refusal *refusal)
{
	u64 done;
	size_t piece;
	int err = 0;

	for (done = 0; !err && done < image->size; done += piece) {
		piece = min_t(u64, image->size - done, room_of(transfer));
		err = read_file(image->file, image->offset + done, data_of(transfer), piece, refusal);
		if (err)
			return err;
		if (cell->conf.flags & HV_CONF_RESTART)
			err = keep(images, image->gpa + done, data_of(transfer), piece);
		if (err)
			return hvk_blame(refusal, HV_A_CELL_UNSPEC, err, "out of memory");
		err = fatal_signal_pending(current) ? -EINTR : send(transfer, cell, image->gpa + done, piece);
	}
	return err ? hvk_blame(refusal, HV_A_CELL_IMAGE, err, "the hypervisor does not take the image") : 0;
}

/* Its contents are made when it is read, perhaps by us, who would wait for our own lock. Overlays show such, too. */
static bool is_made_on_reading(const struct file *file)
{
	unsigned long magic = d_real_inode(file->f_path.dentry)->i_sb->s_magic;

	return magic == SYSFS_MAGIC || magic == DEBUGFS_MAGIC || magic == PROC_SUPER_MAGIC;
}

/* Whoever writes into a pipe could keep us, and so everybody else, waiting. */
static int check_file(const struct hvk_image *image, struct hvk_refusal *refusal)
{
	const struct inode *inode = file_inode(image->file);

	if (!S_ISREG(inode->i_mode) || is_made_on_reading(image->file))
		return hvk_blame(refusal, HV_A_CELL_IMAGE, -EINVAL, "an image is read from a regular file");
	if (image->offset + image->size > (u64)i_size_read(inode))
		return too_short(refusal);
	return 0;
}

int hvk_hook_load(struct hvk_cell *cell, const struct hvk_image *image, bool *is_torn, struct hvk_refusal *refusal)
{
	struct transfer transfer;
	LIST_HEAD(images);
	int err;

	*is_torn = false;
	err = check_file(image, refusal);
	if (err)
		return err;
	err = transfer_init(&transfer, image->size);
	if (err)
		return hvk_blame(refusal, HV_A_CELL_UNSPEC, err, "out of memory");
	err = load_pieces(&transfer, cell, image, &images, refusal);
	transfer_fini(&transfer);
	if (err) {
		*is_torn = transfer.has_begun;
		forget_all(&images);
		return err;
	}
	forget_range(&cell->images, image->gpa, image->size);
	list_splice_tail(&images, &cell->images);
	return 0;
}

static int reload(struct transfer *transfer, const struct hvk_cell *cell, const struct kept *kept)
{
	size_t done, piece;
	int err = 0;

	for (done = 0; !err && done < kept->size; done += piece) {
		piece = min(kept->size - done, room_of(transfer));
		if (kept->data)
			memcpy(data_of(transfer), kept->data + done, piece);
		else
			memset(data_of(transfer), 0, piece);
		err = send(transfer, cell, kept->gpa + done, piece);
	}
	return err;
}

int hvk_hook_reload(struct hvk_cell *cell)
{
	struct transfer transfer;
	const struct kept *kept;
	int err;

	err = transfer_init(&transfer, HV_CELL_LOAD_MAX);
	if (err)
		return err;
	list_for_each_entry(kept, &cell->images, list) {
		err = reload(&transfer, cell, kept);
		if (err)
			break;
	}
	transfer_fini(&transfer);
	return err;
}

void hvk_images_forget(struct hvk_cell *cell)
{
	forget_all(&cell->images);
}
