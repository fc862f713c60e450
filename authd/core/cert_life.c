#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/text.h"
#include "authd/core/cert_life.h"
#include "authd/core/journal.h"
#include "authd/core/seen.h"

#define DAY_MS   (24 * 3600 * 1000LL)
#define EVERY_MS (3600 * 1000LL)

/* From the nearest to the farthest. */
static const int told_days[] = { 10, 30, 60, 90 };

#define TOLD_N (sizeof(told_days) / sizeof(told_days[0]))

/* One record of a use, as of when and by whom it was. */
static int
note_use(struct core *c, const struct seen_use *u, const struct cert_view *v)
{
	char detail[AUDIT_DETAIL_MAX + 1];
	char serial[CERT_SERIAL_TEXT + 1] = "unknown";
	char fingerprint[2 * CERT_FINGERPRINT_LEN + 1];
	bool is_host = v != NULL && v->cert.kind == CERT_HOST;
	const struct journal_entry e = {
		.office = v == NULL ? NULL : v->office,
		.account = u->login,
		.device = v == NULL || is_host ? NULL : &v->cert.holder,
		.action = "cert.use",
		.result = u->reason[0] == '\0' ? "accept" : "refuse",
		.reason = u->reason,
		.detail = detail,
	};

	if (v != NULL)
		cert_serial_put(v->cert.serial, serial);
	text_put_hex(u->fingerprint, sizeof(u->fingerprint), fingerprint);
	snprintf(detail, sizeof(detail),
	    "serial=%s fingerprint=%s%s%s times=%d", serial, fingerprint,
	    is_host ? " host=" : "", is_host ? v->host : "", u->n);
	return (journal_add(c->journal, &u->act, &e));
}

/* The certificate in question, when it is one of ours. */
static int
find(struct core *c, const struct act *act, const struct seen_use *u,
    struct cert_view *v, bool *is_known)
{
	static const uint8_t none[CERT_SERIAL_LEN];
	struct cert row;
	int r;

	*is_known = false;
	if (memcmp(u->serial, none, sizeof(none)) == 0)
		return (0);
	r = c->store->ops->cert_by_serial(c->store, u->serial, &row);
	if (r == 0)
		r = cert_view(c, act, &row, v);
	*is_known = r == 0;
	return (r == ERR_NOTFOUND ? 0 : r);
}

static int
write_use(struct core *c, const struct act *act, const struct seen_use *u)
{
	int64_t at_ms = u->act.now.wall_ms;
	struct cert_view v;
	bool is_known;
	int r;

	if ((r = find(c, act, u, &v, &is_known)) != 0)
		return (r);
	if (u->reason[0] != '\0' || !is_known)
		return (note_use(c, u, is_known ? &v : NULL));
	r = c->store->ops->cert_seen(c->store, &v.cert, at_ms, u->act.source);
	if (r != 0)
		return (r);
	/* From its first use on it stands for the terminal alone. */
	if (v.cert.first_seen_ms == 0)
		r = cert_revoke_holder(c, act, &v.cert.office, &v.cert.holder,
		    &v.cert, CERT_SUPERSEDED, "renewed");
	if (r == 0 &&
	    (v.cert.first_seen_ms == 0 ||
		at_ms - v.cert.last_seen_ms >= CERT_LIFE_PAUSE_MS))
		r = note_use(c, u, &v);
	return (r);
}

int
cert_life_uses(struct core *c, const struct act *act)
{
	struct seen_use use;
	int64_t dropped;
	int i, r = 0;

	if (c->seen == NULL)
		return (0);
	for (i = 0; r == 0 && i < CERT_LIFE_USES_MAX &&
	     seen_take(c->seen, &use);
	     i++) {
		r = write_use(c, act, &use);
		/* one that no record can be made of would come for ever */
		r = r == ERR_INVALID ? 0 : r;
	}
	if ((dropped = seen_dropped(c->seen)) > 0)
		log_warn("uses of certificates not written down: %lld",
		    (long long)dropped);
	return (r);
}

void
cert_life_uses_ended(struct core *c, int r)
{
	if (c->seen != NULL)
		seen_stored(c->seen, r == 0);
}

/* A round of certificates, out of their listing. */
struct round {
	int n;
	struct cert rows[CERT_LIFE_ROUND];
};

static int
collect(void *arg, const struct cert *row)
{
	struct round *round = arg;

	round->rows[round->n++] = *row;
	return (0);
}

static int
tell(struct core *c, const struct act *act, const struct cert *row, int days)
{
	char detail[AUDIT_DETAIL_MAX + 1], serial[CERT_SERIAL_TEXT + 1];
	struct cert_view v;
	const struct journal_entry e = {
		.office = v.office,
		.device = row->kind == CERT_HOST ? NULL : &row->holder,
		.action = "cert.ending",
		.result = "done",
		.detail = detail,
	};
	int r;

	if ((r = cert_view(c, act, row, &v)) != 0 ||
	    (r = c->store->ops->cert_told(c->store, row, days)) != 0)
		return (r);
	cert_serial_put(row->serial, serial);
	snprintf(detail, sizeof(detail), "serial=%s days=%d%s%s", serial, days,
	    v.host[0] == '\0' ? "" : " host=", v.host);
	log_info("certificate %s of %s ends within %d days", serial,
	    row->kind == CERT_HOST ? v.host : v.terminal.label, days);
	return (journal_add(c->journal, act, &e));
}

/* The nearest day first, so that each certificate is told of once. */
static int
tell_ends(
    struct core *c, const struct act *act, struct round *round, bool *more)
{
	int64_t now_ms = act->now.wall_ms;
	size_t d;
	int i, r = 0;

	for (d = 0; d < TOLD_N && r == 0; d++) {
		round->n = 0;
		r = c->store->ops->cert_ending(c->store, now_ms,
		    now_ms + told_days[d] * DAY_MS, told_days[d],
		    CERT_LIFE_ROUND, collect, round);
		for (i = 0; r == 0 && i < round->n; i++)
			r = tell(c, act, &round->rows[i], told_days[d]);
		*more = *more || round->n == CERT_LIFE_ROUND;
	}
	return (r);
}

static int
revoke_unused(
    struct core *c, const struct act *act, struct round *round, bool *more)
{
	int64_t before_ms;
	int i, r;

	if (c->policy->cert_unused_days <= 0)
		return (0);
	before_ms = act->now.wall_ms - c->policy->cert_unused_days * DAY_MS;
	round->n = 0;
	r = c->store->ops->cert_unused(
	    c->store, before_ms, CERT_LIFE_ROUND, collect, round);
	for (i = 0; r == 0 && i < round->n; i++)
		r = cert_revoke_row(
		    c, act, &round->rows[i], CERT_UNSPECIFIED, "never_used");
	*more = *more || round->n == CERT_LIFE_ROUND;
	return (r);
}

int
cert_life_tick(struct core *c, const struct act *act, struct cert_life *life)
{
	struct round *round;
	bool more = false;
	int r;

	if (life->looked_ms != 0 && !life->is_more &&
	    act->now.steady_ms - life->looked_ms < EVERY_MS)
		return (0);
	if ((round = malloc(sizeof(*round))) == NULL)
		return (ERR_NOMEM);
	if ((r = tell_ends(c, act, round, &more)) == 0)
		r = revoke_unused(c, act, round, &more);
	free(round);
	life->looked_ms = act->now.steady_ms;
	life->is_more = more;
	return (r);
}

int
cert_life_count(
    struct core *c, const struct act *act, struct cert_life_counts *out)
{
	int64_t now_ms = act->now.wall_ms, from_ms = now_ms;
	size_t d;
	int r = 0;

	memset(out, 0, sizeof(*out));
	for (d = 0; d < TOLD_N && r == 0; d++) {
		r = c->store->ops->cert_ending_count(c->store, from_ms,
		    now_ms + told_days[d] * DAY_MS, &out->within[d]);
		from_ms = now_ms + told_days[d] * DAY_MS + 1;
	}
	return (r);
}
