// SPDX-License-Identifier: GPL-2.0-only
/* Watches 1 MiB of its own: canary FILE writes there how often it has looked, and "lost" when it finds a change. */
#include "guest.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define WORDS ((1 << 20) / 8)
#define PAUSE_US 5000

static uint64_t memory[WORDS];

static void tell(int file, const char *text)
{
	if (pwrite(file, text, strlen(text), 0) != (ssize_t)strlen(text))
		die(EXIT_TROUBLE, "canary: the file cannot be written");
}

int main(int argc, char **argv)
{
	uint64_t looks;
	char text[32];
	size_t i;
	int file;

	if (argc != 2)
		die(EXIT_TROUBLE, "usage: canary FILE");
	file = open(argv[1], O_CREAT | O_WRONLY | O_TRUNC, 0644);
	if (file < 0)
		die(EXIT_TROUBLE, "canary: %s cannot be opened", argv[1]);
	for (i = 0; i < WORDS; i++)
		memory[i] = mix(i);
	for (looks = 1;; looks++) {
		for (i = 0; i < WORDS; i++) {
			if (*(volatile uint64_t *)&memory[i] == mix(i))
				continue;
			tell(file, "lost\n");
			die(EXIT_WRONG, "canary: word %zu is %#lx", i, memory[i]);
		}
		snprintf(text, sizeof(text), "%lu\n", looks);
		tell(file, text);
		usleep(PAUSE_US);
	}
}
