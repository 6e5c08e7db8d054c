// SPDX-License-Identifier: GPL-2.0-only
/* The socket, messages and their attributes. */
#include "nl.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static uint8_t inbox[1 << 18];

void message_begin(struct message *message, uint16_t type, uint8_t cmd, uint16_t flags)
{
	struct genlmsghdr genl = { .cmd = cmd, .version = HV_GENL_VERSION };

	memset(&message->header, 0, sizeof(message->header));
	message->header.nlmsg_type = type;
	message->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	message->header.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
	memcpy(message->bytes + NLMSG_HDRLEN, &genl, sizeof(genl));
}

void *message_put(struct message *message, uint16_t type, const void *data, size_t size)
{
	struct nlattr attr = { .nla_type = type, .nla_len = (uint16_t)(NLA_HDRLEN + size) };
	uint8_t *at = message->bytes + message->header.nlmsg_len;

	if (message->header.nlmsg_len + NLA_ALIGN(NLA_HDRLEN + size) > MESSAGE_MAX)
		die(EXIT_TROUBLE, "netlink: a message is too long");
	memset(at, 0, NLA_ALIGN(NLA_HDRLEN + size));
	memcpy(at, &attr, sizeof(attr));
	if (size)
		memcpy(at + NLA_HDRLEN, data, size);
	message->header.nlmsg_len += (uint32_t)NLA_ALIGN(NLA_HDRLEN + size);
	return at;
}

size_t message_nest(struct message *message, uint16_t type)
{
	size_t nest = message->header.nlmsg_len;

	message_put(message, type | NLA_F_NESTED, NULL, 0);
	return nest;
}

void message_nest_end(struct message *message, size_t nest)
{
	uint16_t length = (uint16_t)(message->header.nlmsg_len - nest);

	memcpy(message->bytes + nest + offsetof(struct nlattr, nla_len), &length, sizeof(length));
}

const struct nlattr *attr_next(const struct nlattr *attr, size_t *bytes)
{
	size_t step = NLA_ALIGN(attr->nla_len);

	if (attr->nla_len < NLA_HDRLEN || step >= *bytes)
		return NULL;
	*bytes -= step;
	return *bytes < NLA_HDRLEN ? NULL : (const void *)((const uint8_t *)attr + step);
}

const struct nlattr *attr_find(const struct nlattr *first, size_t bytes, int type)
{
	const struct nlattr *attr = bytes >= NLA_HDRLEN ? first : NULL;

	for (; attr; attr = attr_next(attr, &bytes))
		if (attr_type(attr) == type)
			return attr;
	return NULL;
}

uint32_t attr_u32(const struct nlattr *attr)
{
	uint32_t value = 0;

	memcpy(&value, attr_data(attr), sizeof(value));
	return value;
}

uint64_t attr_u64(const struct nlattr *attr)
{
	uint64_t value = 0;

	memcpy(&value, attr_data(attr), sizeof(value));
	return value;
}

const struct nlattr *message_attrs(const struct nlmsghdr *header, size_t *bytes)
{
	*bytes = header->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	return (const void *)((const uint8_t *)header + NLMSG_HDRLEN + GENL_HDRLEN);
}

const struct nlattr *message_attr(const struct nlmsghdr *header, int type)
{
	size_t bytes;
	const struct nlattr *first = message_attrs(header, &bytes);

	return attr_find(first, bytes, type);
}

int nl_open(struct nl *nl)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int on = 1, room = 1 << 20;

	memset(nl, 0, sizeof(*nl));
	nl->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (nl->fd < 0 || bind(nl->fd, (void *)&address, sizeof(address)))
		die(EXIT_TROUBLE, "netlink: no socket: %s", strerror(errno));
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return nl_resolve(nl);
}

void nl_close(struct nl *nl)
{
	close(nl->fd);
}

static void take_family(const struct nlmsghdr *header, void *context)
{
	const struct nlattr *id = message_attr(header, CTRL_ATTR_FAMILY_ID);
	const struct nlattr *groups = message_attr(header, CTRL_ATTR_MCAST_GROUPS), *group;
	struct nl *nl = context;

	if (id)
		memcpy(&nl->family, attr_data(id), sizeof(nl->family));
	if (!groups)
		return;
	/* the only group is the first in the list */
	group = attr_find(attr_data(groups), groups->nla_len - NLA_HDRLEN, 1);
	if (group)
		group = attr_find(attr_data(group), group->nla_len - NLA_HDRLEN, CTRL_ATTR_MCAST_GRP_ID);
	if (group)
		nl->group = attr_u32(group);
}

int nl_resolve(struct nl *nl)
{
	struct answer answer;
	struct message message;

	message_begin(&message, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	message_put(&message, CTRL_ATTR_FAMILY_NAME, HV_GENL_NAME, sizeof(HV_GENL_NAME));
	nl_talk(nl, &message, &answer, take_family, nl);
	return answer.err;
}

void nl_listen(struct nl *nl)
{
	if (setsockopt(nl->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &nl->group, sizeof(nl->group)))
		die(EXIT_WRONG, "netlink: group %u: %s", nl->group, strerror(errno));
}

/* Of an acknowledgement, or of the end of a dump. */
void take_ack(const struct nlmsghdr *header, struct answer *answer)
{
	size_t fixed = NLMSG_HDRLEN + sizeof(int), bytes;
	const struct nlattr *first, *attr;
	int err;

	memcpy(&err, NLMSG_DATA(header), sizeof(err));
	answer->err = -err;
	if (header->nlmsg_type == NLMSG_ERROR)
		fixed += sizeof(struct nlmsghdr);
	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS) || header->nlmsg_len <= fixed)
		return;
	bytes = header->nlmsg_len - fixed;
	first = (const void *)((const uint8_t *)header + fixed);
	attr = attr_find(first, bytes, NLMSGERR_ATTR_MSG);
	if (attr)
		snprintf(answer->text, sizeof(answer->text), "%.*s", (int)(attr->nla_len - NLA_HDRLEN),
			 (const char *)attr_data(attr));
	attr = attr_find(first, bytes, NLMSGERR_ATTR_OFFS);
	answer->offset = attr ? attr_u32(attr) : 0;
	attr = attr_find(first, bytes, NLMSGERR_ATTR_MISS_TYPE);
	answer->missing = attr ? attr_u32(attr) : 0;
}

/* True if the exchange is over. */
static bool take(const struct nlmsghdr *header, struct nl *nl, struct answer *answer, handler *handle, void *context)
{
	/* an event in between has no number */
	if (header->nlmsg_seq != nl->seq)
		return false;
	if (header->nlmsg_type == NLMSG_ERROR || header->nlmsg_type == NLMSG_DONE) {
		take_ack(header, answer);
		return true;
	}
	answer->count++;
	if (handle)
		handle(header, context);
	return false;
}

void nl_talk(struct nl *nl, struct message *message, struct answer *answer, handler *handle, void *context)
{
	const struct nlmsghdr *header;
	ssize_t left;

	memset(answer, 0, sizeof(*answer));
	message->header.nlmsg_seq = ++nl->seq;
	if (send(nl->fd, message->bytes, message->header.nlmsg_len, 0) < 0) {
		answer->err = errno;
		return;
	}
	for (;;) {
		left = recv(nl->fd, inbox, sizeof(inbox), 0);
		if (left < 0)
			die(EXIT_WRONG, "netlink: nothing comes back: %s", strerror(errno));
		for (header = (void *)inbox; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left))
			if (take(header, nl, answer, handle, context))
				return;
	}
}

bool nl_receive(struct nl *nl, int milliseconds, handler *handle, void *context)
{
	struct pollfd wait = { .fd = nl->fd, .events = POLLIN };
	const struct nlmsghdr *header;
	ssize_t left;

	if (poll(&wait, 1, milliseconds) != 1)
		return false;
	left = recv(nl->fd, inbox, sizeof(inbox), MSG_DONTWAIT);
	if (left <= 0)
		return false;
	for (header = (void *)inbox; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left))
		handle(header, context);
	return true;
}
