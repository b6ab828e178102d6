// SPDX-License-Identifier: GPL-2.0
/*
 * Lets the processors of the virtual board be slowed down, as a Raspberry Pi 4's can. Nothing runs slower: what counts is what is asked for
 * and what the kernel then says.
 */
#include <linux/cpufreq.h>
#include <linux/module.h>

/* 0.6 and 0.8 of the top are among them; limits between two speeds become the lower one. */
static struct cpufreq_frequency_table speeds[] = {
	{ .frequency = 600000 },
	{ .frequency = 720000 },
	{ .frequency = 840000 },
	{ .frequency = 960000 },
	{ .frequency = 1080000 },
	{ .frequency = 1200000 },
	{ .frequency = 1320000 },
	{ .frequency = 1440000 },
	{ .frequency = 1560000 },
	{ .frequency = 1680000 },
	{ .frequency = 1800000 },
	{ .frequency = CPUFREQ_TABLE_END },
};
static unsigned int speed = 1800000;

static int begin(struct cpufreq_policy *policy)
{
	policy->freq_table = speeds;
	policy->cpuinfo.transition_latency = 1000000;
	/* All at one speed. */
	cpumask_setall(policy->cpus);
	return 0;
}

static int set_speed(struct cpufreq_policy *policy, unsigned int index)
{
	speed = speeds[index].frequency;
	return 0;
}

static unsigned int get_speed(unsigned int cpu)
{
	return speed;
}

static struct cpufreq_driver driver = {
	.name = "wrale-cpufreq",
	.init = begin,
	.verify = cpufreq_generic_frequency_table_verify,
	.target_index = set_speed,
	.get = get_speed,
};

static int __init start(void)
{
	return cpufreq_register_driver(&driver);
}

static void __exit stop(void)
{
	cpufreq_unregister_driver(&driver);
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Processor speeds of the virtual board");
