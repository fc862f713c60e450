/*
 * Links: authd/core/rights.c
 */
#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/audit/audit_verify.h"
#include "authd/base/clock.h"
#include "authd/base/fold.h"
#include "authd/base/text.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/core_world.h"

#define START_MS     1795305600000 /* 2026-11-22T00:00:00Z */
#define START_BOOTED 3600000

/* The world whose store is asked: store_ops carry nothing of ours. */
static struct core_world *here;

static void
must(int r, const char *what)
{
	if (r == 0)
		return;
	fprintf(stderr, "core_world: %s: %s\n", what, err_text(r));
	abort();
}

/* store.h: a callback of a listing changes nothing. */
static int
may_change(void)
{
	return (here->listing == 0 ? 0 : ERR_WRONG_STATE);
}

static int
put_counter(struct store *s, const struct counter *row)
{
	here->counter_puts++;
	return (may_change() == 0 ? here->real->counter_put(s, row)
				  : ERR_WRONG_STATE);
}

static int
put_revoked(struct store *s, const struct phone *key, int64_t now_ms)
{
	return (may_change() == 0 ? here->real->phone_revoke(s, key, now_ms)
				  : ERR_WRONG_STATE);
}

static int
list_phones(struct store *s, const struct id *office, const struct id *account,
    store_phone_fn *fn, void *arg)
{
	int r;

	here->listing++;
	r = here->real->phone_list(s, office, account, fn, arg);
	here->listing--;
	return (r);
}

static int
list_active(struct store *s, const struct id *office, const struct id *account,
    store_phone_fn *fn, void *arg)
{
	int r;

	here->listing++;
	r = here->real->phone_list_active(s, office, account, fn, arg);
	here->listing--;
	return (r);
}

static int
list_counters(struct store *s, const struct id *office,
    const struct id *account, store_counter_fn *fn, void *arg)
{
	int r;

	here->listing++;
	r = here->real->counter_list(s, office, account, fn, arg);
	here->listing--;
	return (r);
}

void
core_world_start(struct core_world *w)
{
	struct audit_head head = { .node = 1 };
	char boot_id[CLOCK_BOOT_ID_LEN + 1];

	memset(w, 0, sizeof(*w));
	here = w;
	clock_fake_set(START_MS, START_BOOTED);
	w->policy.totp_window = 1;
	w->policy.general.failures_max = 5;
	w->policy.general.lock_ms = WORLD_HOUR_MS;
	w->policy.privileged.failures_max = 3;
	w->policy.privileged.lock_ms = 6 * WORLD_HOUR_MS;
	w->policy.general.idle_ms = WORLD_HOUR_MS / 2;
	w->policy.privileged.idle_ms = WORLD_HOUR_MS / 4;
	w->policy.general.absolute_ms = 12 * WORLD_HOUR_MS;
	w->policy.privileged.absolute_ms = 12 * WORLD_HOUR_MS;
	snprintf(w->policy.issuer, sizeof(w->policy.issuer), "Sekisho");
	snprintf(w->policy.forbidden[0], LOGIN_MAX + 1, "root");
	snprintf(w->policy.forbidden[1], LOGIN_MAX + 1, "admin");
	w->act.right = RIGHT_ADMIN;
	snprintf(w->act.actor, sizeof(w->act.actor), "unix:0");
	snprintf(w->act.request_id, sizeof(w->act.request_id),
	    "0123456789abcdefghjkmnpqrs");
	must(store_mem_new(&w->core.store), "store");
	must(keeper_fake_new(&w->core.keeper), "keeper");
	must(journal_new(1, &head, &w->core.journal), "journal");
	must(checks_new(&w->core.checks), "checks");
	must(source_new(&w->core.sources), "sources");
	w->core.policy = &w->policy;
	w->real = w->core.store->ops;
	w->ops = *w->real;
	w->ops.counter_put = put_counter;
	w->ops.phone_revoke = put_revoked;
	w->ops.phone_list = list_phones;
	w->ops.phone_list_active = list_active;
	w->ops.counter_list = list_counters;
	w->core.store->ops = &w->ops;
	must(clock_boot_id(boot_id), "boot id");
	must(steady_load(&w->steady, w->core.store, boot_id), "steady");
	steady_now(&w->steady, &w->act.now);
}

void
core_world_stop(struct core_world *w)
{
	journal_free(w->core.journal);
	checks_free(w->core.checks);
	source_free(w->core.sources);
	keeper_client_free(w->core.keeper);
	w->core.store->ops->close(w->core.store);
	memset(w, 0, sizeof(*w));
}

void
core_world_begin(struct core_world *w)
{
	must(w->core.store->ops->begin(w->core.store), "begin");
	journal_begin(w->core.journal);
	checks_begin(w->core.checks);
	source_begin(w->core.sources);
	steady_now(&w->steady, &w->act.now);
	memset(&w->act.problem, 0, sizeof(w->act.problem));
	w->counter_puts = 0;
}

int
core_world_commit(struct core_world *w)
{
	struct store *st = w->core.store;
	int r;

	if ((r = journal_seal(w->core.journal, w->core.keeper, st)) == 0)
		r = st->ops->commit(st);
	if (r != 0)
		must(st->ops->rollback(st), "rollback");
	journal_ended(w->core.journal, r);
	checks_ended(w->core.checks, r);
	source_ended(w->core.sources, r);
	return (r);
}

void
core_world_rollback(struct core_world *w)
{
	must(w->core.store->ops->rollback(w->core.store), "rollback");
	journal_ended(w->core.journal, ERR_STORE);
	checks_ended(w->core.checks, ERR_STORE);
	source_ended(w->core.sources, ERR_STORE);
}

int
core_world_ended(struct core_world *w, int r)
{
	int committed;

	if (r != 0) {
		core_world_rollback(w);
		return (r);
	}
	committed = core_world_commit(w);
	return (committed);
}

void
core_world_phone(struct core_world *w, const char *login, struct person *out)
{
	struct enrol_secret secret;
	enum verdict verdict = VERDICT_REFUSE;
	char code[CODE_DIGITS + 1];

	core_world_begin(w);
	must(core_world_ended(w,
		 enrol_start(&w->core, &w->act, login, NULL, false, &secret)),
	    "enrol");
	core_world_seed(secret.secret, out->seed);
	core_world_code(out->seed, core_world_step(), code);
	core_world_begin(w);
	must(core_world_ended(w,
		 enrol_confirm(
		     &w->core, &w->act, login, code, &verdict, &out->phone)),
	    "confirm");
	must(verdict == VERDICT_ACCEPT ? 0 : ERR_WRONG_STATE, "right code");
	clock_fake_pass(3 * WORLD_STEP_MS);
}

void
core_world_person(struct core_world *w, const char *office, const char *login,
    const char *class, struct person *out)
{
	struct office_input o = { .code = office, .name = "Office" };
	struct account_input a = { .login = login,
		.office = office,
		.name = "山田 太郎",
		.class = class };
	struct account_view view;
	struct office row;
	int r;

	memset(out, 0, sizeof(*out));
	core_world_begin(w);
	r = office_find(&w->core, &w->act, office, &row);
	if (r == ERR_NOTFOUND)
		r = office_add(&w->core, &w->act, &o, &row);
	must(r, "office");
	must(core_world_ended(w, account_add(&w->core, &w->act, &a, &view)),
	    "account");
	out->account = view.account;
	must(text_copy(out->login, sizeof(out->login), view.account.login),
	    "login");
	core_world_phone(w, login, out);
}

int64_t
core_world_step(void)
{
	return (clock_wall_ms() / WORLD_STEP_MS);
}

void
core_world_code(
    const uint8_t seed[SEED_LEN], int64_t step, char out[CODE_DIGITS + 1])
{
	if (oath_hotp_generate((const char *)seed, SEED_LEN, (uint64_t)step,
		CODE_DIGITS, false, OATH_HOTP_DYNAMIC_TRUNCATION,
		out) != OATH_OK)
		must(ERR_NOMEM, "liboath");
}

void
core_world_wrong(const uint8_t seed[SEED_LEN], char out[CODE_DIGITS + 1])
{
	char code[CODE_DIGITS + 1];
	unsigned n = 0;
	int64_t d;

	do {
		snprintf(out, CODE_DIGITS + 1, "%06u", n++ % 1000000);
		for (d = -25; d <= 25; d++) {
			core_world_code(seed, core_world_step() + d, code);
			if (strcmp(code, out) == 0)
				break;
		}
	} while (d <= 25);
}

void
core_world_seed(const char *base32, uint8_t out[SEED_LEN])
{
	char *seed = NULL;
	size_t n = 0;

	if (oath_base32_decode(base32, strlen(base32), &seed, &n) != OATH_OK ||
	    n != SEED_LEN)
		must(ERR_INVALID, "base32");
	memcpy(out, seed, SEED_LEN);
	free(seed);
}

void
core_world_ask(
    struct verify *v, const char *login, const char *code, const char *consumer)
{
	memset(v, 0, sizeof(*v));
	if (fold_login(login, v->login) != 0)
		v->login[0] = '\0';
	if (text_fold_code(code, v->code) != 0)
		v->code[0] = '\0';
	must(text_copy(v->consumer, sizeof(v->consumer), consumer), "consumer");
}

int
core_world_batch(struct core_world *w, struct verify *v, size_t n)
{
	struct store *st = w->core.store;
	size_t i;
	int r;

	core_world_begin(w);
	for (i = 0; i < n; i++)
		must(verify_prepare(&w->core, &w->act, &v[i]), "prepare");
	r = checks_run(w->core.checks, w->core.keeper);
	for (i = 0; i < n && r == 0; i++) {
		must(st->ops->mark(st), "mark");
		journal_mark(w->core.journal);
		checks_mark(w->core.checks);
		source_mark(w->core.sources);
		r = verify_run(&w->core, &w->act, &v[i]);
		if (r == 0)
			must(st->ops->release(st), "release");
	}
	return (core_world_ended(w, r));
}

struct verify
core_world_verify(struct core_world *w, const char *login, const char *code,
    const char *consumer)
{
	struct verify v;

	core_world_ask(&v, login, code, consumer);
	must(core_world_batch(w, &v, 1), "verification");
	return (v);
}

int64_t
core_world_seq(struct core_world *w)
{
	struct audit_head head;

	must(w->core.store->ops->audit_head(w->core.store, 1, &head), "head");
	return (head.seq);
}

void
core_world_last(struct core_world *w, struct audit_record *out)
{
	int64_t seq = core_world_seq(w);
	struct audit_row row;

	memset(out, 0, sizeof(*out));
	if (seq == 0)
		return;
	must(w->core.store->ops->audit_get(w->core.store, 1, seq, &row),
	    "record");
	*out = row.record;
}

static int
verify_row(void *arg, const struct audit_row *row)
{
	audit_verify_add(
	    arg, &row->record, row->hash, row->has_seal ? row->seal : NULL);
	return (0);
}

bool
core_world_log_is_whole(struct core_world *w)
{
	struct keeper_hello hello;
	struct audit_verify v;

	must(keeper_client_hello(w->core.keeper, &hello), "hello");
	audit_verify_init(&v, hello.audit_pub, 1);
	audit_verify_known(&v, &hello.confirmed);
	must(
	    w->core.store->ops->audit_read(w->core.store, 1, 1, verify_row, &v),
	    "read");
	return (audit_verify_end(&v));
}
