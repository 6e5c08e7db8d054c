// SPDX-License-Identifier: GPL-2.0-only
/* From the command line to the command: options anywhere, words that may be prefixes. */
#include <stdio.h>
#include <string.h>

#include "command.h"

#define MAX_WORDS 128

static const struct {
	const char *name;
	char letter;
	unsigned int option;
} known_options[] = {
	{ "--json", 'j', OPTION_JSON },
	{ "--pretty", 'p', OPTION_PRETTY },
	{ "--statistics", 's', OPTION_STATS },
	{ "--verbose", 'v', OPTION_VERBOSE },
	{ "--version", 'V', OPTION_VERSION },
	{ "--help", 'h', OPTION_HELP },
	{ "--force", '\0', OPTION_FORCE },
	{ "--watch", '\0', OPTION_WATCH },
	{ "--console", '\0', OPTION_CONSOLE },
	{ "--follow", 'f', OPTION_FOLLOW },
};

struct options options;

static unsigned int option_of(const char *word)
{
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(known_options); i++)
		if (!strcmp(known_options[i].name, word))
			return known_options[i].option;
	return 0;
}

static unsigned int option_of_letter(char letter)
{
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(known_options); i++)
		if (letter && known_options[i].letter == letter)
			return known_options[i].option;
	return 0;
}

static int take_option(const char *word)
{
	unsigned int option;
	const char *letter;

	if (word[1] == '-') {
		option = option_of(word);
		options.set |= option;
		return option ? DONE : fail("there is no option '%s'; try: hvctl help", word);
	}
	for (letter = word + 1; *letter; letter++) {
		option = option_of_letter(*letter);
		options.set |= option;
		if (!option)
			return fail("there is no option '-%c'; try: hvctl help", *letter);
	}
	return DONE;
}

/* Sorts the command line into options and words. */
static int take_words(int argc, char **argv, struct arguments *words)
{
	bool only_words = false;
	int i;

	words->names = words->values + MAX_WORDS;
	for (i = 1; i < argc; i++) {
		if (!only_words && !strcmp(argv[i], "--")) {
			only_words = true;
			words->names = words->values + words->count;
		} else if (!only_words && argv[i][0] == '-' && argv[i][1]) {
			if (take_option(argv[i]))
				return FAILED;
		} else if (words->count == MAX_WORDS) {
			return fail("more than %d words", MAX_WORDS);
		} else {
			words->values[words->count++] = argv[i];
		}
	}
	return DONE;
}

/* As iproute2 does it: the first that begins so. */
static bool is_prefix(const char *word, const char *of)
{
	return *word && !strncmp(word, of, strlen(word));
}

static const struct object *find_object(const char *word)
{
	unsigned int i;

	for (i = 0; i < nr_objects; i++)
		if (is_prefix(word, objects[i].name))
			return &objects[i];
	return NULL;
}

static const struct command *find_command(const struct object *object, const char *word)
{
	unsigned int i;

	for (i = 0; i < object->count; i++)
		if (is_prefix(word, object->commands[i].name))
			return &object->commands[i];
	return NULL;
}

static int check_options(const struct object *object, const struct command *command)
{
	unsigned int i, wrong = options.set & ~(OPTIONS_OF_ALL | command->options);

	for (i = 0; i < HV_ARRAY_SIZE(known_options); i++)
		if (wrong & known_options[i].option)
			return fail("'%s' has no option %s", command->name[0] ? command->name : object->name,
				    known_options[i].name);
	return DONE;
}

/* Behind a command only the whole word will do, for names stand there. */
static bool is_help_alone(const struct arguments *words)
{
	return words->count == 1 && words->values < words->names && !strcmp(words->values[0], "help");
}

static int run_command(const struct object *object, const struct command *command, struct arguments *words)
{
	if (has_option(OPTION_HELP) || is_help_alone(words)) {
		help_command(object, command);
		return DONE;
	}
	if (check_options(object, command))
		return FAILED;
	if (words->count < command->least || (command->most >= 0 && words->count > command->most))
		return fail("usage: hvctl %s%s%s%s%s", object->name, command->name[0] ? " " : "", command->name,
			    command->arguments[0] ? " " : "", command->arguments);
	return command->run(words);
}

static bool is_help(const struct object *object, const struct arguments *words)
{
	const char *word = words->count && words->values < words->names ? words->values[0] : "";

	/* an object without commands takes names, too */
	if (!object->commands[0].name[0])
		return is_help_alone(words);
	return is_prefix(word, "help") && !find_command(object, word);
}

static int no_object(const char *word)
{
	return fail("there is no object '%s'; try: hvctl help", word);
}

static int no_command(const struct object *object, const char *word)
{
	return fail("'%s' has no command '%s'; try: hvctl %s help", object->name, word, object->name);
}

static void take_word(struct arguments *words)
{
	words->values++;
	words->count--;
}

/* With the words behind the object. */
static int run_object(const struct object *object, struct arguments *words)
{
	const struct command *command = &object->commands[0];

	if (is_help(object, words) && words->count > 1)
		return fail("usage: hvctl %s help", object->name);
	if (is_help(object, words)) {
		help_object(object);
		return DONE;
	}
	if (!command->name[0])
		return run_command(object, command, words);
	if (!words->count && has_option(OPTION_HELP)) {
		help_object(object);
		return DONE;
	}
	if (!words->count && !object->has_default)
		return fail("'%s' needs a command; try: hvctl %s help", object->name, object->name);
	if (words->count) {
		command = find_command(object, words->values[0]);
		if (!command)
			return no_command(object, words->values[0]);
		take_word(words);
	}
	return run_command(object, command, words);
}

/* `hvctl help OBJECT [COMMAND]` is `hvctl OBJECT [COMMAND] help`; with the words behind "help". */
static int run_help(struct arguments *words)
{
	const struct object *object = words->count ? find_object(words->values[0]) : NULL;
	const struct command *command;

	if (!words->count || (is_help_alone(words) && !object)) {
		help_all();
		return DONE;
	}
	if (!object)
		return no_object(words->values[0]);
	take_word(words);
	if (words->count > 1 || (words->count && !object->commands[0].name[0]))
		return fail("usage: hvctl help [OBJECT [COMMAND]]");
	if (!words->count) {
		help_object(object);
		return DONE;
	}
	command = find_command(object, words->values[0]);
	if (!command)
		return no_command(object, words->values[0]);
	help_command(object, command);
	return DONE;
}

int command_run(int argc, char **argv)
{
	char *values[MAX_WORDS];
	struct arguments words = { .values = values };
	const struct object *object;

	if (take_words(argc, argv, &words))
		return FAILED;
	if (has_option(OPTION_VERSION)) {
		puts("hvctl " HVCTL_VERSION);
		return DONE;
	}
	if (!words.count) {
		if (!has_option(OPTION_HELP))
			return fail("what shall be done? Try: hvctl help");
		help_all();
		return DONE;
	}
	object = find_object(words.values[0]);
	if (!object && !is_prefix(words.values[0], "help"))
		return no_object(words.values[0]);
	take_word(&words);
	return object ? run_object(object, &words) : run_help(&words);
}
