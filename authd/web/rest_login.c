#include <stdio.h>
#include <string.h>

#include "authd/base/fold.h"
#include "authd/base/text.h"
#include "authd/web/rest_login.h"
#include "authd/web/rest_password.h"
#include "authd/web/rest_verify.h"

const char *const rest_login_members[] = { "login", "password", "service",
	"source", "tty", "ruser", "certificate", "app", "transaction", "code", "new_password", NULL };

/* What is too long for its place is cut: still too long, so still wrong. */
static void
take(char *out, size_t size, const char *in)
{
	size_t n = strnlen(in, size - 1);

	memcpy(out, in, n);
	out[n] = '\0';
}

/* The later steps: a transaction and what it asks for, nothing else. */
static int
parse_step(struct json_in *in, struct login *l, const char *transaction)
{
	const char *code = json_in_text(in, "code", BODY_MAX);
	const char *fresh = json_in_text(in, "new_password", BODY_MAX);

	if ((code == NULL) == (fresh == NULL) ||
	    json_in_text(in, "login", BODY_MAX) != NULL ||
	    json_in_text(in, "password", BODY_MAX) != NULL ||
	    json_in_text(in, "certificate", BODY_MAX) != NULL ||
	    json_in_text(in, "app", BODY_MAX) != NULL)
		json_in_fail(in, "bad_request",
		    "A transaction goes with code or new_password alone.");
	if (json_in_end(in) != 0)
		return (json_in_end(in));
	if (text_copy(l->token, sizeof(l->token), transaction) != 0)
		l->token[0] = '\0'; /* no token of ours */
	if (code != NULL) {
		l->step = LOGIN_STEP_CODE;
		if (text_fold_code(code, l->code) != 0 &&
		    recovery_fold(code, l->recovery) != 0)
			l->code[0] = '\0';
	} else {
		l->step = LOGIN_STEP_NEW_PASSWORD;
		take(l->password, sizeof(l->password), fresh);
	}
	return (0);
}

int
rest_login_parse(struct json_in *in, struct act *act, void *call)
{
	struct login *l = call;
	const char *transaction = json_in_text(in, "transaction", BODY_MAX);
	const char *login, *password, *service, *app;
	int r;

	if (transaction != NULL)
		return (parse_step(in, l, transaction));
	if (json_in_text(in, "code", BODY_MAX) != NULL ||
	    json_in_text(in, "new_password", BODY_MAX) != NULL)
		json_in_fail(in, "bad_request",
		    "A code or new_password needs its transaction.");
	login = json_in_need(in, "login", BODY_MAX);
	password = json_in_need(in, "password", BODY_MAX);
	service = json_in_need(in, "service", JSON_MEMBER_BYTES);
	app = json_in_text(in, "app", HOST_MAX);
	rest_verify_shown(in, &l->shown);
	if (json_in_end(in) != 0)
		return (json_in_end(in));
	if ((r = rest_verify_consumer(
		 in, act, service, l->consumer, sizeof(l->consumer))) != 0)
		return (r);
	if (app != NULL && text_copy(l->app, sizeof(l->app), app) != 0)
		return (ERR_INVALID);
	l->step = LOGIN_STEP_PASSWORD;
	take(l->password, sizeof(l->password), password);
	if ((r = fold_login(login, l->name)) == ERR_NOMEM)
		return (r);
	if (r != 0)
		l->name[0] = '\0';
	return (0);
}

int
rest_login_prepare(struct core *c, struct act *act, void *call)
{
	return (login_prepare(c, act, call));
}

int
rest_login_start(struct core *c, struct work *w, void *call)
{
	struct login *l = call;

	w->hash_key = l->name;
	return (login_run(c, &w->act, l, &w->wants_hash));
}

int
rest_login_hash(struct core *c, void *call)
{
	return (login_hash(c->policy, c->keeper, call));
}

int
rest_login_settle(struct core *c, struct act *act, void *call)
{
	return (login_settle(c, act, call));
}

int
rest_login_give_back(struct core *c, struct act *act, void *call)
{
	return (login_give_back(c, act, call));
}

const char *
rest_login_outcome(const void *call)
{
	const struct login *l = call;

	switch (l->result) {
	case LOGIN_ACCEPT:
		return ("accept");
	case LOGIN_CONTINUE:
		return ("continue");
	case LOGIN_CHANGE_PASSWORD:
		return ("change_password");
	case LOGIN_REFUSE:
		break;
	}
	return ("refuse");
}

int
rest_login_render(const struct act *act, void *call, json_t *o)
{
	const struct login *l = call;
	int r;

	if ((r = json_put_text(o, "result", rest_login_outcome(l))) != 0 ||
	    (r = json_put_text(o, "request_id", act->request_id)) != 0)
		return (r);
	if (l->result == LOGIN_CONTINUE || l->result == LOGIN_CHANGE_PASSWORD)
		r = json_put_text(o, "transaction", l->next_token);
	if (r == 0 && l->result == LOGIN_CONTINUE)
		r = json_put_text(o, "need", "code");
	if (r == 0 && l->result == LOGIN_CHANGE_PASSWORD && l->reasons != 0)
		r = rest_password_put_reasons(
		    o, l->reasons, l->known.account.class != CLASS_GENERAL);
	if (r == 0 && l->used_recovery)
		r = json_put_int(o, "recovery_left", l->recovery_left);
	if (r == 0 && l->result == LOGIN_REFUSE && l->is_used_code) {
		r = json_put_text(o, "hint", "code_used");
		if (r == 0)
			r = json_put_int(o, "retry_after", l->retry_after);
	}
	return (r);
}
