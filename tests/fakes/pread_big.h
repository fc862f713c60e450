/*
 * pread_big.h: a breach file of many gigabytes that is nowhere: pread(2) and
 * fstat(2) of this program answer for one descriptor as if it held lines
 * `HASH:1` with CRLF, the hashes at equal distances; for all others they go
 * to the system.
 */
#ifndef TESTS_FAKES_PREAD_BIG_H
#define TESTS_FAKES_PREAD_BIG_H

#include <stdint.h>

#define PREAD_BIG_LINE 44 /* bytes of a line */

/**
 * pread_big_use(fd, lines, hash):
 * Let ${fd} be such a file of ${lines} lines, with ${hash} (or NULL) in the
 * place of the line before it. ${fd} -1 ends it.
 */
void pread_big_use(int fd, int64_t lines, const uint8_t hash[20]);

/** pread_big_reads(): how many reads there were since pread_big_use(). */
int pread_big_reads(void);

#endif /* TESTS_FAKES_PREAD_BIG_H */
