#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/core/session_seen.h"

/* Each has a lock of its own, held for no longer than it takes to look at all of
 * its places: a page asks for one, the writer for all in turn. */
#define SHARDS      16
#define SLOTS_FIRST 64
#define SLOTS_MAX   (SESSION_SEEN_PLACES / SHARDS)

struct slot {
	struct id office, account, id; /* id zero: free */
	int64_t seen_steady;
	/* Of the first use not yet written; or, when all is written, minus the
	 * time of that. */
	int64_t since_steady;
};

/* Open addressing: a place is looked for from the id's own one upwards. Ids
 * end in random bits of ours, so nobody chooses places. */
struct shard {
	pthread_mutex_t lock;
	struct slot *slots;
	size_t size, used; /* size is a power of two, at most 3/4 used */
};

struct session_seen {
	struct shard shards[SHARDS];
	size_t at; /* the shard where the next taking goes on */
	struct session_seen_row batch[SESSION_SEEN_BATCH];
	size_t batch_n;
	int64_t batch_steady; /* when it was taken */
};

int
session_seen_new(struct session_seen **out)
{
	struct session_seen *s;
	struct shard *h;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (log_fr(ERR_NOMEM, "sessions in use"));
	for (h = s->shards; h < s->shards + SHARDS; h++) {
		(void)pthread_mutex_init(&h->lock, NULL);
		h->size = SLOTS_FIRST;
		h->slots = calloc(SLOTS_FIRST, sizeof(*h->slots));
	}
	for (h = s->shards; h < s->shards + SHARDS; h++)
		if (h->slots == NULL) {
			session_seen_free(s);
			return (log_fr(ERR_NOMEM, "sessions in use"));
		}
	*out = s;
	return (0);
}

void
session_seen_free(struct session_seen *s)
{
	struct shard *h;

	if (s == NULL)
		return;
	for (h = s->shards; h < s->shards + SHARDS; h++) {
		pthread_mutex_destroy(&h->lock);
		free(h->slots);
	}
	free(s);
}

static uint64_t
hash_of(const struct id *id)
{
	uint64_t hash;

	memcpy(&hash, id->b + ID_LEN - sizeof(hash), sizeof(hash));
	/* some of its bits are always the same */
	return (hash * 0x9e3779b97f4a7c15);
}

static struct shard *
shard_of(struct session_seen *s, const struct id *id)
{
	return (&s->shards[(hash_of(id) >> 60) % SHARDS]);
}

/* Its place, or the free one where it would go. */
static size_t
place_of(const struct slot *slots, size_t size, const struct id *id)
{
	size_t i;

	for (i = hash_of(id) >> 32 & (size - 1);
	     !id_is_zero(&slots[i].id) && !id_equal(&slots[i].id, id);)
		i = (i + 1) & (size - 1);
	return (i);
}

static bool
grow(struct shard *h)
{
	size_t size = h->size * 2, i;
	struct slot *slots;

	if (size > SLOTS_MAX ||
	    (slots = calloc(size, sizeof(*slots))) == NULL)
		return (false);
	for (i = 0; i < h->size; i++)
		if (!id_is_zero(&h->slots[i].id))
			slots[place_of(slots, size, &h->slots[i].id)] =
			    h->slots[i];
	free(h->slots);
	h->slots = slots;
	h->size = size;
	return (true);
}

/* Those behind it move up, so that each is found from its own place on. */
static void
remove_at(struct shard *h, size_t i)
{
	struct slot moved;
	size_t j = i;

	memset(&h->slots[i], 0, sizeof(h->slots[i]));
	h->used--;
	for (;;) {
		j = (j + 1) & (h->size - 1);
		if (id_is_zero(&h->slots[j].id))
			return;
		moved = h->slots[j];
		memset(&h->slots[j], 0, sizeof(h->slots[j]));
		h->slots[place_of(h->slots, h->size, &moved.id)] = moved;
	}
}

void
session_seen_note(struct session_seen *s, const struct session *row,
    const struct moment *now)
{
	struct shard *h = shard_of(s, &row->id);
	struct slot *slot;

	pthread_mutex_lock(&h->lock);
	slot = &h->slots[place_of(h->slots, h->size, &row->id)];
	if (id_is_zero(&slot->id)) {
		if (4 * (h->used + 1) > 3 * h->size && !grow(h)) {
			pthread_mutex_unlock(&h->lock);
			return;
		}
		slot = &h->slots[place_of(h->slots, h->size, &row->id)];
		slot->office = row->office;
		slot->account = row->account;
		slot->id = row->id;
		slot->since_steady = now->steady_ms;
		h->used++;
	}
	if (slot->seen_steady < now->steady_ms) {
		slot->seen_steady = now->steady_ms;
		if (slot->since_steady < 0)
			slot->since_steady = now->steady_ms;
	}
	pthread_mutex_unlock(&h->lock);
}

int64_t
session_seen_find(struct session_seen *s, const struct id *id)
{
	struct shard *h = shard_of(s, id);
	int64_t seen;

	pthread_mutex_lock(&h->lock);
	seen = h->slots[place_of(h->slots, h->size, id)].seen_steady;
	pthread_mutex_unlock(&h->lock);
	return (seen);
}

static bool
is_due(const struct slot *slot, const struct moment *now, bool all)
{
	return (slot->since_steady >= 0 &&
	    (all || now->steady_ms - slot->since_steady >= SESSION_SEEN_MS));
}

/* What of one shard is due, as far as there is room; and what was written long
 * ago is forgotten. */
static void
take_of(struct session_seen *s, struct shard *h, const struct moment *now,
    bool all)
{
	struct session_seen_row *row;
	const struct slot *slot;
	size_t i;

	for (i = 0; i < h->size && s->batch_n < SESSION_SEEN_BATCH; i++) {
		/* another one may move up to this place */
		while (h->slots[i].since_steady < 0 &&
		    now->steady_ms + h->slots[i].since_steady >=
			SESSION_SEEN_KEPT_MS)
			remove_at(h, i);
		slot = &h->slots[i];
		if (id_is_zero(&slot->id) || !is_due(slot, now, all))
			continue;
		row = &s->batch[s->batch_n++];
		row->office = slot->office;
		row->account = slot->account;
		row->id = slot->id;
		row->seen_steady = slot->seen_steady;
		row->seen_ms =
		    now->wall_ms - (now->steady_ms - slot->seen_steady);
	}
}

const struct session_seen_row *
session_seen_take(
    struct session_seen *s, const struct moment *now, bool all, size_t *n)
{
	struct shard *h;
	size_t i;

	s->batch_n = 0;
	s->batch_steady = now->steady_ms;
	for (i = 0; i < SHARDS; i++) {
		h = &s->shards[s->at];
		pthread_mutex_lock(&h->lock);
		take_of(s, h, now, all);
		pthread_mutex_unlock(&h->lock);
		if (s->batch_n == SESSION_SEEN_BATCH)
			break;
		s->at = (s->at + 1) % SHARDS;
	}
	*n = s->batch_n;
	return (s->batch);
}

void
session_seen_stored(struct session_seen *s, bool is_stored)
{
	const struct session_seen_row *row;
	struct shard *h;
	struct slot *slot;
	size_t i;

	for (i = 0; is_stored && i < s->batch_n; i++) {
		row = &s->batch[i];
		h = shard_of(s, &row->id);
		pthread_mutex_lock(&h->lock);
		slot = &h->slots[place_of(h->slots, h->size, &row->id)];
		/* Used again meanwhile: written again, later. */
		if (slot->seen_steady > row->seen_steady)
			slot->since_steady = slot->seen_steady;
		else if (!id_is_zero(&slot->id))
			slot->since_steady = -s->batch_steady;
		pthread_mutex_unlock(&h->lock);
	}
	s->batch_n = 0;
}

bool
session_seen_is_behind(const struct session_seen *s)
{
	return (s->batch_n == SESSION_SEEN_BATCH);
}
