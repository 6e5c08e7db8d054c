// SPDX-License-Identifier: GPL-2.0-only
/*
 * A wire that plays the kernel's part from a recording, $HVCTL_REPLAY: a JSON array of steps. Each says what has to be
 * asked, as a document of attr.h, and what is answered:
 *
 *	{"ask": "CELL_GET", "dump": true, "with": {}, "answers": [{...}, ...]}
 *	{"ask": "CELL_GET", "dump": true, "torn": true}	it changed while it was read
 *	{"ask": "CELL_CREATE", "with": {...}, "error": 22, "text": "a sentence", "at": "regions[1].gpa"}
 *	{"ask": "HV_GET", "raw": "0800..."}		the bytes of the attributes, right or wrong
 *	{"ask": "CONSOLE_READ", "signal": 3, ...}	before it is answered, hvctl gets a signal
 *	{"ask": "LOG_GET", "dump": true, "gone": true}	the family is not there any more
 *	{"event": "CELL_NTF", "with": {...}}		or {"event": "lost"}
 *	{"event": "gone", "family": 23}			the controller says that a family has gone; ours is 23
 *
 * An image's descriptor is replaced by the bytes that are read from it. Without a recording the module is not loaded.
 * Whatever differs ends the program with status 99.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/genl.h>

#include <attr.h>
#include <wire.h>
#include <uapi/hv.h>

#define FAMILY 0x17
#define GROUP 5
#define MAX_QUEUE 16

struct wire {
	json_t *steps;
	size_t next;
	struct nl_msg *queue[MAX_QUEUE];
	unsigned int head, tail;
	bool is_lost;
};

static void differ(const char *what, json_t *expected, json_t *got)
{
	fprintf(stderr, "replay: %s\n", what);
	if (expected)
		json_dumpf(expected, stderr, JSON_SORT_KEYS);
	fputs("\n", stderr);
	if (got)
		json_dumpf(got, stderr, JSON_SORT_KEYS);
	fputs("\n", stderr);
	_exit(99);
}

struct wire *wire_open(void)
{
	const char *path = getenv("HVCTL_REPLAY");
	struct wire *wire = calloc(1, sizeof(*wire));
	json_error_t error;

	wire->steps = path ? json_load_file(path, 0, &error) : NULL;
	if (path && !wire->steps)
		differ(error.text, NULL, NULL);
	return wire;
}

void wire_close(struct wire *wire)
{
	if (wire->steps && wire->next != json_array_size(wire->steps))
		differ("the rest was not asked for", json_array_get(wire->steps, wire->next), NULL);
	while (wire->head != wire->tail)
		nlmsg_free(wire->queue[wire->head++]);
	json_decref(wire->steps);
	free(wire);
}

static struct nl_msg *add(struct wire *wire, int type, u32 seq, int flags)
{
	struct nl_msg *message = nlmsg_alloc_size(64 * 1024);

	nlmsg_put(message, 0, seq, type, 0, flags);
	wire->queue[wire->tail++] = message;
	return message;
}

static struct nl_msg *add_generic(struct wire *wire, u32 seq, u8 command)
{
	struct genlmsghdr header = { .cmd = command, .version = 1 };
	struct nl_msg *message = add(wire, FAMILY, seq, 0);

	nlmsg_append(message, &header, sizeof(header), NLMSG_ALIGNTO);
	return message;
}

/* The end of a dump has its error, and the sentence. */
static void add_done(struct wire *wire, u32 seq, const json_t *step)
{
	int err = -(int)json_u64(step, "error");
	const char *text = json_text(step, "text");
	int flags = NLM_F_MULTI | (*text ? NLM_F_ACK_TLVS : 0) |
		    (json_is_true(json_object_get(step, "torn")) ? NLM_F_DUMP_INTR : 0);
	struct nl_msg *message = add(wire, NLMSG_DONE, seq, flags);

	nlmsg_append(message, &err, sizeof(err), NLMSG_ALIGNTO);
	if (*text)
		nla_put_string(message, NLMSGERR_ATTR_MSG, text);
}

static u32 offset_of(const struct nlmsghdr *asked, const struct attr_set *set, const char *wanted)
{
	const u32 base = NLMSG_HDRLEN + GENL_HDRLEN;
	char path[ATTR_PATH];
	u32 offset;

	for (offset = 0; base + offset < asked->nlmsg_len; offset += 4)
		if (attrs_name(set, (const char *)asked + base, asked->nlmsg_len - base, offset, path, sizeof(path)) &&
		    !strcmp(path, wanted))
			return base + offset;
	differ("the attribute was not sent", json_string(wanted), NULL);
	return 0;
}

static void add_error(struct wire *wire, const struct nlmsghdr *asked, const json_t *step)
{
	struct nlmsgerr error = { .error = -(int)json_u64(step, "error"), .msg = *asked };
	bool has_more = json_object_get(step, "text") || json_object_get(step, "at");
	struct nl_msg *message = add(wire, NLMSG_ERROR, asked->nlmsg_seq,
				     NLM_F_CAPPED | (has_more ? NLM_F_ACK_TLVS : 0));

	nlmsg_append(message, &error, sizeof(error), NLMSG_ALIGNTO);
	if (json_object_get(step, "text"))
		nla_put_string(message, NLMSGERR_ATTR_MSG, json_text(step, "text"));
	if (json_object_get(step, "at"))
		nla_put_u32(message, NLMSGERR_ATTR_OFFS,
			    offset_of(asked, attrs_of_command(((const struct genlmsghdr *)nlmsg_data(asked))->cmd),
				      json_text(step, "at")));
}

/* Numbers and members of the controller family, as a kernel sends them. */
static void add_family(struct wire *wire, const struct nlmsghdr *asked)
{
	struct genlmsghdr header = { .cmd = CTRL_CMD_NEWFAMILY, .version = 2 };
	struct nl_msg *message;
	struct nlattr *groups, *group;
	json_t *absent = json_pack("{s:i}", "error", ENOENT), *fine = json_object();

	if (wire->steps) {
		message = add(wire, GENL_ID_CTRL, asked->nlmsg_seq, 0);
		nlmsg_append(message, &header, sizeof(header), NLMSG_ALIGNTO);
		nla_put_string(message, CTRL_ATTR_FAMILY_NAME, "hv");
		nla_put_u16(message, CTRL_ATTR_FAMILY_ID, FAMILY);
		groups = nla_nest_start(message, CTRL_ATTR_MCAST_GROUPS);
		group = nla_nest_start(message, 1);
		nla_put_string(message, CTRL_ATTR_MCAST_GRP_NAME, "events");
		nla_put_u32(message, CTRL_ATTR_MCAST_GRP_ID, GROUP);
		nla_nest_end(message, group);
		nla_nest_end(message, groups);
	}
	add_error(wire, asked, wire->steps ? fine : absent);
	json_decref(absent);
	json_decref(fine);
}

static void append_hex(struct nl_msg *message, const char *hex)
{
	unsigned int byte;
	unsigned char *to;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2) {
		/* byte by byte, unaligned: the message is as wrong as it is meant to be */
		to = nlmsg_reserve(message, 1, 0);
		*to = (unsigned char)byte;
	}
}

static void answer(struct wire *wire, const struct nlmsghdr *asked, const json_t *step, u8 command)
{
	json_t *answers = json_object_get(step, "answers"), *document, *absent;
	struct nl_msg *message;
	size_t i;

	if (json_is_true(json_object_get(step, "gone"))) {
		absent = json_pack("{s:i}", "error", ENOENT);
		add_error(wire, asked, absent);
		json_decref(absent);
		return;
	}
	json_array_foreach(answers, i, document) {
		message = add_generic(wire, asked->nlmsg_seq, command);
		if (!attrs_write(attrs_of_command(command), message, document))
			differ("cannot be answered", document, NULL);
	}
	if (json_object_get(step, "raw"))
		append_hex(add_generic(wire, asked->nlmsg_seq, command), json_text(step, "raw"));
	if (asked->nlmsg_flags & NLM_F_DUMP)
		add_done(wire, asked->nlmsg_seq, step);
	else
		add_error(wire, asked, step);
}

static void read_image(json_t *document)
{
	json_t *image = json_object_get(document, "image");
	char bytes[32], text[2 * sizeof(bytes) + 1] = "";
	size_t size = json_u64(image, "size") < sizeof(bytes) ? json_u64(image, "size") : sizeof(bytes);
	ssize_t i, got;

	if (!image)
		return;
	got = pread((int)json_u64(image, "fd"), bytes, size, (off_t)json_u64(image, "offset"));
	for (i = 0; i < got; i++)
		snprintf(text + 2 * i, 3, "%02hhx", bytes[i]);
	json_object_set_new(image, "bytes", json_string(text));
	json_object_del(image, "fd");
}

int wire_send(struct wire *wire, const void *data, size_t size)
{
	const struct nlmsghdr *asked = data;
	const struct genlmsghdr *header = nlmsg_data(asked);
	json_t *step, *got = json_object(), *with, *empty = json_object();

	if (asked->nlmsg_len != size)
		differ("the length of the request is wrong", NULL, NULL);
	if (asked->nlmsg_type == GENL_ID_CTRL) {
		add_family(wire, asked);
	} else {
		attrs_read(attrs_of_command(header->cmd), (const char *)header + GENL_HDRLEN,
			   size - NLMSG_HDRLEN - GENL_HDRLEN, got);
		read_image(got);
		step = json_array_get(wire->steps, wire->next++);
		if (!step || strcmp(json_text(step, "ask"), command_name(header->cmd)))
			differ(command_name(header->cmd), step, got);
		if (!json_is_true(json_object_get(step, "dump")) != !(asked->nlmsg_flags & NLM_F_DUMP))
			differ("a dump, or none", step, got);
		with = json_object_get(step, "with");
		if (!json_equal(with ? with : empty, got))
			differ("asked for something else", with, got);
		if (json_object_get(step, "signal"))
			raise((int)json_u64(step, "signal"));
		answer(wire, asked, step, header->cmd);
	}
	json_decref(got);
	json_decref(empty);
	return (int)size;
}

static void add_gone(struct wire *wire, u16 family)
{
	struct genlmsghdr header = { .cmd = CTRL_CMD_DELFAMILY, .version = 2 };
	struct nl_msg *message = add(wire, GENL_ID_CTRL, 0, 0);

	nlmsg_append(message, &header, sizeof(header), NLMSG_ALIGNTO);
	nla_put_u16(message, CTRL_ATTR_FAMILY_ID, family);
}

/* The next step, if it is an event. */
static bool add_event(struct wire *wire)
{
	json_t *step = json_array_get(wire->steps, wire->next);
	const char *event = json_text(step, "event");
	struct nl_msg *message;
	u8 command = !strcmp(event, "HV_NTF") ? HV_CMD_HV_NTF : HV_CMD_CELL_NTF;

	if (!*event)
		return false;
	wire->next++;
	wire->is_lost = !strcmp(event, "lost");
	if (wire->is_lost)
		return true;
	if (!strcmp(event, "gone")) {
		add_gone(wire, (u16)json_u64(step, "family"));
		return true;
	}
	message = add_generic(wire, 0, command);
	return attrs_write(attrs_of_command(command), message, json_object_get(step, "with"));
}

int wire_receive(struct wire *wire, void **data, int timeout_ms)
{
	struct nlmsghdr *header;

	(void)timeout_ms;	/* a recording has no time */
	if (wire->head == wire->tail && !add_event(wire))
		return -ENODATA;
	if (wire->is_lost) {
		wire->is_lost = false;
		return -ENOBUFS;
	}
	header = nlmsg_hdr(wire->queue[wire->head]);
	*data = malloc(header->nlmsg_len);
	memcpy(*data, header, header->nlmsg_len);
	nlmsg_free(wire->queue[wire->head++]);
	if (wire->head == wire->tail)
		wire->head = wire->tail = 0;
	return (int)((struct nlmsghdr *)*data)->nlmsg_len;
}

int wire_join(struct wire *wire, u32 group)
{
	(void)wire;
	return group == GROUP || group == GENL_ID_CTRL ? 0 : -ENOENT;
}
