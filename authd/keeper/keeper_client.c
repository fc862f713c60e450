#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/keeper/keeper_client_impl.h"

int
keeper_client_new(int fd, int timeout_ms, struct keeper **out)
{
	struct keeper *k;

	if ((k = calloc(1, sizeof(*k))) == NULL)
		return (log_fr(ERR_NOMEM, "keeper client"));
	if (pthread_mutex_init(&k->lock, NULL) != 0) {
		free(k);
		return (log_fr(ERR_NOMEM, "keeper client"));
	}
	if (pthread_cond_init(&k->ended, NULL) != 0) {
		pthread_mutex_destroy(&k->lock);
		free(k);
		return (log_fr(ERR_NOMEM, "keeper client"));
	}
	k->fd = fd;
	k->timeout_ms = timeout_ms;
	*out = k;
	return (0);
}

void
keeper_client_free(struct keeper *k)
{
	if (k == NULL)
		return;
	close(k->fd);
	pthread_cond_destroy(&k->ended);
	pthread_mutex_destroy(&k->lock);
	mem_wipe(k, sizeof(*k));
	free(k);
}

int
keeper_client_fd(const struct keeper *k)
{
	return (k->fd);
}

void
keeper_client_begin(struct keeper *k)
{
	uint64_t mine;

	pthread_mutex_lock(&k->lock);
	for (mine = k->asked++; k->turn != mine;)
		pthread_cond_wait(&k->ended, &k->lock);
	pthread_mutex_unlock(&k->lock);
}

struct buf *
keeper_client_packet(struct keeper *k, uint16_t type)
{
	k->type = type;
	buf_init(&k->out, k->out_memory, sizeof(k->out_memory));
	keeper_msg_put_header(&k->out, type, ++k->number);
	return (&k->out);
}

int
keeper_client_end(struct keeper *k, int r)
{
	pthread_mutex_lock(&k->lock);
	k->turn++;
	if (k->turn != k->asked) /* they are few */
		pthread_cond_broadcast(&k->ended);
	pthread_mutex_unlock(&k->lock);
	return (r);
}

static int
wait_for(struct keeper *k, short events, int64_t deadline)
{
	struct pollfd p = { .fd = k->fd, .events = events };
	int64_t left;
	int n;

	do {
		if ((left = deadline - clock_boot_ms()) < 0)
			left = 0;
		n = poll(&p, 1, (int)left);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		return (log_fr(ERR_KEEPER, "poll the keeper: errno %d", errno));
	if (n == 0)
		return (log_fr(
		    ERR_TIMEOUT, "keeper, %s", keeper_msg_name(k->type)));
	return (0);
}

static int
send_packet(struct keeper *k, int64_t deadline)
{
	int r;

	if (k->out.is_broken)
		return (log_fr(ERR_PROTO, "request to the keeper, %s",
		    keeper_msg_name(k->type)));
	while (send(k->fd, k->out.at, k->out.len,
		   MSG_DONTWAIT | MSG_NOSIGNAL) == -1) {
		if (errno == EAGAIN) {
			if ((r = wait_for(k, POLLOUT, deadline)) != 0)
				return (r);
		} else if (errno != EINTR)
			return (log_fr(ERR_KEEPER,
			    "send to the keeper: "
			    "errno %d",
			    errno));
	}
	return (0);
}

/* One packet into in_memory; its length, or a negative error. */
static ssize_t
receive_packet(struct keeper *k, int64_t deadline)
{
	ssize_t n;
	int r;

	for (;;) {
		if ((r = wait_for(k, POLLIN, deadline)) != 0)
			return (r);
		n = recv(k->fd, k->in_memory, sizeof(k->in_memory),
		    MSG_DONTWAIT | MSG_TRUNC);
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n == -1 || n == 0)
			return (log_fr(ERR_KEEPER, "the keeper is gone"));
		if ((size_t)n > sizeof(k->in_memory))
			return (log_fr(ERR_PROTO, "answer of %zd bytes", n));
		return (n);
	}
}

int
keeper_client_meaning(struct keeper *k, int r)
{
	/* Only of certificates these two say something to whoever asked. */
	if (r != ERR_WRONG_STATE && r != ERR_PROTO &&
	    (k->type < KEEPER_MSG_CA_INFO ||
		(r != ERR_INVALID && r != ERR_BUSY)))
		r = ERR_KEEPER;
	return (log_fr(r, "the keeper on %s", keeper_msg_name(k->type)));
}

int
keeper_client_trip(struct keeper *k, struct buf_reader *answer)
{
	int64_t deadline = clock_boot_ms() + k->timeout_ms;
	struct keeper_msg_header h;
	ssize_t n;
	int r;

	r = send_packet(k, deadline);
	/* The packet holds codes. */
	mem_wipe(k->out_memory, k->out.len);
	if (r != 0)
		return (r);
	do {
		if ((n = receive_packet(k, deadline)) < 0)
			return ((int)n);
		buf_reader_init(answer, k->in_memory, (size_t)n);
		keeper_msg_get_header(answer, &h);
		if (answer->is_broken)
			return (log_fr(ERR_PROTO, "answer of the keeper"));
	} while (h.number != k->number);
	if (h.type == KEEPER_MSG_ERROR)
		return (keeper_client_meaning(k, keeper_msg_get_error(answer)));
	if (h.type != k->type + 1)
		return (log_fr(ERR_PROTO, "%s answered by %s",
		    keeper_msg_name(k->type), keeper_msg_name(h.type)));
	return (0);
}

int
keeper_client_whole(struct keeper *k, const struct buf_reader *answer)
{
	if (buf_end(answer) == 0)
		return (0);
	return (log_fr(
	    ERR_PROTO, "the keeper's answer to %s", keeper_msg_name(k->type)));
}

int
keeper_client_hello(struct keeper *k, struct keeper_hello *out)
{
	struct buf_reader answer;
	int r;

	memset(out, 0, sizeof(*out));
	keeper_client_begin(k);
	keeper_client_packet(k, KEEPER_MSG_HELLO);
	if ((r = keeper_client_trip(k, &answer)) == 0) {
		keeper_msg_get_hello(&answer, out);
		r = keeper_client_whole(k, &answer);
	}
	if (r != 0)
		memset(out, 0, sizeof(*out));
	return (keeper_client_end(k, r));
}

/* The half that seed_new and seed_draw share. */
static int
take_seed(struct keeper *k, struct keeper_seed *out)
{
	struct buf_reader answer;
	int r;

	if ((r = keeper_client_trip(k, &answer)) == 0) {
		keeper_msg_get_seed(&answer, out);
		r = keeper_client_whole(k, &answer);
	}
	mem_wipe(k->in_memory, sizeof(*out) + KEEPER_MSG_HEADER);
	if (r != 0)
		mem_wipe(out, sizeof(*out));
	return (r);
}

int
keeper_client_seed_new(
    struct keeper *k, const struct keeper_owner *owner, struct keeper_seed *out)
{
	memset(out, 0, sizeof(*out));
	keeper_client_begin(k);
	keeper_msg_put_owner(keeper_client_packet(k, KEEPER_MSG_SEED_NEW), owner);
	return (keeper_client_end(k, take_seed(k, out)));
}

int
keeper_client_seed_draw(struct keeper *k, const struct keeper_owner *owner,
    const struct keeper_sealed *sealed, struct keeper_seed *out)
{
	struct buf *b;

	memset(out, 0, sizeof(*out));
	keeper_client_begin(k);
	b = keeper_client_packet(k, KEEPER_MSG_SEED_DRAW);
	keeper_msg_put_owner(b, owner);
	keeper_msg_put_sealed(b, sealed);
	return (keeper_client_end(k, take_seed(k, out)));
}

static void
deny(struct keeper_check *c)
{
	c->verdict = KEEPER_NO_MATCH;
	c->step = 0;
}

int
keeper_client_seed_confirm(struct keeper *k, struct keeper_check *check,
    struct keeper_sealed *confirmed)
{
	struct buf_reader answer;
	int r;

	deny(check);
	memset(confirmed, 0, sizeof(*confirmed));
	keeper_client_begin(k);
	keeper_msg_put_check(keeper_client_packet(k, KEEPER_MSG_SEED_CONFIRM), check);
	if ((r = keeper_client_trip(k, &answer)) == 0) {
		keeper_msg_get_verdict(&answer, check);
		keeper_msg_get_sealed(&answer, confirmed);
		if ((check->verdict == KEEPER_MATCH) != (confirmed->len > 0))
			answer.is_broken = true;
		r = keeper_client_whole(k, &answer);
	}
	if (r != 0) {
		deny(check);
		memset(confirmed, 0, sizeof(*confirmed));
	}
	return (keeper_client_end(k, r));
}

int
keeper_client_check(struct keeper *k, struct keeper_check *checks, size_t n)
{
	struct buf_reader answer;
	struct buf *b;
	size_t i;
	int r;

	for (i = 0; i < n; i++)
		deny(&checks[i]);
	if (n == 0)
		return (0);
	if (n > KEEPER_CHECKS_MAX)
		return (log_fr(ERR_PROTO, "%zu checks at once", n));
	keeper_client_begin(k);
	b = keeper_client_packet(k, KEEPER_MSG_CHECK);
	buf_put_u16(b, (uint16_t)n);
	for (i = 0; i < n; i++)
		keeper_msg_put_check(b, &checks[i]);
	if ((r = keeper_client_trip(k, &answer)) == 0) {
		if (buf_get_u16(&answer) != n)
			answer.is_broken = true;
		for (i = 0; i < n; i++)
			keeper_msg_get_verdict(&answer, &checks[i]);
		r = keeper_client_whole(k, &answer);
	}
	for (i = 0; r != 0 && i < n; i++)
		deny(&checks[i]);
	return (keeper_client_end(k, r));
}

int
keeper_client_resync(struct keeper *k, struct keeper_check *check,
    const char next_code[CODE_DIGITS + 1], int32_t *offset)
{
	struct buf_reader answer;
	struct buf *b;
	int r;

	deny(check);
	*offset = 0;
	keeper_client_begin(k);
	b = keeper_client_packet(k, KEEPER_MSG_RESYNC);
	keeper_msg_put_check(b, check);
	keeper_msg_put_code(b, next_code);
	if ((r = keeper_client_trip(k, &answer)) == 0) {
		keeper_msg_get_verdict(&answer, check);
		*offset = (int32_t)buf_get_u32(&answer);
		if (*offset > KEEPER_OFFSET_MAX || *offset < -KEEPER_OFFSET_MAX)
			answer.is_broken = true;
		r = keeper_client_whole(k, &answer);
	}
	if (r != 0) {
		deny(check);
		*offset = 0;
	}
	return (keeper_client_end(k, r));
}

/*
 * Write one packet of records from *i on, as many as fit; the last one of
 * them is of type last and ends with seal, when there is one.
 */
static void
put_records(struct keeper *k, uint16_t last, struct keeper_msg_part *part,
    const struct audit_record *records, size_t n, size_t *i,
    const uint8_t *seal)
{
	const size_t limit = KEEPER_PACKET_MAX - AUDIT_SEAL_LEN;
	uint8_t one[AUDIT_RECORD_MAX];
	struct buf *b = keeper_client_packet(k, KEEPER_MSG_AUDIT_PART), head, rec;

	part->records = 0;
	keeper_msg_put_part(b, part);
	for (; *i < n; (*i)++) {
		buf_init(&rec, one, sizeof(one));
		audit_record_put(&rec, &records[*i]);
		if (rec.is_broken)
			b->is_broken = true;
		if (b->is_broken || b->len + rec.len > limit)
			break;
		buf_put_raw(b, one, rec.len);
		part->records++;
	}
	if (*i == n) {
		k->type = last;
		if (seal != NULL)
			buf_put_raw(b, seal, AUDIT_SEAL_LEN);
	}
	/* Only now type and count are known. */
	buf_init(&head, k->out_memory, sizeof(k->out_memory));
	keeper_msg_put_header(&head, k->type, k->number);
	keeper_msg_put_part(&head, part);
}

/* Send n records in as many parts as they need; answer is the last one's. */
static int
send_records(struct keeper *k, uint16_t last, const struct audit_head *before,
    const struct audit_record *records, size_t n, const uint8_t *seal,
    struct buf_reader *answer)
{
	struct keeper_msg_part part = { .part = 0, .before = *before };
	size_t i = 0;
	int r;

	for (;;) {
		put_records(k, last, &part, records, n, &i, seal);
		if ((r = keeper_client_trip(k, answer)) != 0 || k->type == last)
			return (r);
		if ((r = keeper_client_whole(k, answer)) != 0)
			return (r);
		part.part++;
	}
}

int
keeper_client_audit_seal(struct keeper *k, const struct audit_head *before,
    const struct audit_record *records, size_t n, struct audit_head *after,
    uint8_t seal[AUDIT_SEAL_LEN])
{
	struct audit_head from = *before; /* may be *after */
	struct buf_reader answer;
	int r;

	memset(after, 0, sizeof(*after));
	memset(seal, 0, AUDIT_SEAL_LEN);
	keeper_client_begin(k);
	r = send_records(
	    k, KEEPER_MSG_AUDIT_SEAL, &from, records, n, NULL, &answer);
	if (r == 0) {
		keeper_msg_get_head(&answer, after);
		buf_get_raw(&answer, seal, AUDIT_SEAL_LEN);
		r = keeper_client_whole(k, &answer);
	}
	if (r != 0) {
		memset(after, 0, sizeof(*after));
		memset(seal, 0, AUDIT_SEAL_LEN);
	}
	return (keeper_client_end(k, r));
}

int
keeper_client_audit_confirm(struct keeper *k, const struct audit_head *head)
{
	struct buf_reader answer;
	int r;

	keeper_client_begin(k);
	keeper_msg_put_head(keeper_client_packet(k, KEEPER_MSG_AUDIT_CONFIRM), head);
	if ((r = keeper_client_trip(k, &answer)) == 0)
		r = keeper_client_whole(k, &answer);
	return (keeper_client_end(k, r));
}

int
keeper_client_audit_follow(struct keeper *k, const struct audit_head *before,
    const struct audit_record *records, size_t n,
    const uint8_t seal[AUDIT_SEAL_LEN])
{
	struct buf_reader answer;
	int r;

	keeper_client_begin(k);
	r = send_records(
	    k, KEEPER_MSG_AUDIT_FOLLOW, before, records, n, seal, &answer);
	if (r == 0)
		r = keeper_client_whole(k, &answer);
	return (keeper_client_end(k, r));
}

int
keeper_client_mac(struct keeper *k, const struct keeper_mac_in *in,
    uint8_t out[KEEPER_MAC_LEN])
{
	struct buf_reader answer;
	int r;

	memset(out, 0, KEEPER_MAC_LEN);
	keeper_client_begin(k);
	keeper_msg_put_mac(keeper_client_packet(k, KEEPER_MSG_MAC), in);
	if ((r = keeper_client_trip(k, &answer)) == 0) {
		buf_get_raw(&answer, out, KEEPER_MAC_LEN);
		r = keeper_client_whole(k, &answer);
	}
	mem_wipe(k->in_memory, KEEPER_MSG_HEADER + KEEPER_MAC_LEN);
	if (r != 0)
		mem_wipe(out, KEEPER_MAC_LEN);
	return (keeper_client_end(k, r));
}

int
keeper_client_clock_confirm(struct keeper *k, struct keeper_clock *out)
{
	struct buf_reader answer;
	int r;

	memset(out, 0, sizeof(*out));
	keeper_client_begin(k);
	keeper_client_packet(k, KEEPER_MSG_CLOCK_CONFIRM);
	if ((r = keeper_client_trip(k, &answer)) == 0) {
		keeper_msg_get_clock(&answer, out);
		r = keeper_client_whole(k, &answer);
	}
	if (r != 0)
		memset(out, 0, sizeof(*out));
	return (keeper_client_end(k, r));
}
