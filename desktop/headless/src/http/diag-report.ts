import type { CallContext } from '@wrale/brain'
import { diagReportHtml, diagRunSchema } from '@wrale/protocol/node'
import { FleetError } from '@wrale/kernel'
import type { Api } from './api.ts'
import { problemResponse } from './problems.ts'

const lastPart = '/report'

/** The report of a self-test as a page to read and to print. It is made here from checked data: nothing that a node serves is shown as it is. */
export async function diagReportPage(
  api: Api,
  request: Request,
  context: CallContext,
  nonce: string | undefined,
): Promise<Response> {
  const url = new URL(request.url)
  url.pathname = url.pathname.slice(0, -lastPart.length)
  const answer = await api(new Request(url), context)
  if (!answer.ok) return answer
  const run = diagRunSchema.parse(await answer.json())
  if (run.state === 'done') {
    return new Response(diagReportHtml(run.report, nonce), {
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    })
  }
  const why = run.state === 'running' ? 'the self-test is under way still' : `it has no report: ${run.problem.message}`
  return problemResponse(new FleetError('CONFLICT', why))
}
