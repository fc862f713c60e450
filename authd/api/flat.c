#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "authd/api/flat.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"

struct in {
	const uint8_t *at, *end;
	struct flat *f;
};

static void
skip_blanks(struct in *in)
{
	while (in->at < in->end &&
	    (*in->at == ' ' || *in->at == '\t' || *in->at == '\n' ||
		*in->at == '\r'))
		in->at++;
}

/* Take this very byte, if it is next. */
static bool
take(struct in *in, char c)
{
	if (in->at == in->end || *in->at != (uint8_t)c)
		return (false);
	in->at++;
	return (true);
}

static bool
take_word(struct in *in, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(in->end - in->at) < n || memcmp(in->at, word, n) != 0)
		return (false);
	in->at += n;
	return (true);
}

/* A decoded byte is never longer than what was read for it: it fits. */
static void
keep(struct in *in, uint32_t byte)
{
	in->f->pool[in->f->used++] = (char)byte;
}

static bool
take_hex4(struct in *in, uint32_t *v)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *d;
	int i;

	*v = 0;
	for (i = 0; i < 4; i++) {
		if (in->at == in->end || *in->at == '\0' ||
		    (d = strchr(digits, *in->at)) == NULL)
			return (false);
		*v = *v << 4 | ((uint32_t)(d - digits) & 15);
		in->at++;
	}
	return (true);
}

/* What follows `\u`. RFC 8259 section 7: two of them above U+FFFF. */
static bool
take_unicode(struct in *in)
{
	uint32_t cp, low;

	if (!take_hex4(in, &cp) || cp == 0 || (cp >= 0xdc00 && cp <= 0xdfff))
		return (false);
	if (cp >= 0xd800 && cp <= 0xdbff) {
		if (!take(in, '\\') || !take(in, 'u') || !take_hex4(in, &low) ||
		    low < 0xdc00 || low > 0xdfff)
			return (false);
		cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
	}
	if (cp < 0x80)
		keep(in, cp);
	else if (cp < 0x800) {
		keep(in, 0xc0 | cp >> 6);
		keep(in, 0x80 | (cp & 0x3f));
	} else if (cp < 0x10000) {
		keep(in, 0xe0 | cp >> 12);
		keep(in, 0x80 | (cp >> 6 & 0x3f));
		keep(in, 0x80 | (cp & 0x3f));
	} else {
		keep(in, 0xf0 | cp >> 18);
		keep(in, 0x80 | (cp >> 12 & 0x3f));
		keep(in, 0x80 | (cp >> 6 & 0x3f));
		keep(in, 0x80 | (cp & 0x3f));
	}
	return (true);
}

static bool
take_escape(struct in *in)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *c;

	if (take(in, 'u'))
		return (take_unicode(in));
	if (in->at == in->end || *in->at == '\0' ||
	    (c = strchr(from, *in->at)) == NULL)
		return (false);
	in->at++;
	keep(in, (uint8_t)to[c - from]);
	return (true);
}

/* A text into the pool, with its NUL in the place of its quotes. */
static bool
take_text(struct in *in, const char **out)
{
	if (!take(in, '"'))
		return (false);
	*out = in->f->pool + in->f->used;
	while (in->at < in->end && *in->at != '"') {
		if (take(in, '\\')) {
			if (!take_escape(in))
				return (false);
		} else if (*in->at < 0x20)
			return (false);
		else
			keep(in, *in->at++);
	}
	keep(in, '\0');
	return (take(in, '"'));
}

/* A whole number; a fraction or exponent after it is found by the caller. */
static bool
take_int(struct in *in, int64_t *out)
{
	bool is_negative = take(in, '-');
	uint64_t most = (uint64_t)INT64_MAX + (is_negative ? 1 : 0), v = 0;
	const uint8_t *first = in->at;

	for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++) {
		if (in->at > first && *first == '0')
			return (false);
		if (v > (most - (*in->at - '0')) / 10)
			return (false);
		v = v * 10 + (*in->at - '0');
	}
	if (in->at == first)
		return (false);
	*out = is_negative ? (int64_t)(0 - v) : (int64_t)v;
	return (true);
}

static bool
take_value(struct in *in, struct flat_member *m)
{
	if (in->at < in->end && *in->at == '"') {
		m->kind = FLAT_TEXT;
		return (take_text(in, &m->text));
	}
	m->kind = take_word(in, "true") ? FLAT_TRUE
	    : take_word(in, "false")	? FLAT_FALSE
	    : take_word(in, "null")	? FLAT_NULL
					: FLAT_INT;
	return (m->kind != FLAT_INT || take_int(in, &m->number));
}

static const struct flat_member *
find(const struct flat *f, const char *name)
{
	int i;

	for (i = 0; i < f->n; i++)
		if (strcmp(f->at[i].name, name) == 0)
			return (&f->at[i]);
	return (NULL);
}

static bool
take_member(struct in *in)
{
	struct flat_member m = { .kind = FLAT_NOTHING };

	if (in->f->n == FLAT_MEMBERS_MAX || !take_text(in, &m.name) ||
	    find(in->f, m.name) != NULL)
		return (false);
	skip_blanks(in);
	if (!take(in, ':'))
		return (false);
	skip_blanks(in);
	if (!take_value(in, &m))
		return (false);
	skip_blanks(in);
	in->f->at[in->f->n++] = m;
	return (true);
}

static bool
take_object(struct in *in)
{
	skip_blanks(in);
	if (!take(in, '{'))
		return (false);
	skip_blanks(in);
	if (!take(in, '}')) {
		do {
			skip_blanks(in);
			if (!take_member(in))
				return (false);
		} while (take(in, ','));
		if (!take(in, '}'))
			return (false);
	}
	skip_blanks(in);
	return (in->at == in->end);
}

int
flat_open(struct flat *f, const void *p, size_t n)
{
	struct in in = { .at = p, .end = (const uint8_t *)p + n, .f = f };

	f->n = 0;
	f->used = 0;
	if (n <= FLAT_MAX && text_is_utf8(p, n) && take_object(&in))
		return (0);
	flat_close(f);
	return (ERR_PROTO);
}

void
flat_close(struct flat *f)
{
	mem_wipe(f->pool, f->used);
	f->used = 0;
	f->n = 0;
}

enum flat_kind
flat_kind(const struct flat *f, const char *name)
{
	const struct flat_member *m = find(f, name);

	return (m == NULL ? FLAT_NOTHING : m->kind);
}

const char *
flat_text(const struct flat *f, const char *name)
{
	const struct flat_member *m = find(f, name);

	return (m == NULL || m->kind != FLAT_TEXT ? NULL : m->text);
}

bool
flat_int(const struct flat *f, const char *name, int64_t min, int64_t max,
    int64_t *out)
{
	const struct flat_member *m = find(f, name);

	if (m == NULL || m->kind != FLAT_INT || m->number < min ||
	    m->number > max)
		return (false);
	*out = m->number;
	return (true);
}

void
flat_put_open(struct buf *b)
{
	buf_put_u8(b, '{');
}

static void
put_name(struct buf *b, const char *name)
{
	if (b->len > 0 && b->at[b->len - 1] != '{')
		buf_put_u8(b, ',');
	buf_put_u8(b, '"');
	buf_put_raw(b, name, strlen(name));
	buf_put_raw(b, "\":", 2);
}

void
flat_put_text(struct buf *b, const char *name, const char *s)
{
	char escaped[8];
	size_t n;

	if (!text_is_utf8(s, strlen(s)))
		b->is_broken = true;
	put_name(b, name);
	buf_put_u8(b, '"');
	while (*s != '\0') {
		for (n = 0; (uint8_t)s[n] >= 0x20 && s[n] != '"' &&
		     s[n] != '\\';
		     n++)
			;
		buf_put_raw(b, s, n);
		s += n;
		if (*s == '\0')
			break;
		snprintf(escaped, sizeof(escaped), "\\u%04x", (uint8_t)*s++);
		buf_put_raw(b, escaped, 6);
	}
	buf_put_u8(b, '"');
}

void
flat_put_int(struct buf *b, const char *name, int64_t v)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%" PRId64, v);

	put_name(b, name);
	buf_put_raw(b, digits, (size_t)n);
}

int
flat_put_close(struct buf *b)
{
	buf_put_raw(b, "}", 2);
	return (b->is_broken ? ERR_LIMIT : 0);
}
