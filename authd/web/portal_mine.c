#include <stdio.h>
#include <string.h>

#include "authd/web/portal_events.h"
#include "authd/web/portal_mine.h"
#include "authd/web/portal_time.h"

int
portal_mine_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_mine *q = call;

	return (portal_take(in, act, &q->portal));
}

int
portal_mine_take_stop(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_mine *q = call;
	struct mine_stop *s = &q->stop;
	const char *password, *name;
	size_t i;
	int r;

	if ((r = portal_take(in, act, &q->portal)) != 0)
		return (r);
	for (i = 0; i < q->portal.form.n; i++) {
		name = q->portal.form.fields[i].name;
		if (strncmp(name, "p.", 2) == 0 && s->phones_n < MINE_PHONES)
			s->phones[s->phones_n++] = name + 2;
		if (strncmp(name, "t.", 2) == 0 &&
		    s->terminals_n < MINE_TERMINALS)
			s->terminals[s->terminals_n++] = name + 2;
	}
	s->ends_sessions = form_get(&q->portal.form, "sessions") != NULL;
	if ((password = form_get(&q->portal.form, "password")) == NULL)
		return (act_refuse(act, ERR_INVALID, "bad_form",
		    "A field of the form is missing."));
	q->own.is_check = true;
	(void)snprintf(q->own.present, sizeof(q->own.present), "%.*s",
	    (int)sizeof(q->own.present) - 1, password);
	return (0);
}

int
portal_mine_look(struct core *c, struct act *act, void *call)
{
	struct portal_mine *q = call;
	int r;

	if ((r = portal_who(c, act, &q->portal, &q->who)) != 0 ||
	    !q->who.is_live)
		return (r);
	return (mine_look(c, act, &q->who, &q->mine));
}

static bool
is_empty(const struct mine_stop *s)
{
	return (s->phones_n == 0 && s->terminals_n == 0 && !s->ends_sessions);
}

int
portal_mine_start(struct core *c, struct work *w, void *call)
{
	struct portal_mine *q = call;
	int r;

	/* what was last seen is told afterwards */
	if ((r = portal_mine_look(c, &w->act, q)) != 0 || !q->who.is_live ||
	    is_empty(&q->stop))
		return (r);
	memcpy(q->own.login, q->who.account.login, sizeof(q->own.login));
	w->wants_hash = true;
	w->hash_key = q->own.login;
	return (password_own_start(c, &w->act, &q->own));
}

int
portal_mine_hash(struct core *c, void *call)
{
	struct portal_mine *q = call;

	return (password_own_hash(c->policy, c->keeper, &q->own));
}

int
portal_mine_settle(struct core *c, struct act *act, void *call)
{
	struct portal_mine *q = call;
	int r;

	if ((r = portal_who(c, act, &q->portal, &q->who)) != 0 ||
	    !q->who.is_live ||
	    (r = password_own_settle(c, act, &q->own)) != 0 ||
	    q->own.result != PASSWORD_OWN_DONE)
		return (r);
	r = mine_stop(c, act, &q->who, &q->stop);
	q->is_stopped = r == 0;
	return (r);
}

int
portal_mine_give_back(struct core *c, struct act *act, void *call)
{
	struct portal_mine *q = call;

	return (password_own_give_back(c, act, &q->own));
}

int
portal_mine_end(struct core *c, struct act *act, void *call)
{
	struct portal_mine *q = call;
	const char *id = form_get(&q->portal.form, "session");
	int r;

	if ((r = portal_who(c, act, &q->portal, &q->who)) != 0 ||
	    !q->who.is_live)
		return (r);
	r = id == NULL ? ERR_INVALID : mine_end(c, act, &q->who, id);
	/* it has ended by itself meanwhile: that is what was wanted */
	return (r == ERR_NOTFOUND ? 0 : r);
}

/* --- what is shown --- */

static bool
is_chosen(const struct portal_mine *q, const char *field, const char *id)
{
	const char *chosen = form_get(&q->portal.form, field);

	return (chosen != NULL && strcmp(chosen, id) == 0);
}

static void
put_phones(const struct portal_mine *q, struct page *page)
{
	const struct mine_phone *p;
	int i;

	for (i = 0; i < q->mine.phones_n; i++) {
		p = &q->mine.phones[i];
		page_row(page, PAGE_VAR_PHONES);
		page_put(page, PAGE_VAR_ID, p->id);
		page_put(page, PAGE_VAR_LABEL, p->label);
		portal_time_put_date(page, PAGE_VAR_SINCE, p->confirmed_ms);
		portal_time_put(page, PAGE_VAR_SEEN, p->last_used_ms);
		page_put_flag(
		    page, PAGE_VAR_CHOSEN, is_chosen(q, "phone", p->id));
		page_row_end(page);
	}
}

static void
put_terminals(const struct portal_mine *q, struct page *page)
{
	const struct mine_terminal *t;
	int i;

	for (i = 0; i < q->mine.terminals_n; i++) {
		t = &q->mine.terminals[i];
		page_row(page, PAGE_VAR_TERMINALS);
		page_put(page, PAGE_VAR_ID, t->id);
		page_put(page, PAGE_VAR_LABEL, t->label);
		page_put_flag(page, PAGE_VAR_LIVE, t->is_live);
		portal_time_put_date(page, PAGE_VAR_UNTIL, t->not_after_ms);
		portal_time_put(page, PAGE_VAR_SEEN, t->last_seen_ms);
		page_put(page, PAGE_VAR_SOURCE, t->last_source);
		page_put_flag(page, PAGE_VAR_SHARED, t->admitted_n > 1);
		page_put_flag(
		    page, PAGE_VAR_CHOSEN, is_chosen(q, "terminal", t->id));
		page_row_end(page);
	}
}

static void
put_sessions(const struct portal_mine *q, struct page *page)
{
	const struct mine_session *s;
	int i;

	for (i = 0; i < q->mine.sessions_n; i++) {
		s = &q->mine.sessions[i];
		page_row(page, PAGE_VAR_SESSIONS);
		page_put(page, PAGE_VAR_ID, s->id);
		page_put(page, PAGE_VAR_SOURCE, s->source);
		portal_time_put(page, PAGE_VAR_SINCE, s->created_ms);
		portal_time_put(page, PAGE_VAR_SEEN, s->seen_ms);
		page_put_flag(page, PAGE_VAR_THIS, s->is_this);
		page_row_end(page);
	}
}

/* Not logged in, or it failed: then it is answered. */
static bool
is_answered(const struct act *act, struct portal_mine *q, int r,
    struct exchange_out *out)
{
	if (r != 0) {
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
		return (true);
	}
	if (q->who.is_live)
		return (false);
	portal_give_to(&q->portal, "/login", "/mine", out);
	return (true);
}

void
portal_mine_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_mine *q = call;
	struct page *page;

	if (is_answered(act, q, r, out) ||
	    portal_page(act, &q->portal, CATALOG_MINE_TITLE, &page) != 0)
		return;
	portal_put_flash(&q->portal, page, out);
	put_phones(q, page);
	put_terminals(q, page);
	put_sessions(q, page);
	page_put_int(page, PAGE_VAR_RECOVERY_LEFT, q->mine.recovery_left);
	portal_events_put(
	    page, PAGE_VAR_EVENTS, &q->who, q->mine.events, q->mine.events_n);
	portal_events_put(page, PAGE_VAR_CHANGES, &q->who, q->mine.changes,
	    q->mine.changes_n);
	portal_give(&q->portal, page, PAGE_MINE, 200, out);
}

void
portal_mine_give_choice(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_mine *q = call;
	struct page *page;

	if (is_answered(act, q, r, out) ||
	    portal_page(act, &q->portal, CATALOG_STOP_TITLE, &page) != 0)
		return;
	portal_put_flash(&q->portal, page, out);
	put_phones(q, page);
	put_terminals(q, page);
	page_put(page, PAGE_VAR_CONTACT, q->who.office.contact);
	portal_give(&q->portal, page, PAGE_STOP, 200, out);
}

/* One row of what was stopped, with when it was last seen. */
static void
put_stopped(
    struct page *page, const char *label, int64_t seen_ms, const char *source)
{
	page_row(page, PAGE_VAR_STOPPED);
	page_put(page, PAGE_VAR_LABEL, label);
	portal_time_put(page, PAGE_VAR_SEEN, seen_ms);
	page_put(page, PAGE_VAR_SOURCE, source);
	page_row_end(page);
}

static bool
is_among(const char *id, const char *const *ids, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (strcmp(ids[i], id) == 0)
			return (true);
	return (false);
}

static void
give_stopped(const struct act *act, const struct portal_mine *q,
    struct exchange_out *out)
{
	const struct mine *m = &q->mine;
	struct page *page;
	int i;

	if (portal_page(act, &q->portal, CATALOG_STOPPED_TITLE, &page) != 0)
		return;
	page_put(page, PAGE_VAR_HERE, NULL);
	for (i = 0; i < m->phones_n; i++)
		if (is_among(m->phones[i].id, q->stop.phones, q->stop.phones_n))
			put_stopped(page, m->phones[i].label,
			    m->phones[i].last_used_ms, NULL);
	for (i = 0; i < m->terminals_n; i++)
		if (is_among(m->terminals[i].id, q->stop.terminals,
			q->stop.terminals_n))
			put_stopped(page, m->terminals[i].label,
			    m->terminals[i].last_seen_ms,
			    m->terminals[i].last_source);
	page_put_flag(page, PAGE_VAR_SESSIONS_ENDED, q->stop.ends_sessions);
	page_put(page, PAGE_VAR_CONTACT, q->who.office.contact);
	portal_give(&q->portal, page, PAGE_STOPPED, 200, out);
}

void
portal_mine_give_stopped(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_mine *q = call;

	if (q != NULL && r == ERR_WRONG_STATE &&
	    strcmp(act->problem.code, "last_administrator") == 0) {
		portal_tell(act, FLASH_LAST_ADMINISTRATOR, 0, "", out);
		portal_give_to(&q->portal, "/mine/stop", "", out);
		return;
	}
	if (r == 0 && !q->who.is_live) {
		portal_give_lost(&q->portal, "/mine/stop", out);
		return;
	}
	if (is_answered(act, q, r, out))
		return;
	if (q->is_stopped) {
		give_stopped(act, q, out);
		return;
	}
	portal_tell(act,
	    is_empty(&q->stop) ? FLASH_NOTHING_CHOSEN : FLASH_STOP_REFUSED, 0,
	    "", out);
	portal_give_to(&q->portal, "/mine/stop", "", out);
}

void
portal_mine_give_ended(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_mine *q = call;

	if (r == 0 && !q->who.is_live) {
		portal_give_lost(&q->portal, "/mine", out);
		return;
	}
	if (is_answered(act, q, r, out))
		return;
	portal_tell(act, FLASH_SESSION_ENDED, 0, "", out);
	portal_give_to(&q->portal, "/mine", "", out);
}
