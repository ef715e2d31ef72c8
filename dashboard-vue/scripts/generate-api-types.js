// Writes src/api/schema.d.ts from the API's committed description; with --check it only says whether that is up to date.
import { readFile, writeFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'

const source = new URL('../../api/openapi.json', import.meta.url)
const target = new URL('../src/api/schema.d.ts', import.meta.url)

// A member with a default may be left out of a request.
const ast = await openapiTS(source, { defaultNonNullable: false, alphabetize: false })
const text = `// Generated from api/openapi.json by \`npm run api:types\`; do not edit.\n${astToString(ast)}`

if (!process.argv.includes('--check')) {
  await writeFile(target, text)
} else if ((await readFile(target, 'utf8')) !== text) {
  process.stderr.write('src/api/schema.d.ts does not fit api/openapi.json: run `npm run api:types`\n')
  process.exit(1)
}
