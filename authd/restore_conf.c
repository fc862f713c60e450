#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/conf_strip.h"
#include "authd/restore_conf.h"

#define BLANKS " \t\r\n"

/* A setting that says where things are: that follows from the place. */
static bool
is_layout(const char *name, size_t n)
{
	static const char *const names[] = { "store", "data_dir", "keys_dir",
		"state_file", "audit_pub", "ca_chain", "socket_dir" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == n && strncmp(name, names[i], n) == 0)
			return (true);
	return (false);
}

/* Where the value that begins at s ends. */
static const char *
after_value(const char *s)
{
	bool is_list = *s == '{';

	if (*s == '"' || *s == '\'')
		return (conf_strip_quoted(s));
	while (*s != '\0' && (is_list || strchr(BLANKS, *s) == NULL)) {
		if (*s == '}')
			return (s + 1);
		s = *s == '"' || *s == '\'' ? conf_strip_quoted(s) : s + 1;
	}
	return (s);
}

/*
 * Write ${text} but for the settings of ${bare}, the same without comments:
 * however they stand there, on one line or on several.
 */
static void
put_others(const char *text, const char *bare, FILE *f)
{
	const char *s = bare, *from = bare, *name, *end;
	size_t n;

	while (*(s += strspn(s, BLANKS)) != '\0') {
		name = s;
		s += n = strcspn(s, BLANKS "=+{}\"'");
		end = s + strspn(s, BLANKS);
		end += *end == '+';
		if (n == 0 || *end != '=') {
			s += n == 0;
			continue;
		}
		end++;
		s = after_value(end + strspn(end, BLANKS));
		if (!is_layout(name, n))
			continue;
		fwrite(text + (from - bare), 1, (size_t)(name - from), f);
		from = s;
	}
	fputs(text + (from - bare), f);
}

int
restore_conf_write(const struct place *p, const char *text, FILE *f)
{
	const struct conf_line *lines;
	size_t i, n = strlen(text);
	char *bare;
	int r;

	if ((bare = strdup(text)) == NULL)
		return (log_fr(ERR_NOMEM, "sekisho.conf"));
	if ((r = conf_strip_text("sekisho.conf of the backup", bare)) == 0) {
		put_others(text, bare, f);
		if (n > 0 && text[n - 1] != '\n')
			fputc('\n', f);
		lines = place_settings(p, &n);
		for (i = 0; i < n; i++)
			fprintf(f, "%s = \"%s\"\n", lines[i].name,
			    lines[i].value);
	}
	free(bare);
	return (r);
}

void
restore_conf_say(const struct place *p, const struct conf *c, FILE *f)
{
	const struct place_site *s = &p->sites[0];
	const struct {
		const char *name, *path;
	} all[] = {
		{ "proxy_key_file", c->proxy_key_file },
		{ "breach_file", c->breach_file },
	};
	char path[PLACE_PATH_MAX + CONF_PATH_MAX];
	size_t i, n = strlen(s->tmp);

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i].path[0] == '\0')
			continue;
		/* What is named from sekisho.conf on has moved with it. */
		if (n > 0 && strncmp(all[i].path, s->tmp, n) == 0 &&
		    all[i].path[n] == '/')
			(void)snprintf(path, sizeof(path), "%s%s", s->dir,
			    all[i].path + n);
		else
			(void)snprintf(path, sizeof(path), "%s", all[i].path);
		if (access(path, F_OK) != 0)
			fprintf(f,
			    "\nNo backup holds %s (%s):\n"
			    "put it there before the start.\n",
			    path, all[i].name);
	}
}
