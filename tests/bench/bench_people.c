#include <errno.h>
#include <liboath/oath.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench_people.h"

void
people_die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(2);
}

void
people_open(struct people *p, const char *path, uint32_t n)
{
	uint64_t random = 88172645463325252;
	uint32_t i, j, kept;
	FILE *f;

	if ((f = fopen(path, "rb")) == NULL ||
	    fread(p->key, 1, sizeof(p->key), f) != sizeof(p->key))
		people_die(path);
	fclose(f);
	if (oath_init() != OATH_OK ||
	    (p->order = malloc(n * sizeof(*p->order))) == NULL)
		people_die("people");
	p->n = n;
	for (i = 0; i < n; i++)
		p->order[i] = i;
	for (i = n - 1; i > 0; i--) {
		/* xorshift64: good enough to scatter */
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		j = (uint32_t)(random % (i + 1));
		kept = p->order[i];
		p->order[i] = p->order[j];
		p->order[j] = kept;
	}
}

void
people_close(struct people *p)
{
	free(p->order);
}

void
people_login(uint32_t number, char out[PEOPLE_LOGIN_LEN + 1])
{
	snprintf(out, PEOPLE_LOGIN_LEN + 1, "u%08u", number % 100000000);
}

void
people_seed(
    const struct people *p, uint32_t number, uint8_t out[PEOPLE_SEED_LEN])
{
	uint8_t text[PEOPLE_KEY_LEN + sizeof(number)];
	uint8_t hash[SHA256_DIGEST_LENGTH];

	memcpy(text, p->key, PEOPLE_KEY_LEN);
	memcpy(text + PEOPLE_KEY_LEN, &number, sizeof(number));
	SHA256(text, sizeof(text), hash);
	memcpy(out, hash, PEOPLE_SEED_LEN);
}

void
people_code(const struct people *p, uint32_t number, int64_t step,
    char out[PEOPLE_CODE_LEN + 1])
{
	uint8_t seed[PEOPLE_SEED_LEN];

	people_seed(p, number, seed);
	if (oath_hotp_generate((const char *)seed, sizeof(seed), (uint64_t)step,
		PEOPLE_CODE_LEN, false, OATH_HOTP_DYNAMIC_TRUNCATION,
		out) != OATH_OK)
		people_die("make a code");
}
