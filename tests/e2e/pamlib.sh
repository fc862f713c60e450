# shellcheck shell=bash
# pamlib.sh: what the tests of pam_sekisho.so share. Sourced after t_begin.
#
# A service is a file in T/pam.d, so that nobody touches the machine's own:
# pam_try asks it through pamtester and libpam_wrapper, app through pamapp, which
# names the directory to libpam itself.

PAMD=$T/pam.d
mkdir -p "$PAMD"
printf 'auth required pam_deny.so\naccount required pam_deny.so\n' >"$PAMD/other"
OURS=$BIN/pam_sekisho.so

# pam_service NAME LINE...: `%` stands for our module with the daemon's socket.
pam_service() {
	local name=$1 line
	shift
	for line in "$@"; do
		printf '%s\n' "${line//%/$OURS socket=$DIR/authd.sock}"
	done >"$PAMD/$name"
}

# pam_try SERVICE USER ANSWERS [OPERATION...]: ANSWERS are lines; the operations
# are authenticate and acct_mgmt when none is given. OUT holds all that was said.
pam_try() {
	local service=$1 user=$2 answers=$3
	shift 3
	[ $# -gt 0 ] || set -- authenticate acct_mgmt
	RC=0
	# shellcheck disable=SC2086	# a list of words
	OUT=$(printf '%s' "$answers" |
		LD_PRELOAD=libpam_wrapper.so PAM_WRAPPER=1 \
			PAM_WRAPPER_SERVICE_DIR="$PAMD" \
			pamtester ${PAM_ITEMS:-} "$service" "$user" "$@" 2>&1) ||
		RC=$?
	ERR=$OUT
	printf '%s\n' "$OUT" >>"$T/said"
}

# app SERVICE USER ANSWERS MODE [N]: OUT are the lines of pamapp, ERR what the
# conversation was told and syslog is not.
app() {
	local answers=$3 service=$1 user=$2
	shift 3
	run_stdin "$answers" "$BIN/tests/pamapp" "$PAMD" "$service" "$user" "$@"
	printf '%s\n%s\n' "$OUT" "$ERR" >>"$T/said"
}

# said TEXT: the last pam_try or app said it.
said() {
	case $OUT$ERR in
	*"$1"*) return 0 ;;
	esac
	return 1
}

# person LOGIN [OPTION...]: an account with a phone; SECRET_LOGIN is its seed.
person() {
	local login=$1
	shift
	run sekisho account add "$login" --name "Person of $login" \
		--office demo "$@"
	[ "$RC" -eq 0 ] || die "account $login: $ERR"
	run sekisho phone enroll "$login" --json
	printf -v "SECRET_$login" '%s' "$(json .secret)"
	run sekisho phone confirm "$login" "$(code_for "$login" -30)" --json
	[ "$RC" -eq 0 ] || die "phone of $login: $ERR"
	printf -v "RECOVERY_$login" '%s' "$(json '.recovery_codes[0]')"
}

# code_for LOGIN [SECONDS]
code_for() {
	local name=SECRET_$1
	code_of "${!name}" "${2:-0}"
}

# records FILTER: audit records for which the jq filter is true.
records() {
	sekisho audit export | jq -c "select($1)" | wc -l
}
