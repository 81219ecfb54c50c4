#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The exerciser finds a byte that was made wrong behind its back.
. "${0%/*}/ninep.sh"

plan 3
ninep_begin
check_cut
# shellcheck disable=SC2086 # one option or none
exercise $uncut --seed "$CRUCIBLE_SEED" --operations 200 --plant 100 "$ninep_mountpoint/file" >said 2>&1
check 'the exerciser ends with an error' [ $? -eq 1 ]
check 'it names the byte' grep -q "the first at $(sed -n 's/^planted //p' said) " said
show said 'exercise said'
evidence found "$(grep -c 'bytes differ' said)"
