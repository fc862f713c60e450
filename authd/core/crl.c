#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authd/base/file.h"
#include "authd/base/log.h"
#include "authd/core/crl.h"
#include "authd/keeper/keeper_client_cert.h"

#define FILE_AGAIN_MS 60000 /* when the file could not be written */

struct crl {
	pthread_mutex_t lock;        /* held while it is made */
	_Atomic uint64_t generation; /* of what is revoked */
	uint64_t made;               /* generation it was made of; 0: never */
	int64_t made_steady;
	struct crl_list *list; /* NULL: none yet */
	int dir;
	bool is_written;
	int64_t tried_steady;
};

int
crl_new(int dir, struct crl **out)
{
	struct crl *l;

	if ((l = calloc(1, sizeof(*l))) == NULL)
		return (ERR_NOMEM);
	if (pthread_mutex_init(&l->lock, NULL) != 0) {
		free(l);
		return (ERR_NOMEM);
	}
	atomic_init(&l->generation, 1);
	l->dir = dir;
	*out = l;
	return (0);
}

void
crl_put(struct crl_list *list)
{
	if (list == NULL || atomic_fetch_sub(&list->holders, 1) != 1)
		return;
	free(list->der);
	free(list);
}

void
crl_free(struct crl *l)
{
	if (l == NULL)
		return;
	crl_put(l->list);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

void
crl_changed(struct crl *l)
{
	atomic_fetch_add(&l->generation, 1);
}

uint64_t
crl_generation(struct crl *l)
{
	return (atomic_load(&l->generation));
}

/* With the lock held. */
static bool
is_stale(const struct crl *l, const struct moment *now)
{
	return (l->list == NULL || l->made != atomic_load(&l->generation) ||
	    now->steady_ms - l->made_steady >= CRL_AGAIN_MS);
}

bool
crl_is_due(struct crl *l, const struct moment *now)
{
	bool due;

	pthread_mutex_lock(&l->lock);
	due = is_stale(l, now) ||
	    (!l->is_written && l->dir != -1 &&
		now->steady_ms - l->tried_steady >= FILE_AGAIN_MS);
	pthread_mutex_unlock(&l->lock);
	return (due);
}

uint8_t
crl_reason(enum cert_reason reason)
{
	switch (reason) {
	case CERT_LOST:
		return (1); /* keyCompromise */
	case CERT_LEFT:
		return (3); /* affiliationChanged */
	case CERT_SUPERSEDED:
		return (4);
	case CERT_UNSPECIFIED:
	case CERT_NOT_REVOKED:
		break;
	}
	return (0);
}

struct entries {
	struct keeper_crl_entry *at;
	size_t n, room;
};

static int
add_entry(void *arg, const struct cert *row)
{
	struct entries *e = arg;
	struct keeper_crl_entry *more;

	if (e->n == KEEPER_CERT_CRL_MAX)
		return (ERR_LIMIT);
	if (e->n == e->room) {
		e->room = e->room * 2 + 64;
		more = realloc(e->at, e->room * sizeof(*e->at));
		if (more == NULL)
			return (ERR_NOMEM);
		e->at = more;
	}
	memset(&e->at[e->n], 0, sizeof(e->at[e->n]));
	memcpy(e->at[e->n].serial, row->serial, sizeof(row->serial));
	e->at[e->n].reason = crl_reason(row->reason);
	e->at[e->n++].revoked_ms = row->revoked_ms;
	return (0);
}

static int
by_serial(const void *a, const void *b)
{
	const struct keeper_crl_entry *x = a, *y = b;

	return (memcmp(x->serial, y->serial, sizeof(x->serial)));
}

/* The number only rises: by one, or to the time, whichever is higher. */
static int
find_number(struct core *c, const struct moment *now, int64_t *number)
{
	struct keeper_ca_info *info;
	int r;

	if ((info = calloc(1, sizeof(*info))) == NULL)
		return (ERR_NOMEM);
	if ((r = keeper_client_cert_ca(c->keeper, info)) == 0)
		*number = info->crl_number + 1 > now->wall_ms
		    ? info->crl_number + 1
		    : now->wall_ms;
	free(info);
	return (r);
}

static int
make(struct core *c, const struct moment *now, struct crl_list **out)
{
	struct keeper_crl_ask ask = { .life_ms = CRL_LIFE_MS };
	struct entries e = { NULL, 0, 0 };
	struct keeper_crl crl;
	struct crl_list *list = NULL;
	int r;

	memset(&crl, 0, sizeof(crl));
	/* What has ended by itself needs no entry any more: RFC 5280 3.3 asks
	 * for one after its end, so a day is given. */
	r = c->store->ops->cert_revoked(
	    c->store, now->wall_ms - CRL_AGAIN_MS, add_entry, &e);
	if (r == 0)
		r = find_number(c, now, &ask.number);
	if (r != 0)
		goto out;
	if (e.n > 0)
		qsort(e.at, e.n, sizeof(e.at[0]), by_serial);
	ask.entries = e.at;
	ask.n = e.n;
	if ((r = keeper_client_cert_crl(c->keeper, &ask, &crl)) != 0)
		goto out;
	if ((list = calloc(1, sizeof(*list))) == NULL) {
		free(crl.der);
		r = ERR_NOMEM;
		goto out;
	}
	atomic_init(&list->holders, 1);
	list->der = crl.der;
	list->len = crl.len;
	list->number = ask.number;
	list->this_ms = crl.this_ms;
	list->next_ms = crl.next_ms;
	*out = list;
out:
	free(e.at);
	return (r);
}

/* Whole or not at all: whoever reads it never sees half of it. */
static int
write_file(int dir, const struct crl_list *list)
{
	static const char new_name[] = CRL_FILE ".new";
	int fd, r;

	fd = openat(dir, new_name,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd == -1)
		return (log_fr(ERR_SYS, "open %s", new_name));
	r = file_write(fd, list->der, list->len);
	if (r == 0 && fdatasync(fd) != 0)
		r = ERR_IO;
	if (r != 0)
		(void)log_fr(r, "write %s", new_name);
	close(fd);
	if (r == 0 && renameat(dir, new_name, dir, CRL_FILE) != 0)
		r = log_fr(ERR_SYS, "rename %s", new_name);
	if (r != 0)
		(void)unlinkat(dir, new_name, 0);
	return (r);
}

/* With the lock held. */
static int
bring_up(struct core *c, struct crl *l, const struct moment *now)
{
	uint64_t generation = atomic_load(&l->generation);
	struct crl_list *list;
	int r;

	if (is_stale(l, now)) {
		if ((r = make(c, now, &list)) != 0)
			return (log_fr(r, "make the revocation list"));
		crl_put(l->list);
		l->list = list;
		l->made = generation;
		l->made_steady = now->steady_ms;
		l->is_written = false;
		l->tried_steady = now->steady_ms - FILE_AGAIN_MS;
	}
	if (l->is_written || l->dir == -1 ||
	    now->steady_ms - l->tried_steady < FILE_AGAIN_MS)
		return (0);
	l->tried_steady = now->steady_ms;
	l->is_written = write_file(l->dir, l->list) == 0;
	return (0);
}

int
crl_get(struct core *c, const struct moment *now, struct crl_list **out)
{
	struct crl *l = c->crl;
	int r;

	*out = NULL;
	if (l == NULL)
		return (ERR_WRONG_STATE);
	pthread_mutex_lock(&l->lock);
	if ((r = bring_up(c, l, now)) == 0) {
		atomic_fetch_add(&l->list->holders, 1);
		*out = l->list;
	}
	pthread_mutex_unlock(&l->lock);
	return (r);
}
