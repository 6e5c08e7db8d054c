// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Formatted text. */
#include "hypercall.h"
#include "print.h"
#include "string.h"

struct text {
	char *to;
	u32 size, used;		/* there is always room for a zero */
};

struct field {
	char fill;
	u32 width;
	bool is_long;
};

static void put(struct text *text, char c)
{
	if (text->used + 1 < text->size)
		text->to[text->used++] = c;
}

static void put_filled(struct text *text, const struct field *field, const char *s, u32 length)
{
	u32 i;

	for (i = length; i < field->width; i++)
		put(text, field->fill);
	for (i = 0; i < length; i++)
		put(text, s[i]);
}

static void put_number(struct text *text, const struct field *field, u64 number, u32 base, bool is_negative)
{
	char digits[24];
	u32 at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number);
	if (is_negative)
		digits[--at] = '-';
	put_filled(text, field, digits + at, (u32)sizeof(digits) - at);
}

/* What stands between % and the letter. */
static const char *read_field(const char *s, struct field *field)
{
	*field = (struct field){ .fill = *s == '0' ? '0' : ' ' };
	for (; *s >= '0' && *s <= '9'; s++)
		field->width = field->width * 10 + (u32)(*s - '0');
	for (; *s == 'l'; s++)
		field->is_long = true;
	return s;
}

static u32 format_list(char *to, u32 size, const char *s, __builtin_va_list list)
{
	struct text text = { .to = to, .size = size };
	struct field field;
	const char *string;
	s64 number;

	for (; *s; s++) {
		if (*s != '%') {
			put(&text, *s);
			continue;
		}
		s = read_field(s + 1, &field);
		if (*s == 's') {
			string = __builtin_va_arg(list, const char *);
			put_filled(&text, &field, string, (u32)strlen(string));
		} else if (*s == 'd') {
			number = field.is_long ? __builtin_va_arg(list, s64) : __builtin_va_arg(list, s32);
			put_number(&text, &field, number < 0 ? -(u64)number : (u64)number, 10, number < 0);
		} else if (*s == 'u' || *s == 'x') {
			put_number(&text, &field,
				   field.is_long ? __builtin_va_arg(list, u64) : __builtin_va_arg(list, u32),
				   *s == 'u' ? 10 : 16, false);
		} else {
			put(&text, *s == 'c' ? (char)__builtin_va_arg(list, int) : *s);
		}
	}
	to[text.used] = 0;
	return text.used;
}

void print(const char *format, ...)
{
	char line[PRINT_MAX];
	__builtin_va_list list;
	u32 length;

	__builtin_va_start(list, format);
	length = format_list(line, sizeof(line), format, list);
	__builtin_va_end(list);
	(void)console_write(line, length); /* without a console there is nobody to tell */
}

u32 format(char *to, u32 size, const char *format, ...)
{
	__builtin_va_list list;
	u32 length;

	__builtin_va_start(list, format);
	length = format_list(to, size, format, list);
	__builtin_va_end(list);
	return length;
}
