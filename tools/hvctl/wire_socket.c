// SPDX-License-Identifier: GPL-2.0-only
/* The wire to a real kernel: a generic netlink socket that answers refusals with a sentence. */
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/netlink.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "wire.h"

struct wire {
	struct nl_sock *socket;
};

/* libnl has numbers of its own, and leaves the kernel's in errno. */
static int error_of(int nl)
{
	int saved = errno;

	if (nl >= 0)
		return nl;
	if (nl == -NLE_AGAIN)
		return -EAGAIN;
	if (nl == -NLE_PERM)
		return -EPERM;
	return saved ? -saved : -EIO;
}

static int set_option(struct nl_sock *socket, int option)
{
	int on = 1;

	return setsockopt(nl_socket_get_fd(socket), SOL_NETLINK, option, &on, sizeof(on));
}

struct wire *wire_open(void)
{
	struct wire *wire = calloc(1, sizeof(*wire));

	if (!wire)
		return NULL;
	wire->socket = nl_socket_alloc();
	if (!wire->socket)
		goto err_free;
	if (nl_connect(wire->socket, NETLINK_GENERIC))
		goto err_socket;
	nl_socket_disable_auto_ack(wire->socket);
	/* a kernel without these gives error numbers only; that is enough to go on */
	(void)set_option(wire->socket, NETLINK_EXT_ACK);
	(void)set_option(wire->socket, NETLINK_CAP_ACK);
	/* the counters of a cell of many CPUs are one long message: its length is looked at before it is read */
	nl_socket_enable_msg_peek(wire->socket);
	(void)nl_socket_set_msg_buf_size(wire->socket, 64 * 1024);
	return wire;

err_socket:
	nl_socket_free(wire->socket);
err_free:
	free(wire);
	return NULL;
}

void wire_close(struct wire *wire)
{
	nl_socket_free(wire->socket);
	free(wire);
}

int wire_send(struct wire *wire, const void *data, size_t size)
{
	errno = 0;
	return error_of(nl_sendto(wire->socket, (void *)data, size));
}

int wire_receive(struct wire *wire, void **data, int timeout_ms)
{
	struct pollfd poller = { .fd = nl_socket_get_fd(wire->socket), .events = POLLIN };
	struct sockaddr_nl from;
	unsigned char *buffer = NULL;
	int got;

	/* a signal is no reason to miss an answer that is on its way */
	do {
		got = poll(&poller, 1, timeout_ms);
	} while (got < 0 && errno == EINTR);
	if (got <= 0)
		return got < 0 ? -errno : 0;
	errno = 0;
	got = nl_recv(wire->socket, &from, &buffer, NULL);
	if (got > 0 && from.nl_pid) {
		/* from another program, not from the kernel */
		free(buffer);
		return 0;
	}
	*data = buffer;
	return error_of(got);
}

int wire_join(struct wire *wire, u32 group)
{
	errno = 0;
	return error_of(nl_socket_add_memberships(wire->socket, (int)group, 0));
}
