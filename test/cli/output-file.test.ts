import { spawnSync } from 'node:child_process'
import {
  closeSync,
  constants,
  openSync,
  readSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writeRuling } from '../../cli/court/ruling-file.ts'
import { requirePlace } from '../../cli/init/place.ts'
import { writeNew, writeOver } from '../../cli/output-file.ts'
import { temporaryFolder } from '../node/temporary.ts'

/** What vfat says of a link. */
const linkless = (code: string): Promise<never> =>
  Promise.reject(Object.assign(new Error(`${code}: link`), { code, syscall: 'link', errno: -1 }))

describe('a new file', () => {
  test('is refused for the reason that there is', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'file')
    writeFileSync(file, 'old')
    await expect(writeNew(file, 'new')).rejects.toThrow(`Expected to create ${file}, got a file that is there.`)
    expect(readFileSync(file, 'utf8')).toBe('old')
    const nowhere = join(folder, 'no', 'file')
    await expect(writeNew(nowhere, '')).rejects.toThrow(
      `Expected to create ${nowhere}, got no such file or directory (ENOENT).`,
    )
    const below = join(file, 'below')
    await expect(writeNew(below, '')).rejects.toThrow(`Expected to create ${below}, got not a directory (ENOTDIR).`)
  })
})

describe('a file in place of another', () => {
  test('takes its name and its mode, and leaves what it was', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'file')
    writeFileSync(file, 'old', { mode: 0o600 })
    linkSync(file, join(folder, 'as it was'))
    symlinkSync('file', join(folder, 'named'))
    await writeOver(join(folder, 'named'), 'new')
    expect(readFileSync(file, 'utf8')).toBe('new')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(lstatSync(join(folder, 'named')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(folder, 'as it was'), 'utf8')).toBe('old')
  })

  test('is none where a pipe is: that is written to', async () => {
    const pipe = join(temporaryFolder(), 'pipe')
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0)
    // With both of its ends here nothing waits for anybody.
    const ends = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK)
    try {
      await writeOver(pipe, 'text')
      expect(lstatSync(pipe).isFIFO()).toBe(true)
      const read = Buffer.alloc(8)
      expect(read.toString('utf8', 0, readSync(ends, read))).toBe('text')
    } finally {
      closeSync(ends)
    }
  })

  test('is refused for the reason that there is', async () => {
    const folder = temporaryFolder()
    await expect(writeOver(folder, '')).rejects.toThrow(
      `Expected to write ${folder}, got illegal operation on a directory (EISDIR).`,
    )
  })

  test('is how a ruling is written', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'ruling.json')
    writeFileSync(file, 'old')
    linkSync(file, join(folder, 'as it was'))
    const council = '0x00000000000000000000000000000000000000A1'
    await writeRuling(file, { chainId: 1, council, fixing: `0x${'00'.repeat(32)}`, value: 1n, signatures: [] })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ council })
    expect(readFileSync(join(folder, 'as it was'), 'utf8')).toBe('old')
  })
})

describe('the place of a set-up', () => {
  test('has hard links, and nothing in it of the trial', async () => {
    const folder = temporaryFolder()
    for (const code of ['EPERM', 'ENOTSUP', 'ENOSYS']) {
      await expect(
        requirePlace(join(folder, 'node'), () => linkless(code)),
        code,
      ).rejects.toThrow(`Expected a file system with hard links at ${join(folder, 'node')}, got one without.`)
    }
    await requirePlace(join(folder, 'node'))
    expect(readdirSync(folder)).toEqual([])
  })
})
