import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { accountOf, ETHER } from '../client/chain-fixture.ts'
import type { Run } from './command-line.ts'
import { at, court, document, folder, given, init, members, owner, ownersKey } from './init-stage.ts'

describe('assize init, in a script', () => {
  test('prints the command for the machine of the owner, which registers; then goes on from there', async () => {
    const first = document(await init([...(await given()), '--yes', '--json']))
    expect(first.registration).toMatchObject({ state: 'agreed', owner: owner.account.address, stake: String(ETHER) })
    const { oracle, registry } = court.stage.deployments
    const command = `assize register ${join(folder, 'consent.json')} --registry ${registry} --oracle ${oracle} --rpc ${court.stage.embedded.rpcUrl}`
    expect(first.next[0].command).toBe(command)
    expect(await owner.run([...command.split(' ').slice(1), '--yes'])).toMatchObject({ exitCode: 0 })
    const again = document(await init(['--yes', '--json']))
    expect(again).toMatchObject({ signer: first.signer, registration: { state: 'registered' } })
  })

  test.each<[string, () => Record<string, string | undefined>, string]>([
    ['too little stake', () => ({ stake: '0.5eth' }), 'Expected a stake of at least 1 ETH, got 0.5 ETH.'],
    ["no keystore of the owner's", () => ({ 'owner-keystore': at('none.json') }), "Expected the owner's keystore at "],
    [
      "an owner's keystore of somebody else",
      () => ({ ...ownersKey(), owner: accountOf('somebody').address }),
      'Expected the key of ',
    ],
    [
      "the node's key as the owner's",
      () => ({ keystore: owner.env['ASSIZE_KEYSTORE'], 'password-file': owner.env['ASSIZE_PASSWORD_FILE'] }),
      "Expected an owner apart from the node's key",
    ],
    [
      "a password that is not the key's",
      () => ({ keystore: owner.env['ASSIZE_KEYSTORE'], 'password-file': at('closes.csv') }),
      'Expected the password of ',
    ],
  ])('refuses %s, exit 2, and goes on once that is right', async (_name, changes, message) => {
    const { exitCode, err } = await init([...(await given(changes())), '--yes'])
    expect({ exitCode, err: err.split('\n').at(-1) }).toEqual({ exitCode: 2, err: expect.stringContaining(message) })
    expect(existsSync(join(folder, 'consent.json'))).toBe(false)
  })

  describe('with the key of the owner, on settings of before', () => {
    /** Changes the settings, then tries to register. */
    async function resumed(from: string | RegExp, to: string): Promise<Run> {
      const flags = await given()
      await init([...flags, '--yes'])
      const file = join(folder, 'node.toml')
      const text = readFileSync(file, 'utf8')
      writeFileSync(file, text.replace(from, to))
      expect(readFileSync(file, 'utf8')).not.toBe(text)
      const before = await members()
      const run = await init([
        '--yes',
        '--json',
        ...Object.entries(ownersKey()).flatMap(([name, value]) => [`--${name}`, value]),
      ])
      expect(await members()).toEqual(before)
      return run
    }

    test.each<[string, () => [string | RegExp, string], string]>([
      ['an index that is none', () => [at('indices'), at('other')], 'index package.json: '],
      ['a fallback that is dead', () => ['rpc_fallbacks = []', 'rpc_fallbacks = ["http://127.0.0.1:1"]'], 'endpoint '],
      ['a newest block of another time', () => ['clock = "chain"', ''], 'endpoint '],
    ])('sends no stake where the check-up finds %s, exit 1', async (_name, change, what) => {
      const { exitCode, err } = await resumed(...change())
      expect(err.split('\n').at(-1)).toContain(
        `error: Expected nothing bad in the check-up before the stake is sent, got ${what}`,
      )
      expect(exitCode).toBe(1)
    })

    test('sends no stake on another chain than that of the settings', async () => {
      const { exitCode, err } = await resumed('chain_id = 31337', 'chain_id = 1')
      expect(err).toContain('error: Expected chain 1 at 127.0.0.1:')
      expect(exitCode).toBe(2)
    })
  })

  test('registers within --max only, and with --dry-run not at all', async () => {
    const flags = [...(await given(ownersKey())), '--yes']
    const before = await members()
    const dear = await init([...flags, '--max', '1eth'])
    expect(dear).toMatchObject({ exitCode: 2, err: expect.stringContaining('Expected to spend at most 1 ETH, got 1.') })
    const tried = await init([...flags, '--dry-run', '--json'])
    expect(tried.err).toContain('Only simulated: nothing was sent.')
    // A stake is free 337 days after its reporter left: docs/operator.md.
    expect(tried.err).toContain('locked    while it reports, and 337 d after it has left')
    expect(document(tried)).toMatchObject({ registration: { state: 'agreed' } })
    expect(await members()).toEqual(before)
    expect(document(await init([...flags, '--max', '2eth', '--json'])).registration.state).toBe('registered')
  })

  test('uses no consent that was made for another peer or another chain', async () => {
    const flags = [...(await given()), '--yes']
    await init(flags)
    rmSync(join(folder, 'data'), { recursive: true })
    const { exitCode, err } = await init(flags)
    expect(exitCode).toBe(2)
    expect(err).toMatch(
      /error: Expected the peer 0x\w+ in \S+consent\.json, got 0x\w+\. If it was not registered, remove/,
    )
    rmSync(join(folder, 'consent.json'))
    expect((await init(flags)).exitCode).toBe(0)
    const consent = JSON.parse(readFileSync(join(folder, 'consent.json'), 'utf8'))
    writeFileSync(join(folder, 'consent.json'), JSON.stringify({ ...consent, chainId: 5 }))
    expect((await init(flags)).err).toContain(
      `error: Expected the chain 31337 in ${join(folder, 'consent.json')}, got 5.`,
    )
  })
})
