/*
 * Goal of this test: the questions of store.h that an administrator's glance at
 * an office asks: what each account has to log in with, who is locked, which
 * certificates end or were never used. Answered alike by SQLite and by the
 * memory fake. The rest of the contract: test_store_contract.c and its
 * neighbours.
 *
 * Links: authd/store/store_sqlite.c authd/store/store_sqlite_open.c
 * Links: authd/store/store_sqlite_office.c authd/store/store_sqlite_account.c
 * Links: authd/store/store_sqlite_phone.c authd/store/store_sqlite_counter.c
 * Links: authd/store/accepted.c authd/store/store_sqlite_accepted.c
 * Links: authd/store/store_sqlite_password.c
 * Links: authd/store/store_sqlite_recovery.c
 * Links: authd/store/store_sqlite_session.c authd/store/store_sqlite_app.c
 * Links: authd/store/store_sqlite_ticket.c
 * Links: authd/store/store_sqlite_terminal.c
 * Links: authd/store/store_sqlite_host.c authd/store/store_sqlite_cert.c
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

static const struct id t_1 = { { 0x01, 1 } }, t_2 = { { 0x01, 2 } },
		       t_3 = { { 0x01, 3 } };

static void
add_terminal(struct store *s, const struct id *office, const struct id *id,
    const char *label, bool admits_all)
{
	struct terminal t = { .office = *office,
		.id = *id,
		.admits_all = admits_all,
		.created_ms = 1 };

	snprintf(t.label, sizeof(t.label), "%s", label);
	assert_int_equal(s->ops->terminal_add(s, &t), 0);
}

static struct cert
add_cert(struct store *s, const struct id *office, const struct id *terminal,
    uint8_t n, int64_t issued_ms, int64_t end_ms)
{
	struct cert c = { .kind = CERT_TERMINAL,
		.office = *office,
		.holder = *terminal,
		.not_before_ms = 5,
		.not_after_ms = end_ms,
		.issued_ms = issued_ms,
		.der_len = 300 };

	memset(c.serial, n, sizeof(c.serial));
	memset(c.fingerprint, n + 100, sizeof(c.fingerprint));
	assert_int_equal(s->ops->cert_add(s, &c), 0);
	return (c);
}

static struct means
of(struct store *s, const struct id *office, const struct id *account,
    int64_t at_ms, int64_t kept_ms)
{
	struct means m;

	memset(&m, 0x5a, sizeof(m));
	assert_int_equal(s->ops->account_means_of(
			     s, office, account, at_ms, kept_ms, &m),
	    0);
	return (m);
}

static void
test_nothing_yet(void **state)
{
	struct store *s = store_sample_of(state);
	struct means m;

	store_sample_begin(s);
	store_sample_fill(s);
	store_sample_commit(s);
	m = of(s, &office_1, &anna, 100, 0);
	assert_string_equal(m.account.login, "anna");
	assert_false(m.has_password || m.was_enrolled || m.has_terminal ||
	    m.has_kept_terminal);
	assert_true(m.phones == 0 && m.recovery_left == 0 && m.used_ms == 0);
	assert_string_equal(m.source, "");
	assert_int_equal(
	    s->ops->account_means_of(s, &office_2, &anna, 1, 0, &m),
	    ERR_NOTFOUND);
	assert_string_equal(m.account.login, "");
}

static void
test_phones_and_codes(void **state)
{
	struct store *s = store_sample_of(state);
	struct phone one = store_sample_phone(&anna, &dev_1, 10);
	struct phone two = store_sample_phone(&anna, &dev_2, 20);
	struct password word = { .office = office_1,
		.account = anna,
		.hash = "$y$j9T$something",
		.changed_ms = 1 };
	uint8_t macs[2][RECOVERY_MAC_LEN] = { { 1 }, { 2 } };
	struct means m;
	bool took;

	store_sample_begin(s);
	store_sample_fill(s);
	assert_int_equal(s->ops->phone_add(s, &one), 0);
	assert_int_equal(s->ops->phone_add(s, &two), 0);
	m = of(s, &office_1, &anna, 100, 0);
	assert_false(m.was_enrolled); /* both are pending */
	assert_int_equal(
	    s->ops->phone_confirm(s, &one, &one.sealed, 7, 300), 0);
	assert_int_equal(s->ops->password_put(s, &word, 0), 0);
	assert_int_equal(s->ops->recovery_replace(
			     s, &office_1, &anna, macs, 2, 250),
	    0);
	m = of(s, &office_1, &anna, 100, 0);
	assert_true(m.was_enrolled && m.has_password);
	assert_true(m.phones == 1 && m.recovery_left == 2 && m.used_ms == 300);
	assert_int_equal(s->ops->recovery_use(
			     s, &office_1, &anna, macs[1], 400, &took),
	    0);
	assert_int_equal(s->ops->phone_revoke(s, &one, 500), 0);
	m = of(s, &office_1, &anna, 100, 0);
	/* for good: it was enrolled */
	assert_true(m.was_enrolled && m.phones == 0);
	assert_true(m.recovery_left == 1 && m.used_ms == 400);
	m = of(s, &office_1, &bert, 100, 0); /* his neighbour has nothing */
	assert_false(m.was_enrolled || m.has_password);
	assert_true(m.recovery_left == 0 && m.used_ms == 0);
	store_sample_commit(s);
}

static void
add_session(struct store *s, uint8_t n, int64_t seen, const char *source)
{
	struct session row = { .office = office_1,
		.account = anna,
		.id = { { 0x50, n } },
		.token = { n },
		.factors = SESSION_PASSWORD | SESSION_CODE,
		.password_ms = 1,
		.password_steady = 1,
		.code_steady = 1,
		.created_ms = 1,
		.seen_ms = seen,
		.login_steady = 1,
		.created_steady = 1,
		.seen_steady = seen,
		.until_steady = 9000 };

	snprintf(row.source, sizeof(row.source), "%s", source);
	assert_int_equal(s->ops->session_add(s, &row), 0);
}

static void
test_sessions(void **state)
{
	struct store *s = store_sample_of(state);
	struct means m;

	store_sample_begin(s);
	store_sample_fill(s);
	add_session(s, 1, 600, "192.0.2.1");
	add_session(s, 2, 800, "192.0.2.2");
	add_session(s, 3, 700, "192.0.2.3");
	m = of(s, &office_1, &anna, 100, 0);
	assert_true(m.used_ms == 800);
	assert_string_equal(m.source, "192.0.2.2");
	store_sample_commit(s);
}

static void
test_terminals(void **state)
{
	struct store *s = store_sample_of(state);
	struct cert c;
	struct means m;

	store_sample_begin(s);
	store_sample_fill(s);
	add_terminal(s, &office_1, &t_1, "受付", false);
	add_terminal(s, &office_1, &t_2, "会議室", true);
	add_terminal(s, &office_2, &t_3, "受付", true);
	assert_int_equal(s->ops->terminal_admit(s, &office_1, &t_1, &anna), 0);
	assert_false(of(s, &office_1, &anna, 100, 0).has_terminal);
	c = add_cert(s, &office_1, &t_1, 1, 50, 1000);
	m = of(s, &office_1, &anna, 100, 50);
	assert_true(m.has_terminal && m.has_kept_terminal);
	m = of(s, &office_1, &anna, 100, 51); /* issued before, never used */
	assert_true(m.has_terminal && !m.has_kept_terminal);
	assert_false(of(s, &office_1, &bert, 100, 0).has_terminal);
	assert_false(of(s, &office_1, &anna, 1000, 0).has_terminal);
	assert_int_equal(s->ops->cert_seen(s, &c, 60, "192.0.2.9"), 0);
	assert_true(of(s, &office_1, &anna, 100, 51).has_kept_terminal);
	assert_int_equal(s->ops->cert_revoke(s, &c, CERT_LOST, 70), 0);
	assert_false(of(s, &office_1, &anna, 100, 0).has_terminal);
	/* one for everybody of the office, and of no other */
	(void)add_cert(s, &office_1, &t_2, 2, 50, 1000);
	m = of(s, &office_1, &bert, 100, 51);
	assert_true(m.has_terminal && !m.has_kept_terminal);
	assert_true(of(s, &office_1, &bert, 100, 50).has_kept_terminal);
	assert_false(of(s, &office_2, &cleo, 100, 0).has_terminal);
	store_sample_commit(s);
}

static int
on_means(void *arg, const struct means *row)
{
	return (store_sample_on_account(arg, &row->account));
}

static void
test_listed(void **state)
{
	struct store *s = store_sample_of(state);
	struct store_sample_names n = { .text = "" };

	store_sample_begin(s);
	store_sample_fill(s);
	store_sample_commit(s);
	assert_int_equal(
	    s->ops->account_means(s, NULL, "", 9, 1, 0, on_means, &n), 0);
	assert_string_equal(n.text, "anna,bert,cleo");
	n = (struct store_sample_names){ .text = "" };
	assert_int_equal(
	    s->ops->account_means(s, &office_1, "anna", 9, 1, 0, on_means, &n),
	    0);
	assert_string_equal(n.text, "bert");
	n = (struct store_sample_names){ .stop_at = 1 };
	assert_int_equal(
	    s->ops->account_means(s, NULL, "", 9, 1, 0, on_means, &n), -77);
	n = (struct store_sample_names){ .text = "" };
	assert_int_equal(
	    s->ops->account_means(s, NULL, "", 2, 1, 0, on_means, &n), 0);
	assert_string_equal(n.text, "anna,bert");
	assert_int_equal(
	    s->ops->account_means(s, &absent, "", 9, 1, 0, on_means, &n),
	    ERR_NOTFOUND);
}

struct locked {
	char text[200];
};

static int
on_locked(void *arg, const struct counter *row)
{
	struct locked *l = arg;
	size_t at = strlen(l->text);

	snprintf(l->text + at, sizeof(l->text) - at, "%02x:%d:%d ",
	    row->account.b[0], row->in_row, (int)row->locked_until_steady);
	return (0);
}

static void
count(struct store *s, const struct id *office, const struct id *account,
    enum counter_kind kind, const char *bucket, int in_row, int64_t until)
{
	struct counter row = { .office = *office,
		.account = *account,
		.kind = kind,
		.in_row = in_row,
		.locked_until_steady = until };

	snprintf(row.bucket, sizeof(row.bucket), "%s", bucket);
	assert_int_equal(s->ops->counter_put(s, &row), 0);
}

static void
expect_locked(struct store *s, const struct id *office, int64_t steady,
    int in_row, int limit, const char *wanted)
{
	struct locked l = { "" };

	assert_int_equal(s->ops->counter_locked(
			     s, office, steady, in_row, limit, on_locked, &l),
	    0);
	assert_string_equal(l.text, wanted);
}

static void
test_locked(void **state)
{
	struct store *s = store_sample_of(state);

	store_sample_begin(s);
	store_sample_fill(s);
	count(s, &office_1, &anna, COUNTER_PASSWORD, "", 5, 500);
	count(s, &office_1, &bert, COUNTER_CODE, "", 60, 100);
	count(s, &office_1, &bert, COUNTER_CODE, "c:cli", 40, 90);
	count(s, &office_2, &cleo, COUNTER_CODE, "", 3, 700);
	expect_locked(s, &office_1, 400, 100, 9, "a1:0:500 b1:100:100 ");
	expect_locked(s, &office_1, 400, 101, 9, "a1:0:500 ");
	expect_locked(s, &office_1, 500, 101, 9, "");
	expect_locked(s, NULL, 400, 101, 9, "a1:0:500 c1:3:700 ");
	expect_locked(s, NULL, 400, 100, 2, "a1:0:500 b1:100:100 ");
	store_sample_commit(s);
}

static int
on_cert(void *arg, const struct cert *row)
{
	struct locked *l = arg;
	size_t at = strlen(l->text);

	snprintf(l->text + at, sizeof(l->text) - at, "%d ", row->serial[0]);
	return (0);
}

static void
test_certificates(void **state)
{
	struct store *s = store_sample_of(state);
	struct locked l = { "" };
	struct cert c;

	store_sample_begin(s);
	store_sample_fill(s);
	add_terminal(s, &office_1, &t_1, "受付", false);
	add_terminal(s, &office_2, &t_3, "受付", false);
	(void)add_cert(s, &office_1, &t_1, 1, 300, 5000);
	c = add_cert(s, &office_1, &t_1, 2, 200, 4000);
	(void)add_cert(s, &office_2, &t_3, 3, 100, 3000);
	(void)add_cert(s, &office_1, &t_1, 4, 100, 6000);
	assert_int_equal(s->ops->cert_told(s, &c, 10), 0);
	assert_int_equal(s->ops->cert_ending_office(
			     s, &office_1, 1000, 5000, 9, on_cert, &l),
	    0);
	assert_string_equal(l.text, "2 1 ");
	l.text[0] = '\0';
	assert_int_equal(s->ops->cert_unused_office(
			     s, &office_1, 300, 9, on_cert, &l),
	    0);
	assert_string_equal(l.text, "4 2 ");
	l.text[0] = '\0';
	assert_int_equal(s->ops->cert_seen(s, &c, 7, ""), 0);
	assert_int_equal(s->ops->cert_unused_office(
			     s, &office_1, 301, 9, on_cert, &l),
	    0);
	assert_string_equal(l.text, "4 1 ");
	l.text[0] = '\0';
	assert_int_equal(s->ops->cert_revoke(s, &c, CERT_LEFT, 9), 0);
	assert_int_equal(s->ops->cert_ending_office(
			     s, &office_1, 0, INT64_MAX, 1, on_cert, &l),
	    0);
	assert_string_equal(l.text, "1 ");
	store_sample_commit(s);
}

int
main(void)
{
#define RUN(up, f) cmocka_unit_test_setup_teardown(f, up, store_sample_end)
#define ALL(up)                                                                \
	RUN(up, test_nothing_yet), RUN(up, test_phones_and_codes),             \
	    RUN(up, test_sessions), RUN(up, test_terminals),                   \
	    RUN(up, test_listed), RUN(up, test_locked),                        \
	    RUN(up, test_certificates)
	const struct CMUnitTest mem[] = { ALL(store_sample_mem) };
	const struct CMUnitTest sqlite[] = { ALL(store_sample_sqlite) };
	int failed;

	failed = cmocka_run_group_tests_name("memory", mem, NULL, NULL);
	failed += cmocka_run_group_tests_name("sqlite", sqlite, NULL, NULL);
	return (failed);
}
