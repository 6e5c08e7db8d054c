/* SPDX-License-Identifier: GPL-2.0-only */
/* Page-state changes: how frames change hands, and the seam behind which hardware keeps account of it. */
#ifndef HV_PSC_H
#define HV_PSC_H

#include <hv/err.h>
#include <hv/owner.h>
#include <hv/pool.h>
#include <hv/types.h>
#include <hvabi/psc.h>

/*
 * The back ends. Native is the owner map: it is asked on every machine, and is all there is on most. Another one would
 * stand for a reverse map of the hardware's, as SEV-SNP's, that is asked in addition. Tests define a list with one of
 * their own. @x and @y are handed through.
 */
#ifndef HV_PSC_BACKENDS
#define HV_PSC_BACKENDS(_, x, y) _(native, x, y)
#endif

#define HV_PSC_BACKEND_ENUM(backend, x, y) HV_PSC_BACKEND_##backend,
enum hv_psc_backend { HV_PSC_BACKENDS(HV_PSC_BACKEND_ENUM, , ) HV_PSC_BACKEND_COUNT };

/* What a validation said. */
#define HV_PSC_VALID_OK 0
#define HV_PSC_VALID_BAD_INPUT 1
#define HV_PSC_VALID_SIZE_MISMATCH 6
#define HV_PSC_VALID_CARRY 0x100	/* or'ed in: the frame is in that state already */

/* What ask leaves in @result if it is never written. */
#define HV_PSC_NO_RESULT (~0ULL)

/*
 * Lock: who calls holds owners->lock. @own is memory of the hypervisor's alone, @sent is what a back end sees and may
 * be memory that others write. The counters only grow.
 */
struct hv_psc_machine {
	u32 backend;		/* enum hv_psc_backend, fixed before first use */
	struct hv_owner_map *owners;
	struct hv_psc *own;
	struct hv_psc *sent;
	u64 lost;		/* frames whose state is not known, since undoing failed */
	u64 carries;		/* validations that found a frame validated already, or not */
	u64 fallbacks;		/* 2 MiB entries that went by 4 KiB */
};

/* back end, return type, name, parameters, arguments, what it does */
#define HV_PSC_OPS(_, b)                                                                                              \
	_(b, void, ask, (struct hv_psc_machine * m, struct hv_psc * request, u16 who, u64 *result),                   \
	  (m, request, who, result),                                                                                  \
	  "perform from request->cur_entry on, leave there how far it came, and 0 or an error number in result")      \
	_(b, u32, validate, (struct hv_psc_machine * m, u16 who, u64 frame, u64 size, bool on),                       \
	  (m, who, frame, size, on), "accept a frame as private, or give that up: HV_PSC_VALID_*")

#define HV_PSC_OP_DECLARE(backend, type, name, params, args, text) type hv_psc_##backend##_##name params;
#define HV_PSC_BACKEND_DECLARE(backend, x, y) HV_PSC_OPS(HV_PSC_OP_DECLARE, backend)
HV_PSC_BACKENDS(HV_PSC_BACKEND_DECLARE, , )

/* Direct calls, chosen by comparing a constant: the image has no indirect branches. */
#define HV_PSC_OP_CASE(backend, name, args)                                                                           \
	case HV_PSC_BACKEND_##backend:                                                                                \
		return hv_psc_##backend##_##name args;
#define HV_PSC_OP_DISPATCH(fallback, type, name, params, args, text)                                                  \
	static inline type hv_psc_##name params                                                                       \
	{                                                                                                             \
		switch (m->backend) {                                                                                 \
			HV_PSC_BACKENDS(HV_PSC_OP_CASE, name, args)                                                   \
		default:                                                                                              \
			return hv_psc_##fallback##_##name args;                                                       \
		}                                                                                                     \
	}
HV_PSC_OPS(HV_PSC_OP_DISPATCH, native)

/** hv_psc_native_undo() - take back what native's ask did for entries @first to @end - 1; cannot fail in a batch */
void hv_psc_native_undo(struct hv_psc_machine *m, const struct hv_psc *list, u16 who, u32 first, u32 end);

/** hv_psc_check() - is @list, from whoever, well-formed? 0 or -EINVAL. It must not change during or after the check. */
int __must_check hv_psc_check(const struct hv_psc *list);

/**
 * hv_psc_change() - frames [start, start + size) become @who's and private, or root's again
 * @who: the hypervisor, a cell, or a set: the side that is not root
 * @op: HV_PSC_PRIVATE, HV_PSC_SHARED
 *
 * The side that has the frames has unmapped and flushed them before; memory of a cell is scrubbed before root gets it.
 *
 * Return: 0; -EINVAL; -EBUSY if a frame is not its owner's; -ENOMEM; -EEXIST if a frame turned out to be validated
 * already; -EIO if the back end does not do as it should. What fails changes nothing, unless the back end prevents
 * that: then m->lost has grown and the frames must not be used by anybody.
 */
int __must_check hv_psc_change(struct hv_psc_machine *m, u16 who, hv_hpa_t start, u64 size, unsigned int op);

/**
 * hv_psc_donate() - carry out a list of root's, by which it gives frames away
 * @list: a copy that nobody else can write; on success cur_entry is behind the last entry
 *
 * The caller has called hv_psc_check(), then taken the frames out of root's map and flushed. Root can only give:
 * lists that say "shared" are refused. All or nothing; returns as hv_psc_change().
 */
int __must_check hv_psc_donate(struct hv_psc_machine *m, u16 who, struct hv_psc *list);

/* A range of the hypervisor's: frames [start, start + size), in which the pool begins at offset @pool. */
struct hv_psc_claim {
	hv_hpa_t start;
	u64 size;
	u64 pool;
	u8 *base;		/* where the range is mapped */
};

/**
 * hv_psc_claim_pool() - make a range the hypervisor's, then set its pool up
 *
 * In this order: before, nothing of the pool's memory is touched, its metadata included. The owner map's built-in
 * pieces make this possible. Afterwards the owner map takes its memory from @pool. Returns as hv_psc_change().
 */
int __must_check hv_psc_claim_pool(struct hv_psc_machine *m, struct hv_pool *pool, const struct hv_psc_claim *claim);

#endif
