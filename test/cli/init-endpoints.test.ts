import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { threeSamples } from '../protocol/index-documents.ts'
import { at, court, folder, given, init, ownersKey } from './init-stage.ts'
import { startProxy } from './rpc-proxy.ts'

describe('assize init, in a script', () => {
  test('shows nobody an endpoint whose address may hold a key', async () => {
    const rpc = `${court.stage.embedded.rpcUrl}/?key=very-secret`
    const { exitCode, out, err } = await init([...(await given({ rpc })), '--yes', '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(out).next[0].command).toMatch(/ --rpc ENDPOINT$/)
    const other = await init(['--yes', '--rpc', 'http://127.0.0.1:9/v3/as-secret'])
    expect(other.err).toContain(`Expected the endpoint at 127.0.0.1:9 in ${join(folder, 'node.toml')}, got 127.0.0.1:`)
    expect(`${out}${err}${other.err}`).not.toMatch(/secret/)
  })

  const KEY = 'v3/very-secret'
  test.each<[string, () => Record<string, string>, string]>([
    ['a dead endpoint', () => ({ rpc: `http://127.0.0.1:1/${KEY}` }), 'Expected a JSON-RPC endpoint at 127.0.0.1:1, '],
    ['what is no address', () => ({ rpc: `rpc.example/${KEY}` }), 'got "rpc.example". Write https://rpc.example/…'],
    [
      'credentials',
      () => ({ rpc: 'http://ann:very-secret@127.0.0.1:1' }),
      'Expected a JSON-RPC endpoint at 127.0.0.1:1, ',
    ],
    [
      'another chain',
      () => ({ rpc: `${court.stage.embedded.rpcUrl}/?key=very-secret`, 'chain-id': '1' }),
      'Expected chain 1 at ',
    ],
    ['a fallback', () => ({ 'rpc-fallbacks': `http://127.0.0.1:1/${KEY}` }), 'Expected a JSON-RPC endpoint at 127.'],
  ])('says what is wrong with %s without its key', async (_name, changes, message) => {
    const { out, err } = await init([...(await given(changes())), '--yes', '--json'])
    expect(err).toContain(message)
    expect(`${out}${err}`).not.toContain('secret')
  })

  test.each(['consent.json holds until', 'Registering takes '])(
    'shows no key of an endpoint that is dead after "%s"',
    async (last) => {
      let isDead = false
      const proxy = await startProxy(court.stage.embedded.rpcUrl, async () => {
        if (isDead) await proxy.close()
        return undefined
      })
      const flags = [...(await given({ ...ownersKey(), rpc: `${proxy.url}/${KEY}` })), '--yes', '--json']
      await init([...flags, '--dry-run'])
      const lines: string[] = []
      const say = (line: string): void => {
        lines.push(line)
        isDead ||= line.includes(last)
      }
      const io = { isTerminal: false, out: say, err: say, redraw: () => {}, paint: (_: unknown, text: string) => text }
      expect((await init(flags, { io })).exitCode).toBe(1)
      const { host } = new URL(proxy.url)
      expect(lines.at(-1)).toContain(`Expected a JSON-RPC endpoint at ${host}, got no answer.`)
      expect(lines.join(' ')).not.toContain('secret')
    },
  )
})

const FEED = {
  id: 'feed',
  venue: 'feed',
  kind: 'chainlink',
  quote: 'USD',
  chainId: 8_453,
  finalitySeconds: 60,
  feed: '0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419',
  maxAgeSeconds: 3_900,
  timeoutMs: 5_000,
}

test('wants an endpoint of every other chain that a document reads', async () => {
  mkdirSync(at('feeds'))
  writeFileSync(at('feeds/index.json'), JSON.stringify(threeSamples([FEED])))
  const flags = [...(await given({ 'index-dir': at('feeds'), prices: undefined })), '--yes']
  expect((await init(flags)).err).toContain('Expected --source-rpc where nobody can be asked, got none.')
  const { err } = await init([...flags, '--source-rpc', `8453=${court.stage.embedded.rpcUrl}`])
  expect(err).toContain(`Expected chain 8453 at ${new URL(court.stage.embedded.rpcUrl).host}, got chain 31337.`)
})
