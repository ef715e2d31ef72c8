// Writes each text file of dist by gzip, too: a server sends those as they are to browsers that take them.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'

const built = fileURLToPath(new URL('../dist/', import.meta.url))
const isText = (name) => /\.(js|css|html|svg|txt|json)$/.test(name)
// make looks at index.html.gz to know that all is done, so it comes last.
const last = 'index.html'

const compress = async (name) => {
  const level = { level: constants.Z_BEST_COMPRESSION }
  await writeFile(`${built}${name}.gz`, await promisify(gzip)(await readFile(`${built}${name}`), level))
}

const names = (await readdir(built, { recursive: true })).filter((name) => isText(name) && name !== last)
await Promise.all(names.map(compress))
await compress(last)
