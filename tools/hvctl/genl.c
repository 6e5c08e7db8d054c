// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink: builds requests, collects answers, and reads extended acknowledgements. What arrives is measured
 * before it is looked at, though it comes from the kernel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/genl.h>

#include <uapi/hv.h>

#include "genl.h"
#include "hw.h"
#include "wire.h"

#define ANSWER_MS 60000		/* launching and creating take time, on emulators much */
#define DUMP_TRIES 5

struct genl {
	struct wire *wire;
	u16 family;
	u32 events;		/* number of the multicast group, 0 if there is none */
	u32 seq;
	struct refusal refusal;
};

/* One exchange: what was asked, and where its answers go. */
struct exchange {
	struct genl *genl;
	struct nl_msg *message;
	const struct attr_set *set;
	u32 seq;
	bool is_dump;
	bool is_done;
	bool is_torn;		/* what was dumped changed between two of its parts */
	/* called with each answer's attributes; false: it is not what it should be */
	bool (*take)(struct exchange *exchange, const void *data, size_t size);
	json_t *answer;
};

static const char has_gone[] = "the module hv has been unloaded";

static int refuse(struct genl *genl, int err, const char *text)
{
	genl->refusal = (struct refusal){ .err = err };
	snprintf(genl->refusal.text, sizeof(genl->refusal.text), "%s", text);
	return REFUSED;
}

static void clean(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

/* The name of what was asked at an offset of the request. */
static void name_offset(struct exchange *exchange, u32 offset)
{
	struct refusal *refusal = &exchange->genl->refusal;
	const struct nlmsghdr *asked = nlmsg_hdr(exchange->message);
	u32 base = NLMSG_HDRLEN + GENL_HDRLEN;

	if (!exchange->set || offset < base || asked->nlmsg_len < base ||
	    !attrs_name(exchange->set, (const char *)asked + base, asked->nlmsg_len - base, offset - base,
			refusal->attr, sizeof(refusal->attr)))
		refusal->attr[0] = '\0';
}

/* The attributes behind @skip bytes of an acknowledgement: a sentence, and what it is about. */
static void read_extended(struct exchange *exchange, const struct nlmsghdr *header, size_t skip)
{
	struct refusal *refusal = &exchange->genl->refusal;
	size_t payload = (size_t)nlmsg_datalen(header);
	struct nlattr *nla;
	int rest;

	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS) || skip >= payload)
		return;
	nla_for_each_attr(nla, (struct nlattr *)((char *)nlmsg_data(header) + skip), (int)(payload - skip), rest) {
		if (nla_type(nla) == NLMSGERR_ATTR_MSG) {
			snprintf(refusal->text, sizeof(refusal->text), "%.*s", nla_len(nla),
				 (const char *)nla_data(nla));
			clean(refusal->text);
		} else if (nla_type(nla) == NLMSGERR_ATTR_OFFS && nla_len(nla) == sizeof(u32)) {
			name_offset(exchange, nla_get_u32(nla));
		}
	}
}

/* What stands in front of them in an error: the request, or its header only. */
static size_t skip_of_error(const struct nlmsghdr *header)
{
	const struct nlmsgerr *error = nlmsg_data(header);

	if (header->nlmsg_flags & NLM_F_CAPPED || error->msg.nlmsg_len < sizeof(error->msg))
		return sizeof(*error);
	return sizeof(*error) + NLMSG_ALIGN(error->msg.nlmsg_len - sizeof(error->msg));
}

static int take_error(struct exchange *exchange, const struct nlmsghdr *header)
{
	const struct nlmsgerr *error = nlmsg_data(header);

	if (nlmsg_datalen(header) < (int)sizeof(*error))
		return refuse(exchange->genl, EBADMSG, "the kernel's answer is cut off");
	exchange->is_done = true;
	if (!error->error)
		return DONE;
	refuse(exchange->genl, -error->error, "");
	read_extended(exchange, header, skip_of_error(header));
	/* the module has a sentence for what it does not find; without one the kernel did not find the module */
	if (exchange->set && error->error == -ENOENT && !exchange->genl->refusal.text[0])
		refuse(exchange->genl, ENODEV, has_gone);
	return REFUSED;
}

/* The end of a dump bears the error that ended it. */
static int take_done(struct exchange *exchange, const struct nlmsghdr *header)
{
	int err = 0;

	exchange->is_done = true;
	if (nlmsg_datalen(header) >= (int)sizeof(err))
		memcpy(&err, nlmsg_data(header), sizeof(err));
	if (err >= 0)
		return DONE;
	refuse(exchange->genl, -err, "");
	read_extended(exchange, header, NLMSG_ALIGN(sizeof(err)));
	return REFUSED;
}

static int take_answer(struct exchange *exchange, const struct nlmsghdr *header)
{
	int size = nlmsg_datalen(header) - GENL_HDRLEN;

	if (size < 0 || !exchange->take(exchange, (const char *)nlmsg_data(header) + GENL_HDRLEN, (size_t)size))
		return refuse(exchange->genl, EBADMSG,
			      "the kernel's answer makes no sense; are hvctl and module of the same version?");
	return DONE;
}

static int take_datagram(struct exchange *exchange, void *data, int size)
{
	struct nlmsghdr *header = data;
	int status = DONE;

	for (; !status && !exchange->is_done && nlmsg_ok(header, size); header = nlmsg_next(header, &size)) {
		if (header->nlmsg_seq != exchange->seq)
			continue;
		if (header->nlmsg_flags & NLM_F_DUMP_INTR)
			exchange->is_torn = true;
		if (header->nlmsg_type == NLMSG_ERROR)
			status = take_error(exchange, header);
		else if (header->nlmsg_type == NLMSG_DONE)
			status = take_done(exchange, header);
		else if (header->nlmsg_type >= NLMSG_MIN_TYPE)
			status = take_answer(exchange, header);
	}
	return status;
}

static int run(struct exchange *exchange)
{
	struct genl *genl = exchange->genl;
	struct nlmsghdr *header = nlmsg_hdr(exchange->message);
	int status = DONE, got;
	void *data;

	got = wire_send(genl->wire, header, header->nlmsg_len);
	if (got < 0)
		return refuse(genl, -got, "");
	while (!status && !exchange->is_done) {
		got = wire_receive(genl->wire, &data, ANSWER_MS);
		if (got < 0)
			return refuse(genl, -got, "");
		if (!got)
			return refuse(genl, ETIMEDOUT, "the kernel does not answer");
		status = take_datagram(exchange, data, got);
		free(data);
	}
	return status;
}

static bool take_document(struct exchange *exchange, const void *data, size_t size)
{
	json_t *document = exchange->is_dump ? json_object() : exchange->answer;

	if (exchange->is_dump)
		json_array_append_new(exchange->answer, document);
	return attrs_read(exchange->set, data, size, document);
}

static struct nl_msg *new_message(struct genl *genl, u16 family, u8 command, u8 version, int flags)
{
	/* a configuration of 64 regions, 32 ranges of ports and 32 MSRs takes less than 8 KiB */
	struct nl_msg *message = nlmsg_alloc_size(16 * 1024);

	if (message && !genlmsg_put(message, 0, ++genl->seq, family, 0, NLM_F_REQUEST | flags, command, version)) {
		nlmsg_free(message);
		message = NULL;
	}
	return message;
}

static int ask_once(struct exchange *exchange, unsigned int command, json_t *request)
{
	struct genl *genl = exchange->genl;
	int status;

	exchange->answer = NULL;
	exchange->message = new_message(genl, genl->family, (u8)command, HV_GENL_VERSION,
					exchange->is_dump ? NLM_F_DUMP : NLM_F_ACK);
	if (!exchange->message)
		return refuse(genl, ENOMEM, "");
	exchange->seq = genl->seq;
	exchange->is_done = exchange->is_torn = false;
	exchange->answer = exchange->is_dump ? json_array() : json_object();
	if (request && !attrs_write(exchange->set, exchange->message, request))
		status = refuse(genl, EMSGSIZE, "the request does not fit in one message");
	else
		status = run(exchange);
	nlmsg_free(exchange->message);
	return status;
}

/* A dump that was torn may have a cell twice, or not at all; a second one mostly is whole. */
static int ask(struct genl *genl, unsigned int command, json_t *request, json_t **answer, bool is_dump)
{
	struct exchange exchange = { .genl = genl, .set = attrs_of_command(command), .is_dump = is_dump,
				     .take = take_document };
	int status, tries;

	status = ask_once(&exchange, command, request);
	for (tries = 1; !status && exchange.is_torn && tries < DUMP_TRIES; tries++) {
		json_decref(exchange.answer);
		status = ask_once(&exchange, command, request);
	}
	if (!status && exchange.is_torn)
		fail("the list changed whenever it was read; it may lack something, or have it twice");
	if (status || !answer)
		json_decref(exchange.answer);
	else
		*answer = exchange.answer;
	return status;
}

int genl_do(struct genl *genl, unsigned int command, json_t *request, json_t **answer)
{
	return ask(genl, command, request, answer, false);
}

int genl_dump(struct genl *genl, unsigned int command, json_t *request, json_t **answers)
{
	return ask(genl, command, request, answers, true);
}

static void take_groups(struct genl *genl, struct nlattr *groups)
{
	struct nlattr *group, *nla;
	const char *name;
	u32 id;
	int rest, inner;

	nla_for_each_nested(group, groups, rest) {
		name = "";
		id = 0;
		nla_for_each_nested(nla, group, inner) {
			if (nla_type(nla) == CTRL_ATTR_MCAST_GRP_NAME && nla_len(nla) > 0 &&
			    !((char *)nla_data(nla))[nla_len(nla) - 1])
				name = nla_data(nla);
			else if (nla_type(nla) == CTRL_ATTR_MCAST_GRP_ID && nla_len(nla) == sizeof(id))
				id = nla_get_u32(nla);
		}
		if (!strcmp(name, HV_GENL_MCGRP_EVENTS))
			genl->events = id;
	}
}

static bool take_family(struct exchange *exchange, const void *data, size_t size)
{
	struct nlattr *nla;
	int rest;

	nla_for_each_attr(nla, (struct nlattr *)data, (int)size, rest) {
		if (nla_type(nla) == CTRL_ATTR_FAMILY_ID && nla_len(nla) == sizeof(u16))
			exchange->genl->family = nla_get_u16(nla);
		else if (nla_type(nla) == CTRL_ATTR_MCAST_GROUPS)
			take_groups(exchange->genl, nla);
	}
	return exchange->genl->family != 0;
}

/* The family is there for the initial network namespace only; a module can be seen from all of them. */
static int refuse_absent(struct genl *genl)
{
	if (hw_exists("/sys/module/hv"))
		return refuse(genl, ENONET, "the module hv is loaded, but not for this network namespace");
	return refuse(genl, ENOENT, "the module hv is not loaded; load it with 'modprobe hv' or 'insmod hv.ko'");
}

static int find_family(struct genl *genl)
{
	struct exchange exchange = { .genl = genl, .take = take_family };
	int status;

	exchange.message = new_message(genl, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, NLM_F_ACK);
	if (!exchange.message || nla_put_string(exchange.message, CTRL_ATTR_FAMILY_NAME, HV_GENL_NAME)) {
		nlmsg_free(exchange.message);
		return refuse(genl, ENOMEM, "");
	}
	exchange.seq = genl->seq;
	status = run(&exchange);
	nlmsg_free(exchange.message);
	return status && genl->refusal.err == ENOENT ? refuse_absent(genl) : status;
}

struct genl *genl_open(void)
{
	struct genl *genl = calloc(1, sizeof(*genl));
	int err = ENOMEM;

	if (genl)
		genl->wire = wire_open();
	if (!genl) {
		fail("%s", strerror(err));
	} else if (!genl->wire) {
		err = errno;
		fail("cannot open a netlink socket: %s", strerror(err));
		free(genl);
	} else if (!find_family(genl)) {
		return genl;
	} else {
		err = genl->refusal.err;
		genl_refused(genl);
		genl_close(genl);
	}
	errno = err;
	return NULL;
}

void genl_close(struct genl *genl)
{
	if (!genl)
		return;
	wire_close(genl->wire);
	free(genl);
}

int genl_listen(struct genl *genl)
{
	int err;

	if (!genl->events)
		return refuse(genl, ENOENT, "the module sends no events; are hvctl and module of the same version?");
	err = wire_join(genl->wire, genl->events);
	/* the controller tells when a family goes; its group has the number of its own family */
	if (err >= 0)
		err = wire_join(genl->wire, GENL_ID_CTRL);
	return err < 0 ? refuse(genl, -err, "") : DONE;
}

/* Whether the controller says that our family is no longer there. */
static bool is_gone(const struct genl *genl, struct nlmsghdr *header)
{
	const struct genlmsghdr *genlmsg = nlmsg_data(header);
	struct nlattr *id;

	if (header->nlmsg_type != GENL_ID_CTRL || nlmsg_datalen(header) < (int)GENL_HDRLEN ||
	    genlmsg->cmd != CTRL_CMD_DELFAMILY)
		return false;
	id = nlmsg_find_attr(header, GENL_HDRLEN, CTRL_ATTR_FAMILY_ID);
	return id && nla_len(id) == sizeof(u16) && nla_get_u16(id) == genl->family;
}

/* NULL if it is none of ours. */
static json_t *read_event(const struct genl *genl, struct nlmsghdr *header)
{
	const struct genlmsghdr *genlmsg = nlmsg_data(header);
	json_t *event;

	if (header->nlmsg_type != genl->family || nlmsg_datalen(header) < (int)GENL_HDRLEN ||
	    (genlmsg->cmd != HV_CMD_HV_NTF && genlmsg->cmd != HV_CMD_CELL_NTF))
		return NULL;
	event = json_pack("{s:s}", "event", genlmsg->cmd == HV_CMD_HV_NTF ? "hv" : "cell");
	if (attrs_read(attrs_of_command(genlmsg->cmd), (const char *)genlmsg + GENL_HDRLEN,
		       (size_t)nlmsg_datalen(header) - GENL_HDRLEN, event))
		return event;
	json_decref(event);
	return NULL;
}

int genl_event(struct genl *genl, int timeout_ms, json_t **event)
{
	int status = DONE, got;
	struct nlmsghdr *header;
	void *data;

	*event = NULL;
	got = wire_receive(genl->wire, &data, timeout_ms);
	if (got == -ENOBUFS) {
		*event = json_pack("{s:s}", "event", "lost");
		return DONE;
	}
	if (got <= 0)
		return got ? refuse(genl, -got, "") : DONE;
	header = data;
	/* the kernel sends each event in a datagram of its own */
	if (nlmsg_ok(header, got) && is_gone(genl, header))
		status = refuse(genl, ENODEV, has_gone);
	else if (nlmsg_ok(header, got))
		*event = read_event(genl, header);
	free(data);
	return status;
}

const struct refusal *genl_refusal(const struct genl *genl)
{
	return &genl->refusal;
}

const char *refusal_text(const struct refusal *refusal)
{
	if (refusal->text[0])
		return refusal->text;
	if (refusal->err == EPERM)
		return "only root may do that (it needs CAP_NET_ADMIN and CAP_SYS_ADMIN)";
	return strerror(refusal->err);
}

int genl_refused(const struct genl *genl)
{
	const struct refusal *refusal = &genl->refusal;

	/* a sentence says by itself what it is about */
	if (refusal->attr[0] && !refusal->text[0])
		fail("%s (%s)", refusal_text(refusal), refusal->attr);
	else
		fail("%s", refusal_text(refusal));
	return REFUSED;
}
