import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toFleetError } from '@wrale/kernel'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Fleet, type FleetDaemon, poll, startFleet } from '../fleet/index.ts'
import { labCapability, type LabProcess } from '../src/index.ts'
import { type PrometheusPrograms, prometheusPrograms } from './prometheus/programs.ts'

const root = join(import.meta.dirname, '../../..')
const capability = labCapability()
const found = capability.kind === 'netns' ? await find() : capability.reason
const reason = typeof found === 'string' ? ` (skipped: ${found})` : ''
if (typeof found === 'string') console.log(`SKIP prometheus: ${found}`)

async function find(): Promise<PrometheusPrograms | string> {
  try {
    return await prometheusPrograms(join(root, '.cache/prometheus'))
  } catch (error) {
    const { code, message } = toFleetError(error)
    if (code === 'NOT_FOUND') return message
    throw error
  }
}

const answerSchema = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
})
const port = 9090

describe.skipIf(typeof found === 'string')(`Prometheus${reason}`, () => {
  const programs = found as PrometheusPrograms
  let fleet: Fleet
  let daemon: FleetDaemon
  let server: LabProcess

  beforeAll(async () => {
    fleet = await startFleet({ nodes: 1 })
    daemon = fleet.daemons[0]!
    const { folder } = daemon.machine
    const config = join(folder, 'prometheus.yml')
    const scrape = {
      job_name: 'wrale',
      scrape_interval: '1s',
      static_configs: [{ targets: [new URL(daemon.url).host] }],
    }
    await writeFile(config, JSON.stringify({ scrape_configs: [scrape] }))
    const where = [`--storage.tsdb.path=${join(folder, 'tsdb')}`, `--web.listen-address=127.0.0.1:${port}`]
    server = daemon.machine.spawn({ command: programs.prometheus, args: [`--config.file=${config}`, ...where] })
    await server.waitForLine('Server is ready', { timeoutMs: 30_000 })
  }, 90_000)
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(fleet.describe(), server.quoteOutput())
  })
  afterAll(async () => {
    await fleet?.close()
  })

  async function ask(query: string) {
    const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`
    return answerSchema.parse((await daemon.machine.http(url)).json()).data.result
  }

  test('finds nothing to object to in the metrics of a node', async () => {
    const page = (await daemon.machine.http(`${daemon.url}/metrics`)).text()
    const check = daemon.machine.spawn({ command: programs.promtool, args: ['check', 'metrics'], stdin: 'pipe' })
    check.stdin?.end(page)
    await once(check.stdin!, 'close')
    const { code } = await check.exit
    expect(check.output.map(({ text }) => text)).toEqual([])
    expect(code).toBe(0)
  })

  test('scrapes a node, and answers with what the node itself shows', async () => {
    const seen = await poll('the node was scraped', async () => {
      const [state, temperature] = await Promise.all([ask('up{job="wrale"}'), ask('node_hwmon_temp_celsius')])
      return state[0]?.value[1] === '1' && temperature.length > 0 ? temperature : undefined
    })
    expect(Number(seen[0]!.value[1])).toBeGreaterThan(20)
    const own = (await daemon.metrics()).find('wrale_safety_state').map(({ labels }) => labels['policy'])
    const scraped = (await ask('wrale_safety_state')).map(({ metric }) => metric['policy'])
    expect(own).toContain('thermal')
    expect(new Set(scraped)).toEqual(new Set(own))
  })
})
