/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of orders: STATE(symbol, name) and ACTION(symbol, name, states in which it means something). Included once for each use.
 * runner/fault/daemon-orders.ts has the same table, and a test that reads this one: an entry is one line.
 */
#define IN(state) (1U << (state))
#define ANYWHERE (~0U)
#define IN_HAND (~IN(BEFORE_TAKE))

STATE(BEFORE_TAKE, "before-take")
STATE(AFTER_TAKE, "after-take")
STATE(BEFORE_OPEN, "before-open")
STATE(AFTER_OPEN, "after-open")
STATE(BEFORE_FILL, "before-fill")
STATE(BEFORE_READ, "before-read")
STATE(AFTER_READ, "after-read")
STATE(BEFORE_CLOSE, "before-close")
STATE(AFTER_CLOSE, "after-close")

ACTION(HOLD, "hold", ANYWHERE)
ACTION(DEFER, "defer", IN_HAND)
ACTION(DROP, "drop", IN_HAND)
ACTION(KILL, "kill", ANYWHERE)
ACTION(STOP, "stop", ANYWHERE)
ACTION(CLOSE_DEVICE, "close-device", ANYWHERE)
ACTION(CLOSE_FD, "close-fd", IN(AFTER_TAKE) | IN(AFTER_OPEN) | IN(BEFORE_FILL) | IN(BEFORE_READ) | IN(AFTER_READ))
ACTION(REFUSE, "refuse", IN(BEFORE_OPEN))
ACTION(TWICE, "twice", IN(BEFORE_OPEN) | IN(BEFORE_READ))
ACTION(FOREIGN, "foreign", IN(BEFORE_OPEN) | IN(BEFORE_READ))
ACTION(SHORT, "short", IN(BEFORE_OPEN) | IN(BEFORE_FILL))
ACTION(WRONG, "wrong", IN(BEFORE_OPEN) | IN(BEFORE_FILL))
ACTION(MISPLACED, "misplaced", IN(BEFORE_FILL))

#undef STATE
#undef ACTION
#undef IN
#undef ANYWHERE
#undef IN_HAND
