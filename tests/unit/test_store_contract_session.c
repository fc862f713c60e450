/*
 * Goal of this test: the questions of store.h about sessions and applications,
 * answered alike by SQLite and by the memory fake. The rest of the contract:
 * test_store_contract.c, _log.c, _password.c.
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
 * Links: tests/fakes/store_mem_terminal.c tests/fakes/store_mem_cert.c
 * Links: tests/fakes/store_mem_password.c
 * Links: authd/base/text.c authd/base/id.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/clock.c authd/base/timetext.c
 * Links: tests/fakes/store_sample.c
 */
#include "tests/fakes/store_sample.h"

static const struct id pc = { { 0xe1 } };

/* A session of the portal; its token's hash begins with its id. */
static struct session
session(const struct id *office, const struct id *account, uint8_t n)
{
	struct session row = { .office = *office,
		.account = *account,
		.id = { { n } },
		.token = { n, 0, 9 },
		.factors = SESSION_PASSWORD | SESSION_CODE,
		.password_ms = 11,
		.password_steady = 12,
		.code_steady = 13,
		.source = "192.0.2.7",
		.created_ms = 14,
		.seen_ms = 15,
		.login_steady = 16,
		.created_steady = 17,
		.seen_steady = 18,
		.until_steady = 1000 + n };

	return (row);
}

static void
add(struct store *s, const struct session *row)
{
	assert_int_equal(s->ops->session_add(s, row), 0);
}

#define SAME_ID(m)  assert_true(id_equal(&got.m, &row->m))
#define SAME_INT(m) assert_true(got.m == row->m)

static void
expect_same(struct store *s, const struct session *row)
{
	struct session got;

	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(s->ops->session_find(s, row->token, &got), 0);
	SAME_ID(office);
	SAME_ID(account);
	SAME_ID(id);
	assert_memory_equal(got.token, row->token, sizeof(got.token));
	assert_string_equal(got.app, row->app);
	SAME_ID(parent);
	SAME_INT(factors);
	SAME_INT(password_ms);
	SAME_INT(password_steady);
	SAME_INT(code_steady);
	SAME_INT(terminal_steady);
	SAME_ID(device);
	SAME_ID(terminal);
	assert_string_equal(got.source, row->source);
	SAME_INT(created_ms);
	SAME_INT(seen_ms);
	SAME_INT(login_steady);
	SAME_INT(created_steady);
	SAME_INT(seen_steady);
	SAME_INT(until_steady);
	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(s->ops->session_by_id(s, &row->id, &got), 0);
	assert_memory_equal(got.token, row->token, sizeof(got.token));
}

static void
expect_gone(struct store *s, const struct session *row)
{
	struct session got;

	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(
	    s->ops->session_find(s, row->token, &got), ERR_NOTFOUND);
	assert_int_equal(got.factors, 0);
	assert_int_equal(
	    s->ops->session_by_id(s, &row->id, &got), ERR_NOTFOUND);
}

static int
on_session(void *arg, const struct session *row)
{
	struct store_sample_names *n = arg;
	size_t len = strlen(n->text);

	snprintf(n->text + len, sizeof(n->text) - len, "%s%d",
	    len > 0 ? "," : "", row->id.b[0]);
	return (++n->seen == n->stop_at ? -77 : 0);
}

static void
expect_list(struct store *s, const struct id *office, const struct id *account,
    const char *wanted)
{
	struct store_sample_names n = { .text = "" };

	assert_int_equal(s->ops->session_list(s, office, account, &nobody, 100,
			     on_session, &n),
	    0);
	assert_string_equal(n.text, wanted);
}

static void
test_session(void **state)
{
	struct store *s = store_sample_of(state);
	struct session a = session(&office_1, &anna, 1), bad;
	struct session full = session(&office_2, &cleo, 2);

	snprintf(full.app, sizeof(full.app), "pay.example.jp:8443");
	full.parent = a.id;
	full.device = dev_1;
	full.terminal = pc;
	full.terminal_steady = 19;
	full.factors = SESSION_FACTORS;
	store_sample_begin(s);
	store_sample_fill(s);
	add(s, &a);
	add(s, &full);
	expect_same(s, &a);
	expect_same(s, &full);
	assert_int_equal(s->ops->session_add(s, &a), ERR_EXISTS);
	bad = session(&office_1, &absent, 3);
	assert_int_equal(s->ops->session_add(s, &bad), ERR_NOTFOUND);
	/* Zero means no: nothing proven, no token, no end. */
	bad = session(&office_1, &anna, 3);
	bad.factors = 0;
	assert_int_equal(s->ops->session_add(s, &bad), ERR_INVALID);
	bad.factors = SESSION_FACTORS + 1;
	assert_int_equal(s->ops->session_add(s, &bad), ERR_INVALID);
	bad = session(&office_1, &anna, 3);
	memset(bad.token, 0, sizeof(bad.token));
	assert_int_equal(s->ops->session_add(s, &bad), ERR_INVALID);
	bad = session(&office_1, &anna, 3);
	bad.until_steady = 0;
	assert_int_equal(s->ops->session_add(s, &bad), ERR_INVALID);
	store_sample_commit(s);
	expect_same(s, &a);
	expect_same(s, &full);
	bad = session(&office_1, &anna, 4);
	assert_int_equal(s->ops->session_add(s, &bad), ERR_WRONG_STATE);
	expect_gone(s, &bad);
	assert_int_equal(s->ops->session_seen(s, &a, 50, 50), ERR_WRONG_STATE);
	/* one bit beside is another token */
	a.token[31] ^= 1;
	assert_int_equal(
	    s->ops->session_find(s, a.token, &bad), ERR_NOTFOUND);
}

static void
test_session_set(void **state)
{
	struct store *s = store_sample_of(state);
	struct session a = session(&office_1, &anna, 1), was = a, other;
	struct session b = session(&office_1, &anna, 2);

	store_sample_begin(s);
	store_sample_fill(s);
	add(s, &a);
	add(s, &b);
	a.token[5] = 77;
	a.factors = SESSION_FACTORS;
	a.password_steady = 31;
	a.code_steady = 32;
	a.terminal_steady = 33;
	a.device = dev_2;
	a.terminal = pc;
	a.seen_ms = 34;
	a.seen_steady = 35;
	/* what it does not change */
	other = a;
	other.until_steady = 9999;
	other.password_ms = 9999;
	snprintf(other.app, sizeof(other.app), "x.example.jp");
	assert_int_equal(s->ops->session_set(s, &other), 0);
	expect_same(s, &a);
	expect_same(s, &b);
	assert_int_equal(
	    s->ops->session_find(s, was.token, &other), ERR_NOTFOUND);
	other = session(&office_1, &bert, 1);
	assert_int_equal(s->ops->session_set(s, &other), ERR_NOTFOUND);
	a.factors = 0;
	assert_int_equal(s->ops->session_set(s, &a), ERR_INVALID);
	store_sample_commit(s);
	assert_int_equal(s->ops->session_set(s, &b), ERR_WRONG_STATE);
}

static void
test_session_seen(void **state)
{
	struct store *s = store_sample_of(state);
	struct session a = session(&office_1, &anna, 1);
	struct session b = session(&office_1, &anna, 2);

	store_sample_begin(s);
	store_sample_fill(s);
	add(s, &a);
	add(s, &b);
	assert_int_equal(s->ops->session_seen(s, &a, 100, 200), 0);
	a.seen_ms = 100;
	a.seen_steady = 200;
	expect_same(s, &a);
	expect_same(s, &b);
	/* never back; a wall clock that was set back keeps the later one */
	assert_int_equal(s->ops->session_seen(s, &a, 150, 150), 0);
	expect_same(s, &a);
	assert_int_equal(s->ops->session_seen(s, &a, 60, 300), 0);
	a.seen_steady = 300;
	expect_same(s, &a);
	/* one that has ended meanwhile */
	b.id = absent;
	assert_int_equal(s->ops->session_seen(s, &b, 1000, 1000), 0);
	store_sample_commit(s);
	expect_same(s, &a);
}

static void
test_session_list(void **state)
{
	struct store *s = store_sample_of(state);
	struct store_sample_names n = { .text = "" };
	struct session rows[5] = { session(&office_1, &anna, 3),
		session(&office_1, &bert, 1), session(&office_2, &cleo, 2),
		session(&office_1, &anna, 5), session(&office_1, &anna, 4) };
	struct id after = { { 1 } };
	size_t i;

	store_sample_begin(s);
	store_sample_fill(s);
	for (i = 0; i < 5; i++)
		add(s, &rows[i]);
	store_sample_commit(s);
	expect_list(s, NULL, NULL, "1,2,3,4,5");
	expect_list(s, &office_1, NULL, "1,3,4,5");
	expect_list(s, &office_1, &anna, "3,4,5");
	expect_list(s, &office_2, &cleo, "2");
	assert_int_equal(s->ops->session_list(s, &office_1, NULL, &after, 2,
			     on_session, &n),
	    0);
	assert_string_equal(n.text, "3,4");
	n = (struct store_sample_names) { .stop_at = 2 };
	assert_int_equal(s->ops->session_list(s, NULL, NULL, &nobody, 100,
			     on_session, &n),
	    -77);
	assert_string_equal(n.text, "1,2");
	assert_int_equal(s->ops->session_list(s, &office_1, &absent, &nobody,
			     100, on_session, &n),
	    ERR_NOTFOUND);
	assert_int_equal(s->ops->session_list(s, &absent, NULL, &nobody, 100,
			     on_session, &n),
	    ERR_NOTFOUND);
}

static int
end(struct store *s, enum session_by by, const struct id *account,
    const struct id *id, const struct id *device)
{
	struct session_pick pick = { .by = by,
		.office = office_1,
		.account = *account,
		.id = *id,
		.device = *device };
	int ended = -1;

	assert_int_equal(s->ops->session_end(s, &pick, &ended), 0);
	return (ended);
}

static void
test_session_end(void **state)
{
	struct store *s = store_sample_of(state);
	struct session rows[8] = { session(&office_1, &anna, 1),
		session(&office_1, &anna, 2), session(&office_1, &anna, 3),
		session(&office_1, &anna, 4), session(&office_1, &bert, 5),
		session(&office_1, &bert, 6), session(&office_2, &cleo, 7),
		session(&office_1, &bert, 8) };
	struct session_pick none = { .office = office_1, .account = anna };
	int ended = -1;
	size_t i;

	/* 2 was opened from 1; 3 with a phone, 4 with another */
	rows[1].parent = rows[0].id;
	rows[2].device = dev_1;
	rows[3].device = dev_2;
	rows[5].device = dev_1;
	rows[4].terminal = rows[3].terminal = rows[6].terminal = pc;
	store_sample_begin(s);
	store_sample_fill(s);
	for (i = 0; i < 8; i++)
		add(s, &rows[i]);
	assert_int_equal(end(s, SESSION_BY_ID, &bert, &rows[0].id, &nobody), 0);
	assert_int_equal(end(s, SESSION_BY_ID, &anna, &rows[0].id, &nobody), 2);
	expect_gone(s, &rows[0]);
	expect_gone(s, &rows[1]);
	assert_int_equal(end(s, SESSION_BY_ID, &anna, &rows[0].id, &nobody), 0);
	assert_int_equal(
	    end(s, SESSION_BY_DEVICE, &anna, &nobody, &dev_1), 1);
	expect_gone(s, &rows[2]);
	expect_list(s, NULL, NULL, "4,5,6,7,8");
	/* no device is no device, not everybody's without one */
	assert_int_equal(
	    end(s, SESSION_BY_DEVICE, &bert, &nobody, &nobody), 0);
	assert_int_equal(
	    end(s, SESSION_BY_TERMINAL, &nobody, &nobody, &nobody), 0);
	assert_int_equal(end(s, SESSION_BY_TERMINAL, &nobody, &nobody, &pc), 2);
	expect_list(s, NULL, NULL, "6,7,8");
	assert_int_equal(
	    end(s, SESSION_BY_ACCOUNT, &bert, &nobody, &nobody), 2);
	expect_list(s, NULL, NULL, "7");
	add(s, &rows[0]);
	add(s, &rows[4]);
	assert_int_equal(
	    end(s, SESSION_BY_OFFICE, &nobody, &nobody, &nobody), 2);
	expect_list(s, NULL, NULL, "7");
	assert_int_equal(
	    s->ops->session_end(s, &none, &ended), ERR_INVALID);
	assert_int_equal(ended, 0);
	store_sample_commit(s);
	expect_list(s, NULL, NULL, "7");
	none.by = SESSION_BY_ACCOUNT;
	assert_int_equal(
	    s->ops->session_end(s, &none, NULL), ERR_WRONG_STATE);
}

static void
test_session_expire(void **state)
{
	struct store *s = store_sample_of(state);
	struct session rows[4] = { session(&office_1, &anna, 1),
		session(&office_1, &bert, 2), session(&office_2, &cleo, 3),
		session(&office_1, &anna, 4) };
	int ended = -1;
	size_t i;

	store_sample_begin(s);
	store_sample_fill(s);
	for (i = 0; i < 4; i++)
		add(s, &rows[i]);
	assert_int_equal(s->ops->session_expire(s, 1000, 10, &ended), 0);
	assert_int_equal(ended, 0);
	assert_int_equal(s->ops->session_expire(s, 1003, 2, &ended), 0);
	assert_int_equal(ended, 2);
	expect_list(s, NULL, NULL, "3,4");
	assert_int_equal(s->ops->session_expire(s, 1003, 2, &ended), 0);
	assert_int_equal(ended, 1);
	expect_list(s, NULL, NULL, "4");
	store_sample_commit(s);
}

/* What was an account's is gone with it; its undoing brings it back. */
static void
test_session_undone(void **state)
{
	struct store *s = store_sample_of(state);
	struct session a = session(&office_1, &anna, 1);
	struct session b = session(&office_1, &bert, 2);

	store_sample_begin(s);
	store_sample_fill(s);
	add(s, &a);
	add(s, &b);
	store_sample_commit(s);
	store_sample_begin(s);
	assert_int_equal(s->ops->mark(s), 0);
	assert_int_equal(s->ops->account_remove(s, &office_1, &anna), 0);
	expect_gone(s, &a);
	expect_same(s, &b);
	assert_int_equal(s->ops->rewind(s), 0);
	expect_same(s, &a);
	assert_int_equal(s->ops->account_remove(s, &office_1, &anna), 0);
	store_sample_commit(s);
	expect_gone(s, &a);
	expect_same(s, &b);
}

static void
test_account_by_id(void **state)
{
	struct store *s = store_sample_of(state);
	struct account wanted =
	    store_sample_account(&office_1, &anna, "anna", "ann");
	struct account got;

	store_sample_begin(s);
	store_sample_fill(s);
	store_sample_commit(s);
	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(
	    s->ops->account_by_id(s, &office_1, &anna, &got), 0);
	store_sample_same_account(&got, &wanted);
	assert_int_equal(
	    s->ops->account_by_id(s, &office_2, &anna, &got), ERR_NOTFOUND);
	assert_string_equal(got.login, "");
	assert_int_equal(got.class, CLASS_NONE);
}

static struct app
app(const char *host)
{
	struct app row = { .name = "給与",
		.factors = SESSION_PASSWORD | SESSION_CODE,
		.networks = "192.0.2.0/24",
		.level = 2,
		.groups = "payroll",
		.offices = "alpha beta",
		.idle_ms = 60000,
		.absolute_ms = 3600000,
		.paths = "300=/pay/",
		.created_ms = 7 };

	snprintf(row.host, sizeof(row.host), "%s", host);
	return (row);
}

static void
expect_app(struct store *s, const struct app *row)
{
	struct app got;

	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(s->ops->app_find(s, row->host, &got), 0);
	assert_string_equal(got.host, row->host);
	assert_string_equal(got.name, row->name);
	assert_string_equal(got.networks, row->networks);
	assert_string_equal(got.groups, row->groups);
	assert_string_equal(got.offices, row->offices);
	assert_string_equal(got.paths, row->paths);
	SAME_INT(factors);
	SAME_INT(level);
	SAME_INT(idle_ms);
	SAME_INT(absolute_ms);
	SAME_INT(created_ms);
}

static int
on_app(void *arg, const struct app *row)
{
	struct store_sample_names *n = arg;
	size_t len = strlen(n->text);

	snprintf(n->text + len, sizeof(n->text) - len, "%s%s",
	    len > 0 ? "," : "", row->host);
	return (++n->seen == n->stop_at ? -77 : 0);
}

static void
expect_apps(struct store *s, const char *after, int limit, const char *wanted)
{
	struct store_sample_names n = { .text = "" };

	assert_int_equal(s->ops->app_list(s, after, limit, on_app, &n), 0);
	assert_string_equal(n.text, wanted);
}

static void
test_app(void **state)
{
	struct store *s = store_sample_of(state);
	struct app b = app("b.example.jp"), a = app("a.example.jp:8443"), bad;
	struct app got;

	store_sample_begin(s);
	assert_int_equal(s->ops->app_add(s, &b), 0);
	assert_int_equal(s->ops->app_add(s, &a), 0);
	assert_int_equal(s->ops->app_add(s, &a), ERR_EXISTS);
	bad = app("");
	assert_int_equal(s->ops->app_add(s, &bad), ERR_INVALID);
	bad = app("c.example.jp");
	bad.factors = 0;
	assert_int_equal(s->ops->app_add(s, &bad), ERR_INVALID);
	bad = app("c.example.jp");
	bad.level = 0;
	assert_int_equal(s->ops->app_add(s, &bad), ERR_INVALID);
	expect_app(s, &a);
	expect_app(s, &b);
	bad = app("c.example.jp");
	assert_int_equal(s->ops->app_set(s, &bad), ERR_NOTFOUND);
	assert_int_equal(
	    s->ops->app_remove(s, "c.example.jp"), ERR_NOTFOUND);
	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(
	    s->ops->app_find(s, "c.example.jp", &got), ERR_NOTFOUND);
	assert_int_equal(got.factors, 0);
	bad = a;
	bad.factors = SESSION_FACTORS;
	bad.created_ms = 99;
	bad.paths[0] = '\0';
	assert_int_equal(s->ops->app_set(s, &bad), 0);
	bad.created_ms = 7;
	expect_app(s, &bad);
	store_sample_commit(s);
	expect_app(s, &bad);
	expect_app(s, &b);
	expect_apps(s, "", 10, "a.example.jp:8443,b.example.jp");
	expect_apps(s, "a.example.jp:8443", 10, "b.example.jp");
	expect_apps(s, "", 1, "a.example.jp:8443");
	assert_int_equal(s->ops->app_remove(s, b.host), ERR_WRONG_STATE);
	store_sample_begin(s);
	assert_int_equal(s->ops->app_remove(s, b.host), 0);
	store_sample_commit(s);
	expect_apps(s, "", 10, "a.example.jp:8443");
}

int
main(void)
{
#define RUN(up, f) cmocka_unit_test_setup_teardown(f, up, store_sample_end)
#define ALL(up)                                                                \
	RUN(up, test_session), RUN(up, test_session_set),                      \
	    RUN(up, test_session_seen),                    \
	    RUN(up, test_session_list), RUN(up, test_session_end),             \
	    RUN(up, test_session_expire), RUN(up, test_session_undone),        \
	    RUN(up, test_account_by_id), RUN(up, test_app)
	const struct CMUnitTest mem[] = { ALL(store_sample_mem) };
	const struct CMUnitTest sqlite[] = { ALL(store_sample_sqlite) };
	int failed;

	failed = cmocka_run_group_tests_name("memory", mem, NULL, NULL);
	failed += cmocka_run_group_tests_name("sqlite", sqlite, NULL, NULL);
	return (failed);
}
