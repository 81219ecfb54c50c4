# SPDX-License-Identifier: GPL-2.0-only
# Faults that suite.yaml declares for the case: armed, counted, disarmed by name. Needs wait.sh; with ktap.sh, counts become evidence.
# What a kind is and takes: runner/fault/. A kind is four functions: KIND_lacks (says why it cannot be had), KIND_arm, KIND_count (a
# number that grows each time the fault fires), KIND_disarm. Its parameters are in fault_PARAMETER, its own folder in fault_dir.

for fault_part in count disk net alloc kernel memory process cachefilesd; do
	. "$CRUCIBLE_LIB/fault-$fault_part.sh"
done

fault_state=/run/fault

# fault_load NAME: its parameters, from its line in CRUCIBLE_FAULTS.
fault_load() {
	# stall disk-slow fires=1 disk=cache ms=200
	fault_line=$(echo "$CRUCIBLE_FAULTS" | grep "^$1 ") || {
		echo "no fault $1 is declared"
		return 1
	}
	# shellcheck disable=SC2086 # its words
	set -- $fault_line
	fault_name=$1
	fault_kind=$(echo "$2" | tr - _)
	fault_dir=$fault_state/$1
	shift 2
	for fault_word; do
		eval "fault_${fault_word%%=*}=\${fault_word#*=}"
	done
}

# faults_needed: before `plan`: skips the case when this kernel or image cannot make one of its faults.
faults_needed() {
	for fault_each in $(echo "$CRUCIBLE_FAULTS" | cut -d ' ' -f 1); do
		fault_load "$fault_each"
		fault_why=$("${fault_kind}_lacks") || skip_case "$fault_why"
	done
}

# fault_mark WORD...: into the kernel's log, so that the console and the report's timeline have it beside what the kernel says.
fault_mark() {
	echo "<1>crucible: fault $fault_name ($fault_kind) $*" >/dev/kmsg
}

# fault_arm NAME: until fault_disarm, or the end of the case.
fault_arm() {
	fault_load "$1" || return
	mkdir -p "$fault_dir"
	"${fault_kind}_count" 2>/dev/null >"$fault_dir/base" || echo 0 >"$fault_dir/base"
	"${fault_kind}_arm" || return
	: >"$fault_dir/armed"
	fault_mark armed
	[ -z "${ktap_number:-}" ] || at_exit "fault_disarm $1"
}

# fault_fired NAME: how often it has fired since it was armed.
fault_fired() {
	fault_load "$1" || return
	if [ -e "$fault_dir/armed" ]; then
		echo $(($("${fault_kind}_count") - $(cat "$fault_dir/base")))
	else
		cat "$fault_dir/fired"
	fi
}

# fault_has_fired NAME [TIMES]: for wait_until.
fault_has_fired() {
	[ "$(fault_fired "$1")" -ge "${2:-1}" ]
}

# fault_disarm NAME: ends it; how often it fired is evidence. Nothing to do when it is not armed.
fault_disarm() {
	fault_load "$1" || return
	[ -e "$fault_dir/armed" ] || return 0
	fault_fired "$1" >"$fault_dir/fired"
	rm "$fault_dir/armed"
	"${fault_kind}_disarm" || return
	fault_mark "disarmed, fired $(cat "$fault_dir/fired")"
	[ -z "${ktap_number:-}" ] || evidence "fault_$(echo "$1" | tr - _)_fired" "$(cat "$fault_dir/fired")"
}
