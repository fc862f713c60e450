#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "authd/core/seen.h"

#define SLOTS 4096 /* a power of two above SEEN_MAX */

struct seen {
	pthread_mutex_t lock;
	struct seen_use *uses;
	size_t n;
	uint16_t slots[SLOTS]; /* place in uses and 1; 0: free */
	int64_t dropped;
	struct seen_use *taken; /* no longer added to */
	size_t taken_n;         /* not yet taken; behind them those that were */
	size_t taken_all;       /* both: not yet known to be stored */
};

int
seen_new(struct seen **out)
{
	struct seen *s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (ERR_NOMEM);
	s->uses = calloc(SEEN_MAX, sizeof(*s->uses));
	s->taken = calloc(SEEN_MAX, sizeof(*s->taken));
	if (s->uses == NULL || s->taken == NULL ||
	    pthread_mutex_init(&s->lock, NULL) != 0) {
		free(s->uses);
		free(s->taken);
		free(s);
		return (ERR_NOMEM);
	}
	*out = s;
	return (0);
}

void
seen_free(struct seen *s)
{
	if (s == NULL)
		return;
	pthread_mutex_destroy(&s->lock);
	free(s->uses);
	free(s->taken);
	free(s);
}

static uint64_t
mix(uint64_t h, const void *p, size_t n)
{
	const uint8_t *b = p;

	while (n-- > 0)
		h = (h ^ *b++) * 0x100000001b3;
	return (h);
}

/* Serials and fingerprints are not of the caller's choice: FNV-1a will do. */
static size_t
slot_of(const struct seen_use *u)
{
	uint64_t h = 0xcbf29ce484222325;

	h = mix(h, u->serial, sizeof(u->serial));
	h = mix(h, u->reason, strlen(u->reason));
	h = mix(h, u->login, strlen(u->login));
	h = mix(h, u->act.actor, strlen(u->act.actor));
	h = mix(h, u->act.source, strlen(u->act.source));
	return ((h ^ h >> 32) & (SLOTS - 1));
}

static bool
is_alike(const struct seen_use *a, const struct seen_use *b)
{
	return (memcmp(a->serial, b->serial, sizeof(a->serial)) == 0 &&
	    strcmp(a->reason, b->reason) == 0 &&
	    strcmp(a->login, b->login) == 0 &&
	    strcmp(a->act.actor, b->act.actor) == 0 &&
	    strcmp(a->act.source, b->act.source) == 0);
}

/* The slot of what is alike, or the free one where it would be. */
static size_t
find(const struct seen *s, const struct seen_use *u)
{
	size_t at = slot_of(u);

	while (s->slots[at] != 0 && !is_alike(&s->uses[s->slots[at] - 1], u))
		at = (at + 1) & (SLOTS - 1);
	return (at);
}

void
seen_note(struct seen *s, const struct seen_use *use)
{
	struct seen_use *u;
	bool is_new;
	size_t at;
	int n;

	pthread_mutex_lock(&s->lock);
	at = find(s, use);
	is_new = s->slots[at] == 0;
	if (is_new && s->n == SEEN_MAX) {
		s->dropped++;
		goto out;
	}
	if (is_new)
		s->slots[at] = (uint16_t)++s->n;
	u = &s->uses[s->slots[at] - 1];
	n = is_new ? 0 : u->n;
	*u = *use;
	u->n = n == INT32_MAX ? n : n + 1;
out:
	pthread_mutex_unlock(&s->lock);
}

/* What was noted until now, at once: it is stored before what follows. */
static void
turn_over(struct seen *s)
{
	struct seen_use *empty = s->taken;

	s->taken = s->uses;
	s->taken_n = s->taken_all = s->n;
	s->uses = empty;
	s->n = 0;
	memset(s->slots, 0, sizeof(s->slots));
}

bool
seen_take(struct seen *s, struct seen_use *out)
{
	bool found;

	pthread_mutex_lock(&s->lock);
	if (s->taken_all == 0)
		turn_over(s);
	found = s->taken_n > 0;
	if (found)
		*out = s->taken[--s->taken_n];
	pthread_mutex_unlock(&s->lock);
	return (found);
}

void
seen_stored(struct seen *s, bool is_stored)
{
	pthread_mutex_lock(&s->lock);
	if (is_stored)
		s->taken_all = s->taken_n;
	else
		s->taken_n = s->taken_all;
	pthread_mutex_unlock(&s->lock);
}

bool
seen_is_empty(struct seen *s)
{
	bool is_empty;

	pthread_mutex_lock(&s->lock);
	is_empty = s->taken_all == 0 && s->n == 0;
	pthread_mutex_unlock(&s->lock);
	return (is_empty);
}

int64_t
seen_dropped(struct seen *s)
{
	int64_t n;

	pthread_mutex_lock(&s->lock);
	n = s->dropped;
	s->dropped = 0;
	pthread_mutex_unlock(&s->lock);
	return (n);
}
