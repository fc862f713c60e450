#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"

void
mem_wipe(void *p, size_t n)
{
	if (p != NULL)
		explicit_bzero(p, n);
}

bool
mem_equal(const void *a, const void *b, size_t n)
{
	const volatile uint8_t *x = a, *y = b;
	uint8_t diff = 0;
	size_t i;

	for (i = 0; i < n; i++)
		diff |= (uint8_t)(x[i] ^ y[i]);
	return (diff == 0);
}

int
mem_random(void *p, size_t n)
{
	uint8_t *at = p;
	size_t left = n;
	ssize_t got;

	while (left > 0) {
		got = getrandom(at, left, 0);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0) {
			mem_wipe(p, n);
			return (log_fr(ERR_SYS, "getrandom"));
		}
		at += got;
		left -= (size_t)got;
	}
	return (0);
}

/* The bytes that are mapped for n usable ones, without the guard pages. */
static size_t
inner_size(size_t n, size_t page)
{
	return ((n + page - 1) / page * page);
}

int
mem_secret_new(size_t n, void **p)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t inner = inner_size(n, page);
	uint8_t *base;

	base = mmap(NULL, inner + 2 * page, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (base == MAP_FAILED)
		return (ERR_NOMEM);
	if (mprotect(base + page, inner, PROT_READ | PROT_WRITE) != 0 ||
	    mlock(base + page, inner) != 0 ||
	    madvise(base + page, inner, MADV_DONTDUMP) != 0 ||
	    madvise(base + page, inner, MADV_WIPEONFORK) != 0) {
		log_fr(ERR_SYS, "lock memory for keys");
		munmap(base, inner + 2 * page);
		return (ERR_SYS);
	}
	*p = base + page;
	return (0);
}

void
mem_secret_free(void *p, size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t inner = inner_size(n, page);

	if (p == NULL)
		return;
	mem_wipe(p, inner);
	munmap((uint8_t *)p - page, inner + 2 * page);
}
