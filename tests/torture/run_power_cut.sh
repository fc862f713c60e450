#!/usr/bin/env bash
# run_power_cut.sh: the power fails at any moment (F4). From the environment:
#	CUT_IMAGES	how many images, 2,000 by default; 0: every one
#	CUT_SEED	the seed of an earlier run, to see it again
#	CUT_SHOW=1	prints what was written and synced
#	SEKISHO_BUILD	the programs, build/ by default
set -u
cd "$(dirname "$0")/../.." || exit 2
exec "${SEKISHO_BUILD:-build}/tests/power_cut" "${CUT_IMAGES:-2000}" \
	${CUT_SEED:+"$CUT_SEED"}
