#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# truncate.sh TRANSPORT: a file is cut and grown, alone and under writers and mappings; no byte comes back, none is lost that should be there.
for part in ktap wait fscache-stats files cache ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

letters_only() {
	[ "$(tr -d 'wm\000' <"$1" | wc -c)" = 0 ]
}

churned() {
	churn "$@" >tally
}

modes=$(ninep_modes)
plan $((2 + 6 * $(echo $modes | wc -w)))
check 'the server is there' "$1_start"
check 'requests are counted' ninep_trace
seeded "$CRUCIBLE_SEED" 20000 >original
head -c 5000 original >cut
head -c 5000 original >grown
truncate -s 30000 grown
for mode in $modes; do
	ninep_mount "$mode" || give_up 'no mount'
	file=$ninep_mountpoint/file
	cp original "$file"
	truncate -s 5000 "$file"
	check "$mode: a cut file ends there" [ "$(sha256 "$file")" = "$(sha256 cut)" ]
	truncate -s 30000 "$file"
	check "$mode: grown again it has zeros there" [ "$(sha256 "$file")" = "$(sha256 grown)" ]
	: >"$ninep_mountpoint/churn"
	truncate -s 32768 "$ninep_mountpoint/churn"
	churn_map=--map
	[ "$mode" != none ] && [ "$mode" != readahead ] || churn_map=
	check "$mode: writers and truncates are through" churned "$ninep_mountpoint/churn" 60 "$CRUCIBLE_SEED" $churn_map
	sed 's/^/# /' tally
	check "$mode: it has nothing that nobody wrote" letters_only "$ninep_mountpoint/churn"
	seen=$(sha256 "$ninep_mountpoint/churn")
	check "$mode: it is unmounted" ninep_unmount
	ninep_mount none
	check "$mode: the server has what was seen" [ "$(sha256 "$ninep_mountpoint/churn")-$(sha256 "$file")" = "$seen-$(sha256 grown)" ]
	ninep_unmount
	truncates=$((${truncates:-0} + $(awk '$1 == "truncates" { print $2 }' tally)))
done
evidence truncates "$truncates"
evidence writes "$(ninep_traced WRITE)"
