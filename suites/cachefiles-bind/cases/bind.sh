# SPDX-License-Identifier: GPL-2.0-only
# What the cases of cachefiles-bind begin with.
for bind_part in ktap wait fscache-stats cache cachefiles cachedev netless; do
	. "$CRUCIBLE_LIB/$bind_part.sh"
done
