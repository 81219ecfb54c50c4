#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# protocol.sh GROUP, protocol.sh fuzz STEPS: the program does the rest, and prints the KTAP.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/protocol.sh"

protocol_begin
if [ "$1" = fuzz ]; then
	protocol fuzz "$CRUCIBLE_SEED" "$2"
else
	protocol "$1"
fi
