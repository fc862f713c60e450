#include "authd/web/cert_header.h"
#include "authd/web/hook_cert.h"
#include "authd/web/proxied.h"

int
hook_cert_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct hook_cert *q = call;
	const char *value;
	size_t len;

	q->why = cert_header_take(in, q->der, &q->der_len);
	/* A proxy need not say where its client is; what it says counts. */
	if (exchange_in_header(in, "X-Forwarded-For", &value, &len) == 0 ||
	    proxied_source(in, act) == 0)
		return (0);
	q->why = "bad_proxy";
	q->der_len = 0;
	return (0);
}

int
hook_cert_run(struct core *c, struct act *act, void *call)
{
	struct hook_cert *q = call;
	int r;

	r = terminal_check(c, act, q->der, q->der_len, NULL, &q->answer);
	if (r != 0)
		return (r);
	/* That there was none says more than that it cannot be read. */
	if (q->why != NULL)
		q->answer.reason = q->why;
	terminal_seen(c, act, &q->answer);
	return (0);
}

void
hook_cert_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	const struct hook_cert *q = call;
	const struct terminal_answer *a;
	char id[ID_TEXT + 1];

	(void)act;
	if (r != 0) {
		out->status = 503; /* the proxy's client gets a 500 */
		exchange_out_header(out, "Retry-After", "1");
		return;
	}
	a = &q->answer;
	if (a->verdict != TERMINAL_ACCEPT) {
		out->status = 403;
		return;
	}
	out->status = 200;
	id_put_text(&a->terminal.id, id);
	exchange_out_header(out, "Remote-Terminal", id);
	exchange_out_header(out, "Remote-Office", a->office.code);
	if (a->is_only_one)
		exchange_out_header(out, "Remote-User", a->account.login);
}

const char *
hook_cert_outcome(const void *call)
{
	const struct hook_cert *q = call;

	return (q->answer.verdict == TERMINAL_ACCEPT ? "accept" : "refuse");
}
