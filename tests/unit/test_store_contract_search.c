/*
 * Goal of this test: the searches of store.h, answered alike by SQLite and by
 * the memory fake: parts of names, states, pages, counts, one office or all.
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

#define NOW 5000

/* A search of everything. */
static const struct account_search any = { .is_all = true, .looked = 99, .limit = 9 };

static void
expect(struct store *s, const struct account_search *q, const char *wanted,
    int wanted_total)
{
	struct store_sample_names n = { .text = "" };
	struct search_found found = { -1, true };

	assert_int_equal(s->ops->account_search(
			     s, q, store_sample_on_account, &n, &found),
	    0);
	assert_string_equal(n.text, wanted);
	assert_int_equal(found.total, wanted_total);
	assert_int_equal(found.is_part, q->is_all && q->looked < 4);
}

/* The sample, with names: anna Yamada 100%, bert yamamoto, cleo 佐藤. */
static void
fill(struct store *s)
{
	static const struct {
		const char *login, *name, *kana;
	} names[] = {
		{ "anna", "Anna_YAMADA 100%", "ヤマダ" },
		{ "bert", "bert yamamoto", "ヤマモト" },
		{ "cleo", "佐藤 花子", "サトウ" },
	};
	struct account a;
	size_t i;

	store_sample_fill(s);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(
		    s->ops->account_find(s, names[i].login, &a), 0);
		snprintf(a.name, sizeof(a.name), "%s", names[i].name);
		snprintf(a.kana, sizeof(a.kana), "%s", names[i].kana);
		a.approved_ms = 1;
		a.disabled_ms = 0;
		assert_int_equal(s->ops->account_set(s, &a), 0);
	}
}

static void
by_text(struct store *s, const char *text, const char *login,
    const char *wanted, int total)
{
	struct account_search q = any;

	snprintf(q.text, sizeof(q.text), "%s", text);
	snprintf(q.login, sizeof(q.login), "%s", login);
	expect(s, &q, wanted, total);
}

static void
test_text(void **state)
{
	struct store *s = store_sample_of(state);

	store_sample_begin(s);
	fill(s);
	store_sample_commit(s);
	by_text(s, "", "", "anna,bert,cleo", 3);
	by_text(s, "yama", "yama", "anna,bert", 2);
	by_text(s, "ヤマ", "ヤマ", "anna,bert", 2);
	by_text(s, "佐藤", "佐藤", "cleo", 1);
	by_text(s, "xx", "leo", "cleo", 1);
	/* of a pattern's own signs none means more than itself */
	by_text(s, "0%", "0%", "anna", 1);
	by_text(s, "%", "%", "anna", 1);
	by_text(s, "_", "_", "anna", 1);
	by_text(s, "!", "!", "", 0);
	by_text(s, "ann'", "ann'", "", 0);
}

static void
test_pages(void **state)
{
	struct store *s = store_sample_of(state);
	struct account_search q = any;
	struct store_sample_names n = { .stop_at = 1 };
	struct search_found found;

	store_sample_begin(s);
	fill(s);
	store_sample_commit(s);
	q.limit = 2;
	expect(s, &q, "anna,bert", 3);
	q.offset = 2;
	expect(s, &q, "cleo", 3);
	q.offset = 4;
	expect(s, &q, "", 3);
	q.offset = 0;
	q.is_all = false;
	q.office = office_1;
	expect(s, &q, "anna,bert", 2);
	q.office = office_2;
	expect(s, &q, "cleo", 1);
	q.office = absent;
	assert_int_equal(s->ops->account_search(
			     s, &q, store_sample_on_account, &n, &found),
	    ERR_NOTFOUND);
	q.office = office_1;
	assert_int_equal(s->ops->account_search(
			     s, &q, store_sample_on_account, &n, &found),
	    -77);
}

static void
lock(struct store *s, const struct id *account, enum counter_kind kind,
    const char *bucket, int in_row, int64_t until)
{
	struct counter c = { .office = office_1,
		.account = *account,
		.kind = kind,
		.failures = 1,
		.in_row = in_row,
		.locked_until_steady = until };

	snprintf(c.bucket, sizeof(c.bucket), "%s", bucket);
	assert_int_equal(s->ops->counter_put(s, &c), 0);
}

static void
by_state(struct store *s, enum account_pick pick, const char *wanted, int total)
{
	struct account_search q = any;

	q.pick = pick;
	q.now_steady = NOW;
	expect(s, &q, wanted, total);
}

static void
test_states(void **state)
{
	struct store *s = store_sample_of(state);
	struct phone p = store_sample_phone(&anna, &dev_1, 1);
	struct account a;

	store_sample_begin(s);
	fill(s);
	by_state(s, ACCOUNT_PICK_UNENROLLED, "anna,bert,cleo", 3);
	assert_int_equal(s->ops->phone_add(s, &p), 0);
	by_state(s, ACCOUNT_PICK_UNENROLLED, "anna,bert,cleo", 3);
	assert_int_equal(
	    s->ops->phone_confirm(s, &p, &p.sealed, 1, NOW), 0);
	by_state(s, ACCOUNT_PICK_UNENROLLED, "bert,cleo", 2);
	/* it was enrolled, whatever becomes of the phone */
	assert_int_equal(s->ops->phone_revoke(s, &p, NOW), 0);
	by_state(s, ACCOUNT_PICK_UNENROLLED, "bert,cleo", 2);

	by_state(s, ACCOUNT_PICK_ACTIVE, "anna,bert,cleo", 3);
	assert_int_equal(s->ops->account_find(s, "bert", &a), 0);
	a.disabled_ms = 7;
	assert_int_equal(s->ops->account_set(s, &a), 0);
	assert_int_equal(s->ops->account_find(s, "cleo", &a), 0);
	a.approved_ms = 0;
	assert_int_equal(s->ops->account_set(s, &a), 0);
	by_state(s, ACCOUNT_PICK_ACTIVE, "anna", 1);
	by_state(s, ACCOUNT_PICK_PENDING, "cleo", 1);
	by_state(s, ACCOUNT_PICK_DISABLED, "bert", 1);

	by_state(s, ACCOUNT_PICK_LOCKED, "", 0);
	lock(s, &anna, COUNTER_PASSWORD, "", 1, NOW);
	by_state(s, ACCOUNT_PICK_LOCKED, "", 0);
	lock(s, &anna, COUNTER_PASSWORD, "x", 1, NOW + 1);
	by_state(s, ACCOUNT_PICK_LOCKED, "anna", 1);
	/* for good, by codes over all buckets */
	lock(s, &bert, COUNTER_PASSWORD, "", IN_ROW_MAX, 0);
	lock(s, &bert, COUNTER_CODE, "", IN_ROW_MAX - 1, 0);
	by_state(s, ACCOUNT_PICK_LOCKED, "anna", 1);
	lock(s, &bert, COUNTER_CODE, "x", 1, 0);
	by_state(s, ACCOUNT_PICK_LOCKED, "anna,bert", 2);
	store_sample_commit(s);
}

/* What a listing of devices gave: labels. */
static int
on_phone(void *arg, const struct phone *row)
{
	struct store_sample_names *n = arg;
	size_t len = strlen(n->text);

	snprintf(n->text + len, sizeof(n->text) - len, "%s%s",
	    len > 0 ? "," : "", row->label);
	return (++n->seen == n->stop_at ? -77 : 0);
}

static int
on_terminal(void *arg, const struct terminal *row)
{
	struct phone p = { .device = row->id };

	memcpy(p.label, row->label, sizeof(p.label));
	return (on_phone(arg, &p));
}

static void
add_phone(struct store *s, const struct id *office, const struct id *account,
    const struct id *device, const char *label)
{
	struct phone p = store_sample_phone(account, device, 1);

	p.office = *office;
	snprintf(p.label, sizeof(p.label), "%s", label);
	p.expires_ms = NOW;
	assert_int_equal(s->ops->phone_add(s, &p), 0);
}

static void
expect_devices(struct store *s, bool is_phones, const char *text,
    enum device_pick pick, const char *wanted, int wanted_total)
{
	struct device_search q = { .is_all = true,
		.looked = 99,
		.pick = pick,
		.now_ms = NOW - 1,
		.limit = 2 };
	struct store_sample_names n = { .text = "" };
	struct search_found found = { -1, true };

	snprintf(q.text, sizeof(q.text), "%s", text);
	snprintf(q.login, sizeof(q.login), "%s", text);
	assert_int_equal(is_phones
		? s->ops->phone_search(s, &q, on_phone, &n, &found)
		: s->ops->terminal_search(s, &q, on_terminal, &n, &found),
	    0);
	assert_string_equal(n.text, wanted);
	assert_int_equal(found.total, wanted_total);
	assert_false(found.is_part);
}

static void
test_phones(void **state)
{
	static const struct id dev_3 = { { 0xd3 } };
	struct store *s = store_sample_of(state);
	struct device_search q = { .office = office_1, .limit = 9 };
	struct store_sample_names n = { .text = "" };
	struct phone p, key = { .office = office_1,
				.account = anna,
				.device = dev_1 };
	struct search_found found;

	store_sample_begin(s);
	fill(s);
	add_phone(s, &office_2, &cleo, &dev_3, "Blue");
	add_phone(s, &office_1, &bert, &dev_2, "red");
	add_phone(s, &office_1, &anna, &dev_1, "BLUE 50%");
	/* by login; three are found, two shown */
	expect_devices(s, true, "", DEVICE_PICK_ANY, "BLUE 50%,red", 3);
	expect_devices(s, true, "blue", DEVICE_PICK_ANY, "BLUE 50%,Blue", 2);
	expect_devices(s, true, "0%", DEVICE_PICK_ANY, "BLUE 50%", 1);
	expect_devices(s, true, "yamamoto", DEVICE_PICK_ANY, "red", 1);
	expect_devices(s, true, "サトウ", DEVICE_PICK_ANY, "Blue", 1);
	expect_devices(s, true, "cle", DEVICE_PICK_ANY, "Blue", 1);
	expect_devices(s, true, "", DEVICE_PICK_PENDING, "BLUE 50%,red", 3);
	expect_devices(s, true, "", DEVICE_PICK_LIVE, "", 0);
	assert_int_equal(
	    s->ops->phone_confirm(s, &key, &key.sealed, 1, NOW), 0);
	expect_devices(s, true, "", DEVICE_PICK_LIVE, "BLUE 50%", 1);
	assert_int_equal(s->ops->phone_revoke(s, &key, NOW), 0);
	expect_devices(s, true, "", DEVICE_PICK_GONE, "BLUE 50%", 1);
	expect_devices(s, true, "", DEVICE_PICK_PENDING, "red,Blue", 2);
	/* a pending one whose time is over is none of them */
	q.pick = DEVICE_PICK_PENDING;
	q.now_ms = NOW;
	assert_int_equal(s->ops->phone_search(s, &q, on_phone, &n, &found), 0);
	assert_int_equal(found.total, 0);
	q.pick = DEVICE_PICK_ANY;
	q.offset = 1;
	assert_int_equal(s->ops->phone_search(s, &q, on_phone, &n, &found), 0);
	assert_string_equal(n.text, "red");
	assert_int_equal(found.total, 2);
	q.office = absent;
	assert_int_equal(s->ops->phone_search(s, &q, on_phone, &n, &found),
	    ERR_NOTFOUND);
	/* by its id alone */
	assert_int_equal(s->ops->phone_by_device(s, &dev_3, &p), 0);
	assert_string_equal(p.label, "Blue");
	assert_true(id_equal(&p.account, &cleo));
	assert_int_equal(
	    s->ops->phone_by_device(s, &absent, &p), ERR_NOTFOUND);
	assert_int_equal(p.state, PHONE_NONE);
	store_sample_commit(s);
}

/* Of every office's only so many are looked at; logins that begin with what is
 * sought are found wherever they are. */
static void
test_looked(void **state)
{
	static const struct id t3 = { { 3 } };
	struct store *s = store_sample_of(state);
	struct account_search q = any;
	struct device_search d = { .is_all = true, .looked = 2, .limit = 9 };
	struct store_sample_names n = { .text = "" };
	struct search_found found;
	struct terminal t = { .office = office_2, .id = t3, .created_ms = 1 };

	store_sample_begin(s);
	fill(s);
	add_phone(s, &office_1, &anna, &dev_1, "red");
	add_phone(s, &office_2, &cleo, &dev_2, "red");
	snprintf(t.label, sizeof(t.label), "desk");
	assert_int_equal(s->ops->terminal_add(s, &t), 0);
	store_sample_commit(s);
	/* the names: ann, of unix, then anna, bert, cleo */
	q.looked = 4;
	expect(s, &q, "anna,bert,cleo", 3);
	q.looked = 3;
	expect(s, &q, "anna,bert", 2);
	snprintf(q.text, sizeof(q.text), "花子");
	snprintf(q.login, sizeof(q.login), "花子");
	expect(s, &q, "", 0);
	snprintf(q.login, sizeof(q.login), "cl");
	expect(s, &q, "cleo", 1);
	snprintf(q.login, sizeof(q.login), "leo");
	expect(s, &q, "", 0);
	q.is_all = false;
	q.office = office_2;
	expect(s, &q, "cleo", 1);
	assert_int_equal(s->ops->phone_search(s, &d, on_phone, &n, &found), 0);
	assert_int_equal(found.total, 1);
	assert_true(found.is_part);
	snprintf(d.login, sizeof(d.login), "cleo");
	snprintf(d.text, sizeof(d.text), "red");
	assert_int_equal(s->ops->phone_search(s, &d, on_phone, &n, &found), 0);
	assert_int_equal(found.total, 2);
	d.looked = 0;
	assert_int_equal(
	    s->ops->terminal_search(s, &d, on_terminal, &n, &found), 0);
	assert_int_equal(found.total, 0);
	assert_true(found.is_part);
}

static void
add_terminal(struct store *s, const struct id *office, uint8_t id,
    const char *label, int64_t lost_ms)
{
	struct terminal t = { .office = *office,
		.id = { { id } },
		.created_ms = 1,
		.lost_ms = lost_ms };

	snprintf(t.label, sizeof(t.label), "%s", label);
	assert_int_equal(s->ops->terminal_add(s, &t), 0);
}

static void
test_terminals(void **state)
{
	static const struct id t2 = { { 2 } };
	struct store *s = store_sample_of(state);
	struct device_search q = { .office = office_2, .limit = 9 };
	struct store_sample_names n = { .text = "" };
	struct search_found found;

	store_sample_begin(s);
	fill(s);
	add_terminal(s, &office_1, 1, "Desk", 0);
	add_terminal(s, &office_1, 2, "desk two", 0);
	add_terminal(s, &office_2, 3, "Front DESK", 7);
	assert_int_equal(s->ops->terminal_admit(s, &office_1, &t2, &bert), 0);
	expect_devices(
	    s, false, "", DEVICE_PICK_ANY, "Desk,desk two", 3);
	expect_devices(
	    s, false, "desk", DEVICE_PICK_ANY, "Desk,desk two", 3);
	expect_devices(s, false, "front", DEVICE_PICK_ANY, "Front DESK", 1);
	/* by who may use it */
	expect_devices(s, false, "bert", DEVICE_PICK_ANY, "desk two", 1);
	expect_devices(s, false, "yamamoto", DEVICE_PICK_ANY, "desk two", 1);
	expect_devices(s, false, "yamada", DEVICE_PICK_ANY, "", 0);
	expect_devices(s, false, "", DEVICE_PICK_LIVE, "Desk,desk two", 2);
	expect_devices(s, false, "", DEVICE_PICK_GONE, "Front DESK", 1);
	assert_int_equal(
	    s->ops->terminal_search(s, &q, on_terminal, &n, &found), 0);
	assert_string_equal(n.text, "Front DESK");
	q.office = absent;
	assert_int_equal(
	    s->ops->terminal_search(s, &q, on_terminal, &n, &found),
	    ERR_NOTFOUND);
	store_sample_commit(s);
}

/* Every role that there is comes back as it went in. */
static void
test_roles(void **state)
{
	struct store *s = store_sample_of(state);
	struct account a;
	unsigned roles;

	store_sample_begin(s);
	store_sample_fill(s);
	for (roles = 0; roles <= 0x1f; roles++) {
		assert_int_equal(s->ops->account_find(s, "anna", &a), 0);
		a.roles = roles;
		assert_int_equal(s->ops->account_set(s, &a), 0);
		assert_int_equal(s->ops->account_find(s, "anna", &a), 0);
		assert_int_equal(a.roles, roles);
	}
	a.roles = 0x20;
	assert_int_equal(s->ops->account_set(s, &a), ERR_INVALID);
	a = store_sample_account(&office_1, &absent, "dora", "");
	a.roles = ROLE_OPERATOR | ROLE_AUDITOR;
	assert_int_equal(s->ops->account_add(s, &a), 0);
	assert_int_equal(s->ops->account_find(s, "dora", &a), 0);
	assert_int_equal(a.roles, ROLE_OPERATOR | ROLE_AUDITOR);
	store_sample_commit(s);
}

int
main(void)
{
#define RUN(up, f) cmocka_unit_test_setup_teardown(f, up, store_sample_end)
#define ALL(up)                                                                \
	RUN(up, test_text), RUN(up, test_pages), RUN(up, test_states),         \
	    RUN(up, test_phones), RUN(up, test_looked),           \
	    RUN(up, test_terminals),                                           \
	    RUN(up, test_roles)
	const struct CMUnitTest mem[] = { ALL(store_sample_mem) };
	const struct CMUnitTest sqlite[] = { ALL(store_sample_sqlite) };
	int failed;

	failed = cmocka_run_group_tests_name("memory", mem, NULL, NULL);
	failed += cmocka_run_group_tests_name("sqlite", sqlite, NULL, NULL);
	return (failed);
}
