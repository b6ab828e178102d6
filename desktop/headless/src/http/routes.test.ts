import { describe, expect, it } from 'vitest'
import { allowedMethods } from './routes.ts'

describe('allowedMethods', () => {
  it('knows the paths of the contract and the few that are plain HTTP', () => {
    expect(allowedMethods('/nodes')).toEqual(['GET'])
    expect(allowedMethods('/nodes/x/metrics')).toEqual(['GET'])
    expect(allowedMethods('/session').toSorted()).toEqual(['DELETE', 'GET', 'POST'])
    expect(allowedMethods('/nodes/x/diagnostics/y/report')).toEqual(['GET'])
    expect(allowedMethods('/nodes/x/diagnostics/y').toSorted()).toEqual(['DELETE', 'GET'])
    expect(allowedMethods('/openapi.json')).toEqual(['GET'])
  })

  it('knows nothing else', () => {
    for (const path of ['', '/', '/nodes/', '/nodes/x/y', '/openapixjson'])
      expect(allowedMethods(path), path).toEqual([])
  })
})
