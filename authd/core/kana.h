/*
 * kana.h: kana written in Latin letters, in the spellings people type.
 * Room: core.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_kana.c
 */
#ifndef AUTHD_CORE_KANA_H
#define AUTHD_CORE_KANA_H

#include <stddef.h>
#include <stdint.h>

/* たろう, じゅん, ほんま, こっち, おおの in each */
enum kana_spelling {
	KANA_TYPED = 0,    /* tarou, jun, honma, kocchi, oono */
	KANA_HEPBURN,      /* taro, jun, homma, kotchi, ono */
	KANA_HEPBURN_H,    /* taroh, jun, homma, kotchi, ohno */
	KANA_JYA,          /* tarou, jyun, honma, kocchi, oono */
	KANA_KUNREI,       /* tarou, zyun, honma, kotti, oono */
	KANA_KUNREI_SHORT, /* taro, zyun, honma, kotti, ono */
	KANA_SPELLINGS
};

/* One kana becomes at most this many letters. */
#define KANA_LETTERS_MAX 4

/**
 * kana_fold(c):
 * Katakana to hiragana, every other character as it is. Half-width katakana
 * must have become full-width before (NFKC does that).
 */
uint32_t kana_fold(uint32_t c);

/**
 * kana_is(c): true for hiragana, katakana and the long mark.
 */
int kana_is(uint32_t c);

/**
 * kana_romaji(in, n, spelling, out, size):
 * Write ${n} characters with every kana among them as lower-case letters;
 * other characters go through as they are. What does not fit in ${size}
 * characters is left off; KANA_LETTERS_MAX * ${n} always suffices.
 * Return: the number of characters written.
 * Source: ISO 3602 (Kunrei); Hepburn as in Japanese passports.
 */
size_t kana_romaji(const uint32_t *in, size_t n, enum kana_spelling spelling,
    uint32_t *out, size_t size);

#endif /* AUTHD_CORE_KANA_H */
