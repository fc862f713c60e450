/*
 * Goal of this test: the questions of store.h about passwords, their history
 * and recovery codes, answered alike by SQLite and by the memory fake. The
 * rest of the contract: test_store_contract.c, test_store_contract_log.c.
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

#define DAY 86400000LL

typedef uint8_t mac[RECOVERY_MAC_LEN];

/* Of office 1, with flags that are not zero. */
static struct password
password(const struct id *account, const char *hash, int64_t changed_ms)
{
	struct password p = { .office = office_1,
		.account = *account,
		.changed_ms = changed_ms,
		.is_temporary = true,
		.checked_ms = 17 };

	snprintf(p.hash, sizeof(p.hash), "%s", hash);
	return (p);
}

static void
put(struct store *s, const struct id *account, const char *hash,
    int64_t changed_ms, int64_t forget_before_ms)
{
	struct password p = password(account, hash, changed_ms);

	assert_int_equal(s->ops->password_put(s, &p, forget_before_ms), 0);
}

static void
expect_same(struct store *s, const struct password *wanted)
{
	struct password got;

	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(
	    s->ops->password_get(s, &wanted->office, &wanted->account, &got),
	    0);
	assert_true(id_equal(&got.office, &wanted->office));
	assert_true(id_equal(&got.account, &wanted->account));
	assert_string_equal(got.hash, wanted->hash);
	assert_int_equal(got.changed_ms, wanted->changed_ms);
	assert_int_equal(got.is_temporary, wanted->is_temporary);
	assert_int_equal(got.checked_ms, wanted->checked_ms);
}

static void
expect_none(struct store *s, const struct id *office, const struct id *account)
{
	static const struct password zero;
	struct password got;

	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(
	    s->ops->password_get(s, office, account, &got), ERR_NOTFOUND);
	assert_string_equal(got.hash, zero.hash);
	assert_true(id_is_zero(&got.account));
	assert_int_equal(got.changed_ms, 0);
	assert_false(got.is_temporary);
}

static int
on_past(void *arg, const struct password *row)
{
	struct store_sample_names *n = arg;
	size_t len = strlen(n->text);

	assert_true(id_equal(&row->office, &office_1));
	assert_false(row->is_temporary);
	assert_int_equal(row->checked_ms, 0);
	snprintf(n->text + len, sizeof(n->text) - len, "%s%s@%lld",
	    len > 0 ? "," : "", row->hash, (long long)row->changed_ms);
	return (++n->seen == n->stop_at ? -77 : 0);
}

static void
expect_past(struct store *s, const struct id *account, const char *wanted)
{
	struct store_sample_names n = { .text = "" };

	assert_int_equal(
	    s->ops->password_history(s, &office_1, account, on_past, &n), 0);
	assert_string_equal(n.text, wanted);
}

static void
expect_left(struct store *s, const struct id *account, int wanted)
{
	int left = -1;

	assert_int_equal(
	    s->ops->recovery_count(s, &office_1, account, &left), 0);
	assert_int_equal(left, wanted);
}

static bool
use(struct store *s, const struct id *account, const mac m, int64_t now_ms)
{
	bool took = true;

	assert_int_equal(
	    s->ops->recovery_use(s, &office_1, account, m, now_ms, &took), 0);
	return (took);
}

static void
fill_macs(mac m[RECOVERY_MAX], uint8_t first)
{
	int i;

	for (i = 0; i < RECOVERY_MAX; i++)
		memset(m[i], first + i, sizeof(m[i]));
}

static void
test_password(void **state)
{
	struct store *s = store_sample_of(state);
	struct password p, other;

	store_sample_begin(s);
	store_sample_fill(s);
	expect_none(s, &office_1, &anna);
	expect_none(s, &office_1, &absent);
	p = password(&anna, "$y$one", 100);
	assert_int_equal(s->ops->password_put(s, &p, 0), 0);
	expect_same(s, &p);
	expect_none(s, &office_1, &bert);
	expect_none(s, &office_2, &anna);
	/* of the longest size, and with the flags off */
	memset(p.hash, 'h', PASSWORD_HASH_MAX);
	p.hash[PASSWORD_HASH_MAX] = '\0';
	p.is_temporary = false;
	p.checked_ms = 0;
	p.changed_ms = 200;
	assert_int_equal(s->ops->password_put(s, &p, 0), 0);
	expect_same(s, &p);
	other = password(&bert, "$y$two", 0);
	assert_int_equal(s->ops->password_put(s, &other, 0), 0);
	store_sample_commit(s);
	expect_same(s, &p);
	expect_same(s, &other);
}

static void
test_password_refused(void **state)
{
	struct store *s = store_sample_of(state);
	struct password p = password(&anna, "x", 1), bad;

	assert_int_equal(s->ops->password_put(s, &p, 0), ERR_WRONG_STATE);
	store_sample_begin(s);
	store_sample_fill(s);
	bad = password(&anna, "", 1);
	assert_int_equal(s->ops->password_put(s, &bad, 0), ERR_INVALID);
	memset(bad.hash, 'h', sizeof(bad.hash));
	assert_int_equal(s->ops->password_put(s, &bad, 0), ERR_INVALID);
	bad = password(&anna, "x", -1);
	assert_int_equal(s->ops->password_put(s, &bad, 0), ERR_INVALID);
	bad = password(&anna, "x", 1);
	bad.checked_ms = -1;
	assert_int_equal(s->ops->password_put(s, &bad, 0), ERR_INVALID);
	bad = password(&nobody, "x", 1);
	assert_int_equal(s->ops->password_put(s, &bad, 0), ERR_INVALID);
	bad = password(&anna, "x", 1);
	bad.office = nobody;
	assert_int_equal(s->ops->password_put(s, &bad, 0), ERR_INVALID);
	bad = password(&absent, "x", 1);
	assert_int_equal(s->ops->password_put(s, &bad, 0), ERR_NOTFOUND);
	/* an account of another office is not there */
	bad = password(&anna, "x", 1);
	bad.office = office_2;
	assert_int_equal(s->ops->password_put(s, &bad, 0), ERR_NOTFOUND);
	assert_int_equal(s->ops->password_put(s, &p, 0), 0);
	store_sample_commit(s);
	expect_same(s, &p);
	expect_past(s, &anna, "");
}

static void
test_history(void **state)
{
	struct store *s = store_sample_of(state);
	struct store_sample_names n = { .text = "" };
	struct password p;

	store_sample_begin(s);
	store_sample_fill(s);
	expect_past(s, &anna, "");
	put(s, &anna, "a", 10, 0);
	expect_past(s, &anna, "");
	put(s, &anna, "b", 20, 0);
	put(s, &anna, "c", 30, 0);
	put(s, &bert, "x", 5, 0);
	put(s, &bert, "y", 6, 0);
	expect_past(s, &anna, "b@20,a@10");
	/* the same hash with other flags and times: nothing is remembered */
	p = password(&anna, "c", 35);
	p.is_temporary = false;
	p.checked_ms = 99;
	assert_int_equal(s->ops->password_put(s, &p, 0), 0);
	expect_same(s, &p);
	expect_past(s, &anna, "b@20,a@10");
	/* an old one again: it is there twice, once it is replaced */
	put(s, &anna, "a", 40, 0);
	expect_past(s, &anna, "c@35,b@20,a@10");
	put(s, &anna, "d", 50, 0);
	expect_past(s, &anna, "a@40,c@35,b@20,a@10");
	/* two within a millisecond, and the very same two again */
	put(s, &anna, "e", 50, 0);
	expect_past(s, &anna, "d@50,a@40,c@35,b@20,a@10");
	put(s, &anna, "d", 50, 0);
	put(s, &anna, "e", 50, 0);
	expect_past(s, &anna, "e@50,d@50,a@40,c@35,b@20,a@10");
	store_sample_commit(s);
	expect_past(s, &bert, "x@5");
	n.stop_at = 2;
	assert_int_equal(
	    s->ops->password_history(s, &office_1, &anna, on_past, &n), -77);
	assert_string_equal(n.text, "e@50,d@50");
	assert_int_equal(
	    s->ops->password_history(s, &office_1, &absent, on_past, &n),
	    ERR_NOTFOUND);
	assert_int_equal(
	    s->ops->password_history(s, &office_2, &anna, on_past, &n),
	    ERR_NOTFOUND);
	assert_int_equal(n.seen, 2);
}

/* Rule 6.7: not used within 365 days, however long it was in use before. */
static void
test_history_forgets(void **state)
{
	struct store *s = store_sample_of(state);

	store_sample_begin(s);
	store_sample_fill(s);
	put(s, &bert, "x", 1, 0);
	put(s, &bert, "y", 2, 0);
	put(s, &anna, "a", 1 * DAY, -364 * DAY);
	put(s, &anna, "b", 10 * DAY, -355 * DAY);
	/* b was in use until today, a until 990 days ago */
	put(s, &anna, "c", 1000 * DAY, 635 * DAY);
	expect_past(s, &anna, "b@864000000");
	/* the day that it was replaced is still within, the next is not */
	put(s, &anna, "c", 1000 * DAY, 1000 * DAY);
	expect_past(s, &anna, "b@864000000");
	put(s, &anna, "c", 1000 * DAY, 1000 * DAY + 1);
	expect_past(s, &anna, "");
	/* nor is one kept that is forgotten as it is replaced */
	put(s, &anna, "d", 1001 * DAY, 1002 * DAY);
	expect_past(s, &anna, "");
	store_sample_commit(s);
	expect_past(s, &bert, "x@1");
}

static void
test_password_undone(void **state)
{
	struct store *s = store_sample_of(state);
	struct password p = password(&anna, "a", 10);
	mac m[RECOVERY_MAX];

	fill_macs(m, 1);
	store_sample_begin(s);
	store_sample_fill(s);
	assert_int_equal(s->ops->password_put(s, &p, 0), 0);
	assert_int_equal(
	    s->ops->recovery_replace(s, &office_1, &anna, m, 3, 5), 0);
	assert_int_equal(s->ops->mark(s), 0);
	put(s, &anna, "b", 20, 0);
	assert_true(use(s, &anna, m[0], 9));
	expect_left(s, &anna, 2);
	assert_int_equal(s->ops->rewind(s), 0);
	expect_same(s, &p);
	expect_past(s, &anna, "");
	expect_left(s, &anna, 3);
	store_sample_commit(s);
	store_sample_begin(s);
	put(s, &anna, "c", 30, 0);
	assert_int_equal(
	    s->ops->recovery_replace(s, &office_1, &anna, m, 0, 6), 0);
	assert_int_equal(s->ops->rollback(s), 0);
	expect_same(s, &p);
	expect_past(s, &anna, "");
	expect_left(s, &anna, 3);
}

static void
test_recovery_replace(void **state)
{
	struct store *s = store_sample_of(state);
	mac m[RECOVERY_MAX], more[RECOVERY_MAX];

	fill_macs(m, 1);
	fill_macs(more, 101);
	store_sample_begin(s);
	store_sample_fill(s);
	expect_left(s, &anna, 0);
	assert_int_equal(
	    s->ops->recovery_replace(s, &office_1, &anna, m, RECOVERY_MAX, 5),
	    0);
	expect_left(s, &anna, RECOVERY_MAX);
	expect_left(s, &bert, 0);
	/* two accounts may hold the same */
	assert_int_equal(
	    s->ops->recovery_replace(s, &office_1, &bert, m, 2, 5), 0);
	assert_true(use(s, &anna, m[9], 6));
	expect_left(s, &anna, 9);
	assert_int_equal(
	    s->ops->recovery_replace(s, &office_1, &anna, more, 4, 7), 0);
	expect_left(s, &anna, 4);
	assert_false(use(s, &anna, m[0], 8));
	assert_true(use(s, &anna, more[3], 8));
	assert_false(use(s, &anna, more[4], 8));
	assert_int_equal(
	    s->ops->recovery_replace(s, &office_1, &anna, NULL, 0, 9), 0);
	expect_left(s, &anna, 0);
	assert_false(use(s, &anna, more[0], 9));
	store_sample_commit(s);
	expect_left(s, &bert, 2);
}

static void
test_recovery_refused(void **state)
{
	struct store *s = store_sample_of(state);
	mac m[RECOVERY_MAX + 1], twice[3];
	int left = -1;

	memset(m, 0, sizeof(m));
	fill_macs(m, 1);
	memset(m[RECOVERY_MAX], 77, sizeof(m[0]));
	memcpy(twice, m, sizeof(twice));
	assert_int_equal(s->ops->recovery_replace(s, &office_1, &anna, m, 1, 5),
	    ERR_WRONG_STATE);
	store_sample_begin(s);
	store_sample_fill(s);
	assert_int_equal(
	    s->ops->recovery_replace(s, &office_1, &anna, m, 3, 5), 0);
#define REPLACE(m, n, now)                                                     \
	s->ops->recovery_replace(s, &office_1, &anna, (m), (n), (now))
	assert_int_equal(REPLACE(m, RECOVERY_MAX + 1, 6), ERR_INVALID);
	assert_int_equal(REPLACE(m, -1, 6), ERR_INVALID);
	assert_int_equal(REPLACE(m, 2, 0), ERR_INVALID);
	memcpy(twice[2], twice[0], sizeof(twice[0]));
	assert_int_equal(REPLACE(twice, 3, 6), ERR_INVALID);
	memset(twice[2], 0, sizeof(twice[0]));
	assert_int_equal(REPLACE(twice, 3, 6), ERR_INVALID);
#undef REPLACE
	assert_int_equal(
	    s->ops->recovery_replace(s, &office_1, &absent, m, 1, 6),
	    ERR_NOTFOUND);
	assert_int_equal(s->ops->recovery_replace(s, &office_2, &anna, m, 0, 6),
	    ERR_NOTFOUND);
	store_sample_commit(s);
	expect_left(s, &anna, 3);
	assert_int_equal(
	    s->ops->recovery_count(s, &office_1, &absent, &left), ERR_NOTFOUND);
	assert_int_equal(left, 0);
	assert_int_equal(
	    s->ops->recovery_count(s, &office_2, &anna, &left), ERR_NOTFOUND);
}

/* Rule 6.9: a code is taken once. */
static void
test_R24_recovery_once(void **state)
{
	struct store *s = store_sample_of(state);
	bool took = true;
	mac m[RECOVERY_MAX];

	fill_macs(m, 1);
	store_sample_begin(s);
	store_sample_fill(s);
	assert_int_equal(
	    s->ops->recovery_replace(s, &office_1, &anna, m, 5, 5), 0);
	assert_true(use(s, &anna, m[2], 10));
	assert_false(use(s, &anna, m[2], 10));
	assert_false(use(s, &anna, m[2], 11));
	assert_false(use(s, &anna, m[7], 11));
	/* one bit beside is another code; so is the right one of another */
	m[1][31] ^= 1;
	assert_false(use(s, &anna, m[1], 11));
	m[1][31] ^= 1;
	assert_false(use(s, &bert, m[1], 11));
	expect_left(s, &anna, 4);
	assert_true(use(s, &anna, m[1], 11));
	expect_left(s, &anna, 3);
	/* a time that would leave it unused */
	took = true;
	assert_int_equal(
	    s->ops->recovery_use(s, &office_1, &anna, m[0], 0, &took),
	    ERR_INVALID);
	assert_false(took);
	took = true;
	assert_int_equal(
	    s->ops->recovery_use(s, &office_1, &absent, m[0], 12, &took),
	    ERR_NOTFOUND);
	assert_false(took);
	took = true;
	assert_int_equal(
	    s->ops->recovery_use(s, &office_2, &anna, m[0], 12, &took),
	    ERR_NOTFOUND);
	assert_false(took);
	store_sample_commit(s);
	took = true;
	assert_int_equal(
	    s->ops->recovery_use(s, &office_1, &anna, m[0], 12, &took),
	    ERR_WRONG_STATE);
	assert_false(took);
	store_sample_begin(s);
	assert_false(use(s, &anna, m[2], 13));
	store_sample_commit(s);
	expect_left(s, &anna, 3);
}

/* What was an account's is gone with it, and nobody else's is. */
static void
test_account_remove(void **state)
{
	struct store *s = store_sample_of(state);
	struct account a = store_sample_account(&office_1, &anna, "anna", "");
	struct password p = password(&bert, "y", 20);
	mac m[RECOVERY_MAX];

	fill_macs(m, 1);
	store_sample_begin(s);
	store_sample_fill(s);
	put(s, &anna, "a", 10, 0);
	put(s, &anna, "b", 20, 0);
	put(s, &bert, "x", 10, 0);
	put(s, &bert, "y", 20, 0);
	assert_int_equal(
	    s->ops->recovery_replace(s, &office_1, &anna, m, 3, 5), 0);
	assert_int_equal(
	    s->ops->recovery_replace(s, &office_1, &bert, m, 3, 5), 0);
	assert_int_equal(s->ops->account_remove(s, &office_1, &anna), 0);
	expect_none(s, &office_1, &anna);
	assert_int_equal(s->ops->account_add(s, &a), 0);
	expect_none(s, &office_1, &anna);
	expect_past(s, &anna, "");
	expect_left(s, &anna, 0);
	assert_false(use(s, &anna, m[0], 9));
	store_sample_commit(s);
	expect_same(s, &p);
	expect_past(s, &bert, "x@10");
	expect_left(s, &bert, 3);
}

int
main(void)
{
#define RUN(up, f) cmocka_unit_test_setup_teardown(f, up, store_sample_end)
#define ALL(up)                                                                \
	RUN(up, test_password), RUN(up, test_password_refused),                \
	    RUN(up, test_history), RUN(up, test_history_forgets),              \
	    RUN(up, test_password_undone), RUN(up, test_recovery_replace),     \
	    RUN(up, test_recovery_refused), RUN(up, test_R24_recovery_once),   \
	    RUN(up, test_account_remove)
	const struct CMUnitTest mem[] = { ALL(store_sample_mem) };
	const struct CMUnitTest sqlite[] = { ALL(store_sample_sqlite) };
	int failed;

	failed = cmocka_run_group_tests_name("memory", mem, NULL, NULL);
	failed += cmocka_run_group_tests_name("sqlite", sqlite, NULL, NULL);
	return (failed);
}
