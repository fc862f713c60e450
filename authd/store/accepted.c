#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/store/accepted.h"

#define PHONES_FIRST 256
#define PHONES_STEP  32768  /* beyond it room grows by as many */
#define PHONES_MOST  262144 /* folding keeps it below half */

struct known { /* 65 bytes, and 8 to 16 in the index */
	struct id office, account, device;
	int64_t step, at_ms;
};

/* How far a transaction has come, and what it returns to. */
struct progress {
	size_t added;
	bool is_all_folded;
	size_t folded_added; /* of those added, are in their rows as well */
	size_t ordered;      /* of the round's, folded */
	int64_t gone;        /* up to here the table's rows are removed */
};

struct accepted {
	pthread_mutex_t lock; /* of known, index, sizes: readers look there */
	_Atomic unsigned holders;
	_Atomic uint64_t version;
	_Atomic size_t count;
	struct known *known; /* count of them, in no order */
	bool *is_folded;     /* of each: its phone's row shows it */
	uint32_t *index;     /* by device: number in known + 1; 0 empty */
	size_t room;         /* of known */
	size_t mask;         /* of the index, which is never half full */
	/* From here on the writer's alone. */
	struct accepted_row *added; /* of this transaction */
	size_t added_room;
	int64_t last_seq; /* committed */
	/* A round: known in the order of the phones' table, then the table's
	 * rows up to ${until} are of no more use. */
	uint32_t *order;
	size_t order_n;
	int64_t until;
	struct progress done, at, marked;
};

int
accepted_new(struct accepted **out)
{
	struct accepted *a;
	uint32_t first;
	int r;

	/* A row that was read of a store closed since is of no other one. */
	if ((r = mem_random(&first, sizeof(first))) != 0)
		return (r);
	if ((a = calloc(1, sizeof(*a))) == NULL)
		return (ERR_NOMEM);
	if (pthread_mutex_init(&a->lock, NULL) != 0) {
		free(a);
		return (ERR_NOMEM);
	}
	atomic_init(&a->holders, 1);
	atomic_init(&a->version, ((uint64_t)first << 31) + 1);
	*out = a;
	return (0);
}

void
accepted_hold(struct accepted *a)
{
	atomic_fetch_add(&a->holders, 1);
}

void
accepted_drop(struct accepted *a)
{
	if (a == NULL || atomic_fetch_sub(&a->holders, 1) != 1)
		return;
	pthread_mutex_destroy(&a->lock);
	free(a->known);
	free(a->is_folded);
	free(a->index);
	free(a->added);
	free(a->order);
	free(a);
}

uint64_t
accepted_version(struct accepted *a)
{
	return (atomic_load(&a->version));
}

void
accepted_raise(struct accepted *a)
{
	atomic_fetch_add(&a->version, 1);
}

int64_t
accepted_backlog(const struct accepted *a)
{
	return (a->last_seq - a->done.gone);
}

size_t
accepted_added(const struct accepted *a)
{
	return (a->at.added);
}

static bool
is_of(const struct known *k, const struct id *office, const struct id *account,
    const struct id *device)
{
	return (id_equal(&k->device, device) &&
	    id_equal(&k->account, account) && id_equal(&k->office, office));
}

/* Where the index has that phone, or the empty place where it goes. Ids are
 * random but for those of tests, so that any mixture of one will do. */
static size_t
place_of(const struct accepted *a, const struct id *office,
    const struct id *account, const struct id *device)
{
	uint64_t half[2];
	size_t i;

	memcpy(half, device->b, sizeof(half));
	half[0] = (half[0] ^ half[1]) * 0x9e3779b97f4a7c15; /* 2^64 / phi */
	for (i = (size_t)(half[0] >> 32) & a->mask; a->index[i] != 0;
	     i = (i + 1) & a->mask)
		if (is_of(&a->known[a->index[i] - 1], office, account, device))
			break;
	return (i);
}

static struct known *
find(const struct accepted *a, const struct phone *p)
{
	size_t i;

	if (a->room == 0)
		return (NULL);
	i = place_of(a, &p->office, &p->account, &p->device);
	return (a->index[i] == 0 ? NULL : &a->known[a->index[i] - 1]);
}

bool
accepted_find(struct accepted *a, const struct phone *phone, int64_t *step,
    int64_t *at_ms)
{
	const struct known *k;

	if (atomic_load(&a->count) == 0)
		return (false);
	pthread_mutex_lock(&a->lock);
	if ((k = find(a, phone)) != NULL) {
		*step = k->step;
		*at_ms = k->at_ms;
	}
	pthread_mutex_unlock(&a->lock);
	return (k != NULL);
}

bool
accepted_latest(
    struct accepted *a, const struct phone *p, int64_t *step, int64_t *at_ms)
{
	const struct accepted_row *row;
	const struct known *k;
	size_t i;

	/* The later one of a phone has the higher step. */
	for (i = a->at.added; i > a->at.folded_added; i--) {
		row = &a->added[i - 1];
		if (id_equal(&row->device, &p->device) &&
		    id_equal(&row->account, &p->account) &&
		    id_equal(&row->office, &p->office)) {
			*step = row->step;
			*at_ms = row->at_ms;
			return (true);
		}
	}
	if (a->at.is_all_folded || (k = find(a, p)) == NULL)
		return (false);
	*step = k->step;
	*at_ms = k->at_ms;
	return (true);
}

/* Put all of known into the index anew. */
static void
index_all(struct accepted *a)
{
	const struct known *k;
	size_t i;

	memset(a->index, 0, (a->mask + 1) * sizeof(*a->index));
	for (i = 0; i < a->count; i++) {
		k = &a->known[i];
		a->index[place_of(a, &k->office, &k->account, &k->device)] =
		    (uint32_t)i + 1;
	}
}

/* Room for ${n} phones. */
static int
grow(struct accepted *a, size_t n)
{
	size_t room = a->room == 0 ? PHONES_FIRST : a->room, size = 1;
	struct known *known;
	bool *is_folded;
	uint32_t *index;

	if (n <= a->room)
		return (0);
	while (room < n)
		room += room < PHONES_STEP ? room : PHONES_STEP;
	while (size <= 2 * room)
		size *= 2;
	if ((index = malloc(size * sizeof(*index))) == NULL)
		return (log_fr(ERR_NOMEM, "accepted codes"));
	pthread_mutex_lock(&a->lock);
	/* in place where the system can: twice as much is never there */
	if ((known = realloc(a->known, room * sizeof(*known))) != NULL)
		a->known = known;
	is_folded = realloc(a->is_folded, room * sizeof(*is_folded));
	if (is_folded != NULL)
		a->is_folded = is_folded;
	if (known == NULL || is_folded == NULL) {
		pthread_mutex_unlock(&a->lock);
		free(index);
		return (log_fr(ERR_NOMEM, "accepted codes"));
	}
	free(a->index);
	a->index = index;
	a->room = room;
	a->mask = size - 1;
	index_all(a);
	pthread_mutex_unlock(&a->lock);
	return (0);
}

int
accepted_room(struct accepted *a, int64_t *seq)
{
	struct accepted_row *grown;
	size_t room;
	int r;

	if (a->count + a->at.added >= PHONES_MOST)
		return (log_fr(ERR_BUSY, "too many codes to be stored"));
	if ((r = grow(a, a->count + a->at.added + 1)) != 0)
		return (r);
	if (a->at.added == a->added_room) {
		room = a->added_room == 0 ? 64 : 2 * a->added_room;
		if ((grown = realloc(a->added, room * sizeof(*grown))) == NULL)
			return (log_fr(ERR_NOMEM, "accepted codes"));
		a->added = grown;
		a->added_room = room;
	}
	*seq = a->last_seq + (int64_t)a->at.added + 1;
	return (0);
}

void
accepted_add(struct accepted *a, const struct accepted_row *row)
{
	a->added[a->at.added++] = *row;
}

/* Called with the lock held; there is room. */
static void
learn(struct accepted *a, const struct accepted_row *row)
{
	size_t i = place_of(a, &row->office, &row->account, &row->device);
	struct known *k;

	if (a->index[i] == 0) {
		k = &a->known[a->count];
		k->office = row->office;
		k->account = row->account;
		k->device = row->device;
		a->index[i] = (uint32_t)++a->count;
	} else {
		k = &a->known[a->index[i] - 1];
		if (row->step <= k->step)
			return;
	}
	k->step = row->step;
	k->at_ms = row->at_ms;
	a->is_folded[k - a->known] = false;
}

void
accepted_begin(struct accepted *a)
{
	a->at = a->done;
}

void
accepted_mark(struct accepted *a)
{
	a->marked = a->at;
}

void
accepted_rewind(struct accepted *a)
{
	a->at = a->marked;
}

static int
by_phone(const void *x, const void *y, void *arg)
{
	const struct accepted *a = arg;
	const struct known *one = &a->known[*(const uint32_t *)x];
	const struct known *two = &a->known[*(const uint32_t *)y];
	int d;

	if ((d = memcmp(one->office.b, two->office.b, ID_LEN)) == 0 &&
	    (d = memcmp(one->account.b, two->account.b, ID_LEN)) == 0)
		d = memcmp(one->device.b, two->device.b, ID_LEN);
	return (d);
}

/* Without the memory for it nothing is folded for now. */
static void
begin_round(struct accepted *a)
{
	size_t i, n = a->count;

	if (n == 0 || (a->order = malloc(n * sizeof(*a->order))) == NULL)
		return;
	for (i = 0; i < n; i++)
		a->order[i] = (uint32_t)i;
	qsort_r(a->order, n, sizeof(*a->order), by_phone, a);
	a->order_n = n;
	a->until = a->last_seq;
	a->at.ordered = a->done.ordered = a->marked.ordered = 0;
}

static struct accepted_row
row_of(const struct known *k)
{
	return ((struct accepted_row){
	    k->office, k->account, k->device, k->step, k->at_ms, 0 });
}

bool
accepted_fold(struct accepted *a, struct accepted_row *row)
{
	if (a->at.is_all_folded)
		return (false);
	/* The table is rid of the last round's first. */
	if (a->order == NULL && a->at.gone >= a->until)
		begin_round(a);
	if (a->order == NULL || a->at.ordered == a->order_n)
		return (false);
	*row = row_of(&a->known[a->order[a->at.ordered++]]);
	return (true);
}

int64_t
accepted_forget(struct accepted *a, size_t n)
{
	if (a->at.is_all_folded || a->order != NULL || a->at.gone >= a->until)
		return (0);
	a->at.gone += (int64_t)n;
	if (a->at.gone > a->until)
		a->at.gone = a->until;
	return (a->at.gone);
}

bool
accepted_is_round(const struct accepted *a)
{
	return (a->order != NULL || a->at.gone < a->until);
}

bool
accepted_is_left(struct accepted *a)
{
	return (a->count > 0 || accepted_is_round(a));
}

int
accepted_rows(struct accepted *a,
    int (*fn)(void *arg, const struct accepted_row *row), void *arg)
{
	struct accepted_row row;
	size_t i;
	int r = 0;

	for (i = 0; i < a->count && !a->at.is_all_folded && r == 0; i++) {
		row = row_of(&a->known[i]);
		r = fn(arg, &row);
	}
	for (i = a->at.folded_added; i < a->at.added && r == 0; i++)
		r = fn(arg, &a->added[i]);
	return (r);
}

void
accepted_all_folded(struct accepted *a)
{
	a->at.is_all_folded = true;
	a->at.folded_added = a->at.added;
}

static void
end_round(struct accepted *a)
{
	free(a->order);
	a->order = NULL;
	a->order_n = 0;
	a->at.ordered = 0;
}

/* Called with the lock held: leave out what its phone's row shows. */
static void
drop_folded(struct accepted *a)
{
	size_t i, n = 0;

	for (i = 0; i < a->count; i++)
		if (!a->is_folded[i])
			a->known[n++] = a->known[i];
	a->count = n;
	memset(a->is_folded, 0, n * sizeof(*a->is_folded));
	index_all(a);
}

void
accepted_committed(struct accepted *a, bool is_touched)
{
	bool is_over;
	size_t i;

	pthread_mutex_lock(&a->lock);
	for (i = a->done.ordered; i < a->at.ordered; i++)
		a->is_folded[a->order[i]] = true;
	is_over = a->order != NULL && a->at.ordered == a->order_n;
	if (a->at.is_all_folded)
		a->count = 0;
	if ((is_over || a->at.is_all_folded) && a->room > 0)
		drop_folded(a);
	for (i = a->at.folded_added; i < a->at.added; i++)
		learn(a, &a->added[i]);
	pthread_mutex_unlock(&a->lock);
	if (a->at.is_all_folded) /* the table was emptied of what was before */
		a->at.gone = a->until =
		    a->last_seq + (int64_t)a->at.folded_added;
	a->last_seq += (int64_t)a->at.added;
	if (is_over || a->at.is_all_folded)
		end_round(a);
	/* Whoever has read a row before this reads it again. */
	if (is_touched || is_over || a->at.is_all_folded)
		accepted_raise(a);
	a->at.added = a->at.folded_added = 0;
	a->at.is_all_folded = false;
	a->done = a->marked = a->at;
}

int
accepted_load(struct accepted *a, const struct accepted_row *row)
{
	int r;

	if ((r = grow(a, a->count + 1)) != 0)
		return (r);
	if (a->last_seq == 0) /* the first */
		a->done.gone = a->at.gone = a->until = row->seq - 1;
	pthread_mutex_lock(&a->lock);
	learn(a, row);
	pthread_mutex_unlock(&a->lock);
	a->last_seq = row->seq;
	return (0);
}

void
accepted_clear(struct accepted *a)
{
	end_round(a);
	memset(&a->at, 0, sizeof(a->at));
	a->done = a->marked = a->at;
	a->last_seq = a->until = 0;
	pthread_mutex_lock(&a->lock);
	a->count = 0;
	if (a->room > 0)
		index_all(a);
	pthread_mutex_unlock(&a->lock);
	accepted_raise(a);
}
