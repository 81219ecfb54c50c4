# SPDX-License-Identifier: GPL-2.0-only
# The exercisers, and what they said. Needs ktap.sh.

# exercised NAME PROGRAM [OPTION...] PATH: runs exercise or exercise-tree with the case's seed; what it says is kept under that name.
exercised() {
	exercised_name=$1
	exercised_program=$2
	shift 2
	"$exercised_program" --seed "$CRUCIBLE_SEED" "$@" >"$exercised_name.said" 2>&1 && return
	show "$exercised_name.said" "$exercised_program said"
	return 1
}

# did NAME WHAT: a number that it gave, such as `read_bytes`; several of that name are added up.
did() {
	awk -v what="$2" '$1 == what { sum += $2 } END { print sum + 0 }' "$1.said"
}

# exercised_together NAME COUNT OPERATIONS PATH: that many processes on one file, each with a seed and with stripes of its own.
exercised_together() {
	together_at=0 together_pids=
	while [ $together_at -lt "$2" ]; do
		exercise --seed $((CRUCIBLE_SEED + together_at)) --operations "$3" --share "$together_at/$2" "$4" >"$1.said.$together_at" 2>&1 &
		together_pids="$together_pids $!"
		together_at=$((together_at + 1))
	done
	together_failed=0
	for together_pid in $together_pids; do
		wait "$together_pid" || together_failed=1
	done
	cat "$1.said."* >"$1.said"
	[ $together_failed -eq 0 ] || {
		show "$1.said" 'exercise said'
		return 1
	}
}
