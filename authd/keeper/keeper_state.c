#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/base/buf.h"
#include "authd/base/log.h"
#include "authd/keeper/keeper_state.h"

#define MAGIC    0x534b5354u /* SKST */
#define VERSION  2
#define HASH_LEN 32
#define BODY_LEN (KEEPER_STATE_SLOT_LEN - HASH_LEN)
#define MARK_MAX (INT64_MAX / 4) /* sums with it stay sums */
#define ISSUE_BUCKET_MAX (MARK_MAX / KEEPER_STATE_BUCKET_MS)

struct slot {
	bool is_good;
	uint64_t generation;
	struct keeper_state_data data;
};

static int
hash(const uint8_t slot[KEEPER_STATE_SLOT_LEN], uint8_t out[HASH_LEN])
{
	if (EVP_Digest(slot, BODY_LEN, out, NULL, EVP_sha256(), NULL) != 1)
		return (log_fr(ERR_NOMEM, "hash of keeper.state"));
	return (0);
}

static void
put_head(struct buf *b, const struct audit_head *h)
{
	buf_put_u32(b, (uint32_t)h->node);
	buf_put_i64(b, h->seq);
	buf_put_raw(b, h->hash, sizeof(h->hash));
}

static void
get_head(struct buf_reader *r, struct audit_head *h)
{
	h->node = (int32_t)buf_get_u32(r);
	h->seq = buf_get_i64(r);
	buf_get_raw(r, h->hash, sizeof(h->hash));
}

static void
put_certs(struct buf *b, const struct keeper_state_data *data)
{
	int i;

	buf_put_i64(b, data->crl_number);
	buf_put_i64(b, data->issue_bucket);
	for (i = 0; i < KEEPER_STATE_BUCKETS; i++)
		buf_put_u32(b, data->issued[i]);
}

/* Before version 2 there were none, and zeroes are in their place. */
static bool
get_certs(struct buf_reader *r, struct keeper_state_data *data)
{
	int i;

	data->crl_number = buf_get_i64(r);
	data->issue_bucket = buf_get_i64(r);
	for (i = 0; i < KEEPER_STATE_BUCKETS; i++)
		data->issued[i] = buf_get_u32(r);
	return (data->crl_number >= 0 && data->crl_number <= MARK_MAX &&
	    data->issue_bucket >= 0 && data->issue_bucket <= ISSUE_BUCKET_MAX);
}

/* Which of the two places a generation is written to. */
static off_t
place(uint64_t generation)
{
	return (generation % 2 == 0 ? 0 : KEEPER_STATE_SLOT_GAP);
}

static int
write_slot(int fd, uint64_t generation, const struct keeper_state_data *data)
{
	uint8_t slot[KEEPER_STATE_SLOT_LEN] = { 0 };
	struct buf b;
	ssize_t n;
	int r;

	buf_init(&b, slot, BODY_LEN);
	buf_put_u32(&b, MAGIC);
	buf_put_u16(&b, VERSION);
	buf_put_u64(&b, generation);
	put_head(&b, &data->confirmed);
	put_head(&b, &data->gap);
	buf_put_i64(&b, data->high_water_ms);
	put_certs(&b, data);
	if ((r = hash(slot, slot + BODY_LEN)) != 0)
		return (r);
	do
		n = pwrite(fd, slot, sizeof(slot), place(generation));
	while (n == -1 && errno == EINTR);
	if (n != (ssize_t)sizeof(slot) || fdatasync(fd) == -1)
		return (log_fr(ERR_IO, "write keeper.state"));
	return (0);
}

/* A slot that is cut off, foreign or changed is not good; that is no error. */
static int
read_slot(int fd, off_t at, struct slot *s)
{
	uint8_t slot[KEEPER_STATE_SLOT_LEN] = { 0 }, sum[HASH_LEN];
	struct buf_reader rd;
	uint32_t magic;
	uint16_t version;
	ssize_t n;
	int r;

	memset(s, 0, sizeof(*s));
	do
		n = pread(fd, slot, sizeof(slot), at);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return (log_fr(ERR_IO, "read keeper.state"));
	if ((r = hash(slot, sum)) != 0)
		return (r);
	buf_reader_init(&rd, slot, BODY_LEN);
	magic = buf_get_u32(&rd);
	version = buf_get_u16(&rd);
	s->generation = buf_get_u64(&rd);
	get_head(&rd, &s->data.confirmed);
	get_head(&rd, &s->data.gap);
	s->data.high_water_ms = buf_get_i64(&rd);
	s->is_good = get_certs(&rd, &s->data) && n == (ssize_t)sizeof(slot) &&
	    !rd.is_broken &&
	    memcmp(sum, slot + BODY_LEN, HASH_LEN) == 0 && magic == MAGIC &&
	    (version == 1 || version == VERSION) && place(s->generation) == at &&
	    s->data.confirmed.node >= 1 && s->data.confirmed.seq >= 0 &&
	    s->data.gap.node >= 0 && s->data.gap.seq >= 0 &&
	    s->data.high_water_ms >= 0 && s->data.high_water_ms <= MARK_MAX;
	return (0);
}

static int
read_newest(int fd, struct slot *newest)
{
	struct slot one, two;
	int r;

	if ((r = read_slot(fd, 0, &one)) != 0 ||
	    (r = read_slot(fd, KEEPER_STATE_SLOT_GAP, &two)) != 0)
		return (r);
	if (!one.is_good && !two.is_good)
		return (log_fr(ERR_CORRUPT, "keeper.state"));
	/* By their distance: the number that follows the last one is 0. */
	if (!one.is_good ||
	    (two.is_good && (int64_t)(two.generation - one.generation) > 0))
		*newest = two;
	else
		*newest = one;
	if (!one.is_good || !two.is_good)
		log_warn("keeper.state: one of its two slots is not whole, "
			 "the other is used");
	return (0);
}

int
keeper_state_create(int fd, int32_t node)
{
	struct keeper_state_data data = { 0 };
	struct stat st;
	int r;

	if (fstat(fd, &st) == -1)
		return (log_fr(ERR_IO, "keeper.state"));
	if (st.st_size != 0)
		return (log_fr(ERR_EXISTS, "keeper.state"));
	data.confirmed.node = node;
	data.gap.node = node;
	if ((r = write_slot(fd, 1, &data)) != 0)
		return (r);
	return (write_slot(fd, 2, &data));
}

int
keeper_state_open(struct keeper_state *s, int fd)
{
	struct slot newest;
	int r;

	memset(s, 0, sizeof(*s));
	s->fd = fd;
	if (flock(fd, LOCK_EX | LOCK_NB) == -1)
		return (log_fr(errno == EWOULDBLOCK ? ERR_BUSY : ERR_IO,
		    "lock keeper.state, is another keeper running?"));
	if ((r = read_newest(fd, &newest)) != 0)
		return (r);
	s->generation = newest.generation;
	s->data = newest.data;
	return (0);
}

int
keeper_state_save(struct keeper_state *s)
{
	int r;

	if ((r = write_slot(s->fd, s->generation + 1, &s->data)) != 0)
		return (r);
	s->generation++;
	s->is_dirty = false;
	return (0);
}

void
keeper_state_put_head(struct keeper_state *s, const struct audit_head *head)
{
	if (audit_chain_equal(&s->data.confirmed, head))
		return;
	s->data.confirmed = *head;
	s->is_dirty = true;
}

static void
raise_mark(struct keeper_state *s, int64_t wall_ms)
{
	s->data.high_water_ms = wall_ms;
	s->is_holding = false;
	s->is_dirty = true;
}

/* Judge a wall time beyond what the mark allows at this moment. */
static void
hold(struct keeper_state *s, int64_t wall_ms, int64_t boot_ms)
{
	int64_t held_ms = boot_ms - s->hold_boot_ms;
	int64_t skew_ms = wall_ms - s->hold_wall_ms - held_ms;

	/* Another step of that size while one is held: count anew. */
	if (!s->is_holding || held_ms < 0 || skew_ms > KEEPER_STATE_STEP_MS ||
	    skew_ms < -KEEPER_STATE_STEP_MS) {
		s->is_holding = true;
		s->hold_wall_ms = wall_ms;
		s->hold_boot_ms = boot_ms;
	} else if (held_ms >= KEEPER_STATE_STEP_MS) {
		raise_mark(s, wall_ms);
		s->seen_boot_ms = boot_ms;
		s->has_seen = true;
	}
}

void
keeper_state_see(struct keeper_state *s, int64_t wall_ms, int64_t boot_ms)
{
	int64_t passed_ms = 0;

	if (s->has_seen && boot_ms > s->seen_boot_ms)
		passed_ms = boot_ms - s->seen_boot_ms;
	if (wall_ms - s->data.high_water_ms - passed_ms >
	    KEEPER_STATE_STEP_MS) {
		hold(s, wall_ms, boot_ms);
		return;
	}
	s->is_holding = false;
	s->has_seen = true;
	s->seen_boot_ms = boot_ms;
	if (wall_ms > s->data.high_water_ms)
		raise_mark(s, wall_ms);
}

bool
keeper_state_is_back(const struct keeper_state *s, int64_t wall_ms)
{
	return (wall_ms < s->data.high_water_ms - KEEPER_BACK_MS);
}

int
keeper_state_confirm(struct keeper_state *s, int64_t wall_ms, int64_t boot_ms)
{
	int64_t was_ms = s->data.high_water_ms;
	int r;

	if (wall_ms < 0 || wall_ms > MARK_MAX)
		return (log_fr(ERR_INVALID, "clock to confirm"));
	s->data.high_water_ms = wall_ms;
	if ((r = keeper_state_save(s)) != 0) {
		/* Perhaps it is in the file; the next save puts this back. */
		s->data.high_water_ms = was_ms;
		s->is_dirty = true;
		return (r);
	}
	s->is_holding = false;
	s->has_seen = true;
	s->seen_boot_ms = boot_ms;
	return (0);
}

int
keeper_state_read(int fd, struct keeper_state_data *data)
{
	struct slot newest;
	int r;

	memset(data, 0, sizeof(*data));
	if ((r = read_newest(fd, &newest)) != 0)
		return (r);
	*data = newest.data;
	return (0);
}

int
keeper_state_accept_gap(int fd, const struct audit_head *head)
{
	struct keeper_state s;
	int r;

	if ((r = keeper_state_open(&s, fd)) != 0)
		goto out;
	if (head->node != s.data.confirmed.node || head->seq < 0) {
		r = log_fr(ERR_INVALID, "head of another node's log");
		goto out;
	}
	s.data.confirmed = *head;
	s.data.gap = *head;
	r = keeper_state_save(&s);
out:
	if (r != ERR_BUSY)
		(void)flock(fd, LOCK_UN);
	return (r);
}
