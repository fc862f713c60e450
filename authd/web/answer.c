#include <stdio.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/web/answer.h"

static const struct {
	int r;
	int status;
	const char *code;
	const char *detail;
} errors[] = {
	{ ERR_INVALID, 400, "bad_request", "The request is malformed." },
	{ ERR_DENIED, 403, "not_permitted", "This is not permitted." },
	{ ERR_NOTFOUND, 404, "not_found", "There is no such thing." },
	{ ERR_EXISTS, 409, "exists", "There is one already." },
	{ ERR_WRONG_STATE, 409, "wrong_state", "This cannot be done now." },
	{ ERR_LIMIT, 409, "limit", "A limit is reached." },
	{ ERR_BUSY, 503, "busy", "Too much is waiting. Try again." },
	{ ERR_TIMEOUT, 503, "unavailable", "It took too long. Try again." },
	{ ERR_STORE, 503, "unavailable", "The store does not answer." },
	{ ERR_KEEPER, 503, "unavailable", "The keeper does not answer." },
	{ ERR_FULL, 503, "unavailable", "The disk is full." },
	{ ERR_NOMEM, 503, "unavailable", "There is no memory." },
	{ ERR_IO, 503, "unavailable", "The store does not answer." },
	{ ERR_CORRUPT, 503, "unavailable", "Stored data fails its check." },
};

static const char *
title_of(int status)
{
	switch (status) {
	case 400:
		return ("Bad request");
	case 403:
		return ("Not permitted");
	case 404:
		return ("Not found");
	case 405:
		return ("Method not allowed");
	case 409:
		return ("Conflict");
	case 413:
	case 414:
	case 431:
		return ("Too long");
	case 415:
		return ("Wrong media type");
	case 417:
		return ("Expectation failed");
	case 503:
		return ("Not available now");
	default:
		return ("Internal error");
	}
}

static bool
add(struct MHD_Response *res, const char *name, const char *value)
{
	return (MHD_add_response_header(res, name, value) == MHD_YES);
}

/* What every answer of its socket has, unless ${out} has its own. */
static bool
add_always(struct MHD_Response *res, const struct request *rq,
    const struct exchange_out *out)
{
	const struct secure_field *f;
	size_t i;

	for (i = 0; i < rq->always_n; i++) {
		f = &rq->always[i];
		if (f->except != NULL &&
		    strncmp(rq->target, f->except, strlen(f->except)) == 0)
			continue;
		if (out != NULL && exchange_out_has(out, f->name))
			continue;
		if (!add(res, f->name, f->value))
			return (false);
	}
	return (true);
}

static enum MHD_Result
queue(const struct request *rq, int status, const char *type, const char *allow,
    const json_t *o)
{
	enum MHD_Result done = MHD_NO;
	struct MHD_Response *res;
	char *text;
	size_t n;

	if ((text = json_text(o, &n)) == NULL) {
		log_fr(ERR_NOMEM, "answer to request %s", rq->id);
		return (MHD_NO);
	}
	res = MHD_create_response_from_buffer_with_free_callback(
	    n, text, json_text_free);
	if (res == NULL) {
		json_text_free(text);
		log_fr(ERR_NOMEM, "answer to request %s", rq->id);
		return (MHD_NO);
	}
	if (add(res, "Content-Type", type) &&
	    add(res, "Cache-Control", "no-store") &&
	    add(res, "Sekisho-Request-Id", rq->id) &&
	    add_always(res, rq, NULL) &&
	    (status < 400 || add(res, "Connection", "close")) &&
	    (status != 503 || add(res, "Retry-After", "1")) &&
	    (allow == NULL || add(res, "Allow", allow)))
		done = MHD_queue_response(
		    rq->connection, (unsigned int)status, res);
	MHD_destroy_response(res);
	return (done);
}

enum MHD_Result
answer_json(const struct request *rq, const json_t *o)
{
	return (queue(rq, 200, "application/json", NULL, o));
}

enum MHD_Result
answer_problem(const struct request *rq, int status, const char *code,
    const char *detail, const char *allow)
{
	enum MHD_Result done = MHD_NO;
	json_t *o = json_object();
	char type[80];

	snprintf(type, sizeof(type), "urn:sekisho:problem:%s", code);
	if (json_put_text(o, "type", type) == 0 &&
	    json_put_text(o, "title", title_of(status)) == 0 &&
	    json_put_int(o, "status", status) == 0 &&
	    json_put_text(o, "detail", detail) == 0 &&
	    json_put_text(o, "code", code) == 0 &&
	    json_put_text(o, "request_id", rq->id) == 0)
		done = queue(rq, status, "application/problem+json", allow, o);
	json_decref(o);
	return (done);
}

static void
forget(void *answer)
{
	MHD_destroy_response(answer);
}

struct again {
	struct MHD_Connection *connection;
	enum MHD_Result done;
};

static void
queue_again(void *answer, void *arg)
{
	struct again *a = arg;

	a->done = MHD_queue_response(a->connection, MHD_HTTP_OK, answer);
}

bool
answer_again(const struct request *rq, enum MHD_Result *done)
{
	struct again a = { rq->connection, MHD_NO };

	if (rq->route->again == NULL ||
	    !rq->route->again(rq->call, queue_again, &a))
		return (false);
	*done = a.done;
	return (true);
}

enum MHD_Result
answer_exchange(const struct request *rq, const struct exchange_out *out)
{
	enum MHD_Result done = MHD_NO;
	struct MHD_Response *res;
	bool is_good = true;
	size_t i;

	if (out->is_broken || out->status == 0)
		return (answer_problem(rq, 500, "internal",
		    "The answer could not be made.", NULL));
	res = MHD_create_response_from_buffer(
	    out->body_len, out->body, MHD_RESPMEM_MUST_COPY);
	if (res == NULL) {
		log_fr(ERR_NOMEM, "answer to request %s", rq->id);
		return (MHD_NO);
	}
	for (i = 0; i < out->headers_n; i++)
		is_good = is_good &&
		    add(res, out->headers[i].name, out->headers[i].value);
	if (is_good &&
	    (out->is_same || add(res, "Sekisho-Request-Id", rq->id)) &&
	    add_always(res, rq, out) &&
	    (exchange_out_has(out, "Cache-Control") ||
		add(res, "Cache-Control", "no-store")) &&
	    (out->status != 503 || exchange_out_has(out, "Retry-After") ||
		add(res, "Retry-After", "1")))
		done = MHD_queue_response(
		    rq->connection, (unsigned int)out->status, res);
	if (done != MHD_YES || !out->is_same || rq->route->keep == NULL ||
	    !rq->route->keep(rq->call, res, forget))
		MHD_destroy_response(res);
	return (done);
}

enum MHD_Result
answer_error(const struct request *rq, int r)
{
	const struct problem *p = &rq->work.act.problem;
	int status = 500;
	const char *code = "internal", *detail = "Something broke.";
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].r == r) {
			status = errors[i].status;
			code = errors[i].code;
			detail = errors[i].detail;
		}
	if (status < 500 && p->code[0] != '\0') {
		code = p->code;
		detail = p->detail;
	}
	if (status >= 500)
		log_warn(
		    "request %s: %d %s: %s", rq->id, status, code, err_text(r));
	return (answer_problem(rq, status, code, detail, NULL));
}
