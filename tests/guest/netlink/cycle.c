// SPDX-License-Identifier: GPL-2.0-only
/* Leaves and launches, and everybody who listens hears of it: over netlink, as uevents, and by poll(2) in sysfs. */
#include "nl.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT 10000

struct heard {
	char text[512];
};

/* "hv 4" for a state of the hypervisor, "root 2" for one of a cell. */
static void hear(const struct nlmsghdr *header, void *context)
{
	const struct genlmsghdr *genl = NLMSG_DATA(header);
	const struct nlattr *name = message_attr(header, HV_A_CELL_NAME), *state;
	struct heard *heard = context;
	size_t at = strlen(heard->text);

	if (genl->cmd == HV_CMD_HV_NTF) {
		state = message_attr(header, HV_A_HV_STATE);
		snprintf(heard->text + at, sizeof(heard->text) - at, "hv %u, ", state ? attr_u32(state) : 99);
	} else {
		state = message_attr(header, HV_A_CELL_STATE);
		snprintf(heard->text + at, sizeof(heard->text) - at, "%s %u, ",
			 name ? (const char *)attr_data(name) : "?", state ? attr_u32(state) : 99);
	}
}

static void expect_events(struct nl *nl, const char *wanted)
{
	struct heard heard = { "" };

	while (strlen(heard.text) < strlen(wanted) && nl_receive(nl, WAIT, hear, &heard))
		;
	expect(!strcmp(heard.text, wanted), "events: %s(wanted %s)", heard.text, wanted);
}

static int uevents(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	if (fd < 0 || bind(fd, (void *)&address, sizeof(address)))
		die(EXIT_TROUBLE, "netlink: no uevents: %s", strerror(errno));
	return fd;
}

static bool has_line(const char *text, ssize_t length, const char *line)
{
	const char *end = text + length;

	for (; text < end; text += strlen(text) + 1)
		if (!strcmp(text, line))
			return true;
	return false;
}

static void expect_uevent(int fd, const char *line)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char text[4096];
	ssize_t length;

	while (poll(&wait, 1, WAIT) == 1) {
		length = recv(fd, text, sizeof(text) - 1, 0);
		if (length <= 0)
			break;
		text[length] = 0;
		if (has_line(text, length, line)) {
			expect(has_line(text, length, "ACTION=change"), "uevent %s", line);
			return;
		}
	}
	expect(false, "uevent %s", line);
}

static int state_file(void)
{
	char text[32];
	int fd = open("/sys/class/hv/hv0/state", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text)) <= 0)
		die(EXIT_TROUBLE, "netlink: no state in sysfs");
	return fd;
}

static void expect_poll(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLPRI };
	char text[32];

	expect(poll(&wait, 1, WAIT) == 1 && wait.revents & POLLPRI, "poll of hv0/state");
	if (pread(fd, text, sizeof(text), 0) <= 0)
		die(EXIT_TROUBLE, "netlink: no state in sysfs");
}

static void turn(struct nl *nl, struct nl *ears, int kobjects, int file)
{
	struct answer answer;

	want_done(nl, "hv-disable");
	want_state(nl, HV_STATE_OFF);
	expect_events(ears, "hv 4, root 5, hv 0, ");
	expect_uevent(kobjects, "HV_STATE=leaving");
	expect_uevent(kobjects, "HV_STATE=off");
	expect_poll(file);
	expect(!ask(nl, "cell-get!", &answer, NULL, NULL) && !answer.count, "no cells then");
	want_done(nl, "hv-enable");
	want_state(nl, HV_STATE_ACTIVE);
	expect_events(ears, "hv 1, hv 2, hv 3, root 2, ");
	expect_uevent(kobjects, "HV_STATE=active");
	expect_poll(file);
}

/* Begins and ends launched. */
int cycle(unsigned int rounds)
{
	int kobjects = uevents(), file = state_file();
	struct nl nl, ears;

	if (!expect(!nl_open(&nl) && !nl_open(&ears), "there is a family"))
		return 1;
	nl_listen(&ears);
	while (rounds-- && !failures)
		turn(&nl, &ears, kobjects, file);
	nl_close(&ears);
	nl_close(&nl);
	close(kobjects);
	close(file);
	return failures != 0;
}
