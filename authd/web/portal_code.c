#include <string.h>

#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/web/cookie.h"
#include "authd/web/portal_code.h"
#include "authd/web/portal_enter.h"
#include "authd/web/portal_fresh.h"

#define CONSUMER "portal"

int
portal_code_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_code *q = call;

	return (portal_take(in, act, &q->portal));
}

int
portal_code_take_sent(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_code *q = call;
	struct verify *v = &q->verify;
	const char *code;
	int r;

	if ((r = portal_take(in, act, &q->portal)) != 0)
		return (r);
	if ((code = form_get(&q->portal.form, "recovery")) != NULL)
		q->is_recovery = true;
	else if ((code = form_get(&q->portal.form, "code")) == NULL)
		return (act_refuse(act, ERR_INVALID, "bad_form",
		    "A field of the form is missing."));
	/* each field takes what belongs into the other as well */
	if (text_fold_code(code, v->code) != 0 &&
	    recovery_fold(code, v->recovery) != 0)
		v->code[0] = '\0';
	return (text_copy(v->consumer, sizeof(v->consumer), CONSUMER));
}

int
portal_code_look(struct core *c, struct act *act, void *call)
{
	struct portal_code *q = call;
	struct app app;
	int r;

	if ((r = portal_who(c, act, &q->portal, &q->who)) != 0 ||
	    !q->who.is_live)
		return (r);
	if ((r = portal_enter_app(c, q->portal.to, &app)) == 0)
		memcpy(q->app, app.name, sizeof(q->app));
	return (r);
}

int
portal_code_prepare(struct core *c, struct act *act, void *call)
{
	struct portal_code *q = call;
	struct verify *v = &q->verify;
	int r;

	if ((r = portal_who(c, act, &q->portal, &q->who)) != 0 ||
	    !q->who.is_live)
		return (r);
	/* the session stands for the first factor: a failure counts for all */
	v->has_first_factor = true;
	memcpy(v->login, q->who.account.login, sizeof(v->login));
	return (verify_prepare(c, act, v));
}

int
portal_code_run(struct core *c, struct act *act, void *call)
{
	struct portal_code *q = call;
	struct session_proof proof = { .factors = SESSION_CODE };
	struct session row;
	bool was_live = q->who.is_live;
	int r;

	/* it may have been ended by an earlier job of this transaction */
	if (!was_live ||
	    (r = portal_who(c, act, &q->portal, &q->who)) != 0 ||
	    !q->who.is_live)
		return (was_live ? r : 0);
	if ((r = verify_run(c, act, &q->verify)) != 0 ||
	    q->verify.verdict != VERDICT_ACCEPT)
		return (r);
	proof.device = q->verify.device;
	r = session_raise(c, act, &q->who.row, &proof, q->token, &row);
	mem_wipe(&row, sizeof(row));
	return (r);
}

const char *
portal_code_outcome(const void *call)
{
	const struct portal_code *q = call;

	return (q->token[0] != '\0' ? "accept" : "refuse");
}

void
portal_code_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_code *q = call;
	struct portal *p = q == NULL ? NULL : &q->portal;
	struct page *page;

	if (r != 0) {
		portal_give_error(act, p, r, out);
		return;
	}
	if (!q->who.is_live) {
		/* a login asks for a code as well */
		portal_give_to(p, "/login", p->to, out);
		return;
	}
	if (portal_page(act, p, CATALOG_FRESH_TITLE, &page) != 0)
		return;
	portal_put_flash(p, page, out);
	page_put(page, PAGE_VAR_LOGIN, q->who.account.login);
	page_put(page, PAGE_VAR_APP, q->app);
	page_put(page, PAGE_VAR_CONTACT, p->flash.text);
	page_put_flag(page, PAGE_VAR_RECOVERY,
	    p->flash.kind == FLASH_RECOVERY_REFUSED);
	portal_give(p, page, PAGE_FRESH, 200, out);
}

static void
give_refused(
    const struct act *act, const struct portal_code *q, struct exchange_out *out)
{
	enum flash_kind why = FLASH_CODE_REFUSED;

	if (q->verify.is_used_code)
		why = FLASH_CODE_USED;
	else if (q->is_recovery)
		why = FLASH_RECOVERY_REFUSED;
	portal_tell(act, why, q->verify.retry_after, q->who.office.contact, out);
	portal_give_to(&q->portal, PORTAL_FRESH_PATH, q->portal.to, out);
}

void
portal_code_give_sent(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_code *q = call;
	struct portal *p = q == NULL ? NULL : &q->portal;

	if (r != 0) {
		portal_give_error(act, p, r, out);
		return;
	}
	if (!q->who.is_live) {
		portal_tell(act, FLASH_LOST, 0, "", out);
		portal_give_to(p, "/login", p->to, out);
		return;
	}
	if (q->token[0] == '\0') {
		give_refused(act, q, out);
		return;
	}
	cookie_set(out, PORTAL_COOKIE, q->token);
	portal_give_on(act, p, CATALOG_FRESH_DONE, out);
}
