// SPDX-License-Identifier: GPL-2.0-only
/* Shows the state of the hypervisor, as far as sysfs tells it. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERSION "0.1.0"
#define CLASS "/sys/class/hv/"

enum { EXIT_OK, EXIT_USAGE };

/* False if there is no such file. */
static bool read_file(const char *name, char *value, size_t size)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), CLASS "%s", name);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (!fgets(value, (int)size, file))
		value[0] = '\0';
	value[strcspn(value, "\n")] = '\0';
	fclose(file);
	return true;
}

static unsigned long long read_number(const char *name)
{
	char value[64];

	return read_file(name, value, sizeof(value)) ? strtoull(value, NULL, 0) : 0;
}

static void print_text(const char *label, const char *name)
{
	char value[256];

	if (read_file(name, value, sizeof(value)))
		printf("%-10s %s\n", label, value);
}

static void print_active(void)
{
	unsigned long long small = read_number("hv0/root_bytes_4k");
	unsigned long long large = read_number("hv0/root_bytes_2m") + read_number("hv0/root_bytes_1g");

	print_text("vendor", "hv0/vendor");
	print_text("CPUs", "cell0/cpus_list");
	printf("%-10s %llu KiB at 0x%llx\n", "memory", read_number("hv0/memory_bytes") >> 10,
	       read_number("hv0/memory_start"));
	printf("%-10s %llu of %llu frames free\n", "pool", read_number("hv0/pool_frames_free"),
	       read_number("hv0/pool_frames"));
	printf("%-10s %llu MiB, %llu KiB of it in 4K pages\n", "root", (small + large) >> 20, small >> 10);
	printf("%-10s %llu\n", "exits", read_number("cell0/stats/exits_total"));
}

static int status(void)
{
	char state[32];

	if (!read_file("hv0/state", state, sizeof(state))) {
		printf("%-10s not loaded\n", "state");
		return EXIT_OK;
	}
	printf("%-10s %s\n", "state", state);
	print_text("version", "hv0/version");
	printf("%-10s %llu KiB, %llu KiB per CPU\n", "image", read_number("hv0/image_bytes") >> 10,
	       read_number("hv0/percpu_bytes") >> 10);
	if (!strcmp(state, "active"))
		print_active();
	return EXIT_OK;
}

static int version(void)
{
	puts("hvctl " VERSION);
	return EXIT_OK;
}

static int help(void);

static const struct command {
	const char *name, *text;
	int (*run)(void);
} commands[] = {
	{ "status", "state, CPUs and memory of the hypervisor", status },
	{ "version", "version of this tool; also -V and --version", version },
	{ "help", "this list; also -h and --help", help },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int help(void)
{
	size_t i;

	puts("usage: hvctl COMMAND\n");
	for (i = 0; i < NR_COMMANDS; i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].text);
	return EXIT_OK;
}

/* Prefixes of words work, as long as they mean one command. */
static const struct command *find(const char *word)
{
	const struct command *found = NULL;
	size_t i;

	if (!strcmp(word, "-V") || !strcmp(word, "--version"))
		word = "version";
	if (!strcmp(word, "-h") || !strcmp(word, "--help"))
		word = "help";
	for (i = 0; *word && i < NR_COMMANDS; i++) {
		if (strncmp(commands[i].name, word, strlen(word)))
			continue;
		if (found)
			return NULL;
		found = &commands[i];
	}
	return found;
}

int main(int argc, char **argv)
{
	const struct command *command = argc == 2 ? find(argv[1]) : NULL;
	int result;

	if (!command) {
		if (argc > 2)
			fprintf(stderr, "hvctl: '%s' is one word too many; try: hvctl help\n", argv[2]);
		else
			fprintf(stderr, "hvctl: no command '%s'; try: hvctl help\n", argc == 2 ? argv[1] : "");
		return EXIT_USAGE;
	}
	result = command->run();
	if (fflush(stdout)) {
		fprintf(stderr, "hvctl: %s\n", strerror(errno));
		return EXIT_USAGE;
	}
	return result;
}
