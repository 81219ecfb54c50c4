#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# protocol.sh GROUP: a group of suites/ondemand-protocol whose processes are the actors of the race.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/protocol.sh"

protocol_begin
protocol "$1"
