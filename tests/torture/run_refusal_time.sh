#!/usr/bin/env bash
# run_refusal_time.sh: the time of a refusal does not tell why (F12), as
# tests/e2e/36-refusal-time.sh, with many samples. From the environment:
#	TIME_CODES	of each kind, for codes, 20,000 by default
#	TIME_PASSWORDS	for passwords, 20,000 by default
#	TIME_MORE	again of a pair that seemed to differ, as many
#	SEKISHO_BUILD	the programs, build/ by default
set -u
cd "$(dirname "$0")/../.." || exit 2
TIME_CODES=${TIME_CODES:-20000} TIME_PASSWORDS=${TIME_PASSWORDS:-20000} \
	TIME_MORE=${TIME_MORE:-20000} exec tests/e2e/36-refusal-time.sh
