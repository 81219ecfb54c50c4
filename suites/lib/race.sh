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

# kthreads_aside: kernel threads that came after the race began, such as the journal's of a disk, go to CPU 0 like those before, and what
# they have begun ends: an interrupt of its own for each CPU would tell the one that is held.
kthreads_aside() {
	for race_dir in /proc/[0-9]*; do
		# 129 (jbd2/vda-8) S 2 0 0 0 -1 2129984 ...
		read -r race_stat 2>/dev/null <"$race_dir/stat" || continue
		case $race_stat in
		*' (jbd2'*) taskset -p 1 "${race_dir#/proc/}" >/dev/null ;;
		esac
	done
	sync
}

# workers_elsewhere N: work that is queued from now on for unbound workers is done on those of their CPUs that step N does
# not hold. Left alone the kernel may choose a worker that last ran where nobody runs any more.
workers_elsewhere() {
	wait_until 5 "the CPU of step $1" [ -s "/run/race/$1" ]
	read -r race_held <"/run/race/$1"
	race_mask=$((0x$(cat /sys/devices/virtual/workqueue/cpumask) & ~(1 << race_held)))
	printf '%x\n' $race_mask >/sys/devices/virtual/workqueue/cpumask
}
