#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/torture/cut_image.h"

#define SECTOR      512
#define PENDING_MAX 65536
#define SHM_BYTES   32768

struct bytes {
	uint8_t *p;
	size_t n, size;
};

struct cut_image {
	/* what lasts */
	struct bytes file[CUT_FILES_MAX];
	bool is_there[CUT_FILES_MAX];
	/* what happened since; one may be of a name or of bytes */
	const struct cut_op *pending[PENDING_MAX];
	size_t n;
};

static void
resize(struct bytes *b, size_t n)
{
	uint8_t *grown;

	if (n > b->size) {
		b->size = 2 * n;
		if ((grown = realloc(b->p, b->size)) == NULL)
			abort();
		b->p = grown;
	}
	if (n > b->n)
		memset(b->p + b->n, 0, n - b->n);
	b->n = n;
}

/* splitmix64, so that a seed gives the same image again */
static uint64_t
next(uint64_t *seed)
{
	uint64_t z = (*seed += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (z ^ (z >> 31));
}

static void
apply(struct bytes *b, const struct cut_op *op)
{
	size_t end;

	if (op->what == CUT_TRUNCATE) {
		resize(b, (size_t)op->at);
		return;
	}
	end = (size_t)op->at + op->n;
	if (end > b->n)
		resize(b, end);
	memcpy(b->p + op->at, op->bytes, op->n);
}

/*
 * Some sectors arrived, some did not, some hold rubbish. Only what was being
 * written is touched (power-safe overwrite, as SQLite supposes).
 */
static void
apply_torn(struct bytes *b, const struct cut_op *op, uint64_t *seed)
{
	size_t at, end = (size_t)op->at + op->n, part;
	uint64_t choice;

	if (op->what == CUT_TRUNCATE) {
		apply(b, op);
		return;
	}
	if (end > b->n)
		resize(b, end);
	for (at = (size_t)op->at; at < end; at += part) {
		part = SECTOR - at % SECTOR;
		if (part > end - at)
			part = end - at;
		choice = next(seed) % 4;
		if (choice < 2)
			memcpy(
			    b->p + at, op->bytes + (at - (size_t)op->at), part);
		else if (choice == 2)
			memset(b->p + at, (int)next(seed), part);
	}
}

static bool
is_name(const struct cut_op *op)
{
	return (op->what == CUT_CREATE || op->what == CUT_DELETE);
}

/* The pending of one kind last from now on. */
static void
settle(struct cut_image *c, bool names, int file)
{
	size_t i, kept = 0;

	for (i = 0; i < c->n; i++) {
		const struct cut_op *op = c->pending[i];

		if (names && is_name(op)) {
			c->is_there[op->file] = op->what == CUT_CREATE;
		} else if (!names && !is_name(op) && op->file == file)
			apply(&c->file[file], op);
		else
			c->pending[kept++] = op;
	}
	c->n = kept;
}

void
cut_image_play(struct cut_image *c, const struct cut_op *op)
{
	switch (op->what) {
	case CUT_SYNC:
		settle(c, false, op->file);
		break;
	case CUT_NAMES:
		settle(c, true, -1);
		break;
	case CUT_CREATE:
	case CUT_DELETE:
	case CUT_WRITE:
	case CUT_TRUNCATE:
		if (c->n == PENDING_MAX)
			abort();
		c->pending[c->n++] = op;
		break;
	default:
		break;
	}
}

size_t
cut_image_pending(const struct cut_image *c)
{
	return (c->n);
}

/* Every subset once whole and once torn, while that is not too many. */
size_t
cut_image_variants(const struct cut_image *c, size_t most)
{
	if (c->n == 0)
		return (1);
	if (c->n < 20 && ((size_t)2 << c->n) <= most)
		return ((size_t)2 << c->n);
	return (most);
}

/* Did this one arrive? One subset after the other, or picked ones. */
static bool
has_arrived(const struct cut_image *c, size_t i, size_t variant, size_t most,
    uint64_t *seed)
{
	size_t subset = variant / 2;
	uint64_t draw = next(seed);

	if (c->n < 20 && ((size_t)2 << c->n) <= most)
		return ((subset >> i & 1) != 0);
	if (subset < 2)
		return (subset == 1);
	switch (subset % 4) {
	case 0: /* in order, up to somewhere */
		return (i < subset / 4 * c->n * 8 / most + 1);
	case 1: /* all but one */
		return (i != subset / 4 % c->n);
	default: /* any */
		return (draw % 2 == 0);
	}
}

static void
write_file(const char *dir, const char *name, const void *p, size_t n)
{
	char path[CUT_NAME_MAX + 300];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd == -1 || write(fd, p, n) != (ssize_t)n) {
		perror(path);
		exit(2);
	}
	close(fd);
}

/* The index beside the WAL is never synced: it may hold anything. */
static void
write_rubbish(const char *dir, const char *db, uint64_t *seed)
{
	char name[CUT_NAME_MAX + 8];
	uint64_t words[SHM_BYTES / 8];
	size_t i;

	for (i = 0; i < SHM_BYTES / 8; i++)
		words[i] = next(seed);
	(void)snprintf(name, sizeof(name), "%s-shm", db);
	write_file(dir, name, words, sizeof(words));
}

void
cut_image_write(const struct cut_image *c, size_t variant, size_t most,
    uint64_t seed, const char *dir)
{
	struct bytes b = { NULL, 0, 0 };
	bool is_torn = variant % 2 == 1, is_there;
	bool arrived[PENDING_MAX];
	const struct cut_op *op;
	size_t i;
	int f;

	for (i = 0; i < c->n; i++)
		arrived[i] = has_arrived(c, i, variant, most, &seed);
	for (f = 0; cut_vfs_name(f) != NULL; f++) {
		is_there = c->is_there[f];
		b.n = 0;
		resize(&b, c->file[f].n);
		if (b.n > 0)
			memcpy(b.p, c->file[f].p, b.n);
		for (i = 0; i < c->n; i++) {
			op = c->pending[i];
			if (op->file != f || !arrived[i])
				continue;
			if (is_name(op)) {
				is_there = op->what == CUT_CREATE;
			} else if (is_torn)
				apply_torn(&b, op, &seed);
			else
				apply(&b, op);
		}
		/* Two of one name: the later has it. */
		if (is_there)
			write_file(dir, cut_vfs_name(f), b.p, b.n);
	}
	if (next(&seed) % 2 == 0)
		write_rubbish(dir, cut_vfs_name(0), &seed);
	free(b.p);
}

struct cut_image *
cut_image_new(void)
{
	struct cut_image *c = calloc(1, sizeof(*c));

	if (c == NULL)
		abort();
	return (c);
}

void
cut_image_free(struct cut_image *c)
{
	int i;

	for (i = 0; i < CUT_FILES_MAX; i++)
		free(c->file[i].p);
	free(c);
}
