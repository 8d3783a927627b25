/** Writes docs/reference: `npm run docs:reference`. test/docs/reference.test.ts fails when it is not fresh. */
import { mkdirSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { REFERENCES } from './references.ts'

mkdirSync('docs/reference', { recursive: true })
for (const { file, write } of REFERENCES) {
  writeFileSync(file, await write())
  process.stdout.write(`${file}\n`)
}
