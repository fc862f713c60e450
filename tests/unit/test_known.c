/*
 * Goal of this test: what a reader has read of applications, offices and orders
 * is not asked for again under the same number, and is once it is raised; F8: a
 * change is seen from then on.
 * Links: authd/core/known.c
 * Links: authd/store/rows.c tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_terminal.c tests/fakes/store_mem_cert.c
 * Links: tests/fakes/store_mem_password.c tests/fakes/store_sample.c
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
 * Links: authd/base/text.c authd/base/id.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/clock.c authd/base/timetext.c
 */
#include "tests/fakes/store_sample.h"

#include "authd/core/known.h"
#include "tests/fakes/store_mem.h"

static struct core c;

static struct app
app(const char *host, int level)
{
	struct app row = { .factors = SESSION_PASSWORD | SESSION_CODE,
		.level = level };

	snprintf(row.host, sizeof(row.host), "%s", host);
	snprintf(row.name, sizeof(row.name), "%s", host);
	return (row);
}

/* How often the store was asked since the last time. */
static int
asked(void)
{
	static int before;
	int n = store_mem_knobs(c.store)->reads - before;

	before += n;
	return (n);
}

static void
set_up(void **state)
{
	struct app row = app("pay.example.jp", 1);

	memset(&c, 0, sizeof(c));
	c.store = store_sample_of(state);
	store_sample_begin(c.store);
	store_sample_fill(c.store);
	assert_int_equal(c.store->ops->app_add(c.store, &row), 0);
	assert_int_equal(
	    c.store->ops->meta_put(c.store, "session_order", "7"), 0);
	store_sample_commit(c.store);
	assert_int_equal(known_new(&c.known), 0);
	(void)asked();
}

static void
change(void)
{
	struct app row = app("pay.example.jp", 3);
	struct office there;

	store_sample_begin(c.store);
	assert_int_equal(
	    c.store->ops->office_by_id(c.store, &office_1, &there), 0);
	there.disabled_ms = 5;
	assert_int_equal(c.store->ops->office_set(c.store, &there), 0);
	assert_int_equal(c.store->ops->app_set(c.store, &row), 0);
	assert_int_equal(
	    c.store->ops->meta_put(c.store, "session_order", "8"), 0);
	store_sample_commit(c.store);
	(void)asked();
}

/* What is found, as one number. */
static int
found(void)
{
	struct app row;
	struct office there;
	int64_t at, none;

	assert_int_equal(known_app(&c, "pay.example.jp", &row), 0);
	assert_string_equal(row.host, "pay.example.jp");
	assert_int_equal(known_office(&c, &office_1, &there), 0);
	assert_true(id_equal(&there.id, &office_1));
	assert_int_equal(known_order(&c, "session_order", &at), 0);
	assert_int_equal(
	    known_order(&c, "session_order.office.demo", &none), 0);
	assert_int_equal(none, 0);
	return (row.level * 100 + (int)there.disabled_ms * 10 + (int)at);
}

static void
test_F8_known(void **state)
{
	set_up(state);
	/* 0 is a number too */
	assert_int_equal(found(), 107);
	assert_int_equal(asked(), 4);
	assert_int_equal(found(), 107);
	assert_int_equal(asked(), 0);
	change();
	c.as_of++;
	assert_int_equal(found(), 358);
	assert_int_equal(asked(), 4);
	assert_int_equal(found(), 358);
	assert_int_equal(asked(), 0);
	known_free(c.known);
}

/* What is not there, and what failed, is asked for again. */
static void
test_not_known(void **state)
{
	struct store_mem_knobs *knobs;
	struct app row = app("new.example.jp", 2);
	int64_t at;

	set_up(state);
	knobs = store_mem_knobs(c.store);
	assert_int_equal(
	    known_app(&c, "new.example.jp", &row), ERR_NOTFOUND);
	store_sample_begin(c.store);
	row = app("new.example.jp", 2);
	assert_int_equal(c.store->ops->app_add(c.store, &row), 0);
	store_sample_commit(c.store);
	assert_int_equal(known_app(&c, "new.example.jp", &row), 0);
	assert_int_equal(row.level, 2);
	knobs->fail_read = ERR_STORE;
	assert_int_equal(known_order(&c, "session_order", &at), ERR_STORE);
	knobs->fail_read = 0;
	assert_int_equal(known_order(&c, "session_order", &at), 0);
	assert_int_equal(at, 7);
	known_free(c.known);
}

/* The writer has no place for it. */
static void
test_writer(void **state)
{
	set_up(state);
	known_free(c.known);
	c.known = NULL;
	assert_int_equal(found(), 107);
	change();
	assert_int_equal(found(), 358);
	assert_int_equal(asked(), 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(t)                                                                   \
	cmocka_unit_test_setup_teardown(t, store_sample_mem, store_sample_end)
		T(test_F8_known),
		T(test_not_known),
		T(test_writer),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
