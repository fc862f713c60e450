/*
 * Goal of this test: a recovery key pair is private, durable or not there, and
 * replaces none; a passphrase is the first line of its file, long enough, and
 * nobody else's to read; the public half opens nothing (V5).
 * Links: authd/backup_key.c authd/base/file.c authd/base/text.c
 * Links: authd/base/mem.c authd/base/log.c authd/base/err.c
 * Links: authd/base/timetext.c tests/fakes/clock_fake.c
 * Links: tests/fakes/disk_fake.c
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <sodium.h>

#include "authd/backup_key.h"
#include "authd/base/log.h"
#include "tests/fakes/disk_fake.h"

static char dir[] = "/tmp/sekisho-bkey.XXXXXX";
static char pub[64], key[64], pass[64];
static struct disk_fake *disk;

static int
setup(void **state)
{
	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	memset(dir + sizeof(dir) - 7, 'X', 6);
	assert_non_null(mkdtemp(dir));
	snprintf(pub, sizeof(pub), "%s/recovery.pub", dir);
	snprintf(key, sizeof(key), "%s/recovery.key", dir);
	snprintf(pass, sizeof(pass), "%s/pass", dir);
	disk = disk_fake_reset();
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	assert_int_equal(rmdir(dir), 0);
	return (0);
}

static bool
is_there(const char *path)
{
	struct stat st;

	return (lstat(path, &st) == 0);
}

static void
test_pair(void **state)
{
	struct backup_key_source for_pub = { .recipient = pub };
	struct backup_key_source for_key = { .identity = key };
	struct backup_key_source wrong = { .identity = pub };
	const struct backup_file_key *a, *b;
	uint8_t theirs[BACKUP_FILE_KEY_LEN];
	size_t n = sizeof(theirs);
	struct backup_key *ka, *kb;
	struct stat st;
	EVP_PKEY *x;

	(void)state;
	assert_int_equal(backup_key_make(dir), 0);
	/* both files, then the directory that names them */
	assert_int_equal(disk->files, 2);
	assert_int_equal(disk->dirs, 1);
	assert_int_equal(lstat(key, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(lstat(pub, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(backup_key_get(&for_pub, true, &ka), 0);
	assert_int_equal(backup_key_get(&for_key, false, &kb), 0);
	a = backup_key_use(ka);
	b = backup_key_use(kb);
	assert_int_equal(a->kind, BACKUP_FILE_RECIPIENT);
	assert_memory_equal(a->public_key, b->public_key, BACKUP_FILE_KEY_LEN);
	/* OpenSSL says which public half belongs to it */
	x = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_X25519, NULL, b->secret_key, BACKUP_FILE_KEY_LEN);
	assert_int_equal(EVP_PKEY_get_raw_public_key(x, theirs, &n), 1);
	EVP_PKEY_free(x);
	assert_memory_equal(theirs, a->public_key, BACKUP_FILE_KEY_LEN);
	assert_true(sodium_is_zero(a->secret_key, BACKUP_FILE_KEY_LEN));
	assert_false(sodium_is_zero(b->secret_key, BACKUP_FILE_KEY_LEN));
	backup_key_free(ka);
	backup_key_free(kb);
	/* what everybody reads is taken for no secret */
	assert_int_equal(backup_key_get(&wrong, false, &ka), ERR_DENIED);
	assert_null(ka);
	/* replaced is none, whichever half is there */
	assert_int_equal(backup_key_make(dir), ERR_EXISTS);
	assert_int_equal(unlink(key), 0);
	assert_int_equal(backup_key_make(dir), ERR_EXISTS);
	assert_false(is_there(key));
	assert_int_equal(unlink(pub), 0);
}

static void
test_F6_durable_or_not_there(void **state)
{
	(void)state;
	disk->fails_dirs = true;
	assert_int_equal(backup_key_make(dir), ERR_IO);
	assert_false(is_there(key));
	assert_false(is_there(pub));
	disk->fails_dirs = false;
	disk->fails_files = true;
	assert_int_equal(backup_key_make(dir), ERR_IO);
	assert_false(is_there(key));
	assert_false(is_there(pub));
}

static int
get(const char *text, size_t n, mode_t mode, char *out)
{
	const struct backup_key_source from = { .passphrase_file = pass };
	struct backup_key *k;
	int fd, r;

	fd = open(pass, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, n), (ssize_t)n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	if ((r = backup_key_get(&from, true, &k)) == 0) {
		assert_int_equal(
		    backup_key_use(k)->kind, BACKUP_FILE_PASSPHRASE);
		assert_true(backup_key_use(k)->passphrase_len < 1100);
		memcpy(out, backup_key_use(k)->passphrase,
		    backup_key_use(k)->passphrase_len + 1);
	} else
		assert_null(k);
	backup_key_free(k);
	assert_int_equal(unlink(pass), 0);
	return (r);
}

static void
test_passphrase(void **state)
{
	static const char plain[] = "correct horse\r\nsecond line";
	char longer[BACKUP_KEY_MAX + 2], got[1100];

	(void)state;
	assert_int_equal(get(plain, sizeof(plain) - 1, 0600, got), 0);
	assert_string_equal(got, "correct horse");
	assert_int_equal(get("correct horse", 13, 0640, got), 0);
	assert_string_equal(got, "correct horse");
	assert_int_equal(get(plain, sizeof(plain) - 1, 0604, got), ERR_DENIED);
	assert_int_equal(get(plain, sizeof(plain) - 1, 0602, got), ERR_DENIED);
	assert_int_equal(get("correct\0horse", 13, 0600, got), ERR_INVALID);
	memset(longer, 'x', sizeof(longer));
	assert_int_equal(
	    get(longer, BACKUP_KEY_MIN - 1, 0600, got), ERR_INVALID);
	assert_int_equal(get(longer, BACKUP_KEY_MIN, 0600, got), 0);
	assert_int_equal(get(longer, BACKUP_KEY_MAX, 0600, got), 0);
	assert_int_equal(strlen(got), BACKUP_KEY_MAX);
	assert_int_equal(
	    get(longer, BACKUP_KEY_MAX + 1, 0600, got), ERR_INVALID);
	assert_int_equal(get("", 0, 0600, got), ERR_INVALID);
	assert_int_equal(get("\nlong enough", 12, 0600, got), ERR_INVALID);
}

int
main(void)
{
#define RUN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		RUN(test_pair),
		RUN(test_F6_durable_or_not_there),
		RUN(test_passphrase),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
