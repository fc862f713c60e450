/*
 * memscan.c: does a process hold these bytes in its memory?
 *
 *	memscan PID HEX
 *
 * Prints how often they occur in its readable memory. Needs the right to read
 * /proc/PID/mem. Exit: 0 found, 1 not found, 2 could not look.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK      (1 << 20)
#define NEEDLE_MAX 256
#define REGION_MAX (1ULL << 30) /* a sanitizer's shadow is larger */

static size_t
unhex(const char *hex, uint8_t *out)
{
	size_t n = 0;
	unsigned byte;

	while (n < NEEDLE_MAX && sscanf(hex + 2 * n, "%2x", &byte) == 1)
		out[n++] = (uint8_t)byte;
	return (n);
}

static unsigned
scan(int fd, uint64_t from, uint64_t to, const uint8_t *needle, size_t n,
    uint8_t *chunk)
{
	unsigned found = 0;
	uint8_t *at, *end;
	ssize_t got;

	while (from + n <= to) {
		got = pread(fd, chunk, CHUNK, (off_t)from);
		if (got < (ssize_t)n)
			break;
		if (from + (uint64_t)got > to)
			got = (ssize_t)(to - from);
		end = chunk + got;
		at = chunk;
		while (
		    (at = memmem(at, (size_t)(end - at), needle, n)) != NULL) {
			found++;
			at++;
		}
		if (from + (uint64_t)got >= to)
			break;
		from += (uint64_t)got - n + 1;
	}
	return (found);
}

int
main(int argc, char **argv)
{
	char path[64], line[512], perm[8];
	uint8_t needle[NEEDLE_MAX], *chunk;
	uint64_t from, to, total = 0;
	unsigned found = 0;
	size_t n;
	FILE *maps;
	int fd;

	if (argc != 3 || (n = unhex(argv[2], needle)) == 0)
		return (2);
	snprintf(path, sizeof(path), "/proc/%s/maps", argv[1]);
	if ((maps = fopen(path, "r")) == NULL)
		return (2);
	snprintf(path, sizeof(path), "/proc/%s/mem", argv[1]);
	if ((fd = open(path, O_RDONLY)) == -1 ||
	    (chunk = malloc(CHUNK)) == NULL)
		return (2);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &from, &to,
			perm) != 3 ||
		    perm[0] != 'r' || to - from > REGION_MAX)
			continue;
		found += scan(fd, from, to, needle, n, chunk);
		total += to - from;
	}
	printf("%u in %" PRIu64 " bytes\n", found, total);
	free(chunk);
	close(fd);
	fclose(maps);
	return (found > 0 ? 0 : 1);
}
