import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))
const REPEAT = 'What is there is not whole. What was sent is sent: look before you repeat it.'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assize-lost-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs a line of bash in the folder, in which `assize` is the program. */
function bash(line: string): { readonly status: number | null; readonly err: string } {
  const program = `assize() { ${process.execPath} ${MAIN} "$@"; }\nset -o pipefail\n${line}`
  const { status, stderr } = spawnSync('bash', ['-c', program], { cwd: folder, encoding: 'utf8' })
  return { status, err: stderr.trimEnd() }
}

test('results that a full disk does not take are exit 1 and one line', () => {
  expect(bash('assize completion bash > /dev/full')).toEqual({
    status: 1,
    err: `error: Expected to write all of the output, got no space left on device (ENOSPC). ${REPEAT}`,
  })
})

test('results of which a file takes only a part are exit 1 and one line', () => {
  expect(bash('ulimit -f 1; assize completion bash > part')).toEqual({
    status: 1,
    err: `error: Expected to write all of the output, got file too large (EFBIG). ${REPEAT}`,
  })
  expect(readFileSync(join(folder, 'part'), 'utf8').length).toBeLessThan(2_000)
})

test('a usage error stays one where nothing can be written', () => {
  expect(bash('assize claim --json > /dev/full').status).toBe(2)
})

test('a file gets all, after what was in it; a reader that leaves early and talk that is lost are no errors', () => {
  expect(bash('echo before > all; assize completion bash >> all && assize completion bash > same')).toEqual({
    status: 0,
    err: '',
  })
  const [all, same] = ['all', 'same'].map((name) => readFileSync(join(folder, name), 'utf8'))
  expect(all).toBe(`before\n${same}`)
  expect(same?.length).toBeGreaterThan(20_000)
  expect(bash('assize completion bash | true')).toEqual({ status: 0, err: '' })
  expect(bash('assize completion bash 2> /dev/full > same')).toEqual({ status: 0, err: '' })
})
