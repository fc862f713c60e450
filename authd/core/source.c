#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/buf.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/core/source.h"
#include "authd/core/source_address.h"
#include "authd/core/source_slot.h"

#define WAYS     8 /* places an entry may take */
#define SETS     (SOURCE_MAX / WAYS)

/* Each job changes at most three entries, the timer's 32. */
#define UNDO_MAX (4 * BATCH_JOBS_MAX)

struct undo {
	struct source_slot *slot;
	struct source_slot before;
	size_t holding;
};

struct sources {
	uint8_t key[32];
	/* Held by the writer to change a slot, by others to read one. */
	pthread_mutex_t lock;
	size_t holding; /* slots with something held back */
	size_t undo_n, marked;
	struct undo undo[UNDO_MAX];
	struct source_slot slots[SOURCE_MAX];
};

int
source_new(struct sources **out)
{
	struct sources *s;
	int r;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (ERR_NOMEM);
	if ((r = mem_random(s->key, sizeof(s->key))) != 0 ||
	    pthread_mutex_init(&s->lock, NULL) != 0) {
		free(s);
		return (r != 0 ? r : ERR_NOMEM);
	}
	*out = s;
	return (0);
}

void
source_free(struct sources *s)
{
	if (s == NULL)
		return;
	pthread_mutex_destroy(&s->lock);
	mem_wipe(s->key, sizeof(s->key));
	free(s);
}

/* Never 0. */
static int
hash(const struct sources *s, const char *a, const char *b, uint64_t *out)
{
	uint8_t text[256], mac[EVP_MAX_MD_SIZE];
	struct buf_reader reader;
	unsigned len = 0;
	struct buf bytes;

	buf_init(&bytes, text, sizeof(text));
	buf_put_text(&bytes, a);
	buf_put_text(&bytes, b);
	if (bytes.is_broken)
		return (ERR_INVALID);
	if (HMAC(EVP_sha256(), s->key, sizeof(s->key), text, bytes.len, mac,
		&len) == NULL)
		return (log_fr(ERR_NOMEM, "hash a source"));
	buf_reader_init(&reader, mac, 8);
	*out = buf_get_u64(&reader) | 1;
	return (0);
}

/* The names of a source and their hash. */
static int
name(const struct sources *s, const char *consumer, const char *address,
    struct source_slot *out)
{
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = text_copy(out->consumer, sizeof(out->consumer), consumer)) !=
		0 ||
	    (r = source_address_name(address, out->address)) != 0)
		return (r);
	return (hash(s, out->consumer, out->address, &out->key));
}

static struct source_slot *
first_of_set(struct sources *s, const struct source_slot *named)
{
	/* the lowest bit is always set */
	return (&s->slots[(named->key >> 1) % SETS * WAYS]);
}

static struct source_slot *
find(struct sources *s, const struct source_slot *named)
{
	struct source_slot *set = first_of_set(s, named);
	int i;

	for (i = 0; i < WAYS; i++) {
		if (set[i].key == named->key &&
		    strcmp(set[i].consumer, named->consumer) == 0 &&
		    strcmp(set[i].address, named->address) == 0)
			return (&set[i]);
	}
	return (NULL);
}

static int
count_of(const struct source_slot *set, const char *consumer)
{
	int i, n = 0;

	for (i = 0; i < WAYS; i++)
		n += strcmp(set[i].consumer, consumer) == 0;
	return (n);
}

/* Who makes room: see source.h. */
static struct source_slot *
find_victim(struct source_slot *set, const char *consumer, int64_t now_ms)
{
	struct source_slot *victim = NULL;
	int best = -1, weight, i;

	for (i = 0; i < WAYS; i++) {
		if (source_slot_is_idle(&set[i], now_ms))
			return (&set[i]);
		weight = 2 * count_of(set, set[i].consumer) +
		    (strcmp(set[i].consumer, consumer) == 0);
		if (weight > best ||
		    (weight == best && set[i].seen_ms < victim->seen_ms)) {
			best = weight;
			victim = &set[i];
		}
	}
	return (victim);
}

/* Before a slot is changed. */
static int
keep(struct sources *s, struct source_slot *slot)
{
	struct undo *u = &s->undo[s->undo_n];

	if (s->undo_n == UNDO_MAX)
		return (ERR_BUSY);
	u->slot = slot;
	u->before = *slot;
	u->holding = s->holding;
	s->undo_n++;
	return (0);
}

/* Take what a slot held back out of it. */
static void
take_held(struct sources *s, struct source_slot *slot, struct source_held *out)
{
	memset(out, 0, sizeof(*out));
	if (slot->held == 0)
		return;
	memcpy(out->consumer, slot->consumer, sizeof(out->consumer));
	memcpy(out->address, slot->address, sizeof(out->address));
	memcpy(out->actor, slot->actor, sizeof(out->actor));
	memcpy(out->request_id, slot->request_id, sizeof(out->request_id));
	out->count = slot->held;
	slot->held = 0;
	s->holding--;
}

/* The slot of this source, free to be changed; made when there is none. */
static int
place(struct sources *s, const char *consumer, const char *address,
    int64_t now_ms, struct source_slot **out, struct source_held *dropped)
{
	struct source_slot named, *slot;
	int r;

	memset(dropped, 0, sizeof(*dropped));
	if ((r = name(s, consumer, address, &named)) != 0)
		return (r);
	if ((slot = find(s, &named)) != NULL) {
		r = keep(s, slot);
	} else {
		slot = find_victim(
		    first_of_set(s, &named), named.consumer, now_ms);
		if ((r = keep(s, slot)) == 0) {
			take_held(s, slot, dropped);
			*slot = named;
		}
	}
	if (r != 0)
		return (r);
	slot->seen_ms = now_ms;
	*out = slot;
	return (0);
}

int
source_blocked(struct sources *s, const char *consumer, const char *address,
    const struct moment *now, const char *networks, bool *out)
{
	int64_t until_ms, until_own_ms;
	struct source_slot named;
	const struct source_slot *slot;
	int r;

	*out = true; /* until we know better */
	if (address[0] != '\0') {
		if ((r = name(s, consumer, address, &named)) != 0)
			return (r);
		pthread_mutex_lock(&s->lock);
		slot = find(s, &named);
		until_ms = slot == NULL ? 0 : slot->until_ms;
		until_own_ms = slot == NULL ? 0 : slot->until_own_ms;
		pthread_mutex_unlock(&s->lock);
		if (until_own_ms > now->steady_ms ||
		    (until_ms > now->steady_ms &&
			!source_address_in(address, networks)))
			return (0);
	}
	*out = false;
	return (0);
}

static int
failed(struct sources *s, const char *consumer, const char *address,
    const char *login, const struct moment *now, struct source_held *dropped)
{
	int64_t now_ms = now->steady_ms;
	struct source_slot *slot;
	uint64_t hashed;
	int n, r;

	memset(dropped, 0, sizeof(*dropped));
	if (address[0] == '\0')
		return (0);
	if ((r = hash(s, login, "", &hashed)) != 0 ||
	    (r = place(s, consumer, address, now_ms, &slot, dropped)) != 0)
		return (r);
	source_slot_fail(slot, now_ms);
	source_slot_name(slot, hashed, now_ms);
	if (source_slot_logins(slot, now_ms) < SOURCE_LOGINS_MIN)
		return (0);
	n = source_slot_failures(slot, now_ms);
	if (n >= SOURCE_FAILURES_MAX)
		slot->until_ms = now_ms + SOURCE_BLOCK_MS;
	if (n >= SOURCE_FAILURES_MAX * SOURCE_OFFICE_TIMES)
		slot->until_own_ms = now_ms + SOURCE_BLOCK_MS;
	return (0);
}

int
source_failed(struct sources *s, const char *consumer, const char *address,
    const char *login, const struct moment *now, struct source_held *dropped)
{
	int r;

	pthread_mutex_lock(&s->lock);
	r = failed(s, consumer, address, login, now, dropped);
	pthread_mutex_unlock(&s->lock);
	return (r);
}

static int
hold(struct sources *s, const char *consumer, const struct act *act,
    bool *is_held, struct source_held *out)
{
	int64_t now_ms = act->now.steady_ms;
	struct source_slot *slot;
	int r;

	*is_held = false;
	memset(out, 0, sizeof(*out));
	if (act->source[0] == '\0')
		return (0);
	r = place(s, consumer, act->source, now_ms, &slot, out);
	if (r != 0)
		return (r);
	if (slot->noted > 0 && slot->minute_ms + SOURCE_NOTES_MS <= now_ms) {
		take_held(s, slot, out);
		slot->noted = 0;
	}
	if (slot->noted == 0)
		slot->minute_ms = now_ms;
	if (slot->noted < SOURCE_NOTES_MAX) {
		slot->noted++;
		return (0);
	}
	*is_held = true;
	if (slot->held++ == 0)
		s->holding++;
	memcpy(slot->actor, act->actor, sizeof(slot->actor));
	memcpy(slot->request_id, act->request_id, sizeof(slot->request_id));
	return (0);
}

int
source_hold(struct sources *s, const char *consumer, const struct act *act,
    bool *is_held, struct source_held *out)
{
	int r;

	pthread_mutex_lock(&s->lock);
	r = hold(s, consumer, act, is_held, out);
	pthread_mutex_unlock(&s->lock);
	return (r);
}

static int
due(struct sources *s, const struct moment *now, bool is_all, size_t *at,
    struct source_held *out)
{
	struct source_slot *slot;
	int r;

	memset(out, 0, sizeof(*out));
	for (; s->holding > 0 && *at < SOURCE_MAX; (*at)++) {
		slot = &s->slots[*at];
		if (slot->held == 0 ||
		    (!is_all &&
			slot->minute_ms + SOURCE_NOTES_MS > now->steady_ms))
			continue;
		if ((r = keep(s, slot)) != 0)
			return (r);
		take_held(s, slot, out);
		slot->noted = 0;
		return (0);
	}
	return (ERR_NOTFOUND);
}

int
source_due(struct sources *s, const struct moment *now, bool is_all, size_t *at,
    struct source_held *out)
{
	int r;

	pthread_mutex_lock(&s->lock);
	r = due(s, now, is_all, at, out);
	pthread_mutex_unlock(&s->lock);
	return (r);
}

static int
clear(struct sources *s, const char *consumer, const char *address,
    const struct moment *now)
{
	struct source_slot named, *slot;
	int r;

	if ((r = name(s, consumer, address, &named)) != 0)
		return (r);
	slot = find(s, &named);
	if (slot == NULL ||
	    (slot->until_ms <= now->steady_ms &&
		source_slot_failures(slot, now->steady_ms) == 0))
		return (ERR_NOTFOUND);
	if ((r = keep(s, slot)) != 0)
		return (r);
	slot->until_ms = slot->until_own_ms = 0;
	memset(slot->failures, 0, sizeof(slot->failures));
	memset(slot->login_ms, 0, sizeof(slot->login_ms));
	return (0);
}

int
source_clear(struct sources *s, const char *consumer, const char *address,
    const struct moment *now)
{
	int r;

	pthread_mutex_lock(&s->lock);
	r = clear(s, consumer, address, now);
	pthread_mutex_unlock(&s->lock);
	return (r);
}

static int
compare(const void *a, const void *b)
{
	const struct source_view *x = a, *y = b;

	if ((x->until_steady != 0) != (y->until_steady != 0))
		return (x->until_steady != 0 ? -1 : 1);
	if (x->failures != y->failures)
		return (x->failures > y->failures ? -1 : 1);
	return (strcmp(x->address, y->address));
}

int
source_list(struct sources *s, const struct moment *now,
    struct source_view **out, size_t *n)
{
	int64_t now_ms = now->steady_ms;
	const struct source_slot *slot;
	struct source_view *v;

	*n = 0;
	if ((*out = calloc(SOURCE_MAX, sizeof(**out))) == NULL)
		return (ERR_NOMEM);
	for (slot = s->slots; slot < s->slots + SOURCE_MAX; slot++) {
		v = &(*out)[*n];
		if (slot->key == 0)
			continue;
		v->failures = source_slot_failures(slot, now_ms);
		v->logins = source_slot_logins(slot, now_ms);
		v->until_steady = slot->until_ms > now_ms ? slot->until_ms : 0;
		if (v->failures == 0 && v->until_steady == 0)
			continue;
		memcpy(v->consumer, slot->consumer, sizeof(v->consumer));
		memcpy(v->address, slot->address, sizeof(v->address));
		(*n)++;
	}
	qsort(*out, *n, sizeof(**out), compare);
	return (0);
}

void
source_begin(struct sources *s)
{
	s->undo_n = s->marked = 0;
}

void
source_mark(struct sources *s)
{
	s->marked = s->undo_n;
}

static void
undo_to(struct sources *s, size_t n)
{
	const struct undo *u;

	pthread_mutex_lock(&s->lock);
	while (s->undo_n > n) {
		u = &s->undo[--s->undo_n];
		*u->slot = u->before;
		s->holding = u->holding;
	}
	pthread_mutex_unlock(&s->lock);
}

void
source_rewind(struct sources *s)
{
	undo_to(s, s->marked);
}

void
source_ended(struct sources *s, int r)
{
	if (r != 0)
		undo_to(s, 0);
	source_begin(s);
}
