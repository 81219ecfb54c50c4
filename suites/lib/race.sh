# SPDX-License-Identifier: GPL-2.0-only
# The guest's side of a race: its actors on the CPUs that the schedule in suite.yaml gives them. Sourced by guest-side cases.
# Everything a case starts runs on CPU 0, unless it is an actor: a CPU that is held runs nothing at all.

# cpu_of ACTOR: for `taskset -c "$(cpu_of mounter)" mount ...`.
cpu_of() {
	eval "echo \${CRUCIBLE_ACTOR_$(echo "$1" | tr a-z- A-Z_):?$1 is no actor with a CPU}"
}

# actor_is ACTOR PID: moves a process that runs to that actor's CPU.
actor_is() {
	taskset -cp "$(cpu_of "$1")" "$2" >/dev/null
}

# mark TEXT...: the point `mark TEXT` of a schedule. The schedule has taken note, and armed what comes after it, when this returns.
mark() {
	echo "$*" >/sys/kernel/tracing/trace_marker
}

# step N [SECONDS]: waits until the N-th step of the schedule has begun, that is, until its actor is held; needs wait.sh.
step() {
	wait_until "${2:-5}" "step $1 of the race" [ -e "/run/race/$1" ]
}
