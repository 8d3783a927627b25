import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Config, loadConfig } from '#node/config'
import type { RunningNode } from '../../../node/node.ts'
import { DOMAIN, FIXING, FIXING_ID, MATURITY, reporterKey } from '../reporters.ts'
import { signerFolder, standUpSigner, startIn, stopSigner } from '../stand-up-signer.ts'
import { temporaryFolder } from '../temporary.ts'
import { fixingOf, run, scene, SOON } from './scene.ts'

const DEPLOYMENT = {
  ...DOMAIN,
  oracle: '0x00000000000000000000000000000000000000cc',
  bondToken: '0x00000000000000000000000000000000000000dd',
  arbitrators: [FIXING.arbitrator, FIXING.backup],
} as const

/** A node of reporter 0 whose key is with the signer in `folder`. */
function configOf(indexDir: string, folder: string): Config {
  const file = join(temporaryFolder(), 'node.toml')
  writeFileSync(
    file,
    `data_dir = "data"
rpc_url = "http://127.0.0.1:1"
oracle = "${DEPLOYMENT.oracle}"
registry = "${DOMAIN.registry}"
clock = "chain"
poll_ms = 20
index_dir = ${JSON.stringify(indexDir)}
[gossip]
test = true
[signer]
url = ${JSON.stringify(`unix:${join(folder, 'signer.sock')}`)}
address = "${reporterKey(0).address}"
token_file = ${JSON.stringify(join(folder, 'token'))}`,
  )
  return loadConfig({ file, env: {} })
}

const READINESS = z.object({ ready: z.boolean(), problems: z.array(z.string()) })
const OBSERVATIONS = z.array(z.object({ signer: z.string(), value: z.string() }))

async function ask<S extends z.ZodType>(node: RunningNode, path: string, schema: S): Promise<z.output<S>> {
  return schema.parse(await (await fetch(`http://127.0.0.1:${node.httpPort}${path}`)).json())
}

test('two machines with one key sign one observation between them, though they observed different values', async () => {
  const { world, indexDir, venue } = await scene(1)
  const { folder } = await standUpSigner(reporterKey(0).privateKey, DEPLOYMENT)
  const one = await run(configOf(indexDir, folder), world)
  const other = await run(configOf(indexDir, folder), world)
  venue.close = (asked) => `${2_500 + asked}.25`
  world.mine(MATURITY)
  const held = () =>
    Promise.all([one, other].map((node) => ask(node, `/fixings/${FIXING_ID}/observations`, OBSERVATIONS)))
  await expect.poll(async () => (await held()).flat().length, SOON).toBe(1)
  // Both have observed, and not the same.
  const values = async () =>
    (await Promise.all([fixingOf(one), fixingOf(other)])).map((fixing) => fixing?.observation?.value)
  await expect.poll(async () => new Set(await values()).size, SOON).toBe(2)
  await expect.poll(async () => new Set(await values()).has(undefined), SOON).toBe(false)
  const journals = async () => {
    const entry = z.object({ stage: z.string(), action: z.string(), reason: z.string() })
    const lines = await Promise.all([one, other].map((node) => ask(node, '/journal', z.array(entry))))
    return lines.flat().filter(({ stage }) => stage === 'sign')
  }
  await expect
    .poll(async () => (await journals()).map(({ action }) => action).toSorted(), SOON)
    .toEqual(['refused', 'sign'])
  expect((await journals()).find(({ action }) => action === 'refused')?.reason).toContain('keep the first')
  expect((await held()).flat()).toHaveLength(1)
})

test('is not ready while its signer is down, and signs when it is back', async () => {
  const { world, indexDir } = await scene(1)
  const folder = await signerFolder(reporterKey(0).privateKey)
  const node = await run(configOf(indexDir, folder), world)
  expect(node.signer).toBe(reporterKey(0).address)
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(node))?.observation?.value, SOON).toBeDefined()
  const { ready, problems } = await ask(node, '/readyz', READINESS)
  expect(ready).toBe(false)
  expect(problems).toEqual([`The signer at unix:${join(folder, 'signer.sock')} does not answer (ENOENT): start it.`])
  expect((await fixingOf(node))?.observations).toBe(0)
  const signer = await startIn(folder, DEPLOYMENT)
  await expect.poll(async () => (await fixingOf(node))?.observations, SOON).toBe(1)
  await expect.poll(async () => (await ask(node, '/readyz', READINESS)).ready, SOON).toBe(true)
  await stopSigner(signer)
})
