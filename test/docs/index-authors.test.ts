import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'assize-authors-'))
afterAll(() => rmSync(folder, { recursive: true }))

const FENCES = /^```sh\n(.*?)^```\n\n```text\n(.*?)^```$/gms
/** npm starts each command; a busy machine takes its time. */
const PATIENCE_MS = 120_000

/** Ids are shortened in the document. */
const shown = (text: string): string => text.replaceAll(/0x([0-9a-f]{2})[0-9a-f]{62}/g, '0x$1…').trimEnd()

test(
  'every command block of docs/index-authors.md prints what the document says',
  async () => {
    const blocks = [...readFileSync('docs/index-authors.md', 'utf8').matchAll(FENCES)]
    expect(blocks).toHaveLength(4)
    for (const [, commands = '', output = ''] of blocks) {
      const { stdout } = await promisify(execFile)('bash', ['-c', commands.replaceAll('/tmp/', `${folder}/`)])
      expect(shown(stdout).replaceAll(`${folder}/`, '/tmp/'), commands).toBe(output.trimEnd())
    }
  },
  PATIENCE_MS,
)
