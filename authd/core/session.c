#include <stdio.h>
#include <string.h>

#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/core/account.h"
#include "authd/core/journal.h"
#include "authd/core/known.h"
#include "authd/core/office.h"
#include "authd/core/password.h"
#include "authd/core/session.h"
#include "authd/core/session_order.h"
#include "authd/core/session_seen.h"

void
session_factors_text(unsigned factors, char out[SESSION_FACTORS_TEXT])
{
	snprintf(out, SESSION_FACTORS_TEXT, "%s%s%s",
	    factors & SESSION_PASSWORD ? "+password" : "",
	    factors & SESSION_CODE ? "+code" : "",
	    factors & SESSION_TERMINAL ? "+terminal" : "");
	if (out[0] == '+')
		memmove(out, out + 1, strlen(out));
}

static const struct policy_class *
class_of(const struct core *c, const struct account *a)
{
	return (a->class == CLASS_GENERAL ? &c->policy->general
					  : &c->policy->privileged);
}

static int64_t
idle_ms(const struct core *c, const struct account *a, const struct app *app)
{
	if (app != NULL && app->idle_ms > 0)
		return (app->idle_ms);
	return (class_of(c, a)->idle_ms);
}

static int64_t
absolute_ms(
    const struct core *c, const struct account *a, const struct app *app)
{
	if (app != NULL && app->absolute_ms > 0)
		return (app->absolute_ms);
	return (class_of(c, a)->absolute_ms);
}

/*
 * Why this account may have no session now, NULL: nothing is in the way. Its
 * password's time goes into ${password_ms}.
 */
static int
find_obstacle(struct core *c, const struct account *a,
    const struct office *office, const struct moment *now, int64_t *password_ms,
    const char **why)
{
	struct password_known known;
	bool must;
	int r;

	*password_ms = 0;
	*why = account_obstacle(a, office, now->wall_ms);
	if (*why != NULL)
		return (0);
	*why = "no_password";
	/* of it only what password_must_change() looks at */
	known.account = *a;
	r = c->store->ops->password_get(
	    c->store, &a->office, &a->id, &known.row);
	if (r == 0)
		r = text_copy(known.office, sizeof(known.office), office->code);
	if (r == 0)
		r = password_must_change(c, &known, &must);
	if (r == 0) {
		*password_ms = known.row.changed_ms;
		*why = must ? "password_must_change" : NULL;
	}
	mem_wipe(&known.row, sizeof(known.row));
	return (r == ERR_NOTFOUND ? 0 : r);
}

/* Two kinds: code and certificate are both possession. (Rule 6.8) */
static bool
is_two_factors(unsigned factors)
{
	return ((factors & SESSION_PASSWORD) != 0 &&
	    (factors & (SESSION_CODE | SESSION_TERMINAL)) != 0 &&
	    (factors & ~SESSION_FACTORS) == 0);
}

static int
note(struct core *c, const struct act *act, const char *office,
    const char *login, const struct session *row, const char *action)
{
	char detail[AUDIT_DETAIL_MAX + 1], factors[SESSION_FACTORS_TEXT],
	    id[ID_TEXT + 1];
	const struct journal_entry e = {
		.office = office,
		.account = login,
		.device = id_is_zero(&row->device) ? NULL : &row->device,
		.action = action,
		.result = "done",
		.detail = detail,
	};

	id_put_text(&row->id, id);
	session_factors_text(row->factors, factors);
	snprintf(detail, sizeof(detail), "session=%s factors=%s%s%s", id,
	    factors, row->app[0] != '\0' ? " app=" : "", row->app);
	return (journal_add(c->journal, act, &e));
}

static int
end_by_id(struct core *c, const struct session *row, const struct id *id,
    int *ended)
{
	const struct session_pick pick = { .by = SESSION_BY_ID,
		.office = row->office,
		.account = row->account,
		.id = *id };

	return (c->store->ops->session_end(c->store, &pick, ended));
}

/* What one account has: how many of the portal's, the oldest, and the one
 * that was entered from a given one in a given application. */
struct survey {
	int n;
	struct session oldest;
	const struct session *parent;
	const char *app;
	bool has_earlier;
	struct session earlier;
};

static int
survey_row(void *arg, const struct session *row)
{
	struct survey *s = arg;

	if (id_is_zero(&row->parent) && s->n++ == 0)
		s->oldest = *row;
	if (s->parent != NULL && id_equal(&row->parent, &s->parent->id) &&
	    strcmp(row->app, s->app) == 0) {
		s->has_earlier = true;
		s->earlier = *row;
	}
	return (0);
}

static int
survey(struct core *c, const struct account *a, struct survey *s)
{
	static const struct id first;

	return (c->store->ops->session_list(c->store, &a->office, &a->id,
	    &first, INT32_MAX, survey_row, s));
}

/* What is the same of every session that is added now. */
static int
add(struct core *c, struct act *act, const struct office *office,
    const struct account *a, char token[TOKEN_LEN + 1], struct session *row)
{
	int r;

	if ((r = id_new(act->now.wall_ms, &row->id)) != 0 ||
	    (r = token_new(token, row->token)) != 0)
		return (r);
	row->office = a->office;
	row->account = a->id;
	row->created_ms = row->seen_ms = act->now.wall_ms;
	row->created_steady = row->seen_steady = act->now.steady_ms;
	if ((r = text_copy(row->source, sizeof(row->source), act->source)) !=
		0 ||
	    (r = c->store->ops->session_add(c->store, row)) != 0 ||
	    (r = note(c, act, office->code, a->login, row, "session.open")) !=
		0)
		mem_wipe(token, TOKEN_LEN + 1);
	return (r);
}

/* Factors and when they were proven. */
static void
put_proof(struct session *row, const struct session_proof *proof, int64_t now)
{
	row->factors |= proof->factors;
	if (proof->factors & SESSION_PASSWORD)
		row->password_steady = now;
	if (proof->factors & SESSION_CODE) {
		row->code_steady = now;
		/* a recovery code is of no phone: revoking the one that it was
		 * opened with still ends it */
		if (!id_is_zero(&proof->device))
			row->device = proof->device;
	}
	if (proof->factors & SESSION_TERMINAL) {
		row->terminal_steady = now;
		row->terminal = proof->terminal;
	}
}

int
session_open(struct core *c, struct act *act, const struct account *account,
    const struct session_proof *proof, char token[TOKEN_LEN + 1],
    struct session *out)
{
	struct survey have = { .n = 0 };
	struct office office;
	struct account now;
	struct session row;
	const char *why;
	int r;

	token[0] = '\0';
	memset(out, 0, sizeof(*out));
	memset(&row, 0, sizeof(row));
	if (!is_two_factors(proof->factors))
		return (ERR_INVALID);
	/* as it is in this transaction */
	if ((r = c->store->ops->account_by_id(c->store, &account->office,
		 &account->id, &now)) != 0 ||
	    (r = c->store->ops->office_by_id(
		 c->store, &now.office, &office)) != 0 ||
	    (r = find_obstacle(c, &now, &office, &act->now,
		 &row.password_ms, &why)) != 0)
		return (r);
	if (why != NULL)
		return (act_refuse(act, ERR_WRONG_STATE, "session_obstacle",
		    "The account cannot log in now."));
	if ((r = survey(c, &now, &have)) != 0)
		return (r);
	if (have.n >= SESSION_EACH_MAX &&
	    (r = end_by_id(c, &have.oldest, &have.oldest.id, NULL)) != 0)
		return (r);
	put_proof(&row, proof, act->now.steady_ms);
	row.login_steady = act->now.steady_ms;
	row.until_steady = row.login_steady + absolute_ms(c, &now, NULL);
	if ((r = add(c, act, &office, &now, token, &row)) == 0)
		*out = row;
	return (r);
}

/* The session as it is now, its account and office; not live is not found. */
static int
load_live(struct core *c, struct act *act, const struct session *row,
    struct session_view *v)
{
	struct session now;
	int r;

	if ((r = c->store->ops->session_by_id(c->store, &row->id, &now)) != 0 ||
	    (r = session_check(c, &now, NULL, &act->now, v)) != 0)
		return (r);
	return (v->is_live ? 0 : ERR_NOTFOUND);
}

int
session_raise(struct core *c, struct act *act, const struct session *row,
    const struct session_proof *proof, char token[TOKEN_LEN + 1],
    struct session *out)
{
	struct session_view v;
	int r;

	token[0] = '\0';
	memset(out, 0, sizeof(*out));
	if ((proof->factors & ~SESSION_FACTORS) != 0 || proof->factors == 0)
		return (ERR_INVALID);
	if ((r = load_live(c, act, row, &v)) != 0)
		return (r);
	put_proof(&v.row, proof, act->now.steady_ms);
	v.row.seen_ms = act->now.wall_ms;
	v.row.seen_steady = act->now.steady_ms;
	if ((r = token_new(token, v.row.token)) != 0)
		return (r);
	if ((r = c->store->ops->session_set(c->store, &v.row)) != 0 ||
	    (r = note(c, act, v.office.code, v.account.login, &v.row,
		 "session.raise")) != 0) {
		mem_wipe(token, TOKEN_LEN + 1);
		return (r);
	}
	*out = v.row;
	return (0);
}

int
session_enter(struct core *c, struct act *act, const struct session *parent,
    const struct app *app, char token[TOKEN_LEN + 1], struct session *out)
{
	struct survey have = { .parent = parent, .app = app->host };
	struct session_view v;
	struct session row;
	int r;

	token[0] = '\0';
	memset(out, 0, sizeof(*out));
	if ((r = load_live(c, act, parent, &v)) != 0 ||
	    (r = survey(c, &v.account, &have)) != 0)
		return (r);
	if (have.has_earlier &&
	    (r = end_by_id(c, &have.earlier, &have.earlier.id, NULL)) != 0)
		return (r);
	row = v.row;
	row.parent = v.row.id;
	if ((r = text_copy(row.app, sizeof(row.app), app->host)) != 0)
		return (r);
	row.until_steady = row.login_steady + absolute_ms(c, &v.account, app);
	if (row.until_steady <= act->now.steady_ms)
		return (act_refuse(act, ERR_WRONG_STATE, "too_long_ago",
		    "The login is too long ago for this application."));
	if ((r = add(c, act, &v.office, &v.account, token, &row)) == 0)
		*out = row;
	return (r);
}

/* Why a session of a live account is over by itself; NULL: it is not. */
static const char *
find_end(const struct core *c, const struct app *app, const struct moment *now,
    struct session_view *v)
{
	v->last_steady = v->row.login_steady + absolute_ms(c, &v->account, app);
	if (v->last_steady > v->row.until_steady)
		v->last_steady = v->row.until_steady;
	v->idle_ms = idle_ms(c, &v->account, app);
	if (now->steady_ms >= v->last_steady)
		return ("expired");
	v->ends_steady = v->row.seen_steady + v->idle_ms;
	if (v->ends_steady > v->last_steady)
		v->ends_steady = v->last_steady;
	return (now->steady_ms >= v->ends_steady ? "idle" : NULL);
}

/* When it was used last: in memory, or else in the store. */
static int64_t
find_seen(struct core *c, const struct session *row)
{
	int64_t seen = 0;

	if (c->sessions != NULL)
		seen = session_seen_find(c->sessions, &row->id);
	return (seen > row->seen_steady ? seen : row->seen_steady);
}

bool
session_shared(const struct core *c, const char *host, struct app *out)
{
	const char *domain = c->policy->cookie_domain;
	size_t len = strlen(domain), n = strcspn(host, ":");

	memset(out, 0, sizeof(*out));
	if (len == 0 || n <= len || host[n - len - 1] != '.' ||
	    memcmp(host + n - len, domain, len) != 0)
		return (false);
	/* no host begins with a dot */
	snprintf(out->host, sizeof(out->host), ".%s", domain);
	return (true);
}

static bool
is_of(const struct core *c, const struct session *row, const struct app *app)
{
	struct app shared;

	if (strcmp(row->app, app == NULL ? "" : app->host) == 0)
		return (id_is_zero(&row->parent) == (app == NULL));
	return (app != NULL && !id_is_zero(&row->parent) &&
	    session_shared(c, app->host, &shared) &&
	    strcmp(row->app, shared.host) == 0);
}

int
session_check(struct core *c, const struct session *row, const struct app *app,
    const struct moment *now, struct session_view *out)
{
	int64_t password_ms;
	bool swept;
	int r;

	memset(out, 0, sizeof(*out));
	out->why = "other_host";
	if (!is_of(c, row, app))
		return (0);
	out->row = *row;
	out->row.seen_steady = find_seen(c, row);
	out->why = "no_account";
	r = c->store->ops->account_by_id(
	    c->store, &row->office, &row->account, &out->account);
	if (r == 0)
		r = known_office(c, &row->office, &out->office);
	if (r != 0)
		return (r == ERR_NOTFOUND ? 0 : r);
	if ((r = find_obstacle(c, &out->account, &out->office, now,
		 &password_ms, &out->why)) != 0)
		return (r);
	if (out->why == NULL && password_ms != row->password_ms)
		out->why = "password_changed";
	if (out->why == NULL)
		out->why = find_end(c, app, now, out);
	if (out->why != NULL)
		return (0);
	if ((r = session_order_swept(c, row, out->office.code, &swept)) != 0)
		return (r);
	if (swept)
		out->why = "ended_by_order";
	out->is_live = !swept;
	return (0);
}

int
session_find(struct core *c, const char *token, const struct app *app,
    const struct moment *now, struct session_view *out)
{
	uint8_t hash[SESSION_HASH_LEN];
	struct session row;
	int r;

	memset(out, 0, sizeof(*out));
	out->why = "no_token";
	r = token_hash(token, hash);
	if (r == 0) {
		out->why = "unknown_token";
		r = c->store->ops->session_find(c->store, hash, &row);
	}
	if (r != 0)
		return (r == ERR_INVALID || r == ERR_NOTFOUND ? 0 : r);
	return (session_check(c, &row, app, now, out));
}

int64_t
session_left_ms(const struct core *c, const struct session_view *v,
    const struct app *app, const struct moment *now)
{
	return (v->row.login_steady + absolute_ms(c, &v->account, app) -
	    now->steady_ms);
}

int
session_logout(struct core *c, struct act *act, const struct session *row)
{
	const struct id *root =
	    id_is_zero(&row->parent) ? &row->id : &row->parent;
	struct account a;
	struct office office;
	int r;

	if ((r = c->store->ops->account_by_id(
		 c->store, &row->office, &row->account, &a)) != 0 ||
	    (r = c->store->ops->office_by_id(
		 c->store, &row->office, &office)) != 0 ||
	    (r = end_by_id(c, row, root, NULL)) != 0)
		return (r == ERR_NOTFOUND ? 0 : r);
	return (note(c, act, office.code, a.login, row, "session.logout"));
}

void
session_use(
    struct core *c, const struct session *row, const struct moment *now)
{
	struct session portal = *row;

	if (c->sessions == NULL)
		return;
	session_seen_note(c->sessions, row, now);
	if (id_is_zero(&row->parent))
		return;
	portal.id = row->parent;
	session_seen_note(c->sessions, &portal, now);
}
