#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/torture/fault_run.h"
#include "tests/torture/fault_sweep.h"

#define LONG_WORD 22 /* a request's id has 26, a token 43 and more */

static const char *const kinds[FAULT_KINDS] = { "malloc", "write", "pwrite",
	"sync", "rename", "getrandom", "send", "recv" };
static const int errors[FAULT_KINDS] = { ENOMEM, ENOSPC, ENOSPC, EIO, EIO,
	ENOSYS, ECONNRESET, ECONNRESET };

struct fault_state *
fault_sweep_map(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	void *p;

	/* the service users count in it as well */
	if (fd == -1 || fchmod(fd, 0666) != 0 ||
	    ftruncate(fd, sizeof(struct fault_state)) != 0) {
		perror(path);
		exit(2);
	}
	p = mmap(NULL, sizeof(struct fault_state), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);
	close(fd);
	if (p == MAP_FAILED) {
		perror(path);
		exit(2);
	}
	return (p);
}

void
fault_sweep_list(struct fault_state *state, int depth)
{
	memset(state, 0, sizeof(*state));
	state->depth = depth;
	state->is_listing = 1;
}

static int
by_place(const void *a, const void *b)
{
	const struct fault_call *x = a, *y = b;

	if (x->place != y->place)
		return (x->place < y->place ? -1 : 1);
	return (x->number < y->number ? -1 : x->number > y->number);
}

int
fault_sweep_points(
    struct fault_state *state, int program, struct fault_call *out)
{
	const struct fault_call *call;
	int i, n, kept = 0;

	state->is_listing = 0;
	if ((n = atomic_load(&state->calls_n)) > FAULT_CALLS_MAX)
		return (-1);
	qsort(state->list, (size_t)n, sizeof(*out), by_place);
	for (i = 0; i < n; i++) {
		call = &state->list[i];
		if (call->program != program ||
		    (kept > 0 && call->place == out[kept - 1].place &&
			call->kind == out[kept - 1].kind))
			continue;
		if (kept == FAULT_SWEEP_MAX)
			return (-1);
		out[kept++] = *call;
	}
	return (kept);
}

void
fault_sweep_arm(struct fault_state *state, const struct fault_call *point)
{
	memset(state, 0, offsetof(struct fault_state, list));
	state->program = point->program;
	state->kind = point->kind;
	state->error = errors[point->kind];
	state->number = point->number;
}

void
fault_sweep_drop(char *text)
{
	char *to = text, *p, *word;

	for (p = text; *p != '\0'; p++) {
		for (word = p; isalnum((unsigned char)*p) || *p == '_';)
			p++;
		if (p - word >= LONG_WORD)
			word = p;
		for (; word <= p; word++)
			if (strchr("0123456789 ", *word) == NULL)
				*to++ = *word;
		if (*p == '\0')
			break;
	}
	*to = '\0';
}

static bool
is_ours(const struct fault_frame *f)
{
	return (strncmp(f->file, "sekisho", 7) == 0);
}

bool
fault_sweep_is_library(const struct fault_state *state)
{
	const struct fault_frame *f = state->frames, *end = f + state->frames_n;

	while (f < end && !fault_run_is_foreign(f) && !is_ours(f))
		f++;
	/* of ours only the allocator that we lend to jansson: below the others
	 * there is nearly always a library, libmicrohttpd */
	if (f + 1 < end && is_ours(f) &&
	    strncmp(f[1].file, "libjansson", 10) == 0)
		return (true);
	return (f < end && fault_run_is_foreign(f));
}

void
fault_sweep_print(
    const struct fault_state *state, const struct fault_call *point)
{
	int i;

	printf("%s %" PRId32 "\n", kinds[point->kind], point->number);
	for (i = 0; i < state->frames_n; i++)
		printf("    %s+0x%" PRIx64 " %s\n", state->frames[i].file,
		    state->frames[i].offset, state->frames[i].symbol);
}
