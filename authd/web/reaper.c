#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/web/reaper.h"

#define SLEEP_MAX_MS 1000 /* the thread's timer stops while we sleep */

struct reaper {
	pthread_mutex_t lock;
	pthread_cond_t wake; /* a first entry came, or the end */
	/* All have the same time, so the list is in order of deadlines. */
	struct reaper_entry *first, *last;
	int timeout_ms;
	bool is_stopping;
	bool has_thread;
	pthread_t thread;
};

/* All of these are called with the lock held. */
static void
unlist(struct reaper *r, struct reaper_entry *e)
{
	if (!e->is_listed)
		return;
	if (e->prev != NULL)
		e->prev->next = e->next;
	else
		r->first = e->next;
	if (e->next != NULL)
		e->next->prev = e->prev;
	else
		r->last = e->prev;
	e->prev = e->next = NULL;
	e->is_listed = false;
}

static void
list_last(struct reaper *r, struct reaper_entry *e, int64_t now_ms)
{
	unlist(r, e);
	e->deadline_ms = now_ms + r->timeout_ms;
	e->prev = r->last;
	if (r->last != NULL)
		r->last->next = e;
	else {
		r->first = e;
		pthread_cond_signal(&r->wake);
	}
	r->last = e;
	e->is_listed = true;
}

static void
list_first(struct reaper *r, struct reaper_entry *e)
{
	e->deadline_ms = 0;
	e->next = r->first;
	if (r->first != NULL)
		r->first->prev = e;
	else
		r->last = e;
	r->first = e;
	e->is_listed = true;
	pthread_cond_signal(&r->wake);
}

static void
expire(struct reaper *r, struct reaper_entry *e, int64_t now_ms)
{
	void (*fn)(void *) = e->expire;

	unlist(r, e);
	if (fn == NULL) {
		/* not closed: that is for the connection's own thread */
		shutdown(e->fd, SHUT_RDWR);
		return;
	}
	e->expire = NULL;
	fn(e->arg);
	list_last(r, e, now_ms);
}

int
reaper_new(int timeout_ms, struct reaper **out)
{
	struct reaper *r;
	pthread_condattr_t attr;
	int e;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (log_fr(ERR_NOMEM, "reaper"));
	r->timeout_ms = timeout_ms;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	e = pthread_cond_init(&r->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (e != 0 || pthread_mutex_init(&r->lock, NULL) != 0) {
		free(r);
		return (log_fr(ERR_NOMEM, "reaper"));
	}
	*out = r;
	return (0);
}

int64_t
reaper_scan(struct reaper *r, int64_t now_ms)
{
	int64_t left = -1;

	pthread_mutex_lock(&r->lock);
	while (r->first != NULL && r->first->deadline_ms <= now_ms)
		expire(r, r->first, now_ms);
	if (r->first != NULL)
		left = r->first->deadline_ms - now_ms;
	pthread_mutex_unlock(&r->lock);
	return (left);
}

static void
sleep_for(struct reaper *r, int64_t ms)
{
	struct timespec ts;

	pthread_mutex_lock(&r->lock);
	if (ms < 0) {
		while (r->first == NULL && !r->is_stopping)
			pthread_cond_wait(&r->wake, &r->lock);
	} else if (!r->is_stopping &&
	    (r->first == NULL || r->first->deadline_ms != 0)) {
		if (ms > SLEEP_MAX_MS)
			ms = SLEEP_MAX_MS;
		clock_gettime(CLOCK_MONOTONIC, &ts);
		ts.tv_nsec += (ms % 1000) * 1000000;
		ts.tv_sec += ms / 1000 + ts.tv_nsec / 1000000000;
		ts.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&r->wake, &r->lock, &ts);
	}
	pthread_mutex_unlock(&r->lock);
}

static bool
is_stopping(struct reaper *r)
{
	bool is;

	pthread_mutex_lock(&r->lock);
	is = r->is_stopping;
	pthread_mutex_unlock(&r->lock);
	return (is);
}

static void *
reaper_thread(void *arg)
{
	struct reaper *r = arg;

	while (!is_stopping(r))
		sleep_for(r, reaper_scan(r, clock_boot_ms()));
	return (NULL);
}

int
reaper_start(struct reaper *r)
{
	if (pthread_create(&r->thread, NULL, reaper_thread, r) != 0)
		return (log_fr(ERR_SYS, "start the reaper"));
	r->has_thread = true;
	return (0);
}

void
reaper_free(struct reaper *r)
{
	if (r == NULL)
		return;
	pthread_mutex_lock(&r->lock);
	r->is_stopping = true;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	if (r->has_thread)
		pthread_join(r->thread, NULL);
	pthread_cond_destroy(&r->wake);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

/* The full time from now. Of a connection that is asked for all the time this is
 * seldom anything to do: the lock and the list are all connections'. */
static void
set(struct reaper *r, struct reaper_entry *e)
{
	const int64_t now_ms = clock_boot_ms();

	if (e->set_ms != 0 && now_ms < e->set_ms + REAPER_GRAIN_MS)
		return;
	e->set_ms = now_ms;
	pthread_mutex_lock(&r->lock);
	e->expire = NULL;
	list_last(r, e, now_ms);
	pthread_mutex_unlock(&r->lock);
}

void
reaper_add(struct reaper *r, struct reaper_entry *e, int fd)
{
	e->fd = fd;
	set(r, e);
}

void
reaper_arm(struct reaper *r, struct reaper_entry *e)
{
	set(r, e);
}

void
reaper_wait(
    struct reaper *r, struct reaper_entry *e, void (*fn)(void *arg), void *arg)
{
	e->set_ms = 0;
	pthread_mutex_lock(&r->lock);
	e->expire = fn;
	e->arg = arg;
	/* shut down between its submission and now: still to be answered */
	if (!e->is_listed)
		list_first(r, e);
	pthread_mutex_unlock(&r->lock);
}

void
reaper_wait_end(struct reaper *r, struct reaper_entry *e)
{
	pthread_mutex_lock(&r->lock);
	e->expire = NULL;
	pthread_mutex_unlock(&r->lock);
}

void
reaper_rest(struct reaper *r, struct reaper_entry *e)
{
	set(r, e);
}

void
reaper_remove(struct reaper *r, struct reaper_entry *e)
{
	pthread_mutex_lock(&r->lock);
	unlist(r, e);
	pthread_mutex_unlock(&r->lock);
}

void
reaper_expire_waiting(struct reaper *r)
{
	struct reaper_entry *e, *next;
	int64_t now_ms = clock_boot_ms();

	pthread_mutex_lock(&r->lock);
	for (e = r->first; e != NULL; e = next) {
		next = e->next;
		if (e->expire != NULL)
			expire(r, e, now_ms);
	}
	pthread_mutex_unlock(&r->lock);
}
