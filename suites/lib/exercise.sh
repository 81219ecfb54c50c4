# SPDX-License-Identifier: GPL-2.0-only
# The exercisers, and what they said. Needs ktap.sh.

# exercised NAME PROGRAM [OPTION...] PATH: runs exercise or exercise-tree with the case's seed; what it says is kept under that name.
exercised() {
	exercised_name=$1
	exercised_program=$2
	shift 2
	"$exercised_program" --seed "$CRUCIBLE_SEED" "$@" >"$exercised_name.said" 2>&1
}

# exercised_together NAME COUNT OPTION... PATH: that many processes on one file, each with a seed and stripes of its own.
exercised_together() {
	together_name=$1
	together_count=$2
	shift 2
	together_at=0 together_pids=
	while [ $together_at -lt "$together_count" ]; do
		exercise --seed $((CRUCIBLE_SEED + together_at)) --share "$together_at/$together_count" "$@" >"$together_name.said.$together_at" 2>&1 &
		together_pids="$together_pids $!"
		together_at=$((together_at + 1))
	done
	for together_pid in $together_pids; do
		wait "$together_pid"
	done
	cat "$together_name".said.* >"$together_name.said"
}

# did NAME WHAT: a number that it gave, such as `read_bytes`; those of several processes are added up.
did() {
	awk -v what="$2" '$1 == what { sum += $2 } END { print sum + 0 }' "$1.said"
}

# finished NAME OPERATIONS: it came to its end and found nothing wrong; if not, what it said is shown.
finished() {
	[ "$(did "$1" operations)" -eq "$2" ] || {
		show "$1.said" "the exerciser said"
		return 1
	}
}
