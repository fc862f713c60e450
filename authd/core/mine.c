#include <string.h>

#include "authd/core/auditlog.h"
#include "authd/core/mine.h"
#include "authd/core/phone.h"
#include "authd/core/recovery.h"
#include "authd/core/session_admin.h"

#define TERMINALS_LOOKED_AT 1000 /* of the office */

struct looking {
	const struct session_view *who;
	struct mine *out;
	int64_t since_ms;
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

static bool
admits(const struct terminals_view *v, const char *login)
{
	int i;

	for (i = 0; i < v->admitted_n && i < TERMINALS_ADMITTED_MAX; i++)
		if (strcmp(v->admitted[i], login) == 0)
			return (true);
	return (false);
}

/* Those that are for everybody of the office are nobody's own. */
static int
on_terminal(void *arg, const struct terminals_view *v)
{
	const struct looking *l = arg;
	struct mine *m = l->out;
	struct mine_terminal *t;

	if (v->terminal.lost_ms != 0 || m->terminals_n == MINE_TERMINALS ||
	    !admits(v, l->who->account.login))
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

static int
on_record(void *arg, const struct audit_row *row)
{
	static const char *const logins[] = { "session.open", "login.password",
		"login.change", "verify", NULL };
	static const char *const changes[] = { "phone.confirm", "phone.revoke",
		"phone.resync", "recovery.create", "password.change",
		"password.set", "password.force_reset", "account.reset",
		"account.unlock", "account.disable", "account.enable",
		"account.set", "terminal.admit", "terminal.drop",
		"terminal.lost", "cert.issue", "cert.revoke", NULL };
	const struct audit_record *r = &row->record;
	const struct looking *l = arg;
	struct mine *m = l->out;
	struct mine_event *e = NULL;

	if (is_one_of(r->action, logins) && m->events_n < MINE_EVENTS &&
	    (strcmp(r->result, "refuse") == 0 ||
		strcmp(r->action, "session.open") == 0))
		e = &m->events[m->events_n++];
	else if (is_one_of(r->action, changes) &&
	    strcmp(r->result, "done") == 0 && r->at_ms >= l->since_ms &&
	    m->changes_n < MINE_CHANGES)
		e = &m->changes[m->changes_n++];
	if (e == NULL)
		return (0);
	e->at_ms = r->at_ms;
	memcpy(e->action, r->action, sizeof(e->action));
	memcpy(e->result, r->result, sizeof(e->result));
	memcpy(e->reason, r->reason, sizeof(e->reason));
	memcpy(e->source, r->source, sizeof(e->source));
	memcpy(e->actor, r->actor, sizeof(e->actor));
	memcpy(e->request_id, r->request_id, sizeof(e->request_id));
	return (0);
}

static int
look_log(struct core *c, struct act *act, struct looking *l)
{
	const struct auditlog_query q = { .account = l->who->account.login,
		.limit = MINE_LOOKED_AT };

	l->since_ms = act->now.wall_ms - MINE_CHANGES_MS;
	return (auditlog_list(c, act, &q, on_record, l));
}

int
mine_changes(struct core *c, struct act *act, const struct session_view *who,
    struct mine *out)
{
	struct looking l = { who, out, 0 };

	memset(out, 0, sizeof(*out));
	return (look_log(c, act, &l));
}

int
mine_look(struct core *c, struct act *act, const struct session_view *who,
    struct mine *out)
{
	struct looking l = { who, out, 0 };
	const struct session_asked asked = { .login = who->account.login,
		.limit = 1000 };
	char last[ID_TEXT + 1];
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = phone_list(c, act, who->account.login, on_phone, &l)) != 0 ||
	    (r = terminals_list(c, act, who->office.code, NULL,
		 TERMINALS_LOOKED_AT, on_terminal, &l)) != 0 ||
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

static int
stop_terminal(struct core *c, struct act *act, const struct session_view *who,
    const char *id)
{
	struct terminals_view v;
	int r;

	if ((r = terminals_show(c, act, id, &v)) != 0)
		return (r);
	if (strcmp(v.office, who->office.code) != 0 ||
	    !admits(&v, who->account.login) || v.terminal.lost_ms != 0)
		return (none(act));
	return (terminals_lost(c, act, id, &v));
}

/* All but this one, and what was opened from them. */
static int
end_others(struct core *c, struct act *act, const struct session_view *who,
    const struct mine *m)
{
	struct session_target target = { .id = NULL };
	int i, ended, r = 0;

	for (i = 0; r == 0 && i < m->sessions_n; i++) {
		if (m->sessions[i].is_this)
			continue;
		target.id = m->sessions[i].id;
		r = session_admin_end(c, act, &target, &ended);
	}
	(void)who;
	return (r);
}

int
mine_stop(struct core *c, struct act *act, const struct session_view *who,
    const struct mine_stop *in)
{
	struct phone phone;
	struct mine m;
	int i, r = 0;

	if (in->phones_n == 0 && in->terminals_n == 0 && !in->ends_sessions)
		return (act_refuse(act, ERR_INVALID, "nothing_chosen",
		    "Nothing is to be stopped."));
	/* before a phone is revoked, whose sessions are then over by themselves
	 * and not ended */
	if (in->ends_sessions &&
	    ((r = mine_look(c, act, who, &m)) != 0 ||
		(r = end_others(c, act, who, &m)) != 0))
		return (r);
	for (i = 0; r == 0 && i < in->phones_n; i++)
		r = phone_revoke(
		    c, act, who->account.login, in->phones[i], &phone);
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
