import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { LookupFunction } from 'node:net'
import { expect, test } from 'vitest'
import { createCheckedNames } from '../../../node/gossip/checked-names.ts'
import { publicLookup } from '../../../node/gossip/public-lookup.ts'

const RECORDS: Readonly<Record<string, string>> = {
  'good.example': '93.184.216.34',
  'inside.example': '10.0.0.7',
  'other.example': '93.184.216.35',
}

/** Names checked by a system that knows {@link RECORDS}, and the names it was asked for. */
function setUp(own = 'nobody', records = RECORDS) {
  const asked: string[] = []
  const system: LookupFunction = (name, _options, callback) => {
    asked.push(name)
    const address = records[name]
    queueMicrotask(() =>
      address === undefined ? callback(new Error('ENOTFOUND'), []) : callback(null, [{ address, family: 4 }]),
    )
  }
  const names = createCheckedNames(
    (peer) => peer === own,
    publicLookup(() => false, system),
  )
  return { names, asked }
}

const id = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
const at = (...texts: string[]) => ({ id, multiaddrs: texts.map((text) => multiaddr(text)) })
const PLAIN = '/ip4/93.184.216.34/tcp/1'
const GOOD = '/dns4/good.example/tcp/1'
const INSIDE = '/dns4/inside.example/tcp/1'
const told = (names: ReturnType<typeof setUp>['names'], ...texts: string[]): string[] =>
  names.toTell(at(...texts)).multiaddrs.map(String)

test('others hear of no private address, and of no name that was not looked up for this very peer', async () => {
  const { names, asked } = setUp()
  const all = [PLAIN, '/ip4/10.0.0.7/tcp/1', GOOD, INSIDE, '/dnsaddr/none.example']
  expect(told(names, ...all)).toEqual([PLAIN])
  await names.check(id.toString(), at(...all).multiaddrs)
  expect(told(names, ...all)).toEqual([PLAIN, GOOD])
  expect(asked).toEqual(['good.example', 'inside.example', '_dnsaddr.none.example'])
  const other = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
  expect(names.toTell({ ...at(GOOD), id: other }).multiaddrs).toEqual([])
})

test('a name that leads elsewhere when it is looked up again is told no more', async () => {
  const records = { ...RECORDS }
  const { names } = setUp('nobody', records)
  await names.check(id.toString(), at(GOOD).multiaddrs)
  expect(told(names, GOOD)).toEqual([GOOD])
  records['good.example'] = '192.168.0.1'
  await names.check(id.toString(), at(GOOD).multiaddrs)
  expect(told(names, GOOD)).toEqual([])
})

test('what the operator wrote down needs no looking up', () => {
  expect(told(setUp(id.toString()).names, GOOD, INSIDE)).toEqual([GOOD, INSIDE])
})

test('a peer has four names at most, and no more than 64 wait to be looked up', async () => {
  const { names, asked } = setUp()
  const many = Array.from({ length: 9 }, (_, i) => `/dns4/n${i}.example/tcp/1`)
  await Promise.all(Array.from({ length: 40 }, () => names.check(id.toString(), at(...many).multiaddrs)))
  expect(new Set(asked)).toEqual(new Set(['n0.example', 'n1.example', 'n2.example', 'n3.example']))
  expect(asked).toHaveLength(64)
  await names.check(id.toString(), at('/dns4/other.example/tcp/1').multiaddrs)
  expect(told(names, '/dns4/other.example/tcp/1')).toHaveLength(1)
})
