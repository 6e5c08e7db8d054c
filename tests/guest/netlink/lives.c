// SPDX-License-Identifier: GPL-2.0-only
/* Whole lives of a small cell, one after the other: each runs a program that says which life it is. */
#include "nl.h"

#include <errno.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define CODE_BYTES 18
#define FLAGS 0x47	/* rwx and loadable */
#define PATIENCE 10000	/* looks, a millisecond apart at least */

enum step { CREATE, LOAD, START, STOP, DESTROY, STEPS };
static const char *const step_names[STEPS] = { "create", "load", "start", "stop", "destroy" };

struct life {
	struct nl nl;
	int fd;
	unsigned int cpu, number;
	uint64_t longest_us[STEPS];
};

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* In real mode: HV_GC_YIELD with the number of this life, then halted for ever. */
static bool write_program(const struct life *life)
{
	uint8_t code[CODE_BYTES] = { 0x66, 0xb8, 0x03, 0x01, 0, 0, 0x66, 0xbf, 0, 0, 0, 0, 0x0f, 0x01, 0xd9,
				     0xf4, 0xeb, 0xfd };
	struct cpuid vendor = cpuid(0, 0);

	memcpy(code + 8, &life->number, sizeof(life->number));
	if (vendor.ebx == 0x756e6547) /* "Genu", who has VMCALL */
		code[14] = 0xc1;
	return pwrite(life->fd, code, sizeof(code), 0) == sizeof(code);
}

static void take_word(const struct nlmsghdr *header, void *context)
{
	const struct nlattr *words = message_attr(header, HV_A_CELL_WORDS);
	const struct nlattr *word = message_attr(header, HV_A_CELL_WORD);

	*(uint64_t *)context = words && attr_u64(words) == 1 && word ? attr_u64(word) : 0;
}

static bool has_spoken(struct life *life)
{
	struct timespec pause = { .tv_nsec = 1000000 };
	struct answer answer;
	uint64_t word = 0;
	unsigned int i;

	for (i = 0; i < PATIENCE && word != life->number; i++) {
		if (ask(&life->nl, "cell-get name=life", &answer, take_word, &word))
			return false;
		nanosleep(&pause, NULL);
	}
	return word == life->number;
}

static bool step(struct life *life, enum step step)
{
	char request[256];
	struct answer answer;
	uint64_t begin, us;

	snprintf(request, sizeof(request), "cell-%s name=life", step_names[step]);
	if (step == CREATE)
		snprintf(request, sizeof(request),
			 "cell-create name=life cpu=%u entry=0 entry-mode=0 region{gpa=0 size=0x8000 mode=0 flags=%u}",
			 life->cpu, FLAGS);
	else if (step == LOAD)
		snprintf(request, sizeof(request), "cell-load name=life image{fd=%d size=%d gpa=0}", life->fd,
			 CODE_BYTES);
	begin = now_us();
	ask(&life->nl, request, &answer, NULL, NULL);
	us = now_us() - begin;
	if (us > life->longest_us[step])
		life->longest_us[step] = us;
	return !answer.err || expect(false, "life %u: %s: %d \"%s\"", life->number, request, answer.err, answer.text);
}

static bool live(struct life *life)
{
	if (!write_program(life))
		return expect(false, "a program in a file");
	if (!step(life, CREATE) || !step(life, LOAD) || !step(life, START))
		return false;
	if (!has_spoken(life))
		return expect(false, "life %u: the program says which one it is", life->number);
	return step(life, STOP) && step(life, DESTROY);
}

int lives(unsigned int rounds, unsigned int cpu)
{
	struct life life = { .cpu = cpu };
	unsigned int i;

	life.fd = memfd_create("program", MFD_CLOEXEC);
	if (!expect(life.fd >= 0 && !nl_open(&life.nl), "there is a family"))
		return 1;
	for (life.number = 1; life.number <= rounds && live(&life); life.number++)
		;
	expect(!failures, "%u lives", rounds);
	for (i = 0; i < STEPS; i++)
		printf("longest_us_%s %lu\n", step_names[i], life.longest_us[i]);
	nl_close(&life.nl);
	return failures != 0;
}
