# SPDX-License-Identifier: GPL-2.0-only
# KTAP on stdout, and clean-up that happens whatever ends the case. Sourced by guest-side cases.

ktap_number=0
ktap_failed=0
ktap_clean_ups=

# plan COUNT: the header. A case that dies midway prints fewer results than its plan and so cannot pass.
plan() {
	printf 'KTAP version 1\n1..%d\n' "$1"
	at_exit_only
}

# at_exit_only: what at_exit is given runs from now on whatever ends the case; for one that learns only later whether it has a plan.
at_exit_only() {
	trap ktap_end EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# skip_case REASON...: instead of a plan, when the kernel or the image lacks what the case is about.
skip_case() {
	printf 'KTAP version 1\n1..0 # SKIP %s\n' "$*"
	exit 0
}

# check NAME COMMAND [ARGUMENT...]: one result, ok when the command succeeds. NAME holds no `#`.
check() {
	ktap_name=$1
	shift
	ktap_number=$((ktap_number + 1))
	if "$@"; then
		printf 'ok %d %s\n' "$ktap_number" "$ktap_name"
	else
		ktap_failed=1
		printf 'not ok %d %s\n' "$ktap_number" "$ktap_name"
		note "failed: $*"
	fi
}

# check_known ISSUE SYMPTOM NAME COMMAND [ARGUMENT...]: as check, but a failure with that SYMPTOM, which is a command, is the one that
# suites/known-issues/ISSUE.txt explains, and fails nothing.
check_known() {
	ktap_issue=$1
	ktap_symptom=$2
	ktap_name=$3
	shift 3
	if "$@"; then
		check "$ktap_name" :
	elif $ktap_symptom; then
		ktap_number=$((ktap_number + 1))
		printf 'not ok %d %s # TODO known issue %s\n' "$ktap_number" "$ktap_name" "$ktap_issue"
	else
		check "$ktap_name" false
		note "nor has it the symptom of $ktap_issue: $*"
	fi
}

# give_up TEXT...: the case cannot go on; one failed result, then the clean-up.
give_up() {
	ktap_number=$((ktap_number + 1))
	printf 'not ok %d %s\n' "$ktap_number" "$*"
	exit 1
}

# evidence NAME VALUE: a measured fact; VALUE is one word.
evidence() {
	printf '# evidence: %s %s\n' "$1" "$2"
}

# note TEXT...: each line of the text as a diagnostic.
note() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

# show FILE TITLE: the last lines of a log, as diagnostics.
show() {
	[ -s "$1" ] || return 0
	note "$2:"
	tail -n 20 "$1" | sed 's/^/#   /'
}

# at_exit COMMAND: run when the case ends, last given first. COMMAND is one line of shell.
at_exit() {
	ktap_clean_ups="$1
$ktap_clean_ups"
}

ktap_end() {
	ktap_status=$?
	trap '' HUP INT TERM
	trap - EXIT
	while [ -n "$ktap_clean_ups" ]; do
		ktap_clean_up=${ktap_clean_ups%%
*}
		ktap_clean_ups=${ktap_clean_ups#*
}
		eval "$ktap_clean_up" || note "clean-up failed: $ktap_clean_up"
	done
	[ "$ktap_status" -ne 0 ] || ktap_status=$ktap_failed
	exit "$ktap_status"
}
