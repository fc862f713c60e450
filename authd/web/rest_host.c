#include <stdio.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/text.h"
#include "authd/web/cert_header.h"
#include "authd/web/rest_host.h"

static int
head(struct rest_host *h, const struct exchange_in *in)
{
	h->why = cert_header_take(in, h->der, &h->der_len);
	return (0);
}

int
rest_host_head_verify(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct rest_host_verify *q = call;

	(void)act;
	return (head(&q->host, in));
}

int
rest_host_head_login(const struct exchange_in *in, struct act *act, void *call)
{
	struct rest_host_login *q = call;

	(void)act;
	return (head(&q->host, in));
}

int
rest_host_head_state(const struct exchange_in *in, struct act *act, void *call)
{
	struct rest_host_state *q = call;

	(void)act;
	return (head(&q->host, in));
}

int
rest_host_head_report(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct rest_host_report *q = call;

	(void)act;
	return (head(&q->host, in));
}

/*
 * Which host is it, and has it this right? Asked again when anything may have
 * changed since: a certificate that was revoked meanwhile is none.
 */
static int
admit(struct core *c, struct act *act, struct rest_host *h, unsigned right)
{
	const char *why = h->why;
	int r;

	if (h->seen == 0 || h->seen != c->generation) {
		h->seen = 0;
		r = host_check(c, act, h->der, h->der_len, &h->answer);
		if (r != 0)
			return (r);
		h->seen = c->generation;
	}
	if (h->answer.verdict == HOST_ACCEPT &&
	    (h->answer.host.rights & right) == right) {
		snprintf(act->actor, sizeof(act->actor), "host:%.58s",
		    h->answer.host.name);
		host_seen(c, act, &h->answer);
		return (0);
	}
	if (why == NULL)
		why = h->answer.verdict == HOST_ACCEPT ? "no_such_right"
		    : h->answer.reason != NULL	       ? h->answer.reason
						       : "refused";
	log_warn("request %s: a host is refused: %s", act->request_id, why);
	return (act_refuse(act, ERR_DENIED, "not_permitted",
	    "This host has no right to this."));
}

/* Failures at a host are counted for the host, whatever service it names. */
static void
put_consumer(char *out, size_t size, const struct rest_host *h)
{
	snprintf(out, size, "%s", h->answer.host.name);
}

int
rest_host_verify_prepare(struct core *c, struct act *act, void *call)
{
	struct rest_host_verify *q = call;
	int r;

	if ((r = admit(c, act, &q->host, HOST_MAY_VERIFY)) != 0)
		return (r);
	put_consumer(
	    q->inner.consumer, sizeof(q->inner.consumer), &q->host);
	return (rest_verify_prepare(c, act, &q->inner));
}

int
rest_host_verify_run(struct core *c, struct act *act, void *call)
{
	struct rest_host_verify *q = call;
	int r;

	if ((r = admit(c, act, &q->host, HOST_MAY_VERIFY)) != 0)
		return (r);
	return (rest_verify_run(c, act, &q->inner));
}

int
rest_host_login_prepare(struct core *c, struct act *act, void *call)
{
	struct rest_host_login *q = call;
	int r;

	if ((r = admit(c, act, &q->host, HOST_MAY_VERIFY)) != 0)
		return (r);
	put_consumer(
	    q->inner.consumer, sizeof(q->inner.consumer), &q->host);
	return (rest_login_prepare(c, act, &q->inner));
}

int
rest_host_login_start(struct core *c, struct work *w, void *call)
{
	struct rest_host_login *q = call;
	int r;

	if ((r = admit(c, &w->act, &q->host, HOST_MAY_VERIFY)) != 0)
		return (r);
	return (rest_login_start(c, w, &q->inner));
}

int
rest_host_login_settle(struct core *c, struct act *act, void *call)
{
	struct rest_host_login *q = call;
	int r;

	if ((r = admit(c, act, &q->host, HOST_MAY_VERIFY)) != 0)
		return (r);
	return (rest_login_settle(c, act, &q->inner));
}

/* Also for a host that has no right any more: nothing is told. */
int
rest_host_login_give_back(struct core *c, struct act *act, void *call)
{
	struct rest_host_login *q = call;

	return (rest_login_give_back(c, act, &q->inner));
}

int
rest_host_state_run(struct core *c, struct act *act, void *call)
{
	struct rest_host_state *q = call;
	int r;

	if ((r = admit(c, act, &q->host, HOST_MAY_STATE)) != 0)
		return (r);
	return (rest_account_state(c, act, &q->inner));
}

int
rest_host_report_run(struct core *c, struct act *act, void *call)
{
	struct rest_host_report *q = call;
	int r;

	if ((r = admit(c, act, &q->host, HOST_MAY_VERIFY)) != 0)
		return (r);
	/* which host it was is the certificate's word */
	if (text_copy(q->inner.host, sizeof(q->inner.host),
		q->host.answer.host.name) != 0)
		return (ERR_INVALID);
	return (rest_breakglass_report(c, act, &q->inner));
}
