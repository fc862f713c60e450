#!/usr/bin/env bash
# run_pam.sh: 10,000 logins through pam_sekisho.so under valgrind, and all faults
# before them (F22), as tests/e2e/71-pam-faults.sh. From the environment:
#	SEKISHO_PAM_ROUNDS	how many, 10,000 by default
#	SEKISHO_BUILD		the programs, build/ by default
set -u
cd "$(dirname "$0")/../.." || exit 2
SEKISHO_PAM_ROUNDS=${SEKISHO_PAM_ROUNDS:-10000} \
	exec tests/e2e/71-pam-faults.sh
