import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FleetError } from '@wrale/kernel'

/** The files of the built renderer. */
export interface Site {
  /** Content of the file at a path such as `/assets/app.js`, or undefined when the site has no such file. */
  read(path: string): Promise<Uint8Array<ArrayBuffer> | undefined>
}

export interface SiteOptions {
  /** Most files that a site may have. Default 2000. */
  readonly maxFiles?: number
}

/**
 * Lists the files under `root` once; later only paths of that list are read. A request is a look-up in the list, never a path that is put
 * together, so no form of `..`, of encoding or of link leads out of the folder. Links and special files are not listed.
 * @throws FleetError NOT_FOUND without an `index.html`, TOO_LARGE with too many files
 */
export async function openSite(root: string, options: SiteOptions = {}): Promise<Site> {
  const { maxFiles = 2000 } = options
  const files = new Map<string, string>()

  const list = async (folder: string, prefix: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const file = join(folder, entry.name)
      if (entry.isDirectory()) await list(file, `${prefix}${entry.name}/`)
      else if (entry.isFile()) files.set(prefix + entry.name, file)
      if (files.size > maxFiles) throw new FleetError('TOO_LARGE', `${root} has more than ${maxFiles} files`)
    }
  }
  await list(root, '/').catch((error: unknown) => {
    if (error instanceof FleetError) throw error
    throw new FleetError('NOT_FOUND', `the web pages cannot be read from ${root}`, {}, { cause: error })
  })
  if (!files.has('/index.html')) throw new FleetError('NOT_FOUND', `there is no index.html in ${root}`)

  return {
    async read(path) {
      const file = files.get(path)
      return file === undefined ? undefined : new Uint8Array(await readFile(file))
    },
  }
}
