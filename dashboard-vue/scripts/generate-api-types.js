// Writes src/api/schema.d.ts from the API's committed description; with --check it only says whether that is up to date.
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import openapiTS, { astToString } from 'openapi-typescript'

const source = new URL('../../api/openapi.json', import.meta.url)
const target = new URL('../src/api/schema.d.ts', import.meta.url)

// Answers may get members that we do not know, and say so. As types that would allow every misspelt name.
const description = JSON.parse(await readFile(source, 'utf8'))
for (const schema of Object.values(description.components.schemas)) {
  if (schema.properties) delete schema.additionalProperties
}

// A member with a default may be left out of a request.
const ast = await openapiTS(description, { defaultNonNullable: false })
const text = `// Generated from api/openapi.json by \`npm run api:types\`; do not edit.\n${astToString(ast)}`

if (!process.argv.includes('--check')) {
  await writeFile(target, text)
} else if ((await readFile(target, 'utf8')) !== text) {
  process.stderr.write('src/api/schema.d.ts does not fit api/openapi.json: run `npm run api:types`\n')
  process.exit(1)
}
