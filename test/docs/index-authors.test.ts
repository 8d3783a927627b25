import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import type { HttpJsonSource } from '#protocol/index-source.ts'
import { httpJsonCloses } from '../../node/source/http-json.ts'
import { sampleWindow } from '../../node/source/window.ts'
import { threeSamples } from '../protocol/index-documents.ts'
import { blocksIn } from './blocks.ts'

const PAGE = 'docs/index-authors.md'
const folder = mkdtempSync(join(tmpdir(), 'assize-authors-'))
afterAll(() => rmSync(folder, { recursive: true }))

const FENCES = /^```sh\n(.*?)^```\n\n```text\n(.*?)^```$/gms

/** Ids are shortened in the document. */
const shown = (text: string): string => text.replaceAll(/0x([0-9a-f]{2})[0-9a-f]{62}/g, '0x$1…').trimEnd()

test('every command block of docs/index-authors.md prints what the document says', async () => {
  const blocks = [...readFileSync(PAGE, 'utf8').matchAll(FENCES)]
  expect(blocks).toHaveLength(4)
  for (const [, commands = '', output = ''] of blocks) {
    const { stdout } = await promisify(execFile)('bash', ['-c', commands.replaceAll('/tmp/', `${folder}/`)])
    expect(shown(stdout).replaceAll(`${folder}/`, '/tmp/'), commands).toBe(output.trimEnd())
  }
})

test('the source of trades in docs/index-authors.md reads rows such as the one beside it', () => {
  const text = readFileSync(PAGE, 'utf8')
  const [json = ''] = blocksIn(PAGE, text).flatMap((block) => (block.info === 'json' ? [block.text] : []))
  const [, row = ''] = /of rows such as `(.+)`:$/m.exec(text) ?? []
  const document = threeSamples([JSON.parse(json)])
  const source = document.sources[0] as HttpJsonSource // the only source is of that kind
  const body = `{"error":[],"result":{"XXBTZUSD":[${row},["1","1",1688669760,"b","m","",1]]}}`
  // The row is of 18:53:17, the other of 18:56.
  expect(httpJsonCloses(body, source, sampleWindow(document, 1_688_669_700n))).toEqual([
    undefined,
    '30243.40000',
    undefined,
  ])
})
