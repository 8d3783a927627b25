import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { latestBlock } from '#client/chain.ts'
import { readReporters } from '#client/roster.ts'
import { wethBalance } from '#client/weth.ts'
import { writeKeystore } from '../../node/ground/keystore.ts'
import { accountOf, ETHER } from '../client/chain-fixture.ts'
import { assize } from './command-line.ts'
import { type Court, type Disputer, openCourt, withoutChance } from './disputer.ts'

let court: Court
let owner: Disputer
let config: string

const DAY = 86_400n
const SIGNER_KEY = `0x${'21'.repeat(32)}` as const

beforeAll(async () => {
  court = await openCourt()
  owner = await court.disputer('owner', 10n * ETHER)
  config = await nodeConfig('node', SIGNER_KEY)
})
afterAll(() => court.close())

async function nodeConfig(name: string, key: `0x${string}`): Promise<string> {
  const { oracle, registry } = court.stage.deployments
  await writeKeystore(join(court.folder, `${name}.key.json`), key, 'pw', { cost: 1_024 })
  writeFileSync(join(court.folder, `${name}.pw`), 'pw', { mode: 0o600 })
  const file = join(court.folder, `${name}.toml`)
  writeFileSync(
    file,
    `data_dir = "${name}-data"
rpc_url = "${court.stage.embedded.rpcUrl}"
oracle = "${oracle}"
registry = "${registry}"
index_dir = "."
keystore = "${name}.key.json"
password_file = "${name}.pw"`,
  )
  return file
}

/** As the node's machine: no key of the owner is there. */
const bind = (...args: string[]) => assize(['keys', 'bind', '--config', config, ...args])

const as = (person: Disputer, args: readonly string[]) =>
  person.run(args, { env: { ...person.env, ASSIZE_REGISTRY: court.stage.deployments.registry } })

async function pass(seconds: bigint): Promise<void> {
  await court.stage.embedded.mineAt((await latestBlock(owner.chain)).time + seconds)
}

describe('a reporter, from its keys to its stake back', () => {
  test('keys bind, register, reporters, stake, unregister, unstake', async () => {
    const { registry, weth } = court.stage.deployments
    const file = join(court.folder, 'consent.json')
    const bound = await bind('--owner', owner.account.address, '--stake', '2eth', '--file', file)
    expect(bound).toMatchObject({ exitCode: 0, out: '' })
    expect(bound.err).toContain(`agrees to be registered by ${owner.account.address} with 2 ETH, until `)
    expect(readFileSync(file, 'utf8')).not.toContain(SIGNER_KEY.slice(2))

    const registered = await as(owner, ['register', file, '--yes'])
    expect(registered.exitCode).toBe(0)
    expect(withoutChance(registered.out).split('\n').slice(-5)).toEqual([
      'steps     wrap 2 ETH; let the registry take 2 WETH; register 0x…',
      expect.stringMatching(/^gas /),
      expect.stringMatching(/^Reporter 0 reports (already|from TIME \(in .*\))\. Start its node /),
      expect.stringMatching(/^Look: assize reporters --owner 0x…/),
      expect.stringMatching(/^To leave: assize unregister 0/),
    ])
    await pass(2n * DAY)
    const { time } = await latestBlock(owner.chain)
    const [reporter] = await readReporters(owner.chain, registry, time)
    expect(reporter).toMatchObject({ index: 0, owner: owner.account.address, stake: 2n * ETHER })
    // The peer is that of the node's own folder, which the next bind finds again.
    const again = JSON.parse((await bind('--owner', owner.account.address)).out)
    expect(again.peerId).toBe(reporter?.peerId)
    expect(again.stake).toBe(String(ETHER))
    const peer = await assize(['keys', 'peer', '--config', config, '--json'])
    expect(JSON.parse(peer.out)).toEqual({ version: 1, peerId: reporter?.peerId })
    const copy = join(court.folder, 'copy.json')
    const both = await bind('--owner', owner.account.address, '--file', copy, '--json')
    expect(JSON.parse(both.out)).toEqual(JSON.parse(readFileSync(copy, 'utf8')))

    expect((await as(owner, ['stake', '0', '0.5eth', '--yes'])).exitCode).toBe(0)
    const listed = JSON.parse((await as(owner, ['reporters', '--json'])).out)
    expect(listed).toMatchObject({ reporters: [{ index: 0, stake: String((5n * ETHER) / 2n), inactiveTime: null }] })
    expect((await as(owner, ['reporters'])).out).toMatch(/^0 .* 2\.5 ETH {2}since /m)

    expect((await as(owner, ['unstake', '0', '--yes'])).err).toContain('End it: assize unregister 0')
    expect((await as(owner, ['unregister', '0', '--yes'])).exitCode).toBe(0)
    expect((await as(owner, ['unregister', '0', '--yes'])).err).toContain('Expected a reporter that is not leaving')
    expect((await as(owner, ['stake', '0', '1eth', '--yes'])).err).toContain('got one that is leaving')
    const early = await as(owner, ['unstake', '0', '--yes'])
    expect(early).toMatchObject({ exitCode: 1, err: expect.stringContaining('Expected a stake that is free') })
    expect((await as(owner, ['reporters'])).out).toContain('leaves 20')
    await pass(2n * DAY)
    expect((await as(owner, ['reporters'])).out).toContain('left; its stake is free 20')
    await pass(337n * DAY)
    const before = await wethBalance(owner.chain, weth, owner.account.address)
    // Anyone may: it goes to the owner.
    const friend = await court.disputer('friend', ETHER)
    const paid = await as(friend, ['unstake', '0', '--yes'])
    expect(paid.out.split('\n').at(-1)).toBe(`Paid 2.5 ETH back to ${owner.account.address}.`)
    expect((await wethBalance(owner.chain, weth, owner.account.address)) - before).toBe((5n * ETHER) / 2n)
    expect((await as(owner, ['reporters'])).out).toContain('Nobody is registered there.')
  })

  test('what cannot be used is said before anything is sent', async () => {
    const file = join(court.folder, 'second.json')
    const address = owner.account.address
    config = await nodeConfig('second', `0x${'22'.repeat(32)}`)
    expect((await bind('--owner', address, '--stake', '0.5eth')).err).toContain(
      'Expected a stake of at least 1 ETH, got 0.5 ETH.',
    )
    const self = JSON.parse((await bind('--owner', address)).out).signer
    expect((await bind('--owner', self)).err).toContain("Expected an owner apart from the node's key")
    await bind('--owner', address, '--valid', '1h', '--file', file)
    expect((await bind('--owner', address, '--file', file)).err).toContain('nothing is overwritten')
    const friend = await court.disputer('other', 5n * ETHER)
    expect((await as(friend, ['register', file, '--yes'])).err).toContain(
      `Expected the key of the owner ${address}, got`,
    )
    const consent = JSON.parse(readFileSync(file, 'utf8'))
    const spoilt = async (changes: object): Promise<string> => {
      const changed = join(court.folder, 'changed.json')
      writeFileSync(changed, JSON.stringify({ ...consent, ...changes }))
      return (await as(owner, ['register', changed, '--yes'])).err
    }
    expect(await spoilt({ chainId: 1 })).toContain('Expected a consent for chain 31337, got one for chain 1.')
    expect(await spoilt({ consent: '0x12' })).toContain('got consent: 65 bytes of hex')
    expect(await spoilt({ registry: court.stage.deployments.weth })).toContain('Expected a consent for the registry')
    // More stake than the keys agreed to, and another peer.
    expect(await spoilt({ stake: String(3n * ETHER) })).toMatch(/^error: /)
    expect(await spoilt({ peerId: '0x1234' })).toMatch(/^error: /)
    expect((await as(owner, ['register', join(court.folder, 'nowhere.json'), '--yes'])).err).toContain(
      'Make one: assize keys bind.',
    )
    await pass(2n * 3_600n)
    const late = await as(owner, ['register', file, '--yes'])
    expect(late).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('Expected a consent that holds, got one that ended'),
    })
    expect((await as(owner, ['unregister', '9', '--yes'])).err).toContain('Expected the index of a reporter, got 9')
    const unnamed = await owner.run(['reporters'])
    expect(unnamed).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('Expected the address of a registry, got none.'),
    })
    const wrong = await owner.run(['reporters', '--registry', court.stage.deployments.weth])
    expect(wrong.err).toContain('Expected a ReporterRegistry at')
    expect((await as(owner, ['reporters', '--owner', accountOf('nobody').address])).out).toContain('Nobody')
    const fresh = join(court.folder, 'fresh.json')
    await bind('--owner', address, '--file', fresh)
    expect((await as(owner, ['register', fresh, '--yes'])).exitCode).toBe(0)
    expect((await as(friend, ['stake', '0', '1eth', '--yes'])).err).toContain(
      'the key of the node is not that of the owner',
    )
    expect((await as(friend, ['unregister', '0', '--yes'])).err).toContain('Expected the key of the owner')
  })
  test('keys rotate, rotate: new keys take over at the next epoch, of its owner alone', async () => {
    const { registry, weth } = court.stage.deployments
    await pass(3n * DAY)
    const address = owner.account.address
    const file = join(court.folder, 'rotation.json')
    await nodeConfig('new', `0x${'23'.repeat(32)}`)
    const key = ['--keystore', join(court.folder, 'new.key.json'), '--password-file', join(court.folder, 'new.pw')]
    const agree = (whose: string, ...args: string[]) =>
      assize(['keys', 'rotate', '0', '--config', config, '--owner', whose, ...key, ...args])
    const agreed = await agree(address, '--file', file)
    expect(agreed).toMatchObject({ exitCode: 0, out: '' })
    const { signer } = JSON.parse(readFileSync(file, 'utf8'))
    expect(agreed.err).toContain(`${signer} agrees to sign for reporter 0 of ${address}.`)
    expect(readFileSync(file, 'utf8')).not.toContain('23'.repeat(32))
    expect((await agree(address, '--file', file)).err).toContain('nothing is overwritten')
    expect((await agree(signer)).err).toContain('Expected an owner apart from the new key')

    const spoilt = async (changes: object): Promise<string> => {
      const changed = join(court.folder, 'spoilt.json')
      writeFileSync(changed, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...changes }))
      return (await as(owner, ['rotate', changed, '--yes'])).err
    }
    expect(await spoilt({ chainId: 1 })).toContain('on chain 31337, got one for')
    expect(await spoilt({ registry: weth })).toContain('Expected a consent for the registry')
    expect(await spoilt({ reporter: 9 })).toContain('Expected the index of a reporter, got 9')
    expect(await spoilt({ owner: signer })).toContain(`Expected the key of the owner ${signer}, got`)
    expect(await spoilt({ consent: '0x12' })).toContain('got consent: 65 bytes of hex')
    // Neither another owner nor another key than those that agreed.
    expect(await spoilt({ signer: accountOf('nobody').address })).toMatch(/^error: /)
    const thief = await court.disputer('thief', ETHER)
    expect((await as(thief, ['rotate', file, '--yes'])).err).toContain(`Expected the key of the owner ${address}, got`)

    const before = await readReporters(owner.chain, registry, (await latestBlock(owner.chain)).time)
    const dry = await as(owner, ['rotate', file, '--dry-run'])
    expect(dry).toMatchObject({ exitCode: 0, out: expect.stringContaining('Nothing was sent.') })
    const rotated = await as(owner, ['rotate', file, '--yes'])
    expect(rotated.exitCode).toBe(0)
    expect(
      withoutChance(rotated.out)
        .split('\n')
        .filter((line) => !line.startsWith('gas ')),
    ).toEqual([
      'reporter  0: 0x… now, which never comes back',
      'new key   0x…, from the start of the next epoch',
      'steps     rotate to 0x…',
      expect.stringMatching(/^Reporter 0 signs with 0x… from TIME \(in .*\)\.$/),
      'At that time stop its node, name the new keystore in its configuration, and start it.',
      "Stakes in juries stay 0x…'s, and the new key does not vote for them. Before, with the old key: assize jury leave,",
      'then assize jury claim. Or: assize jury voter 0x…, and 0x… in juror.for.',
    ])
    const { time } = await latestBlock(owner.chain)
    expect(await readReporters(owner.chain, registry, time)).toEqual(before)
    await pass(DAY)
    const [later] = await readReporters(owner.chain, registry, (await latestBlock(owner.chain)).time)
    expect(later).toMatchObject({ index: 0, owner: address, signer })
    expect(later?.key).not.toBe(before[0]?.key)
    const again = await as(owner, ['rotate', file, '--yes'])
    expect(again).toMatchObject({ exitCode: 1, err: expect.stringContaining('got RotationTooSoon(') })
  })
})
