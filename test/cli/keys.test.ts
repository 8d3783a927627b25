import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { privateKeyToAddress } from 'viem/accounts'
import type { Context } from '../../cli/context.ts'
import { readKeystore } from '../../node/ground/keystore.ts'
import { assize } from './command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'assize-keys-'))
afterAll(() => rmSync(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)
const KEY = `0x${'17'.repeat(32)}` as const
const NOWHERE = { ASSIZE_PASSWORD_FILE: '', ASSIZE_KEYSTORE: '' }
const run = (args: readonly string[], world: Partial<Context> = {}) => assize(['keys', ...args], NOWHERE, world)

/** A terminal at which these are typed, one after the other. */
function typing(...answers: string[]): Partial<Context> {
  const next = async (): Promise<string> => answers.shift() ?? ''
  return { terminal: { ask: next, askSecret: next } }
}

describe('assize keys', () => {
  test('new makes a key with a random password, both for the owner alone, and never over a file', async () => {
    const args = ['new', at('a.json'), '--password-file', at('a.password')]
    const { exitCode, out } = await run(args)
    expect(exitCode).toBe(0)
    const { address } = await readKeystore(at('a.json'), at('a.password'))
    expect(out).toContain(`${address} is in ${at('a.json')}.`)
    expect([at('a.json'), at('a.password')].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600])
    const kept = readFileSync(at('a.json'), 'utf8')
    expect(await run(args)).toMatchObject({
      exitCode: 2,
      err: `error: Expected no file at ${at('a.json')}, got one. Name another; keys are never overwritten.`,
    })
    expect(readFileSync(at('a.json'), 'utf8')).toBe(kept)
    // Two keys are not the same.
    const other = await run(['new', at('b.json'), '--password-file', at('a.password'), '--json'])
    expect(JSON.parse(other.out).address).not.toBe(address)
  })

  test('asks for a password twice where somebody sits, and takes none that is empty or differs', async () => {
    expect(await run(['new', at('c.json')])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('Expected a password for the key, got none.'),
    })
    const differs = await run(['new', at('c.json')], typing('one', 'two'))
    expect(differs.err).toContain('Expected the same password twice, got two.')
    expect((await run(['new', at('c.json')], typing('', ''))).err).toContain('got an empty one')
    expect((await run(['new', at('c.json')], typing('same', 'same'))).exitCode).toBe(0)
    writeFileSync(at('c.password'), 'same\n')
    expect((await readKeystore(at('c.json'), at('c.password'))).address).toMatch(/^0x/)
  })

  test('import keeps a key that is typed or in a file, export gives it back, and neither shows it', async () => {
    writeFileSync(at('key.hex'), `${KEY.slice(2)}\n`)
    const made = await run(['import', at('d.json'), '--from', at('key.hex'), '--password-file', at('d.password')])
    expect(made.out).toContain(privateKeyToAddress(KEY))
    const typed = await run(['import', at('e.json'), '--password-file', at('d.password')], typing(KEY))
    expect(typed.out).toContain(privateKeyToAddress(KEY))
    const exported = await run(['export', at('d.json'), at('out.hex'), '--password-file', at('d.password'), '--yes'])
    expect(readFileSync(at('out.hex'), 'utf8')).toBe(`${KEY}\n`)
    expect(statSync(at('out.hex')).mode & 0o777).toBe(0o600)
    const said = [made, typed, exported].map(({ out, err }) => out + err).join('\n')
    expect(said).not.toContain(KEY.slice(2))
    expect(said).not.toContain(readFileSync(at('d.password'), 'utf8').trim())
    const unasked = await run(['export', at('d.json'), at('more.hex'), '--password-file', at('d.password')])
    expect(unasked.err).toContain('Expected --yes where nobody can be asked, got none. Add --yes to write it.')
    const no = await run(['export', at('d.json'), at('more.hex'), '--password-file', at('d.password')], typing('n'))
    expect(no.exitCode).toBe(130)
  })

  test('import repeats nothing of what is no key', async () => {
    for (const wrong of ['hunter2', '0x00', `0x${'00'.repeat(32)}`, `0x${'ff'.repeat(32)}`]) {
      const { exitCode, out, err } = await run(
        ['import', at('f.json'), '--password-file', at('a.password')],
        typing(wrong),
      )
      expect(exitCode).toBe(2)
      expect(err).toBe('error: Expected a private key of 32 bytes in hex, got something else. Check what you gave.')
      expect(out).toBe('')
    }
    expect((await run(['import', at('f.json'), '--from', at('nowhere')])).err).toContain('got no readable file')
  })

  test('list names keystores and those that others can read, and passes other files over', async () => {
    writeFileSync(at('other.json'), '{"address":"0x00"}')
    chmodSync(at('b.json'), 0o644)
    const { out } = await run(['list', folder, '--json'])
    const { keystores } = JSON.parse(out)
    const names = keystores.map(({ keystore }: { keystore: string }) => keystore)
    expect(names).toEqual(['a.json', 'b.json', 'c.json', 'd.json', 'e.json'].map(at))
    const exposed = keystores.filter(({ isExposed }: { isExposed: boolean }) => isExposed)
    expect(exposed).toMatchObject([{ keystore: at('b.json') }])
    expect((await run(['list', folder])).out).toContain(`others can read it: chmod 600 ${at('b.json')}`)
    expect(await run(['list', at('nowhere')])).toEqual({
      exitCode: 2,
      out: '',
      err: `error: Expected a folder with keystores at ${at('nowhere')}, got none. Correct the path.`,
    })
    mkdirSync(at('empty'))
    expect((await run(['list', at('empty')])).out).toBe(`No keystore is in ${at('empty')}.`)
  })
})
