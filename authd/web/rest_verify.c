#include <stdio.h>
#include <string.h>

#include "authd/base/fold.h"
#include "authd/base/text.h"
#include "authd/core/cert_text.h"
#include "authd/web/rest_verify.h"

#define PLACE_MAX 63

const char *const rest_verify_members[] = { "login", "code", "service",
	"source", "certificate", "tty", "ruser", NULL };

/* [a-z0-9._-]{1,32}: it becomes part of a counter's name. */
static bool
is_service(const char *s)
{
	size_t n = strlen(s);

	return (n >= 1 && n <= SERVICE_MAX &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n);
}

/*
 * "", or what may be an IPv4 or IPv6 address, with a zone after `%`: text for
 * the log only, so it is held to harmless characters, not understood.
 */
static bool
is_source(const char *s)
{
	size_t n = strlen(s);
	size_t address = strspn(s, "0123456789abcdefABCDEF:.");

	if (n > AUDIT_SOURCE_MAX)
		return (false);
	if (s[address] == '\0')
		return (true);
	return (address > 0 && s[address] == '%' && s[address + 1] != '\0' &&
	    strspn(s + address + 1,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._-") == n - address - 1);
}

/* "", or a word that stays one word in the log. */
static bool
is_place(const char *s)
{
	size_t n = strlen(s);

	return (n <= PLACE_MAX &&
	    strspn(s,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._/:@$-") == n);
}

/* What a server tells beside: the terminal, and who was somebody there. */
static int
take_place(struct json_in *in, struct act *act)
{
	const char *tty = json_in_text(in, "tty", JSON_MEMBER_BYTES);
	const char *ruser = json_in_text(in, "ruser", JSON_MEMBER_BYTES);

	tty = tty == NULL ? "" : tty;
	ruser = ruser == NULL ? "" : ruser;
	if (!is_place(tty) || !is_place(ruser))
		return (act_refuse(act, ERR_INVALID, "bad_place",
		    "A tty or ruser is at most 63 letters, digits and "
		    "._/:@$-."));
	snprintf(act->place, sizeof(act->place), "%s%s%s%s%s",
	    tty[0] == '\0' ? "" : "tty=", tty,
	    tty[0] == '\0' || ruser[0] == '\0' ? "" : " ",
	    ruser[0] == '\0' ? "" : "ruser=", ruser);
	return (0);
}

int
rest_verify_consumer(struct json_in *in, struct act *act, const char *service,
    char *out, size_t size)
{
	const char *source = json_in_text(in, "source", JSON_MEMBER_BYTES);
	int r;

	if (json_in_end(in) != 0)
		return (json_in_end(in));
	if (!is_service(service))
		return (act_refuse(act, ERR_INVALID, "bad_service",
		    "A service is 1 to 32 of a-z, 0-9, dot, underscore and "
		    "hyphen."));
	if (source != NULL && !is_source(source))
		return (act_refuse(act, ERR_INVALID, "bad_source",
		    "A source is an address of at most 64 bytes, or empty."));
	if ((r = take_place(in, act)) != 0)
		return (r);
	snprintf(out, size, "local:%s", service);
	return (text_copy(
	    act->source, sizeof(act->source), source == NULL ? "" : source));
}

void
rest_verify_shown(struct json_in *in, struct shown *out)
{
	const char *pem = json_in_text(in, "certificate", BODY_MAX);

	/* What is no certificate is as good as none. */
	out->len = 0;
	if (pem != NULL)
		cert_text_get(pem, strlen(pem), out->der, &out->len);
}

int
rest_verify_parse(struct json_in *in, struct act *act, void *call)
{
	struct verify *v = call;
	const char *login, *code, *service;
	int r;

	/* What is no login or no code is refused like any other wrong one,
	 * so its length is no error either. */
	login = json_in_need(in, "login", BODY_MAX);
	code = json_in_need(in, "code", BODY_MAX);
	service = json_in_need(in, "service", JSON_MEMBER_BYTES);
	rest_verify_shown(in, &v->shown);
	r = rest_verify_consumer(
	    in, act, service, v->consumer, sizeof(v->consumer));
	if (r != 0)
		return (r);
	if ((r = fold_login(login, v->login)) == ERR_NOMEM)
		return (r);
	if (text_fold_code(code, v->code) != 0 &&
	    recovery_fold(code, v->recovery) != 0)
		v->code[0] = '\0'; /* neither: wrong like any other */
	if (r != 0)
		v->login[0] = '\0';
	return (0);
}

int
rest_verify_prepare(struct core *c, struct act *act, void *call)
{
	return (verify_prepare(c, act, call));
}

int
rest_verify_run(struct core *c, struct act *act, void *call)
{
	struct verify *v = call;
	struct shown_by by;
	int r;

	if ((r = shown_look(c, act, &v->shown, &v->account, &by)) != 0)
		return (r);
	v->terminal = by.terminal;
	return (verify_run(c, act, v));
}

int
rest_verify_render(const struct act *act, void *call, json_t *o)
{
	struct verify *v = call;

	if (json_put_text(o, "result", rest_verify_outcome(v)) != 0 ||
	    json_put_text(o, "request_id", act->request_id) != 0)
		return (ERR_NOMEM);
	if (v->used_recovery)
		return (json_put_int(o, "recovery_left", v->recovery_left));
	if (v->verdict == VERDICT_ACCEPT || !v->is_used_code)
		return (0);
	if (json_put_text(o, "hint", "code_used") != 0)
		return (ERR_NOMEM);
	return (json_put_int(o, "retry_after", v->retry_after));
}

const char *
rest_verify_outcome(const void *call)
{
	const struct verify *v = call;

	return (v->verdict == VERDICT_ACCEPT ? "accept" : "refuse");
}
