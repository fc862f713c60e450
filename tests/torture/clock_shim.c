/*
 * clock_shim.c: a library to preload that moves CLOCK_REALTIME and nothing else,
 * so that the shipped programs can be tried under clock steps.
 *
 *	CLOCK_SHIM_PAGE=FILE LD_PRELOAD=clock_shim.so sekisho-authd ...
 *
 * FILE holds one int64_t, milliseconds added to the time of day. It is mapped
 * when a program is loaded, before any filter forbids open and mmap; afterwards
 * a step is one store to shared memory. Neither CLOCK_MONOTONIC nor
 * CLOCK_BOOTTIME is touched.
 *
 * The parent gives its children an empty environment. It starts them with
 * fexecve(), which is taken here as well and hands both variables on.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define PATH_ROOM 4096

typedef int gettime_fn(clockid_t, struct timespec *);
typedef int fexecve_fn(int, char *const[], char *const[]);

static const _Atomic int64_t *shift_ms; /* NULL: nothing is moved */
static gettime_fn *real_gettime;
static char page[PATH_ROOM], preload[PATH_ROOM];

/* Other libraries' constructors may ask for the time before ours runs. */
static void
find_real(void)
{
	if (real_gettime == NULL)
		real_gettime = (gettime_fn *)dlsym(RTLD_NEXT, "clock_gettime");
}

__attribute__((constructor)) static void
start(void)
{
	const char *file = getenv("CLOCK_SHIM_PAGE");
	const char *library = getenv("LD_PRELOAD");
	void *at;
	int fd;

	find_real();
	if (file == NULL || library == NULL)
		return;
	snprintf(page, sizeof(page), "CLOCK_SHIM_PAGE=%s", file);
	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", library);
	if ((fd = open(file, O_RDONLY | O_CLOEXEC)) == -1) {
		perror(file);
		_exit(125); /* a clock that does not move would prove nothing */
	}
	at = mmap(NULL, sizeof(*shift_ms), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (at == MAP_FAILED) {
		perror(file);
		_exit(125);
	}
	shift_ms = at;
}

static void
move(struct timespec *ts)
{
	int64_t ns, ms = shift_ms == NULL ? 0 : atomic_load(shift_ms);

	ns = ts->tv_nsec + ms % 1000 * 1000000;
	ts->tv_sec += ms / 1000;
	if (ns < 0) {
		ns += 1000000000;
		ts->tv_sec--;
	} else if (ns >= 1000000000) {
		ns -= 1000000000;
		ts->tv_sec++;
	}
	ts->tv_nsec = ns;
}

int
clock_gettime(clockid_t which, struct timespec *ts)
{
	int r;

	find_real();
	r = real_gettime(which, ts);
	if (r == 0 &&
	    (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
		move(ts);
	return (r);
}

time_t
time(time_t *out)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (out != NULL)
		*out = ts.tv_sec;
	return (ts.tv_sec);
}

int
gettimeofday(struct timeval *tv, void *zone)
{
	struct timespec ts;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &ts);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return (0);
}

int
fexecve(int fd, char *const argv[], char *const envp[])
{
	fexecve_fn *real = (fexecve_fn *)dlsym(RTLD_NEXT, "fexecve");
	char *const with[] = { preload, page, NULL };

	return (real(fd, argv, preload[0] != '\0' ? with : envp));
}
