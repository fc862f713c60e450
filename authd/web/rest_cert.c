#include <stdlib.h>
#include <string.h>

#include "authd/base/base64.h"
#include "authd/base/mem.h"
#include "authd/web/rest_cert.h"
#include "authd/web/shape_cert.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX     1000

_Static_assert(ENGINE_BRIEF_MAX <= KEEPER_CERT_ASKS_MAX, "one message");

const char *const rest_cert_serial_members[] = { "serial", NULL };
const char *const rest_cert_list_members[] = { "office", "terminal", "after",
	"limit", NULL };
const char *const rest_cert_revoke_members[] = { "serial", "reason", NULL };
const char *const rest_cert_none_members[] = { NULL };
const char *const rest_cert_issue_members[] = { "login", "label", "owner",
	"host", "rights", "compatible", NULL };
const char *const rest_cert_sign_members[] = { "csr", "login", "label", "owner",
	"host", "rights", NULL };
const char *const rest_cert_renew_members[] = { "serial", "certificate", "csr",
	"compatible", NULL };
const char *const rest_cert_check_members[] = { "certificate", "login", NULL };

int
rest_cert_parse_serial(struct json_in *in, struct act *act, void *call)
{
	struct rest_cert *q = call;

	(void)act;
	q->serial = json_in_need(in, "serial", JSON_MEMBER_BYTES);
	return (0);
}

int
rest_cert_parse_list(struct json_in *in, struct act *act, void *call)
{
	struct rest_cert *q = call;

	(void)act;
	q->office = json_in_text(in, "office", JSON_MEMBER_BYTES);
	q->terminal = json_in_text(in, "terminal", JSON_MEMBER_BYTES);
	q->after = json_in_text(in, "after", JSON_MEMBER_BYTES);
	q->limit = (int)json_in_int(in, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT);
	return (0);
}

int
rest_cert_parse_revoke(struct json_in *in, struct act *act, void *call)
{
	struct rest_cert *q = call;

	q->reason = json_in_text(in, "reason", JSON_MEMBER_BYTES);
	return (rest_cert_parse_serial(in, act, call));
}

int
rest_cert_parse_none(struct json_in *in, struct act *act, void *call)
{
	(void)in;
	(void)act;
	(void)call;
	return (0);
}

/* Who gets it: a login with a label, or a host. */
static void
parse_holder(struct json_in *in, struct rest_cert_issue *q)
{
	struct cert_issue *i = &q->issue;

	i->login = json_in_text(in, "login", JSON_MEMBER_BYTES);
	i->label = json_in_text(in, "label", JSON_MEMBER_BYTES);
	i->owner = json_in_text(in, "owner", JSON_MEMBER_BYTES);
	i->host = json_in_text(in, "host", JSON_MEMBER_BYTES);
	i->rights = json_in_words(in, "rights", q->rights, sizeof(q->rights));
	if (i->host == NULL
		? i->login == NULL || i->label == NULL || i->rights != NULL
		: i->login != NULL || i->label != NULL || i->owner != NULL)
		json_in_fail(in, "bad_request",
		    "Either login and label are needed, or host.");
}

int
rest_cert_parse_issue(struct json_in *in, struct act *act, void *call)
{
	struct rest_cert_issue *q = call;

	(void)act;
	parse_holder(in, q);
	q->issue.is_compatible = json_in_int(in, "compatible", 0, 1, 0) == 1;
	return (0);
}

int
rest_cert_parse_sign(struct json_in *in, struct act *act, void *call)
{
	struct rest_cert_issue *q = call;

	(void)act;
	parse_holder(in, q);
	q->issue.csr = json_in_need(in, "csr", BODY_MAX);
	return (0);
}

int
rest_cert_parse_renew(struct json_in *in, struct act *act, void *call)
{
	struct rest_cert_issue *q = call;
	struct cert_issue *i = &q->issue;
	const char *pem = json_in_text(in, "certificate", BODY_MAX);

	(void)act;
	i->is_renewal = true;
	i->serial = json_in_text(in, "serial", JSON_MEMBER_BYTES);
	i->csr = json_in_text(in, "csr", BODY_MAX);
	i->is_compatible = json_in_int(in, "compatible", 0, 1, 0) == 1;
	if ((i->serial == NULL) == (pem == NULL)) {
		json_in_fail(in, "bad_request",
		    "One of serial and certificate is needed.");
		return (0);
	}
	i->der = q->der;
	if (pem != NULL)
		cert_text_get(pem, strlen(pem), q->der, &i->der_len);
	return (0);
}

int
rest_cert_parse_check(struct json_in *in, struct act *act, void *call)
{
	struct rest_cert_check *q = call;
	const char *pem = json_in_need(in, "certificate", BODY_MAX);

	(void)act;
	q->login = json_in_text(in, "login", BODY_MAX);
	/* What is no certificate is refused like any other wrong one. */
	if (pem != NULL)
		cert_text_get(pem, strlen(pem), q->der, &q->der_len);
	return (0);
}

int
rest_cert_show(struct core *c, struct act *act, void *call)
{
	struct rest_cert *q = call;

	return (cert_show(c, act, q->serial, &q->view));
}

static int
add_row(void *arg, const struct cert_view *v)
{
	struct rest_cert *q = arg;
	json_t *o = json_object();

	if (json_array_append_new(q->rows, o) != 0 || shape_cert_row(o, v) != 0)
		return (ERR_NOMEM);
	cert_serial_put(v->cert.serial, q->last);
	q->rows_n++;
	return (0);
}

int
rest_cert_list(struct core *c, struct act *act, void *call)
{
	struct rest_cert *q = call;

	if ((q->rows = json_array()) == NULL)
		return (ERR_NOMEM);
	return (cert_list(
	    c, act, q->office, q->terminal, q->after, q->limit, add_row, q));
}

int
rest_cert_revoke(struct core *c, struct act *act, void *call)
{
	struct rest_cert *q = call;
	enum cert_reason reason;

	if (cert_reason_get(q->reason, &reason) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_reason",
		    "A reason is unspecified, lost, superseded or left."));
	return (cert_revoke(c, act, q->serial, reason, &q->view));
}

int
rest_cert_ca(struct core *c, struct act *act, void *call)
{
	struct rest_cert *q = call;

	if (c->trust == NULL)
		return (act_refuse(act, ERR_WRONG_STATE, "no_ca",
		    "This installation has no certificate authority."));
	return (cert_text_chain(c->trust, &q->ca));
}

int
rest_cert_crl(struct core *c, struct act *act, void *call)
{
	struct rest_cert *q = call;
	int r;

	r = crl_get(c, &act->now, &q->crl);
	if (r == ERR_WRONG_STATE)
		return (act_refuse(act, r, "no_ca",
		    "This installation has no certificate authority."));
	return (r);
}

int
rest_cert_check(struct core *c, struct act *act, void *call)
{
	struct rest_cert_check *q = call;
	int r;

	r = terminal_check(c, act, q->der, q->der_len, q->login, &q->answer);
	if (r == 0)
		terminal_seen(c, act, &q->answer);
	return (r);
}

int
rest_cert_start(struct core *c, struct work *w, void *call)
{
	struct rest_cert_issue *q = call;

	w->wants_hash = true;
	w->is_brief = q->issue.csr != NULL;
	return (cert_issue_start(c, &w->act, &q->issue));
}

int
rest_cert_make(struct core *c, void *call)
{
	struct rest_cert_issue *q = call;

	return (cert_issue_make(c, &q->issue));
}

void
rest_cert_sign(struct core *c, void **calls, int *results, int n)
{
	struct cert_issue *list[KEEPER_CERT_ASKS_MAX];
	int i;

	for (i = 0; i < n; i++)
		list[i] = &((struct rest_cert_issue *)calls[i])->issue;
	cert_issue_sign(c, list, results, n);
}

int
rest_cert_settle(struct core *c, struct act *act, void *call)
{
	struct rest_cert_issue *q = call;

	return (cert_issue_settle(c, act, &q->issue));
}

int
rest_cert_render(const struct act *act, void *call, json_t *o)
{
	struct rest_cert *q = call;

	(void)act;
	return (shape_cert_row(o, &q->view));
}

int
rest_cert_render_show(const struct act *act, void *call, json_t *o)
{
	struct rest_cert *q = call;
	int r;

	if ((r = rest_cert_render(act, call, o)) != 0)
		return (r);
	return (shape_cert_pem(
	    o, "certificate", q->view.cert.der, q->view.cert.der_len));
}

int
rest_cert_render_list(const struct act *act, void *call, json_t *o)
{
	struct rest_cert *q = call;
	const char *next = q->rows_n == q->limit ? q->last : NULL;

	(void)act;
	if (json_object_set(o, "certificates", q->rows) != 0)
		return (ERR_NOMEM);
	return (json_put_text(o, "next", next));
}

int
rest_cert_render_ca(const struct act *act, void *call, json_t *o)
{
	struct rest_cert *q = call;

	(void)act;
	if (json_put_text(o, "chain", q->ca.chain) != 0 ||
	    json_put_time(o, "not_before", q->ca.not_before_ms) != 0)
		return (ERR_NOMEM);
	return (json_put_time(o, "not_after", q->ca.not_after_ms));
}

int
rest_cert_render_crl(const struct act *act, void *call, json_t *o)
{
	struct rest_cert *q = call;
	char *pem;
	int r;

	(void)act;
	if ((r = cert_text_crl(q->crl->der, q->crl->len, &pem)) != 0)
		return (r);
	if (json_put_text(o, "crl", pem) != 0 ||
	    json_put_int(o, "number", q->crl->number) != 0 ||
	    json_put_time(o, "this_update", q->crl->this_ms) != 0 ||
	    json_put_time(o, "next_update", q->crl->next_ms) != 0)
		r = ERR_NOMEM;
	free(pem);
	return (r);
}

/* The file and what opens it, this once. */
static int
put_file(json_t *o, const struct cert_issue *i)
{
	size_t size = BASE64_SIZE(i->pkcs12_len);
	char *text;
	int r = ERR_NOMEM;

	if ((text = malloc(size)) == NULL)
		return (r);
	base64_put(i->pkcs12, i->pkcs12_len, text);
	if (json_put_text(o, "pkcs12", text) == 0 &&
	    json_put_text(o, "passphrase", i->passphrase) == 0)
		r = 0;
	mem_wipe(text, size);
	free(text);
	return (r);
}

int
rest_cert_render_issue(const struct act *act, void *call, json_t *o)
{
	struct rest_cert_issue *q = call;
	const struct cert_issue *i = &q->issue;
	int r;

	(void)act;
	if ((r = shape_cert_row(o, &i->view)) != 0 ||
	    (r = shape_cert_pem(o, "certificate", i->view.cert.der,
		 i->view.cert.der_len)) != 0)
		return (r);
	if (i->replaces[0] != '\0' &&
	    (r = json_put_text(o, "replaces", i->replaces)) != 0)
		return (r);
	return (i->pkcs12_len == 0 ? 0 : put_file(o, i));
}

int
rest_cert_render_check(const struct act *act, void *call, json_t *o)
{
	struct rest_cert_check *q = call;
	const struct terminal_answer *a = &q->answer;
	char id[ID_TEXT + 1], serial[CERT_SERIAL_TEXT + 1];

	if (json_put_text(o, "result", rest_cert_outcome(q)) != 0 ||
	    json_put_text(o, "request_id", act->request_id) != 0)
		return (ERR_NOMEM);
	if (a->verdict != TERMINAL_ACCEPT)
		return (0);
	id_put_text(&a->terminal.id, id);
	cert_serial_put(a->cert.serial, serial);
	if (json_put_text(o, "terminal", id) != 0 ||
	    json_put_text(o, "label", a->terminal.label) != 0 ||
	    json_put_text(o, "office", a->office.code) != 0 ||
	    json_put_text(o, "serial", serial) != 0)
		return (ERR_NOMEM);
	return (
	    a->is_only_one ? json_put_text(o, "login", a->account.login) : 0);
}

const char *
rest_cert_outcome(const void *call)
{
	const struct rest_cert_check *q = call;

	return (q->answer.verdict == TERMINAL_ACCEPT ? "accept" : "refuse");
}

void
rest_cert_clear(void *call)
{
	struct rest_cert *q = call;

	json_decref(q->rows);
	crl_put(q->crl);
}
