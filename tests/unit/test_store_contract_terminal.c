/*
 * Goal of this test: the questions of store.h about terminals, whom they
 * admit, hosts and certificates, answered alike by SQLite and by the memory
 * fake. The rest of the contract: test_store_contract.c and its neighbours.
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
		       t_3 = { { 0x01, 3 } }, h_1 = { { 0x02, 1 } },
		       h_2 = { { 0x02, 2 } };

static struct terminal
terminal(const struct id *office, const struct id *id, const char *label)
{
	struct terminal t = { .office = *office,
		.id = *id,
		.is_private = true,
		.created_ms = 41 };

	snprintf(t.label, sizeof(t.label), "%s", label);
	return (t);
}

static struct host
host(const struct id *id, const char *name)
{
	struct host h = {
		.id = *id, .rights = HOST_MAY_VERIFY, .created_ms = 42
	};

	snprintf(h.name, sizeof(h.name), "%s", name);
	return (h);
}

/* Number ${n} of a terminal of office 1, or of a host (office all zero). */
static struct cert
cert(const struct id *office, const struct id *holder, uint8_t n,
    int64_t issued_ms, int64_t end_ms)
{
	struct cert c = { .kind =
			      id_is_zero(office) ? CERT_HOST : CERT_TERMINAL,
		.office = *office,
		.holder = *holder,
		.not_before_ms = 5,
		.not_after_ms = end_ms,
		.issued_ms = issued_ms,
		.der_len = 300 };

	memset(c.serial, n, sizeof(c.serial));
	memset(c.fingerprint, n + 100, sizeof(c.fingerprint));
	memset(c.der, n, 300);
	return (c);
}

static void
fill(struct store *s)
{
	struct terminal t = terminal(&office_1, &t_1, "受付");
	struct terminal u = terminal(&office_1, &t_2, "会議室");
	struct terminal v = terminal(&office_2, &t_3, "受付");
	struct host h = host(&h_1, "files");

	store_sample_fill(s);
	assert_int_equal(s->ops->terminal_add(s, &u), 0);
	assert_int_equal(s->ops->terminal_add(s, &v), 0);
	assert_int_equal(s->ops->terminal_add(s, &t), 0);
	assert_int_equal(s->ops->host_add(s, &h), 0);
}

static void
expect_terminal(struct store *s, const struct terminal *wanted)
{
	struct terminal got;

	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(s->ops->terminal_get(s, &wanted->id, &got), 0);
	assert_true(id_equal(&got.office, &wanted->office));
	assert_true(id_equal(&got.id, &wanted->id));
	assert_string_equal(got.label, wanted->label);
	assert_int_equal(got.is_private, wanted->is_private);
	assert_int_equal(got.admits_all, wanted->admits_all);
	assert_int_equal(got.created_ms, wanted->created_ms);
	assert_int_equal(got.lost_ms, wanted->lost_ms);
}

static void
expect_same(const struct cert *got, const struct cert *wanted)
{
	assert_int_equal(got->kind, wanted->kind);
	assert_true(id_equal(&got->office, &wanted->office));
	assert_true(id_equal(&got->holder, &wanted->holder));
	assert_memory_equal(got->serial, wanted->serial, CERT_SERIAL_LEN);
	assert_memory_equal(
	    got->fingerprint, wanted->fingerprint, CERT_FINGERPRINT_LEN);
	assert_int_equal(got->not_before_ms, wanted->not_before_ms);
	assert_int_equal(got->not_after_ms, wanted->not_after_ms);
	assert_int_equal(got->issued_ms, wanted->issued_ms);
	assert_int_equal(got->revoked_ms, wanted->revoked_ms);
	assert_int_equal(got->reason, wanted->reason);
	assert_int_equal(got->first_seen_ms, wanted->first_seen_ms);
	assert_int_equal(got->last_seen_ms, wanted->last_seen_ms);
	assert_string_equal(got->last_source, wanted->last_source);
	assert_int_equal(got->told_days, wanted->told_days);
	assert_int_equal(got->der_len, wanted->der_len);
	assert_memory_equal(got->der, wanted->der, wanted->der_len);
}

static void
expect_cert(struct store *s, const struct cert *wanted)
{
	struct cert got;

	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(s->ops->cert_by_serial(s, wanted->serial, &got), 0);
	expect_same(&got, wanted);
	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(
	    s->ops->cert_by_fingerprint(
		s, wanted->serial, wanted->fingerprint, &got),
	    0);
	expect_same(&got, wanted);
}

static void
add_text(struct store_sample_names *n, const char *text)
{
	size_t len = strlen(n->text);

	snprintf(n->text + len, sizeof(n->text) - len, "%s%s",
	    len > 0 ? "," : "", text);
}

static int
on_terminal(void *arg, const struct terminal *row)
{
	struct store_sample_names *n = arg;

	add_text(n, row->label);
	return (++n->seen == n->stop_at ? -77 : 0);
}

static int
on_host(void *arg, const struct host *row)
{
	struct store_sample_names *n = arg;

	add_text(n, row->name);
	return (++n->seen == n->stop_at ? -77 : 0);
}

static int
on_cert(void *arg, const struct cert *row)
{
	struct store_sample_names *n = arg;
	char text[8];

	snprintf(text, sizeof(text), "%d", row->serial[0]);
	add_text(n, text);
	assert_int_equal(row->der[0], row->serial[0]);
	return (++n->seen == n->stop_at ? -77 : 0);
}

static void
test_terminal(void **state)
{
	struct store *s = store_sample_of(state);
	struct terminal t, got;

	store_sample_begin(s);
	fill(s);
	t = terminal(&office_1, &t_1, "受付");
	expect_terminal(s, &t);
	t.is_private = false;
	t.admits_all = true;
	t.created_ms = 9999; /* does not change */
	memset(t.label, 'x', NAME_MAX_BYTES);
	t.label[NAME_MAX_BYTES] = '\0';
	assert_int_equal(s->ops->terminal_set(s, &t), 0);
	t.created_ms = 41;
	expect_terminal(s, &t);
	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(s->ops->terminal_get(s, &absent, &got), ERR_NOTFOUND);
	assert_true(id_is_zero(&got.id));
	assert_false(got.admits_all);
	store_sample_commit(s);
	expect_terminal(s, &t);
}

/* A label names one terminal of an office, lost ones aside. */
static void
test_labels(void **state)
{
	struct store *s = store_sample_of(state);
	struct terminal t, got;

	store_sample_begin(s);
	fill(s);
	t = terminal(&office_1, &dev_1, "受付");
	assert_int_equal(s->ops->terminal_add(s, &t), ERR_EXISTS);
	t = terminal(&office_1, &t_3, "新"); /* the id is office 2's */
	assert_int_equal(s->ops->terminal_add(s, &t), ERR_EXISTS);
	t = terminal(&office_1, &t_2, "受付");
	assert_int_equal(s->ops->terminal_set(s, &t), ERR_EXISTS);
	assert_int_equal(
	    s->ops->terminal_by_label(s, &office_1, "受付", &got), 0);
	assert_true(id_equal(&got.id, &t_1));
	assert_int_equal(
	    s->ops->terminal_by_label(s, &office_2, "受付", &got), 0);
	assert_true(id_equal(&got.id, &t_3));
	assert_int_equal(
	    s->ops->terminal_by_label(s, &office_2, "会議室", &got),
	    ERR_NOTFOUND);
	assert_true(id_is_zero(&got.id));
	t = terminal(&office_1, &t_1, "受付");
	t.lost_ms = 77;
	assert_int_equal(s->ops->terminal_set(s, &t), 0);
	expect_terminal(s, &t);
	assert_int_equal(s->ops->terminal_by_label(s, &office_1, "受付", &got),
	    ERR_NOTFOUND);
	t = terminal(&office_1, &dev_1, "受付");
	assert_int_equal(s->ops->terminal_add(s, &t), 0);
	/* it may not come back beside its successor */
	t = terminal(&office_1, &t_1, "受付");
	assert_int_equal(s->ops->terminal_set(s, &t), ERR_EXISTS);
	store_sample_commit(s);
}

static void
test_terminal_refused(void **state)
{
	struct store *s = store_sample_of(state);
	struct terminal t = terminal(&office_1, &dev_1, "");

	assert_int_equal(s->ops->terminal_add(s, &t), ERR_INVALID);
	t = terminal(&office_1, &nobody, "a");
	assert_int_equal(s->ops->terminal_add(s, &t), ERR_INVALID);
	t = terminal(&nobody, &dev_1, "a");
	assert_int_equal(s->ops->terminal_add(s, &t), ERR_INVALID);
	t = terminal(&absent, &dev_1, "a");
	assert_int_equal(s->ops->terminal_add(s, &t), ERR_WRONG_STATE);
	store_sample_begin(s);
	fill(s);
	assert_int_equal(s->ops->terminal_add(s, &t), ERR_NOTFOUND);
	assert_int_equal(s->ops->terminal_set(s, &t), ERR_NOTFOUND);
	t = terminal(&office_2, &t_1, "受付 2"); /* of another office */
	assert_int_equal(s->ops->terminal_set(s, &t), ERR_NOTFOUND);
	store_sample_commit(s);
}

static void
test_terminal_list(void **state)
{
	struct store *s = store_sample_of(state);
	struct store_sample_names n = { .text = "" };

	store_sample_begin(s);
	fill(s);
	assert_int_equal(
	    s->ops->terminal_list(s, &office_1, &nobody, 10, on_terminal, &n),
	    0);
	assert_string_equal(n.text, "受付,会議室");
	n.text[0] = '\0';
	assert_int_equal(
	    s->ops->terminal_list(s, NULL, &nobody, 10, on_terminal, &n), 0);
	assert_string_equal(n.text, "受付,会議室,受付");
	n.text[0] = '\0';
	assert_int_equal(
	    s->ops->terminal_list(s, NULL, &t_1, 1, on_terminal, &n), 0);
	assert_string_equal(n.text, "会議室");
	assert_int_equal(
	    s->ops->terminal_list(s, NULL, &nobody, 0, on_terminal, &n), 0);
	assert_int_equal(
	    s->ops->terminal_list(s, &absent, &nobody, 5, on_terminal, &n),
	    ERR_NOTFOUND);
	n.stop_at = n.seen + 1;
	assert_int_equal(
	    s->ops->terminal_list(s, NULL, &nobody, 5, on_terminal, &n), -77);
	store_sample_commit(s);
}

static void
expect_admitted(struct store *s, const struct id *id, const char *wanted)
{
	struct store_sample_names n = { .text = "" };

	assert_int_equal(s->ops->terminal_admitted(
			     s, &office_1, id, store_sample_on_account, &n),
	    0);
	assert_string_equal(n.text, wanted);
}

static void
expect_of(struct store *s, const struct id *account, int limit,
    const char *wanted)
{
	struct store_sample_names n = { .text = "" };

	assert_int_equal(s->ops->terminal_of_account(
			     s, &office_1, account, limit, on_terminal, &n),
	    0);
	assert_string_equal(n.text, wanted);
}

static void
test_of_account(void **state)
{
	struct store *s = store_sample_of(state);
	struct terminal t = terminal(&office_1, &t_2, "会議室");

	store_sample_begin(s);
	fill(s);
	expect_of(s, &anna, 9, "");
	assert_int_equal(s->ops->terminal_admit(s, &office_1, &t_2, &anna), 0);
	assert_int_equal(s->ops->terminal_admit(s, &office_1, &t_1, &anna), 0);
	assert_int_equal(s->ops->terminal_admit(s, &office_1, &t_2, &bert), 0);
	expect_of(s, &anna, 9, "受付,会議室");
	expect_of(s, &anna, 1, "受付");
	expect_of(s, &anna, 0, "");
	expect_of(s, &bert, 9, "会議室");
	expect_of(s, &cleo, 9, "");
	expect_of(s, &absent, 9, "");
	t.lost_ms = 77;
	assert_int_equal(s->ops->terminal_set(s, &t), 0);
	expect_of(s, &anna, 9, "受付");
	expect_of(s, &bert, 9, "");
	store_sample_commit(s);
}

static void
test_admitted(void **state)
{
	struct store *s = store_sample_of(state);
	struct store_sample_names n = { .text = "" };

	store_sample_begin(s);
	fill(s);
	expect_admitted(s, &t_1, "");
	assert_int_equal(s->ops->terminal_admit(s, &office_1, &t_1, &bert), 0);
	assert_int_equal(s->ops->terminal_admit(s, &office_1, &t_1, &anna), 0);
	assert_int_equal(s->ops->terminal_admit(s, &office_1, &t_1, &anna), 0);
	assert_int_equal(s->ops->terminal_admit(s, &office_1, &t_2, &anna), 0);
	expect_admitted(s, &t_1, "anna,bert");
	expect_admitted(s, &t_2, "anna");
	/* never over the border of an office */
	assert_int_equal(
	    s->ops->terminal_admit(s, &office_1, &t_1, &cleo), ERR_NOTFOUND);
	assert_int_equal(
	    s->ops->terminal_admit(s, &office_2, &t_1, &cleo), ERR_NOTFOUND);
	assert_int_equal(
	    s->ops->terminal_admit(s, &office_1, &t_3, &anna), ERR_NOTFOUND);
	assert_int_equal(
	    s->ops->terminal_drop(s, &office_2, &t_1, &anna), ERR_NOTFOUND);
	assert_int_equal(
	    s->ops->terminal_drop(s, &office_1, &t_1, &absent), ERR_NOTFOUND);
	assert_int_equal(s->ops->terminal_admitted(
			     s, &office_2, &t_1, store_sample_on_account, &n),
	    ERR_NOTFOUND);
	assert_int_equal(s->ops->terminal_drop(s, &office_1, &t_1, &bert), 0);
	assert_int_equal(s->ops->terminal_drop(s, &office_1, &t_1, &bert), 0);
	expect_admitted(s, &t_1, "anna");
	/* with the account it is gone from all of them */
	assert_int_equal(s->ops->account_remove(s, &office_1, &anna), 0);
	expect_admitted(s, &t_1, "");
	expect_admitted(s, &t_2, "");
	store_sample_commit(s);
}

static void
test_host(void **state)
{
	struct store *s = store_sample_of(state);
	struct store_sample_names n = { .text = "" };
	struct host h = host(&h_2, "files"), got;

	store_sample_begin(s);
	fill(s);
	assert_int_equal(s->ops->host_add(s, &h), ERR_EXISTS);
	h = host(&h_1, "other");
	assert_int_equal(s->ops->host_add(s, &h), ERR_EXISTS);
	h = host(&h_2, "db");
	h.rights = 0x40;
	assert_int_equal(s->ops->host_add(s, &h), ERR_INVALID);
	h.rights = 0;
	assert_int_equal(s->ops->host_add(s, &h), 0);
	h.rights = HOST_MAY_ALL;
	assert_int_equal(s->ops->host_set(s, &h), 0);
	assert_int_equal(s->ops->host_by_name(s, "db", &got), 0);
	assert_true(id_equal(&got.id, &h_2));
	assert_string_equal(got.name, "db");
	assert_int_equal(got.rights, HOST_MAY_ALL);
	assert_int_equal(got.created_ms, 42);
	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(s->ops->host_by_name(s, "no", &got), ERR_NOTFOUND);
	assert_int_equal(got.rights, 0);
	assert_int_equal(s->ops->host_by_id(s, &h_2, &got), 0);
	assert_string_equal(got.name, "db");
	assert_int_equal(got.rights, HOST_MAY_ALL);
	assert_int_equal(s->ops->host_by_id(s, &t_1, &got), ERR_NOTFOUND);
	assert_int_equal(got.rights, 0);
	h = host(&h_2, "no");
	assert_int_equal(s->ops->host_set(s, &h), ERR_NOTFOUND);
	assert_int_equal(s->ops->host_list(s, "", 9, on_host, &n), 0);
	assert_string_equal(n.text, "db,files");
	n.text[0] = '\0';
	assert_int_equal(s->ops->host_list(s, "db", 9, on_host, &n), 0);
	assert_string_equal(n.text, "files");
	store_sample_commit(s);
}

static void
test_cert(void **state)
{
	struct store *s = store_sample_of(state);
	struct cert c = cert(&office_1, &t_1, 7, 1000, 90000), d;

	store_sample_begin(s);
	fill(s);
	c.der_len = CERT_DER_MAX;
	c.der[CERT_DER_MAX - 1] = 1;
	c.not_before_ms = -5; /* before 1970: it can be */
	assert_int_equal(s->ops->cert_add(s, &c), 0);
	expect_cert(s, &c);
	d = cert(&nobody, &h_1, 8, 1000, 90000);
	assert_int_equal(s->ops->cert_add(s, &d), 0);
	expect_cert(s, &d);
	memset(&d, 0x5a, sizeof(d));
	assert_int_equal(
	    s->ops->cert_by_serial(s, c.fingerprint, &d), ERR_NOTFOUND);
	assert_int_equal(d.kind, CERT_NONE);
	/* Of one certificate the serial, of another the fingerprint. */
	d = cert(&nobody, &h_1, 8, 1000, 90000);
	assert_int_equal(s->ops->cert_by_fingerprint(
			     s, c.serial, d.fingerprint, &d),
	    ERR_NOTFOUND);
	assert_int_equal(d.kind, CERT_NONE);
	memset(&d, 0x5a, sizeof(d));
	assert_int_equal(s->ops->cert_by_fingerprint(
			     s, d.serial, c.fingerprint, &d),
	    ERR_NOTFOUND);
	assert_int_equal(d.kind, CERT_NONE);
	store_sample_commit(s);
	expect_cert(s, &c);
}

static void
test_cert_refused(void **state)
{
	struct store *s = store_sample_of(state);
	struct cert c = cert(&office_1, &t_1, 7, 1000, 90000), d;

	assert_int_equal(s->ops->cert_add(s, &c), ERR_WRONG_STATE);
	store_sample_begin(s);
	fill(s);
	assert_int_equal(s->ops->cert_add(s, &c), 0);
	d = cert(&office_1, &t_1, 8, 1000, 90000);
	memcpy(d.serial, c.serial, sizeof(d.serial)); /* R61 */
	assert_int_equal(s->ops->cert_add(s, &d), ERR_EXISTS);
	/* in whatever office */
	d = cert(&office_2, &t_3, 8, 1000, 90000);
	memcpy(d.serial, c.serial, sizeof(d.serial));
	assert_int_equal(s->ops->cert_add(s, &d), ERR_EXISTS);
	d = cert(&office_2, &t_1, 8, 1000, 90000); /* not its office */
	assert_int_equal(s->ops->cert_add(s, &d), ERR_NOTFOUND);
	d = cert(&office_1, &h_1, 8, 1000, 90000);
	assert_int_equal(s->ops->cert_add(s, &d), ERR_NOTFOUND);
	d = cert(&nobody, &t_1, 8, 1000, 90000);
	assert_int_equal(s->ops->cert_add(s, &d), ERR_NOTFOUND);
	d = cert(&office_1, &t_1, 8, 1000, 90000);
	d.kind = CERT_HOST;
	assert_int_equal(s->ops->cert_add(s, &d), ERR_INVALID);
	d.kind = CERT_NONE;
	assert_int_equal(s->ops->cert_add(s, &d), ERR_INVALID);
	d = cert(&office_1, &t_1, 8, 1000, 5); /* ends when it begins */
	assert_int_equal(s->ops->cert_add(s, &d), ERR_INVALID);
	d = cert(&office_1, &t_1, 8, 1000, 90000);
	d.revoked_ms = 4; /* for no reason */
	assert_int_equal(s->ops->cert_add(s, &d), ERR_INVALID);
	d = cert(&office_1, &t_1, 8, 1000, 90000);
	d.der_len = 0;
	assert_int_equal(s->ops->cert_add(s, &d), ERR_INVALID);
	d.der_len = CERT_DER_MAX + 1;
	assert_int_equal(s->ops->cert_add(s, &d), ERR_INVALID);
	store_sample_commit(s);
	expect_cert(s, &c);
}

static void
test_cert_revoke(void **state)
{
	struct store *s = store_sample_of(state);
	struct cert c = cert(&office_1, &t_1, 7, 1000, 90000), key = c;

	store_sample_begin(s);
	fill(s);
	assert_int_equal(s->ops->cert_add(s, &c), 0);
	assert_int_equal(
	    s->ops->cert_revoke(s, &c, CERT_NOT_REVOKED, 5), ERR_INVALID);
	assert_int_equal(
	    s->ops->cert_revoke(s, &c, CERT_LEFT + 1, 5), ERR_INVALID);
	assert_int_equal(s->ops->cert_revoke(s, &c, CERT_LOST, 0), ERR_INVALID);
	key.office = office_2;
	assert_int_equal(
	    s->ops->cert_revoke(s, &key, CERT_LOST, 5), ERR_NOTFOUND);
	expect_cert(s, &c);
	assert_int_equal(s->ops->cert_revoke(s, &c, CERT_LOST, 55), 0);
	c.revoked_ms = 55;
	c.reason = CERT_LOST;
	expect_cert(s, &c);
	/* once, and for ever */
	assert_int_equal(
	    s->ops->cert_revoke(s, &c, CERT_LEFT, 66), ERR_WRONG_STATE);
	store_sample_commit(s);
	expect_cert(s, &c);
	assert_int_equal(
	    s->ops->cert_revoke(s, &c, CERT_LEFT, 66), ERR_WRONG_STATE);
}

static void
test_cert_seen(void **state)
{
	struct store *s = store_sample_of(state);
	struct cert c = cert(&office_1, &t_1, 7, 1000, 90000), key = c;

	store_sample_begin(s);
	fill(s);
	assert_int_equal(s->ops->cert_add(s, &c), 0);
	assert_int_equal(s->ops->cert_seen(s, &c, 500, "192.0.2.7"), 0);
	c.first_seen_ms = c.last_seen_ms = 500;
	snprintf(c.last_source, sizeof(c.last_source), "192.0.2.7");
	expect_cert(s, &c);
	/* an older one that comes late changes nothing */
	assert_int_equal(s->ops->cert_seen(s, &c, 400, "192.0.2.8"), 0);
	expect_cert(s, &c);
	assert_int_equal(s->ops->cert_seen(s, &c, 600, ""), 0);
	c.last_seen_ms = 600;
	c.last_source[0] = '\0';
	expect_cert(s, &c);
	assert_int_equal(s->ops->cert_told(s, &c, 60), 0);
	c.told_days = 60;
	expect_cert(s, &c);
	assert_int_equal(s->ops->cert_seen(s, &c, 0, ""), ERR_INVALID);
	assert_int_equal(s->ops->cert_told(s, &c, -1), ERR_INVALID);
	key.serial[0] = 99;
	assert_int_equal(s->ops->cert_seen(s, &key, 9, ""), ERR_NOTFOUND);
	assert_int_equal(s->ops->cert_told(s, &key, 9), ERR_NOTFOUND);
	store_sample_commit(s);
	expect_cert(s, &c);
}

/* Five of office 1, one of office 2, one of a host. */
static void
fill_certs(struct store *s)
{
	const struct cert c[] = {
		cert(&office_1, &t_1, 5, 300, 9000),
		cert(&office_1, &t_1, 4, 300, 8000),
		cert(&office_1, &t_2, 3, 100, 7000),
		cert(&office_1, &t_2, 2, 900, 9000),
		cert(&office_1, &t_2, 1, 950, 6000),
		cert(&office_2, &t_3, 6, 200, 7500),
		cert(&nobody, &h_1, 9, 400, 7700),
	};
	size_t i;

	fill(s);
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++)
		assert_int_equal(s->ops->cert_add(s, &c[i]), 0);
}

static const char *
list(struct store *s, struct store_sample_names *n, const struct id *office,
    const struct id *holder, const struct cert *after, int limit)
{
	memset(n, 0, sizeof(*n));
	assert_int_equal(
	    s->ops->cert_list(s, office, holder, after, limit, on_cert, n), 0);
	return (n->text);
}

static void
test_cert_list(void **state)
{
	struct store *s = store_sample_of(state);
	struct store_sample_names n;
	struct cert at = cert(&office_1, &t_1, 4, 300, 8000);

	store_sample_begin(s);
	fill_certs(s);
	assert_string_equal(list(s, &n, NULL, NULL, NULL, 99), "3,6,4,5,9,2,1");
	assert_string_equal(list(s, &n, NULL, NULL, &at, 2), "5,9");
	assert_string_equal(
	    list(s, &n, &office_1, NULL, NULL, 99), "3,4,5,2,1");
	assert_string_equal(list(s, &n, &office_1, NULL, &at, 99), "5,2,1");
	assert_string_equal(list(s, &n, &office_1, &t_2, NULL, 99), "3,2,1");
	assert_string_equal(list(s, &n, &office_1, &t_2, &at, 1), "2");
	assert_string_equal(list(s, &n, &nobody, NULL, NULL, 99), "9");
	assert_string_equal(list(s, &n, &nobody, &h_1, NULL, 99), "9");
	assert_string_equal(list(s, &n, &office_2, &t_2, NULL, 99), "");
	assert_string_equal(list(s, &n, NULL, NULL, NULL, 0), "");
	memset(&n, 0, sizeof(n));
	n.stop_at = 2;
	assert_int_equal(
	    s->ops->cert_list(s, NULL, NULL, NULL, 9, on_cert, &n), -77);
	assert_string_equal(n.text, "3,6");
	store_sample_commit(s);
}

static void
test_cert_states(void **state)
{
	struct store *s = store_sample_of(state);
	struct cert two = cert(&office_1, &t_2, 2, 900, 9000);
	struct cert six = cert(&office_2, &t_3, 6, 200, 7500);
	struct cert nine = cert(&nobody, &h_1, 9, 400, 7700);
	struct store_sample_names n = { .text = "" };
	int count = -1;

	store_sample_begin(s);
	fill_certs(s);
	assert_int_equal(s->ops->cert_revoked(s, 0, on_cert, &n), 0);
	assert_string_equal(n.text, "");
	assert_int_equal(s->ops->cert_revoke(s, &two, CERT_LEFT, 1), 0);
	assert_int_equal(s->ops->cert_revoke(s, &six, CERT_LOST, 1), 0);
	assert_int_equal(s->ops->cert_revoke(s, &nine, CERT_SUPERSEDED, 1), 0);
	assert_int_equal(s->ops->cert_revoked(s, 0, on_cert, &n), 0);
	assert_string_equal(n.text, "6,9,2");
	memset(&n, 0, sizeof(n));
	assert_int_equal(s->ops->cert_revoked(s, 7500, on_cert, &n), 0);
	assert_string_equal(n.text, "9,2");
	/* what is left: 1 ends at 6000, 3 at 7000, 4 at 8000, 5 at 9000 */
	memset(&n, 0, sizeof(n));
	assert_int_equal(s->ops->cert_ending(s, 6001, 8000, 0, 9, on_cert, &n), 0);
	assert_string_equal(n.text, "3,4");
	memset(&n, 0, sizeof(n));
	assert_int_equal(s->ops->cert_ending(s, 6000, 9000, 0, 3, on_cert, &n), 0);
	assert_string_equal(n.text, "1,3,4");
	two = cert(&office_1, &t_2, 3, 100, 7000);
	assert_int_equal(s->ops->cert_told(s, &two, 30), 0);
	memset(&n, 0, sizeof(n));
	assert_int_equal(
	    s->ops->cert_ending(s, 6000, 9000, 30, 9, on_cert, &n), 0);
	assert_string_equal(n.text, "1,4,5");
	memset(&n, 0, sizeof(n));
	assert_int_equal(
	    s->ops->cert_ending(s, 6000, 9000, 10, 9, on_cert, &n), 0);
	assert_string_equal(n.text, "1,3,4,5");
	assert_int_equal(
	    s->ops->cert_ending_count(s, 6001, 9000, &count), 0);
	assert_int_equal(count, 3);
	/* issued: 3 at 100, 4 and 5 at 300, 1 at 950 */
	memset(&n, 0, sizeof(n));
	assert_int_equal(s->ops->cert_unused(s, 950, 9, on_cert, &n), 0);
	assert_string_equal(n.text, "3,4,5");
	six = cert(&office_1, &t_1, 4, 300, 8000);
	assert_int_equal(s->ops->cert_seen(s, &six, 7, ""), 0);
	memset(&n, 0, sizeof(n));
	assert_int_equal(s->ops->cert_unused(s, 951, 2, on_cert, &n), 0);
	assert_string_equal(n.text, "3,5");
	store_sample_commit(s);
}

/* What a job undoes is undone here too. */
static void
test_undone(void **state)
{
	struct store *s = store_sample_of(state);
	struct cert c = cert(&office_1, &t_1, 7, 1000, 90000), got;

	store_sample_begin(s);
	fill(s);
	assert_int_equal(s->ops->mark(s), 0);
	assert_int_equal(s->ops->cert_add(s, &c), 0);
	assert_int_equal(s->ops->terminal_admit(s, &office_1, &t_1, &anna), 0);
	assert_int_equal(s->ops->rewind(s), 0);
	assert_int_equal(
	    s->ops->cert_by_serial(s, c.serial, &got), ERR_NOTFOUND);
	assert_int_equal(
	    s->ops->cert_by_fingerprint(s, c.serial, c.fingerprint, &got),
	    ERR_NOTFOUND);
	expect_admitted(s, &t_1, "");
	assert_int_equal(s->ops->cert_add(s, &c), 0);
	store_sample_commit(s);
	expect_cert(s, &c);
}

int
main(void)
{
#define RUN(up, f) cmocka_unit_test_setup_teardown(f, up, store_sample_end)
#define ALL(up)                                                                \
	RUN(up, test_terminal), RUN(up, test_labels),                          \
	    RUN(up, test_terminal_refused), RUN(up, test_terminal_list),       \
	    RUN(up, test_admitted), RUN(up, test_of_account), RUN(up, test_host), RUN(up, test_cert),    \
	    RUN(up, test_cert_refused), RUN(up, test_cert_revoke),             \
	    RUN(up, test_cert_seen), RUN(up, test_cert_list),                  \
	    RUN(up, test_cert_states), RUN(up, test_undone)
	const struct CMUnitTest mem[] = { ALL(store_sample_mem) };
	const struct CMUnitTest sqlite[] = { ALL(store_sample_sqlite) };
	int failed;

	failed = cmocka_run_group_tests_name("memory", mem, NULL, NULL);
	failed += cmocka_run_group_tests_name("sqlite", sqlite, NULL, NULL);
	return (failed);
}
