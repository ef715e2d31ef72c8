// Says what a browser loads before it shows /jobs, by gzip, and fails when that is more than the budget.
import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'

const BUDGET_KIB = 130
const PAGE = 'src/pages/JobsPage.vue'
// Asked for by the page itself, when it is there already; told, and not part of the budget.
const LATER = 'src/components/charts/PlotCanvas.vue'
const built = new URL('../dist/', import.meta.url)

const read = (name) => readFile(new URL(name, built))
const manifest = JSON.parse(await read('.vite/manifest.json'))

/** The files of a module and of all that it imports; what is imported later is not among them. */
const filesOf = (name, seen) => {
  if (seen.has(name)) return []
  seen.add(name)
  const { file, css = [], imports = [] } = manifest[name]
  return [file, ...css, ...imports.flatMap((imported) => filesOf(imported, seen))]
}

const seen = new Set()
const modules = [...filesOf('index.html', seen), ...filesOf(PAGE, seen)]
const index = (await read('index.html')).toString()
const linked = [...index.matchAll(/(?:href|src)="\/([^"]+)"/g)].map(([, name]) => name)
const styles = await Promise.all(modules.filter((name) => name.endsWith('.css')).map(read))
const fonts = styles.flatMap((style) =>
  [...style.toString().matchAll(/url\(\/?([^)"]+\.woff2)\)/g)].map(([, name]) => name),
)
const names = new Set(['index.html', ...modules, ...linked, ...fonts])

const sizesOf = (files) =>
  Promise.all(
    files.map(async (name) => {
      const content = await read(name)
      return { name, kib: (name.endsWith('.woff2') ? content : gzipSync(content)).length / 1024 }
    }),
  )
const totalOf = (sizes) => sizes.reduce((sum, { kib }) => sum + kib, 0)
const sizes = await sizesOf([...names])
const total = totalOf(sizes)
const later = totalOf(await sizesOf(filesOf(LATER, seen)))
const row = (name, kib) => `${name.padEnd(48)}${kib.toFixed(1).padStart(8)} KiB\n`
const table = sizes.sort((one, other) => other.kib - one.kib).map(({ name, kib }) => row(name, kib))
process.stdout.write(
  `${table.join('')}${row(`first load of /jobs (of ${BUDGET_KIB})`, total)}${row('then its chart', later)}`,
)
if (total > BUDGET_KIB) {
  process.stderr.write('too much: load by `import()` what /jobs does not need at first\n')
  process.exit(1)
}
