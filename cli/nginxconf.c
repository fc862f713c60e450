#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/nginxconf.h"

#define DUMP_MARK "# configuration file "

/* A file of the configuration: its text lives as long as the tree. */
struct source {
	char *name, *text;
	size_t len;
	struct source *next;
};

struct nginxconf {
	struct source *sources, *last_source;
	char *prefix; /* directory that relative includes count from */
	bool is_dump;
	int count; /* directives so far */
	struct nginxconf_line root;
	char *why;
	size_t why_size;
};

struct reader {
	struct nginxconf *c;
	const struct source *source;
	size_t at;
	int line, depth;
};

static int parse(struct nginxconf *c, const struct source *s,
    struct nginxconf_line *parent, int depth);

static int __attribute__((format(printf, 5, 6)))
fail(struct nginxconf *c, const char *file, int line, int r, const char *fmt,
    ...)
{
	int n = 0;
	va_list ap;

	if (line > 0) /* before any, the text names the file */
		n = snprintf(c->why, c->why_size, "%s:%d: ", file, line);
	va_start(ap, fmt);
	if (n >= 0 && (size_t)n < c->why_size)
		vsnprintf(c->why + n, c->why_size - (size_t)n, fmt, ap);
	va_end(ap);
	return (r);
}

static int
add_source(struct nginxconf *c, const char *name, size_t name_len, char *text,
    size_t len, struct source **out)
{
	struct source *s = calloc(1, sizeof(*s));

	if (s == NULL || (s->name = strndup(name, name_len)) == NULL) {
		free(s);
		free(text);
		return (fail(c, name, 0, ERR_NOMEM, "no memory"));
	}
	s->text = text;
	s->len = len;
	if (c->last_source == NULL)
		c->sources = s;
	else
		c->last_source->next = s;
	c->last_source = s;
	*out = s;
	return (0);
}

static int
load(struct nginxconf *c, const char *name, const char *from, int line,
    struct source **out)
{
	FILE *f = fopen(name, "re");
	char *text = NULL;
	size_t n;
	int r = ERR_IO;

	if (f == NULL)
		return (fail(
		    c, from, line, ERR_IO, "%s: %s", name, strerror(errno)));
	if ((text = malloc(NGINXCONF_FILE_MAX + 1)) == NULL)
		r = fail(c, from, line, ERR_NOMEM, "no memory");
	else {
		n = fread(text, 1, NGINXCONF_FILE_MAX + 1, f);
		if (ferror(f))
			r = fail(c, from, line, ERR_IO, "%s: %s", name,
			    strerror(errno));
		else if (n > NGINXCONF_FILE_MAX)
			r = fail(c, name, 1, ERR_LIMIT, "the file is too long");
		else {
			fclose(f);
			return (
			    add_source(c, name, strlen(name), text, n, out));
		}
	}
	fclose(f);
	free(text);
	return (r);
}

/* --- words --- */

/* To the next thing that is neither blank nor comment; false: the end. */
static bool
skip(struct reader *r)
{
	const struct source *s = r->source;

	for (; r->at < s->len; r->at++) {
		switch (s->text[r->at]) {
		case '\n':
			r->line++;
			break;
		case ' ':
		case '\t':
		case '\r':
			break;
		case '#':
			while (r->at + 1 < s->len && s->text[r->at + 1] != '\n')
				r->at++;
			break;
		default:
			return (true);
		}
	}
	return (false);
}

/* Copy one word, without its quotes. */
static int
take_word(struct reader *r, char **out)
{
	const struct source *s = r->source;
	char quote = s->text[r->at], *word, *fit;
	size_t n = 0, begin = (size_t)r->line;

	if ((word = malloc(s->len - r->at + 1)) == NULL)
		return (fail(r->c, s->name, r->line, ERR_NOMEM, "no memory"));
	if (quote == '"' || quote == '\'')
		r->at++;
	else
		quote = '\0';
	for (; r->at < s->len; r->at++) {
		if (s->text[r->at] == '\n')
			r->line++;
		if (s->text[r->at] == '\\' && r->at + 1 < s->len) {
			if (strchr("\"'\\", s->text[r->at + 1]) == NULL)
				word[n++] = '\\';
			word[n++] = s->text[++r->at];
			continue;
		}
		if (quote != '\0') {
			if (s->text[r->at] == quote)
				break;
		} else if (strchr(" \t\r\n;", s->text[r->at]) != NULL ||
		    (s->text[r->at] == '{' && (n == 0 || word[n - 1] != '$')))
			break;
		word[n++] = s->text[r->at];
	}
	if (quote == '\0' && r->at < s->len && s->text[r->at] == '\n')
		r->line--; /* skip() sees it again */
	if (r->at == s->len || memchr(word, '\0', n) != NULL) {
		free(word);
		return (fail(r->c, s->name, (int)begin, ERR_INVALID,
		    "a word or quotation without an end"));
	}
	if (quote != '\0')
		r->at++;
	word[n] = '\0';
	fit = realloc(word, n + 1);
	*out = fit != NULL ? fit : word;
	return (0);
}

static void
free_line(struct nginxconf_line *l)
{
	int i;

	for (i = 0; i < l->n; i++)
		free(l->words[i]);
	free(l->words);
	free(l);
}

/* One directive up to its `;` or `{`. */
static int
take_line(struct reader *r, struct nginxconf_line **out)
{
	const struct source *s = r->source;
	struct nginxconf_line *l = calloc(1, sizeof(*l));
	int error = 0;

	if (l == NULL ||
	    (l->words = calloc(NGINXCONF_ARGS_MAX, sizeof(*l->words))) == NULL)
		error = fail(r->c, s->name, r->line, ERR_NOMEM, "no memory");
	else {
		l->file = s->name;
		l->line = r->line;
	}
	while (error == 0) {
		if (!skip(r))
			error = fail(r->c, s->name, l->line, ERR_INVALID,
			    "a directive without an end");
		else if (s->text[r->at] == ';' || s->text[r->at] == '{') {
			l->is_block = s->text[r->at++] == '{';
			if (l->n > 0)
				break;
			error = fail(r->c, s->name, r->line, ERR_INVALID,
			    "a directive without a name");
		} else if (s->text[r->at] == '}')
			error = fail(r->c, s->name, r->line, ERR_INVALID,
			    "} in a directive");
		else if (l->n == NGINXCONF_ARGS_MAX)
			error = fail(r->c, s->name, l->line, ERR_LIMIT,
			    "a directive of too many words");
		else if ((error = take_word(r, &l->words[l->n])) == 0)
			l->n++;
	}
	if (error != 0) {
		if (l != NULL)
			free_line(l);
		return (error);
	}
	*out = l;
	return (0);
}

/* --- files --- */

static int
by_name(const void *a, const void *b)
{
	return (strcmp(*(char *const *)a, *(char *const *)b));
}

static int
include_dump(struct nginxconf *c, const char *pattern,
    const struct nginxconf_line *l, struct nginxconf_line *parent, int depth)
{
	const struct source *s;
	const char **names;
	size_t n = 0, i;
	int r = 0;

	for (s = c->sources; s != NULL; s = s->next)
		n++;
	if ((names = calloc(n, sizeof(*names))) == NULL)
		return (fail(c, l->file, l->line, ERR_NOMEM, "no memory"));
	n = 0;
	for (s = c->sources; s != NULL; s = s->next)
		if (fnmatch(pattern, s->name, FNM_PATHNAME | FNM_PERIOD) == 0)
			names[n++] = s->name;
	qsort(names, n, sizeof(*names), by_name);
	if (n == 0 && strpbrk(pattern, "*?[") == NULL)
		r = fail(c, l->file, l->line, ERR_INVALID,
		    "%s is not in this output of nginx -T", pattern);
	for (i = 0; i < n && r == 0; i++) {
		for (s = c->sources; s->name != names[i]; s = s->next)
			;
		r = parse(c, s, parent, depth + 1);
	}
	free(names);
	return (r);
}

static int
include_disk(struct nginxconf *c, const char *pattern,
    const struct nginxconf_line *l, struct nginxconf_line *parent, int depth)
{
	struct source *s;
	glob_t found;
	size_t i;
	int r = 0;

	memset(&found, 0, sizeof(found));
	if (strpbrk(pattern, "*?[") == NULL) {
		r = load(c, pattern, l->file, l->line, &s);
		return (r != 0 ? r : parse(c, s, parent, depth + 1));
	}
	switch (glob(pattern, GLOB_ERR, NULL, &found)) {
	case 0:
	case GLOB_NOMATCH:
		break;
	case GLOB_NOSPACE:
		r = fail(c, l->file, l->line, ERR_NOMEM, "no memory");
		break;
	default:
		r = fail(c, l->file, l->line, ERR_IO, "%s: cannot be listed",
		    pattern);
	}
	for (i = 0; i < found.gl_pathc && r == 0; i++) {
		r = load(c, found.gl_pathv[i], l->file, l->line, &s);
		if (r == 0)
			r = parse(c, s, parent, depth + 1);
	}
	globfree(&found);
	return (r);
}

static int
include(struct nginxconf *c, const struct nginxconf_line *l,
    struct nginxconf_line *parent, int depth)
{
	char pattern[4096];
	int n;

	if (l->n != 2 || l->is_block)
		return (fail(c, l->file, l->line, ERR_INVALID,
		    "include wants one file"));
	n = snprintf(pattern, sizeof(pattern), "%s%s%s",
	    l->words[1][0] == '/' ? "" : c->prefix,
	    l->words[1][0] == '/' ? "" : "/", l->words[1]);
	if (n < 0 || (size_t)n >= sizeof(pattern))
		return (
		    fail(c, l->file, l->line, ERR_LIMIT, "too long a name"));
	return (c->is_dump ? include_dump(c, pattern, l, parent, depth)
			   : include_disk(c, pattern, l, parent, depth));
}

static void
append(struct nginxconf_line *parent, struct nginxconf_line *l)
{
	l->parent = parent;
	if (parent->last == NULL)
		parent->first = l;
	else
		parent->last->next = l;
	parent->last = l;
}

static int
parse(struct nginxconf *c, const struct source *s,
    struct nginxconf_line *parent, int depth)
{
	struct reader r = { c, s, 0, 1, depth };
	struct nginxconf_line *at = parent, *l;
	int error;

	while (skip(&r)) {
		if (s->text[r.at] == '}') {
			if (at == parent)
				return (fail(c, s->name, r.line, ERR_INVALID,
				    "} without {"));
			at = at->parent;
			r.depth--;
			r.at++;
			continue;
		}
		if (c->count++ == NGINXCONF_MOST ||
		    r.depth >= NGINXCONF_DEPTH_MAX)
			return (fail(c, s->name, r.line, ERR_LIMIT,
			    "too much, or too deep"));
		if ((error = take_line(&r, &l)) != 0)
			return (error);
		if (strcmp(l->words[0], "include") == 0) {
			error = include(c, l, at, r.depth);
			free_line(l);
			if (error != 0)
				return (error);
			continue;
		}
		append(at, l);
		if (l->is_block) {
			at = l;
			r.depth++;
		}
	}
	if (at != parent)
		return (fail(c, s->name, at->line, ERR_INVALID,
		    "%s { is not closed", at->words[0]));
	return (0);
}

/* The parts of the output of `nginx -T`, each its own source. */
static int
split_dump(struct nginxconf *c, struct source *whole)
{
	const char *at = whole->text, *end = whole->text + whole->len;
	const char *name, *stop, *next;
	struct source *s;
	char *text;
	int r;

	c->is_dump = true;
	c->sources = c->last_source = NULL;
	for (; at < end; at = next) {
		name = at + strlen(DUMP_MARK);
		if ((stop = strstr(name, ":\n")) == NULL)
			return (fail(c, whole->name, 1, ERR_INVALID,
			    "not the output of nginx -T"));
		next = strstr(stop, "\n" DUMP_MARK);
		next = next == NULL ? end : next + 1;
		text = strndup(stop + 2, (size_t)(next - stop - 2));
		if (text == NULL)
			return (fail(c, whole->name, 1, ERR_NOMEM, "no memory"));
		r = add_source(c, name, (size_t)(stop - name), text,
		    strlen(text), &s);
		if (r != 0)
			return (r);
	}
	return (0);
}

static int
read_all(struct nginxconf *c, const char *path)
{
	struct source *main_source, *whole;
	const char *slash;
	int r;

	if ((r = load(c, path, path, 0, &main_source)) != 0)
		return (r);
	main_source->text[main_source->len] = '\0';
	if (strncmp(main_source->text, DUMP_MARK, strlen(DUMP_MARK)) == 0) {
		whole = main_source;
		r = split_dump(c, whole);
		if (c->sources == NULL || r != 0) {
			whole->next = c->sources;
			c->sources = whole;
			return (r != 0 ? r : ERR_INVALID);
		}
		free(whole->name);
		free(whole->text);
		free(whole);
		main_source = c->sources;
	}
	slash = strrchr(main_source->name, '/');
	c->prefix = slash == NULL
	    ? strdup(".")
	    : strndup(main_source->name, (size_t)(slash - main_source->name));
	if (c->prefix == NULL)
		return (fail(c, path, 0, ERR_NOMEM, "no memory"));
	return (parse(c, main_source, &c->root, 0));
}

int
nginxconf_read(const char *path, struct nginxconf **out, char *why, size_t size)
{
	struct nginxconf *c = calloc(1, sizeof(*c));
	int r;

	snprintf(why, size, "no memory");
	if (c == NULL)
		return (ERR_NOMEM);
	c->why = why;
	c->why_size = size;
	if ((r = read_all(c, path)) != 0) {
		nginxconf_free(c);
		return (r);
	}
	why[0] = '\0';
	*out = c;
	return (0);
}

static void
free_lines(struct nginxconf_line *l)
{
	struct nginxconf_line *next;

	for (; l != NULL; l = next) {
		next = l->next;
		free_lines(l->first);
		free_line(l);
	}
}

void
nginxconf_free(struct nginxconf *c)
{
	struct source *s, *next;

	if (c == NULL)
		return;
	free_lines(c->root.first);
	for (s = c->sources; s != NULL; s = next) {
		next = s->next;
		free(s->name);
		free(s->text);
		free(s);
	}
	free(c->prefix);
	free(c);
}

const struct nginxconf_line *
nginxconf_top(const struct nginxconf *c)
{
	return (c->root.first);
}
