/*
 * Goal of this test: every question of store.h about facts, offices, accounts
 * and phones, and every error it says, answered alike by SQLite and by the
 * memory fake. The same functions run over both; a second database must pass
 * unchanged. Counters, log and transactions: test_store_contract_log.c.
 *
 * Links: authd/store/store_sqlite.c authd/store/store_sqlite_open.c
 * Links: authd/store/store_sqlite_office.c authd/store/store_sqlite_account.c
 * Links: authd/store/store_sqlite_phone.c authd/store/store_sqlite_counter.c
 * Links: authd/store/accepted.c authd/store/store_sqlite_accepted.c
 * Links: authd/store/store_sqlite_password.c
 * Links: authd/store/store_sqlite_recovery.c
 * Links: authd/store/store_sqlite_terminal.c
 * Links: authd/store/store_sqlite_host.c authd/store/store_sqlite_cert.c
 * Links: authd/store/store_sqlite_session.c authd/store/store_sqlite_app.c
 * Links: authd/store/store_sqlite_ticket.c
 * Links: authd/store/store_sqlite_audit.c authd/store/ask.c
 * Links: authd/store/ask_sql.c authd/store/migrate.c authd/store/schema.c
 * Links: authd/store/rows.c tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_password.c
 * Links: tests/fakes/store_mem_terminal.c tests/fakes/store_mem_cert.c
 * Links: authd/base/text.c authd/base/id.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/clock.c authd/base/timetext.c
 * Links: tests/fakes/store_sample.c
 */
#include "tests/fakes/store_sample.h"

static void
test_meta(void **state)
{
	struct store *s = store_sample_of(state);
	char long_value[257], out[256];

	assert_int_equal(
	    s->ops->meta_get(s, "boot", out, sizeof(out)), ERR_NOTFOUND);
	assert_string_equal(out, "");
	store_sample_begin(s);
	assert_int_equal(s->ops->meta_put(s, "boot", "one"), 0);
	assert_int_equal(s->ops->meta_put(s, "boot", "two"), 0);
	assert_int_equal(s->ops->meta_put(s, "other", ""), 0);
	memset(long_value, 'x', 256);
	long_value[256] = '\0';
	assert_int_equal(s->ops->meta_put(s, "k", long_value), ERR_INVALID);
	assert_int_equal(s->ops->meta_put(s, "", "v"), ERR_INVALID);
	long_value[255] = '\0';
	assert_int_equal(s->ops->meta_put(s, "k", long_value), 0);
	store_sample_commit(s);
	assert_int_equal(s->ops->meta_get(s, "boot", out, sizeof(out)), 0);
	assert_string_equal(out, "two");
	assert_int_equal(s->ops->meta_get(s, "k", out, sizeof(out)), 0);
	assert_string_equal(out, long_value);
	assert_int_equal(s->ops->meta_get(s, "k", out, 255), ERR_INVALID);
	assert_string_equal(out, "");
	assert_int_equal(s->ops->meta_get(s, "other", out, sizeof(out)), 0);
	assert_string_equal(out, "");
}

static void
test_offices(void **state)
{
	struct store *s = store_sample_of(state);
	struct office o, got, twin = store_sample_office(&absent, "alpha");
	struct store_sample_names n = { .text = "" };

	store_sample_begin(s);
	store_sample_fill(s);
	o = store_sample_office(&office_1, "gamma");
	assert_int_equal(s->ops->office_add(s, &twin), ERR_EXISTS);
	assert_int_equal(s->ops->office_add(s, &o), ERR_EXISTS);
	o = store_sample_office(&absent, "");
	assert_int_equal(s->ops->office_add(s, &o), ERR_INVALID);
	assert_int_equal(s->ops->office_set(s, &twin), ERR_NOTFOUND);
	assert_int_equal(s->ops->office_by_code(s, "alpha", &got), 0);
	o = store_sample_office(&office_1, "alpha");
	store_sample_same_office(&got, &o);
	/* set leaves the code and the time of creation alone */
	snprintf(o.code, sizeof(o.code), "else");
	snprintf(o.name, sizeof(o.name), "new");
	o.created_ms = 5;
	o.disabled_ms = 77;
	assert_int_equal(s->ops->office_set(s, &o), 0);
	assert_int_equal(s->ops->office_by_id(s, &office_1, &got), 0);
	assert_string_equal(got.code, "alpha");
	assert_string_equal(got.name, "new");
	assert_int_equal(got.created_ms, 1000);
	assert_int_equal(got.disabled_ms, 77);
	assert_int_equal(s->ops->office_by_code(s, "else", &got), ERR_NOTFOUND);
	assert_int_equal(s->ops->office_by_id(s, &absent, &got), ERR_NOTFOUND);
	assert_string_equal(got.code, "");
	store_sample_commit(s);
	assert_int_equal(
	    s->ops->office_list(s, "", 9, store_sample_on_office, &n), 0);
	assert_string_equal(n.text, "alpha,beta");
	n = (struct store_sample_names){ .text = "" };
	assert_int_equal(
	    s->ops->office_list(s, "alpha", 9, store_sample_on_office, &n), 0);
	assert_string_equal(n.text, "beta");
	n = (struct store_sample_names){ .text = "" };
	assert_int_equal(
	    s->ops->office_list(s, "", 1, store_sample_on_office, &n), 0);
	assert_int_equal(
	    s->ops->office_list(s, "", 0, store_sample_on_office, &n), 0);
	assert_int_equal(
	    s->ops->office_list(s, "", -1, store_sample_on_office, &n), 0);
	assert_string_equal(n.text, "alpha");
}

static void
test_accounts(void **state)
{
	struct store *s = store_sample_of(state);
	struct account a, got;

	store_sample_begin(s);
	store_sample_fill(s);
	a = store_sample_account(&office_1, &anna, "anna", "ann");
	assert_int_equal(s->ops->account_find(s, "anna", &got), 0);
	store_sample_same_account(&got, &a);
	assert_int_equal(s->ops->account_find(s, "ann", &got), 0);
	assert_string_equal(got.login, "anna");
	assert_int_equal(s->ops->account_find(s, "", &got), ERR_NOTFOUND);
	assert_int_equal(s->ops->account_find(s, "ANNA", &got), ERR_NOTFOUND);
	assert_string_equal(got.login, "");

	a = store_sample_account(&absent, &absent, "dora", "");
	assert_int_equal(s->ops->account_add(s, &a), ERR_NOTFOUND);
	a = store_sample_account(&office_1, &anna, "dora", "");
	assert_int_equal(s->ops->account_add(s, &a), ERR_EXISTS);
	a = store_sample_account(&office_1, &absent, "dora", "");
	a.class = CLASS_NONE;
	assert_int_equal(s->ops->account_add(s, &a), ERR_INVALID);
	a = store_sample_account(&office_1, &absent, "dora", "");
	a.level = 6;
	assert_int_equal(s->ops->account_add(s, &a), ERR_INVALID);
	a.level = 5;
	a.roles = 0x20;
	assert_int_equal(s->ops->account_add(s, &a), ERR_INVALID);
	store_sample_commit(s);
	assert_int_equal(s->ops->account_find(s, "dora", &got), ERR_NOTFOUND);
}

/* One name space over logins and unix-users of every office. */
static void
test_account_names(void **state)
{
	static const char *const taken[][2] = { { "anna", "" }, { "ann", "" },
		{ "dora", "anna" }, { "dora", "ann" }, { "cleo", "" },
		{ "dora", "cleo" } };
	struct store *s = store_sample_of(state);
	struct account a, got;
	struct store_sample_names n = { .text = "" };
	size_t i;

	store_sample_begin(s);
	store_sample_fill(s);
	for (i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		a = store_sample_account(
		    &office_2, &absent, taken[i][0], taken[i][1]);
		assert_int_equal(s->ops->account_add(s, &a), ERR_EXISTS);
		/* and nothing of it has stayed */
		assert_int_equal(
		    s->ops->account_find(s, "dora", &got), ERR_NOTFOUND);
	}
	assert_int_equal(s->ops->account_list(
			     s, &office_2, "", 9, store_sample_on_account, &n),
	    0);
	assert_string_equal(n.text, "cleo");
	a = store_sample_account(&office_1, &bert, "ignored", "anna");
	assert_int_equal(s->ops->account_set(s, &a), ERR_EXISTS);
	assert_int_equal(s->ops->account_find(s, "bert", &got), 0);
	assert_string_equal(got.unix_user, "bert");
	a = store_sample_account(&office_1, &bert, "ignored", "bob");
	a.level = 4;
	a.created_ms = 12345;
	assert_int_equal(s->ops->account_set(s, &a), 0);
	assert_int_equal(s->ops->account_find(s, "bob", &got), 0);
	assert_string_equal(got.login, "bert");
	assert_int_equal(got.level, 4);
	assert_int_equal(got.created_ms, 5);
	/* a name given back is free for others */
	a = store_sample_account(&office_1, &anna, "anna", "bob");
	assert_int_equal(s->ops->account_set(s, &a), ERR_EXISTS);
	a = store_sample_account(&office_1, &bert, "bert", "");
	assert_int_equal(s->ops->account_set(s, &a), 0);
	assert_int_equal(s->ops->account_find(s, "bob", &got), ERR_NOTFOUND);
	a = store_sample_account(&office_1, &anna, "anna", "bob");
	assert_int_equal(s->ops->account_set(s, &a), 0);
	assert_int_equal(s->ops->account_find(s, "ann", &got), ERR_NOTFOUND);
	a = store_sample_account(&office_1, &anna, "anna", "anna");
	assert_int_equal(s->ops->account_set(s, &a), 0);
	assert_int_equal(s->ops->account_find(s, "anna", &got), 0);
	a = store_sample_account(&office_1, &absent, "dora", "");
	assert_int_equal(s->ops->account_set(s, &a), ERR_NOTFOUND);
	store_sample_commit(s);
}

static void
test_account_lists(void **state)
{
	struct store *s = store_sample_of(state);
	struct store_sample_names n = { .text = "" };

	store_sample_begin(s);
	store_sample_fill(s);
	store_sample_commit(s);
	assert_int_equal(s->ops->account_list(
			     s, &office_1, "", 9, store_sample_on_account, &n),
	    0);
	assert_string_equal(n.text, "anna,bert");
	n = (struct store_sample_names){ .text = "" };
	assert_int_equal(s->ops->account_list(
			     s, NULL, "anna", 9, store_sample_on_account, &n),
	    0);
	assert_string_equal(n.text, "bert,cleo");
	n = (struct store_sample_names){ .text = "" };
	assert_int_equal(
	    s->ops->account_list(s, NULL, "", 1, store_sample_on_account, &n),
	    0);
	assert_string_equal(n.text, "anna");
	n = (struct store_sample_names){ .stop_at = 2 };
	assert_int_equal(
	    s->ops->account_list(s, NULL, "", 9, store_sample_on_account, &n),
	    -77);
	assert_string_equal(n.text, "anna,bert");
	assert_int_equal(s->ops->account_list(
			     s, &absent, "", 9, store_sample_on_account, &n),
	    ERR_NOTFOUND);
}

static void
test_account_administrators(void **state)
{
	struct store *s = store_sample_of(state);
	struct store_sample_names n = { .text = "" };
	struct account a;

	store_sample_begin(s);
	store_sample_fill(s);
	assert_int_equal(s->ops->account_find(s, "anna", &a), 0);
	a.roles = ROLE_OFFICER | ROLE_AUDITOR;
	assert_int_equal(s->ops->account_set(s, &a), 0);
	assert_int_equal(s->ops->account_administrators(
			     s, NULL, store_sample_on_account, &n),
	    0);
	assert_string_equal(n.text, "");
	a.roles |= ROLE_ADMINISTRATOR;
	a.disabled_ms = 5;
	assert_int_equal(s->ops->account_set(s, &a), 0);
	assert_int_equal(s->ops->account_find(s, "cleo", &a), 0);
	a.roles = ROLE_ADMINISTRATOR;
	assert_int_equal(s->ops->account_set(s, &a), 0);
	store_sample_commit(s);
	assert_int_equal(s->ops->account_administrators(
			     s, NULL, store_sample_on_account, &n),
	    0);
	assert_string_equal(n.text, "anna,cleo");
	n = (struct store_sample_names){ .text = "" };
	assert_int_equal(s->ops->account_administrators(
			     s, &a.office, store_sample_on_account, &n),
	    0);
	assert_string_equal(n.text, "cleo");
	n = (struct store_sample_names){ .stop_at = 1 };
	assert_int_equal(s->ops->account_administrators(
			     s, NULL, store_sample_on_account, &n),
	    -77);
	assert_int_equal(s->ops->account_administrators(
			     s, &absent, store_sample_on_account, &n),
	    ERR_NOTFOUND);
}

static void
test_account_remove(void **state)
{
	struct store *s = store_sample_of(state);
	struct phone p = store_sample_phone(&anna, &dev_1, 1), got;
	struct counter c = { .office = office_1,
		.account = anna,
		.kind = COUNTER_CODE,
		.failures = 3 };
	struct account a =
	    store_sample_account(&office_1, &absent, "ann", "anna");
	struct store_sample_names n = { .text = "" };

	store_sample_begin(s);
	store_sample_fill(s);
	assert_int_equal(s->ops->phone_add(s, &p), 0);
	assert_int_equal(s->ops->counter_put(s, &c), 0);
	assert_int_equal(
	    s->ops->account_remove(s, &office_2, &anna), ERR_NOTFOUND);
	assert_int_equal(s->ops->account_remove(s, &office_1, &anna), 0);
	assert_int_equal(
	    s->ops->account_remove(s, &office_1, &anna), ERR_NOTFOUND);
	assert_int_equal(
	    s->ops->phone_get(s, &office_1, &anna, &dev_1, &got), ERR_NOTFOUND);
	assert_int_equal(s->ops->counter_list(
			     s, &office_1, &anna, store_sample_on_counter, &n),
	    0);
	assert_string_equal(n.text, "");
	/* both names are free again */
	assert_int_equal(s->ops->account_add(s, &a), 0);
	store_sample_commit(s);
}

static void
test_phones(void **state)
{
	struct store *s = store_sample_of(state);
	struct phone p = store_sample_phone(&anna, &dev_1, 20), got;
	struct phone older = store_sample_phone(&anna, &dev_2, 10);
	struct keeper_sealed sealed = { .len = SEALED_MAX };
	struct store_sample_names n = { .text = "" };

	memset(sealed.at, 0x5a, sizeof(sealed.at));
	store_sample_begin(s);
	store_sample_fill(s);
	assert_int_equal(
	    s->ops->phone_list(s, &office_1, &anna, store_sample_on_phone, &n),
	    0);
	assert_string_equal(n.text, "");
	assert_int_equal(s->ops->phone_add(s, &p), 0);
	assert_int_equal(s->ops->phone_add(s, &p), ERR_EXISTS);
	assert_int_equal(s->ops->phone_add(s, &older), 0);
	assert_int_equal(
	    s->ops->phone_get(s, &office_1, &anna, &dev_1, &got), 0);
	store_sample_same_phone(&got, &p);
	assert_int_equal(
	    s->ops->phone_list(s, &office_1, &anna, store_sample_on_phone, &n),
	    0);
	assert_string_equal(n.text, "d2,d1");
	assert_int_equal(
	    s->ops->phone_list(s, &office_2, &anna, store_sample_on_phone, &n),
	    ERR_NOTFOUND);
	assert_int_equal(
	    s->ops->phone_get(s, &office_1, &bert, &dev_1, &got), ERR_NOTFOUND);
	got = store_sample_phone(&absent, &dev_1, 1);
	assert_int_equal(s->ops->phone_add(s, &got), ERR_NOTFOUND);
	got = store_sample_phone(&bert, &dev_1, 1);
	got.state = PHONE_NONE;
	assert_int_equal(s->ops->phone_add(s, &got), ERR_INVALID);

	n.text[0] = '\0';
	assert_int_equal(s->ops->phone_list_active(
			     s, &office_1, &anna, store_sample_on_phone, &n),
	    0);
	assert_string_equal(n.text, "");
	assert_int_equal(s->ops->phone_confirm(s, &p, &sealed, 700, 50), 0);
	assert_int_equal(
	    s->ops->phone_confirm(s, &p, &sealed, 701, 51), ERR_WRONG_STATE);
	assert_int_equal(s->ops->phone_list_active(
			     s, &office_1, &anna, store_sample_on_phone, &n),
	    0);
	assert_string_equal(n.text, "d1");
	n.text[0] = '\0';
	assert_int_equal(s->ops->phone_confirm(s, &older, &sealed, 7, 5), 0);
	assert_int_equal(s->ops->phone_list_active(
			     s, &office_1, &anna, store_sample_on_phone, &n),
	    0);
	assert_string_equal(n.text, "d1,d2");
	assert_int_equal(s->ops->phone_list_active(
			     s, &office_2, &anna, store_sample_on_phone, &n),
	    ERR_NOTFOUND);
	assert_int_equal(
	    s->ops->phone_get(s, &office_1, &anna, &dev_1, &got), 0);
	assert_int_equal(got.state, PHONE_ACTIVE);
	assert_memory_equal(&got.sealed, &sealed, sizeof(sealed));
	assert_int_equal(got.last_step, 700);
	assert_int_equal(got.confirmed_ms, 50);
	assert_int_equal(got.last_used_ms, 50);
	got = store_sample_phone(&anna, &absent, 1);
	assert_int_equal(
	    s->ops->phone_confirm(s, &got, &sealed, 1, 1), ERR_NOTFOUND);

	assert_int_equal(s->ops->phone_revoke(s, &p, 60), 0);
	assert_int_equal(s->ops->phone_revoke(s, &p, 61), ERR_WRONG_STATE);
	assert_int_equal(s->ops->phone_revoke(s, &older, 62), 0);
	assert_int_equal(s->ops->phone_revoke(s, &got, 1), ERR_NOTFOUND);
	assert_int_equal(
	    s->ops->phone_get(s, &office_1, &anna, &dev_1, &got), 0);
	assert_int_equal(got.state, PHONE_REVOKED);
	assert_int_equal(got.sealed.len, 0);
	assert_int_equal(got.sealed.at[0], 0);
	assert_int_equal(got.revoked_ms, 60);
	assert_int_equal(got.last_step, 700);
	store_sample_commit(s);
}

/* Rule 6.1: a step is taken once, and never one at or below the highest. */
static void
test_V1_phone_accept_once(void **state)
{
	struct store *s = store_sample_of(state);
	struct phone p = store_sample_phone(&anna, &dev_1, 1), got;
	struct keeper_sealed sealed = { .len = 1 };
	bool took = true;

	store_sample_begin(s);
	store_sample_fill(s);
	p.last_step = 900;
	assert_int_equal(s->ops->phone_add(s, &p), 0);
	/* a pending phone takes nothing */
	assert_int_equal(s->ops->phone_accept(s, &p, 1000, 5, &took), 0);
	assert_false(took);
	/* a confirmation below the highest step does not lower it */
	assert_int_equal(s->ops->phone_confirm(s, &p, &sealed, 100, 5), 0);
	assert_int_equal(s->ops->phone_accept(s, &p, 900, 6, &took), 0);
	assert_false(took);
	assert_int_equal(s->ops->phone_accept(s, &p, 1000, 7, &took), 0);
	assert_true(took);
	assert_int_equal(s->ops->phone_accept(s, &p, 1000, 8, &took), 0);
	assert_false(took);
	assert_int_equal(s->ops->phone_accept(s, &p, 999, 9, &took), 0);
	assert_false(took);
	assert_int_equal(s->ops->phone_resync(s, &p, 3, 1000, 9, &took), 0);
	assert_false(took);
	assert_int_equal(
	    s->ops->phone_get(s, &office_1, &anna, &dev_1, &got), 0);
	assert_int_equal(got.last_step, 1000);
	assert_int_equal(got.last_used_ms, 7);
	assert_int_equal(got.offset, -2);
	assert_int_equal(s->ops->phone_resync(s, &p, 3, 1001, 10, &took), 0);
	assert_true(took);
	assert_int_equal(
	    s->ops->phone_get(s, &office_1, &anna, &dev_1, &got), 0);
	assert_int_equal(got.last_step, 1001);
	assert_int_equal(got.offset, 3);
	assert_int_equal(got.last_used_ms, 10);
	assert_int_equal(s->ops->phone_revoke(s, &p, 11), 0);
	assert_int_equal(s->ops->phone_accept(s, &p, 2000, 12, &took), 0);
	assert_false(took);
	took = true;
	p.account = bert;
	assert_int_equal(
	    s->ops->phone_accept(s, &p, 2000, 12, &took), ERR_NOTFOUND);
	assert_false(took);
	took = true;
	assert_int_equal(
	    s->ops->phone_resync(s, &p, 0, 2000, 12, &took), ERR_NOTFOUND);
	assert_false(took);
	store_sample_commit(s);
}

/* The clock went back: what was accepted stays refused, the rest does not. */
static void
test_V2_phone_rewind(void **state)
{
	struct store *s = store_sample_of(state);
	struct phone p = store_sample_phone(&anna, &dev_1, 1), other, got;
	struct keeper_sealed sealed = { .len = 1 };
	struct store_sample_names n = { .text = "" };
	bool took;

	store_sample_begin(s);
	store_sample_fill(s);
	p.last_step = 0;
	p.offset = -2;
	other = store_sample_phone(&anna, &dev_2, 2);
	assert_int_equal(s->ops->phone_add(s, &p), 0);
	assert_int_equal(s->ops->phone_add(s, &other), 0);
	assert_int_equal(
	    s->ops->phone_rewind(s, &p, 1), ERR_WRONG_STATE); /* pending */
	assert_int_equal(s->ops->phone_confirm(s, &p, &sealed, 1000, 5), 0);
	/* by the phone's own offset: 1000 less -2 */
	assert_int_equal(
	    s->ops->phone_ahead(s, 1002, store_sample_on_phone, &n), 0);
	assert_string_equal(n.text, "");
	assert_int_equal(
	    s->ops->phone_ahead(s, 1001, store_sample_on_phone, &n), 0);
	assert_string_equal(n.text, "d1");

	assert_int_equal(s->ops->phone_rewind(s, &p, 1000), ERR_WRONG_STATE);
	assert_int_equal(s->ops->phone_rewind(s, &p, -1), ERR_INVALID);
	assert_int_equal(s->ops->phone_rewind(s, &p, 900), 0);
	assert_int_equal(s->ops->phone_burn(s, &p, 1000), 0);
	assert_int_equal(s->ops->phone_burn(s, &p, 1000), 0);
	assert_int_equal(s->ops->phone_burn(s, &p, 950), 0);
	assert_int_equal(s->ops->phone_burn(s, &p, -1), ERR_INVALID);
	got = store_sample_phone(&anna, &absent, 1);
	assert_int_equal(s->ops->phone_burn(s, &got, 1), ERR_NOTFOUND);
	assert_int_equal(s->ops->phone_rewind(s, &got, 1), ERR_NOTFOUND);
	assert_int_equal(s->ops->phone_accept(s, &p, 900, 6, &took), 0);
	assert_false(took);
	assert_int_equal(s->ops->phone_accept(s, &p, 950, 6, &took), 0);
	assert_false(took);
	assert_int_equal(s->ops->phone_resync(s, &p, 0, 950, 6, &took), 0);
	assert_false(took);
	assert_int_equal(s->ops->phone_accept(s, &p, 951, 6, &took), 0);
	assert_true(took);
	/* 950 is covered and forgotten, 1000 is not */
	assert_int_equal(s->ops->phone_burned_clear(s), 0);
	assert_int_equal(s->ops->phone_accept(s, &p, 1000, 7, &took), 0);
	assert_false(took);
	assert_int_equal(s->ops->phone_rewind(s, &p, 940), 0);
	assert_int_equal(s->ops->phone_accept(s, &p, 950, 7, &took), 0);
	assert_true(took);
	assert_int_equal(s->ops->phone_accept(s, &p, 1001, 8, &took), 0);
	assert_true(took);
	store_sample_commit(s);
	store_sample_begin(s);
	/* they go with the account */
	assert_int_equal(s->ops->account_remove(s, &office_1, &anna), 0);
	store_sample_commit(s);
}

int
main(void)
{
#define RUN(up, f) cmocka_unit_test_setup_teardown(f, up, store_sample_end)
#define ALL(up)                                                                \
	RUN(up, test_meta), RUN(up, test_offices), RUN(up, test_accounts),     \
	    RUN(up, test_account_names), RUN(up, test_account_lists),          \
	    RUN(up, test_account_administrators),                              \
	    RUN(up, test_account_remove), RUN(up, test_phones),                \
	    RUN(up, test_V1_phone_accept_once), RUN(up, test_V2_phone_rewind)
	const struct CMUnitTest mem[] = { ALL(store_sample_mem) };
	const struct CMUnitTest sqlite[] = { ALL(store_sample_sqlite) };
	int failed;

	failed = cmocka_run_group_tests_name("memory", mem, NULL, NULL);
	failed += cmocka_run_group_tests_name("sqlite", sqlite, NULL, NULL);
	return (failed);
}
