/* SPDX-License-Identifier: GPL-2.0-only */
/* Talks to the module over a bare netlink socket, without a library that could put things right on the way. */
#ifndef NETLINK_NL_H
#define NETLINK_NL_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <string.h>

#include "../../../kmod/uapi/hv.h"
#include "guest.h"

#define MESSAGE_MAX 65536

struct nl {
	int fd;
	uint16_t family;
	uint32_t group;		/* of events */
	uint32_t seq;
};

/* One message on its way to the kernel. */
struct message {
	union {
		struct nlmsghdr header;
		uint8_t bytes[MESSAGE_MAX];
	};
};

/* What came back. */
struct answer {
	int err;		/* a positive error number, 0 if it was done */
	char text[256];		/* the sentence */
	unsigned int offset;	/* of the attribute to blame, in the request; 0 if none was named */
	unsigned int missing;	/* type of the attribute that is not there, or 0 */
	unsigned int count;	/* messages other than the acknowledgement */
};

typedef void handler(const struct nlmsghdr *header, void *context);

/* nl.c */
int nl_open(struct nl *nl);	/* 0 or an error number; ENOENT: there is no such family here */
int nl_resolve(struct nl *nl);
void nl_close(struct nl *nl);
void nl_listen(struct nl *nl);
bool nl_receive(struct nl *nl, int milliseconds, handler *handle, void *context);
void take_ack(const struct nlmsghdr *header, struct answer *answer);
void nl_talk(struct nl *nl, struct message *message, struct answer *answer, handler *handle, void *context);

void message_begin(struct message *message, uint16_t type, uint8_t cmd, uint16_t flags);
void *message_put(struct message *message, uint16_t type, const void *data, size_t size);
size_t message_nest(struct message *message, uint16_t type);
void message_nest_end(struct message *message, size_t nest);

const struct nlattr *attr_find(const struct nlattr *first, size_t bytes, int type);
const struct nlattr *attr_next(const struct nlattr *attr, size_t *bytes);
uint32_t attr_u32(const struct nlattr *attr);
uint64_t attr_u64(const struct nlattr *attr);
#define attr_data(attr) ((const void *)((const uint8_t *)(attr) + NLA_HDRLEN))
#define attr_type(attr) ((attr)->nla_type & NLA_TYPE_MASK)

const struct nlattr *message_attrs(const struct nlmsghdr *header, size_t *bytes);
const struct nlattr *message_attr(const struct nlmsghdr *header, int type);

/* words.c: requests in words, "cell-create name=a cpu=1 region{gpa=0 size=4096}"; an exclamation mark makes a dump */
enum kind { END, U16, U32, U64, TEXT, FLAG, BYTES, NEST };

struct word {
	const char *name;
	uint16_t type;
	enum kind kind;
	const struct word *inside;
};

struct verb {
	const char *name;
	uint8_t cmd;
	const struct word *words;
	uint64_t takes;		/* types of the attributes that it takes, by bit */
};

extern const struct verb verbs[];
extern const unsigned int verb_count;
void message_from_words(struct nl *nl, struct message *message, const char *text);
int ask(struct nl *nl, const char *text, struct answer *answer, handler *handle, void *context);
unsigned int blamed_type(const struct message *message, const struct answer *answer);

/* checks: each says what it found, and counts */
extern unsigned int failures;
__attribute__((format(printf, 2, 3))) bool expect(bool good, const char *format, ...);
int hv_state(struct nl *nl);
void want_state(struct nl *nl, int state);
void want_done(struct nl *nl, const char *request);

/* stage.c: what refusals need around them. Files that images may not be, or may be, have these numbers. */
#define FD_NONE "1000"
#define FD_HALTED "100"		/* a program that halts for ever */
#define FD_ASTRAY "101"		/* one that jumps to where the cell has no memory */
#define FD_PIPE "102"
#define FD_DEVICE "103"
#define FD_FOLDER "104"
#define FD_PATH "105"		/* not opened, but named */
#define FD_WRITE_ONLY "106"
#define FD_MADE_UP "108"		/* made when it is read */

void open_files(void);
void set_cpu1(const char *online);
void hold_cpus(void);		/* all of them, so that none can go offline */
void let_cpus_go(void);

int look(void);
int refusals(void);
int cycle(unsigned int rounds);
int permissions(void);
int fuzz(uint64_t seed, unsigned int count);
int race(unsigned int processes, unsigned int rounds);
int killing(unsigned int rounds);
int lives(unsigned int rounds, unsigned int cpu);

#endif
