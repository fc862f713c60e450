/*
 * Goal of this test: a backup file gives back what was put into it, and says
 * so when it is cut at any byte, changed in any byte, locked by another
 * passphrase or key, or holds anything else than the members in their order.
 * Links: authd/backup_file.c authd/base/mem.c authd/base/buf.c
 * Links: authd/base/file.c
 * Links: authd/base/log.c authd/base/err.c authd/base/text.c
 * Links: authd/base/timetext.c authd/base/clock.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "authd/backup_file.h"
#include "authd/base/buf.h"
#include "authd/base/log.h"

#define PLAIN_MAX (4 * BACKUP_FILE_PIECE)
#define FIXED_LEN 12
#define OPS       crypto_pwhash_OPSLIMIT_MIN
#define MEM       crypto_pwhash_MEMLIMIT_MIN

static const char *const names[BACKUP_FILE_MEMBERS] = { "sekisho.conf",
	"keys/seed.key", "keys/audit.key", "audit.pub", "keys/ca.key", "ca.pem",
	"keeper.state", "data/sekisho.db" };
static const size_t sizes[BACKUP_FILE_MEMBERS] = { 0, 32, 32, 65, 32, 1500,
	4608, 512 };

static const struct backup_file_key right = { .kind = BACKUP_FILE_PASSPHRASE,
	.passphrase = "correct horse",
	.passphrase_len = 13,
	.ops = OPS,
	.mem = MEM };

struct pair {
	uint8_t public_key[32], secret_key[32];
};

static struct backup_file_key
recovery(struct pair *p)
{
	struct backup_file_key k = { .kind = BACKUP_FILE_RECIPIENT,
		.public_key = p->public_key,
		.secret_key = p->secret_key };

	assert_int_not_equal(sodium_init(), -1);
	assert_int_equal(crypto_box_keypair(p->public_key, p->secret_key), 0);
	return (k);
}

static int
new_fd(void)
{
	int fd = memfd_create("backup", 0);

	assert_int_not_equal(fd, -1);
	return (fd);
}

static uint8_t
byte_of(int m, size_t i)
{
	return ((uint8_t)(17 * m + 3 * i + i / 251));
}

/* A backup whose last member has db bytes, each put in uneven portions. */
static int
make(const struct backup_file_key *k, size_t db)
{
	struct backup_file *f;
	uint8_t *p = malloc(PLAIN_MAX);
	size_t n, i, part;
	int fd = new_fd(), m;

	assert_non_null(p);
	assert_int_equal(backup_file_create(fd, k, &f), 0);
	for (m = 0; m < BACKUP_FILE_MEMBERS; m++) {
		n = m == BACKUP_FILE_DB ? db : sizes[m];
		for (i = 0; i < n; i++)
			p[i] = byte_of(m, i);
		assert_int_equal(
		    backup_file_put_begin(f, (enum backup_file_member)m, n), 0);
		for (i = 0; i < n; i += part) {
			part = n - i < 4099 ? n - i : 4099;
			assert_int_equal(backup_file_put(f, p + i, part), 0);
		}
	}
	assert_int_equal(backup_file_finish(f), 0);
	backup_file_close(f);
	free(p);
	return (fd);
}

/* Read all there is; 0 only when it is what make() put in. */
static int
take(int fd, const struct backup_file_key *k, size_t db)
{
	struct backup_file *f;
	uint8_t *p;
	uint64_t size;
	size_t i;
	int m, r;

	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	if ((r = backup_file_open(fd, k, &f)) != 0) {
		assert_null(f);
		return (r);
	}
	p = malloc(PLAIN_MAX);
	assert_non_null(p);
	for (m = 0; r == 0 && m < BACKUP_FILE_MEMBERS; m++) {
		r = backup_file_next(f, (enum backup_file_member)m, &size);
		if (r != 0)
			break;
		assert_int_equal(size, m == BACKUP_FILE_DB ? db : sizes[m]);
		r = backup_file_get(f, p, size);
		for (i = 0; r == 0 && i < size; i++)
			assert_int_equal(p[i], byte_of(m, i));
	}
	if (r == 0)
		r = backup_file_end(f);
	free(p);
	backup_file_close(f);
	return (r);
}

static size_t
length(int fd)
{
	return ((size_t)lseek(fd, 0, SEEK_END));
}

/* The size of the last member with which all is exactly one piece. */
static size_t
one_piece(void)
{
	size_t n = BACKUP_FILE_PIECE - 2; /* the end */
	int m;

	for (m = 0; m < BACKUP_FILE_MEMBERS; m++)
		n -= 2 + strlen(names[m]) + 8 +
		    (m == BACKUP_FILE_DB ? 0 : sizes[m]);
	return (n);
}

static void
test_round_trip(void **state)
{
	const size_t whole = one_piece();
	const size_t db[] = { 512, 70000, 2 * BACKUP_FILE_PIECE, whole,
		whole + BACKUP_FILE_PIECE };
	struct pair p;
	struct backup_file_key k = recovery(&p), out = k;
	size_t i, d;
	int fd;

	(void)state;
	out.secret_key = NULL; /* locking needs the public half only */
	for (i = 0; i < sizeof(db) / sizeof(db[0]); i++) {
		fd = make(&right, db[i]);
		assert_int_equal(take(fd, &right, db[i]), 0);
		close(fd);
		fd = make(&out, db[i]);
		assert_int_equal(take(fd, &k, db[i]), 0);
		close(fd);
	}
	/* Every place of the end within its piece, on both sides of it. */
	for (d = 0; d < 120; d++) {
		fd = make(&out, whole - 60 + d);
		assert_int_equal(take(fd, &k, whole - 60 + d), 0);
		/* and with a byte after it */
		assert_int_equal(pwrite(fd, "x", 1, (off_t)length(fd)), 1);
		assert_int_not_equal(take(fd, &k, whole - 60 + d), 0);
		close(fd);
	}
}

static void
test_cut_at_every_byte(void **state)
{
	struct pair p;
	struct backup_file_key k = recovery(&p);
	int fd = make(&k, 512);
	size_t n = length(fd);

	(void)state;
	while (n-- > 0) {
		assert_int_equal(ftruncate(fd, (off_t)n), 0);
		assert_int_not_equal(take(fd, &k, 512), 0);
	}
	close(fd);
	/* At the end of a piece, where all that is there is good. */
	fd = make(&k, 2 * BACKUP_FILE_PIECE);
	n = FIXED_LEN + 80 + 24 + 2 * (BACKUP_FILE_PIECE + 17);
	assert_true(length(fd) > n);
	assert_int_equal(ftruncate(fd, (off_t)n), 0);
	assert_int_equal(take(fd, &k, 2 * BACKUP_FILE_PIECE), ERR_CORRUPT);
	close(fd);
}

static void
test_change_of_every_byte(void **state)
{
	struct pair p;
	struct backup_file_key k = recovery(&p);
	int fd = make(&k, 512);
	size_t n = length(fd), i;
	uint8_t old, bad;

	(void)state;
	for (i = 0; i < n; i++) {
		assert_int_equal(pread(fd, &old, 1, (off_t)i), 1);
		bad = old ^ (uint8_t)(1 << (i % 8));
		assert_int_equal(pwrite(fd, &bad, 1, (off_t)i), 1);
		assert_int_not_equal(take(fd, &k, 512), 0);
		assert_int_equal(pwrite(fd, &old, 1, (off_t)i), 1);
	}
	assert_int_equal(take(fd, &k, 512), 0);
	/* One byte more at the end. */
	assert_int_equal(pwrite(fd, &old, 1, (off_t)n), 1);
	assert_int_not_equal(take(fd, &k, 512), 0);
	close(fd);
}

/* Salt, costs and the rest of what is in clear before a passphrase's file. */
static void
test_change_of_the_head(void **state)
{
	int fd = make(&right, 512), r;
	size_t i;
	uint8_t old, bad;

	(void)state;
	for (i = 0; i < FIXED_LEN + 16 + 16 + 24; i++) {
		assert_int_equal(pread(fd, &old, 1, (off_t)i), 1);
		bad = old ^ 1;
		assert_int_equal(pwrite(fd, &bad, 1, (off_t)i), 1);
		r = take(fd, &right, 512);
		assert_int_not_equal(r, 0);
		/* The high bytes of the costs: refused before any work. */
		if (i >= FIXED_LEN + 16 && i < FIXED_LEN + 16 + 7)
			assert_int_equal(r, ERR_LIMIT);
		if (i >= FIXED_LEN + 24 && i < FIXED_LEN + 28)
			assert_int_equal(r, ERR_LIMIT);
		assert_int_equal(pwrite(fd, &old, 1, (off_t)i), 1);
	}
	assert_int_equal(take(fd, &right, 512), 0);
	close(fd);
}

static void
test_wrong_passphrase_or_key(void **state)
{
	struct backup_file_key wrong = right;
	struct pair mine, other;
	struct backup_file_key k = recovery(&mine), w = recovery(&other);
	int fd = make(&right, 512);

	(void)state;
	wrong.passphrase = "correct horsf";
	assert_int_equal(take(fd, &wrong, 512), ERR_DENIED);
	wrong.passphrase = "correct horse ";
	wrong.passphrase_len = 14;
	assert_int_equal(take(fd, &wrong, 512), ERR_DENIED);
	assert_int_equal(take(fd, &k, 512), ERR_WRONG_STATE);
	close(fd);
	fd = make(&k, 512);
	assert_int_equal(take(fd, &w, 512), ERR_DENIED);
	assert_int_equal(take(fd, &right, 512), ERR_WRONG_STATE);
	close(fd);
	fd = new_fd();
	assert_int_equal(take(fd, &right, 512), ERR_CORRUPT);
	close(fd);
}

/* What a writer of ours would never make, under the right key. */
struct forged {
	struct buf b;
	uint8_t plain[PLAIN_MAX];
};

static void
put_member(struct forged *g, const char *name, uint64_t size, size_t bytes)
{
	size_t i;

	buf_put_u16(&g->b, (uint16_t)strlen(name));
	buf_put_raw(&g->b, name, strlen(name));
	buf_put_u64(&g->b, size);
	for (i = 0; i < bytes; i++)
		buf_put_u8(&g->b, 0x55);
}

static int
seal_as(const struct forged *g, const struct pair *p, uint8_t version)
{
	crypto_secretstream_xchacha20poly1305_state st;
	uint8_t key[32], head[FIXED_LEN + 80 + 24], *out;
	unsigned long long n;
	int fd = new_fd();

	assert_false(g->b.is_broken);
	assert_true(g->b.len <= BACKUP_FILE_PIECE);
	out = malloc(g->b.len + 17);
	assert_non_null(out);
	memcpy(head, "SKBACKUP\0\0\2\0", FIXED_LEN);
	head[9] = version;
	randombytes_buf(key, sizeof(key));
	assert_int_equal(
	    crypto_box_seal(head + FIXED_LEN, key, sizeof(key), p->public_key),
	    0);
	assert_int_equal(crypto_secretstream_xchacha20poly1305_init_push(
			     &st, head + FIXED_LEN + 80, key),
	    0);
	assert_int_equal(crypto_secretstream_xchacha20poly1305_push(&st, out,
			     &n, g->plain, g->b.len, head, sizeof(head),
			     crypto_secretstream_xchacha20poly1305_TAG_FINAL),
	    0);
	assert_int_equal(write(fd, head, sizeof(head)), sizeof(head));
	assert_int_equal(write(fd, out, n), n);
	free(out);
	return (fd);
}

static int
seal(const struct forged *g, const struct pair *p)
{
	return (seal_as(g, p, 2));
}

/* Read a file of members without looking at their bytes. */
static int
walk(int fd, const struct backup_file_key *k)
{
	struct backup_file *f;
	uint8_t *p = malloc(PLAIN_MAX);
	uint64_t size;
	int m, r;

	assert_non_null(p);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(backup_file_open(fd, k, &f), 0);
	for (m = 0, r = 0; r == 0 && m < BACKUP_FILE_MEMBERS; m++) {
		r = backup_file_next(f, (enum backup_file_member)m, &size);
		if (r == ERR_NOTFOUND) {
			assert_true(m == BACKUP_FILE_CA_KEY ||
			    m == BACKUP_FILE_CA_CHAIN);
			r = 0;
		} else if (r == 0) {
			assert_true(size <=
			    backup_file_max((enum backup_file_member)m));
			r = backup_file_get(
			    f, p, size < PLAIN_MAX ? size : PLAIN_MAX);
		}
	}
	if (r == 0)
		r = backup_file_end(f);
	free(p);
	backup_file_close(f);
	close(fd);
	return (r);
}

/* All members, with name and size of one of them replaced. */
static int
walk_with(int at, const char *name, int64_t size)
{
	struct forged *g = calloc(1, sizeof(*g));
	struct pair p;
	struct backup_file_key k = recovery(&p);
	int m, fd;

	assert_non_null(g);
	buf_init(&g->b, g->plain, sizeof(g->plain));
	for (m = 0; m < BACKUP_FILE_MEMBERS; m++) {
		bool is_it = m == at;

		put_member(g, is_it && name != NULL ? name : names[m],
		    is_it && size >= 0 ? (uint64_t)size : sizes[m], sizes[m]);
	}
	buf_put_u16(&g->b, 0);
	fd = seal(g, &p);
	free(g);
	return (walk(fd, &k));
}

static void
test_foreign_names(void **state)
{
	static const char *const bad[] = { "", "x", "/etc/passwd",
		"../sekisho.conf", "keys/../x.key", "keys/seed.kex",
		"data/sekisho.db", "sekisho.conf", "keys/audit.key",
		"keys/seed.key/" };
	char longest[300];
	size_t i;
	int m;

	(void)state;
	assert_int_equal(walk_with(-1, NULL, -1), 0);
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	for (m = 0; m < BACKUP_FILE_MEMBERS; m++) {
		assert_int_equal(walk_with(m, longest, -1), ERR_CORRUPT);
		for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
			if (strcmp(bad[i], names[m]) != 0)
				assert_int_equal(
				    walk_with(m, bad[i], -1), ERR_CORRUPT);
		}
	}
}

static void
test_wrong_sizes(void **state)
{
	(void)state;
	assert_int_equal(
	    walk_with(BACKUP_FILE_SEED_KEY, NULL, 31), ERR_CORRUPT);
	assert_int_equal(
	    walk_with(BACKUP_FILE_SEED_KEY, NULL, 33), ERR_CORRUPT);
	assert_int_equal(
	    walk_with(BACKUP_FILE_AUDIT_KEY, NULL, 0), ERR_CORRUPT);
	assert_int_equal(
	    walk_with(BACKUP_FILE_CONF, NULL, 1024 * 1024 + 1), ERR_CORRUPT);
	assert_int_equal(walk_with(BACKUP_FILE_STATE, NULL, 8193), ERR_CORRUPT);
	assert_int_equal(
	    walk_with(BACKUP_FILE_DB, NULL, (1LL << 40) + 1), ERR_CORRUPT);
	/* More than is there: the end comes too early. */
	assert_int_equal(walk_with(BACKUP_FILE_DB, NULL, 100000), ERR_CORRUPT);
	/* Less than is there: what follows is no end. */
	assert_int_equal(walk_with(BACKUP_FILE_STATE, NULL, 4600), ERR_CORRUPT);
}

/* Members left out, doubled, moved, one too many. */
static void
test_order(void **state)
{
	static const int orders[][10] = {
		{ 0, 1, 2, 3, 4, 5, 6, -1 },
		{ 1, 2, 3, 4, 5, 6, 7, -1 },
		{ 0, 2, 1, 3, 4, 5, 6, 7, -1 },
		{ 0, 1, 1, 2, 3, 4, 5, 6, 7, -1 },
		{ 7, 0, 1, 2, 3, 4, 5, 6, -1 },
		{ 0, 1, 2, 3, 4, 5, 6, 7, 7, -1 },
		{ 0, 1, 2, 3, 6, 7, -1 }, /* no CA: version 1 only */
		{ -1 },
	};
	struct pair p;
	struct backup_file_key k = recovery(&p);
	struct forged *g = calloc(1, sizeof(*g));
	size_t i;
	int j;

	(void)state;
	assert_non_null(g);
	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		buf_init(&g->b, g->plain, sizeof(g->plain));
		for (j = 0; orders[i][j] != -1; j++)
			put_member(g, names[orders[i][j]], sizes[orders[i][j]],
			    sizes[orders[i][j]]);
		buf_put_u16(&g->b, 0);
		assert_int_equal(walk(seal(g, &p), &k), ERR_CORRUPT);
	}
	/* Bytes after the end mark. */
	buf_init(&g->b, g->plain, sizeof(g->plain));
	for (j = 0; j < BACKUP_FILE_MEMBERS; j++)
		put_member(g, names[j], sizes[j], sizes[j]);
	buf_put_u16(&g->b, 0);
	buf_put_u8(&g->b, 0);
	assert_int_equal(walk(seal(g, &p), &k), ERR_CORRUPT);
	free(g);
}

/* A file of before there were certificates: all but the CA's two. */
static void
test_version_1(void **state)
{
	struct pair p;
	struct backup_file_key k = recovery(&p);
	struct forged *g = calloc(1, sizeof(*g));
	int m;

	(void)state;
	assert_non_null(g);
	buf_init(&g->b, g->plain, sizeof(g->plain));
	for (m = 0; m < BACKUP_FILE_MEMBERS; m++)
		if (m != BACKUP_FILE_CA_KEY && m != BACKUP_FILE_CA_CHAIN)
			put_member(g, names[m], sizes[m], sizes[m]);
	buf_put_u16(&g->b, 0);
	assert_int_equal(walk(seal_as(g, &p, 1), &k), 0);
	assert_int_equal(walk(seal_as(g, &p, 2), &k), ERR_CORRUPT);
	/* nor with them */
	buf_init(&g->b, g->plain, sizeof(g->plain));
	for (m = 0; m < BACKUP_FILE_MEMBERS; m++)
		put_member(g, names[m], sizes[m], sizes[m]);
	buf_put_u16(&g->b, 0);
	assert_int_equal(walk(seal_as(g, &p, 1), &k), ERR_CORRUPT);
	free(g);
}

static void
test_writer_keeps_order_and_sizes(void **state)
{
	struct pair p;
	struct backup_file_key k = recovery(&p);
	struct backup_file *f;
	uint8_t bytes[33] = { 0 };
	int fd = new_fd();

	(void)state;
	assert_int_equal(backup_file_create(fd, &k, &f), 0);
	assert_int_equal(
	    backup_file_put_begin(f, BACKUP_FILE_DB, 512), ERR_WRONG_STATE);
	assert_int_equal(backup_file_finish(f), ERR_WRONG_STATE);
	assert_int_equal(backup_file_put_begin(f, BACKUP_FILE_CONF, 0), 0);
	assert_int_equal(
	    backup_file_put_begin(f, BACKUP_FILE_SEED_KEY, 33), ERR_LIMIT);
	assert_int_equal(backup_file_put_begin(f, BACKUP_FILE_SEED_KEY, 32), 0);
	assert_int_equal(backup_file_put(f, bytes, 33), ERR_WRONG_STATE);
	assert_int_equal(backup_file_put(f, bytes, 31), 0);
	assert_int_equal(backup_file_put_begin(f, BACKUP_FILE_AUDIT_KEY, 32),
	    ERR_WRONG_STATE);
	backup_file_close(f);
	close(fd);
	backup_file_close(NULL);
}

/* Two backups of the same have nothing in common. */
static void
test_never_the_same_stream(void **state)
{
	uint8_t one[700], two[700];
	int a = make(&right, 512), b = make(&right, 512);
	size_t i, same = 0;

	(void)state;
	assert_int_equal(pread(a, one, sizeof(one), 68), sizeof(one));
	assert_int_equal(pread(b, two, sizeof(two), 68), sizeof(two));
	for (i = 0; i < sizeof(one); i++)
		same += one[i] == two[i];
	assert_true(same < 30);
	close(a);
	close(b);
}

/* Thousands of refusals are logged; what cmocka says comes after the test. */
static int
hush(void **state)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int *saved = malloc(sizeof(*saved));

	if (fd == -1 || saved == NULL)
		return (-1);
	*saved = dup(STDERR_FILENO);
	*state = saved;
	(void)dup2(fd, STDERR_FILENO);
	close(fd);
	return (*saved == -1 ? -1 : 0);
}

static int
speak(void **state)
{
	int *saved = *state;

	(void)dup2(*saved, STDERR_FILENO);
	close(*saved);
	free(saved);
	return (0);
}

#define QUIET(f) cmocka_unit_test_setup_teardown(f, hush, speak)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		QUIET(test_round_trip),
		QUIET(test_cut_at_every_byte),
		QUIET(test_change_of_every_byte),
		QUIET(test_change_of_the_head),
		QUIET(test_wrong_passphrase_or_key),
		QUIET(test_foreign_names),
		QUIET(test_wrong_sizes),
		QUIET(test_order),
		QUIET(test_version_1),
		QUIET(test_writer_keeps_order_and_sizes),
		QUIET(test_never_the_same_stream),
	};

	log_open("test", LOG_LEVEL_ERROR);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
