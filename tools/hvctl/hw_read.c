// SPDX-License-Identifier: GPL-2.0-only
/* Where findings come from: small files, registers, /proc/cpuinfo. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hw.h"
#include "machine.h"

#define PATH_BYTES 512
#define MAX_CPUS 4096

static const char *below_root(const char *path, char full[PATH_BYTES])
{
	snprintf(full, PATH_BYTES, "%s%s", machine_root(), path);
	return full;
}

bool hw_read(const char *path, char *text, size_t size)
{
	char full[PATH_BYTES];
	FILE *file = fopen(below_root(path, full), "r");

	if (!file)
		return false;
	if (!fgets(text, (int)size, file))
		text[0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	fclose(file);
	return true;
}

bool hw_exists(const char *path)
{
	char full[PATH_BYTES];

	return !access(below_root(path, full), F_OK);
}

int hw_count(const char *path)
{
	char full[PATH_BYTES];
	DIR *dir = opendir(below_root(path, full));
	struct dirent *entry;
	int count = 0;

	if (!dir)
		return -1;
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

unsigned int hw_cpus(void)
{
	char path[64];
	unsigned int cpu;

	for (cpu = 0; cpu < MAX_CPUS; cpu++) {
		snprintf(path, sizeof(path), "/dev/cpu/%u/msr", cpu);
		if (!hw_exists(path))
			break;
	}
	return cpu;
}

static bool has_word(const char *line, const char *word)
{
	size_t length = strlen(word);
	const char *at;

	for (at = strstr(line, word); at; at = strstr(at + 1, word))
		if (at[-1] == ' ' && (at[length] == ' ' || at[length] == '\n' || !at[length]))
			return true;
	return false;
}

bool hw_cpuinfo(const char *label, const char *word)
{
	char full[PATH_BYTES], line[8192];
	FILE *file = fopen(below_root("/proc/cpuinfo", full), "r");
	size_t length = strlen(label);
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, label, length) && strchr("\t :", line[length]) && has_word(line, word);
	if (file)
		fclose(file);
	return found;
}
