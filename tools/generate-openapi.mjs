// Writes docs/operations/openapi.json: what a node serves at /openapi.json.
//
// It is committed, so that it can be read without a node; test/node/http/openapi.test.ts fails when it is not fresh.

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import { startHttp } from '../node/http/server.ts'

const FILE = fileURLToPath(new URL('../docs/operations/openapi.json', import.meta.url))

// A node behind it is not needed: nothing else is asked.
const server = await startHttp({}, 0)
const description = await (await fetch(`http://127.0.0.1:${server.port}/openapi.json`)).text()
await server.close()
writeFileSync(FILE, await format(description, { parser: 'json', printWidth: 120 }))
