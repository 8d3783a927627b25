import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestClient, http, zeroAddress } from 'viem'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { MissingAnvilError } from '#client/anvil-binary.ts'
import { connect, DeadRpcError, latestBlock } from '#client/chain.ts'
import { EMBEDDED_CHAIN_ID, type EmbeddedChain, PortInUseError, startEmbeddedChain } from '#client/embedded-chain.ts'

const started: EmbeddedChain[] = []

async function start(options: Parameters<typeof startEmbeddedChain>[0]): Promise<EmbeddedChain> {
  const chain = await startEmbeddedChain(options)
  started.push(chain)
  return chain
}

afterEach(async () => {
  vi.unstubAllEnvs()
  for (const chain of started.splice(0)) await chain.stop()
})

test('starts at the chosen time, in the past too, and moves only by blocks', async () => {
  const embedded = await start({ startTime: 1_000_000_000n })
  const chain = await connect({ rpcUrl: embedded.rpcUrl })
  expect(chain.chainId).toBe(EMBEDDED_CHAIN_ID)
  expect(await latestBlock(chain)).toMatchObject({ number: 0n, time: 1_000_000_000n })
  await embedded.mineAt(1_000_086_400n)
  expect(await latestBlock(chain)).toMatchObject({ number: 1n, time: 1_000_086_400n })
})

test('refuses to mine in the past', async () => {
  const embedded = await start({ startTime: 1_000_000_000n })
  await expect(embedded.mineAt(999_999_999n)).rejects.toThrow('Timestamp error')
})

test('names the port that another process holds', async () => {
  const first = await start({ startTime: 1n })
  const port = Number(new URL(first.rpcUrl).port)
  const error: unknown = await startEmbeddedChain({ startTime: 1n, port }).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(PortInUseError)
  expect(error).toMatchObject({
    name: 'EmbeddedChain.PortInUseError',
    port,
    message: `Expected port ${port} on 127.0.0.1 to be free, got another process listening on it.`,
  })
})

test('names the anvil that is not there, and does not fall back to another', async () => {
  const env = { ASSIZE_ANVIL: '/nowhere/anvil' }
  const error: unknown = await startEmbeddedChain({ startTime: 1n, env }).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(MissingAnvilError)
  expect(error).toMatchObject({ message: 'Expected the anvil executable, got nothing at /nowhere/anvil.' })
})

test('is gone after stop, and a connection to it says so', async () => {
  const embedded = await start({ startTime: 1n })
  await embedded.stop()
  await embedded.stop()
  expect(() => process.kill(embedded.pid, 0)).toThrow('ESRCH')
  const error: unknown = await connect({ rpcUrl: embedded.rpcUrl }).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(DeadRpcError)
  expect(error).toMatchObject({ message: `Expected a JSON-RPC endpoint at ${embedded.rpcUrl}, got no answer.` })
})

test('reports its own death', async () => {
  const embedded = await start({ startTime: 1n })
  process.kill(embedded.pid, 'SIGKILL')
  expect(await embedded.died).toMatchObject({ name: 'EmbeddedChain.ChainDiedError', exitCode: null })
})

test('answers hundreds of blocks back and writes nothing to the disk', async () => {
  const home = mkdtempSync(join(tmpdir(), 'assize-chain-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  vi.stubEnv('HOME', home)
  const embedded = await start({ startTime: 1n })
  const { publicClient } = await connect({ rpcUrl: embedded.rpcUrl })
  const blocks = 1_500
  await createTestClient({ mode: 'anvil', transport: http(embedded.rpcUrl) }).mine({ blocks })
  const address = zeroAddress
  expect(await publicClient.getBalance({ address, blockNumber: BigInt(blocks - 500) })).toBe(0n)
  expect(await publicClient.getBlock({ blockNumber: 1n })).toMatchObject({ number: 1n })
  await embedded.stop()
  expect(readdirSync(home, { recursive: true })).toEqual([])
})

test('does not start when the wait was given up already', async () => {
  await expect(startEmbeddedChain({ startTime: 1n, signal: AbortSignal.abort() })).rejects.toThrow('aborted')
})

test('refuses an address that is not http', async () => {
  await expect(connect({ rpcUrl: 'localhost:8545' })).rejects.toMatchObject({
    message: 'Expected a JSON-RPC endpoint at localhost:8545, got something that is not an http(s) address.',
  })
})
