/*
 * place_left.h: where the files of an instance are built, and what is left of
 * it when an init or a restore was cut off, as by a power cut.
 * Process: one-shot modes (init, restore).  Threads: one.
 * Unit test: tests/unit/test_place.c
 */
#ifndef AUTHD_PLACE_LEFT_H
#define AUTHD_PLACE_LEFT_H

#include "authd/base/err.h"

/* mkdtemp() makes a name of it. */
#define PLACE_LEFT_NAME ".new-XXXXXX"

/** place_left_hold(fd): say that the directory ${fd} is being built in, until
 * it is closed. ERR_SYS. */
int place_left_hold(int fd) CHECKED;

/** place_left_empty(fd): remove all from the directory ${fd} that an instance
 * is made of, and nothing else. */
void place_left_empty(int fd);

/**
 * place_left_clear(dir_fd, dir):
 * Remove what earlier tries left in ${dir}: directories of that name and ours,
 * older than a minute, which nobody holds. What holds anything else is told of
 * and stays.
 */
void place_left_clear(int dir_fd, const char *dir);

#endif /* AUTHD_PLACE_LEFT_H */
