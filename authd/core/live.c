#include <stdio.h>
#include <string.h>

#include "authd/core/live.h"
#include "authd/core/seen.h"
#include "certs/x509_chain.h"

/* A use that was written down so lately needs no other row. */
#define SEEN_AGAIN_MS 60000

const char *
live_state(const struct cert *row, int64_t wall_ms)
{
	if (row->revoked_ms != 0)
		return ("revoked");
	if (wall_ms < row->not_before_ms)
		return ("not_yet_valid");
	return (wall_ms > row->not_after_ms ? "expired" : NULL);
}

static const char *
chain_word(enum x509_chain_verdict v)
{
	switch (v) {
	case X509_CHAIN_GOOD:
		return (NULL);
	case X509_CHAIN_UNREAD:
		return ("unreadable");
	case X509_CHAIN_DATES:
		return ("out_of_date");
	case X509_CHAIN_PURPOSE:
		return ("wrong_purpose");
	case X509_CHAIN_FORM:
		return ("wrong_form");
	case X509_CHAIN_FOREIGN:
		break;
	}
	return ("foreign");
}

int
live_look(struct core *c, const struct act *act, const uint8_t *der, size_t len,
    enum cert_kind kind, struct cert *row, const char **why)
{
	uint8_t fingerprint[CERT_FINGERPRINT_LEN];
	enum x509_chain_verdict v = X509_CHAIN_UNREAD;
	struct x509_chain_leaf leaf;
	int r;

	memset(row, 0, sizeof(*row));
	*why = "unreadable";
	if (len == 0 || len > CERT_DER_MAX)
		return (0);
	if ((r = x509_chain_fingerprint(der, len, row->fingerprint)) != 0)
		return (r);
	memcpy(fingerprint, row->fingerprint, sizeof(fingerprint));
	if (c->trust == NULL) {
		*why = "no_ca";
		return (0);
	}
	if ((r = x509_chain_check(
		 c->trust, der, len, act->now.wall_ms, &leaf, &v)) != 0)
		return (r);
	*why = chain_word(v);
	if (v != X509_CHAIN_GOOD && v != X509_CHAIN_DATES)
		return (0);
	r = c->store->ops->cert_by_fingerprint(
	    c->store, leaf.serial, fingerprint, row);
	if (r == ERR_NOTFOUND) {
		/* Signed by our key, and nobody wrote it down. */
		memcpy(row->fingerprint, fingerprint, sizeof(fingerprint));
		*why = "not_ours";
		return (0);
	}
	if (r != 0) {
		*why = "failed";
		return (r);
	}
	if (row->der_len != len || memcmp(row->der, der, len) != 0)
		*why = "not_ours";
	else if (row->kind != kind)
		*why = "wrong_kind";
	else if (live_state(row, act->now.wall_ms) != NULL)
		*why = live_state(row, act->now.wall_ms);
	return (0);
}

void
live_seen(struct core *c, const struct act *act, const struct cert *row,
    const char *login, const char *why)
{
	struct seen_use use;

	if (c->seen == NULL)
		return;
	if (why == NULL && row->first_seen_ms != 0 &&
	    act->now.wall_ms >= row->last_seen_ms &&
	    act->now.wall_ms - row->last_seen_ms < SEEN_AGAIN_MS &&
	    strcmp(row->last_source, act->source) == 0)
		return;
	memset(&use, 0, sizeof(use));
	memcpy(use.serial, row->serial, sizeof(use.serial));
	memcpy(use.fingerprint, row->fingerprint, sizeof(use.fingerprint));
	snprintf(use.login, sizeof(use.login), "%s", login);
	snprintf(use.reason, sizeof(use.reason), "%s", why == NULL ? "" : why);
	use.act = *act;
	seen_note(c->seen, &use);
}
