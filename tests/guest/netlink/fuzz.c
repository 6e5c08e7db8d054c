// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random messages: wild ones, with any type, length and nesting, duplicates, strangers, truncated anywhere; and tame
 * ones that have little wrong with them, if anything, and so get further. What must not happen is that the kernel
 * complains or that anything has changed; there is no right answer.
 */
#include "nl.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 16	/* messages in one send */
#define DEPTH 5
#define SENTENCES 96	/* that can be told apart */
#define SMALL 700	/* bytes that a message may have before it gets no more attributes */

#define TAME 24		/* how much less is wrong with a tame message */

static uint64_t state;
static unsigned int tameness;	/* of the message that is made */
static unsigned long answers[256];
static struct {
	char text[256];
	unsigned long count;
} sentences[SENTENCES];
static uint8_t inbox[1 << 18];

static uint64_t draw(void)
{
	return mix(state++);
}

static bool once_in(unsigned int n)
{
	return draw() % n == 0;
}

/* Something that is not as it should be, as often as that in wild messages. */
static bool wrong_in(unsigned int n)
{
	return once_in(n * tameness);
}

/* A number that makes sense, mostly. */
static uint64_t good_number(const struct word *word)
{
	static const struct {
		const char *name;
		uint64_t number;
	} good[] = { { "flags", 7 }, { "size", 4096 }, { "mode", 0 }, { "index", 0x10 }, { "access", 1 }, { "pos", 0 },
		     { "first", 0x2f8 }, { "last", 0x2ff }, { "id", 0 }, { "nr-cpus", 1 }, { "entry-mode", 0 } };
	unsigned int i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!strcmp(word->name, good[i].name) && !once_in(8))
			return good[i].number;
	return word->kind == U64 ? draw() % 8 << 12 : draw() % 4;
}

/* Numbers near those that matter. */
static uint64_t number(const struct word *word)
{
	static const uint64_t corners[] = { 0, 1, 2, 3, 7, 0x47, 64, 0xfff, 0x1000, 0x200000, 1ULL << 31, 1ULL << 32,
					    1ULL << 52, ~0ULL, ~0ULL << 12, 0xffffffff, 1ULL << 63 };

	if (!wrong_in(1))
		return good_number(word);
	switch (draw() % 4) {
	case 0:
		return draw();
	case 1:
		return draw() % 8;
	default:
		return corners[draw() % (sizeof(corners) / sizeof(corners[0]))] + (once_in(4) ? draw() % 3 - 1 : 0);
	}
}

static void put_any(struct message *message, uint16_t type)
{
	uint8_t bytes[64];
	size_t size = draw() % sizeof(bytes), i;

	for (i = 0; i < size; i++)
		bytes[i] = (uint8_t)(once_in(3) ? 0 : draw());
	message_put(message, type, bytes, size);
}

static void put_text(struct message *message, uint16_t type)
{
	static const char *const names[] = { "root", "a", "cell", "", "a name that is too long for any cell", "\xff" };
	const char *name = names[draw() % (wrong_in(1) ? sizeof(names) / sizeof(names[0]) : 2)];

	/* now and then without its end */
	message_put(message, type, name, strlen(name) + !wrong_in(8));
}

static void put_words(struct message *message, const struct word *words, unsigned int depth);

static void put_word(struct message *message, const struct word *words, const struct word *word, unsigned int depth)
{
	static const size_t sizes[] = { [U16] = 2, [U32] = 4, [U64] = 8 };
	uint16_t type = word->type | (wrong_in(50) ? NLA_F_NET_BYTEORDER : 0);
	uint64_t value = number(word);
	size_t nest;

	if (wrong_in(12)) {
		put_any(message, (uint16_t)(once_in(2) ? draw() : type));
	} else if (word->kind == TEXT) {
		put_text(message, type);
	} else if (word->kind == BYTES) {
		put_any(message, type);
	} else if (word->kind == NEST || wrong_in(40)) {
		nest = message_nest(message, type);
		if (depth)
			put_words(message, word->inside && !wrong_in(20) ? word->inside : words, depth - 1);
		message_nest_end(message, nest);
		/* not marked as one */
		if (wrong_in(20))
			message->bytes[nest + 3] &= 0x7f;
	} else {
		message_put(message, type, &value, word->kind == FLAG ? 0 : sizes[word->kind]);
	}
}

/* What is rather left out of tame messages, for most of them are better without. */
static bool is_left_out(const struct word *word)
{
	if (!strcmp(word->name, "cpu") || !strcmp(word->name, "nr-cpus") || !strcmp(word->name, "dry-run"))
		return once_in(2);
	if (word->kind == FLAG || !strcmp(word->name, "phys") || !strcmp(word->name, "entry"))
		return !once_in(8);
	return wrong_in(2);
}

/* In their order, so that what is needed is there; lists have more than one element. */
static void put_in_order(struct message *message, const struct word *words, uint64_t takes, unsigned int depth)
{
	unsigned int times;

	for (; words->name && message->header.nlmsg_len < SMALL; words++) {
		if (!(takes >> words->type & 1) && !wrong_in(4))
			continue;
		if (is_left_out(words))
			continue;
		for (times = words->kind == NEST ? (unsigned int)(draw() % 3) : 1; times; times--)
			put_word(message, words, words, depth);
	}
}

static void put_words(struct message *message, const struct word *words, unsigned int depth)
{
	unsigned int count = 0, i, n = (unsigned int)(draw() % 7);

	if (!wrong_in(2)) {
		/* nests take all that they know, but the stray one */
		put_in_order(message, words, ~(1ULL << 60), depth);
		return;
	}
	while (words[count].name)
		count++;
	for (i = 0; i < n && message->header.nlmsg_len < SMALL; i++)
		put_word(message, words, &words[draw() % count], depth);
}

/* Lengths that lie, bytes that were something else. */
static void damage(struct message *message)
{
	uint32_t fixed = NLMSG_HDRLEN + GENL_HDRLEN, length = message->header.nlmsg_len;

	if (wrong_in(12) && length > fixed)
		message->bytes[fixed + draw() % (length - fixed)] = (uint8_t)draw();
	if (wrong_in(20) && length > fixed)
		message->header.nlmsg_len = NLMSG_HDRLEN + (uint32_t)(draw() % (length - NLMSG_HDRLEN));
	if (wrong_in(40))
		message->bytes[NLMSG_HDRLEN + draw() % GENL_HDRLEN] = (uint8_t)draw();
}

/* All but leaving, which would be obeyed. */
static void generate(struct nl *nl, struct message *message)
{
	const struct verb *verb = &verbs[draw() % verb_count];
	uint16_t flags = NLM_F_ACK;
	uint8_t cmd;

	tameness = once_in(2) ? TAME : 1;
	/* there is most to read in a configuration */
	if (once_in(4))
		verb = &verbs[HV_CMD_CELL_CREATE - 1];
	cmd = wrong_in(30) ? (uint8_t)draw() : verb->cmd;
	if (cmd == HV_CMD_LOG_GET || once_in(10))
		flags = NLM_F_DUMP;
	if (wrong_in(50))
		flags = (uint16_t)draw();
	message_begin(message, nl->family, cmd, flags);
	if (wrong_in(4))
		put_words(message, verbs[draw() % verb_count].words, DEPTH);
	else
		put_in_order(message, verb->words, verb->takes, DEPTH);
	damage(message);
	if (message->bytes[NLMSG_HDRLEN] == HV_CMD_HV_DISABLE)
		message->bytes[NLMSG_HDRLEN] = HV_CMD_CELL_CREATE;
}

static void count_sentence(const char *text)
{
	unsigned int i;

	for (i = 0; i < SENTENCES; i++) {
		if (!sentences[i].count)
			snprintf(sentences[i].text, sizeof(sentences[i].text), "%s", text);
		if (!strncmp(sentences[i].text, text, sizeof(sentences[i].text) - 1)) {
			sentences[i].count++;
			return;
		}
	}
}

static void count_answers(struct nl *nl)
{
	const struct nlmsghdr *header;
	struct answer answer;
	ssize_t left;

	while ((left = recv(nl->fd, inbox, sizeof(inbox), MSG_DONTWAIT)) > 0) {
		for (header = (void *)inbox; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
			if (header->nlmsg_type != NLMSG_ERROR && header->nlmsg_type != NLMSG_DONE)
				continue;
			memset(&answer, 0, sizeof(answer));
			take_ack(header, &answer);
			answers[answer.err & 255]++;
			count_sentence(answer.text);
		}
	}
}

static unsigned int show_answers(void)
{
	unsigned int i;

	for (i = 0; i < 256; i++)
		if (answers[i])
			printf("%lu x %s\n", answers[i], i ? strerror((int)i) : "done");
	for (i = 0; i < SENTENCES && sentences[i].count; i++)
		printf("%lu x \"%s\"\n", sentences[i].count, sentences[i].text);
	return i;
}

int fuzz(uint64_t seed, unsigned int count)
{
	static uint8_t batch[1 << 18];
	static struct message message;
	unsigned int i, sent = 0, different;
	size_t used = 0;
	struct nl nl;

	printf("seed %llu, %u messages\n", (unsigned long long)seed, count);
	state = seed << 32;
	if (!expect(!nl_open(&nl), "there is a family"))
		return 1;
	for (i = 0; i < count; i++) {
		generate(&nl, &message);
		memcpy(batch + used, message.bytes, message.header.nlmsg_len);
		used += NLMSG_ALIGN(message.header.nlmsg_len);
		if (i % BATCH != BATCH - 1 && i != count - 1)
			continue;
		/* ENOBUFS: the answers do not fit, EINTR and others: none of our business */
		sent += send(nl.fd, batch, used, 0) >= 0;
		used = 0;
		count_answers(&nl);
	}
	nl_close(&nl);
	different = show_answers();
	expect(sent >= count / BATCH / 2, "%u batches went out", sent);
	expect(answers[0] && answers[EINVAL] && answers[ERANGE] && answers[ENOENT], "answers of all kinds came back");
	expect(different > 25, "with %u different sentences", different);
	expect(!nl_open(&nl), "the family is still there");
	want_state(&nl, HV_STATE_ACTIVE);
	nl_close(&nl);
	return failures != 0;
}
