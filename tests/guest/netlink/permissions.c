// SPDX-License-Identifier: GPL-2.0-only
/* Who may ask for what. Each case is a child that gives up what it should not have. Begins and ends launched. */
#include "nl.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534
#define SENTENCE "this needs CAP_SYS_ADMIN in the initial user namespace"

static void keep_capabilities(uint64_t kept)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	memset(data, 0, sizeof(data));
	data[0].effective = data[0].permitted = (uint32_t)kept;
	data[1].effective = data[1].permitted = (uint32_t)(kept >> 32);
	if (syscall(SYS_capset, &header, data))
		die(EXIT_TROUBLE, "netlink: capset: %s", strerror(errno));
}

static void become_nobody(void)
{
	if (setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY))
		die(EXIT_TROUBLE, "netlink: setuid: %s", strerror(errno));
}

static void be_root_of_a_namespace(void)
{
	become_nobody();
	/* who has changed its user cannot be traced, and so has no namespaces */
	prctl(PR_SET_DUMPABLE, 1);
	if (unshare(CLONE_NEWUSER))
		die(EXIT_TROUBLE, "netlink: no user namespace: %s", strerror(errno));
}

static void only_net_admin(void)
{
	keep_capabilities(1ULL << CAP_NET_ADMIN);
}

static void only_sys_admin(void)
{
	keep_capabilities(1ULL << CAP_SYS_ADMIN);
}

static void all_but_sys_admin(void)
{
	keep_capabilities(((1ULL << (CAP_LAST_CAP + 1)) - 1) & ~(1ULL << CAP_SYS_ADMIN));
}

static void stay(void)
{
}

/* What is asked for, and the answer; NULL: any sentence, for some of them are the kernel's, which has none. */
struct question {
	const char *request;
	int err;
	const char *sentence;
};

static const struct question may_look[] = {
	{ "hv-get", 0, NULL }, { "cell-get!", 0, NULL }, { "cell-get id=0", 0, NULL }, { "stats-get id=0", 0, NULL },
	{ "log-get!", EPERM, SENTENCE }, { "console-read id=0 pos=0", EPERM, SENTENCE },
	{ "hv-disable", EPERM, NULL }, { "hv-enable", EPERM, NULL },
	{ "cell-create dry-run name=a cpu=1", EPERM, NULL }, { "cell-destroy name=root", EPERM, NULL },
	{ "console-write id=0 data=x", EPERM, NULL }, { NULL, 0, NULL },
};

static const struct question lacks_sys_admin[] = {
	{ "hv-get", 0, NULL }, { "hv-disable", EPERM, SENTENCE }, { "hv-enable", EPERM, SENTENCE },
	{ "cell-create dry-run name=a cpu=1", EPERM, SENTENCE }, { "log-get!", EPERM, SENTENCE }, { NULL, 0, NULL },
};

static const struct question lacks_net_admin[] = {
	{ "hv-get", 0, NULL }, { "log-get!", 0, NULL }, { "console-read id=0 pos=0", EOPNOTSUPP, NULL },
	{ "hv-disable", EPERM, NULL }, { "cell-create dry-run name=a cpu=1", EPERM, NULL }, { NULL, 0, NULL },
};

static const struct question may_all[] = {
	{ "hv-disable", 0, NULL }, { "hv-enable", 0, NULL },
	{ "cell-create dry-run name=a cpu=1 region{gpa=0 size=0x1000 mode=0 flags=7}", 0, NULL },
	{ NULL, 0, NULL },
};

/* The socket may be opened by somebody who has more, or less, than who asks. */
static const struct attempt {
	const char *who;
	void (*before)(void), (*after)(void);
	const struct question *questions;
} attempts[] = {
	{ "nobody", become_nobody, stay, may_look },
	{ "root of a user namespace", be_root_of_a_namespace, stay, may_look },
	{ "nobody with root's socket", stay, become_nobody, may_look },
	{ "CAP_NET_ADMIN alone", only_net_admin, stay, lacks_sys_admin },
	{ "root without CAP_SYS_ADMIN", all_but_sys_admin, stay, lacks_sys_admin },
	{ "CAP_SYS_ADMIN alone", only_sys_admin, stay, lacks_net_admin },
	{ "root", stay, stay, may_all },
};

static int try(const struct attempt *attempt)
{
	const struct question *question;
	struct answer answer;
	struct nl nl;

	attempt->before();
	if (!expect(!nl_open(&nl), "%s finds the family", attempt->who))
		return 1;
	attempt->after();
	for (question = attempt->questions; question->request; question++) {
		ask(&nl, question->request, &answer, NULL, NULL);
		expect(answer.err == question->err &&
			       (!question->sentence || !strcmp(question->sentence, answer.text)),
		       "%s: %s: %s (got %d \"%s\")", attempt->who, question->request,
		       question->err ? strerror(question->err) : "yes", answer.err, answer.text);
	}
	return failures != 0;
}

/* There the family has no name, and its number does not help. */
static int try_network_namespace(uint16_t family)
{
	struct answer answer;
	struct nl nl;

	if (unshare(CLONE_NEWNET))
		die(EXIT_TROUBLE, "netlink: no network namespace: %s", strerror(errno));
	expect(nl_open(&nl) == ENOENT, "another network namespace: no such family");
	nl.family = family;
	expect(ask(&nl, "hv-get", &answer, NULL, NULL) == ENOENT, "another network namespace: nor by its number");
	expect(ask(&nl, "hv-disable", &answer, NULL, NULL) == ENOENT, "another network namespace: nor to leave");
	return failures != 0;
}

static void wait_for(pid_t child)
{
	int status;

	if (child < 0 || waitpid(child, &status, 0) != child || status)
		failures++;
}

int permissions(void)
{
	unsigned int i;
	struct nl nl;
	pid_t child;

	if (!expect(!nl_open(&nl), "there is a family"))
		return 1;
	for (i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		fflush(stdout);
		child = fork();
		if (!child)
			exit(try(&attempts[i]));
		wait_for(child);
		want_state(&nl, HV_STATE_ACTIVE);
	}
	fflush(stdout);
	child = fork();
	if (!child)
		exit(try_network_namespace(nl.family));
	wait_for(child);
	want_state(&nl, HV_STATE_ACTIVE);
	nl_close(&nl);
	return failures != 0;
}
