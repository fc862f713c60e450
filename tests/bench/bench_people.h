/*
 * bench_people.h: the accounts of a measurement. Everything about one follows
 * from its number and a key that the generator and the loaders share, so that
 * no list of secrets is kept.
 */
#ifndef TESTS_BENCH_BENCH_PEOPLE_H
#define TESTS_BENCH_BENCH_PEOPLE_H

#include <stdint.h>

#define PEOPLE_SEED_LEN  20
#define PEOPLE_KEY_LEN   32
#define PEOPLE_LOGIN_LEN 9 /* u and eight digits */
#define PEOPLE_CODE_LEN  6
#define PEOPLE_PASSWORD  "tsukue+Lamp=94-Orbit"

struct people {
	uint8_t key[PEOPLE_KEY_LEN];
	uint32_t n;
	uint32_t *order; /* of visits: a random one, always the same */
};

/** people_open(p, path, n): read the key file, shuffle; ends on failure. */
void people_open(struct people *p, const char *path, uint32_t n);
void people_close(struct people *p);

void people_login(uint32_t number, char out[PEOPLE_LOGIN_LEN + 1]);
void people_seed(
    const struct people *p, uint32_t number, uint8_t out[PEOPLE_SEED_LEN]);
/** people_code(p, number, step, out): what the phone shows in that step. */
void people_code(const struct people *p, uint32_t number, int64_t step,
    char out[PEOPLE_CODE_LEN + 1]);

/** people_die(what): say why, end with 2. */
_Noreturn void people_die(const char *what);

#endif /* TESTS_BENCH_BENCH_PEOPLE_H */
