#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/fold.h"
#include "authd/base/text.h"
#include "tests/fakes/login_world.h"

#define YEAR_MS (365 * 24 * WORLD_HOUR_MS)

static void
must(int r, const char *what)
{
	if (r == 0)
		return;
	fprintf(stderr, "login_world: %s: %s\n", what, err_text(r));
	abort();
}

void
login_world_start(struct core_world *w)
{
	core_world_start(w);
	w->policy.password_cost = PASSHASH_COST_MIN;
	w->policy.password_composed = 1;
	w->policy.password_reuse_ms = YEAR_MS;
	must(logins_new(&w->core.logins), "logins");
}

void
login_world_stop(struct core_world *w)
{
	logins_free(w->core.logins);
	core_world_stop(w);
}

void
login_world_password(struct core_world *w, const char *login, const char *text,
    bool is_temporary)
{
	struct password_known known;
	char hash[PASSHASH_MAX + 1];

	core_world_begin(w);
	must(password_load(&w->core, &w->act, login, &known), "load");
	must(password_hash(&w->policy, w->core.keeper, &known, text, hash),
	    "hash");
	must(core_world_ended(w,
		 password_store(&w->core, &w->act, &known, hash, is_temporary,
		     "password.set")),
	    "store");
}

void
login_world_person(struct core_world *w, const char *office, const char *login,
    const char *class, struct person *out)
{
	core_world_person(w, office, login, class, out);
	login_world_password(w, login, LOGIN_WORLD_ONE, false);
}

/* What is too long for its place arrives as nothing. */
static void
take(char *out, size_t size, const char *in)
{
	if (text_copy(out, size, in) != 0)
		out[0] = '\0';
}

void
login_world_first(struct login *l, const char *login, const char *password)
{
	memset(l, 0, sizeof(*l));
	l->step = LOGIN_STEP_PASSWORD;
	if (fold_login(login, l->name) != 0)
		l->name[0] = '\0';
	take(l->password, sizeof(l->password), password);
	must(text_copy(l->consumer, sizeof(l->consumer), "local:sshd"), "sshd");
}

void
login_world_code(struct login *l, const char *token, const char *code)
{
	memset(l, 0, sizeof(*l));
	l->step = LOGIN_STEP_CODE;
	take(l->token, sizeof(l->token), token);
	if (text_fold_code(code, l->code) != 0)
		l->code[0] = '\0';
}

void
login_world_change(struct login *l, const char *token, const char *password)
{
	memset(l, 0, sizeof(*l));
	l->step = LOGIN_STEP_NEW_PASSWORD;
	take(l->token, sizeof(l->token), token);
	take(l->password, sizeof(l->password), password);
}

int
login_world_run(struct core_world *w, struct login *l, bool *wants)
{
	struct store *st = w->core.store;
	int r;

	*wants = false;
	core_world_begin(w);
	if ((r = login_prepare(&w->core, &w->act, l)) == 0)
		r = checks_run(w->core.checks, w->core.keeper);
	if (r == 0) {
		must(st->ops->mark(st), "mark");
		journal_mark(w->core.journal);
		checks_mark(w->core.checks);
		if ((r = login_run(&w->core, &w->act, l, wants)) == 0)
			must(st->ops->release(st), "release");
	}
	return (core_world_ended(w, r));
}

int
login_world_hash(struct core_world *w, struct login *l)
{
	return (login_hash(&w->policy, w->core.keeper, l));
}

int
login_world_settle(struct core_world *w, struct login *l)
{
	core_world_begin(w);
	return (core_world_ended(w, login_settle(&w->core, &w->act, l)));
}

enum login_result
login_world_step(struct core_world *w, struct login *l)
{
	bool wants;

	must(login_world_run(w, l, &wants), "run");
	if (wants) {
		must(login_world_hash(w, l), "hash");
		must(login_world_settle(w, l), "settle");
	}
	return (l->result);
}

struct login
login_world_try(struct core_world *w, const char *login, const char *password)
{
	struct login l;

	login_world_first(&l, login, password);
	(void)login_world_step(w, &l);
	return (l);
}

void
login_world_token(struct core_world *w, const struct person *p,
    const char *password, enum logins_step step, char out[LOGINS_TOKEN_LEN + 1])
{
	struct login l = login_world_try(w, p->login, password);
	char code[CODE_DIGITS + 1], token[LOGINS_TOKEN_LEN + 1];

	must(l.result == LOGIN_CONTINUE ? 0 : ERR_INVALID, "right password");
	memcpy(token, l.next_token, sizeof(token));
	if (step == LOGINS_NEW_PASSWORD) {
		core_world_code(p->seed, core_world_step(), code);
		login_world_code(&l, token, code);
		must(login_world_step(w, &l) == LOGIN_CHANGE_PASSWORD
			? 0
			: ERR_INVALID,
		    "a change is due");
	}
	memcpy(out, l.next_token, LOGINS_TOKEN_LEN + 1);
}

struct counter
login_world_counter(
    struct core_world *w, const struct person *p, enum counter_kind kind)
{
	struct counter row;

	must(w->real->counter_get(w->core.store, &p->account.office,
		 &p->account.id, kind, "", &row),
	    "counter");
	return (row);
}
