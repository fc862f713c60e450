/*
 * fault_sweep.h: what cli_faults and front_faults share: the calls of one run or
 * one answer without a fault, and what a fault in one of them may change.
 */
#ifndef TESTS_TORTURE_FAULT_SWEEP_H
#define TESTS_TORTURE_FAULT_SWEEP_H

#include <stdbool.h>

#include "tests/torture/fault.h"

#define FAULT_SWEEP_MAX 65536

/** fault_sweep_map(path): the state at ${path}, made when it is not there. */
struct fault_state *fault_sweep_map(const char *path);

/** fault_sweep_list(state, depth): from now on calls are listed. */
void fault_sweep_list(struct fault_state *state, int depth);

/**
 * fault_sweep_points(state, program, out):
 * End the list; in ${out}, of FAULT_SWEEP_MAX, the calls of ${program} that were
 * come to in different ways. Return: how many; -1: more.
 */
int fault_sweep_points(
    struct fault_state *state, int program, struct fault_call *out);

/** fault_sweep_arm(state, point): from now on it is this call that fails. */
void fault_sweep_arm(struct fault_state *state, const struct fault_call *point);

/** fault_sweep_drop(text): take out what differs each time: numbers, blanks
 * that are moved by them, and long words of letters and digits. */
void fault_sweep_drop(char *text);

/** fault_sweep_is_library(state): was it a library of others, not we, that had
 * no memory? */
bool fault_sweep_is_library(const struct fault_state *state);

/** fault_sweep_print(state, point): `malloc 17`, and then who called. */
void fault_sweep_print(
    const struct fault_state *state, const struct fault_call *point);

#endif /* TESTS_TORTURE_FAULT_SWEEP_H */
