#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/keeper/keeper_keys.h"

/* NULL where the kernel has no memfd_secret or the limit of locks is met. */
static void *
map_secret(size_t n)
{
	void *p = MAP_FAILED;
	long fd;

	if ((fd = syscall(SYS_memfd_secret, 0)) == -1)
		return (NULL);
	if (ftruncate((int)fd, (off_t)n) == 0)
		p = mmap(
		    NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, (int)fd, 0);
	close((int)fd);
	if (p == MAP_FAILED)
		return (NULL);
	/* Touched here, so that a lack of memory shows now. */
	if (madvise(p, n, MADV_DONTFORK) != 0) {
		munmap(p, n);
		return (NULL);
	}
	return (p);
}

int
keeper_keys_new(struct keeper_keys **out, bool *is_secret)
{
	void *p;
	int r;

	*is_secret = true;
	if ((p = map_secret(sizeof(**out))) == NULL) {
		*is_secret = false;
		if ((r = mem_secret_new(sizeof(**out), &p)) != 0)
			return (log_fr(r, "memory for the keys"));
	}
	mem_wipe(p, sizeof(**out));
	*out = p;
	return (0);
}

void
keeper_keys_free(struct keeper_keys *keys, bool is_secret)
{
	if (keys == NULL)
		return;
	if (!is_secret) {
		mem_secret_free(keys, sizeof(*keys));
		return;
	}
	mem_wipe(keys, sizeof(*keys));
	munmap(keys, sizeof(*keys));
}

static int
read_all(int fd, uint8_t *p, size_t n)
{
	ssize_t got;

	while (n > 0) {
		got = read(fd, p, n);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return (ERR_IO);
		if (got == 0)
			return (ERR_INVALID);
		p += got;
		n -= (size_t)got;
	}
	return (0);
}

int
keeper_keys_read(int fd, const char *what, uint8_t key[KEEPER_KEYS_LEN])
{
	uint8_t any = 0;
	struct stat st;
	size_t i;
	int r;

	/* The length first: a longer file is not our key either. */
	if (fstat(fd, &st) == -1) {
		r = log_fr(ERR_IO, "%s", what);
		goto out;
	}
	if (!S_ISREG(st.st_mode) || st.st_size != KEEPER_KEYS_LEN) {
		r = ERR_INVALID;
		log_error("%s: not a file of exactly %d bytes", what,
		    KEEPER_KEYS_LEN);
		goto out;
	}
	if ((r = read_all(fd, key, KEEPER_KEYS_LEN)) != 0) {
		log_fr(r, "%s", what);
		goto out;
	}
	for (i = 0; i < KEEPER_KEYS_LEN; i++)
		any |= key[i];
	if (any == 0) {
		r = ERR_INVALID;
		log_error("%s: nothing but zeroes, not a key", what);
	}
out:
	if (r != 0)
		mem_wipe(key, KEEPER_KEYS_LEN);
	close(fd);
	return (r);
}
