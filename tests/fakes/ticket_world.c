#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/fold.h"
#include "authd/base/text.h"
#include "tests/fakes/ticket_world.h"

static void
must(int r, const char *what)
{
	if (r == 0)
		return;
	fprintf(stderr, "ticket_world: %s: %s\n", what, err_text(r));
	abort();
}

void
ticket_world_account(struct core_world *w, const char *office,
    const char *login, struct account *out)
{
	const struct office_input o = { .code = office, .name = "Office" };
	const struct account_input a = {
		.login = login, .office = office, .name = "佐藤 次郎"
	};
	struct account_view view;
	struct office row;
	int r;

	core_world_begin(w);
	r = office_find(&w->core, &w->act, office, &row);
	if (r == ERR_NOTFOUND)
		r = office_add(&w->core, &w->act, &o, &row);
	must(r, "office");
	must(core_world_ended(w, account_add(&w->core, &w->act, &a, &view)),
	    "account");
	*out = view.account;
}

int
ticket_world_make(struct core_world *w, const char *login, const char *purpose,
    const char *label, int hours, struct ticket_make *q)
{
	bool wants;
	int r;

	if (w->policy.portal_url[0] == '\0')
		must(text_copy(w->policy.portal_url,
			 sizeof(w->policy.portal_url),
			 "https://sekisho.example.jp"),
		    "url");
	memset(q, 0, sizeof(*q));
	q->login = login;
	q->purpose = purpose;
	q->label = label;
	q->hours = hours;
	core_world_begin(w);
	r = core_world_ended(
	    w, ticket_make_start(&w->core, &w->act, q, &wants));
	if (r != 0 || !wants)
		return (r);
	if ((r = ticket_make_certificate(&w->core, q)) != 0)
		return (r);
	core_world_begin(w);
	return (
	    core_world_ended(w, ticket_make_settle(&w->core, &w->act, q)));
}

void
ticket_world_secret(struct core_world *w, const char *login,
    const char *purpose, char out[TICKET_SECRET_LEN + 1])
{
	struct ticket_make q;

	must(ticket_world_make(w, login, purpose, NULL, 0, &q), "ticket");
	must(ticket_secret_fold(strrchr(q.link, '/') + 1, TICKET_SECRET_LEN,
		 out),
	    "secret");
	ticket_make_clear(&q);
}

static int
run(struct core_world *w, struct ticket_prove *q, bool *wants)
{
	struct store *st = w->core.store;
	int r;

	core_world_begin(w);
	if ((r = ticket_prove_prepare(&w->core, &w->act, q)) == 0)
		r = checks_run(w->core.checks, w->core.keeper);
	if (r == 0) {
		must(st->ops->mark(st), "mark");
		journal_mark(w->core.journal);
		checks_mark(w->core.checks);
		r = ticket_prove_start(&w->core, &w->act, q, wants);
		if (r == 0)
			must(st->ops->release(st), "release");
	}
	return (core_world_ended(w, r));
}

bool
ticket_world_prove(struct core_world *w, const char *secret, const char *login,
    const char *shown, struct ticket_prove *q)
{
	bool wants = false;

	memset(q, 0, sizeof(*q));
	memcpy(q->secret, secret, sizeof(q->secret));
	if (fold_login(login, q->name) != 0)
		q->name[0] = '\0';
	if (text_copy(q->password, sizeof(q->password), shown) != 0)
		q->password[0] = '\0';
	if (text_fold_code(shown, q->code) != 0 &&
	    recovery_fold(shown, q->recovery) != 0)
		q->code[0] = '\0';
	must(run(w, q, &wants), "prove");
	if (wants) {
		must(ticket_prove_hash(&w->policy, w->core.keeper, q), "hash");
		core_world_begin(w);
		must(core_world_ended(w,
			 ticket_prove_settle(&w->core, &w->act, q)),
		    "settle");
	}
	return (q->is_proven);
}

void
ticket_world_token(struct core_world *w, const char *secret, const char *login,
    const char *shown, char out[TOKEN_LEN + 1])
{
	struct ticket_prove q;

	must(ticket_world_prove(w, secret, login, shown, &q) ? 0 : ERR_DENIED,
	    "proof");
	memcpy(out, q.token, TOKEN_LEN + 1);
}

int
ticket_world_use(
    struct core_world *w, const char *token, enum ticket_purpose purpose)
{
	struct ticket_view v;
	bool is_held;
	int r;

	core_world_begin(w);
	r = ticket_held(&w->core, &w->act, token, purpose, &v, &is_held);
	if (r == 0)
		r = is_held ? ticket_use(&w->core, &w->act, &v) : ERR_DENIED;
	return (core_world_ended(w, r));
}

enum ticket_state
ticket_world_state(struct core_world *w, const char *secret)
{
	struct ticket_view v;

	core_world_begin(w);
	must(ticket_look(&w->core, &w->act, secret, &v), "look");
	core_world_rollback(w);
	return (v.state);
}
