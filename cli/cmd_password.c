#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "cli/args.h"
#include "cli/question.h"
#include "cli/cmd.h"
#include "cli/show.h"

#define SECRET_MAX 4096 /* bytes sent; no password may have as many */
#define LINE_LEN   1024 /* of an imported file, with its newline */

/*
 * Read ${fd} up to the first newline or the end, byte by byte: nothing stays
 * in a buffer of stdio. Of a longer line only the begin is kept: the daemon
 * refuses that as too long, too. Return the length, -1 on failure (told).
 */
static ssize_t
read_line(int fd, char out[SECRET_MAX + 1])
{
	bool is_cut;
	size_t n = 0;
	ssize_t k;
	char c;

	for (;;) {
		k = read(fd, &c, 1);
		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1) {
			show_error(
			    "cannot read the password: %s", strerror(errno));
			return (-1);
		}
		if (k == 0 || c == '\n')
			break;
		if (n < SECRET_MAX)
			out[n++] = c;
	}
	/* when cut, not within a character: without the last one */
	is_cut = n == SECRET_MAX;
	while (is_cut && n > 0 && ((unsigned char)out[n - 1] & 0xc0) == 0x80)
		n--;
	if (is_cut && n > 0)
		n--;
	if (n > 0 && out[n - 1] == '\r')
		n--;
	out[n] = '\0';
	mem_wipe(&c, sizeof(c));
	return ((ssize_t)n);
}

/* Read the password from where the options say. */
static int
take_secret(const struct args *a, char *out)
{
	const char *path = args_get(a, "file");
	ssize_t n = -1;
	int fd;

	if (args_has(a, "stdin") == (path != NULL)) {
		show_error("give the password by --stdin%s, never as an "
			   "argument",
		    verbs_option(a->verb, "file") != NULL ? " or --file" : "");
		return (QUESTION_USAGE);
	}
	fd = path == NULL ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		show_error("%s: %s", path, strerror(errno));
	else
		n = read_line(fd, out);
	if (path != NULL && fd != -1)
		close(fd);
	if (n > 0 && strlen(out) != (size_t)n) {
		show_error("the password holds a zero byte");
		n = -1;
	}
	if (n < 0)
		mem_wipe(out, SECRET_MAX + 1);
	return (n < 0 ? QUESTION_USAGE : QUESTION_DONE);
}

/* All reasons as sentences on standard error, as words with --json. */
static int
tell(const struct args *a, const json_t *answer, const char *done)
{
	const json_t *list = json_object_get(answer, "messages"), *o;
	/* Only the very word is good; all else refuses. */
	bool is_ok = json_of_bool(answer, "ok");
	size_t i;

	if (a->is_json)
		show_json(answer);
	else if (is_ok)
		puts(done);
	for (i = 0; !is_ok && (o = json_array_get(list, i)) != NULL; i++) {
		fputs("sekisho: ", stderr);
		show_safe(stderr, json_of_text(o, "ja"));
		fputs(" / ", stderr);
		show_safe(stderr, json_of_text(o, "en"));
		fputc('\n', stderr);
	}
	return (is_ok ? QUESTION_DONE : QUESTION_REFUSED);
}

/* The members of ${question} that are secret, wiped where jansson has them. */
static void
wipe_member(json_t *question, const char *member)
{
	json_t *text = json_object_get(question, member);

	if (text != NULL)
		mem_wipe((char *)(uintptr_t)json_string_value(text),
		    json_string_length(text));
	json_decref(question);
}

static int
ask_about(struct args *a, const char *done)
{
	json_t *question = NULL, *answer;
	char *secret;
	int code;

	if ((secret = calloc(1, SECRET_MAX + 1)) == NULL) {
		show_error("out of memory");
		return (QUESTION_UNAVAILABLE);
	}
	if ((code = take_secret(a, secret)) != QUESTION_DONE)
		goto out;
	question = question_new(a);
	if (question != NULL &&
	    json_put_text(question, "password", secret) != 0) {
		show_error("the password is not UTF-8");
		code = QUESTION_USAGE;
		goto out;
	}
	/* kept, so that it can be wiped after it was sent */
	code = question_daemon(a,
	    strcmp(a->verb->name, "set") == 0 ? "/v1/password/set"
					      : "/v1/password/check",
	    json_incref(question), &answer);
	if (code == QUESTION_DONE) {
		code = tell(a, answer, done);
		json_decref(answer);
	}
out:
	mem_wipe(secret, SECRET_MAX + 1);
	free(secret);
	wipe_member(question, "password");
	return (code);
}

int
cmd_password_set(struct args *a)
{
	return (ask_about(
	    a, "set; it opens one login, in which it must be changed"));
}

int
cmd_password_check(struct args *a)
{
	return (ask_about(a, "good"));
}

int
cmd_password_reset(struct args *a)
{
	bool is_all = args_has(a, "all");
	json_t *question, *answer;
	int code;

	if ((a->n == 1) + (args_get(a, "office") != NULL) + is_all != 1) {
		show_error("one of LOGIN, --office and --all is needed");
		return (QUESTION_USAGE);
	}
	question = question_new(a);
	if (question != NULL && is_all && json_put_int(question, "all", 1) != 0)
		return (question_lost(question));
	code = question_daemon(a, "/v1/password/reset", question, &answer);
	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(answer);
	else
		puts("ordered: the next login asks for a new password");
	json_decref(answer);
	return (QUESTION_DONE);
}

/* What became of one line; false without memory to tell it. */
static bool
tell_line(json_t *list, int number, const char *login, const char *code,
    const char *detail)
{
	bool is_told = true;
	json_t *o;

	if (list != NULL) {
		o = json_object();
		is_told = json_put_int(o, "line", number) == 0 &&
		    json_put_text(o, "login", login) == 0 &&
		    json_put_bool(o, "ok", code[0] == '\0') == 0 &&
		    json_put_text(o, "code", code) == 0 &&
		    json_array_append(list, o) == 0;
		json_decref(o);
		if (!is_told)
			show_error("line %d: out of memory", number);
	} else if (code[0] == '\0') {
		fputs("imported ", stdout);
		show_safe(stdout, login);
		putchar('\n');
	} else
		show_error("line %d: %s%s%s (%s)", number, login,
		    login[0] == '\0' ? "" : ": ", detail, code);
	return (is_told);
}

/* The same of a line that is none. */
static bool
refuse_line(json_t *list, int number, const char *why, int *code)
{
	const bool is_told = tell_line(list, number, "", "bad_line", why);

	*code = is_told ? QUESTION_REFUSED : QUESTION_UNAVAILABLE;
	return (is_told);
}

/* Send one LOGIN:HASH; false ends the whole import. */
static bool
import_line(
    const struct args *a, json_t *list, int number, char *line, int *code)
{
	struct question_reply reply;
	json_t *question;
	char *hash = strchr(line, ':');
	bool is_told;

	if (hash == NULL || hash == line)
		/* not shown: it may be a password that lost its place */
		return (refuse_line(list, number, "not LOGIN:HASH", code));
	if (!text_is_utf8(line, strlen(line)))
		return (refuse_line(list, number, "not UTF-8", code));
	*hash++ = '\0';
	question = json_object();
	if (json_put_text(question, "login", line) != 0 ||
	    json_put_text(question, "hash", hash) != 0) {
		json_decref(question);
		show_error("line %d: out of memory", number);
		*code = QUESTION_UNAVAILABLE;
		return (false);
	}
	question_try(
	    question_socket(a), "/v1/password/import", question, &reply);
	is_told = tell_line(list, number, line,
	    reply.exit == QUESTION_DONE ? "" : reply.code, reply.detail);
	if (!is_told)
		*code = QUESTION_UNAVAILABLE;
	else if (reply.exit == QUESTION_NOT_PERMITTED ||
	    reply.exit == QUESTION_UNAVAILABLE)
		*code = (int)reply.exit;
	else if (reply.exit != QUESTION_DONE)
		*code = QUESTION_REFUSED;
	question_reply_clear(&reply);
	/* the others would meet the same */
	return (*code == QUESTION_DONE || *code == QUESTION_REFUSED);
}

int
cmd_password_import(struct args *a)
{
	json_t *list = a->is_json ? json_array() : NULL;
	int code = QUESTION_DONE, number = 0;
	char line[LINE_LEN];
	bool goes_on = true;
	FILE *f;

	if (a->is_json && list == NULL) {
		show_error("out of memory");
		return (QUESTION_UNAVAILABLE);
	}
	if ((f = fopen(a->at[0], "re")) == NULL) {
		show_error("%s: %s", a->at[0], strerror(errno));
		json_decref(list);
		return (QUESTION_USAGE);
	}
	while (goes_on && fgets(line, sizeof(line), f) != NULL) {
		bool is_whole = strchr(line, '\n') != NULL || feof(f);

		number++;
		line[strcspn(line, "\r\n")] = '\0';
		if (!is_whole) {
			goes_on = refuse_line(list, number, "too long", &code);
			while (
			    !is_whole && fgets(line, sizeof(line), f) != NULL)
				is_whole = strchr(line, '\n') != NULL;
		} else if (line[0] != '\0' && line[0] != '#')
			goes_on = import_line(a, list, number, line, &code);
	}
	if (ferror(f)) {
		show_error("%s: cannot be read", a->at[0]);
		code = QUESTION_USAGE;
	}
	fclose(f);
	mem_wipe(line, sizeof(line));
	if (list != NULL)
		show_list(list, "lines");
	json_decref(list);
	return (code);
}
