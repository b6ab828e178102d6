import { createServer } from 'node:http'
import { hostname } from 'node:os'

/** Answers every request with what it sees of itself; prints its port. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    response.statusCode = request.url === '/missing' ? 404 : 200
    response.end(
      JSON.stringify({
        pid: process.pid,
        hostname: hostname(),
        wallMs: Date.now(),
        host: request.headers.host,
        method: request.method,
        body: Buffer.concat(chunks).toString(),
      }),
    )
  })
})
server.listen(Number(process.argv[2] ?? 0), () => {
  const address = server.address()
  console.log(`port ${typeof address === 'object' && address !== null ? address.port : 0}`)
})
