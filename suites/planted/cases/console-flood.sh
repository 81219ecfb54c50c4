#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# console-flood.sh MEGABYTES: that much on the console, and the case passes.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "${0%/*}/planted.sh"

plan 1
planted_load
echo "$1" >$planted/parameters/megabytes
began=$(now_cs)
check 'the console took it all' plant console_flood
evidence megabytes "$1"
evidence centiseconds $(($(now_cs) - began))
