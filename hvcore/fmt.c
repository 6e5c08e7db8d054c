// SPDX-License-Identifier: GPL-2.0-only
/* A small vsnprintf for the log. */
#include <hv/fmt.h>

struct sink {
	char *buf;
	unsigned int room;	/* without the terminator */
	unsigned int len;
};

struct spec {
	unsigned int width;
	bool zero, left, is_long;
	char conversion;
};

static void put(struct sink *s, char c)
{
	if (s->len < s->room)
		s->buf[s->len++] = c;
}

static void put_field(struct sink *s, const struct spec *spec, const char *text, unsigned int len)
{
	unsigned int pad = spec->width > len ? spec->width - len : 0;
	unsigned int i;

	for (i = 0; !spec->left && i < pad; i++)
		put(s, spec->zero ? '0' : ' ');
	for (i = 0; i < len; i++)
		put(s, text[i]);
	for (i = 0; spec->left && i < pad; i++)
		put(s, ' ');
}

static void put_number(struct sink *s, const struct spec *spec, u64 value, unsigned int base, bool negative)
{
	char digits[24];
	unsigned int at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (negative)
		digits[--at] = '-';
	put_field(s, spec, digits + at, sizeof(digits) - at);
}

static void put_string(struct sink *s, const struct spec *spec, const char *text)
{
	unsigned int len = 0;

	while (text[len])
		len++;
	put_field(s, spec, text, len);
}

static const char *parse_spec(struct spec *spec, const char *p)
{
	*spec = (struct spec){ 0 };
	for (;; p++) {
		if (*p == '0')
			spec->zero = true;
		else if (*p == '-')
			spec->left = true;
		else
			break;
	}
	for (; *p >= '0' && *p <= '9'; p++)
		spec->width = spec->width * 10 + (unsigned int)(*p - '0');
	for (; *p == 'l' || *p == 'z'; p++)
		spec->is_long = true;
	spec->conversion = *p;
	return p;
}

/* The list travels by pointer: va_list is an array on x86-64 and something else elsewhere. */
struct arguments {
	__builtin_va_list list;
};

static void put_argument(struct sink *s, const struct spec *spec, struct arguments *args)
{
	u64 value;

	switch (spec->conversion) {
	case 'c':
		put(s, (char)__builtin_va_arg(args->list, int));
		return;
	case 's':
		put_string(s, spec, __builtin_va_arg(args->list, const char *));
		return;
	case 'd':
	case 'i':
		value = spec->is_long ? (u64)__builtin_va_arg(args->list, long) :
					(u64)(s64)__builtin_va_arg(args->list, int);
		put_number(s, spec, (s64)value < 0 ? -value : value, 10, (s64)value < 0);
		return;
	case 'u':
	case 'x':
		value = spec->is_long ? __builtin_va_arg(args->list, unsigned long) :
					__builtin_va_arg(args->list, unsigned int);
		put_number(s, spec, value, spec->conversion == 'u' ? 10 : 16, false);
		return;
	case 'p':
		put_number(s, spec, (u64)(__UINTPTR_TYPE__)__builtin_va_arg(args->list, void *), 16, false);
		return;
	default:
		put(s, spec->conversion);
	}
}

unsigned int hv_vformat(char *buf, unsigned int size, const char *fmt, __builtin_va_list list)
{
	struct sink s = { .buf = buf, .room = size ? size - 1 : 0 };
	struct arguments args;
	struct spec spec;

	__builtin_va_copy(args.list, list);
	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(&s, *fmt);
			continue;
		}
		fmt = parse_spec(&spec, fmt + 1);
		if (!spec.conversion)
			break;
		put_argument(&s, &spec, &args);
	}
	__builtin_va_end(args.list);
	if (size)
		buf[s.len] = '\0';
	return s.len;
}
