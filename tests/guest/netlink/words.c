// SPDX-License-Identifier: GPL-2.0-only
/* Requests in words, for tables of them and for people. */
#include "nl.h"

#include <ctype.h>

/* An attribute that no operation knows. */
#define STRAY { "stray", 60, U32, NULL }

static const struct word region_words[] = {
	{ "gpa", HV_A_REGION_GPA, U64, NULL }, { "size", HV_A_REGION_SIZE, U64, NULL },
	{ "phys", HV_A_REGION_PHYS, U64, NULL }, { "mode", HV_A_REGION_MODE, U32, NULL },
	{ "flags", HV_A_REGION_FLAGS, U32, NULL }, { "populate", HV_A_REGION_POPULATE, FLAG, NULL },
	{ "lenient", HV_A_REGION_LENIENT, FLAG, NULL }, STRAY, { NULL, 0, END, NULL },
};

static const struct word ports_words[] = {
	{ "first", HV_A_PORTS_FIRST, U16, NULL }, { "last", HV_A_PORTS_LAST, U16, NULL }, { NULL, 0, END, NULL },
};

static const struct word msr_words[] = {
	{ "index", HV_A_MSR_INDEX, U32, NULL }, { "access", HV_A_MSR_ACCESS, U32, NULL }, { NULL, 0, END, NULL },
};

static const struct word image_words[] = {
	{ "fd", HV_A_IMAGE_FD, U32, NULL }, { "offset", HV_A_IMAGE_OFFSET, U64, NULL },
	{ "size", HV_A_IMAGE_SIZE, U64, NULL }, { "gpa", HV_A_IMAGE_GPA, U64, NULL }, { NULL, 0, END, NULL },
};

static const struct word cell_words[] = {
	{ "name", HV_A_CELL_NAME, TEXT, NULL }, { "id", HV_A_CELL_ID, U32, NULL },
	{ "cpu", HV_A_CELL_CPU, U32, NULL }, { "nr-cpus", HV_A_CELL_NR_CPUS, U32, NULL },
	{ "region", HV_A_CELL_REGION, NEST, region_words }, { "ports", HV_A_CELL_PORTS, NEST, ports_words },
	{ "msr", HV_A_CELL_MSR, NEST, msr_words }, { "entry", HV_A_CELL_ENTRY, U64, NULL },
	{ "entry-mode", HV_A_CELL_ENTRY_MODE, U32, NULL }, { "console", HV_A_CELL_CONSOLE, FLAG, NULL },
	{ "restart", HV_A_CELL_RESTART, FLAG, NULL }, { "dry-run", HV_A_CELL_DRY_RUN, FLAG, NULL },
	{ "cmdline", HV_A_CELL_CMDLINE, TEXT, NULL }, { "image", HV_A_CELL_IMAGE, NEST, image_words },
	{ "state", HV_A_CELL_STATE, U32, NULL }, STRAY, { NULL, 0, END, NULL },
};

static const struct word hv_words[] = {
	{ "force", HV_A_HV_FORCE, FLAG, NULL }, { "state", HV_A_HV_STATE, U32, NULL }, STRAY, { NULL, 0, END, NULL },
};

static const struct word log_words[] = {
	{ "seq", HV_A_LOG_SEQ, U64, NULL }, { "text", HV_A_LOG_TEXT, TEXT, NULL }, STRAY, { NULL, 0, END, NULL },
};

static const struct word console_words[] = {
	{ "name", HV_A_CONSOLE_NAME, TEXT, NULL }, { "id", HV_A_CONSOLE_ID, U32, NULL },
	{ "pos", HV_A_CONSOLE_POS, U64, NULL }, { "data", HV_A_CONSOLE_DATA, BYTES, NULL }, STRAY,
	{ NULL, 0, END, NULL },
};

#define BIT(name) (1ULL << HV_A_##name)
#define CELL (BIT(CELL_NAME) | BIT(CELL_ID))
#define CONFIG                                                                                                         \
	(BIT(CELL_NAME) | BIT(CELL_CPU) | BIT(CELL_NR_CPUS) | BIT(CELL_REGION) | BIT(CELL_PORTS) | BIT(CELL_MSR) |     \
	 BIT(CELL_ENTRY) | BIT(CELL_ENTRY_MODE) | BIT(CELL_CONSOLE) | BIT(CELL_RESTART) | BIT(CELL_DRY_RUN) | \
	 BIT(CELL_CMDLINE))
#define CONSOLE (BIT(CONSOLE_NAME) | BIT(CONSOLE_ID))

const struct verb verbs[] = {
	{ "hv-get", HV_CMD_HV_GET, hv_words, 0 },
	{ "hv-enable", HV_CMD_HV_ENABLE, hv_words, 0 },
	{ "hv-disable", HV_CMD_HV_DISABLE, hv_words, BIT(HV_FORCE) },
	{ "cell-get", HV_CMD_CELL_GET, cell_words, CELL },
	{ "cell-create", HV_CMD_CELL_CREATE, cell_words, CONFIG },
	{ "cell-load", HV_CMD_CELL_LOAD, cell_words, CELL | BIT(CELL_IMAGE) },
	{ "cell-start", HV_CMD_CELL_START, cell_words, CELL },
	{ "cell-stop", HV_CMD_CELL_STOP, cell_words, CELL },
	{ "cell-destroy", HV_CMD_CELL_DESTROY, cell_words, CELL },
	{ "stats-get", HV_CMD_STATS_GET, cell_words, CELL },
	{ "log-get", HV_CMD_LOG_GET, log_words, BIT(LOG_SEQ) },
	{ "console-read", HV_CMD_CONSOLE_READ, console_words, CONSOLE | BIT(CONSOLE_POS) },
	{ "console-write", HV_CMD_CONSOLE_WRITE, console_words, CONSOLE | BIT(CONSOLE_DATA) },
};
const unsigned int verb_count = sizeof(verbs) / sizeof(verbs[0]);

static size_t word_length(const char *text)
{
	return strcspn(text, " =!*{}");
}

static const struct word *find_word(const struct word *words, const char *text)
{
	for (; words->name; words++)
		if (strlen(words->name) == word_length(text) && !strncmp(words->name, text, word_length(text)))
			return words;
	die(EXIT_TROUBLE, "netlink: no such word: %s", text);
}

static const char *put_words(struct message *message, const struct word *words, const char *text);

/* Returns what follows the value. */
static const char *put_value(struct message *message, const struct word *word, const char *text)
{
	static const size_t sizes[] = { [U16] = 2, [U32] = 4, [U64] = 8 };
	char value[256];
	uint64_t number;
	size_t nest;

	if (word->kind == NEST) {
		nest = message_nest(message, word->type);
		text = put_words(message, word->inside, text + 1);
		message_nest_end(message, nest);
		return text + 1;
	}
	text += *text == '=';
	snprintf(value, sizeof(value), "%.*s", (int)strcspn(text, " }"), text);
	number = strtoull(value, NULL, 0);
	if (word->kind == TEXT)
		message_put(message, word->type, value, strlen(value) + 1);
	else if (word->kind == BYTES)
		message_put(message, word->type, value, strlen(value));
	else
		message_put(message, word->type, &number, word->kind == FLAG ? 0 : sizes[word->kind]);
	return text + strlen(value);
}

/* Up to the end, or the brace that closes the nest. */
static const char *put_words(struct message *message, const struct word *words, const char *text)
{
	const struct word *word;
	unsigned long times, i;
	const char *after;
	char *end;

	for (text += strspn(text, " "); *text && *text != '}'; text += strspn(text, " ")) {
		word = find_word(words, text);
		text += word_length(text);
		times = 1;
		if (*text == '*') {
			times = strtoul(text + 1, &end, 10);
			text = end;
		}
		for (after = text, i = 0; i < times; i++)
			after = put_value(message, word, text);
		text = after;
	}
	return text;
}

void message_from_words(struct nl *nl, struct message *message, const char *text)
{
	bool dump = text[word_length(text)] == '!';
	unsigned int i;

	for (i = 0; i < verb_count; i++)
		if (strlen(verbs[i].name) == word_length(text) && !strncmp(verbs[i].name, text, word_length(text)))
			break;
	if (i == verb_count)
		die(EXIT_TROUBLE, "netlink: no such operation: %s", text);
	message_begin(message, nl->family, verbs[i].cmd, dump ? NLM_F_DUMP : NLM_F_ACK);
	put_words(message, verbs[i].words, text + word_length(text) + dump);
}

int ask(struct nl *nl, const char *text, struct answer *answer, handler *handle, void *context)
{
	struct message message;

	message_from_words(nl, &message, text);
	nl_talk(nl, &message, answer, handle, context);
	return answer->err;
}

/* Type of the attribute at the offset that the answer names, or 0. */
unsigned int blamed_type(const struct message *message, const struct answer *answer)
{
	struct nlattr attr;

	if (!answer->offset || answer->offset + sizeof(attr) > message->header.nlmsg_len)
		return 0;
	memcpy(&attr, message->bytes + answer->offset, sizeof(attr));
	return attr_type(&attr);
}
