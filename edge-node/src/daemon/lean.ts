import { setFlagsFromString } from 'node:v8'

/**
 * Settings of V8 for a process that idles on a small machine; imported before everything else, because half of their effect is on
 * what loading the program costs. Resident memory of an idle member (bundle, simulated board, x64, MiB):
 *
 *     nothing 95.5 | short-lived objects in 1 MiB 87.6 | and a collection after the start 85.7 | and no optimising compilers 76.9 |
 *     and code kept small 71.2
 *
 * What is read often runs in the interpreter and the baseline compiler then: receiving a record takes 208 us of CPU time in place of
 * 154, at a few records a second. A node that has much to compute should measure this again.
 */
setFlagsFromString('--max-semi-space-size=1')
setFlagsFromString('--semi-space-growth-factor=1')
setFlagsFromString('--optimize-for-size')
setFlagsFromString('--no-opt')
setFlagsFromString('--no-maglev')
