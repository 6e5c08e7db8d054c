/* SPDX-License-Identifier: GPL-2.0-only */
/* Format of nested page tables. */
#ifndef SVM_NPTFMT_H
#define SVM_NPTFMT_H

#include <hv/pt.h>

extern const struct hv_pt_format svm_npt_format;

#endif
