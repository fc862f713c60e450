/*
 * fault.h: what the driver of single faults (faults.c) and the library inside
 * the programs under test (fault_lib.c) share: one mapped file.
 */
#ifndef TESTS_TORTURE_FAULT_H
#define TESTS_TORTURE_FAULT_H

#include <stdatomic.h>
#include <stdint.h>

enum fault_kind {
	FAULT_MALLOC,
	FAULT_WRITE,
	FAULT_PWRITE,
	FAULT_SYNC,
	FAULT_RENAME,
	FAULT_RANDOM,
	FAULT_SEND,
	FAULT_RECV,
	FAULT_KINDS
};
enum fault_program {
	FAULT_AUTHD,
	FAULT_FRONT,
	FAULT_KEEPER,
	FAULT_CLI,
	FAULT_PROGRAMS
};

#define FAULT_FRAMES    24
#define FAULT_CALLS_MAX 262144

/* One call of a run in which all are listed. */
struct fault_call {
	uint64_t place; /* a hash of who called; never 0 */
	int32_t number;
	int16_t program, kind;
};

/* The mapped file FAULT_STATE names. Written by several processes. */
struct fault_state {
	/* Calls so far, over all runs of a program. */
	_Atomic int64_t calls[FAULT_PROGRAMS][FAULT_KINDS];
	/* Which one fails, from 1; 0: none. */
	int32_t program, kind;
	int64_t number;
	int32_t error; /* with this errno */
	_Atomic int32_t has_fired;
	/* Who called: file and offset in it, innermost first. */
	int32_t frames_n;
	struct fault_frame {
		char file[64];
		char symbol[32]; /* the nearest one known; empty: none */
		uint64_t offset;
	} frames[FAULT_FRAMES];
	uint64_t place; /* of the one that failed, as in the list */
	int32_t is_listing;
	int32_t depth; /* so many frames make a place; 0: all */
	/* Last: not cleared for each run. */
	_Atomic int32_t calls_n;
	struct fault_call list[FAULT_CALLS_MAX];
};

#endif /* TESTS_TORTURE_FAULT_H */
