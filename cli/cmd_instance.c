/*
 * What sekisho-authd does itself, without a running daemon. It speaks to
 * people; with --json its words become an object here (audit verify, which
 * programs read most, makes its own).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/question.h"
#include "cli/cmd.h"
#include "cli/show.h"
#include "cli/sibling.h"

#define PATH_LEN 4096

/* The text between single quotes at *p, its backslashes undone. */
static json_t *
quoted(char **p)
{
	char *from = *p + 1, *to = from, *begin = from;

	for (; *from != '\0' && *from != '\''; from++) {
		if (*from == '\\' && from[1] != '\0')
			from++;
		*to++ = *from;
	}
	*p = *from == '\0' ? from : from + 1;
	return (json_stringn(begin, (size_t)(to - begin)));
}

/* A value as the configuration writes it: 'text', {'list'}, 12, word; NULL
 * without memory. */
static json_t *
setting(char *p)
{
	json_t *list;

	if (*p == '\'')
		return (quoted(&p));
	if (*p != '{')
		return (*p != '\0' && p[strspn(p, "0123456789")] == '\0'
			? json_integer(strtoll(p, NULL, 10))
			: json_string(p));
	list = json_array();
	while ((p = strchr(p, '\'')) != NULL) {
		if (json_array_append_new(list, quoted(&p)) != 0) {
			json_decref(list);
			return (NULL);
		}
	}
	return (list);
}

/* Lines `name = value` as members of an object. */
static int
put_settings(json_t *o, char *text)
{
	char *line, *rest = text, *eq;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if ((eq = strstr(line, " = ")) == NULL)
			continue;
		*eq = '\0';
		if (json_put_take(o, line, setting(eq + 3)) != 0)
			return (ERR_NOMEM);
	}
	return (0);
}

json_t *
cmd_instance_settings(char *text)
{
	json_t *o = json_object();

	if (put_settings(o, text) == 0)
		return (o);
	json_decref(o);
	return (NULL);
}

void
cmd_instance_socket(
    const struct args *a, const json_t *settings, char *out, size_t size)
{
	if (a->socket != NULL)
		snprintf(out, size, "%s", a->socket);
	else
		snprintf(out, size, "%s/authd.sock",
		    json_of_text(settings, "socket_dir"));
}

int
cmd_instance_json(const char *argv[], const char *member, const char *value,
    bool has_settings)
{
	json_t *o = json_object();
	char *text = NULL;
	int code, r;

	if (sibling_read(argv, &code, &text) != 0) {
		json_decref(o);
		return (QUESTION_UNAVAILABLE);
	}
	r = json_put_bool(o, "ok", code == QUESTION_DONE);
	if (r == 0)
		r = json_put_text(o, member, value);
	if (r == 0 && has_settings && code == QUESTION_DONE) {
		r = json_put_take(o, "settings", cmd_instance_settings(text));
	}
	if (r == 0)
		show_json(o);
	else
		show_error("out of memory");
	json_decref(o);
	free(text);
	return (r == 0 ? code : QUESTION_UNAVAILABLE);
}

int
cmd_instance_init(struct args *a)
{
	const char *dir = args_get(a, "dir");
	const char *argv[4] = { "", "--init", dir };

	if (a->is_json)
		return (cmd_instance_json(argv, "dir", dir, false));
	return (sibling_run(argv));
}

static int
run_with_config(const struct args *a, const char *mode, const char *reason)
{
	const char *argv[8] = { "", mode, "-c" };
	char config[PATH_LEN];
	int code;

	if ((code = sibling_config(a, config, sizeof(config))) != QUESTION_DONE)
		return (code);
	argv[3] = config;
	if (reason != NULL) {
		argv[4] = "--reason";
		argv[5] = reason;
	}
	if (!a->is_json)
		return (sibling_run(argv));
	if (strcmp(mode, "--verify-log") == 0) {
		argv[4] = "--json";
		return (sibling_run(argv));
	}
	return (cmd_instance_json(
	    argv, "config", config, strcmp(mode, "--show") == 0));
}

int
cmd_instance_check(struct args *a)
{
	if (args_has(a, "impact"))
		return (cmd_impact_config(a));
	return (run_with_config(a, "--check", NULL));
}

int
cmd_instance_show(struct args *a)
{
	return (run_with_config(a, "--show", NULL));
}

int
cmd_instance_accept(struct args *a)
{
	return (run_with_config(a, "--accept-gap", args_get(a, "reason")));
}

int
cmd_instance_verify(struct args *a)
{
	const char *db = args_get(a, "db"), *pub = args_get(a, "pub");
	const char *argv[8] = { "", "--verify-log", "--db", db, "--pub", pub };

	if (db == NULL && pub == NULL)
		return (run_with_config(a, "--verify-log", NULL));
	if (db == NULL || pub == NULL || args_has(a, "config") ||
	    args_has(a, "dir")) {
		show_error("a copy is checked with --db and --pub together, "
			   "and without --config and --dir");
		return (QUESTION_USAGE);
	}
	if (a->is_json)
		argv[6] = "--json";
	return (sibling_run(argv));
}
