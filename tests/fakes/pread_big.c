#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/fakes/pread_big.h"

/* what a fortified build calls instead */
ssize_t __pread_chk(int, void *, size_t, off_t, size_t);

static struct {
	int fd, reads, has_hash;
	int64_t lines;
	uint8_t hash[20];
} big = { .fd = -1 };

void
pread_big_use(int fd, int64_t lines, const uint8_t hash[20])
{
	big.fd = fd;
	big.reads = 0;
	big.lines = lines;
	big.has_hash = hash != NULL;
	if (hash != NULL)
		memcpy(big.hash, hash, 20);
}

int
pread_big_reads(void)
{
	return (big.reads);
}

static void
put_line(int64_t i, char out[PREAD_BIG_LINE + 1])
{
	uint64_t step = UINT64_MAX / (uint64_t)big.lines, first = 0;
	uint8_t hash[20] = { 0 };
	size_t k;

	for (k = 0; k < 8; k++) {
		first = first << 8 | big.hash[k];
		hash[k] = (uint8_t)((uint64_t)i * step >> (56 - 8 * k));
	}
	if (big.has_hash && first / step == (uint64_t)i)
		memcpy(hash, big.hash, 20);
	for (k = 0; k < 20; k++)
		(void)snprintf(out + 2 * k, 3, "%02X", hash[k]);
	memcpy(out + 40, ":1\r\n", 5);
}

ssize_t
pread(int fd, void *to, size_t n, off_t at)
{
	int64_t size = big.lines * PREAD_BIG_LINE;
	char line[PREAD_BIG_LINE + 1];
	size_t i;

	if (fd != big.fd || fd < 0)
		return (syscall(SYS_pread64, fd, to, n, at));
	big.reads++;
	for (i = 0; i < n && at + (int64_t)i < size; i++) {
		int64_t place = at + (int64_t)i;

		if (i == 0 || place % PREAD_BIG_LINE == 0)
			put_line(place / PREAD_BIG_LINE, line);
		((char *)to)[i] = line[place % PREAD_BIG_LINE];
	}
	return ((ssize_t)i);
}

ssize_t
__pread_chk(int fd, void *to, size_t n, off_t at, size_t room)
{
	return (n > room ? -1 : pread(fd, to, n, at));
}

int
fstat(int fd, struct stat *st)
{
	int r = (int)syscall(SYS_newfstatat, fd, "", st, 0x1000);

	if (r == 0 && fd == big.fd)
		st->st_size = big.lines * PREAD_BIG_LINE;
	return (r);
}
