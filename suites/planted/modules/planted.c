// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults planted on purpose: writing a name to /sys/module/planted/parameters/fault commits that mistake in the writer's context.
 * Each sits in a function of its own, so that its report has a title to test for.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/stop_machine.h>

struct planted_object {
	struct list_head link;
	refcount_t count;
	u8 payload[64];
};

static char *path = "/";
module_param(path, charp, 0644);
MODULE_PARM_DESC(path, "the file whose inode busy_inode keeps");

static unsigned int megabytes = 1;
module_param(megabytes, uint, 0644);
MODULE_PARM_DESC(megabytes, "how much console_flood writes");

/* Memory */

static noinline struct planted_object *planted_allocate(void)
{
	struct planted_object *object = kzalloc(sizeof(*object), GFP_KERNEL);

	/* The compiler must not know the size: it would see the mistakes below and refuse them. */
	OPTIMIZER_HIDE_VAR(object);
	return object;
}

static noinline void planted_release(struct planted_object *object)
{
	kfree(object);
	/* Here and below: a call that ends a function would become a jump, and the function be missing from the stack. */
	barrier();
}

static noinline void planted_use_after_free(void)
{
	struct planted_object *object = planted_allocate();

	planted_release(object);
	READ_ONCE(object->payload[8]);
}

static noinline void planted_out_of_bounds(void)
{
	struct planted_object *object = planted_allocate();
	u8 *end = (u8 *)(object + 1);

	OPTIMIZER_HIDE_VAR(end);
	WRITE_ONCE(*end, 1);
	planted_release(object);
	barrier();
}

static noinline void planted_double_free(void)
{
	struct planted_object *object = planted_allocate();

	planted_release(object);
	planted_release(object);
	barrier();
}

static noinline void planted_leak_memory(void)
{
	/* The message is what keeps the call; the pointer itself is stored nowhere. */
	if (!planted_allocate())
		pr_info("planted: no memory to leak\n");
}

static noinline void planted_null_dereference(void)
{
	struct planted_object *object = NULL;

	OPTIMIZER_HIDE_VAR(object);
	READ_ONCE(object->payload[0]);
}

static noinline void planted_list_corruption(void)
{
	LIST_HEAD(head);
	struct planted_object *object = planted_allocate();

	list_add(&object->link, &head);
	head.next = &head;
	list_del(&object->link);
	planted_release(object);
	barrier();
}

static noinline void planted_refcount_underflow(void)
{
	struct planted_object *object = planted_allocate();

	refcount_set(&object->count, 1);
	if (refcount_dec_and_test(&object->count) && !refcount_dec_and_test(&object->count))
		planted_release(object);
}

static noinline void planted_busy_inode(void)
{
	struct path found;

	if (kern_path(path, 0, &found))
		return;
	ihold(d_inode(found.dentry));
	path_put(&found);
}

/* Deliberate reports */

static noinline void planted_warn(void)
{
	WARN(1, "planted warning\n");
}

static noinline void planted_bug(void)
{
	BUG();
}

static noinline void planted_panic(void)
{
	panic("planted panic");
}

/* Time: each is longer than the watchdog it is meant for, which its case sets to a few seconds. */

/* Calls nothing, not even what a sanitizer would have it call: whenever a watchdog looks, it is this function that it finds. */
static noinline __no_sanitize_address void planted_spin(unsigned int seconds)
{
	unsigned long end = jiffies + seconds * HZ;

	while (time_before(jiffies, end))
		cpu_relax();
}

static noinline void planted_soft_lockup(void)
{
	preempt_disable();
	planted_spin(8);
	preempt_enable();
}

static noinline void planted_rcu_stall(void)
{
	/* Without a grace period that waits for us there is nothing to stall. */
	start_poll_synchronize_rcu();
	rcu_read_lock();
	planted_spin(8);
	rcu_read_unlock();
}

static int planted_spin_for_ever(void *unused)
{
	for (;;)
		cpu_relax();
	return 0;
}

static noinline void planted_kernel_hang(void)
{
	stop_machine(planted_spin_for_ever, NULL, cpu_online_mask);
	barrier();
}

static DECLARE_COMPLETION(planted_never);
static DECLARE_COMPLETION(planted_gone);

static int planted_blocked_task(void *unused)
{
	wait_for_completion(&planted_never);
	kthread_complete_and_exit(&planted_gone, 0);
}

static noinline void planted_hung_task(void)
{
	kthread_run(planted_blocked_task, NULL, "planted_hung");
}

static noinline void planted_hung_task_end(void)
{
	complete(&planted_never);
	wait_for_completion(&planted_gone);
}

/* Locks and contexts */

static DEFINE_MUTEX(planted_first);
static DEFINE_MUTEX(planted_second);
static DEFINE_SPINLOCK(planted_spinlock);

static noinline void planted_deadlock(void)
{
	mutex_lock(&planted_first);
	mutex_lock(&planted_second);
	mutex_unlock(&planted_second);
	mutex_unlock(&planted_first);

	mutex_lock(&planted_second);
	mutex_lock(&planted_first);
	mutex_unlock(&planted_first);
	mutex_unlock(&planted_second);
}

static noinline void planted_sleep_in_atomic(void)
{
	spin_lock(&planted_spinlock);
	might_sleep();
	spin_unlock(&planted_spinlock);
}

static noinline void planted_schedule_in_atomic(void)
{
	preempt_disable();
	schedule_timeout_uninterruptible(1);
	/* The scheduler, having complained, has enabled preemption itself. */
	if (preempt_count())
		preempt_enable();
}

static unsigned long planted_shared;
static DECLARE_COMPLETION(planted_race_done);

static noinline int planted_racer(void *unused)
{
	unsigned long i;

	for (i = 0; i < 2000000; i++) {
		planted_shared++;
		barrier();
	}
	kthread_complete_and_exit(&planted_race_done, 0);
}

static noinline void planted_data_race(void)
{
	unsigned int cpu;
	int racers = 0;

	for_each_online_cpu(cpu) {
		struct task_struct *task = kthread_create(planted_racer, NULL, "planted_racer");

		if (IS_ERR(task))
			continue;
		kthread_bind(task, cpu);
		wake_up_process(task);
		racers++;
	}
	while (racers-- > 0)
		wait_for_completion(&planted_race_done);
}

/* Console */

#define PLANTED_COM1 0x3f8

/*
 * Straight to the first serial port: under emulation the 8250 driver takes 3 us for a byte, and this less than 1 us.
 * It goes out in chunks of whole lines, each chunk numbered in its first line.
 */
static noinline void planted_console_flood(void)
{
	const size_t line = 100, chunk = 50000, chunks = (size_t)megabytes * 1000000 / chunk;
	char *text = kmalloc(chunk, GFP_KERNEL);
	size_t i;

	if (!text)
		return;
	memset(text, 'x', chunk);
	for (i = line - 1; i < chunk; i += line)
		text[i] = '\n';
	for (i = 0; i < chunks; i++) {
		memcpy(text + scnprintf(text, line, "planted flood %8zu", i), " ", 1);
		outsb(PLANTED_COM1, text, chunk);
		cond_resched();
	}
	kfree(text);
}

static const struct {
	const char *name;
	void (*commit)(void);
} planted_faults[] = {
	{ "use_after_free", planted_use_after_free },
	{ "out_of_bounds", planted_out_of_bounds },
	{ "double_free", planted_double_free },
	{ "leak_memory", planted_leak_memory },
	{ "null_dereference", planted_null_dereference },
	{ "list_corruption", planted_list_corruption },
	{ "refcount_underflow", planted_refcount_underflow },
	{ "busy_inode", planted_busy_inode },
	{ "warn", planted_warn },
	{ "bug", planted_bug },
	{ "panic", planted_panic },
	{ "soft_lockup", planted_soft_lockup },
	{ "rcu_stall", planted_rcu_stall },
	{ "kernel_hang", planted_kernel_hang },
	{ "hung_task", planted_hung_task },
	{ "hung_task_end", planted_hung_task_end },
	{ "deadlock", planted_deadlock },
	{ "sleep_in_atomic", planted_sleep_in_atomic },
	{ "schedule_in_atomic", planted_schedule_in_atomic },
	{ "data_race", planted_data_race },
	{ "console_flood", planted_console_flood },
};

static int planted_set(const char *value, const struct kernel_param *param)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(planted_faults); i++) {
		if (sysfs_streq(value, planted_faults[i].name)) {
			planted_faults[i].commit();
			return 0;
		}
	}
	return -EINVAL;
}

static const struct kernel_param_ops planted_ops = { .set = planted_set };
module_param_cb(fault, &planted_ops, NULL, 0200);
MODULE_PARM_DESC(fault, "write the name of a fault to commit it");

MODULE_DESCRIPTION("Faults planted on purpose, to see each detector fire");
MODULE_LICENSE("GPL");
