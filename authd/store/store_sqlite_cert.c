#include <string.h>

#include "authd/store/store_sqlite_impl.h"

/* A value of exactly this many bytes, or the row is not ours. */
static void
get_exactly(struct ask *a, uint8_t *out, size_t n)
{
	ask_check(a, ask_get_blob(a, out, n) == n);
}

static void
get_cert(struct ask *a, struct cert *row)
{
	memset(row, 0, sizeof(*row));
	ask_get_id(a, &row->office);
	get_exactly(a, row->serial, sizeof(row->serial));
	row->kind = (enum cert_kind)ask_get_int(a, 0, INT32_MAX);
	ask_get_id(a, &row->holder);
	get_exactly(a, row->fingerprint, sizeof(row->fingerprint));
	row->not_before_ms = ask_get_int(a, INT64_MIN, INT64_MAX);
	row->not_after_ms = ask_get_int(a, INT64_MIN, INT64_MAX);
	row->issued_ms = ask_get_int(a, 0, INT64_MAX);
	row->revoked_ms = ask_get_int(a, 0, INT64_MAX);
	row->reason = (enum cert_reason)ask_get_int(a, 0, INT32_MAX);
	row->first_seen_ms = ask_get_int(a, 0, INT64_MAX);
	row->last_seen_ms = ask_get_int(a, 0, INT64_MAX);
	ask_get_text(a, row->last_source, sizeof(row->last_source));
	row->told_days = (int)ask_get_int(a, 0, INT32_MAX);
	row->der_len = ask_get_blob(a, row->der, sizeof(row->der));
	ask_check(a, a->r != 0 || rows_cert_ok(row));
}

static void
put_key(struct ask *a, const struct cert *key)
{
	ask_put_id(a, &key->office);
	ask_put_int(a, key->issued_ms);
	ask_put_blob(a, key->serial, sizeof(key->serial));
}

/* Its holder must be there; an office answers for its terminals. */
static int
find_holder(struct store *s, const struct cert *row)
{
	struct terminal terminal;
	struct host host;
	int r;

	if (row->kind == CERT_HOST)
		return (store_sqlite_host_by_id(s, &row->holder, &host));
	r = store_sqlite_terminal_get(s, &row->holder, &terminal);
	if (r == 0 && !id_equal(&terminal.office, &row->office))
		r = ERR_NOTFOUND;
	return (r);
}

static int
add(struct store *s, const struct cert *row)
{
	struct ask a;
	int r;

	if ((r = find_holder(s, row)) != 0)
		return (r);
	ask_open(&a, store_sqlite_db(s), ASK_CERT_ADD);
	ask_put_id(&a, &row->office);
	ask_put_blob(&a, row->serial, sizeof(row->serial));
	ask_put_int(&a, row->kind);
	ask_put_id(&a, &row->holder);
	ask_put_blob(&a, row->fingerprint, sizeof(row->fingerprint));
	ask_put_int(&a, row->not_before_ms);
	ask_put_int(&a, row->not_after_ms);
	ask_put_int(&a, row->issued_ms);
	ask_put_int(&a, row->revoked_ms);
	ask_put_int(&a, row->reason);
	ask_put_int(&a, row->first_seen_ms);
	ask_put_int(&a, row->last_seen_ms);
	ask_put_text(&a, row->last_source);
	ask_put_int(&a, row->told_days);
	ask_put_blob(&a, row->der, row->der_len);
	if ((r = ask_run(&a, NULL)) != 0)
		return (r);
	ask_open(&a, store_sqlite_db(s), ASK_CERT_NAME_ADD);
	ask_put_blob(&a, row->serial, sizeof(row->serial));
	ask_put_id(&a, &row->office);
	ask_put_int(&a, row->issued_ms);
	return (ask_run(&a, NULL));
}

int
store_sqlite_cert_add(struct store *s, const struct cert *row)
{
	int r;

	if (!rows_cert_ok(row))
		return (ERR_INVALID);
	if ((r = store_sqlite_inner_begin(s)) != 0)
		return (r);
	return (store_sqlite_inner_end(s, add(s, row)));
}

/* The one certificate the question gives. */
static int
get_one(struct ask *a, struct cert *out)
{
	int r;

	memset(out, 0, sizeof(*out));
	if (ask_row(a))
		get_cert(a, out);
	else if (a->r == 0)
		a->r = ERR_NOTFOUND;
	if ((r = ask_close(a)) != 0)
		memset(out, 0, sizeof(*out));
	return (r);
}

int
store_sqlite_cert_by_serial(
    struct store *s, const uint8_t serial[CERT_SERIAL_LEN], struct cert *out)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_CERT_BY_SERIAL);
	ask_put_blob(&a, serial, CERT_SERIAL_LEN);
	return (get_one(&a, out));
}

int
store_sqlite_cert_by_fingerprint(struct store *s,
    const uint8_t serial[CERT_SERIAL_LEN],
    const uint8_t fingerprint[CERT_FINGERPRINT_LEN], struct cert *out)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_CERT_BY_FINGERPRINT);
	ask_put_blob(&a, serial, CERT_SERIAL_LEN);
	ask_put_blob(&a, fingerprint, CERT_FINGERPRINT_LEN);
	return (get_one(&a, out));
}

/* Hand out what the question gives, and end it. */
static int
give(struct ask *a, store_cert_fn *fn, void *arg)
{
	struct cert row;

	while (ask_row(a)) {
		get_cert(a, &row);
		if (a->r == 0)
			a->r = fn(arg, &row);
	}
	return (ask_close(a));
}

int
store_sqlite_cert_list(struct store *s, const struct id *office,
    const struct id *holder, const struct cert *after, int limit,
    store_cert_fn *fn, void *arg)
{
	static const struct id hosts;
	enum ask_sql q = ASK_CERT_LIST;
	struct ask a;

	if (holder != NULL)
		q = ASK_CERT_LIST_HOLDER;
	else if (office != NULL)
		q = ASK_CERT_LIST_OFFICE;
	ask_open(&a, store_sqlite_db(s), q);
	ask_put_int(&a, after == NULL ? -1 : after->issued_ms);
	ask_put_blob(
	    &a, after == NULL ? hosts.b : after->serial, CERT_SERIAL_LEN);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	if (q != ASK_CERT_LIST)
		ask_put_id(&a, office == NULL ? &hosts : office);
	if (q == ASK_CERT_LIST_HOLDER)
		ask_put_id(&a, holder);
	return (give(&a, fn, arg));
}

/* Why a change of the certificate changed nothing: 0, or it is not there. */
static int
cert_exists(struct store *s, const struct cert *key)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_CERT_EXISTS);
	put_key(&a, key);
	if (!ask_row(&a) && a.r == 0)
		a.r = ERR_NOTFOUND;
	return (ask_close(&a));
}

int
store_sqlite_cert_revoke(struct store *s, const struct cert *key,
    enum cert_reason reason, int64_t now_ms)
{
	struct ask a;
	int changed, r;

	if (reason <= CERT_NOT_REVOKED || reason > CERT_LEFT || now_ms <= 0)
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_CERT_REVOKE);
	put_key(&a, key);
	ask_put_int(&a, now_ms);
	ask_put_int(&a, reason);
	if ((r = ask_run(&a, &changed)) == 0 && changed == 0 &&
	    (r = cert_exists(s, key)) == 0)
		r = ERR_WRONG_STATE;
	return (r);
}

int
store_sqlite_cert_seen(
    struct store *s, const struct cert *key, int64_t at_ms, const char *source)
{
	struct ask a;
	int changed, r;

	if (at_ms <= 0 || strlen(source) > AUDIT_SOURCE_MAX)
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_CERT_SEEN);
	put_key(&a, key);
	ask_put_int(&a, at_ms);
	ask_put_text(&a, source);
	if ((r = ask_run(&a, &changed)) == 0 && changed == 0)
		r = ERR_NOTFOUND;
	return (r);
}

int
store_sqlite_cert_told(struct store *s, const struct cert *key, int days)
{
	struct ask a;
	int changed, r;

	if (days < 0)
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_CERT_TOLD);
	put_key(&a, key);
	ask_put_int(&a, days);
	if ((r = ask_run(&a, &changed)) == 0 && changed == 0)
		r = ERR_NOTFOUND;
	return (r);
}

int
store_sqlite_cert_revoked(
    struct store *s, int64_t end_ms, store_cert_fn *fn, void *arg)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_CERT_REVOKED);
	ask_put_int(&a, end_ms);
	return (give(&a, fn, arg));
}

int
store_sqlite_cert_ending(struct store *s, int64_t from_ms, int64_t to_ms,
    int days, int limit, store_cert_fn *fn, void *arg)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_CERT_ENDING);
	ask_put_int(&a, from_ms);
	ask_put_int(&a, to_ms);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	ask_put_int(&a, days);
	return (give(&a, fn, arg));
}

int
store_sqlite_cert_ending_count(
    struct store *s, int64_t from_ms, int64_t to_ms, int *out)
{
	struct ask a;

	*out = 0;
	ask_open(&a, store_sqlite_db(s), ASK_CERT_ENDING_COUNT);
	ask_put_int(&a, from_ms);
	ask_put_int(&a, to_ms);
	if (ask_row(&a))
		*out = (int)ask_get_int(&a, 0, INT32_MAX);
	return (ask_close(&a));
}

int
store_sqlite_cert_unused(
    struct store *s, int64_t before_ms, int limit, store_cert_fn *fn, void *arg)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_CERT_UNUSED);
	ask_put_int(&a, before_ms);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	return (give(&a, fn, arg));
}

int
store_sqlite_cert_ending_office(struct store *s, const struct id *office,
    int64_t from_ms, int64_t to_ms, int limit, store_cert_fn *fn, void *arg)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_CERT_ENDING_OFFICE);
	ask_put_int(&a, from_ms);
	ask_put_int(&a, to_ms);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	ask_put_id(&a, office);
	return (give(&a, fn, arg));
}

int
store_sqlite_cert_unused_office(struct store *s, const struct id *office,
    int64_t before_ms, int limit, store_cert_fn *fn, void *arg)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_CERT_UNUSED_OFFICE);
	ask_put_int(&a, before_ms);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	ask_put_id(&a, office);
	return (give(&a, fn, arg));
}

int
store_sqlite_cert_key_add(struct store *s, const struct rsa_key *row)
{
	struct ask a;

	if (row->len == 0 || row->len > sizeof(row->modulus))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_RSA_KEY_ADD);
	ask_put_id(&a, &row->office);
	ask_put_int(&a, row->issued_ms);
	ask_put_blob(&a, row->serial, sizeof(row->serial));
	ask_put_blob(&a, row->modulus, row->len);
	return (ask_run(&a, NULL));
}

int
store_sqlite_cert_key_list(struct store *s, int64_t since_ms, int limit,
    store_rsa_key_fn *fn, void *arg)
{
	struct rsa_key row;
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_RSA_KEY_LIST);
	ask_put_int(&a, since_ms);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	while (ask_row(&a)) {
		ask_get_id(&a, &row.office);
		row.issued_ms = ask_get_int(&a, 0, INT64_MAX);
		get_exactly(&a, row.serial, sizeof(row.serial));
		row.len = ask_get_blob(&a, row.modulus, sizeof(row.modulus));
		if (a.r == 0)
			a.r = fn(arg, &row);
	}
	return (ask_close(&a));
}
