// SPDX-License-Identifier: GPL-2.0-only
/* Asks the module things over netlink: netlink JOB [ARGUMENT...], see usage() below. */
#include "nl.h"

#include <errno.h>
#include <stdarg.h>

unsigned int failures;

bool expect(bool good, const char *format, ...)
{
	va_list args;

	printf(good ? "ok   " : "FAIL ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	failures += !good;
	return good;
}

static void take_state(const struct nlmsghdr *header, void *context)
{
	const struct nlattr *state = message_attr(header, HV_A_HV_STATE);

	*(int *)context = state ? (int)attr_u32(state) : -1;
}

int hv_state(struct nl *nl)
{
	struct answer answer;
	int state = -1;

	ask(nl, "hv-get", &answer, take_state, &state);
	return state;
}

void want_state(struct nl *nl, int state)
{
	int is = hv_state(nl);

	expect(is == state, "the state is %d (wanted %d)", is, state);
}

void want_done(struct nl *nl, const char *request)
{
	struct answer answer;

	ask(nl, request, &answer, NULL, NULL);
	expect(!answer.err, "%s (got %d \"%s\")", request, answer.err, answer.text);
}

/* For scenarios and people: prints the error and the sentence of one request. */
static int ask_once(const char *request)
{
	struct answer answer;
	struct nl nl;

	if (nl_open(&nl)) {
		printf("no family\n");
		return 1;
	}
	ask(&nl, request, &answer, NULL, NULL);
	printf("%s: %s, %u answers\n", answer.err ? strerrorname_np(answer.err) : "done", answer.text, answer.count);
	return answer.err != 0;
}

static int usage(void)
{
	fputs("netlink ask REQUEST | look | refusals | cycle ROUNDS | permissions | fuzz SEED COUNT |\n"
	      "        race PROCESSES ROUNDS | kill ROUNDS | lives ROUNDS CPU\n", stderr);
	return EXIT_TROUBLE;
}

static unsigned int count(const char *text)
{
	return text ? (unsigned int)strtoul(text, NULL, 0) : 0;
}

int main(int argc, char **argv)
{
	const char *job = argc > 1 ? argv[1] : "", *first = argc > 2 ? argv[2] : NULL;
	const char *second = argc > 3 ? argv[3] : NULL;

	if (!strcmp(job, "ask") && first)
		return ask_once(first);
	if (!strcmp(job, "look"))
		return look();
	if (!strcmp(job, "refusals"))
		return refusals();
	if (!strcmp(job, "permissions"))
		return permissions();
	if (!strcmp(job, "cycle") && first)
		return cycle(count(first));
	if (!strcmp(job, "fuzz") && second)
		return fuzz(strtoull(first, NULL, 0), count(second));
	if (!strcmp(job, "race") && second)
		return race(count(first), count(second));
	if (!strcmp(job, "kill") && first)
		return killing(count(first));
	if (!strcmp(job, "lives") && second)
		return lives(count(first), count(second));
	return usage();
}
