#include "tests/fakes/store_sample.h"

struct store *
store_sample_of(void **state)
{
	return (((struct store_sample *)*state)->s);
}

struct office
store_sample_office(const struct id *id, const char *code)
{
	struct office o = { .id = *id, .created_ms = 1000 };

	snprintf(o.code, sizeof(o.code), "%s", code);
	snprintf(o.name, sizeof(o.name), "社会保険労務士 %s", code);
	snprintf(o.contact, sizeof(o.contact), "03-0000-0000");
	snprintf(o.networks, sizeof(o.networks), "192.0.2.0/24 2001:db8::/32");
	return (o);
}

struct account
store_sample_account(const struct id *office, const struct id *id,
    const char *login, const char *unix_user)
{
	struct account a = { .office = *office,
		.id = *id,
		.class = CLASS_GENERAL,
		.level = 2,
		.roles = ROLE_HELPDESK,
		.created_ms = 5,
		.approved_ms = 6,
		.disabled_ms = 7,
		.enrol_by_ms = 8,
		.leaves_on_ms = 9,
		.reset_ms = 10 };

	snprintf(a.login, sizeof(a.login), "%s", login);
	snprintf(a.unix_user, sizeof(a.unix_user), "%s", unix_user);
	snprintf(a.name, sizeof(a.name), "山田 花子");
	snprintf(a.kana, sizeof(a.kana), "ヤマダ ハナコ");
	snprintf(a.phone_number, sizeof(a.phone_number), "090");
	snprintf(a.birth_date, sizeof(a.birth_date), "1990-04-01");
	snprintf(a.email, sizeof(a.email), "h@example.jp");
	snprintf(a.groups, sizeof(a.groups), "mynumber payroll");
	return (a);
}

struct phone
store_sample_phone(
    const struct id *account, const struct id *device, int64_t created_ms)
{
	struct phone p = { .office = office_1,
		.account = *account,
		.device = *device,
		.label = "私の電話",
		.state = PHONE_PENDING,
		.is_private = true,
		.digits = 6,
		.period = 30,
		.algorithm = "SHA1",
		.sealed = { .len = 3, .at = { 9, 0, 7 } },
		.offset = -2,
		.created_ms = created_ms,
		.expires_ms = 99 };

	return (p);
}

struct audit_row
store_sample_record(
    int32_t node, int64_t seq, const char *office, const char *account)
{
	struct audit_row row = { .record = { .node = node,
				     .seq = seq,
				     .at_ms = 1700000000123,
				     .actor = "unix:0",
				     .source = "local",
				     .action = "verify",
				     .result = "refuse",
				     .reason = "wrong_code",
				     .detail = "step=7" } };

	snprintf(row.record.office, sizeof(row.record.office), "%s", office);
	snprintf(row.record.account, sizeof(row.record.account), "%s", account);
	snprintf(row.record.request_id, sizeof(row.record.request_id),
	    "REQ%d%03lld", (int)node, (long long)seq);
	memset(row.hash, (int)seq, sizeof(row.hash));
	return (row);
}

void
store_sample_begin(struct store *s)
{
	assert_int_equal(s->ops->begin(s), 0);
}

void
store_sample_commit(struct store *s)
{
	assert_int_equal(s->ops->commit(s), 0);
}

/* Offices 1 and 2; anna (unix ann) and bert in 1, cleo in 2. */
void
store_sample_fill(struct store *s)
{
	struct office o1 = store_sample_office(&office_1, "alpha");
	struct office o2 = store_sample_office(&office_2, "beta");
	struct account a =
	    store_sample_account(&office_1, &anna, "anna", "ann");
	struct account b =
	    store_sample_account(&office_1, &bert, "bert", "bert");
	struct account c = store_sample_account(&office_2, &cleo, "cleo", "");

	assert_int_equal(s->ops->office_add(s, &o2), 0);
	assert_int_equal(s->ops->office_add(s, &o1), 0);
	assert_int_equal(s->ops->account_add(s, &c), 0);
	assert_int_equal(s->ops->account_add(s, &b), 0);
	assert_int_equal(s->ops->account_add(s, &a), 0);
}

static int
add_name(struct store_sample_names *n, const char *name)
{
	size_t len = strlen(n->text);

	snprintf(n->text + len, sizeof(n->text) - len, "%s%s",
	    len > 0 ? "," : "", name);
	return (++n->seen == n->stop_at ? -77 : 0);
}

int
store_sample_on_office(void *arg, const struct office *row)
{
	return (add_name(arg, row->code));
}

int
store_sample_on_account(void *arg, const struct account *row)
{
	return (add_name(arg, row->login));
}

int
store_sample_on_phone(void *arg, const struct phone *row)
{
	return (add_name(arg, row->device.b[0] == 0xd1 ? "d1" : "d2"));
}

int
store_sample_on_counter(void *arg, const struct counter *row)
{
	char text[100];

	snprintf(text, sizeof(text), "%d%s=%d", row->kind, row->bucket,
	    row->failures);
	return (add_name(arg, text));
}

int
store_sample_on_audit(void *arg, const struct audit_row *row)
{
	char text[40];

	snprintf(text, sizeof(text), "%d/%lld", row->record.node,
	    (long long)row->record.seq);
	return (add_name(arg, text));
}

int
store_sample_mem(void **state)
{
	struct store_sample *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_int_equal(store_mem_new(&f->s), 0);
	*state = f;
	return (0);
}

int
store_sample_sqlite(void **state)
{
	struct store_sample *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	snprintf(f->dir, sizeof(f->dir), "/tmp/test_store.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/sekisho.db", f->dir);
	assert_int_equal(store_sqlite_open(f->path, STORE_WRITE, &f->s), 0);
	*state = f;
	return (0);
}

int
store_sample_end(void **state)
{
	struct store_sample *f = *state;

	f->s->ops->close(f->s);
	/* SQLite's last close takes the -wal and -shm files with it. */
	if (f->path[0] != '\0') {
		assert_int_equal(unlink(f->path), 0);
		assert_int_equal(rmdir(f->dir), 0);
	}
	free(f);
	return (0);
}

#define SAME_ID(m)   assert_true(id_equal(&a->m, &b->m))
#define SAME_TEXT(m) assert_string_equal(a->m, b->m)
#define SAME_INT(m)  assert_true(a->m == b->m)

void
store_sample_same_office(const struct office *a, const struct office *b)
{
	SAME_ID(id);
	SAME_TEXT(code);
	SAME_TEXT(name);
	SAME_TEXT(contact);
	SAME_TEXT(networks);
	SAME_INT(created_ms);
	SAME_INT(disabled_ms);
}

void
store_sample_same_account(const struct account *a, const struct account *b)
{
	SAME_ID(office);
	SAME_ID(id);
	SAME_TEXT(login);
	SAME_TEXT(unix_user);
	SAME_TEXT(name);
	SAME_TEXT(kana);
	SAME_TEXT(phone_number);
	SAME_TEXT(birth_date);
	SAME_TEXT(email);
	SAME_TEXT(groups);
	SAME_INT(class);
	SAME_INT(level);
	SAME_INT(roles);
	SAME_INT(created_ms);
	SAME_INT(approved_ms);
	SAME_INT(disabled_ms);
	SAME_INT(enrol_by_ms);
	SAME_INT(leaves_on_ms);
	SAME_INT(reset_ms);
}

void
store_sample_same_phone(const struct phone *a, const struct phone *b)
{
	SAME_ID(office);
	SAME_ID(account);
	SAME_ID(device);
	SAME_TEXT(label);
	SAME_TEXT(algorithm);
	SAME_INT(state);
	SAME_INT(is_private);
	SAME_INT(digits);
	SAME_INT(period);
	SAME_INT(offset);
	SAME_INT(last_step);
	SAME_INT(created_ms);
	SAME_INT(expires_ms);
	SAME_INT(confirmed_ms);
	SAME_INT(last_used_ms);
	SAME_INT(revoked_ms);
	SAME_INT(sealed.len);
	assert_memory_equal(a->sealed.at, b->sealed.at, SEALED_MAX);
}

void
store_sample_same_counter(const struct counter *a, const struct counter *b)
{
	SAME_ID(office);
	SAME_ID(account);
	SAME_TEXT(bucket);
	SAME_INT(kind);
	SAME_INT(failures);
	SAME_INT(in_row);
	SAME_INT(locked_until_steady);
}

void
store_sample_same_audit(const struct audit_row *a, const struct audit_row *b)
{
	SAME_TEXT(record.actor);
	SAME_TEXT(record.source);
	SAME_TEXT(record.office);
	SAME_TEXT(record.account);
	SAME_TEXT(record.device);
	SAME_TEXT(record.action);
	SAME_TEXT(record.result);
	SAME_TEXT(record.reason);
	SAME_TEXT(record.request_id);
	SAME_TEXT(record.detail);
	SAME_INT(record.node);
	SAME_INT(record.seq);
	SAME_INT(record.at_ms);
	SAME_INT(has_seal);
	assert_memory_equal(a->hash, b->hash, AUDIT_HASH_LEN);
	assert_memory_equal(a->seal, b->seal, AUDIT_SEAL_LEN);
}
