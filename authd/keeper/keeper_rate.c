#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/keeper/keeper_rate.h"

#define BUCKET_MS 10000 /* one bucket */
#define BUCKETS   7     /* 60 seconds touch seven of them */
#define ROWS      2

struct slot {
	uint32_t last;            /* newest bucket, counted since boot */
	uint16_t counts[BUCKETS]; /* of bucket b at b modulo BUCKETS */
};

struct keeper_rate {
	uint8_t key[KEEPER_RATE_KEY_LEN];
	uint16_t limit;
	struct slot rows[ROWS][KEEPER_RATE_SLOTS];
};

int
keeper_rate_new(const uint8_t key[KEEPER_RATE_KEY_LEN], uint16_t limit,
    struct keeper_rate **out)
{
	struct keeper_rate *rate;

	if ((rate = calloc(1, sizeof(*rate))) == NULL)
		return (log_fr(ERR_NOMEM, "table of rates"));
	memcpy(rate->key, key, sizeof(rate->key));
	rate->limit = limit;
	*out = rate;
	return (0);
}

void
keeper_rate_free(struct keeper_rate *rate)
{
	if (rate == NULL)
		return;
	mem_wipe(rate, sizeof(*rate));
	free(rate);
}

static uint64_t
rotl(uint64_t v, int n)
{
	return (v << n | v >> (64 - n));
}

static void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

static uint64_t
little_endian(const uint8_t *p, size_t n)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return (v);
}

uint64_t
keeper_rate_hash(
    const uint8_t key[KEEPER_RATE_KEY_LEN], const uint8_t *p, size_t n)
{
	uint64_t k0 = little_endian(key, 8), k1 = little_endian(key + 8, 8);
	uint64_t v[4] = { k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
		k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573 };
	uint64_t m;
	size_t i, whole = n / 8;
	int round;

	for (i = 0; i <= whole; i++) {
		if (i < whole)
			m = little_endian(p + 8 * i, 8);
		else
			m = little_endian(p + 8 * i, n % 8) |
			    (uint64_t)(n & 0xff) << 56;
		v[3] ^= m;
		sip_round(v);
		sip_round(v);
		v[0] ^= m;
	}
	v[2] ^= 0xff;
	for (round = 0; round < 4; round++)
		sip_round(v);
	return (v[0] ^ v[1] ^ v[2] ^ v[3]);
}

/* Bring a slot to this bucket: the ones in between are empty. */
static void
turn(struct slot *s, uint32_t bucket)
{
	uint32_t i, passed = bucket - s->last;

	if (passed > BUCKETS)
		passed = BUCKETS;
	for (i = 0; i < passed; i++)
		s->counts[(bucket - i) % BUCKETS] = 0;
	s->last = bucket;
}

static uint32_t
fill(const struct slot *s)
{
	uint32_t sum = 0;
	int i;

	for (i = 0; i < BUCKETS; i++)
		sum += s->counts[i];
	return (sum);
}

bool
keeper_rate_take(
    struct keeper_rate *rate, const struct id *device, int64_t boot_ms)
{
	uint64_t hash = keeper_rate_hash(rate->key, device->b, ID_LEN);
	uint32_t bucket = (uint32_t)(boot_ms / BUCKET_MS);
	struct slot *s[ROWS];
	bool is_free = false;
	int i;

	for (i = 0; i < ROWS; i++) {
		s[i] = &rate->rows[i][(hash >> (32 * i)) % KEEPER_RATE_SLOTS];
		turn(s[i], bucket);
		if (fill(s[i]) < rate->limit)
			is_free = true;
	}
	if (!is_free)
		return (false);
	for (i = 0; i < ROWS; i++)
		if (fill(s[i]) < rate->limit)
			s[i]->counts[bucket % BUCKETS]++;
	return (true);
}
