#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/conf_strip.h"

static int
slurp(const char *path, char **out, size_t *len)
{
	char *text;
	FILE *f;
	size_t n;
	int r = 0;

	if ((f = fopen(path, "re")) == NULL) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return (ERR_NOTFOUND);
	}
	if ((text = malloc(CONF_STRIP_MAX + 2)) == NULL) {
		fclose(f);
		return (ERR_NOMEM);
	}
	n = fread(text, 1, CONF_STRIP_MAX + 1, f);
	if (ferror(f)) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		r = ERR_NOTFOUND;
	} else if (n > CONF_STRIP_MAX || memchr(text, '\0', n) != NULL) {
		fprintf(stderr, "%s: not a configuration file\n", path);
		r = ERR_INVALID;
	}
	fclose(f);
	if (r != 0) {
		free(text);
		return (r);
	}
	text[n++] = '\n';
	text[n] = '\0';
	/* U+FEFF, which some editors begin a file with */
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		memset(text, ' ', 3);
	*out = text;
	*len = n;
	return (0);
}

static void
blank(char *from, const char *to)
{
	for (; from < to; from++) {
		if (*from != '\n')
			*from = ' ';
	}
}

const char *
conf_strip_quoted(const char *s)
{
	char quote = *s++;

	while (*s != '\0' && *s != quote)
		s += s[0] == '\\' && s[1] != '\0' ? 2 : 1;
	return (*s == '\0' ? s : s + 1);
}

static int
line_of(const char *text, const char *at)
{
	int n = 1;

	for (; text < at; text++)
		n += *text == '\n';
	return (n);
}

int
conf_strip_text(const char *path, char *text)
{
	char *s, *end;
	bool is_word_start;

	for (s = text; *s != '\0';) {
		is_word_start = s == text || isspace((unsigned char)s[-1]);
		if (*s == '"' || *s == '\'') {
			s += conf_strip_quoted(s) - s;
		} else if (*s == '#' ||
		    (is_word_start && s[0] == '/' && s[1] == '/')) {
			end = s + strcspn(s, "\n");
			blank(s, end);
			s = end;
		} else if (s[0] == '/' && s[1] == '*') {
			if ((end = strstr(s + 2, "*/")) == NULL) {
				fprintf(stderr, "%s:%d: comment without end\n",
				    path, line_of(text, s));
				return (ERR_INVALID);
			}
			blank(s, end + 2);
			s = end + 2;
		} else
			s++;
	}
	return (0);
}

int
conf_strip_read(const char *path, char **out, size_t *len)
{
	char *text;
	int r;

	if ((r = slurp(path, &text, len)) != 0)
		return (r);
	if ((r = conf_strip_text(path, text)) != 0)
		free(text);
	else
		*out = text;
	return (r);
}
