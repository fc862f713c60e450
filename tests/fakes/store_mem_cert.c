#include <string.h>

#include "tests/fakes/store_mem_impl.h"

static struct host *
find_host(struct store *s, const struct id *id, const char *name)
{
	struct host *h;
	size_t i;

	for (i = 0; i < store_mem_count(s, HOSTS); i++) {
		h = store_mem_at(s, HOSTS, i);
		if ((id != NULL && id_equal(&h->id, id)) ||
		    (name != NULL && strcmp(h->name, name) == 0))
			return (h);
	}
	return (NULL);
}

static int
op_host_add(struct store *s, const struct host *row)
{
	int r;

	if (!rows_host_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if (find_host(s, &row->id, row->name) != NULL)
		return (ERR_EXISTS);
	store_mem_add(s, HOSTS, row);
	return (0);
}

static int
op_host_set(struct store *s, const struct host *row)
{
	struct host *h;
	int r;

	if (!rows_host_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if ((h = find_host(s, NULL, row->name)) == NULL)
		return (ERR_NOTFOUND);
	h->rights = row->rights;
	return (0);
}

static int
give_host(struct store *s, const struct host *h, struct host *out)
{
	int r = store_mem_may_read(s);

	memset(out, 0, sizeof(*out));
	if (r == 0 && h == NULL)
		r = ERR_NOTFOUND;
	if (r == 0)
		*out = *h;
	return (r);
}

static int
op_host_by_name(struct store *s, const char *name, struct host *out)
{
	return (give_host(s, find_host(s, NULL, name), out));
}

static int
op_host_by_id(struct store *s, const struct id *id, struct host *out)
{
	return (give_host(s, find_host(s, id, NULL), out));
}

static int
op_host_list(
    struct store *s, const char *after, int limit, store_host_fn *fn, void *arg)
{
	const struct host *h, *best;
	int r = store_mem_may_read(s);
	size_t i;

	for (; r == 0 && limit > 0; limit--, after = best->name) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, HOSTS); i++) {
			h = store_mem_at(s, HOSTS, i);
			if (strcmp(h->name, after) > 0 &&
			    (best == NULL || strcmp(h->name, best->name) < 0))
				best = h;
		}
		if (best == NULL)
			break;
		r = fn(arg, best);
	}
	return (r);
}

static struct cert *
find_cert(struct store *s, const uint8_t *serial)
{
	struct cert *c;
	size_t i;

	for (i = 0; i < store_mem_count(s, CERTS); i++) {
		c = store_mem_at(s, CERTS, i);
		if (memcmp(c->serial, serial, CERT_SERIAL_LEN) == 0)
			return (c);
	}
	return (NULL);
}

static int
op_cert_add(struct store *s, const struct cert *row)
{
	struct terminal t;
	int r;

	if (!rows_cert_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if (row->kind == CERT_HOST) {
		if (find_host(s, &row->holder, NULL) == NULL)
			return (ERR_NOTFOUND);
	} else if ((r = s->ops->terminal_get(s, &row->holder, &t)) != 0)
		return (r);
	else if (!id_equal(&t.office, &row->office))
		return (ERR_NOTFOUND);
	if (find_cert(s, row->serial) != NULL)
		return (ERR_EXISTS);
	store_mem_add(s, CERTS, row);
	return (0);
}

static int
give(struct store *s, const struct cert *c, struct cert *out)
{
	int r = store_mem_may_read(s);

	memset(out, 0, sizeof(*out));
	if (r == 0 && c == NULL)
		r = ERR_NOTFOUND;
	if (r == 0)
		*out = *c;
	return (r);
}

static int
op_cert_by_serial(
    struct store *s, const uint8_t serial[CERT_SERIAL_LEN], struct cert *out)
{
	return (give(s, find_cert(s, serial), out));
}

static int
op_cert_by_fingerprint(struct store *s, const uint8_t serial[CERT_SERIAL_LEN],
    const uint8_t fingerprint[CERT_FINGERPRINT_LEN], struct cert *out)
{
	struct cert *c = find_cert(s, serial);

	if (c != NULL &&
	    memcmp(c->fingerprint, fingerprint, CERT_FINGERPRINT_LEN) != 0)
		c = NULL;
	return (give(s, c, out));
}

/* What a listing goes by, then the serial. */
typedef int64_t order_fn(const struct cert *c);

static int64_t
by_issue(const struct cert *c)
{
	return (c->issued_ms);
}

static int64_t
by_end(const struct cert *c)
{
	return (c->not_after_ms);
}

struct wanted {
	const struct id *office, *holder; /* NULL: any */
	bool is_revoked, is_live, is_unused;
	int64_t from_end, to_end, to_issue;
	int told_above; /* or never told */
};

static bool
is_wanted(const struct wanted *w, const struct cert *c)
{
	return ((w->office == NULL || id_equal(w->office, &c->office)) &&
	    (w->holder == NULL || id_equal(w->holder, &c->holder)) &&
	    (!w->is_revoked || c->revoked_ms != 0) &&
	    (!w->is_live || c->revoked_ms == 0) &&
	    (!w->is_unused || c->first_seen_ms == 0) &&
	    c->not_after_ms >= w->from_end && c->not_after_ms <= w->to_end &&
	    c->issued_ms <= w->to_issue &&
	    (c->told_days == 0 || c->told_days > w->told_above));
}

static bool
is_after(order_fn *order, const struct cert *a, const struct cert *b)
{
	if (order(a) != order(b))
		return (order(a) > order(b));
	return (memcmp(a->serial, b->serial, CERT_SERIAL_LEN) > 0);
}

static int
list(struct store *s, const struct wanted *w, order_fn *order,
    const struct cert *after, int limit, store_cert_fn *fn, void *arg)
{
	const struct cert *c, *best;
	int r = store_mem_may_read(s);
	size_t i;

	for (; r == 0 && limit > 0; limit--, after = best) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, CERTS); i++) {
			c = store_mem_at(s, CERTS, i);
			if (is_wanted(w, c) &&
			    (after == NULL || is_after(order, c, after)) &&
			    (best == NULL || is_after(order, best, c)))
				best = c;
		}
		if (best == NULL)
			break;
		r = fn(arg, best);
	}
	return (r);
}

static int
op_cert_list(struct store *s, const struct id *office, const struct id *holder,
    const struct cert *after, int limit, store_cert_fn *fn, void *arg)
{
	static const struct id hosts;
	const struct wanted w = {
		.office = holder != NULL && office == NULL ? &hosts : office,
		.holder = holder,
		.from_end = INT64_MIN,
		.to_end = INT64_MAX,
		.to_issue = INT64_MAX,
	};

	return (list(s, &w, by_issue, after, limit, fn, arg));
}

static struct cert *
of_key(struct store *s, const struct cert *key)
{
	struct cert *c = find_cert(s, key->serial);

	return (c != NULL && id_equal(&c->office, &key->office) ? c : NULL);
}

static int
op_cert_revoke(struct store *s, const struct cert *key, enum cert_reason reason,
    int64_t now_ms)
{
	struct cert *c = of_key(s, key);
	int r;

	if (reason <= CERT_NOT_REVOKED || reason > CERT_LEFT || now_ms <= 0)
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if (c == NULL)
		return (ERR_NOTFOUND);
	if (c->revoked_ms != 0)
		return (ERR_WRONG_STATE);
	c->revoked_ms = now_ms;
	c->reason = reason;
	return (0);
}

static int
op_cert_seen(
    struct store *s, const struct cert *key, int64_t at_ms, const char *source)
{
	struct cert *c = of_key(s, key);
	size_t n = strlen(source);
	int r;

	if (at_ms <= 0 || n > AUDIT_SOURCE_MAX)
		return (ERR_INVALID);
	if ((r = store_mem_may_note(s)) != 0)
		return (r);
	if (c == NULL)
		return (ERR_NOTFOUND);
	if (c->first_seen_ms == 0)
		c->first_seen_ms = at_ms;
	if (c->last_seen_ms < at_ms) {
		c->last_seen_ms = at_ms;
		memcpy(c->last_source, source, n + 1);
	}
	return (0);
}

static int
op_cert_told(struct store *s, const struct cert *key, int days)
{
	struct cert *c = of_key(s, key);
	int r;

	if (days < 0)
		return (ERR_INVALID);
	if ((r = store_mem_may_note(s)) != 0)
		return (r);
	if (c == NULL)
		return (ERR_NOTFOUND);
	c->told_days = days;
	return (0);
}

static int
op_cert_revoked(struct store *s, int64_t end_ms, store_cert_fn *fn, void *arg)
{
	const struct wanted w = {
		.is_revoked = true,
		.from_end = end_ms == INT64_MAX ? end_ms : end_ms + 1,
		.to_end = INT64_MAX,
		.to_issue = INT64_MAX,
	};

	return (list(s, &w, by_end, NULL, INT32_MAX, fn, arg));
}

static int
op_cert_ending(struct store *s, int64_t from_ms, int64_t to_ms, int days,
    int limit, store_cert_fn *fn, void *arg)
{
	const struct wanted w = {
		.is_live = true,
		.from_end = from_ms,
		.to_end = to_ms,
		.to_issue = INT64_MAX,
		.told_above = days,
	};

	return (list(s, &w, by_end, NULL, limit, fn, arg));
}

static int
count_one(void *arg, const struct cert *row)
{
	(void)row;
	(*(int *)arg)++;
	return (0);
}

static int
op_cert_ending_count(
    struct store *s, int64_t from_ms, int64_t to_ms, int *out)
{
	*out = 0;
	return (op_cert_ending(
	    s, from_ms, to_ms, -1, INT32_MAX, count_one, out));
}

static int
op_cert_unused(
    struct store *s, int64_t before_ms, int limit, store_cert_fn *fn, void *arg)
{
	const struct wanted w = {
		.is_live = true,
		.is_unused = true,
		.from_end = INT64_MIN,
		.to_end = INT64_MAX,
		.to_issue = before_ms - 1,
	};

	return (list(s, &w, by_issue, NULL, limit, fn, arg));
}

static int
op_cert_ending_office(struct store *s, const struct id *office,
    int64_t from_ms, int64_t to_ms, int limit, store_cert_fn *fn, void *arg)
{
	const struct wanted w = {
		.office = office,
		.is_live = true,
		.from_end = from_ms,
		.to_end = to_ms,
		.to_issue = INT64_MAX,
	};

	return (list(s, &w, by_end, NULL, limit, fn, arg));
}

static int
op_cert_unused_office(struct store *s, const struct id *office,
    int64_t before_ms, int limit, store_cert_fn *fn, void *arg)
{
	const struct wanted w = {
		.office = office,
		.is_live = true,
		.is_unused = true,
		.from_end = INT64_MIN,
		.to_end = INT64_MAX,
		.to_issue = before_ms - 1,
	};

	return (list(s, &w, by_issue, NULL, limit, fn, arg));
}

static int
op_rsa_key_add(struct store *s, const struct rsa_key *row)
{
	const struct rsa_key *k;
	size_t i;
	int r;

	if (row->len == 0 || row->len > sizeof(row->modulus))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	for (i = 0; i < store_mem_count(s, RSA_KEYS); i++) {
		k = store_mem_at(s, RSA_KEYS, i);
		if (memcmp(k->serial, row->serial, CERT_SERIAL_LEN) == 0)
			return (ERR_EXISTS);
	}
	store_mem_add(s, RSA_KEYS, row);
	return (0);
}

static bool
is_later(const struct rsa_key *a, const struct rsa_key *b)
{
	if (a->issued_ms != b->issued_ms)
		return (a->issued_ms > b->issued_ms);
	return (memcmp(a->serial, b->serial, CERT_SERIAL_LEN) > 0);
}

static int
op_rsa_key_list(struct store *s, int64_t since_ms, int limit,
    store_rsa_key_fn *fn, void *arg)
{
	const struct rsa_key *k, *best, *after = NULL;
	int r = store_mem_may_read(s);
	size_t i;

	for (; r == 0 && limit > 0; limit--, after = best) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, RSA_KEYS); i++) {
			k = store_mem_at(s, RSA_KEYS, i);
			if (k->issued_ms >= since_ms &&
			    (after == NULL || is_later(after, k)) &&
			    (best == NULL || is_later(k, best)))
				best = k;
		}
		if (best == NULL)
			break;
		r = fn(arg, best);
	}
	return (r);
}

void
store_mem_cert_fill(struct store_ops *ops)
{
	ops->host_add = op_host_add;
	ops->host_set = op_host_set;
	ops->host_by_name = op_host_by_name;
	ops->host_by_id = op_host_by_id;
	ops->host_list = op_host_list;
	ops->cert_add = op_cert_add;
	ops->cert_by_serial = op_cert_by_serial;
	ops->cert_by_fingerprint = op_cert_by_fingerprint;
	ops->cert_list = op_cert_list;
	ops->cert_revoke = op_cert_revoke;
	ops->cert_seen = op_cert_seen;
	ops->cert_told = op_cert_told;
	ops->cert_revoked = op_cert_revoked;
	ops->cert_ending = op_cert_ending;
	ops->cert_ending_count = op_cert_ending_count;
	ops->cert_unused = op_cert_unused;
	ops->cert_ending_office = op_cert_ending_office;
	ops->cert_unused_office = op_cert_unused_office;
	ops->rsa_key_add = op_rsa_key_add;
	ops->rsa_key_list = op_rsa_key_list;
}
