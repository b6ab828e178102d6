// @ts-check
/**
 * The text of this file starts every program. On a Node that is too old it hands over to the one that came with the npm
 * packages, or says in one line what is needed. Top-level await keeps the rest of the program from starting meanwhile,
 * and all names stay inside the block, because the program's own follow in the same file.
 */
if (Number(process.versions.node.split('.', 1)) < 24) {
  const fs = await import('node:fs')
  const path = await import('node:path')
  const { fileURLToPath } = await import('node:url')
  const { spawn } = await import('node:child_process')

  const program = fileURLToPath(import.meta.url)
  const folders = [path.dirname(program)]
  while (folders[0] !== path.dirname(folders[0] ?? '')) folders.unshift(path.dirname(folders[0] ?? ''))
  const nodes = folders.map((folder) => path.join(folder, 'node_modules/node/bin/node'))
  const node = nodes.findLast((file) => fs.existsSync(file))
  if (node === undefined) {
    process.stderr.write(`wrale: UNAVAILABLE: needs Node 24 or later, and this is ${process.version}\n`)
    process.exit(69)
  }
  // The channel ends with this process, however it ends, and a daemon stops with its channel.
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal))
  }
  process.on('disconnect', () => child.disconnect())
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
  await new Promise(() => undefined)
}
