#include <stdbool.h>
#include <string.h>

#include "authd/render/cells.h"

size_t
cells_blank_len(const char *s, const char *end)
{
	if (s < end && (*s == ' ' || *s == '\t'))
		return (1);
	if (end - s >= 3 && memcmp(s, "\xe3\x80\x80", 3) == 0)
		return (3);
	return (0);
}

/* Full-width signs begin a formula, too, where Japanese is typed. */
static bool
is_formula(const char *s)
{
	static const char *const signs[] = { "=", "+", "-", "@", "\t", "\r",
		"\n", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
		"\xef\xbc\xa0" };
	const char *end = s + strlen(s);
	size_t i, n;

	while ((n = cells_blank_len(s, end)) > 0 && *s != '\t')
		s += n;
	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (strncmp(s, signs[i], strlen(signs[i])) == 0)
			return (true);
	}
	return (false);
}

void
cells_put(FILE *out, const char *const *fields, int n)
{
	const char *s;
	int i;

	for (i = 0; i < n; i++) {
		fputs(i == 0 ? "\"" : ",\"", out);
		if (is_formula(fields[i]))
			fputc('\'', out);
		for (s = fields[i]; *s != '\0'; s++) {
			if (*s == '"')
				fputc('"', out);
			fputc(*s, out);
		}
		fputc('"', out);
	}
	fputs("\r\n", out);
}
