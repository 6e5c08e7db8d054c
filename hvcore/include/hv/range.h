/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ranges. Of addresses: [start, end). Of ports and registers, which go up to the last number there is: both ends
 * included. No operation computes anything that can overflow. struct hv_range of hvabi/launch.h is a layout only.
 */
#ifndef HV_RANGE_H
#define HV_RANGE_H

#include <hv/err.h>
#include <hv/types.h>

/*
 * hv_gpa_range_make(start, size, &range)	-EINVAL, and nothing written, if it is empty or its end does not fit
 * hv_gpa_range_size(range)			0 if it is empty or the wrong way round
 * hv_gpa_range_contains(range, address)
 * hv_gpa_range_encloses(range, inner)		an empty range encloses nothing and is enclosed by nothing
 * hv_gpa_range_overlaps(a, b)
 * hv_gpa_range_touches(a, b)			one begins where the other ends
 * hv_gpa_range_intersect(a, b, &both)		false, and nothing written, if they do not overlap
 *
 * and the same for hv_hpa_range.
 */
#define HV_ADDRESS_RANGE(kind)                                                                                         \
	struct hv_##kind##_range {                                                                                     \
		hv_##kind##_t start;                                                                                   \
		hv_##kind##_t end;                                                                                     \
	};                                                                                                             \
	static inline int __must_check hv_##kind##_range_make(hv_##kind##_t start, u64 size,                           \
							      struct hv_##kind##_range *range)                         \
	{                                                                                                              \
		if (!size || size > ~0ULL - hv_##kind##_raw(start))                                                    \
			return -EINVAL;                                                                                \
		range->start = start;                                                                                  \
		range->end = hv_##kind(hv_##kind##_raw(start) + size);                                                 \
		return 0;                                                                                              \
	}                                                                                                              \
	static inline u64 hv_##kind##_range_size(struct hv_##kind##_range r)                                           \
	{                                                                                                              \
		u64 start = hv_##kind##_raw(r.start), end = hv_##kind##_raw(r.end);                                    \
                                                                                                                       \
		return start < end ? end - start : 0;                                                                  \
	}                                                                                                              \
	static inline bool hv_##kind##_range_contains(struct hv_##kind##_range r, hv_##kind##_t at)                    \
	{                                                                                                              \
		return hv_##kind##_raw(r.start) <= hv_##kind##_raw(at) &&                                              \
		       hv_##kind##_raw(at) < hv_##kind##_raw(r.end);                                                   \
	}                                                                                                              \
	static inline bool hv_##kind##_range_encloses(struct hv_##kind##_range r, struct hv_##kind##_range inner)      \
	{                                                                                                              \
		return hv_##kind##_range_contains(r, inner.start) && hv_##kind##_range_size(inner) &&                  \
		       hv_##kind##_raw(inner.end) <= hv_##kind##_raw(r.end);                                           \
	}                                                                                                              \
	static inline bool hv_##kind##_range_intersect(struct hv_##kind##_range a, struct hv_##kind##_range b,         \
						       struct hv_##kind##_range *both)                                 \
	{                                                                                                              \
		if (hv_##kind##_raw(a.start) < hv_##kind##_raw(b.start))                                               \
			a.start = b.start;                                                                             \
		if (hv_##kind##_raw(a.end) > hv_##kind##_raw(b.end))                                                   \
			a.end = b.end;                                                                                 \
		if (!hv_##kind##_range_size(a))                                                                        \
			return false;                                                                                  \
		*both = a;                                                                                             \
		return true;                                                                                           \
	}                                                                                                              \
	static inline bool hv_##kind##_range_overlaps(struct hv_##kind##_range a, struct hv_##kind##_range b)          \
	{                                                                                                              \
		struct hv_##kind##_range both;                                                                         \
                                                                                                                       \
		return hv_##kind##_range_intersect(a, b, &both);                                                       \
	}                                                                                                              \
	static inline bool hv_##kind##_range_touches(struct hv_##kind##_range a, struct hv_##kind##_range b)           \
	{                                                                                                              \
		return hv_##kind##_range_size(a) && hv_##kind##_range_size(b) &&                                       \
		       (a.end == b.start || b.end == a.start);                                                         \
	}

HV_ADDRESS_RANGE(gpa)
HV_ADDRESS_RANGE(hpa)
#undef HV_ADDRESS_RANGE

/*
 * hv_port_range_make(first, last, &range)	-EINVAL, and nothing written, if @first is above @last
 * hv_port_range_count(range)			up to 2^32, so it is a u64; 0 if the range is the wrong way round
 *
 * and contains, encloses, overlaps, touches, intersect as above; the same for hv_msr_range.
 */
#define HV_INCLUSIVE_RANGE(kind, type)                                                                                 \
	struct hv_##kind##_range {                                                                                     \
		type first;                                                                                            \
		type last;                                                                                             \
	};                                                                                                             \
	static inline int __must_check hv_##kind##_range_make(type first, type last, struct hv_##kind##_range *range)  \
	{                                                                                                              \
		if (first > last)                                                                                      \
			return -EINVAL;                                                                                \
		range->first = first;                                                                                  \
		range->last = last;                                                                                    \
		return 0;                                                                                              \
	}                                                                                                              \
	static inline u64 hv_##kind##_range_count(struct hv_##kind##_range r)                                          \
	{                                                                                                              \
		return r.first <= r.last ? (u64)r.last - r.first + 1 : 0;                                              \
	}                                                                                                              \
	static inline bool hv_##kind##_range_contains(struct hv_##kind##_range r, type at)                             \
	{                                                                                                              \
		return r.first <= at && at <= r.last;                                                                  \
	}                                                                                                              \
	static inline bool hv_##kind##_range_encloses(struct hv_##kind##_range r, struct hv_##kind##_range inner)      \
	{                                                                                                              \
		return r.first <= inner.first && inner.first <= inner.last && inner.last <= r.last;                    \
	}                                                                                                              \
	static inline bool hv_##kind##_range_intersect(struct hv_##kind##_range a, struct hv_##kind##_range b,         \
						       struct hv_##kind##_range *both)                                 \
	{                                                                                                              \
		if (a.first < b.first)                                                                                 \
			a.first = b.first;                                                                             \
		if (a.last > b.last)                                                                                   \
			a.last = b.last;                                                                               \
		if (a.first > a.last)                                                                                  \
			return false;                                                                                  \
		*both = a;                                                                                             \
		return true;                                                                                           \
	}                                                                                                              \
	static inline bool hv_##kind##_range_overlaps(struct hv_##kind##_range a, struct hv_##kind##_range b)          \
	{                                                                                                              \
		struct hv_##kind##_range both;                                                                         \
                                                                                                                       \
		return hv_##kind##_range_intersect(a, b, &both);                                                       \
	}                                                                                                              \
	static inline bool hv_##kind##_range_touches(struct hv_##kind##_range a, struct hv_##kind##_range b)           \
	{                                                                                                              \
		return hv_##kind##_range_count(a) && hv_##kind##_range_count(b) &&                                     \
		       ((u64)a.last + 1 == b.first || (u64)b.last + 1 == a.first);                                     \
	}

HV_INCLUSIVE_RANGE(port, u16)
HV_INCLUSIVE_RANGE(msr, u32)
#undef HV_INCLUSIVE_RANGE

/*
 * How ranges are printed, by whatever uses hv/fmt.h:
 *	hv_log(HV_LOG_INFO, "ports " HV_INCLUSIVE_FMT, HV_INCLUSIVE_ARGS(range))
 * gives "ports 0x3f8..=0x3ff"; an address range has no equals sign.
 */
#define HV_INCLUSIVE_FMT "0x%x..=0x%x"
#define HV_INCLUSIVE_ARGS(range) (range).first, (range).last
#define HV_ADDRESSES_FMT "0x%llx..0x%llx"
#define HV_GPA_ARGS(range) hv_gpa_raw((range).start), hv_gpa_raw((range).end)
#define HV_HPA_ARGS(range) hv_hpa_raw((range).start), hv_hpa_raw((range).end)

#endif
