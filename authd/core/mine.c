#include <string.h>

#include "authd/core/auditlog.h"
#include "authd/core/mine.h"
#include "authd/core/phone.h"
#include "authd/core/recovery.h"
#include "authd/core/session_admin.h"

#define PAGE_RECORDS 1000
#define PAGES_MAX    5

struct looking {
	const struct session_view *who;
	struct mine *out;
	int64_t since_ms;
	int64_t seq[MINE_CHANGES]; /* of the changes, falling */
	int64_t last_seq;          /* of the records of a page */
	int page_n;
	bool knows_codes; /* the last word on recovery codes was met */
};

static int
on_phone(void *arg, const struct phone *row)
{
	struct mine *m = ((struct looking *)arg)->out;
	struct mine_phone *p;

	if (row->state != PHONE_ACTIVE || m->phones_n == MINE_PHONES)
		return (0);
	p = &m->phones[m->phones_n++];
	id_put_text(&row->device, p->id);
	memcpy(p->label, row->label, sizeof(p->label));
	p->confirmed_ms = row->confirmed_ms;
	p->last_used_ms = row->last_used_ms;
	return (0);
}

/* Those that are for everybody of the office are nobody's own. */
static int
on_terminal(void *arg, const struct terminals_view *v)
{
	const struct looking *l = arg;
	struct mine *m = l->out;
	struct mine_terminal *t;

	if (m->terminals_n == MINE_TERMINALS)
		return (0);
	t = &m->terminals[m->terminals_n++];
	id_put_text(&v->terminal.id, t->id);
	memcpy(t->label, v->terminal.label, sizeof(t->label));
	t->admitted_n = v->admitted_n;
	t->is_live = v->has_cert && v->state == CERT_LIVE;
	t->not_after_ms = v->has_cert ? v->cert.not_after_ms : 0;
	t->last_seen_ms = v->last_seen_ms;
	memcpy(t->last_source, v->last_source, sizeof(t->last_source));
	return (0);
}

static int
on_session(void *arg, const struct session_view *v)
{
	const struct looking *l = arg;
	struct mine *m = l->out;
	struct mine_session *s;

	if (!id_is_zero(&v->row.parent) || m->sessions_n == MINE_SESSIONS)
		return (0);
	s = &m->sessions[m->sessions_n++];
	id_put_text(&v->row.id, s->id);
	memcpy(s->source, v->row.source, sizeof(s->source));
	s->created_ms = v->row.created_ms;
	s->seen_ms = v->row.seen_ms;
	s->is_this = id_equal(&v->row.id, &l->who->row.id);
	return (0);
}

static bool
is_one_of(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return (true);
	return (false);
}

static void
fill(struct mine_event *e, const struct audit_record *r)
{
	e->at_ms = r->at_ms;
	memcpy(e->action, r->action, sizeof(e->action));
	memcpy(e->result, r->result, sizeof(e->result));
	memcpy(e->reason, r->reason, sizeof(e->reason));
	memcpy(e->source, r->source, sizeof(e->source));
	memcpy(e->actor, r->actor, sizeof(e->actor));
	memcpy(e->request_id, r->request_id, sizeof(e->request_id));
}

/* On the portal. An application that was entered with it is no second login. */
static bool
is_login(const struct audit_record *r)
{
	return (strcmp(r->action, "session.open") == 0 &&
	    strstr(r->detail, " app=") == NULL);
}

static int
on_login(void *arg, const struct audit_row *row)
{
	static const char *const refused[] = { "login.password", "login.change",
		"verify", NULL };
	const struct audit_record *r = &row->record;
	struct mine *m = ((struct looking *)arg)->out;

	if (m->events_n < MINE_EVENTS &&
	    (is_login(r) ||
		(is_one_of(r->action, refused) &&
		    strcmp(r->result, "refuse") == 0)))
		fill(&m->events[m->events_n++], r);
	return (0);
}

/* One more among the newest, which are kept in order. */
static void
add_change(struct looking *l, const struct audit_record *r)
{
	struct mine *m = l->out;
	int at = m->changes_n;

	if (at == MINE_CHANGES && r->seq < l->seq[at - 1])
		return;
	at -= at == MINE_CHANGES;
	m->changes_n = at + 1;
	for (; at > 0 && l->seq[at - 1] < r->seq; at--) {
		l->seq[at] = l->seq[at - 1];
		m->changes[at] = m->changes[at - 1];
	}
	l->seq[at] = r->seq;
	fill(&m->changes[at], r);
}

static int
on_change(void *arg, const struct audit_row *row)
{
	static const char *const changes[] = { "phone.confirm", "phone.revoke",
		"phone.resync", "recovery.create", "password.change",
		"password.set", "password.force_reset", "account.reset",
		"account.unlock", "account.disable", "account.enable",
		"account.set", "terminal.admit", "terminal.drop",
		"terminal.lost", "cert.issue", "cert.revoke", "ticket.create",
		"ticket.use", NULL };
	const struct audit_record *r = &row->record;
	struct looking *l = arg;
	bool is_made = strcmp(r->action, "recovery.create") == 0;

	l->page_n++;
	l->last_seq = r->seq;
	if (!l->knows_codes &&
	    (is_made || strcmp(r->action, "recovery.kept") == 0)) {
		l->knows_codes = true;
		l->out->has_unkept = is_made &&
		    strcmp(r->actor, l->who->account.login) == 0;
	}
	if (is_one_of(r->action, changes) && r->at_ms >= l->since_ms)
		add_change(l, r);
	return (0);
}

/*
 * Apart from logins and refusals, of which a stranger can make as many as he
 * likes: no number of them hides what was changed.
 */
static int
look_changes(struct core *c, struct act *act, struct looking *l)
{
	static const char *const results[] = { "done", "accept", NULL };
	struct auditlog_query q = { .account = l->who->account.login,
		.limit = PAGE_RECORDS };
	int i, page, r;

	l->since_ms = act->now.wall_ms - MINE_CHANGES_MS;
	if ((r = auditlog_seq_at(c, l->since_ms, &q.from)) != 0)
		return (r);
	for (i = 0; results[i] != NULL; i++) {
		q.result = results[i];
		q.before = 0;
		for (page = 0; page < PAGES_MAX; page++) {
			l->page_n = 0;
			r = auditlog_list(c, act, &q, on_change, l);
			if (r != 0)
				return (r);
			if (l->page_n < PAGE_RECORDS)
				break;
			q.before = l->last_seq;
		}
	}
	return (0);
}

static int
look_log(struct core *c, struct act *act, struct looking *l)
{
	const struct auditlog_query q = { .account = l->who->account.login,
		.limit = MINE_LOOKED_AT };
	int r;

	if ((r = auditlog_list(c, act, &q, on_login, l)) != 0)
		return (r);
	return (look_changes(c, act, l));
}

int
mine_changes(struct core *c, struct act *act, const struct session_view *who,
    struct mine *out)
{
	struct looking l = { .who = who, .out = out };

	memset(out, 0, sizeof(*out));
	return (look_changes(c, act, &l));
}

int
mine_look(struct core *c, struct act *act, const struct session_view *who,
    struct mine *out)
{
	struct looking l = { .who = who, .out = out };
	const struct session_asked asked = { .login = who->account.login,
		.limit = 1000 };
	char last[ID_TEXT + 1];
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = phone_list(c, act, who->account.login, on_phone, &l)) != 0 ||
	    (r = terminals_of(c, act, &who->account, MINE_TERMINALS,
		 on_terminal, &l)) != 0 ||
	    (r = session_admin_list(c, act, &asked, on_session, &l, last)) !=
		0 ||
	    (r = recovery_count(c, &who->account, &out->recovery_left)) != 0)
		return (r);
	return (look_log(c, act, &l));
}

static int
none(struct act *act)
{
	return (act_refuse(act, ERR_NOTFOUND, "not_yours",
	    "This is not there any more, or not yours."));
}

struct own {
	const struct id *account;
	bool is_found;
};

static int
on_admitted(void *arg, const struct account *row)
{
	struct own *o = arg;

	o->is_found = o->is_found || id_equal(&row->id, o->account);
	return (0);
}

static int
stop_terminal(struct core *c, struct act *act, const struct session_view *who,
    const char *id)
{
	struct own own = { &who->account.id, false };
	struct terminals_view v;
	int r;

	if ((r = terminals_show(c, act, id, &v)) != 0)
		return (r);
	r = c->store->ops->terminal_admitted(
	    c->store, &who->office.id, &v.terminal.id, on_admitted, &own);
	if (r != 0 && r != ERR_NOTFOUND)
		return (r);
	if (!own.is_found)
		return (none(act));
	return (terminals_lost(c, act, id, &v)); /* once */
}

/* Revoked already is as good. */
static int
stop_phone(struct core *c, struct act *act, const struct session_view *who,
    const char *id)
{
	struct phone phone;
	int r = phone_revoke(c, act, who->account.login, id, &phone);

	if (r == ERR_WRONG_STATE && strcmp(act->problem.code, "revoked") == 0)
		return (0);
	return (r);
}

/* All but this one, and what was opened from them. */
static int
end_others(struct core *c, struct act *act, const struct mine *m)
{
	struct session_target target = { .id = NULL };
	int i, ended, r = 0;

	for (i = 0; r == 0 && i < m->sessions_n; i++) {
		if (m->sessions[i].is_this)
			continue;
		target.id = m->sessions[i].id;
		r = session_admin_end(c, act, &target, &ended);
	}
	return (r);
}

int
mine_stop(struct core *c, struct act *act, const struct session_view *who,
    const struct mine_stop *in)
{
	struct mine m;
	int i, r = 0;

	if (in->phones_n == 0 && in->terminals_n == 0 && !in->ends_sessions)
		return (act_refuse(act, ERR_INVALID, "nothing_chosen",
		    "Nothing is to be stopped."));
	/* before a phone is revoked, whose sessions are then over by themselves
	 * and not ended */
	if (in->ends_sessions &&
	    ((r = mine_look(c, act, who, &m)) != 0 ||
		(r = end_others(c, act, &m)) != 0))
		return (r);
	for (i = 0; r == 0 && i < in->phones_n; i++)
		r = stop_phone(c, act, who, in->phones[i]);
	for (i = 0; r == 0 && i < in->terminals_n; i++)
		r = stop_terminal(c, act, who, in->terminals[i]);
	return (r);
}

int
mine_end(struct core *c, struct act *act, const struct session_view *who,
    const char *id)
{
	const struct session_target target = { .id = id };
	struct session row;
	struct id key;
	int ended, r;

	if (id_get_text(id, &key) != 0)
		return (none(act));
	r = c->store->ops->session_by_id(c->store, &key, &row);
	if (r == 0 &&
	    (!id_equal(&row.account, &who->account.id) ||
		!id_equal(&row.office, &who->office.id)))
		r = ERR_NOTFOUND;
	if (r != 0)
		return (r == ERR_NOTFOUND ? none(act) : r);
	return (session_admin_end(c, act, &target, &ended));
}
