/*
 * replay.c: give every file of a directory to a fuzz target, without a fuzzer,
 * and the beginnings of each: what was cut off is the commonest bad input.
 *
 *	TARGET DIRECTORY
 *
 * Prints each file's name before it is tried, so that the last line of a run
 * that was aborted names the culprit, and then the number of inputs.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fuzz/fuzz.h"

#define INPUT_MAX (1024 * 1024)
#define CUTS_MAX  64 /* beginnings of one file that are tried */

static int
is_no_dot(const struct dirent *e)
{
	return (e->d_name[0] != '.');
}

/* The file in new memory of exactly its size; NULL when it cannot be read. */
static uint8_t *
slurp(const char *path, size_t *n)
{
	struct stat st;
	uint8_t *p = NULL;
	FILE *f;

	if ((f = fopen(path, "re")) == NULL)
		return (NULL);
	if (fstat(fileno(f), &st) == 0 && st.st_size <= INPUT_MAX &&
	    (p = malloc((size_t)st.st_size + 1)) != NULL) {
		*n = fread(p, 1, (size_t)st.st_size, f);
		if (*n != (size_t)st.st_size) {
			free(p);
			p = NULL;
		}
	}
	fclose(f);
	return (p);
}

static void
run(const uint8_t *p, size_t n)
{
	/* of its very size, so that a sanitizer sees a read beyond */
	uint8_t *own = malloc(n > 0 ? n : 1);

	if (own == NULL)
		abort();
	memcpy(own, p, n);
	LLVMFuzzerTestOneInput(own, n);
	free(own);
}

int
main(int argc, char **argv)
{
	struct dirent **list;
	size_t n, cut, step, inputs = 0;
	char path[4096];
	uint8_t *p;
	int count, i;

	if (argc != 2) {
		fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
		return (2);
	}
	if ((count = scandir(argv[1], &list, is_no_dot, alphasort)) < 1) {
		fprintf(stderr, "%s: nothing to replay\n", argv[1]);
		return (1);
	}
	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", argv[1], list[i]->d_name);
		printf("# %s\n", path);
		fflush(stdout);
		if ((p = slurp(path, &n)) == NULL) {
			fprintf(stderr, "%s: cannot be read\n", path);
			return (1);
		}
		step = n / CUTS_MAX + 1;
		for (cut = 0; cut < n; cut += step, inputs++)
			run(p, cut);
		run(p, n);
		inputs++;
		free(p);
		free(list[i]);
	}
	free(list);
	printf("%zu inputs\n", inputs);
	return (0);
}
