#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/bench_people.h"
#include "tests/bench/bench_tally.h"

#define NS 1000000000LL

int64_t
tally_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * NS + ts.tv_nsec);
}

void
tally_begin(struct tally *t, double seconds)
{
	memset(t, 0, sizeof(*t));
	t->from_ns = tally_now() + TALLY_WARM_NS;
	t->until_ns = t->from_ns + (int64_t)(seconds * (double)NS);
}

bool
tally_is_over(const struct tally *t)
{
	return (tally_now() >= t->until_ns);
}

void
tally_add(struct tally *t, int64_t sent_ns, bool is_ok, bool is_accepted)
{
	int64_t now = tally_now();

	if (now < t->from_ns || now >= t->until_ns)
		return;
	t->last_ns = now;
	if (!is_ok) {
		t->failed++;
		return;
	}
	if (is_accepted)
		t->accepted++;
	else
		t->refused++;
	if (t->n == t->size) {
		t->size = t->size == 0 ? 65536 : 2 * t->size;
		t->us = realloc(t->us, t->size * sizeof(*t->us));
		if (t->us == NULL)
			people_die("tally");
	}
	t->us[t->n++] = (uint32_t)((now - sent_ns) / 1000);
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x < y ? -1 : x > y);
}

static uint32_t
at(const struct tally *t, double share)
{
	if (t->n == 0)
		return (0);
	return (t->us[(size_t)(share * (double)(t->n - 1))]);
}

void
tally_print(struct tally *t, int connections, size_t used)
{
	int64_t end = tally_now();
	double seconds;

	/* When all prepared requests were used up, it ended before its time. */
	if (end >= t->until_ns)
		end = t->until_ns;
	else
		end = t->last_ns;
	seconds = (double)(end - t->from_ns) / (double)NS;
	if (seconds <= 0)
		seconds = 1;
	if (t->n > 0)
		qsort(t->us, t->n, sizeof(*t->us), compare);
	printf("{\"connections\":%d,\"seconds\":%.3f,\"per_second\":%.0f,"
	       "\"accepted\":%zu,\"refused\":%zu,\"failed\":%zu,"
	       "\"p50_us\":%u,\"p99_us\":%u,\"max_us\":%u,\"used\":%zu}\n",
	    connections, seconds, (double)t->n / seconds, t->accepted,
	    t->refused, t->failed, at(t, 0.5), at(t, 0.99), at(t, 1.0), used);
	free(t->us);
}
