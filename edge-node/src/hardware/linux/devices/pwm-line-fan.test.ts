import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { describeFanConformance } from '../../testing/devices-conformance.ts'
import { type LinuxTree, makeLinuxTree } from '../../testing/linux-tree.ts'
import { PwmLineFan } from './pwm-line-fan.ts'

const trees: LinuxTree[] = []
afterEach(async () => {
  for (const tree of trees.splice(0)) await tree.dispose()
})

const chip = 'sys/class/pwm/pwmchip0'
const line = `${chip}/pwm1`
const exported = { [`${line}/period`]: '0\n', [`${line}/duty_cycle`]: '0\n', [`${line}/enable`]: '0\n' }

async function made(files: Readonly<Record<string, string>>) {
  const tree = await makeLinuxTree({ [`${chip}/export`]: '', ...files })
  trees.push(tree)
  const read = async (path: string) => (await readFile(join(tree.path, path), 'utf8')).trim()
  return { tree, read, fan: new PwmLineFan({ chip: 0, channel: 1, sysRoot: tree.roots.sys }) }
}

describeFanConformance('a fan at a PWM output', async () => {
  const { tree, fan, read } = await made(exported)
  const turns = async () =>
    (await read(`${line}/enable`)) === '1' ? Number(await read(`${line}/duty_cycle`)) / 40_000 : 0
  const fail = async (isBroken: boolean): Promise<void> => {
    await tree.remove(`${line}/duty_cycle`)
    if (isBroken) await mkdir(join(tree.path, `${line}/duty_cycle`))
    else await tree.write(`${line}/duty_cycle`, '0\n')
  }
  return { fan, step: 0, turns, fail }
})

it('is pulsed 25,000 times a second, with no pulse longer than what it is in', async () => {
  const { fan, read } = await made({ ...exported, [`${line}/period`]: '1000000\n', [`${line}/duty_cycle`]: '900000\n' })
  await fan.setDuty(0.5)
  expect([await read(`${line}/period`), await read(`${line}/duty_cycle`)]).toEqual(['40000', '20000'])
})

it('is asked for from the kernel, and absent where that has none', async () => {
  const { fan, read } = await made({})
  await expect(fan.setDuty(1)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(await read(`${chip}/export`)).toBe('1')
  const { tree, fan: other } = await made({})
  await tree.remove(chip)
  await expect(other.setDuty(1)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(other.askedDuty).toBeUndefined()
})
