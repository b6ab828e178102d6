import { describe, expect, it } from 'vitest'
import { acceptedHosts, checkHost, checkOrigin, isLoopback } from './origin.ts'

const code = (check: () => void): string => {
  try {
    check()
    return 'accepted'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('checkHost', () => {
  const to = (bound: string, header: string | undefined): string => code(() => checkHost(header, acceptedHosts(bound)))

  it('accepts loopback and the bound host, with any port and in any case', () => {
    for (const host of ['127.0.0.1:7420', 'localhost', 'LocalHost:1', '[::1]:7420', '192.0.2.7:7420']) {
      expect(to('192.0.2.7', host), host).toBe('accepted')
    }
  })

  it('refuses names that others can point here', () => {
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '198.51.100.1']) {
      expect(to('192.0.2.7', host), host).toBe('FORBIDDEN')
    }
  })

  it('accepts any numeric address on a station bound to all interfaces, but still no foreign name', () => {
    for (const host of ['198.51.100.1:7420', '[2001:db8::1]:7420']) expect(to('0.0.0.0', host), host).toBe('accepted')
    expect(to('::', 'evil.example')).toBe('FORBIDDEN')
  })

  it('refuses a header that is no host', () => {
    for (const host of [undefined, '', 'a b', "x';script-src *", '[::1'])
      expect(to('0.0.0.0', host), host).toBe('INPUT_INVALID')
  })
})

describe('checkOrigin', () => {
  const from = (origin: string | undefined): string => code(() => checkOrigin(origin, '127.0.0.1:7420'))

  it('accepts pages of this station, and programs that are no browsers', () => {
    expect(from('http://127.0.0.1:7420')).toBe('accepted')
    expect(from(undefined)).toBe('accepted')
  })

  it('refuses every other page, opaque ones too', () => {
    for (const origin of ['http://127.0.0.1:7421', 'http://localhost:7420', 'https://evil.example', 'null', '']) {
      expect(from(origin), origin).toBe('FORBIDDEN')
    }
  })
})

describe('isLoopback', () => {
  it('holds for addresses that only this machine reaches', () => {
    for (const host of ['127.0.0.1', '127.0.0.53', '::1', 'localhost']) expect(isLoopback(host), host).toBe(true)
    for (const host of ['0.0.0.0', '::', '192.0.2.7']) expect(isLoopback(host), host).toBe(false)
  })
})
