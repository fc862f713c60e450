#!/usr/bin/env bash
# run_clock.sh: the time of day jumps both ways under load (F2), as
# tests/e2e/35-clock.sh, until the end of a login after five minutes is seen.
# From the environment:
#	CLOCK_STEPS	how many, 10,000 by default
#	CLOCK_SECONDS	in how long, 290 by default
#	CLOCK_SEED	the seed of an earlier run, to see it again
#	SEKISHO_BUILD	the programs, build/ by default
set -u
cd "$(dirname "$0")/../.." || exit 2
CLOCK_STEPS=${CLOCK_STEPS:-10000} CLOCK_SECONDS=${CLOCK_SECONDS:-290} \
	exec tests/e2e/35-clock.sh
