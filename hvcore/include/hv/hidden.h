/* SPDX-License-Identifier: GPL-2.0-only */
/* Included before everything else when the image is compiled: all symbols are near, none goes through a table. */
#ifndef HV_HIDDEN_H
#define HV_HIDDEN_H
#pragma GCC visibility push(hidden)
#endif
