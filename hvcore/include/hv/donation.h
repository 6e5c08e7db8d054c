/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that root gives away at run time: for cells, and until they have it, nobody's but the hypervisor's. */
#ifndef HV_DONATION_H
#define HV_DONATION_H

#include <hv/err.h>
#include <hvabi/psc.h>

/**
 * hv_donation_take() - root gives the frames of @list, whose operation is HV_PSC_PRIVATE
 * @list: a copy that nobody else can write
 *
 * They leave root's map, and every CPU has forgotten them, before they change hands. Return: 0; -EINVAL if the list is
 * not well-formed; -EBUSY if a frame is not RAM of root's, or is shared with a cell; -EOPNOTSUPP if frames have a
 * second address; -ENOMEM. What fails changes nothing, but for -EIO: undoing found no memory, so root has lost frames,
 * and hv.psc.lost has grown by as many.
 */
int __must_check hv_donation_take(struct hv_psc *list);

/**
 * hv_donation_return() - root gets them back: any frames that it gave, and no cell has; the operation is HV_PSC_SHARED
 *
 * What is in them is root's own, or was scrubbed when a cell gave them up. Return: 0; -EINVAL; -EBUSY if a frame was
 * not given, or all of them have come back; -ENOMEM: a part may have come back, and the same list can be tried again.
 */
int __must_check hv_donation_return(const struct hv_psc *list);

#endif
