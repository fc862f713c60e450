/*
 * The rules of authd/core/app.h and session_admin.h, for tests of the routes:
 * there is one application, pay.example.jp, and nobody is logged in.
 * Every change of a rule would lock out one of two people, for their level.
 * Links instead of authd/core/app.c, session_admin.c, session.c, impact.c, way.c,
 * change.c, backed.c.
 */
#include <stdio.h>
#include <string.h>

#include "authd/core/backed.h"
#include "authd/core/change.h"
#include "authd/core/session_admin.h"

#define HOST "pay.example.jp"

static void
fill(struct app *out)
{
	memset(out, 0, sizeof(*out));
	snprintf(out->host, sizeof(out->host), HOST);
	snprintf(out->name, sizeof(out->name), HOST);
	out->factors = SESSION_PASSWORD | SESSION_CODE;
	out->level = 1;
	out->created_ms = 1;
}

int
app_find(struct core *c, struct act *act, const char *host, struct app *out)
{
	(void)c;
	if (host == NULL || strcmp(host, HOST) != 0)
		return (act_refuse(act, ERR_NOTFOUND, "no_such_app", "None."));
	fill(out);
	return (0);
}

int
app_add(struct core *c, struct act *act, const struct app_input *in,
    struct app *out)
{
	(void)c;
	if (strcmp(in->host, HOST) == 0)
		return (act_refuse(act, ERR_EXISTS, "app_taken", "Taken."));
	fill(out);
	snprintf(out->host, sizeof(out->host), "%.200s", in->host);
	return (0);
}

int
app_set(struct core *c, struct act *act, const struct app_input *in,
    struct app *out)
{
	return (app_find(c, act, in->host, out));
}

int
backed_note(struct core *c, struct act *act)
{
	(void)c;
	(void)act;
	return (0);
}

int
backed_when(struct core *c, int64_t *ms)
{
	(void)c;
	*ms = 1;
	return (0);
}

int
change_app_set(struct core *c, struct act *act, const struct app_input *in,
    bool is_forced, struct app *out)
{
	if (!is_forced && in->level == 5)
		return (act_refuse(act, ERR_WRONG_STATE,
		    "locks_out_administrators", "None would be left."));
	return (app_set(c, act, in, out));
}

static int
lock_out(struct impact *out)
{
	memset(out, 0, sizeof(*out));
	out->accounts = out->before = 2;
	out->after = out->lost = out->by[WAY_LEVEL] = out->people_n = 1;
	snprintf(out->people[0].login, sizeof(out->people[0].login), "taro");
	snprintf(out->people[0].app, sizeof(out->people[0].app), HOST);
	out->people[0].why = WAY_LEVEL;
	return (0);
}

int
impact_app_input(struct core *c, struct act *act, const struct app_input *in,
    struct impact *out)
{
	(void)c;
	(void)act;
	(void)in;
	return (lock_out(out));
}

int
impact_account_input(struct core *c, struct act *act,
    const struct account_input *in, struct impact *out)
{
	(void)c;
	(void)act;
	(void)in;
	return (lock_out(out));
}

int
impact_office(
    struct core *c, struct act *act, const char *code, struct impact *out)
{
	(void)c;
	(void)act;
	(void)code;
	return (lock_out(out));
}

int
impact_policy(struct core *c, const struct act *act,
    const struct impact_policy *next, struct impact *out)
{
	int r = lock_out(out);

	(void)c;
	(void)act;
	out->administrators_lost = !next->has_portal;
	return (r);
}

const char *
impact_refusal(const struct impact *i)
{
	return (i->administrators_lost ? "locks_out_administrators" : NULL);
}

const char *
way_word(enum way way)
{
	return (way == WAY_LEVEL ? "level" : "");
}

int
app_remove(struct core *c, struct act *act, const char *host, struct app *out)
{
	return (app_find(c, act, host, out));
}

int
app_list(struct core *c, struct act *act, const char *after, int limit,
    store_app_fn *fn, void *arg)
{
	struct app row;

	(void)c;
	(void)act;
	fill(&row);
	if (limit < 1 || (after != NULL && strcmp(after, HOST) >= 0))
		return (0);
	return (fn(arg, &row));
}

bool
app_is_one_kind(const struct app *app)
{
	return ((app->factors & SESSION_PASSWORD) == 0);
}

int
session_admin_end(struct core *c, struct act *act,
    const struct session_target *target, int *ended)
{
	(void)c;
	*ended = target->login != NULL ? 0 : -1;
	if (target->id != NULL)
		return (act_refuse(
		    act, ERR_NOTFOUND, "no_such_session", "None."));
	return (0);
}

int
session_admin_list(struct core *c, struct act *act,
    const struct session_asked *in, session_admin_fn *fn, void *arg,
    char last[ID_TEXT + 1])
{
	(void)c;
	(void)act;
	(void)in;
	(void)fn;
	(void)arg;
	last[0] = '\0';
	return (0);
}

void
session_factors_text(unsigned factors, char out[SESSION_FACTORS_TEXT])
{
	snprintf(out, SESSION_FACTORS_TEXT, "%u", factors);
}
