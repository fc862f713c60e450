#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authd/backup_file.h"
#include "authd/base/buf.h"
#include "authd/base/file.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"

#define MAGIC     "SKBACKUP"
#define MAGIC_LEN 8
#define VERSION   2
#define NO_CA     1 /* the version before there were certificates */
#define FIXED_LEN (MAGIC_LEN + 4)
#define SALT_LEN  crypto_pwhash_SALTBYTES
#define SEAL_LEN                                                               \
	(crypto_box_SEALBYTES + crypto_secretstream_xchacha20poly1305_KEYBYTES)
#define STREAM_LEN   crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define KEY_LEN      crypto_secretstream_xchacha20poly1305_KEYBYTES
#define EXTRA_LEN    crypto_secretstream_xchacha20poly1305_ABYTES
#define HEAD_MAX     (FIXED_LEN + SEAL_LEN + STREAM_LEN)
#define NAME_LEN_MAX 32

static const struct member {
	const char *name;
	uint64_t min, max;
} members[BACKUP_FILE_MEMBERS] = {
	[BACKUP_FILE_CONF] = { "sekisho.conf", 0, 1024 * 1024 },
	[BACKUP_FILE_SEED_KEY] = { "keys/seed.key", 32, 32 },
	[BACKUP_FILE_AUDIT_KEY] = { "keys/audit.key", 32, 32 },
	[BACKUP_FILE_AUDIT_PUB] = { "audit.pub", 64, 128 },
	[BACKUP_FILE_CA_KEY] = { "keys/ca.key", 32, 32 },
	[BACKUP_FILE_CA_CHAIN] = { "ca.pem", 1, 16384 },
	[BACKUP_FILE_STATE] = { "keeper.state", 1, 8192 },
	[BACKUP_FILE_DB] = { "data/sekisho.db", 512, 1LL << 40 },
};

struct backup_file {
	int fd; /* borrowed */
	int version; /* of a file that is read */
	crypto_secretstream_xchacha20poly1305_state stream;
	uint8_t head[HEAD_MAX];
	size_t head_len;
	bool is_first;  /* the piece to come is the first one */
	bool has_final; /* the final piece was read */
	int next;       /* member to come */
	uint64_t left;  /* bytes of the present one */
	size_t at, len; /* plain: read up to at, filled up to len */
	uint8_t plain[BACKUP_FILE_PIECE];
	uint8_t sealed[BACKUP_FILE_PIECE + EXTRA_LEN];
};

uint64_t
backup_file_max(enum backup_file_member m)
{
	return (members[m].max);
}

static int
write_all(int fd, const uint8_t *p, size_t n)
{
	int r = file_write(fd, p, n);

	return (r == 0 ? 0 : log_fr(r, "write the backup"));
}

/* As many as there are, up to n. */
static int
read_up_to(int fd, uint8_t *p, size_t n, size_t *got)
{
	ssize_t done;

	*got = 0;
	while (*got < n) {
		done = read(fd, p + *got, n - *got);
		if (done == -1 && errno == EINTR)
			continue;
		if (done == -1)
			return (log_fr(ERR_IO, "read the backup"));
		if (done == 0)
			break;
		*got += (size_t)done;
	}
	return (0);
}

static struct backup_file *
new_file(int fd)
{
	struct backup_file *f;
	void *p;

	if (sodium_init() == -1) {
		log_error("libsodium does not start");
		return (NULL);
	}
	if (mem_secret_new(sizeof(*f), &p) != 0)
		return (NULL);
	f = p;
	f->fd = fd;
	f->is_first = true;
	return (f);
}

static int
stretch(const struct backup_file_key *k, const uint8_t salt[SALT_LEN],
    uint64_t ops, uint64_t mem, uint8_t key[KEY_LEN])
{
	if (crypto_pwhash(key, KEY_LEN, k->passphrase, k->passphrase_len, salt,
		ops, (size_t)mem, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return (log_fr(ERR_NOMEM, "make a key of the passphrase"));
	return (0);
}

/* Choose the key and write down how it is found again. */
static int
lock(struct buf *b, const struct backup_file_key *k, uint8_t key[KEY_LEN])
{
	uint64_t ops = k->ops != 0 ? k->ops : crypto_pwhash_OPSLIMIT_MODERATE;
	uint64_t mem = k->mem != 0 ? k->mem : crypto_pwhash_MEMLIMIT_MODERATE;
	uint8_t salt[SALT_LEN], seal[SEAL_LEN];
	int r;

	if (k->kind == BACKUP_FILE_PASSPHRASE) {
		if ((r = mem_random(salt, sizeof(salt))) != 0)
			return (r);
		buf_put_raw(b, salt, sizeof(salt));
		buf_put_u64(b, ops);
		buf_put_u64(b, mem);
		return (stretch(k, salt, ops, mem, key));
	}
	if ((r = mem_random(key, KEY_LEN)) != 0)
		return (r);
	if (crypto_box_seal(seal, key, KEY_LEN, k->public_key) != 0)
		return (log_fr(ERR_INVALID, "recovery public key"));
	buf_put_raw(b, seal, sizeof(seal));
	return (0);
}

int
backup_file_create(
    int fd, const struct backup_file_key *key, struct backup_file **out)
{
	struct backup_file *f;
	uint8_t k[KEY_LEN], start[STREAM_LEN];
	struct buf b;
	int r;

	*out = NULL;
	if ((f = new_file(fd)) == NULL)
		return (ERR_NOMEM);
	buf_init(&b, f->head, sizeof(f->head));
	buf_put_raw(&b, MAGIC, MAGIC_LEN);
	buf_put_u16(&b, VERSION);
	buf_put_u8(&b, (uint8_t)key->kind);
	buf_put_u8(&b, 0);
	if ((r = lock(&b, key, k)) == 0 &&
	    crypto_secretstream_xchacha20poly1305_init_push(
		&f->stream, start, k) != 0)
		r = log_fr(ERR_SYS, "begin the backup");
	mem_wipe(k, sizeof(k));
	if (r == 0) {
		buf_put_raw(&b, start, sizeof(start));
		f->head_len = b.len;
		r = b.is_broken ? ERR_LIMIT : write_all(fd, f->head, b.len);
	}
	if (r != 0)
		backup_file_close(f);
	else
		*out = f;
	return (r);
}

/* Encrypt and write what has gathered. */
static int
push(struct backup_file *f, bool is_final)
{
	unsigned char tag = is_final
	    ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
	    : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
	unsigned long long n;

	(void)crypto_secretstream_xchacha20poly1305_push(&f->stream, f->sealed,
	    &n, f->plain, f->len, f->is_first ? f->head : NULL,
	    f->is_first ? f->head_len : 0, tag);
	f->is_first = false;
	f->len = 0;
	return (write_all(f->fd, f->sealed, (size_t)n));
}

static int
put_bytes(struct backup_file *f, const uint8_t *p, size_t n)
{
	size_t part;
	int r;

	while (n > 0) {
		if (f->len == BACKUP_FILE_PIECE && (r = push(f, false)) != 0)
			return (r);
		part = BACKUP_FILE_PIECE - f->len;
		if (part > n)
			part = n;
		memcpy(f->plain + f->len, p, part);
		f->len += part;
		p += part;
		n -= part;
	}
	return (0);
}

int
backup_file_put_begin(
    struct backup_file *f, enum backup_file_member m, uint64_t size)
{
	const struct member *w = &members[m];
	uint8_t head[NAME_LEN_MAX + 10];
	struct buf b;
	int r;

	if (f->left != 0 || f->next != (int)m)
		return (log_fr(ERR_WRONG_STATE, "backup of %s", w->name));
	if (size < w->min || size > w->max)
		return (log_fr(ERR_LIMIT, "backup of %s: %llu bytes", w->name,
		    (unsigned long long)size));
	buf_init(&b, head, sizeof(head));
	buf_put_u16(&b, (uint16_t)strlen(w->name));
	buf_put_raw(&b, w->name, strlen(w->name));
	buf_put_u64(&b, size);
	if ((r = put_bytes(f, head, b.len)) != 0)
		return (r);
	f->next++;
	f->left = size;
	return (0);
}

int
backup_file_put(struct backup_file *f, const void *p, size_t n)
{
	if (n > f->left)
		return (log_fr(ERR_WRONG_STATE, "backup: too many bytes"));
	f->left -= n;
	return (put_bytes(f, p, n));
}

int
backup_file_finish(struct backup_file *f)
{
	static const uint8_t end[2] = { 0 };
	int r;

	if (f->left != 0 || f->next != BACKUP_FILE_MEMBERS)
		return (log_fr(ERR_WRONG_STATE, "end of the backup"));
	if ((r = put_bytes(f, end, sizeof(end))) != 0)
		return (r);
	return (push(f, true));
}

/* The key of the file whose fixed beginning was read. */
static int
unlock(struct backup_file *f, const struct backup_file_key *k,
    uint8_t key[KEY_LEN])
{
	size_t len =
	    k->kind == BACKUP_FILE_PASSPHRASE ? SALT_LEN + 16 : SEAL_LEN;
	const uint8_t *at = f->head + FIXED_LEN;
	struct buf_reader rd;
	uint64_t ops, mem;
	size_t got;
	int r;

	if ((r = read_up_to(f->fd, f->head + FIXED_LEN, len, &got)) != 0)
		return (r);
	if (got < len)
		return (log_fr(ERR_CORRUPT, "the backup is cut off"));
	f->head_len = FIXED_LEN + len;
	if (k->kind == BACKUP_FILE_RECIPIENT) {
		if (crypto_box_seal_open(
			key, at, len, k->public_key, k->secret_key) != 0)
			return (log_fr(ERR_DENIED,
			    "open the backup: not made for this recovery key, "
			    "or damaged"));
		return (0);
	}
	buf_reader_init(&rd, at + SALT_LEN, 16);
	ops = buf_get_u64(&rd);
	mem = buf_get_u64(&rd);
	if (ops < crypto_pwhash_OPSLIMIT_MIN || ops > BACKUP_FILE_OPS_MAX ||
	    mem < crypto_pwhash_MEMLIMIT_MIN || mem > BACKUP_FILE_MEM_MAX)
		return (log_fr(ERR_LIMIT, "cost of the backup's passphrase"));
	return (stretch(k, at, ops, mem, key));
}

static int
check_fixed(struct backup_file *f, const struct backup_file_key *k)
{
	struct buf_reader rd;
	char magic[MAGIC_LEN];
	size_t got;
	int r, kind, zero;

	if ((r = read_up_to(f->fd, f->head, FIXED_LEN, &got)) != 0)
		return (r);
	buf_reader_init(&rd, f->head, got);
	buf_get_raw(&rd, magic, sizeof(magic));
	f->version = buf_get_u16(&rd);
	kind = buf_get_u8(&rd);
	zero = buf_get_u8(&rd);
	if (rd.is_broken || memcmp(magic, MAGIC, MAGIC_LEN) != 0 || zero != 0)
		return (log_fr(ERR_CORRUPT, "this is no backup of sekisho"));
	if (f->version != VERSION && f->version != NO_CA)
		return (log_fr(ERR_CORRUPT,
		    "backup of version %d, not up to %d", f->version, VERSION));
	if (kind != BACKUP_FILE_PASSPHRASE && kind != BACKUP_FILE_RECIPIENT)
		return (log_fr(ERR_CORRUPT, "backup with lock %d", kind));
	if (kind != (int)k->kind)
		return (log_fr(ERR_WRONG_STATE, "the backup is locked by a %s",
		    kind == BACKUP_FILE_PASSPHRASE
			? "passphrase"
			: "recovery key; give it with --identity"));
	return (0);
}

/* Read and open the next piece. */
static int
pull(struct backup_file *f)
{
	const uint8_t *ad = f->is_first ? f->head : NULL;
	unsigned long long n;
	unsigned char tag;
	size_t got;
	int r;

	if (f->has_final)
		return (log_fr(ERR_CORRUPT, "the backup ends too early"));
	r = read_up_to(f->fd, f->sealed, sizeof(f->sealed), &got);
	if (r != 0)
		return (r);
	if (got < EXTRA_LEN)
		return (log_fr(ERR_CORRUPT, "the backup is cut off"));
	if (crypto_secretstream_xchacha20poly1305_pull(&f->stream, f->plain, &n,
		&tag, f->sealed, got, ad, ad == NULL ? 0 : f->head_len) != 0) {
		if (f->is_first)
			return (log_fr(ERR_DENIED,
			    "open the backup: wrong passphrase or key, or the "
			    "file is damaged or cut off"));
		return (
		    log_fr(ERR_CORRUPT, "the backup is damaged or cut off"));
	}
	f->is_first = false;
	f->at = 0;
	f->len = (size_t)n;
	f->has_final = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	if (!f->has_final && got < sizeof(f->sealed))
		return (log_fr(ERR_CORRUPT, "the backup is cut off"));
	return (0);
}

int
backup_file_open(
    int fd, const struct backup_file_key *key, struct backup_file **out)
{
	struct backup_file *f;
	uint8_t k[KEY_LEN] = { 0 };
	size_t got = 0;
	int r;

	*out = NULL;
	if ((f = new_file(fd)) == NULL)
		return (ERR_NOMEM);
	if ((r = check_fixed(f, key)) == 0 && (r = unlock(f, key, k)) == 0)
		r = read_up_to(fd, f->head + f->head_len, STREAM_LEN, &got);
	if (r == 0 &&
	    (got < STREAM_LEN ||
		crypto_secretstream_xchacha20poly1305_init_pull(
		    &f->stream, f->head + f->head_len, k) != 0))
		r = log_fr(ERR_CORRUPT, "the backup is cut off");
	mem_wipe(k, sizeof(k));
	if (r == 0) {
		f->head_len += STREAM_LEN;
		r = pull(f);
	}
	if (r != 0)
		backup_file_close(f);
	else
		*out = f;
	return (r);
}

static int
get_bytes(struct backup_file *f, uint8_t *p, size_t n)
{
	size_t part;
	int r;

	while (n > 0) {
		if (f->at == f->len) {
			if ((r = pull(f)) != 0)
				return (r);
			continue;
		}
		part = f->len - f->at;
		if (part > n)
			part = n;
		memcpy(p, f->plain + f->at, part);
		f->at += part;
		p += part;
		n -= part;
	}
	return (0);
}

int
backup_file_next(
    struct backup_file *f, enum backup_file_member m, uint64_t *size)
{
	const struct member *w = &members[m];
	uint8_t head[NAME_LEN_MAX + 10];
	size_t n = strlen(w->name);
	struct buf_reader rd;
	int r;

	*size = 0;
	if (f->left != 0 || f->next != (int)m)
		return (log_fr(ERR_WRONG_STATE, "restore of %s", w->name));
	if (f->version == NO_CA &&
	    (m == BACKUP_FILE_CA_KEY || m == BACKUP_FILE_CA_CHAIN)) {
		f->next++;
		return (ERR_NOTFOUND);
	}
	if ((r = get_bytes(f, head, 2)) != 0)
		return (r);
	buf_reader_init(&rd, head, 2);
	if (buf_get_u16(&rd) != n)
		return (log_fr(ERR_CORRUPT, "no %s in the backup", w->name));
	if ((r = get_bytes(f, head, n + 8)) != 0)
		return (r);
	if (memcmp(head, w->name, n) != 0)
		return (log_fr(ERR_CORRUPT, "no %s in the backup", w->name));
	buf_reader_init(&rd, head + n, 8);
	*size = buf_get_u64(&rd);
	if (*size < w->min || *size > w->max)
		return (
		    log_fr(ERR_CORRUPT, "size of %s in the backup", w->name));
	f->next++;
	f->left = *size;
	return (0);
}

int
backup_file_get(struct backup_file *f, void *p, size_t n)
{
	if (n > f->left)
		return (log_fr(ERR_WRONG_STATE, "restore: too many bytes"));
	f->left -= n;
	return (get_bytes(f, p, n));
}

int
backup_file_end(struct backup_file *f)
{
	uint8_t end[2], more;
	size_t got;
	int r;

	if (f->left != 0 || f->next != BACKUP_FILE_MEMBERS)
		return (log_fr(ERR_WRONG_STATE, "end of the backup"));
	if ((r = get_bytes(f, end, sizeof(end))) != 0)
		return (r);
	if (end[0] != 0 || end[1] != 0)
		return (log_fr(ERR_CORRUPT, "more members in the backup"));
	/* The last piece may be an empty one. */
	if (!f->has_final && f->at == f->len && (r = pull(f)) != 0)
		return (r);
	if ((r = read_up_to(f->fd, &more, 1, &got)) != 0)
		return (r);
	if (!f->has_final || f->at != f->len || got != 0)
		return (log_fr(ERR_CORRUPT, "more follows in the backup"));
	return (0);
}

void
backup_file_close(struct backup_file *f)
{
	mem_secret_free(f, sizeof(*f));
}
