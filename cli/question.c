#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/api/client.h"
#include "authd/api/json.h"
#include "authd/base/mem.h"
#include "cli/question.h"
#include "cli/show.h"

const char *
question_socket(const struct args *a)
{
	const char *env;

	if (a->socket != NULL)
		return (a->socket);
	env = getenv("SEKISHO_SOCKET");
	return (env != NULL && env[0] != '\0' ? env : QUESTION_SOCKET);
}

/* NEXT-CODE becomes next_code. */
static void
member_name(const char *arg, char *out, size_t size)
{
	size_t i;

	snprintf(out, size, "%s", arg);
	for (i = 0; out[i] != '\0'; i++)
		out[i] =
		    out[i] == '-' ? '_' : (char)tolower((unsigned char)out[i]);
}

static int
put_number(json_t *o, const struct verb_option *opt, const char *value)
{
	size_t n = strlen(value);

	if (n == 0 || n > 15 || strspn(value, "0123456789") != n) {
		show_error("--%s needs a number, not `%s'", opt->name, value);
		return (ERR_INVALID);
	}
	return (json_put_int(o, opt->member, strtoll(value, NULL, 10)));
}

/* A repeated option grows its list; a single empty one empties it. */
static int
put_item(json_t *o, const char *member, const char *value)
{
	json_t *list = json_object_get(o, member);
	int r;

	if (list == NULL) {
		if ((r = json_put_take(o, member, json_array())) != 0)
			return (r);
		list = json_object_get(o, member);
	}
	if (value[0] == '\0')
		return (0);
	return (json_array_append_new(list, json_string(value)) == 0
		? 0
		: ERR_NOMEM);
}

static int
put_option(json_t *o, const struct verb_option *opt, const char *value)
{
	if (opt->member == NULL)
		return (0);
	if (opt->kind == VERB_INT)
		return (put_number(o, opt, value));
	if (opt->kind == VERB_LIST)
		return (put_item(o, opt->member, value));
	return (json_put_text(o, opt->member, value));
}

json_t *
question_new(const struct args *a)
{
	json_t *o = json_object();
	char arg[32], member[32];
	int i, r = o == NULL ? ERR_NOMEM : 0;

	for (i = 0; r == 0 && i < a->n; i++) {
		(void)verbs_arg(a->verb, i, arg, sizeof(arg));
		member_name(arg, member, sizeof(member));
		r = json_put_text(o, member, a->at[i]);
	}
	for (i = 0; r == 0 && i < a->given_n; i++)
		r = put_option(o, a->given[i].option, a->given[i].value);
	if (r == 0)
		return (o);
	if (r == ERR_NOMEM)
		show_error("out of memory");
	json_decref(o);
	return (NULL);
}

static void
note(struct question_reply *reply, enum question_exit code, const char *word,
    const char *detail)
{
	reply->exit = code;
	snprintf(reply->code, sizeof(reply->code), "%s", word);
	snprintf(reply->detail, sizeof(reply->detail), "%s", detail);
}

static enum question_exit
exit_of_status(int status, const char *code)
{
	if (status >= 500)
		return (QUESTION_UNAVAILABLE);
	switch (status) {
	case 403:
		return (QUESTION_NOT_PERMITTED);
	case 404:
		/* A daemon of another version, not a missing thing. */
		return (strcmp(code, "no_route") == 0 ? QUESTION_UNAVAILABLE
						      : QUESTION_NOT_FOUND);
	case 400:
	case 405:
	case 413:
	case 415:
	case 431:
		return (QUESTION_USAGE);
	default:
		return (QUESTION_REFUSED);
	}
}

static void
judge_failure(struct question_reply *reply, int r, const char *socket,
    const struct client_answer *a)
{
	char text[400];
	bool is_barred, is_absent;

	if (r == ERR_SYS) {
		is_barred = a->sys_errno == EACCES || a->sys_errno == EPERM;
		is_absent =
		    a->sys_errno == ENOENT || a->sys_errno == ECONNREFUSED;
		snprintf(text, sizeof(text), "%s: %s: %s%s", a->why, socket,
		    strerror(a->sys_errno),
		    is_absent	    ? "; is sekisho-authd running?"
			: is_barred ? "; ask as root or as the user who "
				      "started the daemon"
				    : "");
		note(reply,
		    is_barred ? QUESTION_NOT_PERMITTED : QUESTION_UNAVAILABLE,
		    is_barred ? "no_access" : "no_daemon", text);
		return;
	}
	if (r == ERR_TIMEOUT)
		snprintf(text, sizeof(text),
		    "%s: no answer within %d s, so whether it was done is not "
		    "known; look at the daemon's log",
		    socket, QUESTION_TIMEOUT_MS / 1000);
	else
		snprintf(text, sizeof(text), "%s: %s", socket, a->why);
	note(reply, QUESTION_UNAVAILABLE,
	    r == ERR_TIMEOUT ? "no_answer" : "bad_answer", text);
}

static void
judge(struct question_reply *reply, const struct client_answer *a)
{
	struct json_in in;
	const char *detail;

	reply->is_reached = true;
	snprintf(
	    reply->request_id, sizeof(reply->request_id), "%s", a->request_id);
	if (json_in_open(&in, a->body, a->len, NULL) != 0) {
		note(reply, QUESTION_UNAVAILABLE, "bad_answer",
		    "the daemon's answer is not JSON");
		json_in_close(&in);
		return;
	}
	reply->answer = json_incref(in.root);
	json_in_close(&in);
	if (a->status == 200) {
		reply->exit = QUESTION_DONE;
		return;
	}
	detail = json_of_text(reply->answer, "detail");
	if (detail[0] == '\0')
		detail = json_of_text(reply->answer, "title");
	note(reply,
	    exit_of_status(a->status, json_of_text(reply->answer, "code")),
	    json_of_text(reply->answer, "code"),
	    detail[0] == '\0' ? "the daemon refused" : detail);
}

void
question_try(const char *socket, const char *path, json_t *question,
    struct question_reply *reply)
{
	struct client_answer a = { .size = QUESTION_ANSWER_MAX };
	char *text = NULL;
	size_t n;
	int r;

	memset(reply, 0, sizeof(*reply));
	note(reply, QUESTION_UNAVAILABLE, "no_memory", "out of memory");
	if (question != NULL && (text = json_text(question, &n)) == NULL)
		goto out;
	if ((a.body = malloc(a.size)) == NULL)
		goto out;
	r = client_call(socket, path, text, QUESTION_TIMEOUT_MS, &a);
	reply->code[0] = reply->detail[0] = '\0';
	if (r != 0)
		judge_failure(reply, r, socket, &a);
	else
		judge(reply, &a);
	mem_wipe(a.body, a.len);
out:
	free(a.body);
	json_text_free(text);
	json_decref(question);
}

void
question_reply_clear(struct question_reply *reply)
{
	json_decref(reply->answer);
	reply->answer = NULL;
}

/* Our own failures have the form of the daemon's, without a status. */
static void
print_problem(const struct question_reply *reply)
{
	char type[80];
	json_t *o;

	if (reply->answer != NULL) {
		show_json(reply->answer);
		return;
	}
	snprintf(type, sizeof(type), "urn:sekisho:problem:%s", reply->code);
	o = json_object();
	if (json_put_text(o, "type", type) == 0 &&
	    json_put_text(o, "title", "No answer from the daemon") == 0 &&
	    json_put_text(o, "detail", reply->detail) == 0 &&
	    json_put_text(o, "code", reply->code) == 0)
		show_json(o);
	json_decref(o);
}

void
question_report(const struct args *a, const struct question_reply *reply)
{
	if (reply->exit == QUESTION_DONE)
		return;
	if (a->is_json)
		print_problem(reply);
	show_error("%s (%s)%s%s", reply->detail, reply->code,
	    reply->request_id[0] == '\0' ? "" : ", request id ",
	    reply->request_id);
}

int
question_lost(json_t *question)
{
	json_decref(question);
	show_error("out of memory");
	return (QUESTION_UNAVAILABLE);
}

int
question_daemon(
    const struct args *a, const char *path, json_t *question, json_t **answer)
{
	struct question_reply reply;

	*answer = NULL;
	/* What made it NULL has been told, and was the user's to know. */
	if (question == NULL)
		return (QUESTION_USAGE);
	question_try(question_socket(a), path, question, &reply);
	question_report(a, &reply);
	if (reply.exit == QUESTION_DONE)
		*answer = json_incref(reply.answer);
	question_reply_clear(&reply);
	return ((int)reply.exit);
}

int
question_verb(const struct args *a, json_t **answer)
{
	char path[80];

	snprintf(path, sizeof(path), "/v1/%s/%s", a->noun, a->verb->name);
	return (question_daemon(a, path, question_new(a), answer));
}

/* Append what one page brought; *next is what the following one starts at. */
static int
take_page(json_t *page, const char *member, json_t *all, json_t **next)
{
	json_t *list = json_object_get(page, member);
	int r;

	json_decref(*next);
	*next = json_incref(json_object_get(page, "next"));
	r = json_array_extend(all, list);
	json_decref(page);
	return (r == 0 ? QUESTION_DONE : QUESTION_UNAVAILABLE);
}

int
question_pages(const struct args *a, const char *member, json_t **all)
{
	json_t *page, *question, *next = NULL;
	char path[80];
	int code;

	snprintf(path, sizeof(path), "/v1/%s/%s", a->noun, a->verb->name);
	*all = json_array();
	do {
		question = question_new(a);
		if (question != NULL &&
		    (json_put_int(question, "limit", QUESTION_PAGE) != 0 ||
			(next != NULL &&
			    json_object_set(question, "after", next) != 0))) {
			show_error("out of memory");
			json_decref(question);
			code = QUESTION_UNAVAILABLE;
			break;
		}
		code = question_daemon(a, path, question, &page);
		if (code != QUESTION_DONE)
			break;
		code = take_page(page, member, *all, &next);
		if (code != QUESTION_DONE)
			show_error("the daemon's answer is no list");
	} while (code == QUESTION_DONE && next != NULL && !json_is_null(next));
	json_decref(next);
	if (code != QUESTION_DONE) {
		json_decref(*all);
		*all = NULL;
	}
	return (code);
}
