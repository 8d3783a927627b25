import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AttestationUnseenError } from '#client/attestation.ts'
import { latestBlock } from '#client/chain.ts'
import { attest } from '#client/cosigned-report.ts'
import { register } from '#client/registration.ts'
import { publishRoster } from '#client/roster.ts'
import { openChain } from '../../../node/chain/adapter.ts'
import type { EndpointPort } from '../../../node/chain/port.ts'
import { MATURITY, raiseStage, type Stage } from '../../client/chain-fixture.ts'
import { ATTESTED, cosigned, RECRUITS } from '../../client/cosigned.ts'

let stage: Stage
const endpoint = createServer((request, response) => void answer(request, response))
/** The endpoint has the logs from this block on. */
let firstLog = 0n
/** If not, it says of every range that there are none. */
let hasLogs = true
/** How often it was asked for a block. */
let blocksAsked = 0
/** It says of every block but the newest that it is an old one, as while blocks take each other's places. */
let isConfused = false

beforeAll(async () => {
  stage = await raiseStage()
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  endpoint.close()
  await stage.embedded.stop()
})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request)
  const headers = { 'content-type': 'application/json' }
  response.setHeader('content-type', 'application/json')
  if (body.includes('"eth_getBlockByNumber"')) blocksAsked += 1
  const [, from] = /"fromBlock":"(0x[0-9a-f]+)"/.exec(body) ?? []
  const { id } = JSON.parse(body) as { readonly id: number } // what viem sends
  if (from !== undefined && !hasLogs) {
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: [] }))
    return
  }
  if (from === undefined || BigInt(from) >= firstLog) {
    const passed = await fetch(stage.embedded.rpcUrl, { method: 'POST', body, headers })
    const said = await passed.text()
    const isOfBefore = isConfused && /"eth_getBlockByNumber","params":\["0x/.test(body)
    response.end(isOfBefore ? said.replace(/"timestamp":"0x[0-9a-f]+"/, '"timestamp":"0x1"') : said)
    return
  }
  const error = { code: -32_000, message: 'history is pruned' }
  response.end(JSON.stringify({ jsonrpc: '2.0', id, error }))
}

/** The chain through that endpoint. */
async function openHere(): Promise<EndpointPort> {
  const { oracle, registry } = stage.deployments
  const { port } = endpoint.address() as AddressInfo // it listens on TCP
  return openChain({ rpcUrl: `http://127.0.0.1:${port}`, oracle, registry, chainId: undefined, account: undefined })
}

test('an endpoint that has only the logs since the maturity is enough to read what attests a fixing', async () => {
  const { fixing, deployments, embedded } = stage
  const { registry } = deployments
  const [owner, ann] = [await stage.as('owner'), await stage.as('ann')]
  for (const recruit of RECRUITS) await register(owner, registry, recruit)
  const chain = await openHere()
  expect(await chain.attestation(fixing)).toBe(undefined)
  await embedded.mineAt(MATURITY)
  firstLog = (await latestBlock(ann)).number + 1n
  await embedded.mineAt(MATURITY + 1n)
  await publishRoster(ann, registry, MATURITY)
  expect(await chain.attestation(fixing)).toBe(undefined)
  await attest(ann, registry, fixing, await cosigned(ann, stage, fixing))
  expect(await chain.attestation(fixing)).toMatchObject({ value: ATTESTED, signers: 0b1111n, count: 4 })
})

test('where the log of an attestation begins is looked for once', async () => {
  const { fixing } = stage
  const chain = await openHere()
  const cost = async (): Promise<number> => {
    blocksAsked = 0
    expect(await chain.attestation(fixing)).toMatchObject({ value: ATTESTED })
    return blocksAsked
  }
  expect(await cost()).toBeGreaterThan(2)
  // The newest, and that one.
  expect(await cost()).toBe(2)
})

test('where the log of an attestation seemed to begin is looked for again if that is not in it', async () => {
  const { fixing, embedded } = stage
  await embedded.mineAt(MATURITY + 1_000n)
  const chain = await openHere()
  isConfused = true
  await expect(chain.attestation(fixing)).rejects.toThrow(AttestationUnseenError)
  isConfused = false
  expect(await chain.attestation(fixing)).toMatchObject({ value: ATTESTED })
})

test('where the log of an attestation begins is looked for once, too, where that is not in it for good', async () => {
  const { fixing } = stage
  const chain = await openHere()
  hasLogs = false
  const cost = async (): Promise<number> => {
    blocksAsked = 0
    await expect(chain.attestation(fixing)).rejects.toThrow(AttestationUnseenError)
    return blocksAsked
  }
  expect(await cost()).toBeGreaterThan(3)
  // The newest, that one, and the one before it.
  expect([await cost(), await cost()]).toEqual([3, 3])
  hasLogs = true
  expect(await chain.attestation(fixing)).toMatchObject({ value: ATTESTED })
})
