#include <stdio.h>
#include <string.h>

#include "authd/base/err.h"
#include "authd/base/limits.h"
#include "authd/base/mem.h"
#include "authd/web/cookie.h"

#define RULES "; Path=/; Secure; HttpOnly; SameSite=Lax"
#define MORE_MAX (HOST_MAX + 16)

static bool
is_word(const char *p, size_t n)
{
	size_t i;
	char c;

	for (i = 0; i < n; i++) {
		c = p[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '.' && c != '_' &&
		    c != '~' && c != '-')
			return (false);
	}
	return (n > 0);
}

/* One pair, blanks around it left out; false when it has not this name. */
static bool
is_named(const char *pair, size_t n, const char *name, const char **value,
    size_t *value_n)
{
	size_t name_n = strlen(name);

	while (n > 0 && (*pair == ' ' || *pair == '\t')) {
		pair++;
		n--;
	}
	while (n > 0 && (pair[n - 1] == ' ' || pair[n - 1] == '\t'))
		n--;
	if (n < name_n || memcmp(pair, name, name_n) != 0)
		return (false);
	if (n > name_n && pair[name_n] != '=')
		return (false);
	*value = n == name_n ? pair + n : pair + name_n + 1;
	*value_n = n == name_n ? 0 : n - name_n - 1;
	return (true);
}

int
cookie_get(
    const struct exchange_in *in, const char *name, char *out, size_t size)
{
	const char *field, *end, *semicolon, *value = NULL, *found = NULL;
	size_t len, value_n = 0, found_n = 0;
	int times = 0;

	out[0] = '\0';
	if (exchange_in_header(in, "Cookie", &field, &len) != 1)
		return (ERR_NOTFOUND);
	for (end = field + len; field < end; field = semicolon + 1) {
		semicolon = memchr(field, ';', (size_t)(end - field));
		if (semicolon == NULL)
			semicolon = end;
		if (!is_named(field, (size_t)(semicolon - field), name, &value,
			&value_n))
			continue;
		found = value;
		found_n = value_n;
		times++;
	}
	if (times != 1 || found_n >= size || !is_word(found, found_n))
		return (ERR_NOTFOUND);
	memcpy(out, found, found_n);
	out[found_n] = '\0';
	return (0);
}

static void
put(struct exchange_out *out, const char *name, const char *value,
    const char *more)
{
	char field[COOKIE_VALUE_MAX + MORE_MAX + 256];
	int n;

	n = snprintf(
	    field, sizeof(field), "%s=%s%s%s", name, value, more, RULES);
	if (n < 0 || (size_t)n >= sizeof(field) ||
	    (value[0] != '\0' && !is_word(value, strlen(value))))
		out->is_broken = true;
	else
		exchange_out_header(out, "Set-Cookie", field);
	mem_wipe(field, sizeof(field));
}

void
cookie_set(struct exchange_out *out, const char *name, const char *value)
{
	put(out, name, value, "");
}

void
cookie_share(struct exchange_out *out, const char *name, const char *value,
    const char *domain)
{
	char more[MORE_MAX];

	snprintf(more, sizeof(more), "; Domain=%s", domain);
	put(out, name, value, more);
}

void
cookie_keep(
    struct exchange_out *out, const char *name, const char *value, int seconds)
{
	char more[40];

	snprintf(more, sizeof(more), "; Max-Age=%d", seconds);
	put(out, name, value, more);
}

void
cookie_end(struct exchange_out *out, const char *name)
{
	put(out, name, "", "; Max-Age=0");
}
