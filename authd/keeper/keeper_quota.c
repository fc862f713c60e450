#include <string.h>

#include "authd/keeper/keeper_quota.h"

#define AHEAD 20 /* this part of the limit at a time */

static uint32_t *
slot(struct keeper_quota *q, int64_t bucket)
{
	return (&q->state->data.issued[bucket % KEEPER_STATE_BUCKETS]);
}

void
keeper_quota_init(struct keeper_quota *q, struct keeper_state *state,
    uint32_t limit, int64_t wall_ms, int64_t boot_ms)
{
	int64_t from_ms = state->data.issue_bucket * KEEPER_QUOTA_BUCKET_MS;

	memset(q, 0, sizeof(*q));
	q->state = state;
	q->limit = limit;
	q->offset_ms = (wall_ms > from_ms ? wall_ms : from_ms) - boot_ms;
}

void
keeper_quota_end(struct keeper_quota *q)
{
	if (q->spare == 0)
		return;
	*slot(q, q->state->data.issue_bucket) -= q->spare;
	q->spare = 0;
	q->state->is_dirty = true;
}

/* Bring the counters to this bucket: those in between are empty. */
static void
turn(struct keeper_quota *q, int64_t bucket)
{
	struct keeper_state_data *d = &q->state->data;
	int64_t b, first = d->issue_bucket + 1;

	if (bucket <= d->issue_bucket)
		return;
	keeper_quota_end(q);
	if (bucket - first >= KEEPER_STATE_BUCKETS)
		first = bucket - KEEPER_STATE_BUCKETS + 1;
	for (b = first; b <= bucket; b++)
		*slot(q, b) = 0;
	d->issue_bucket = bucket;
}

static uint64_t
used(const struct keeper_quota *q)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < KEEPER_STATE_BUCKETS; i++)
		sum += q->state->data.issued[i];
	return (sum);
}

int
keeper_quota_take(struct keeper_quota *q, int64_t boot_ms)
{
	uint64_t sum;
	uint32_t n;
	int r;

	turn(q, (boot_ms + q->offset_ms) / KEEPER_QUOTA_BUCKET_MS);
	if (q->spare > 0) {
		q->spare--;
		return (0);
	}
	if ((sum = used(q)) >= q->limit)
		return (ERR_BUSY);
	n = q->limit / AHEAD > 0 ? q->limit / AHEAD : 1;
	if (n > q->limit - sum)
		n = (uint32_t)(q->limit - sum);
	*slot(q, q->state->data.issue_bucket) += n;
	if ((r = keeper_state_save(q->state)) != 0) {
		*slot(q, q->state->data.issue_bucket) -= n;
		q->state->is_dirty = true;
		return (r);
	}
	q->spare = n - 1;
	return (0);
}
