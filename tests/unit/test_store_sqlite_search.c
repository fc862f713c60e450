/*
 * Goal of this test: what a search costs SQLite. Over every office it does as
 * much work with 20,000 accounts and terminals as with a tenth of them, counted
 * in steps of SQLite's machine, not in time.
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
#include "authd/store/store_sqlite_impl.h"
#include "tests/fakes/store_sample.h"

#define FEW    2000
#define MANY   20000
#define LOOKED 1000
#define EVERY  100 /* steps of the machine between two counts */

static void
put_number(struct id *id, uint8_t kind, int i)
{
	memset(id, 0, sizeof(*id));
	id->b[0] = kind;
	id->b[1] = (uint8_t)(i >> 16);
	id->b[2] = (uint8_t)(i >> 8);
	id->b[3] = (uint8_t)i;
}

/* Accounts n000000 and on, each with a phone, and as many terminals. */
static void
add(struct store *s, int from, int to)
{
	struct account a;
	struct terminal t;
	struct phone p;
	struct id id, device;
	char login[16];
	int i;

	store_sample_begin(s);
	for (i = from; i < to; i++) {
		snprintf(login, sizeof(login), "n%06d", i);
		put_number(&id, 0x11, i);
		a = store_sample_account(&office_1, &id, login, "");
		assert_int_equal(s->ops->account_add(s, &a), 0);
		put_number(&device, 0x12, i);
		p = store_sample_phone(&id, &device, 1);
		assert_int_equal(s->ops->phone_add(s, &p), 0);
		memset(&t, 0, sizeof(t));
		t.office = office_1;
		t.created_ms = 1;
		put_number(&t.id, 0x13, i);
		snprintf(t.label, sizeof(t.label), "desk %s", login);
		assert_int_equal(s->ops->terminal_add(s, &t), 0);
	}
	store_sample_commit(s);
}

static int
count(void *arg)
{
	++*(int64_t *)arg;
	return (0);
}

static int
on_account(void *arg, const struct account *row)
{
	(void)row;
	++*(int *)arg;
	return (0);
}

static int
on_phone(void *arg, const struct phone *row)
{
	(void)row;
	++*(int *)arg;
	return (0);
}

static int
on_terminal(void *arg, const struct terminal *row)
{
	(void)row;
	++*(int *)arg;
	return (0);
}

enum sought { ACCOUNTS, PHONES, TERMINALS };

/* The work of one search of every office, in steps. */
static int64_t
cost(struct store *s, enum sought what, const char *text,
    struct search_found *found)
{
	sqlite3 *db = store_sqlite_db(s)->db;
	struct account_search q = { .is_all = true,
		.looked = LOOKED,
		.limit = 40 };
	struct device_search d = { .is_all = true,
		.looked = LOOKED,
		.limit = 40 };
	int64_t counted = 0;
	int r, n = 0;

	snprintf(q.text, sizeof(q.text), "%s", text);
	snprintf(q.login, sizeof(q.login), "%s", text);
	snprintf(d.text, sizeof(d.text), "%s", text);
	snprintf(d.login, sizeof(d.login), "%s", text);
	sqlite3_progress_handler(db, EVERY, count, &counted);
	switch (what) {
	case ACCOUNTS:
		r = s->ops->account_search(s, &q, on_account, &n, found);
		break;
	case PHONES:
		r = s->ops->phone_search(s, &d, on_phone, &n, found);
		break;
	default:
		r = s->ops->terminal_search(s, &d, on_terminal, &n, found);
		break;
	}
	sqlite3_progress_handler(db, 0, NULL, NULL);
	assert_int_equal(r, 0);
	assert_true(found->is_part);
	return (counted * EVERY);
}

static void
test_cost(void **state)
{
	/* nobody; everybody; one beyond what is looked at, by the login */
	static const char *const texts[] = { "zz", "", "n001999" };
	struct store *s = store_sample_of(state);
	int64_t few[3][3], many;
	struct search_found found;
	struct office o = store_sample_office(&office_1, "alpha");
	int what, i;

	store_sample_begin(s);
	assert_int_equal(s->ops->office_add(s, &o), 0);
	store_sample_commit(s);
	add(s, 0, FEW);
	for (what = 0; what < 3; what++)
		for (i = 0; i < 3; i++)
			few[what][i] = cost(s, what, texts[i], &found);
	add(s, FEW, MANY);
	for (what = 0; what < 3; what++) {
		for (i = 0; i < 3; i++) {
			many = cost(s, what, texts[i], &found);
			assert_true(few[what][i] > 0);
			/* it is counted in hundreds */
			assert_true(many <= few[what][i] + 2 * EVERY);
		}
		assert_int_equal(found.total, what == TERMINALS ? 0 : 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(
	    test_cost, store_sample_sqlite, store_sample_end) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
