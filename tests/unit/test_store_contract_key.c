/*
 * Goal of this test: the questions of store.h about the keys of certificates,
 * answered alike by SQLite and by the memory fake. The rest of the contract:
 * test_store_contract.c and its neighbours.
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

static void
add(struct store *s, const struct id *office, int64_t issued_ms, uint8_t serial,
    size_t len, int wanted)
{
	struct rsa_key k = { .office = *office,
		.issued_ms = issued_ms,
		.serial = { 1, serial },
		.len = len };

	memset(k.modulus, serial, sizeof(k.modulus));
	assert_int_equal(s->ops->rsa_key_add(s, &k), wanted);
}

static int
on_key(void *arg, const struct rsa_key *k)
{
	char *text = arg;
	size_t i, n = strlen(text);

	for (i = 0; i < k->len; i++)
		assert_int_equal(k->modulus[i], k->serial[1]);
	snprintf(text + n, 100 - n, " %d:%d:%d/%d", k->office.b[0],
	    (int)k->issued_ms, k->serial[1], (int)k->len);
	return (strlen(text) > 80 ? -77 : 0);
}

static const char *
list(struct store *s, int64_t since_ms, int limit)
{
	static char text[100];

	text[0] = '\0';
	assert_int_equal(
	    s->ops->rsa_key_list(s, since_ms, limit, on_key, text), 0);
	return (text);
}

static void
test_R67_keys(void **state)
{
	struct store *s = store_sample_of(state);
	char text[100] = "012345678901234567890123456789012345678901234567890"
			 "12345678901234567890123456789";

	store_sample_begin(s);
	assert_string_equal(list(s, 0, 9), "");
	add(s, &office_1, 500, 4, 256, 0);
	add(s, &nobody, 700, 5, 513, 0); /* of a host */
	add(s, &office_1, 500, 6, 512, 0);
	add(s, &office_1, 400, 7, 1, 0);
	add(s, &office_1, 500, 6, 512, ERR_EXISTS);
	add(s, &office_1, 500, 8, 0, ERR_INVALID);
	add(s, &office_1, 500, 8, 514, ERR_INVALID);
	store_sample_commit(s);
	assert_string_equal(
	    list(s, 0, 9), " 0:700:5/513 1:500:6/512 1:500:4/256 1:400:7/1");
	assert_string_equal(
	    list(s, 500, 9), " 0:700:5/513 1:500:6/512 1:500:4/256");
	assert_string_equal(list(s, 501, 9), " 0:700:5/513");
	assert_string_equal(list(s, 0, 2), " 0:700:5/513 1:500:6/512");
	assert_string_equal(list(s, 0, 0), "");
	assert_string_equal(list(s, 701, 9), "");
	assert_int_equal(s->ops->rsa_key_list(s, 0, 9, on_key, text), -77);
}

int
main(void)
{
#define RUN(up, f) cmocka_unit_test_setup_teardown(f, up, store_sample_end)
	const struct CMUnitTest tests[] = {
		RUN(store_sample_mem, test_R67_keys),
		RUN(store_sample_sqlite, test_R67_keys),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
