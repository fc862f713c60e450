/*
 * Goal of this test: the questions of store.h about tickets, answered alike by
 * SQLite and by the memory fake. The rest of the contract:
 * test_store_contract.c, _log.c, _password.c, _session.c, _terminal.c.
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

/* An open one; its secret's hash begins with its id. */
static struct ticket
ticket(const struct id *office, const struct id *account, uint8_t n)
{
	struct ticket row = { .office = *office,
		.account = *account,
		.id = { { n } },
		.purpose = TICKET_PHONE,
		.state = TICKET_OPEN,
		.secret = { n, 0, 9 },
		.label = "私の電話",
		.created_ms = 14,
		.until_steady = 1000 + n };

	return (row);
}

static void
add(struct store *s, const struct ticket *row)
{
	assert_int_equal(s->ops->ticket_add(s, row), 0);
}

static void
expect_row(const struct ticket *got, const struct ticket *row)
{
	assert_true(id_equal(&got->office, &row->office));
	assert_true(id_equal(&got->account, &row->account));
	assert_true(id_equal(&got->id, &row->id));
	assert_int_equal(got->purpose, row->purpose);
	assert_int_equal(got->state, row->state);
	assert_memory_equal(got->secret, row->secret, sizeof(got->secret));
	assert_string_equal(got->label, row->label);
	assert_memory_equal(got->serial, row->serial, sizeof(got->serial));
	assert_int_equal(got->failures, row->failures);
	assert_true(got->created_ms == row->created_ms);
	assert_true(got->until_steady == row->until_steady);
	assert_true(got->ended_ms == row->ended_ms);
	assert_memory_equal(got->holder, row->holder, sizeof(got->holder));
	assert_true(got->held_steady == row->held_steady);
	assert_int_equal(got->proved, row->proved);
	assert_true(id_equal(&got->device, &row->device));
}

static void
expect_same(struct store *s, const struct ticket *row)
{
	struct ticket got;

	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(s->ops->ticket_find(s, row->secret, &got), 0);
	expect_row(&got, row);
	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(s->ops->ticket_by_id(s, &row->id, &got), 0);
	expect_row(&got, row);
}

static int
on_ticket(void *arg, const struct ticket *row)
{
	struct store_sample_names *n = arg;
	size_t len = strlen(n->text);

	snprintf(n->text + len, sizeof(n->text) - len, "%s%d",
	    len > 0 ? "," : "", row->id.b[0]);
	return (++n->seen == n->stop_at ? -77 : 0);
}

static void
expect_list(struct store *s, const struct id *office, const struct id *account,
    uint8_t after, int limit, const char *wanted)
{
	struct store_sample_names n = { .text = "" };
	const struct id from = { { after } };

	assert_int_equal(s->ops->ticket_list(
			     s, office, account, &from, limit, on_ticket, &n),
	    0);
	assert_string_equal(n.text, wanted);
}

static void
expect_due(struct store *s, int64_t steady, int limit, const char *wanted)
{
	struct store_sample_names n = { .text = "" };

	assert_int_equal(
	    s->ops->ticket_due(s, steady, limit, on_ticket, &n), 0);
	assert_string_equal(n.text, wanted);
}

static void
test_add(void **state)
{
	struct store *s = store_sample_of(state);
	struct ticket a = ticket(&office_1, &anna, 1), bad, got;
	struct ticket full = ticket(&office_2, &cleo, 2);

	full.purpose = TICKET_CERTIFICATE;
	full.serial[15] = 7;
	full.failures = 3;
	full.holder[31] = 8;
	full.held_steady = 77;
	full.proved = SESSION_CODE;
	full.device = dev_1;
	full.state = TICKET_USED;
	full.ended_ms = 99;
	store_sample_begin(s);
	store_sample_fill(s);
	add(s, &a);
	add(s, &full);
	expect_same(s, &a);
	expect_same(s, &full);
	/* The same id of the account; the same secret of another. */
	assert_int_equal(s->ops->ticket_add(s, &a), ERR_EXISTS);
	bad = ticket(&office_1, &bert, 3);
	memcpy(bad.secret, a.secret, sizeof(bad.secret));
	assert_int_equal(s->ops->ticket_add(s, &bad), ERR_EXISTS);
	bad = ticket(&office_1, &absent, 3);
	assert_int_equal(s->ops->ticket_add(s, &bad), ERR_NOTFOUND);
	bad = ticket(&office_2, &anna, 3);
	assert_int_equal(s->ops->ticket_add(s, &bad), ERR_NOTFOUND);
	store_sample_commit(s);
	bad = ticket(&office_1, &anna, 4);
	assert_int_equal(s->ops->ticket_add(s, &bad), ERR_WRONG_STATE);
	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(
	    s->ops->ticket_find(s, bad.secret, &got), ERR_NOTFOUND);
	assert_int_equal(got.state, TICKET_UNKNOWN);
	assert_int_equal(
	    s->ops->ticket_by_id(s, &bad.id, &got), ERR_NOTFOUND);
}

/* Zero means no: no purpose, no state, no secret, no end. */
static void
test_impossible(void **state)
{
	struct store *s = store_sample_of(state);
	struct ticket bad[12];
	size_t i;

	for (i = 0; i < 12; i++)
		bad[i] = ticket(&office_1, &anna, 1);
	bad[0].purpose = TICKET_NONE;
	bad[1].state = TICKET_UNKNOWN;
	memset(bad[2].secret, 0, sizeof(bad[2].secret));
	bad[3].until_steady = 0;
	bad[4].ended_ms = 5; /* open */
	bad[5].state = TICKET_USED; /* when? */
	bad[6].purpose = TICKET_CERTIFICATE; /* which? */
	bad[7].serial[0] = 1; /* of a phone */
	bad[8].proved = 8;
	bad[9].failures = -1;
	bad[10].id = nobody;
	bad[11].purpose = TICKET_CERTIFICATE + 1;
	store_sample_begin(s);
	store_sample_fill(s);
	for (i = 0; i < 12; i++) {
		assert_int_equal(
		    s->ops->ticket_add(s, &bad[i]), ERR_INVALID);
		assert_int_equal(
		    s->ops->ticket_set(s, &bad[i]), ERR_INVALID);
	}
	store_sample_commit(s);
}

static void
test_set(void **state)
{
	struct store *s = store_sample_of(state);
	struct ticket a = ticket(&office_1, &anna, 1), got, other;
	uint8_t none[SESSION_HASH_LEN] = { 0 };
	bool took;

	store_sample_begin(s);
	store_sample_fill(s);
	add(s, &a);
	/* A zero hash is nobody's. */
	assert_int_equal(s->ops->ticket_held(s, none, &got), ERR_NOTFOUND);
	a.failures = 2;
	a.holder[0] = 5;
	a.held_steady = 500;
	a.proved = SESSION_PASSWORD;
	a.device = dev_2;
	assert_int_equal(s->ops->ticket_set(s, &a), 0);
	expect_same(s, &a);
	assert_int_equal(s->ops->ticket_held(s, a.holder, &got), 0);
	expect_row(&got, &a);
	/* Nothing else changes. */
	other = a;
	other.purpose = TICKET_FIRST;
	other.until_steady = 9999;
	other.secret[5] = 9;
	snprintf(other.label, sizeof(other.label), "anders");
	assert_int_equal(s->ops->ticket_set(s, &other), 0);
	expect_same(s, &a);
	/* Held by another one, the first holds nothing. */
	other = a;
	other.holder[0] = 6;
	assert_int_equal(s->ops->ticket_set(s, &other), 0);
	assert_int_equal(s->ops->ticket_held(s, a.holder, &got), ERR_NOTFOUND);
	assert_int_equal(s->ops->ticket_held(s, other.holder, &got), 0);
	assert_int_equal(
	    s->ops->ticket_end(s, &a, TICKET_USED, 50, &took), 0);
	assert_true(took);
	assert_int_equal(s->ops->ticket_set(s, &a), ERR_WRONG_STATE);
	other = ticket(&office_1, &anna, 9);
	assert_int_equal(s->ops->ticket_set(s, &other), ERR_NOTFOUND);
	store_sample_commit(s);
	assert_int_equal(s->ops->ticket_set(s, &a), ERR_WRONG_STATE);
}

static void
test_end(void **state)
{
	struct store *s = store_sample_of(state);
	struct ticket a = ticket(&office_1, &anna, 1), got;
	struct ticket none = ticket(&office_1, &anna, 9);
	bool took = true;

	store_sample_begin(s);
	store_sample_fill(s);
	add(s, &a);
	assert_int_equal(s->ops->ticket_end(s, &a, TICKET_OPEN, 5, &took),
	    ERR_INVALID);
	assert_false(took);
	assert_int_equal(s->ops->ticket_end(s, &a, TICKET_UNKNOWN, 5, &took),
	    ERR_INVALID);
	assert_int_equal(
	    s->ops->ticket_end(s, &a, TICKET_VOID, 0, &took), ERR_INVALID);
	assert_int_equal(
	    s->ops->ticket_end(s, &none, TICKET_VOID, 5, &took), ERR_NOTFOUND);
	expect_same(s, &a);
	assert_int_equal(s->ops->ticket_end(s, &a, TICKET_VOID, 5, &took), 0);
	assert_true(took);
	/* Once only, whatever it is ended as. */
	assert_int_equal(s->ops->ticket_end(s, &a, TICKET_USED, 6, &took), 0);
	assert_false(took);
	assert_int_equal(s->ops->ticket_by_id(s, &a.id, &got), 0);
	assert_int_equal(got.state, TICKET_VOID);
	assert_true(got.ended_ms == 5);
	store_sample_commit(s);
}

static void
test_list(void **state)
{
	struct store *s = store_sample_of(state);
	struct ticket a3 = ticket(&office_1, &anna, 3);
	struct ticket a1 = ticket(&office_1, &anna, 1);
	struct ticket b2 = ticket(&office_1, &bert, 2);
	struct ticket c4 = ticket(&office_2, &cleo, 4);
	struct store_sample_names n = { .stop_at = 2 };
	bool took;

	store_sample_begin(s);
	store_sample_fill(s);
	add(s, &a3);
	add(s, &a1);
	add(s, &c4);
	add(s, &b2);
	expect_list(s, NULL, NULL, 0, 100, "1,2,3,4");
	expect_list(s, NULL, NULL, 1, 2, "2,3");
	expect_list(s, &office_1, NULL, 0, 100, "1,2,3");
	expect_list(s, &office_1, NULL, 2, 100, "3");
	expect_list(s, &office_1, &anna, 0, 100, "1,3");
	expect_list(s, &office_1, &anna, 0, 1, "1");
	expect_list(s, &office_2, NULL, 4, 100, "");
	expect_list(s, NULL, NULL, 0, 0, "");
	assert_int_equal(s->ops->ticket_list(s, &absent, NULL, &nobody, 9,
			     on_ticket, &n),
	    ERR_NOTFOUND);
	assert_int_equal(s->ops->ticket_list(s, &office_1, &cleo, &nobody, 9,
			     on_ticket, &n),
	    ERR_NOTFOUND);
	assert_int_equal(s->ops->ticket_list(s, NULL, NULL, &nobody, 9,
			     on_ticket, &n),
	    -77);
	assert_string_equal(n.text, "1,2");

	/* Those whose time is over, the first to end first; ended ones are
	 * not due. */
	expect_due(s, 1000, 9, "");
	expect_due(s, 1002, 9, "1,2");
	expect_due(s, 9999, 3, "1,2,3");
	assert_int_equal(
	    s->ops->ticket_end(s, &a1, TICKET_USED, 40, &took), 0);
	expect_due(s, 9999, 9, "2,3,4");
	store_sample_commit(s);
}

static void
test_forget(void **state)
{
	struct store *s = store_sample_of(state);
	struct ticket row;
	bool took;
	int gone;
	uint8_t n;

	store_sample_begin(s);
	store_sample_fill(s);
	for (n = 1; n <= 4; n++) {
		row = ticket(&office_1, &anna, n);
		add(s, &row);
		if (n < 4)
			assert_int_equal(s->ops->ticket_end(s, &row,
					     TICKET_VOID, 10 * n, &took),
			    0);
	}
	assert_int_equal(s->ops->ticket_forget(s, 10, 9, &gone), 0);
	assert_int_equal(gone, 0);
	assert_int_equal(s->ops->ticket_forget(s, 31, 1, &gone), 0);
	assert_int_equal(gone, 1);
	expect_list(s, NULL, NULL, 0, 9, "2,3,4");
	assert_int_equal(s->ops->ticket_forget(s, 9999, 9, &gone), 0);
	assert_int_equal(gone, 2);
	/* An open one is never forgotten. */
	expect_list(s, NULL, NULL, 0, 9, "4");
	store_sample_commit(s);
}

static void
expect_file(struct store *s, const struct ticket *key, enum ticket_file kind,
    const char *wanted)
{
	static uint8_t at[TICKET_FILE_MAX];
	size_t n = 5;
	int r = s->ops->ticket_file_get(s, key, kind, at, &n);

	if (wanted == NULL) {
		assert_int_equal(r, ERR_NOTFOUND);
		assert_int_equal(n, 0);
		return;
	}
	assert_int_equal(r, 0);
	assert_int_equal(n, strlen(wanted));
	assert_memory_equal(at, wanted, n);
}

static int
put(struct store *s, const struct ticket *key, enum ticket_file kind,
    const char *text)
{
	return (s->ops->ticket_file_put(
	    s, key, kind, (const uint8_t *)text, strlen(text)));
}

static void
test_file(void **state)
{
	struct store *s = store_sample_of(state);
	struct ticket a = ticket(&office_1, &anna, 1);
	struct ticket b = ticket(&office_1, &anna, 2);
	static uint8_t most[TICKET_FILE_MAX + 1];
	bool took;

	a.purpose = b.purpose = TICKET_CERTIFICATE;
	a.serial[0] = 1;
	b.serial[0] = 2;
	store_sample_begin(s);
	store_sample_fill(s);
	assert_int_equal(
	    put(s, &a, TICKET_FILE_STANDARD, "x"), ERR_NOTFOUND);
	add(s, &a);
	add(s, &b);
	expect_file(s, &a, TICKET_FILE_STANDARD, NULL);
	assert_int_equal(put(s, &a, TICKET_FILE_STANDARD, "new"), 0);
	assert_int_equal(put(s, &a, TICKET_FILE_COMPATIBLE, "old"), 0);
	assert_int_equal(put(s, &b, TICKET_FILE_STANDARD, "other"), 0);
	assert_int_equal(
	    put(s, &a, TICKET_FILE_STANDARD, "again"), ERR_EXISTS);
	assert_int_equal(put(s, &a, TICKET_FILE_NONE, "x"), ERR_INVALID);
	assert_int_equal(put(s, &a, 3, "x"), ERR_INVALID);
	assert_int_equal(put(s, &b, TICKET_FILE_COMPATIBLE, ""), ERR_INVALID);
	most[0] = 1;
	assert_int_equal(s->ops->ticket_file_put(s, &b, TICKET_FILE_COMPATIBLE,
			     most, sizeof(most)),
	    ERR_INVALID);
	assert_int_equal(s->ops->ticket_file_put(s, &b, TICKET_FILE_COMPATIBLE,
			     most, sizeof(most) - 1),
	    0);
	expect_file(s, &a, TICKET_FILE_STANDARD, "new");
	expect_file(s, &a, TICKET_FILE_COMPATIBLE, "old");
	/* With the ticket its files are gone, and nobody else's. */
	assert_int_equal(s->ops->ticket_end(s, &a, TICKET_USED, 5, &took), 0);
	expect_file(s, &a, TICKET_FILE_STANDARD, NULL);
	expect_file(s, &a, TICKET_FILE_COMPATIBLE, NULL);
	expect_file(s, &b, TICKET_FILE_STANDARD, "other");
	assert_int_equal(
	    put(s, &a, TICKET_FILE_STANDARD, "late"), ERR_WRONG_STATE);
	/* And with the account. */
	assert_int_equal(s->ops->account_remove(s, &office_1, &anna), 0);
	expect_file(s, &b, TICKET_FILE_STANDARD, NULL);
	expect_list(s, NULL, NULL, 0, 9, "");
	store_sample_commit(s);
}

#define BOTH(f)                                                                \
	cmocka_unit_test_setup_teardown(                                       \
	    f, store_sample_mem, store_sample_end),                            \
	    cmocka_unit_test_setup_teardown(                                   \
		f, store_sample_sqlite, store_sample_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_add),
		BOTH(test_impossible),
		BOTH(test_set),
		BOTH(test_end),
		BOTH(test_list),
		BOTH(test_forget),
		BOTH(test_file),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
