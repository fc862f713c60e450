#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/limits.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/web/form.h"

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return (c - '0');
	if (c >= 'a' && c <= 'f')
		return (c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (c - 'A' + 10);
	return (-1);
}

/* Decode ${n} bytes into ${out}, which may be ${in}. -1: malformed. */
static long
decode(const char *in, size_t n, char *out)
{
	size_t i, len = 0;
	int high, low;

	for (i = 0; i < n; i++) {
		if (in[i] != '%') {
			out[len++] = in[i] == '+' ? ' ' : in[i];
			continue;
		}
		if (n - i < 3 || (high = digit(in[i + 1])) < 0 ||
		    (low = digit(in[i + 2])) < 0)
			return (-1);
		out[len++] = (char)(high << 4 | low);
		i += 2;
	}
	return ((long)len);
}

/* UTF-8 without control characters but those that ${allowed} names. */
static bool
is_plain(const char *p, size_t n, const char *allowed)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (((uint8_t)p[i] < 0x20 &&
			(p[i] == '\0' || strchr(allowed, p[i]) == NULL)) ||
		    p[i] == 0x7f)
			return (false);
	return (text_is_utf8(p, n));
}

/* One piece between two &, in place: what follows it is overwritten by NUL,
 * which the caller has looked at. */
static int
take_field(struct form *f, char *piece, size_t n)
{
	char *equals = memchr(piece, '=', n);
	size_t name_n = equals == NULL ? n : (size_t)(equals - piece);
	char *value = equals == NULL ? piece + n : equals + 1;
	long name_len = decode(piece, name_n, piece);
	long value_len = decode(value, n - (size_t)(value - piece), value);

	if (name_len <= 0 || value_len < 0 ||
	    !is_plain(piece, (size_t)name_len, "") ||
	    !is_plain(value, (size_t)value_len, "\t\r\n"))
		return (ERR_INVALID);
	/* without a value, this NUL ends the name as well */
	value[value_len] = '\0';
	piece[name_len] = '\0';
	if (form_get(f, piece) != NULL)
		return (ERR_INVALID);
	if (f->n == FORM_FIELDS_MAX)
		return (ERR_LIMIT);
	f->fields[f->n].name = piece;
	f->fields[f->n].value = value;
	f->n++;
	return (0);
}

int
form_read(const void *body, size_t n, struct form *out)
{
	char *p, *end, *next;
	int r = 0;

	memset(out, 0, sizeof(*out));
	if (n > BODY_MAX)
		return (ERR_LIMIT);
	if (body == NULL || n == 0)
		return (0);
	if ((out->memory = malloc(n + 1)) == NULL)
		return (log_fr(ERR_NOMEM, "form"));
	out->size = n + 1;
	memcpy(out->memory, body, n);
	out->memory[n] = '\0';
	end = out->memory + n;
	for (p = out->memory; r == 0 && p != NULL; p = next) {
		next = memchr(p, '&', (size_t)(end - p));
		r = take_field(
		    out, p, (size_t)((next == NULL ? end : next) - p));
		if (next != NULL)
			next++;
	}
	if (r != 0)
		form_clear(out);
	return (r);
}

const char *
form_get(const struct form *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (strcmp(f->fields[i].name, name) == 0)
			return (f->fields[i].value);
	return (NULL);
}

int
form_take(const struct form *f, const char *name, char *out, size_t size)
{
	const char *value = form_get(f, name);

	out[0] = '\0';
	if (value == NULL)
		return (ERR_NOTFOUND);
	return (text_copy(out, size, value));
}

void
form_clear(struct form *f)
{
	if (f->memory != NULL)
		mem_wipe(f->memory, f->size);
	free(f->memory);
	memset(f, 0, sizeof(*f));
}
