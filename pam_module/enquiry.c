#include <stdio.h>
#include <string.h>

#include "authd/api/client.h"
#include "authd/api/flat.h"
#include "authd/base/clock.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "pam_module/enquiry.h"
#include "pam_module/options.h"

#define QUESTION_SIZE 8192 /* every text at its longest, none escaped */

void
enquiry_init(struct enquiry *e, const char *socket, int64_t timeout_ms)
{
	memset(e, 0, sizeof(*e));
	e->socket = socket;
	e->left_ms = timeout_ms;
}

/* A text that is worth sending, or "". */
static const char *
fair(const char *s)
{
	size_t n = s == NULL ? 0 : strnlen(s, ENQUIRY_TEXT_MAX + 1);

	return (n == 0 || n > ENQUIRY_TEXT_MAX || !text_is_utf8(s, n) ? "" : s);
}

/* Cut, with everything but the allowed characters as `_`. */
static void
put_word(char *out, size_t size, const char *in, const char *allowed)
{
	size_t i;

	for (i = 0; in != NULL && i + 1 < size && in[i] != '\0'; i++)
		out[i] = strchr(allowed, in[i]) != NULL ? in[i] : '_';
	out[i] = '\0';
}

void
enquiry_person(struct enquiry *e, const char *login, const char *service,
    const char *rhost, const char *tty, const char *ruser)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789._-"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ/:@$";
	size_t i;

	snprintf(e->login, sizeof(e->login), "%s", fair(login));
	put_word(e->service, sizeof(e->service), service, plain);
	for (i = 0; e->service[i] != '\0'; i++) {
		if (e->service[i] >= 'A' && e->service[i] <= 'Z')
			e->service[i] = (char)(e->service[i] - 'A' + 'a');
		else if (strchr("/:@$", e->service[i]) != NULL)
			e->service[i] = '_';
	}
	if (i == 0)
		snprintf(e->service, sizeof(e->service), "unknown");
	e->source[0] = '\0';
	if (rhost != NULL && strlen(rhost) <= ENQUIRY_WORD_MAX &&
	    options_is_address(rhost))
		snprintf(e->source, sizeof(e->source), "%s", rhost);
	put_word(e->tty, sizeof(e->tty), tty, plain);
	put_word(e->ruser, sizeof(e->ruser), ruser, plain);
}

static int
fail(struct enquiry *e, int r, const char *what, const char *detail)
{
	snprintf(e->why, sizeof(e->why), "%s%s%s", what,
	    detail[0] == '\0' ? "" : ": ", detail);
	return (r);
}

/*
 * Ask, within what is left of the deadline. Only a 200 is an answer, anything
 * else an error, though its body is there as well.
 */
static int
ask(struct enquiry *e, const char *path, const char *json, char *body,
    size_t size, size_t *n)
{
	struct client_answer a = { .body = body,
		.size = size,
		.is_strict = true };
	int64_t start = clock_boot_ms();
	char status[24];
	int r;

	e->is_silent = false;
	e->why[0] = '\0';
	if (e->left_ms <= 0) {
		e->is_silent = !e->has_answered;
		return (fail(e, ERR_TIMEOUT, "the deadline passed", ""));
	}
	r = client_call(e->socket, path, json, e->left_ms, &a);
	e->left_ms -= clock_boot_ms() - start;
	e->has_answered = e->has_answered || a.has_begun;
	if (r != 0) {
		e->is_silent = !e->has_answered;
		return (fail(e, r, a.why,
		    a.sys_errno == 0 ? "" : strerrordesc_np(a.sys_errno)));
	}
	*n = a.len;
	if (a.status == 200)
		return (0);
	snprintf(status, sizeof(status), "status %d", a.status);
	r = a.status == 404 ? ERR_NOTFOUND
	    : a.status == 403		       ? ERR_DENIED
	    : a.status == 503		       ? ERR_BUSY
					       : ERR_PROTO;
	return (fail(e, r, path, status));
}

static int
ask_verdict(struct enquiry *e, const char *path, struct buf *question,
    struct enquiry_verdict *v)
{
	char body[FLAT_MAX + 1];
	size_t n = 0;
	int r;

	memset(v, 0, sizeof(*v));
	v->recovery_left = -1;
	if (flat_put_close(question) != 0)
		r = fail(e, ERR_LIMIT, "the question is too long", "");
	else
		r = ask(e, path, (char *)question->at, body, sizeof(body), &n);
	if (r == 0 && (r = enquiry_judge(body, n, v)) != 0)
		(void)fail(e, r, path, "the answer is none of ours");
	mem_wipe(question->at, question->len);
	mem_wipe(body, n);
	/* a route that is not there is no answer about a person */
	return (r == ERR_NOTFOUND ? ERR_PROTO : r);
}

static void
put_person(const struct enquiry *e, struct buf *b)
{
	flat_put_text(b, "service", e->service);
	flat_put_text(b, "source", e->source);
	flat_put_text(b, "tty", e->tty);
	flat_put_text(b, "ruser", e->ruser);
}

int
enquiry_verify(struct enquiry *e, const char *code, struct enquiry_verdict *v)
{
	char question[QUESTION_SIZE];
	struct buf b;
	int r;

	buf_init(&b, question, sizeof(question));
	flat_put_open(&b);
	flat_put_text(&b, "login", e->login);
	flat_put_text(&b, "code", fair(code));
	put_person(e, &b);
	r = ask_verdict(e, "/v1/verify", &b, v);
	/* there is nothing to continue with here */
	if (r == 0 && v->result != ENQUIRY_ACCEPT)
		v->result = ENQUIRY_REFUSE;
	return (r);
}

int
enquiry_password(
    struct enquiry *e, const char *password, struct enquiry_verdict *v)
{
	char question[QUESTION_SIZE];
	struct buf b;
	int r;

	buf_init(&b, question, sizeof(question));
	flat_put_open(&b);
	flat_put_text(&b, "login", e->login);
	flat_put_text(&b, "password", fair(password));
	put_person(e, &b);
	r = ask_verdict(e, "/v1/login", &b, v);
	/*
	 * The first step alone accepts nobody here: this mode promises a code.
	 */
	if (r == 0 &&
	    (v->result != ENQUIRY_CONTINUE || v->transaction[0] == '\0'))
		v->result = ENQUIRY_REFUSE;
	return (r);
}

int
enquiry_code(struct enquiry *e, const char *code, struct enquiry_verdict *v)
{
	char question[QUESTION_SIZE];
	struct buf b;
	int r;

	buf_init(&b, question, sizeof(question));
	flat_put_open(&b);
	flat_put_text(&b, "transaction", v->transaction);
	flat_put_text(&b, "code", fair(code));
	r = ask_verdict(e, "/v1/login", &b, v);
	if (r == 0 && v->result == ENQUIRY_CONTINUE)
		v->result = ENQUIRY_REFUSE;
	return (r);
}

int
enquiry_state(struct enquiry *e, struct enquiry_state *s)
{
	char question[QUESTION_SIZE], body[FLAT_MAX + 1];
	struct buf b;
	size_t n;
	int r;

	memset(s, 0, sizeof(*s));
	buf_init(&b, question, sizeof(question));
	flat_put_open(&b);
	flat_put_text(&b, "login", e->login);
	if (flat_put_close(&b) != 0)
		return (fail(e, ERR_LIMIT, "the question is too long", ""));
	r = ask(e, "/v1/account/state", question, body, sizeof(body), &n);
	if (r == ERR_NOTFOUND) {
		struct flat f;
		const char *code;

		/* nobody of that name; but a missing route is a fault */
		r = flat_open(&f, body, n);
		code = r == 0 ? flat_text(&f, "code") : NULL;
		if (code == NULL || strcmp(code, "no_such_account") != 0)
			r = fail(e, ERR_PROTO, "the daemon has no such question",
			    "");
		flat_close(&f);
		return (r);
	}
	if (r == 0 && (r = enquiry_judge_state(body, n, s)) != 0)
		(void)fail(e, r, "/v1/account/state",
		    "the answer is none of ours");
	return (r);
}

int
enquiry_report(struct enquiry *e, const char *host, int number, const char *at,
    const char *service, const char *rhost, const char *user)
{
	char question[QUESTION_SIZE], body[FLAT_MAX + 1];
	struct buf b;
	struct flat f;
	size_t n;
	int r;

	buf_init(&b, question, sizeof(question));
	flat_put_open(&b);
	flat_put_text(&b, "host", host);
	flat_put_int(&b, "number", number);
	flat_put_text(&b, "at", at);
	flat_put_text(&b, "service", service);
	flat_put_text(&b, "source", rhost);
	flat_put_text(&b, "user", user);
	if (flat_put_close(&b) != 0)
		return (fail(e, ERR_LIMIT, "the question is too long", ""));
	r = ask(e, "/v1/breakglass/report", question, body, sizeof(body), &n);
	if (r != 0)
		return (r);
	r = flat_open(&f, body, n);
	if (r == 0 && flat_kind(&f, "noted") != FLAT_TRUE)
		r = fail(e, ERR_PROTO, "the report was not noted", "");
	flat_close(&f);
	return (r);
}

static enum enquiry_result
take_result(const struct flat *f)
{
	const char *s = flat_text(f, "result");

	if (s == NULL)
		return (ENQUIRY_REFUSE);
	if (strcmp(s, "accept") == 0)
		return (ENQUIRY_ACCEPT);
	if (strcmp(s, "continue") == 0)
		return (ENQUIRY_CONTINUE);
	if (strcmp(s, "change_password") == 0)
		return (ENQUIRY_CHANGE_PASSWORD);
	return (ENQUIRY_REFUSE);
}

int
enquiry_judge(const char *body, size_t n, struct enquiry_verdict *v)
{
	const char *s;
	struct flat f;
	int64_t number;
	int r;

	memset(v, 0, sizeof(*v));
	v->recovery_left = -1;
	if ((r = flat_open(&f, body, n)) != 0)
		return (r);
	s = flat_text(&f, "result");
	if (s == NULL)
		r = ERR_PROTO;
	v->result = take_result(&f);
	if (v->result == ENQUIRY_REFUSE && s != NULL &&
	    strcmp(s, "refuse") != 0)
		r = ERR_PROTO;
	if ((s = flat_text(&f, "request_id")) != NULL)
		(void)!text_copy(v->request_id, sizeof(v->request_id), s);
	if ((s = flat_text(&f, "transaction")) != NULL &&
	    text_copy(v->transaction, sizeof(v->transaction), s) != 0)
		r = ERR_PROTO;
	if ((s = flat_text(&f, "need")) != NULL && strcmp(s, "code") != 0)
		r = ERR_PROTO;
	s = flat_text(&f, "hint");
	if (v->result == ENQUIRY_REFUSE && s != NULL &&
	    strcmp(s, "code_used") == 0 &&
	    flat_int(&f, "retry_after", 1, 3600, &number))
		v->retry_after = (int)number;
	if (v->result == ENQUIRY_ACCEPT &&
	    flat_int(&f, "recovery_left", 0, 1000, &number))
		v->recovery_left = (int)number;
	flat_close(&f);
	if (r != 0)
		mem_wipe(v, sizeof(*v));
	return (r);
}

static enum enquiry_status
take_status(const struct flat *f)
{
	const char *status = flat_text(f, "status");
	const char *obstacle = flat_text(f, "obstacle");

	if (obstacle != NULL) {
		if (strcmp(obstacle, "not_approved") == 0)
			return (ENQUIRY_NOT_APPROVED);
		if (strcmp(obstacle, "left") == 0 ||
		    strcmp(obstacle, "enrol_by_passed") == 0)
			return (ENQUIRY_EXPIRED);
		return (ENQUIRY_DISABLED);
	}
	return (flat_kind(f, "obstacle") == FLAT_NULL && status != NULL &&
		    strcmp(status, "active") == 0
		? ENQUIRY_ACTIVE
		: ENQUIRY_DISABLED);
}

int
enquiry_judge_state(const char *body, size_t n, struct enquiry_state *s)
{
	struct flat f;
	int r;

	memset(s, 0, sizeof(*s));
	if ((r = flat_open(&f, body, n)) != 0)
		return (r);
	if (flat_text(&f, "status") == NULL)
		r = ERR_PROTO;
	else {
		s->status = take_status(&f);
		s->may_enrol = s->status == ENQUIRY_ACTIVE &&
		    flat_kind(&f, "enrolled") == FLAT_FALSE &&
		    flat_text(&f, "enrol_by") != NULL;
		s->needs_new_password =
		    flat_kind(&f, "password_change") != FLAT_FALSE;
	}
	flat_close(&f);
	return (r);
}
