import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Absence } from '../gpio.ts'

/** Labels of the chips behind a Raspberry Pi's header: Pi 5, Pi 4, and all before. A board has one of them. */
const headerChips: readonly string[] = ['pinctrl-rp1', 'pinctrl-bcm2711', 'pinctrl-bcm2835']

export interface Chip {
  readonly label: string
  /** The kernel's number of its first line. 0 on old kernels; from 512 on since 6.6, in the order in which chips were found. */
  readonly base: number
  /** How many lines it has. */
  readonly lines: number
}

/**
 * A chip by its label: numbers and names of chips change between kernels and boards, labels do not.
 * @param root the folder of the kernel's sysfs interface (Documentation/admin-guide/gpio/sysfs.rst)
 * @param label default: the chip behind the header
 */
export function findChip(root: string, label: string | undefined): Chip | Absence {
  if (!existsSync(root)) {
    return { reason: 'no-interface', detail: `${root} does not exist: the kernel has no sysfs interface for GPIO` }
  }
  const wanted = label === undefined ? headerChips : [label]
  const chips = allChips(root)
  const found = chips.filter((chip) => wanted.includes(chip.label))
  const [chip] = found
  if (chip !== undefined && found.length === 1) return chip
  const name = label ?? 'of a Raspberry Pi header'
  if (chip !== undefined) return { reason: 'no-chip', detail: `${found.length} GPIO chips are ${name}` }
  const others = chips.map((other) => other.label).join(', ')
  return { reason: 'no-chip', detail: `there is no GPIO chip ${name}; there is ${others || 'none at all'}` }
}

function allChips(root: string): readonly Chip[] {
  const chips: Chip[] = []
  for (const entry of readdirSync(root)) {
    if (!/^gpiochip\d+$/.test(entry)) continue
    try {
      const file = (name: string): string => readFileSync(join(root, entry, name), 'utf8').trim()
      const chip: Chip = { label: file('label'), base: Number(file('base')), lines: Number(file('ngpio')) }
      if (Number.isSafeInteger(chip.base) && Number.isSafeInteger(chip.lines)) chips.push(chip)
    } catch {
      // It went away while it was read.
    }
  }
  return chips
}
