import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { createFile, replaceFile } from '../../../node/ground/whole-file.ts'
import { temporaryFolder } from '../temporary.ts'

const MODULE = pathToFileURL('node/ground/whole-file.ts').href

/** Writes 64 KB to `file` where the system lets a file have no more than four: the write ends halfway. */
function writeTooMuch(call: string, file: string): number | null {
  const code = `const file = await import(${JSON.stringify(MODULE)}); await file.${call}(${JSON.stringify(file)}, 'x'.repeat(65_536))`
  const { status } = spawnSync('bash', [
    '-c',
    `ulimit -f 4; exec "$0" --input-type=module -e "$1"`,
    process.execPath,
    code,
  ])
  return status
}

describe('a file that is written whole or not at all', () => {
  test('is there with its text and mode, and nothing beside it', async () => {
    const folder = temporaryFolder()
    await createFile(join(folder, 'secret'), 'text\n', 0o600)
    await createFile(join(folder, 'known'), 'text\n')
    expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('text\n')
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'known')).mode & 0o777).toBe(0o666 & ~process.umask())
    expect(readdirSync(folder).toSorted()).toEqual(['known', 'secret'])
  })

  test('takes the place of another only where it is to', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'mark')
    writeFileSync(file, 'old')
    await expect(createFile(file, 'new')).rejects.toMatchObject({ code: 'EEXIST' })
    expect(readFileSync(file, 'utf8')).toBe('old')
    await replaceFile(file, 'new', 0o600)
    expect(readFileSync(file, 'utf8')).toBe('new')
    expect(readdirSync(folder)).toEqual(['mark'])
  })

  test('is not there, or as it was, if its writing ends halfway', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'file')
    expect(writeTooMuch('createFile', file)).not.toBe(0)
    expect(readdirSync(folder)).not.toContain('file')
    writeFileSync(file, 'old')
    expect(writeTooMuch('replaceFile', file)).not.toBe(0)
    expect(readFileSync(file, 'utf8')).toBe('old')
  })
})
