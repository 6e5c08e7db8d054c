// SPDX-License-Identifier: GPL-2.0-only
/*
 * A cell's console. Its bytes are asked for by position, so nothing is lost if two look at it; what is typed goes to
 * the cell. The terminal is raw meanwhile, and is given back as it was, whatever ends hvctl.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <uapi/hv.h>

#include "command.h"
#include "console.h"
#include "show.h"

#define ESCAPE 0x1d	/* Ctrl-] */
#define POLL_MS 20
#define RESTART_LOOKS 15	/* so long, by far, a cell that begins anew is seen to have failed */
#define INPUT_BYTES 256

struct console {
	struct genl *genl;
	const char *name;
	enum console_end end;
	u64 position;
	bool has_input;		/* there is somebody who types */
	bool is_raw;
	struct termios saved;
	/* typed, and not yet taken by the cell */
	unsigned char input[INPUT_BYTES];
	size_t nr_input;
};

static volatile sig_atomic_t is_interrupted;

static void interrupt(int signal)
{
	(void)signal;	/* all of them mean the end */
	is_interrupted = 1;
}

static void begin(struct console *console)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = interrupt }, ignore = { .sa_handler = SIG_IGN };
	struct termios raw;
	unsigned int i;

	if (console->end == CONSOLE_NOW)
		return;
	for (i = 0; i < HV_ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
	/* who reads no further is found out by the write that fails, with the terminal still to be given back */
	sigaction(SIGPIPE, &ignore, NULL);
	console->has_input = true;
	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &console->saved))
		return;
	raw = console->saved;
	cfmakeraw(&raw);
	/* what the cell prints is text with plain ends of lines */
	raw.c_oflag |= OPOST | ONLCR;
	console->is_raw = !tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	fprintf(stderr, "(console of %s; Ctrl-] ends it)\n", console->name);
}

static void end(struct console *console)
{
	if (console->is_raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &console->saved);
}

/* Characters back into bytes: the document has one for each. */
static void print_data(const char *utf8)
{
	for (; *utf8; utf8++) {
		if (((unsigned char)*utf8 & 0xe0) == 0xc0 && utf8[1]) {
			putchar((unsigned char)*utf8 << 6 | ((unsigned char)utf8[1] & 0x3f));
			utf8++;
		} else {
			putchar(*utf8);
		}
	}
}

static void show(const json_t *answer)
{
	if (has_option(OPTION_JSON)) {
		show_json(answer);
		return;
	}
	if (json_u64(answer, "lost"))
		fprintf(stderr, "(%llu bytes are lost)\n", json_u64(answer, "lost"));
	print_data(json_text(answer, "data"));
	fflush(stdout);
}

/* *@count: how many characters came. */
static int receive(struct console *console, size_t *count)
{
	json_t *request = json_pack("{s:s, s:I}", "name", console->name, "pos", (json_int_t)console->position);
	json_t *answer;
	int status;

	*count = 0;
	status = genl_do(console->genl, HV_CMD_CONSOLE_READ, request, &answer);
	json_decref(request);
	if (status)
		return status;
	*count = json_string_length(json_object_get(answer, "data"));
	if (*count || json_u64(answer, "lost"))
		show(answer);
	if (json_object_get(answer, "pos"))
		console->position = json_u64(answer, "pos");
	json_decref(answer);
	return ferror(stdout) ? FAILED : DONE;	/* main() says why */
}

/* Sends what was typed; what the cell has no room for is sent again later. */
static int transmit(struct console *console)
{
	char utf8[2 * INPUT_BYTES + 1];
	json_t *request, *answer;
	size_t i, length = 0, taken;
	int status;

	for (i = 0; i < console->nr_input; i++) {
		if (console->input[i] >= 0x80)
			utf8[length++] = (char)(0xc0 | console->input[i] >> 6);
		utf8[length++] = (char)(console->input[i] < 0x80 ? console->input[i] :
								   0x80 | (console->input[i] & 0x3f));
	}
	request = json_pack("{s:s, s:s%}", "name", console->name, "data", utf8, length);
	status = genl_do(console->genl, HV_CMD_CONSOLE_WRITE, request, &answer);
	json_decref(request);
	if (status)
		return status;
	taken = json_u64(answer, "taken") < console->nr_input ? json_u64(answer, "taken") : console->nr_input;
	json_decref(answer);
	console->nr_input -= taken;
	memmove(console->input, console->input + taken, console->nr_input);
	return DONE;
}

/* Waits a moment for what is typed. False: whoever types has had enough. */
static bool type(struct console *console)
{
	bool has_room = console->has_input && console->nr_input < INPUT_BYTES;
	struct pollfd poller = { .fd = has_room ? STDIN_FILENO : -1, .events = POLLIN };
	unsigned char *escape, *to = console->input + console->nr_input;
	ssize_t got;

	if (poll(&poller, 1, POLL_MS) <= 0)
		return !is_interrupted;
	got = read(STDIN_FILENO, to, INPUT_BYTES - console->nr_input);
	if (got <= 0) {
		/* a file that has ended says so at once, for ever */
		console->has_input = false;
		return !is_interrupted;
	}
	escape = console->is_raw ? memchr(to, ESCAPE, (size_t)got) : NULL;
	console->nr_input += (size_t)(escape ? escape - to : got);
	return !escape && !is_interrupted;
}

/*
 * Whether the cell still runs; what it printed last is fetched before this counts. One that begins anew after a fault
 * has failed for a moment only, so it has to be found so again and again.
 */
static int look(struct console *console, unsigned int *looks_over, bool *over, json_t **cell)
{
	json_t *request = json_pack("{s:s}", "name", console->name);
	int status = genl_do(console->genl, HV_CMD_CELL_GET, request, cell);
	bool has_failed;

	json_decref(request);
	if (status)
		return status;
	has_failed = !strcmp(json_text(*cell, "state"), "failed");
	*looks_over = has_failed || !strcmp(json_text(*cell, "state"), "stopped") ? *looks_over + 1 : 0;
	*over = *looks_over >= (has_failed && json_is_true(json_object_get(*cell, "restart")) ? RESTART_LOOKS : 1);
	return DONE;
}

/* How a cell ended that we ran: for people on stderr, for scripts as status. */
static int verdict(const struct console *console, const json_t *cell)
{
	const json_t *fault = json_object_get(cell, "fault"), *code = json_object_get(cell, "code");
	bool has_failed = !strcmp(json_text(cell, "state"), "failed");

	if (has_failed && *json_text(fault, "text"))
		fprintf(stderr, "%s: failed: %s\n", console->name, json_text(fault, "text"));
	else if (has_failed)
		fprintf(stderr, "%s: failed: %s\n", console->name, json_text(fault, "reason"));
	else if (code)
		fprintf(stderr, "%s: shut down with code %llu\n", console->name, json_u64(cell, "code"));
	else
		fprintf(stderr, "%s: was stopped\n", console->name);
	return code && !has_failed && !json_u64(cell, "code") ? DONE : FAILED;
}

/* Until it is over, then with the cell as it was at last; or until whoever types has had enough, or a signal comes. */
static int follow(struct console *console, json_t **cell)
{
	unsigned int looks_over = 0;
	bool over = false;
	size_t count;
	int status;

	for (;;) {
		json_decref(*cell);
		*cell = NULL;
		status = console->end == CONSOLE_STOPPED ? look(console, &looks_over, &over, cell) : DONE;
		if (!status)
			status = receive(console, &count);
		if (!status && console->nr_input)
			status = transmit(console);
		if (status || (over && !count))
			return status;
		if (count ? is_interrupted : !type(console)) {
			/* who leaves does not want to know how it ends, but a script that waits for it does */
			json_decref(*cell);
			*cell = NULL;
			return is_interrupted && console->end == CONSOLE_STOPPED ? FAILED : DONE;
		}
	}
}

int console_attach(struct genl *genl, const char *name, enum console_end until)
{
	struct console console = { .genl = genl, .name = name, .end = until };
	json_t *cell = NULL;
	size_t count;
	int status;

	do {
		status = receive(&console, &count);
	} while (!status && count);
	if (status)
		return genl_refused(genl);
	if (until == CONSOLE_NOW)
		return DONE;
	begin(&console);
	status = follow(&console, &cell);
	end(&console);
	if (!status && cell)
		status = verdict(&console, cell);
	json_decref(cell);
	if (status != REFUSED)
		return status;
	if (genl_refusal(genl)->err != ENOENT)
		return genl_refused(genl);
	/* whom we followed has been destroyed: that is an end, if not one to be proud of for who ran it */
	if (until == CONSOLE_GONE)
		return DONE;
	fprintf(stderr, "%s: was destroyed\n", name);
	return FAILED;
}

int console_run(const struct arguments *arguments)
{
	struct genl *genl = genl_open();
	int status = REFUSED;

	if (genl)
		status = console_attach(genl, arguments->values[0],
					has_option(OPTION_FOLLOW) ? CONSOLE_GONE : CONSOLE_NOW);
	genl_close(genl);
	return status;
}
