/* SPDX-License-Identifier: GPL-2.0-only */
/* The one way to the kernel: datagrams of netlink messages. Tests link another one that plays back a recording. */
#ifndef HVCTL_WIRE_H
#define HVCTL_WIRE_H

#include <stddef.h>

#include "hvctl.h"

struct wire;

/* NULL, and errno, if there is none. */
struct wire *wire_open(void);
void wire_close(struct wire *wire);

/* Each returns a negative error number if it fails. */
int wire_send(struct wire *wire, const void *data, size_t size);
/* A datagram in *data, to be freed; its length, or 0 if none came in time. @timeout_ms < 0: waits for ever. */
int wire_receive(struct wire *wire, void **data, int timeout_ms);
int wire_join(struct wire *wire, u32 group);

#endif
