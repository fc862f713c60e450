#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/core/session_seen.h"

#define SLOTS_FIRST 1024

struct slot {
	struct session_seen_row row; /* id zero: free */
	int64_t since_steady;        /* of the first use not yet written */
};

/* Open addressing: a place is looked for from the id's own one upwards. Ids
 * end in random bits of ours, so nobody chooses places. */
struct session_seen {
	pthread_mutex_t lock;
	struct slot *slots;
	size_t size, used; /* size is a power of two, at most half used */
	size_t at;         /* where the next taking goes on */
	struct session_seen_row batch[SESSION_SEEN_BATCH];
	size_t batch_n;
};

int
session_seen_new(struct session_seen **out)
{
	struct session_seen *s;

	if ((s = calloc(1, sizeof(*s))) == NULL ||
	    (s->slots = calloc(SLOTS_FIRST, sizeof(*s->slots))) == NULL) {
		free(s);
		return (log_fr(ERR_NOMEM, "sessions in use"));
	}
	s->size = SLOTS_FIRST;
	if (pthread_mutex_init(&s->lock, NULL) != 0) {
		free(s->slots);
		free(s);
		return (log_fr(ERR_NOMEM, "sessions in use"));
	}
	*out = s;
	return (0);
}

void
session_seen_free(struct session_seen *s)
{
	if (s == NULL)
		return;
	pthread_mutex_destroy(&s->lock);
	free(s->slots);
	free(s);
}

/* Its place, or the free one where it would go. */
static size_t
place_of(const struct slot *slots, size_t size, const struct id *id)
{
	uint64_t hash;
	size_t i;

	memcpy(&hash, id->b + ID_LEN - sizeof(hash), sizeof(hash));
	hash *= 0x9e3779b97f4a7c15; /* some of its bits are always the same */
	for (i = hash >> 32 & (size - 1); !id_is_zero(&slots[i].row.id) &&
	     !id_equal(&slots[i].row.id, id);)
		i = (i + 1) & (size - 1);
	return (i);
}

static bool
grow(struct session_seen *s)
{
	size_t size = s->size * 2, i;
	struct slot *slots;

	if (size > 2 * SESSION_SEEN_MAX ||
	    (slots = calloc(size, sizeof(*slots))) == NULL)
		return (false);
	for (i = 0; i < s->size; i++)
		if (!id_is_zero(&s->slots[i].row.id))
			slots[place_of(slots, size, &s->slots[i].row.id)] =
			    s->slots[i];
	free(s->slots);
	s->slots = slots;
	s->size = size;
	s->at = 0;
	return (true);
}

/* Those behind it move up, so that each is found from its own place on. */
static void
remove_at(struct session_seen *s, size_t i)
{
	struct slot moved;
	size_t j = i;

	memset(&s->slots[i], 0, sizeof(s->slots[i]));
	s->used--;
	for (;;) {
		j = (j + 1) & (s->size - 1);
		if (id_is_zero(&s->slots[j].row.id))
			return;
		moved = s->slots[j];
		memset(&s->slots[j], 0, sizeof(s->slots[j]));
		s->slots[place_of(s->slots, s->size, &moved.row.id)] = moved;
	}
}

void
session_seen_note(struct session_seen *s, const struct session *row,
    const struct moment *now)
{
	struct slot *slot;

	pthread_mutex_lock(&s->lock);
	slot = &s->slots[place_of(s->slots, s->size, &row->id)];
	if (id_is_zero(&slot->row.id)) {
		if (2 * (s->used + 1) > s->size && !grow(s)) {
			pthread_mutex_unlock(&s->lock);
			return;
		}
		slot = &s->slots[place_of(s->slots, s->size, &row->id)];
		slot->row.office = row->office;
		slot->row.account = row->account;
		slot->row.id = row->id;
		slot->since_steady = now->steady_ms;
		s->used++;
	}
	if (slot->row.seen_ms < now->wall_ms)
		slot->row.seen_ms = now->wall_ms;
	if (slot->row.seen_steady < now->steady_ms)
		slot->row.seen_steady = now->steady_ms;
	pthread_mutex_unlock(&s->lock);
}

int64_t
session_seen_find(struct session_seen *s, const struct id *id)
{
	int64_t seen;

	pthread_mutex_lock(&s->lock);
	seen = s->slots[place_of(s->slots, s->size, id)].row.seen_steady;
	pthread_mutex_unlock(&s->lock);
	return (seen);
}

const struct session_seen_row *
session_seen_take(
    struct session_seen *s, const struct moment *now, bool all, size_t *n)
{
	const struct slot *slot;
	size_t i;

	pthread_mutex_lock(&s->lock);
	s->batch_n = 0;
	for (i = 0; i < s->size && s->batch_n < SESSION_SEEN_BATCH; i++) {
		slot = &s->slots[s->at];
		s->at = (s->at + 1) & (s->size - 1);
		if (!id_is_zero(&slot->row.id) &&
		    (all ||
			now->steady_ms - slot->since_steady >= SESSION_SEEN_MS))
			s->batch[s->batch_n++] = slot->row;
	}
	*n = s->batch_n;
	pthread_mutex_unlock(&s->lock);
	return (s->batch);
}

void
session_seen_stored(struct session_seen *s, bool is_stored)
{
	struct slot *slot;
	size_t i, at;

	pthread_mutex_lock(&s->lock);
	for (i = 0; is_stored && i < s->batch_n; i++) {
		at = place_of(s->slots, s->size, &s->batch[i].id);
		slot = &s->slots[at];
		if (id_is_zero(&slot->row.id))
			continue;
		/* Used again meanwhile: written again, later. */
		if (slot->row.seen_steady > s->batch[i].seen_steady)
			slot->since_steady = slot->row.seen_steady;
		else
			remove_at(s, at);
	}
	s->batch_n = 0;
	pthread_mutex_unlock(&s->lock);
}
