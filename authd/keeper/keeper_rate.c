#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/keeper/keeper_rate.h"

#define BUCKET_MS 10000 /* one bucket */
#define BUCKETS   7     /* 60 seconds touch seven of them */
#define ROWS      2
#define HASH_LEN  8

struct slot {
	uint32_t last;            /* newest bucket, counted since boot */
	uint16_t counts[BUCKETS]; /* of bucket b at b modulo BUCKETS */
};

struct keeper_rate {
	EVP_MAC_CTX *mac;
	uint8_t key[KEEPER_RATE_KEY_LEN];
	uint16_t limit;
	struct slot rows[ROWS][KEEPER_RATE_SLOTS];
};

/* Fetched and used once here: behind the filter nothing can be loaded. */
static int
open_mac(struct keeper_rate *rate)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
	uint64_t hash;

	if (mac != NULL)
		rate->mac = EVP_MAC_CTX_new(mac);
	EVP_MAC_free(mac);
	if (rate->mac == NULL)
		return (log_fr(ERR_KEEPER, "SipHash"));
	return (keeper_rate_hash(rate, rate->key, 0, &hash));
}

int
keeper_rate_new(const uint8_t key[KEEPER_RATE_KEY_LEN], uint16_t limit,
    struct keeper_rate **out)
{
	struct keeper_rate *rate;
	int r;

	if ((rate = calloc(1, sizeof(*rate))) == NULL)
		return (log_fr(ERR_NOMEM, "table of rates"));
	memcpy(rate->key, key, sizeof(rate->key));
	rate->limit = limit;
	if ((r = open_mac(rate)) != 0) {
		keeper_rate_free(rate);
		return (r);
	}
	*out = rate;
	return (0);
}

void
keeper_rate_free(struct keeper_rate *rate)
{
	if (rate == NULL)
		return;
	EVP_MAC_CTX_free(rate->mac);
	mem_wipe(rate, sizeof(*rate));
	free(rate);
}

int
keeper_rate_hash(
    struct keeper_rate *rate, const uint8_t *p, size_t n, uint64_t *out)
{
	size_t size = HASH_LEN, len = 0;
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
		OSSL_PARAM_construct_end(),
	};
	uint8_t hash[HASH_LEN];
	int i;

	*out = 0;
	/* The key each time: without it 3.0 goes on where it ended. */
	if (EVP_MAC_init(rate->mac, rate->key, sizeof(rate->key), params) !=
		1 ||
	    EVP_MAC_update(rate->mac, p, n) != 1 ||
	    EVP_MAC_final(rate->mac, hash, &len, sizeof(hash)) != 1 ||
	    len != sizeof(hash))
		return (log_fr(ERR_KEEPER, "hash of a phone's id"));
	for (i = HASH_LEN - 1; i >= 0; i--)
		*out = *out << 8 | hash[i];
	return (0);
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
	uint32_t bucket = (uint32_t)(boot_ms / BUCKET_MS);
	struct slot *s[ROWS];
	bool is_free = false;
	uint64_t hash;
	int i;

	if (keeper_rate_hash(rate, device->b, ID_LEN, &hash) != 0)
		return (false);
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
